//! Every kind of record of the API: address, fields with types and lengths, where it comes from.

mod company;
mod sales;
mod service;
mod system;

use crate::records::schema::{About, Catalogue, Schema, kind};
use crate::vendors::connectwise_psa::made;

/// Fields that every record has; they are shown as `_info`, and conditions know them everywhere.
const HIDDEN: [&str; 4] = [
    "lastUpdated:d-*",
    "updatedBy:s-*",
    "dateEntered:d-*",
    "enteredBy:s-*",
];

/// All kinds.
pub fn catalogue() -> Catalogue {
    let groups: [&[About]; 4] = [
        &service::KINDS,
        &company::KINDS,
        &sales::KINDS,
        &system::KINDS,
    ];
    let schemas = groups.into_iter().flatten().map(|about| {
        let getter = |name: &str| made::getter(about.key, name);
        Schema::new(*about, &HIDDEN, "lastUpdated", getter)
    });
    Catalogue::new(schemas.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::schema::Kind;

    #[test]
    fn links_lead_to_kinds_that_exist_and_ids_come_first() {
        let catalogue = catalogue();
        for schema in catalogue.all() {
            assert_eq!(schema.position("id"), Some(0), "{}", schema.about.key);
            assert!(schema.changed.is_some());
            for field in &schema.fields {
                if let Kind::Link(key) | Kind::Links(key) = &field.kind {
                    assert!(
                        catalogue.find(key).is_some(),
                        "{}.{}",
                        schema.about.key,
                        field.name
                    );
                }
            }
            for name in schema.about.title {
                assert!(
                    schema.position(name).is_some(),
                    "{} {name}",
                    schema.about.key
                );
            }
            if let Some((parent, field)) = schema.about.parent {
                assert!(catalogue.find(parent).is_some() && schema.position(field).is_some());
            }
        }
    }
}
