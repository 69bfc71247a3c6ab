//! Companies: a unique identifier, a main site, a default contact.

use serde_json::{Value, json};

use super::preset;
use crate::records::filter::{Expr, Op, Operand, Path, Plain};
use crate::state::Record;
use crate::vendors::connectwise_psa::edit::{Edit, flag, linked, number, text};
use crate::vendors::connectwise_psa::refusal::Issue;
use crate::world::instant::iso;

/// Fills in a new company.
pub fn complete(edit: &Edit<'_>, record: &mut Record) {
    preset(record, "status", json!({"id": 1}));
    preset(record, "types", json!([{"id": 1}]));
    preset(record, "territory", json!({"id": 1}));
    preset(
        record,
        "dateAcquired",
        iso(crate::world::instant::midnight(edit.now)).into(),
    );
    preset(record, "customFields", json!([]));
}

/// The day of deletion follows from the flag.
pub fn follow(edit: &Edit<'_>, before: &Record, after: &mut Record) {
    match (flag(before, "deletedFlag"), flag(after, "deletedFlag")) {
        (false, true) => {
            after.insert("dateDeleted".to_owned(), iso(edit.now).into());
            after.insert(
                "deletedBy".to_owned(),
                edit.actor.identifier.as_str().into(),
            );
        }
        (true, false) => {
            after.remove("dateDeleted");
            after.remove("deletedBy");
        }
        _ => {}
    }
}

/// Refuses an identifier that is taken.
pub fn check(edit: &Edit<'_>, before: Option<&Record>, after: &Record, issues: &mut Vec<Issue>) {
    let identifier = text(after, "identifier");
    if before.is_some_and(|before| text(before, "identifier") == identifier) {
        return;
    }
    let kind = edit.kind("company/companies");
    let Some(position) = edit.schema(kind).position("identifier") else {
        return;
    };
    let expr = Expr::Test {
        path: Path::Field(position),
        op: Op::Eq,
        operands: vec![Operand::Text(identifier.to_lowercase())],
    };
    let own = before.and_then(|before| number(before, "id"));
    let taken = edit.base().ids(kind, &expr, &Plain);
    if taken.iter().any(|id| Some(*id) != own) {
        let message = format!("A company with the identifier {identifier} already exists.");
        issues.push(Issue::new("company", "identifier", "ObjectExists", message));
    }
}

/// A new company gets a main site.
pub fn after_create(edit: &mut Edit<'_>, id: i64, given: &Record) {
    if linked(given, "site").is_some() {
        return;
    }
    let part = |name: &str| given.get(name).cloned().unwrap_or(Value::Null);
    let site = json!({
        "name": "Main", "company": {"id": id}, "addressLine1": part("addressLine1"),
        "city": part("city"), "zip": part("zip"), "country": part("country"),
        "phoneNumber": part("phoneNumber"), "primaryAddressFlag": true,
        "defaultShippingFlag": true, "defaultBillingFlag": true, "defaultMailingFlag": true,
        "inactiveFlag": false,
    });
    if let Value::Object(site) = site {
        let site = edit.insert("company/companies/sites", site);
        if let Some(mut company) = edit.record("company/companies", id) {
            company.insert("site".to_owned(), json!({"id": site}));
            edit.put("company/companies", id, company);
        }
    }
}

/// The default contact named by the company is the one with the flag.
pub fn after_update(edit: &mut Edit<'_>, id: i64, before: &Record, after: &Record) {
    let contact = linked(after, "defaultContact");
    if contact == linked(before, "defaultContact") {
        return;
    }
    for (other, mut record) in edit.select("company/contacts", "company", id) {
        let is_default = Some(other) == contact;
        if flag(&record, "defaultFlag") != is_default {
            record.insert("defaultFlag".to_owned(), is_default.into());
            edit.put("company/contacts", other, record);
        }
    }
}
