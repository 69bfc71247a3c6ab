//! Changing records: the steps that are the same for every kind, whoever makes the change.

use serde_json::Value;

use super::HaloPsa;
use super::hooks::Event;
use super::refusal::Refusal;
use super::rules;
use crate::records::base::Base;
use crate::records::filter::{Expr, Plain};
use crate::records::keeper::Writer;
use crate::records::schema::Schema;
use crate::state::Record;
use crate::world::instant::iso;

/// Who makes a change.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Id of the agent.
    pub agent: i64,
    /// Its name.
    pub name: String,
    /// Id of the application, when it is no person in the product itself.
    pub application: Option<String>,
}

impl Actor {
    /// Whether the rules for clients of the API apply.
    pub fn through_api(&self) -> bool {
        self.application.is_some()
    }
}

/// A change in progress; holds all records until it is done.
pub struct Edit<'a> {
    /// The instance.
    pub app: &'a HaloPsa,
    writer: Writer<'a>,
    /// Who makes the change.
    pub actor: Actor,
    /// When.
    pub now: i64,
    events: Vec<Event>,
}

/// The records that have a number or link in a field.
pub fn equals(base: Base<'_>, kind: usize, field: &str, id: i64) -> Expr {
    Expr::equals(base.schema(kind).position(field).unwrap_or(0), id)
}

impl<'a> Edit<'a> {
    /// Begins a change.
    pub fn begin(app: &'a HaloPsa, actor: Actor) -> Self {
        Self {
            app,
            writer: app.keeper.write(),
            actor,
            now: app.clock.now_ms(),
            events: Vec::new(),
        }
    }

    /// Ends the change and tells subscribers.
    pub fn finish(mut self) {
        for event in std::mem::take(&mut self.events) {
            let app = self.app;
            app.publish(&mut self, &event);
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
        let row = self.base().find(kind, id)?;
        Some(row.to_record(self.schema(kind)))
    }

    /// The kind a ticket's number belongs to.
    pub fn ticket_kind(&self, id: i64) -> Option<usize> {
        let base = self.base();
        self.app.ticket_kind(base, id).map(|(kind, _)| kind)
    }

    /// The records that have a number or link in a field.
    pub fn select(&self, key: &str, field: &str, id: i64) -> Vec<(i64, Record)> {
        let kind = self.kind(key);
        let expr = equals(self.base(), kind, field, id);
        let ids = self.base().ids(kind, &expr, &Plain);
        ids.into_iter()
            .filter_map(|id| Some((id, self.record(key, id)?)))
            .collect()
    }

    /// All records of a kind.
    pub fn all(&self, key: &str) -> Vec<(i64, Record)> {
        let ids = self.base().ids(self.kind(key), &Expr::all(), &Plain);
        ids.into_iter()
            .filter_map(|id| Some((id, self.record(key, id)?)))
            .collect()
    }

    /// Stores a new record under the next free id, without rules or events.
    pub fn insert(&mut self, key: &str, mut record: Record) -> i64 {
        let kind = self.kind(key);
        let id = self.writer.next_id(kind);
        let first = self.schema(kind).fields[0].name;
        record.insert(first.to_owned(), id.into());
        self.store(kind, id, record);
        id
    }

    /// Changes a record as a consequence of something else.
    pub fn alter(&mut self, kind: usize, id: i64, change: impl FnOnce(&mut Record)) {
        self.alter_quietly(kind, id, false, change);
    }

    /// The same, and where it is done quietly the record is not dated anew.
    pub fn alter_quietly(
        &mut self,
        kind: usize,
        id: i64,
        quietly: bool,
        change: impl FnOnce(&mut Record),
    ) {
        let row = self.base().find(kind, id);
        let Some(mut record) = row.map(|row| row.to_record(self.schema(kind))) else {
            return;
        };
        change(&mut record);
        if quietly {
            self.writer.store(kind, id, record, self.now);
        } else {
            self.store(kind, id, record);
        }
    }

    /// Stores a record and dates it.
    fn store(&mut self, kind: usize, id: i64, mut record: Record) {
        let schema = self.schema(kind);
        if let Some(at) = schema.changed {
            record.insert(schema.fields[at].name.to_owned(), iso(self.now).into());
        }
        for field in schema
            .fields
            .iter()
            .filter(|f| f.write_only && !f.read_only)
        {
            // Of what is only understood, secrets of registrations and bytes of attachments are kept.
            if !["basic_password", "data_base64"].contains(&field.name) {
                record.remove(field.name);
            }
        }
        self.writer.store(kind, id, record, self.now);
    }

    /// Creates a record with all that follows from it; answers its kind and id.
    pub fn create(&mut self, kind: usize, mut record: Record) -> Result<(usize, i64), Refusal> {
        let kind = rules::complete(self, kind, &mut record)?;
        let schema = self.schema(kind);
        if self.actor.through_api() {
            let missing = schema.fields.iter().find(|field| {
                let value = record.get(field.name);
                let empty = match value {
                    None | Some(Value::Null) => true,
                    Some(Value::String(text)) => text.trim().is_empty(),
                    Some(_) => false,
                };
                field.required && empty
            });
            if let Some(field) = missing {
                return Err(rules::missing(field.name));
            }
        }
        let given = record.clone();
        let id = self.insert(schema.about.key, record);
        rules::after_create(self, kind, id, &given);
        Ok((kind, id))
    }

    /// Changes a record with all that follows from it. Nulls in `given` clear.
    pub fn update(&mut self, kind: usize, id: i64, given: &Record) -> Result<(), Refusal> {
        let row = self.base().find(kind, id).ok_or_else(Refusal::not_found)?;
        let before = row.to_record(self.schema(kind));
        let mut after = before.clone();
        for (name, value) in given {
            let value = match name.as_str() {
                "customfields" => merge_custom(before.get(name), value),
                _ => value.clone(),
            };
            after.insert(name.clone(), value);
        }
        rules::follow(self, kind, id, &before, &mut after)?;
        self.store(kind, id, after.clone());
        rules::after_update(self, kind, id, &before, &after);
        Ok(())
    }

    /// Deletes a record: tickets stay, out of sight.
    pub fn delete(&mut self, kind: usize, id: i64) -> Result<(), Refusal> {
        let row = self.base().find(kind, id).ok_or_else(Refusal::not_found)?;
        let before = row.to_record(self.schema(kind));
        let key = self.schema(kind).about.key;
        if super::read::TICKET_KINDS.contains(&key) {
            self.alter(kind, id, |record| {
                record.insert("deleted".to_owned(), true.into());
            });
            self.note(kind, id, 1072);
            return Ok(());
        }
        self.writer.erase(kind, id, self.now);
        rules::after_delete(self, key, id, &before);
        Ok(())
    }

    /// Removes a record, without rules or events.
    pub fn erase(&mut self, key: &str, id: i64) {
        let kind = self.kind(key);
        self.writer.erase(kind, id, self.now);
    }

    /// Remembers that subscribers have to be told of an event.
    pub fn note(&mut self, kind: usize, id: i64, number: i64) {
        let known = self.events.iter().any(|e| e.id == id && e.number == number);
        if !known {
            self.events.push(Event { kind, id, number });
        }
    }
}

/// Custom fields are changed one by one; those not mentioned stay.
fn merge_custom(before: Option<&Value>, given: &Value) -> Value {
    let have = before.and_then(Value::as_array).cloned();
    let mut fields = have.unwrap_or_default();
    for field in given.as_array().into_iter().flatten() {
        match fields.iter_mut().find(|have| have["id"] == field["id"]) {
            Some(have) => {
                have["value"] = field["value"].clone();
                have["display"] = field["value"].clone();
            }
            None => fields.push(field.clone()),
        }
    }
    fields.into()
}
