//! Opportunities.

use serde_json::json;

use super::{preset, staff};
use crate::state::Record;
use crate::vendors::autotask::change::{Edit, number, text};
use crate::vendors::autotask::rows::numbers::resource_id;
use crate::world::instant::{DAY, iso, midnight, parse};

/// Fills in what may be left out.
pub fn complete(edit: &Edit<'_>, record: &mut Record) {
    preset(record, "opportunityCategoryID", 1);
    if edit.actor.through_api {
        return;
    }
    preset(record, "title", "New opportunity");
    preset(record, "companyID", 0);
    preset(record, "ownerResourceID", resource_id(0));
    preset(record, "stage", 10);
    preset(record, "status", 1);
    preset(record, "startDate", iso(midnight(edit.now)));
    preset(
        record,
        "projectedCloseDate",
        iso(midnight(edit.now) + 30 * DAY),
    );
    preset(record, "probability", 50);
    preset(record, "amount", json!(0.0));
    preset(record, "cost", json!(0.0));
    preset(record, "useQuoteTotals", false);
}

/// What is wrong with an opportunity.
pub fn errors(edit: &Edit<'_>, before: Option<&Record>, record: &Record) -> Vec<String> {
    let mut errors = Vec::new();
    let changed = |name: &str| before.is_none_or(|b| b.get(name) != record.get(name));
    let start = parse(text(record, "startDate"));
    let close = parse(text(record, "projectedCloseDate"));
    if let (Some(start), Some(close)) = (start, close)
        && close < start
    {
        errors.push("The projectedCloseDate cannot be before the startDate.".to_owned());
    }
    if number(record, "probability").is_some_and(|p| !(0..=100).contains(&p)) {
        errors.push("The probability must be between 0 and 100.".to_owned());
    }
    if let Some(owner) = number(record, "ownerResourceID").filter(|_| changed("ownerResourceID")) {
        errors.extend(staff::owner_error(edit, "ownerResourceID", owner));
    }
    errors
}
