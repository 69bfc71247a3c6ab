//! Registrations of callbacks.

use super::preset;
use crate::records::filter::{Expr, Plain};
use crate::state::Record;
use crate::vendors::connectwise_psa::edit::{Edit, number, text};
use crate::vendors::connectwise_psa::made::guid;
use crate::vendors::connectwise_psa::refusal::Issue;

/// Types of callback and the levels that each knows.
pub const LEVELS: [(&str, &[&str]); 8] = [
    (
        "ticket",
        &[
            "owner",
            "board",
            "project",
            "phase",
            "status",
            "ticket",
            "integratortag",
        ],
    ),
    (
        "company",
        &[
            "owner",
            "status",
            "type",
            "territory",
            "company",
            "integratortag",
        ],
    ),
    (
        "contact",
        &["owner", "type", "territory", "company", "contact"],
    ),
    (
        "opportunity",
        &["owner", "statusid", "company", "opportunity"],
    ),
    ("member", &["owner", "location", "securityrole", "member"]),
    ("time", &["owner", "company", "time"]),
    (
        "activity",
        &["owner", "status", "type", "company", "activity"],
    ),
    ("agreement", &["owner", "type", "company", "agreement"]),
];

/// Types that exist but never fire here.
const OTHERS: [&str; 8] = [
    "configuration",
    "expense",
    "invoice",
    "productcatalog",
    "project",
    "purchaseorder",
    "schedule",
    "site",
];

/// Fills in a new registration.
pub fn complete(edit: &Edit<'_>, record: &mut Record) {
    if text(record, "level").eq_ignore_ascii_case("owner") {
        record.insert("objectId".to_owned(), 1.into());
    }
    record.insert("memberId".to_owned(), edit.actor.member.into());
    preset(record, "payloadVersion", "3.0.0".into());
    preset(record, "description", "".into());
    record.insert("connectWiseID".to_owned(), guid(edit.now, 26_000).into());
    record.insert("isSoapCallbackFlag".to_owned(), false.into());
}

/// Refuses addresses, types and levels that do not exist, and registrations that exist already.
pub fn check(edit: &Edit<'_>, before: Option<&Record>, after: &Record, issues: &mut Vec<Issue>) {
    let mut wrong = |field: &str, code, message: &str| {
        issues.push(Issue::new("callbackEntry", field, code, message));
    };
    let url = url::Url::parse(text(after, "url"));
    if !url.is_ok_and(|url| ["http", "https"].contains(&url.scheme()) && url.has_host()) {
        wrong("url", "InvalidField", "Invalid URL");
    }
    let kind = text(after, "type").to_lowercase();
    let level = text(after, "level").to_lowercase();
    let levels = LEVELS
        .iter()
        .find(|(name, _)| *name == kind)
        .map(|(_, l)| *l);
    match levels {
        None if !OTHERS.contains(&kind.as_str()) => {
            wrong(
                "type",
                "InvalidObject",
                "Unrecognized type, see documentation for supported types",
            );
        }
        Some(levels) if !levels.contains(&level.as_str()) => wrong(
            "level",
            "InvalidObject",
            "Unrecognized level for type, see documentation for supported levels for each type",
        ),
        _ => {}
    }
    let own = before.and_then(|before| number(before, "id"));
    let key = "system/callbacks";
    let ids = edit.base().ids(edit.kind(key), &Expr::all(), &Plain);
    let same = |record: &Record| {
        ["url", "type", "level"]
            .iter()
            .all(|name| text(record, name).eq_ignore_ascii_case(text(after, name)))
            && number(record, "objectId") == number(after, "objectId")
    };
    let exists = ids
        .into_iter()
        .filter(|id| Some(*id) != own)
        .any(|id| edit.record(key, id).is_some_and(|record| same(&record)));
    if exists {
        wrong(
            "objectId",
            "ObjectExists",
            "A matching callback entry already exists",
        );
    }
}
