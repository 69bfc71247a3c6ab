//! User-defined fields of the tenant.

use serde_json::{Value, json};

/// The type of a user-defined field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UdfKind {
    /// Text.
    Text,
    /// Number.
    Number,
    /// Date.
    Date,
    /// One of a list; records hold the number of the item as text.
    List(&'static [&'static str]),
}

/// A user-defined field.
#[derive(Debug)]
pub struct Udf {
    /// Name; case and spaces matter.
    pub name: &'static str,
    /// Type.
    pub kind: UdfKind,
}

const fn udf(name: &'static str, kind: UdfKind) -> Udf {
    Udf { name, kind }
}

const TICKETS: [Udf; 3] = [
    udf("Affected Site", UdfKind::Text),
    udf("Asset Tag", UdfKind::Text),
    udf("Follow-up Date", UdfKind::Date),
];
const COMPANIES: [Udf; 3] = [
    udf(
        "Contract Tier",
        UdfKind::List(&["Gold", "Silver", "Bronze", "None"]),
    ),
    udf("Seats", UdfKind::Number),
    udf("Onboarded On", UdfKind::Date),
];
const CONTACTS: [Udf; 2] = [
    udf(
        "Portal Role",
        UdfKind::List(&["Manager", "Employee", "Billing"]),
    ),
    udf("Birthday Cake", UdfKind::Text),
];

/// The user-defined fields of an entity.
pub fn of(route: &str) -> &'static [Udf] {
    match route {
        "Tickets" => &TICKETS,
        "Companies" => &COMPANIES,
        "Contacts" => &CONTACTS,
        _ => &[],
    }
}

/// The entities that have some, each with the number that its definitions name it by.
const TYPES: [(i64, &str); 3] = [(1, "Companies"), (2, "Contacts"), (5, "Tickets")];

/// Number of the kind of a definition. The vendor's lists of both numbers are not known for certain.
fn data_type(kind: UdfKind) -> i64 {
    match kind {
        UdfKind::Text => 1,
        UdfKind::Number => 2,
        UdfKind::Date => 3,
        UdfKind::List(_) => 4,
    }
}

/// The definitions as records.
pub fn definitions(created: &str) -> Vec<Value> {
    let all = TYPES.iter().flat_map(|(number, route)| {
        of(route).iter().zip(1..).map(move |(udf, place)| {
            json!({"id": number * 100 + place, "name": udf.name, "udfType": number,
                   "dataType": data_type(udf.kind), "isActive": true, "isRequired": false,
                   "isVisibleToClientPortal": false, "sortOrder": place, "createDate": created})
        })
    });
    all.collect()
}

/// The items of their lists as records: what they are called, and what stands in records.
pub fn list_items(created: &str) -> Vec<Value> {
    let mut items = Vec::new();
    for (number, route) in TYPES {
        for (udf, place) in of(route).iter().zip(1..) {
            let UdfKind::List(labels) = udf.kind else {
                continue;
            };
            for (label, value) in labels.iter().zip(1_i64..) {
                let field = number * 100 + place;
                items.push(json!({"id": field * 100 + value, "udfFieldId": field, "isActive": true,
                    "valueForDisplay": label, "valueForExport": value.to_string(), "createDate": created}));
            }
        }
    }
    items
}
