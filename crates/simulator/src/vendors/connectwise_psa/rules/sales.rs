//! Opportunities: chance by stage, closing by status.

use serde_json::json;

use super::preset;
use crate::state::Record;
use crate::vendors::connectwise_psa::edit::{Edit, flag, linked};
use crate::world::instant::{DAY, iso, midnight};

/// Fills in a new opportunity.
pub fn complete(edit: &Edit<'_>, record: &mut Record) {
    preset(record, "stage", json!({"id": 1}));
    preset(record, "status", json!({"id": 1}));
    preset(record, "rating", json!({"id": 1}));
    preset(record, "locationId", 1.into());
    preset(record, "businessUnitId", 2.into());
    preset(
        record,
        "expectedCloseDate",
        iso(midnight(edit.now) + 30 * DAY).into(),
    );
    preset(record, "pipelineChangeDate", iso(midnight(edit.now)).into());
    preset(record, "dateBecameLead", iso(midnight(edit.now)).into());
    preset(record, "totalSalesTax", 0.0.into());
    preset(record, "customFields", json!([]));
    let company = linked(record, "company").and_then(|id| edit.record("company/companies", id));
    if let Some(site) = company.as_ref().and_then(|c| c.get("site")) {
        preset(record, "site", site.clone());
    }
    let stage = linked(record, "stage").and_then(|id| edit.record("sales/stages", id));
    if let Some(probability) = stage.as_ref().and_then(|s| s.get("probability")) {
        preset(record, "probability", probability.clone());
    }
    follow(edit, record);
}

/// Closing follows from the status.
pub fn follow(edit: &Edit<'_>, record: &mut Record) {
    let status =
        linked(record, "status").and_then(|id| edit.record("sales/opportunities/statuses", id));
    if status.is_some_and(|s| flag(&s, "closedFlag")) {
        preset(record, "closedDate", iso(edit.now).into());
        preset(record, "closedBy", json!({"id": edit.actor.member}));
    } else {
        record.remove("closedDate");
        record.remove("closedBy");
    }
}
