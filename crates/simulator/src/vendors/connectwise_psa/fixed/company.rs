//! Statuses and types of companies and contacts, and the company that catches all.

use serde_json::{Value, json};

use super::{link, named};
use crate::vendors::connectwise_psa::made::numbers as n;

/// Id of a country.
pub fn country_id(code: &str) -> i64 {
    COUNTRIES
        .iter()
        .find(|(_, have, _)| *have == code)
        .map_or(1, |(id, ..)| *id)
}

const COUNTRIES: [(i64, &str, &str); 8] = [
    (1, "US", "United States"),
    (12, "GB", "United Kingdom"),
    (13, "IE", "Ireland"),
    (21, "DE", "Germany"),
    (22, "CH", "Switzerland"),
    (23, "FR", "France"),
    (24, "ES", "Spain"),
    (25, "SE", "Sweden"),
];

/// The fixed records of a kind, when it belongs here.
pub fn records(kind: &str) -> Option<Vec<Value>> {
    Some(match kind {
        "company/companies" => vec![json!({
            "id": n::CATCH_ALL, "identifier": "CatchAll", "name": "Catchall (for email connector)",
            "status": link(1), "types": [link(8)], "site": link(n::CATCH_ALL_SITE),
            "territory": link(1), "deletedFlag": false, "leadFlag": false,
            "isVendorFlag": false, "customFields": [],
        })],
        "company/companies/sites" => vec![json!({
            "id": n::CATCH_ALL_SITE, "name": "Main", "company": link(n::CATCH_ALL),
            "primaryAddressFlag": true, "inactiveFlag": false, "customFields": [],
        })],
        "company/companies/statuses" => [
            "Active", "Inactive", "Not Approved", "Credit Hold", "Former Client", "Problem",
        ]
        .into_iter()
        .zip(1..)
        .map(|(name, id)| {
            json!({
                "id": id, "name": name, "defaultFlag": id == 1, "inactiveFlag": id == 6,
                "notifyFlag": id == 4, "disallowSavingFlag": false, "customNoteFlag": false,
                "cancelOpenTracksFlag": id == 5,
                "notificationMessage": if id == 4 { json!("On credit hold: ask accounts first.") } else { Value::Null },
            })
        })
        .collect(),
        "company/companies/types" => [
            "Client", "Prospect", "Former Client", "Vendor", "Partner", "VIP", "Owner", "Not Set",
        ]
        .into_iter()
        .zip(1..)
        .map(|(name, id)| {
            json!({"id": id, "name": name, "defaultFlag": id == 1, "vendorFlag": id == 4, "serviceAlertFlag": id == 6})
        })
        .collect(),
        "company/contacts/types" => [
            "Portal Manager", "End User", "Billing", "Approver", "Emergency Contact", "Owner",
        ]
        .into_iter()
        .zip(1..)
        .map(|(name, id)| json!({"id": id, "description": name, "defaultFlag": id == 2, "serviceAlertFlag": false}))
        .collect(),
        "company/contacts/relationships" => named(&["Employee", "Contractor", "Board member"])
            .into_iter()
            .map(|mut r| {
                if let Some(r) = r.as_object_mut() {
                    r.remove("defaultFlag");
                }
                r
            })
            .collect(),
        "company/contacts/departments" => ["Administration", "Finance", "Sales"]
            .into_iter()
            .zip(1..)
            .map(|(name, id)| json!({"id": id, "name": name}))
            .collect(),
        "company/communicationTypes" => [
            (1, "Email", "email", true),
            (2, "Direct", "phone", true),
            (3, "Fax", "fax", true),
            (4, "Cell", "phone", false),
            (13, "Personal Email", "email", false),
        ]
        .into_iter()
        .map(|(id, name, sort, is_default)| {
            json!({
                "id": id, "description": name, "emailFlag": sort == "email",
                "phoneFlag": sort == "phone", "faxFlag": sort == "fax", "defaultFlag": is_default,
            })
        })
        .collect(),
        "company/noteTypes" => named(&["Comments", "Relationship", "Alert"]),
        "company/countries" => COUNTRIES
            .into_iter()
            .map(|(id, code, name)| {
                json!({"id": id, "name": name, "countryCode": code, "defaultFlag": id == 12})
            })
            .collect(),
        _ => return None,
    })
}
