//! Changing records: the steps that are the same for every entity, whoever makes the change.

use std::sync::{Arc, PoisonError, RwLockWriteGuard};

use serde_json::{Value, json};

use super::Autotask;
use super::filter;
use super::hook_event::{Action, Event};
use super::refusal::Refusal;
use super::rows::changed_at;
use super::rules;
use super::schema::Schema;
use super::store::{Reader, Table};
use super::validate;
use crate::state::{Change, Record};

/// Who makes a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The resource it counts for.
    pub resource: i64,
    /// The API user behind an impersonated resource.
    pub impersonator: Option<i64>,
    /// Through the API, with all its restrictions, or in the vendor's own screens.
    pub through_api: bool,
}

/// A change in progress; holds all tables until it is done.
pub struct Edit<'a> {
    /// The tenant.
    pub app: &'a Autotask,
    tables: RwLockWriteGuard<'a, Vec<Table>>,
    /// Who makes the change.
    pub actor: Actor,
    /// When.
    pub now: i64,
    events: Vec<Event>,
}

impl<'a> Edit<'a> {
    /// Begins a change.
    pub fn begin(app: &'a Autotask, actor: Actor) -> Self {
        Self {
            app,
            tables: app.tables.write().unwrap_or_else(PoisonError::into_inner),
            actor,
            now: app.clock.now_ms(),
            events: Vec::new(),
        }
    }

    /// Ends the change and tells subscribers.
    pub fn finish(mut self) {
        let events = std::mem::take(&mut self.events);
        for event in events {
            self.publish(&event);
        }
        self.app.deliveries.wake();
    }

    fn index(&self, route: &str) -> Option<usize> {
        self.app.catalogue.find(route).map(|(at, _)| at)
    }

    /// Reads one entity.
    pub fn reader(&self, route: &str) -> Option<Reader<'_>> {
        self.index(route)
            .map(|at| self.app.reader(&self.tables, at))
    }

    /// A record, with the fields that have a value.
    pub fn record(&self, route: &str, id: i64) -> Option<Record> {
        let reader = self.reader(route)?;
        reader.find(id).map(|row| row.to_record(reader.schema))
    }

    /// Whether an entity is part of the simulator and lacks this record.
    pub fn is_missing(&self, route: &str, id: i64) -> bool {
        self.reader(route)
            .is_some_and(|reader| reader.find(id).is_none())
    }

    /// The records that have a value in a field.
    pub fn select(&self, route: &str, field: &str, value: i64) -> Vec<(i64, Record)> {
        let condition = json!([{"op": "eq", "field": field, "value": value}]);
        let Some(reader) = self.reader(route) else {
            return Vec::new();
        };
        let Ok(expr) = filter::parse(reader.schema, &condition) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        reader.scan(&expr, i64::MIN, |id, row| {
            found.push((id, row.to_record(reader.schema)));
            std::ops::ControlFlow::Continue(())
        });
        found
    }

    /// Stores a record as it is, without rules or events.
    pub fn store(&mut self, route: &str, id: i64, record: Record) {
        let Some(at) = self.index(route) else { return };
        let schema = &self.app.catalogue.all()[at];
        let changed_ms = changed_at(&self.app.world, schema, &record);
        if self.app.log.keeps() {
            self.app.log.append(&Change::Put {
                entity: schema.text.route.to_owned(),
                id,
                record: Some(record.clone()),
                changed_ms,
            });
        }
        self.tables[at]
            .overlay
            .put(id, Some(Arc::new(record)), changed_ms);
    }

    /// Stores a new record under the next free id, without rules or events.
    pub fn insert(&mut self, route: &str, mut record: Record) -> i64 {
        let Some(at) = self.index(route) else {
            return 0;
        };
        let id = self.next_id(at);
        record.insert("id".to_owned(), id.into());
        self.store(route, id, record);
        id
    }

    /// Removes a record, without rules or events.
    pub fn erase(&mut self, route: &str, id: i64) {
        let Some(at) = self.index(route) else { return };
        let changed_ms = self.now;
        self.app.log.append(&Change::Put {
            entity: route.to_owned(),
            id,
            record: None,
            changed_ms,
        });
        self.tables[at].overlay.put(id, None, changed_ms);
    }

    fn next_id(&self, at: usize) -> i64 {
        let reader = self.app.reader(&self.tables, at);
        let generated = super::rows::last_id(reader.world, reader.schema.text.base);
        let fixed = reader.table.fixed.last_key_value().map(|(id, _)| *id);
        let stored = reader.table.overlay.last_id();
        [generated, fixed, stored, Some(0)]
            .into_iter()
            .flatten()
            .max()
            .unwrap_or(0)
            + 1
    }

    /// Creates a record with all that follows from it.
    pub fn create(&mut self, schema: &Schema, mut record: Record) -> Result<i64, Refusal> {
        rules::complete(self, schema, &mut record)?;
        if self.actor.through_api {
            validate::create(self, schema, &record)?;
            rules::check(self, schema, None, &record)?;
        }
        rules::before_create(self, schema, &mut record);
        record.retain(|_, value| !value.is_null());
        let id = self.insert(schema.text.route, record.clone());
        record.insert("id".to_owned(), id.into());
        rules::after_create(self, schema, id, &record);
        let changed = record.keys().cloned().collect();
        self.note_event(schema, id, Action::Create, changed, record);
        Ok(id)
    }

    /// Changes a record with all that follows from it. Nulls in `given` clear.
    pub fn update(&mut self, schema: &Schema, id: i64, given: Record) -> Result<(), Refusal> {
        let route = schema.text.route;
        let before = self
            .record(route, id)
            .ok_or_else(|| Refusal::invalid("No matching records found."))?;
        let mut after = before.clone();
        merge(&mut after, &given);
        if self.actor.through_api {
            validate::update(self, schema, &given, &before, &after)?;
            rules::check(self, schema, Some(&before), &after)?;
        }
        rules::before_update(self, schema, &before, &mut after, &given);
        after.retain(|_, value| !value.is_null());
        self.store(route, id, after.clone());
        rules::after_update(self, schema, id, &before, &after);
        let changed = after
            .keys()
            .chain(before.keys())
            .filter(|name| before.get(*name) != after.get(*name))
            .cloned()
            .collect();
        self.note_event(schema, id, Action::Update, changed, after);
        Ok(())
    }

    /// Deletes a record with all that follows from it.
    pub fn delete(&mut self, schema: &Schema, id: i64) -> Result<(), Refusal> {
        let route = schema.text.route;
        let before = self
            .record(route, id)
            .ok_or_else(|| Refusal::invalid("No matching records found."))?;
        rules::before_delete(self, schema, id, &before);
        self.erase(route, id);
        rules::after_delete(self, schema, &before);
        self.note_event(schema, id, Action::Delete, Vec::new(), before);
        Ok(())
    }

    fn note_event(
        &mut self,
        schema: &Schema,
        id: i64,
        action: Action,
        changed: Vec<String>,
        record: Record,
    ) {
        let person = record
            .get("createdByContactID")
            .and_then(Value::as_i64)
            .filter(|_| action == Action::Create)
            .unwrap_or(self.actor.resource);
        self.events.push(Event {
            route: schema.text.route,
            info: schema.text.info,
            id,
            action,
            changed,
            record,
            resource: self.actor.resource,
            person,
            at_ms: self.now,
        });
    }
}

/// Lays given fields over a record; user-defined fields one by one.
fn merge(record: &mut Record, given: &Record) {
    for (name, value) in given {
        if name != "userDefinedFields" {
            record.insert(name.clone(), value.clone());
            continue;
        }
        let mut have = record
            .get(name)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        for udf in value.as_array().into_iter().flatten() {
            have.retain(|u| u["name"] != udf["name"]);
            if !udf["value"].is_null() {
                have.push(udf.clone());
            }
        }
        record.insert(name.clone(), have.into());
    }
}

/// A whole number in a record.
pub fn number(record: &Record, name: &str) -> Option<i64> {
    record.get(name).and_then(Value::as_i64)
}

/// A text in a record.
pub fn text<'r>(record: &'r Record, name: &str) -> &'r str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}
