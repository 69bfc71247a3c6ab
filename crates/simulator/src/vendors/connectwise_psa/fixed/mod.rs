//! Small tables of the tenant that are made at the start.

mod company;
mod project;
mod sales;
mod service;
mod system;

use serde_json::{Value, json};

use crate::state::Record;
use crate::world::World;
use crate::world::instant::{DAY, iso, midnight};

pub use company::country_id;
pub use system::{custom_field, custom_fields_of};

/// The fixed records of a kind.
pub fn records(world: &World, kind: &str) -> Vec<Record> {
    let list = service::records(kind)
        .or_else(|| company::records(kind))
        .or_else(|| sales::records(world, kind))
        .or_else(|| project::records(world, kind))
        .or_else(|| system::records(world, kind))
        .unwrap_or_default();
    let entered = iso(midnight(world.base_ms) - 900 * DAY);
    list.into_iter()
        .filter_map(|value| match value {
            Value::Object(mut record) => {
                for name in ["lastUpdated", "dateEntered"] {
                    record.entry(name).or_insert_with(|| entered.clone().into());
                }
                for name in ["updatedBy", "enteredBy"] {
                    record.entry(name).or_insert_with(|| "Admin1".into());
                }
                record.retain(|_, value| !value.is_null());
                Some(record)
            }
            _ => None,
        })
        .collect()
}

/// Records with an id and a name, the first one the default.
fn named(names: &[&str]) -> Vec<Value> {
    names
        .iter()
        .zip(1..)
        .map(|(name, id)| json!({"id": id, "name": name, "defaultFlag": id == 1}))
        .collect()
}

/// A link.
fn link(id: i64) -> Value {
    json!({"id": id})
}
