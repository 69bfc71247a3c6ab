//! Changing records: the steps that are the same for every kind, whoever makes the change.

use serde_json::{Value, json};

use super::ConnectWisePsa;
use super::callbacks::{Action, Event};
use super::intake;
use super::made::guid;
use super::refusal::{Issue, Refusal};
use super::rules;
use crate::records::base::{Base, title_of};
pub use crate::records::fields::{flag, linked, number, text};
use crate::records::filter::{Expr, Plain};
use crate::records::keeper::Writer;
use crate::records::schema::Schema;
use crate::state::Record;
use crate::world::instant::iso;

/// Kinds of notes that are numbered together.
const NOTES: [&str; 2] = ["service/tickets/notes", "project/tickets/notes"];

/// Who makes a change.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Identifier of the member.
    pub identifier: String,
    /// Its id.
    pub member: i64,
    /// Through the API, with all its restrictions, or in the vendor's own screens.
    pub through_api: bool,
}

/// A change in progress; holds all records until it is done.
pub struct Edit<'a> {
    /// The tenant.
    pub app: &'a ConnectWisePsa,
    writer: Writer<'a>,
    /// Who makes the change.
    pub actor: Actor,
    /// When.
    pub now: i64,
    events: Vec<Event>,
    /// Whether subscribers are not told.
    pub silent: bool,
}

impl<'a> Edit<'a> {
    /// Begins a change.
    pub fn begin(app: &'a ConnectWisePsa, actor: Actor) -> Self {
        Self {
            app,
            writer: app.keeper.write(),
            actor,
            now: app.clock.now_ms(),
            events: Vec::new(),
            silent: false,
        }
    }

    /// Ends the change and tells subscribers.
    pub fn finish(self) {
        if !self.silent {
            for event in &self.events {
                self.app.publish(self.base(), event, self.now);
            }
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

    /// The records that have a number or link in a field.
    pub fn select(&self, key: &str, field: &str, id: i64) -> Vec<(i64, Record)> {
        let kind = self.kind(key);
        let Some(position) = self.schema(kind).position(field) else {
            return Vec::new();
        };
        let expr = Expr::equals(position, id);
        let ids = self.base().ids(kind, &expr, &Plain);
        ids.into_iter()
            .filter_map(|id| Some((id, self.record(key, id)?)))
            .collect()
    }

    /// Whether any record has a number or link in a field.
    pub fn is_used(&self, key: &str, field: &str, id: i64) -> bool {
        let kind = self.kind(key);
        let Some(position) = self.schema(kind).position(field) else {
            return false;
        };
        let mut used = false;
        self.base().scan(
            kind,
            &Expr::equals(position, id),
            i64::MIN,
            &Plain,
            |_, _| {
                used = true;
                std::ops::ControlFlow::Break(())
            },
        );
        used
    }

    /// Stores a new record under the next free id, without rules or events.
    pub fn insert(&mut self, key: &str, mut record: Record) -> i64 {
        let kind = self.kind(key);
        let id = self.next_id(key);
        record.insert("id".to_owned(), id.into());
        self.stamp(kind, &mut record, true);
        self.writer.store(kind, id, record, self.now);
        id
    }

    /// The next free id of a kind. Notes of service and project tickets are numbered together: they may move.
    fn next_id(&self, key: &str) -> i64 {
        let numbered: &[&str] = if NOTES.contains(&key) { &NOTES } else { &[key] };
        let ids = numbered
            .iter()
            .map(|key| self.writer.next_id(self.kind(key)));
        ids.max().unwrap_or(1)
    }

    /// Stores a record under an id, without rules or events.
    pub fn put(&mut self, key: &str, id: i64, record: Record) {
        let kind = self.kind(key);
        self.writer.store(kind, id, record, self.now);
    }

    /// Removes a record, without rules or events.
    pub fn erase(&mut self, key: &str, id: i64) {
        let kind = self.kind(key);
        self.writer.erase(kind, id, self.now);
    }

    /// Changes a record as a consequence of something else: no rules, but the change is dated and
    /// told.
    pub fn alter(&mut self, key: &str, id: i64, change: impl FnOnce(&mut Record)) {
        let kind = self.kind(key);
        let Some(mut record) = self.record(key, id) else {
            return;
        };
        change(&mut record);
        self.stamp(kind, &mut record, false);
        self.writer.store(kind, id, record, self.now);
        self.note(kind, id, Action::Updated);
    }

    /// Dates a record.
    fn stamp(&self, kind: usize, record: &mut Record, is_new: bool) {
        let now = iso(self.now);
        let who = self.actor.identifier.as_str();
        record.insert("lastUpdated".to_owned(), now.as_str().into());
        record.insert("updatedBy".to_owned(), who.into());
        if is_new {
            record.entry("dateEntered").or_insert(now.into());
            record.entry("enteredBy").or_insert(who.into());
            if self.schema(kind).position("mobileGuid").is_some() {
                record.insert("mobileGuid".to_owned(), guid(self.now, kind as i64).into());
            }
        }
    }

    /// Creates a record with all that follows from it.
    pub fn create(&mut self, kind: usize, mut record: Record) -> Result<i64, Refusal> {
        let schema = self.schema(kind);
        rules::complete(self, schema, &mut record)?;
        if self.actor.through_api {
            intake::check_required(schema, &record, &[])?;
            rules::check(self, schema, None, &record)?;
        }
        let given = record.clone();
        drop_write_only(schema, &mut record);
        let id = self.insert(schema.about.key, record);
        rules::after_create(self, schema, id, &given)?;
        self.audit(kind, id, "Created");
        self.note(kind, id, Action::Added);
        Ok(id)
    }

    /// Changes a record with all that follows from it. Nulls in `given` clear.
    pub fn update(&mut self, kind: usize, id: i64, given: Record) -> Result<(), Refusal> {
        let schema = self.schema(kind);
        let key = schema.about.key;
        let before = self
            .record(key, id)
            .ok_or_else(|| Refusal::not_found(schema.about.name, &id.to_string()))?;
        let mut after = before.clone();
        for (name, value) in &given {
            if name == "customFields" {
                let merged = merge_custom(before.get(name), value);
                after.insert(name.clone(), merged);
            } else {
                after.insert(name.clone(), value.clone());
            }
        }
        rules::follow(self, schema, &before, &mut after)?;
        if self.actor.through_api {
            intake::check_required(schema, &after, &[])?;
            rules::check(self, schema, Some(&before), &after)?;
        }
        drop_write_only(schema, &mut after);
        self.stamp(kind, &mut after, false);
        self.writer.store(kind, id, after.clone(), self.now);
        rules::after_update(self, schema, id, &before, &after);
        self.audit(kind, id, "Updated");
        self.note(kind, id, Action::Updated);
        Ok(())
    }

    /// Deletes a record with all that follows from it.
    pub fn delete(&mut self, kind: usize, id: i64) -> Result<(), Refusal> {
        let schema = self.schema(kind);
        if self.record(schema.about.key, id).is_none() {
            return Err(Refusal::not_found(schema.about.name, &id.to_string()));
        }
        if self.actor.through_api {
            rules::check_delete(self, schema, id)?;
        }
        self.remove(kind, id);
        Ok(())
    }

    /// Removes a record with all that follows from it, whoever still uses it.
    pub fn remove(&mut self, kind: usize, id: i64) {
        let schema = self.schema(kind);
        let key = schema.about.key;
        let Some(before) = self.record(key, id) else {
            return;
        };
        self.audit(kind, id, "Deleted");
        self.erase(key, id);
        rules::after_delete(self, schema, id, &before);
        self.note_gone(kind, id, before);
    }

    /// Remembers that subscribers have to be told, once for each record and kind of event.
    pub fn note(&mut self, kind: usize, id: i64, action: Action) {
        let known = self
            .events
            .iter()
            .any(|event| event.kind == kind && event.id == id && event.action != Action::Deleted);
        if !known {
            let facts = self
                .record(self.schema(kind).about.key, id)
                .unwrap_or_default();
            self.push_event(kind, id, action, facts);
        }
    }

    fn note_gone(&mut self, kind: usize, id: i64, facts: Record) {
        self.push_event(kind, id, Action::Deleted, facts);
    }

    fn push_event(&mut self, kind: usize, id: i64, action: Action, facts: Record) {
        self.events.push(Event {
            kind,
            id,
            action,
            facts,
            member: self.actor.identifier.clone(),
        });
    }

    /// Writes a line of the audit trail.
    fn audit(&mut self, kind: usize, id: i64, what: &str) {
        let schema = self.schema(kind);
        let object = match schema.about.key {
            "service/tickets" | "project/tickets" => "Ticket",
            "company/companies" => "Company",
            "company/contacts" => "Contact",
            "sales/opportunities" => "Opportunity",
            "finance/agreements" => "Agreement",
            _ => return,
        };
        let title = self
            .base()
            .find(kind, id)
            .map(|row| title_of(schema, &row))
            .unwrap_or_default();
        let line = json!({
            "text": format!("{object} {id} \"{title}\" {}", what.to_lowercase()),
            "enteredDate": iso(self.now),
            "enteredBy": self.actor.identifier,
            "auditType": object,
            "auditSubType": what,
            "auditSource": if self.actor.through_api { "API" } else { "PSA" },
            "objectType": object,
            "objectId": id,
        });
        if let Value::Object(line) = line {
            self.insert("system/audittrail", line);
        }
    }
}

/// Fields that are only understood, not kept.
fn drop_write_only(schema: &Schema, record: &mut Record) {
    for field in schema
        .fields
        .iter()
        .filter(|f| f.write_only && !f.read_only)
    {
        record.remove(field.name);
    }
}

/// Custom fields are changed one by one; those not mentioned stay.
fn merge_custom(before: Option<&Value>, given: &Value) -> Value {
    let mut fields = before
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    for field in given.as_array().into_iter().flatten() {
        fields.retain(|have| have["id"] != field["id"]);
        fields.push(json!({"id": field["id"], "value": field["value"]}));
    }
    fields.into()
}

/// Problems as a refusal, or nothing.
pub fn refuse_any(name: &str, issues: Vec<Issue>) -> Result<(), Refusal> {
    if issues.is_empty() {
        Ok(())
    } else {
        Err(Refusal::object(name, issues))
    }
}
