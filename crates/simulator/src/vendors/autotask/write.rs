//! Answering writes.

use axum::http::Method;
use serde_json::{Value, json};

use super::Autotask;
use super::change::{Actor, Edit};
use super::normalise;
use super::refusal::Refusal;
use super::route::Route;
use super::rows::numbers::resource_id;
use super::schema::Schema;
use crate::exchange::{Answer, Call, Tenant};
use crate::state::Record;
use crate::world::technician::api_user;

impl Autotask {
    /// Answers a write.
    pub(super) fn write(&self, route: &Route, call: &Call) -> Result<Answer, Refusal> {
        match (route, &call.method) {
            (Route::Collection(at), method) => self.write_at_root(*at, method, call),
            (Route::Children(at, parent), method) => self.write_child(*at, *parent, method, call),
            (Route::Record(at, id), &Method::DELETE) => {
                let schema = &self.catalogue.all()[*at];
                if !schema.text.root.contains('D') {
                    return Err(Refusal::method("DELETE"));
                }
                self.remove(schema, *id, None, call)
            }
            (Route::Child(at, parent, id), &Method::DELETE) => {
                let schema = &self.catalogue.all()[*at];
                if !child_writes(schema).contains('D') {
                    return Err(Refusal::method("DELETE"));
                }
                self.remove(schema, *id, Some(*parent), call)
            }
            (Route::Unknown, _) => Err(Refusal::no_route()),
            (_, method) => Err(Refusal::method(method.as_str())),
        }
    }

    fn write_at_root(&self, at: usize, method: &Method, call: &Call) -> Result<Answer, Refusal> {
        let schema = &self.catalogue.all()[at];
        let allowed = match *method {
            Method::POST => schema.text.root.contains('C'),
            Method::PATCH | Method::PUT => schema.text.root.contains('U'),
            _ => false,
        };
        if !allowed {
            return Err(self.no_collection(at, call));
        }
        self.write_record(schema, None, method, call)
    }

    fn write_child(
        &self,
        at: usize,
        parent: i64,
        method: &Method,
        call: &Call,
    ) -> Result<Answer, Refusal> {
        let schema = &self.catalogue.all()[at];
        let allowed = match *method {
            Method::POST => child_writes(schema).contains('C'),
            Method::PATCH | Method::PUT => child_writes(schema).contains('U'),
            _ => false,
        };
        if !allowed {
            return Err(Refusal::method(method.as_str()));
        }
        self.write_record(schema, Some(parent), method, call)
    }

    fn write_record(
        &self,
        schema: &Schema,
        parent: Option<i64>,
        method: &Method,
        call: &Call,
    ) -> Result<Answer, Refusal> {
        let creates = *method == Method::POST;
        self.security
            .check(schema.text.route, if creates { "create" } else { "update" })?;
        let body: Value = serde_json::from_slice(&call.body).map_err(|e| {
            Refusal::with_status(400, format!("The request body is not valid JSON: {e}"))
        })?;
        let mut given = normalise::fields(schema, &body, false)?;
        let mut edit = Edit::begin(self, self.actor(schema, call)?);
        self.bind_to_parent(&edit, schema, parent, &body, creates, &mut given)?;
        let id = if creates {
            edit.create(schema, given)?
        } else {
            let id = normalise::id(&body)?;
            if *method == Method::PUT {
                clear_omitted(schema, &mut given);
            }
            edit.update(schema, id, given)?;
            id
        };
        edit.finish();
        Ok(item_id(id))
    }

    /// Children belong to the parent in the address, whatever the body says.
    fn bind_to_parent(
        &self,
        edit: &Edit<'_>,
        schema: &Schema,
        parent: Option<i64>,
        body: &Value,
        creates: bool,
        given: &mut Record,
    ) -> Result<(), Refusal> {
        let (Some(parent), Some((parent_route, _, key, _))) = (parent, schema.text.child) else {
            return Ok(());
        };
        if edit.is_missing(parent_route, parent) {
            return Err(Refusal::invalid(format!(
                "The value {parent} of the field {key} does not reference an existing entity."
            )));
        }
        if creates {
            given.insert(key.to_owned(), parent.into());
            return Ok(());
        }
        let id = normalise::id(body)?;
        let owner = edit
            .record(schema.text.route, id)
            .and_then(|record| super::change::number(&record, key));
        if owner != Some(parent) {
            return Err(Refusal::invalid("No matching records found."));
        }
        given.remove(key);
        Ok(())
    }

    fn remove(
        &self,
        schema: &Schema,
        id: i64,
        parent: Option<i64>,
        call: &Call,
    ) -> Result<Answer, Refusal> {
        self.security.check(schema.text.route, "delete")?;
        let mut edit = Edit::begin(self, self.actor(schema, call)?);
        if let (Some(parent), Some((_, _, key, _))) = (parent, schema.text.child) {
            let owner = edit
                .record(schema.text.route, id)
                .and_then(|record| super::change::number(&record, key));
            if owner != Some(parent) {
                return Err(Refusal::invalid("No matching records found."));
            }
        }
        edit.delete(schema, id)?;
        edit.finish();
        Ok(item_id(id))
    }

    /// The API user, or the resource it acts for.
    fn actor(&self, schema: &Schema, call: &Call) -> Result<Actor, Refusal> {
        let api = resource_id(api_user(&self.world));
        let Some(acting_for) = self.acting_for(call) else {
            return Ok(Actor {
                resource: api,
                impersonator: None,
                through_api: true,
            });
        };
        let tables = self.tables();
        let resource = self.catalogue.find("Resources").and_then(|(at, schema)| {
            self.reader(&tables, at)
                .find(acting_for)
                .map(|row| row.to_record(schema))
        });
        let active = resource.is_some_and(|r| {
            r.get("isActive").is_some_and(|a| a == true)
                && r.get("licenseType").is_none_or(|l| l != 7)
        });
        if !active {
            return Err(Refusal::with_status(
                403,
                format!(
                    "The impersonated Resource does not have the adequate permissions to change this entity type: {}.",
                    schema.text.route
                ),
            ));
        }
        Ok(Actor {
            resource: acting_for,
            impersonator: Some(api),
            through_api: true,
        })
    }
}

fn child_writes(schema: &Schema) -> &'static str {
    schema.text.child.map_or("", |(.., writes)| writes)
}

/// PUT replaces: what is not given is cleared, except what nobody can write and parents.
fn clear_omitted(schema: &Schema, given: &mut Record) {
    let key = schema.text.child.map(|(_, _, key, _)| key);
    for field in schema
        .fields
        .iter()
        .filter(|f| !f.read_only && Some(f.name) != key)
    {
        given.entry(field.name).or_insert(Value::Null);
    }
}

fn item_id(id: i64) -> Answer {
    Answer::json(200, &json!({"itemId": id}))
}
