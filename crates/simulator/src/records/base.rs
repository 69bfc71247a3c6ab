//! All records of a tenant, generated and stored, as one.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::schema::{Catalogue, Kind, Schema};
use super::value::Val;
use crate::state::{Overlay, Record};
use crate::world::item::Item;
use crate::world::{World, instant};

/// Records of one kind that are not computed.
#[derive(Default)]
pub struct Table {
    /// Made at the start.
    pub fixed: BTreeMap<i64, Arc<Record>>,
    /// Changed since.
    pub overlay: Overlay,
}

/// Everything needed to read the records of a tenant.
#[derive(Clone, Copy)]
pub struct Base<'w> {
    /// The generated world.
    pub world: &'w World,
    /// The kinds.
    pub catalogue: &'w Catalogue,
    /// The records that are not computed, by kind.
    pub tables: &'w [Table],
}

/// A record: generated, or stored.
#[expect(
    clippy::large_enum_variant,
    reason = "rows live for one step of a loop; a box for each would cost more"
)]
pub enum Row<'w> {
    /// A thing of the world.
    Made(Item<'w>),
    /// A stored record.
    Stored(&'w Record),
}

impl<'w> Row<'w> {
    /// The value of the field at a position of the schema.
    pub fn get<'a>(&'a self, schema: &Schema, position: usize) -> Val<'a> {
        match self {
            Self::Made(item) => (schema.getters[position])(item),
            Self::Stored(record) => stored(record, schema, position),
        }
    }

    /// The value of a field by name.
    pub fn named<'a>(&'a self, schema: &Schema, name: &str) -> Val<'a> {
        schema
            .position(name)
            .map_or(Val::Null, |at| self.get(schema, at))
    }

    /// All fields as a record that can be stored.
    pub fn to_record(&self, schema: &Schema) -> Record {
        if let Self::Stored(record) = self {
            return (*record).clone();
        }
        let mut record = Record::new();
        for (position, field) in schema.fields.iter().enumerate() {
            let value = self.get(schema, position);
            if value != Val::Null {
                record.insert(field.name.to_owned(), value.to_json());
            }
        }
        record
    }
}

fn stored<'a>(record: &'a Record, schema: &Schema, position: usize) -> Val<'a> {
    let field = &schema.fields[position];
    match (record.get(field.name), &field.kind) {
        (None | Some(Value::Null), _) => Val::Null,
        (Some(value), Kind::Link(_)) => Val::link(value["id"].as_i64()),
        (Some(Value::Bool(truth)), _) => Val::Bool(*truth),
        (Some(Value::Number(number)), Kind::Number) => Val::Num(number.as_f64().unwrap_or(0.0)),
        (Some(Value::Number(number)), _) => Val::int(number.as_i64()),
        (Some(Value::String(text)), Kind::Time) => Val::time(instant::parse(text)),
        (Some(Value::String(text)), _) => Val::text(text),
        (Some(tree), _) => Val::Tree(tree.clone()),
    }
}

impl<'w> Base<'w> {
    /// The kind at a position.
    pub fn schema(self, at: usize) -> &'w Schema {
        self.catalogue.get(at)
    }

    /// A record by kind and id.
    pub fn find(self, at: usize, id: i64) -> Option<Row<'w>> {
        let table = &self.tables[at];
        if let Some(decided) = table.overlay.get(id) {
            return decided.map(|record| Row::Stored(record));
        }
        if let Some(record) = table.fixed.get(&id) {
            return Some(Row::Stored(record));
        }
        let (listing, offset) = self.schema(at).about.made?;
        let number = id.checked_sub(offset)?;
        self.world
            .has(listing, number)
            .then(|| self.world.item(listing, number))
            .flatten()
            .map(Row::Made)
    }

    /// What others call a record, and its short name when it has one.
    pub fn title(self, at: usize, id: i64) -> Option<String> {
        let schema = self.schema(at);
        let row = self.find(at, id)?;
        Some(title_of(schema, &row))
    }
}

/// What others call a record.
pub fn title_of(schema: &Schema, row: &Row<'_>) -> String {
    let mut title = String::new();
    for name in schema.about.title {
        let part = match row.named(schema, name) {
            Val::Str(part) => part,
            Val::Int(number) => number.to_string().into(),
            _ => continue,
        };
        if !title.is_empty() && !part.is_empty() {
            title.push(' ');
        }
        title.push_str(&part);
    }
    title
}

/// When a stored record last changed.
pub fn changed_at(schema: &Schema, record: &Record, otherwise: i64) -> i64 {
    let changed = schema.changed.map(|at| stored(record, schema, at));
    match changed {
        Some(Val::Time(ms)) => ms,
        _ => otherwise,
    }
}
