//! Every kind of record of the API: address, fields with types and lengths, where it comes from.

mod company;
mod sales;
mod service;
mod system;

use crate::records::schema::{About, Catalogue, Schema};
use crate::vendors::connectwise_psa::made;
use crate::world::listing::Listing;

/// Fields that every record has; they are shown as `_info`, and conditions know them everywhere.
const HIDDEN: [&str; 4] = [
    "lastUpdated:d-*",
    "updatedBy:s-*",
    "dateEntered:d-*",
    "enteredBy:s-*",
];

const fn kind(
    key: &'static str,
    name: &'static str,
    verbs: &'static str,
    title: &'static [&'static str],
    fields: &'static str,
) -> About {
    About {
        key,
        name,
        parent: None,
        made: None,
        span: None,
        verbs,
        title,
        fields,
    }
}

impl About {
    /// Hangs off another kind, whose id is in `field`.
    const fn under(mut self, parent: &'static str, field: &'static str) -> Self {
        self.parent = Some((parent, field));
        self
    }

    /// Comes from the world.
    const fn made(mut self, listing: Listing, offset: i64) -> Self {
        self.made = Some((listing, offset));
        self
    }

    /// Has numbers decided by the record whose id is in `field`.
    const fn within(mut self, field: &'static str, kind: &'static str) -> Self {
        self.span = Some((field, kind));
        self
    }
}

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
