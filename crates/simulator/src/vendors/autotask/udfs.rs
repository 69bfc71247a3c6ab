//! User-defined fields of the tenant.

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
