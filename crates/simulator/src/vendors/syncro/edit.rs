//! Changing records: the steps that are the same for every kind, whoever makes the change.

use serde_json::Value;

use super::Syncro;
use super::notices::Event;
use super::params;
use super::refusal::Refusal;
use super::rules;
use crate::records::base::Base;
use crate::records::fields::{text, whole};
use crate::records::filter::{Expr, Plain};
use crate::records::keeper::Writer;
use crate::records::schema::{Kind, Schema};
use crate::state::Record;
use crate::world::instant::{self, iso};

/// Who makes a change.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The user.
    pub user: i64,
    /// Through the API, with all its restrictions, or in the vendor's own screens.
    pub through_api: bool,
}

/// A change in progress; holds all records until it is done.
pub struct Edit<'a> {
    /// The account.
    pub app: &'a Syncro,
    writer: Writer<'a>,
    /// Who makes the change.
    pub actor: Actor,
    /// When.
    pub now: i64,
    events: Vec<Event>,
}

impl<'a> Edit<'a> {
    /// Begins a change.
    pub fn begin(app: &'a Syncro, actor: Actor) -> Self {
        Self {
            app,
            writer: app.keeper.write(),
            actor,
            now: app.clock.now_ms(),
            events: Vec::new(),
        }
    }

    /// Ends the change and tells those who want to know.
    pub fn finish(self) {
        for event in &self.events {
            self.app.publish(self.writer.base(), event, self.now);
        }
        self.app.courier.wake();
    }

    /// All records as they are now.
    pub fn base(&self) -> Base<'_> {
        self.writer.base()
    }

    /// The position of a kind that is part of the simulator.
    pub fn kind(&self, key: &str) -> usize {
        self.app.keeper.catalogue.find(key).unwrap_or(0)
    }

    /// The schema of a kind.
    pub fn schema(&self, kind: usize) -> &'a Schema {
        self.app.keeper.catalogue.get(kind)
    }

    /// A record, with the fields that have a value.
    pub fn record(&self, key: &str, id: i64) -> Option<Record> {
        let kind = self.kind(key);
        Some(self.base().find(kind, id)?.to_record(self.schema(kind)))
    }

    /// The ids of the records that have a number in a field.
    pub fn ids(&self, key: &str, field: &str, number: i64) -> Vec<i64> {
        let kind = self.kind(key);
        let position = self.schema(kind).position(field).unwrap_or(0);
        self.base()
            .ids(kind, &Expr::equals(position, number), &Plain)
    }

    /// Remembers something to tell.
    pub fn note(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Reads the fields of a body. Nulls stay, to clear. Names that mean nothing are passed over,
    /// as are fields that clients cannot write, unless a person sits at the product.
    pub fn take(&self, schema: &Schema, given: &Record) -> Record {
        let mut record = Record::new();
        for field in &schema.fields {
            if field.name == "id" || (field.read_only && self.actor.through_api) {
                continue;
            }
            if let Some(value) = given.get(field.name) {
                record.insert(
                    field.name.to_owned(),
                    as_kind(&field.kind, value, given, field.name),
                );
            }
        }
        record
    }

    /// Stores a new record under the next free id, dated, without rules or events.
    pub fn insert(&mut self, key: &str, mut record: Record) -> i64 {
        let kind = self.kind(key);
        let id = self.writer.next_id(kind);
        record.insert("id".to_owned(), id.into());
        let now: Value = iso(self.now).into();
        record.entry("created_at").or_insert_with(|| now.clone());
        record.entry("updated_at").or_insert(now);
        self.put(kind, id, record);
        id
    }

    /// Changes a record as a consequence of something else: no rules, but the change is dated.
    pub fn alter(&mut self, key: &str, id: i64, change: impl FnOnce(&mut Record)) {
        let Some(mut record) = self.record(key, id) else {
            return;
        };
        change(&mut record);
        record.insert("updated_at".to_owned(), iso(self.now).into());
        let kind = self.kind(key);
        self.put(kind, id, record);
    }

    /// Removes a record, without rules or events.
    pub fn erase(&mut self, key: &str, id: i64) {
        let kind = self.kind(key);
        self.writer.erase(kind, id, self.now);
    }

    fn put(&mut self, kind: usize, id: i64, mut record: Record) {
        for field in self.schema(kind).fields.iter().filter(|f| f.write_only) {
            // Whether a user is disabled is kept, though never sent.
            if field.name != "disabled" {
                record.remove(field.name);
            }
        }
        self.writer.store(kind, id, record, self.now);
    }

    /// Creates a record with all that follows from it.
    pub fn create(&mut self, kind: usize, given: &Record) -> Result<i64, Refusal> {
        let schema = self.schema(kind);
        let key = schema.about.key;
        let mut record = self.take(schema, given);
        rules::complete(self, key, &mut record);
        rules::check(self, key, None, &record, given)?;
        let id = self.insert(key, record.clone());
        rules::after_create(self, key, id, &record)?;
        self.note(Event::created(key, id));
        Ok(id)
    }

    /// Changes a record with all that follows from it. Nulls in `given` clear.
    pub fn update(&mut self, kind: usize, id: i64, given: &Record) -> Result<(), Refusal> {
        let schema = self.schema(kind);
        let key = schema.about.key;
        let before = self.record(key, id).ok_or_else(Refusal::not_found)?;
        let mut after = before.clone();
        for (name, value) in self.take(schema, given) {
            let merged = match (name.as_str(), after.get_mut(&name), &value) {
                // Custom fields are changed one by one; those not mentioned stay.
                ("properties", Some(Value::Object(have)), Value::Object(more)) => {
                    have.extend(more.clone());
                    true
                }
                _ => false,
            };
            if !merged {
                after.insert(name, value);
            }
        }
        rules::follow(self, key, &before, &mut after);
        rules::check(self, key, Some(&before), &after, given)?;
        if !given.contains_key("updated_at") || self.actor.through_api {
            after.insert("updated_at".to_owned(), iso(self.now).into());
        }
        self.put(kind, id, after.clone());
        rules::after_update(self, key, id, &after)?;
        let moved = text(&before, "status") != text(&after, "status");
        if key == "tickets" && moved {
            self.note(Event::status_changed(id));
        }
        self.note(Event::updated(key, id));
        Ok(())
    }

    /// Deletes a record with all that hangs off it.
    pub fn delete(&mut self, kind: usize, id: i64) -> Result<(), Refusal> {
        let key = self.schema(kind).about.key;
        if self.base().find(kind, id).is_none() {
            return Err(Refusal::not_found());
        }
        self.erase(key, id);
        rules::after_delete(self, key, id);
        Ok(())
    }
}

/// A value as the framework casts it: what does not fit becomes nothing.
fn as_kind(kind: &Kind, value: &Value, given: &Record, name: &str) -> Value {
    match kind {
        Kind::Whole => whole(value).map_or(Value::Null, Value::from),
        Kind::Number => value
            .as_f64()
            .or_else(|| value.as_str()?.trim().parse().ok())
            .map_or(Value::Null, Value::from),
        Kind::Truth => params::truth(given, name).map_or(Value::Null, Value::from),
        Kind::Time => value
            .as_str()
            .and_then(instant::parse)
            .map_or(Value::Null, |ms| iso(ms).into()),
        Kind::Tree | Kind::Links(_) => match value {
            Value::Array(_) | Value::Object(_) => value.clone(),
            _ => Value::Null,
        },
        _ => match value {
            Value::String(_) | Value::Null => value.clone(),
            Value::Number(number) => number.to_string().into(),
            _ => Value::Null,
        },
    }
}
