//! Answering writes.

use axum::http::Method;
use serde_json::{Map, Value};

use super::ConnectWisePsa;
use super::edit::{Actor, Edit};
use super::intake;
use super::patch;
use super::refusal::Refusal;
use super::route::Address;
use super::rules;
use crate::exchange::{Answer, Call};
use crate::records::schema::Schema;

impl ConnectWisePsa {
    /// The API member.
    pub(super) fn caller(&self) -> Actor {
        Actor {
            identifier: self.api_member(),
            member: self.api_member_id(),
            through_api: true,
        }
    }

    /// Answers a write to a kind.
    pub(super) fn write(
        &self,
        kind: usize,
        address: &Address,
        call: &Call,
    ) -> Result<Answer, Refusal> {
        let schema = self.keeper.catalogue.get(kind);
        let (parent, id) = address
            .parts(schema.about.parent.is_some())
            .ok_or_else(Refusal::no_route)?;
        let (letter, action) = match (&call.method, id) {
            (&Method::POST, None) => ('C', "create"),
            (&Method::PUT | &Method::PATCH, Some(_)) => ('U', "update"),
            (&Method::DELETE, Some(_)) => ('D', "delete"),
            _ => return Err(Refusal::method(call.method.as_str())),
        };
        if !schema.about.verbs.contains(letter) {
            return Err(Refusal::method(call.method.as_str()));
        }
        let level = self.access.check(schema.about.key, action)?;
        let mut edit = Edit::begin(self, self.caller());
        let scope = self.scope(edit.base(), kind, parent, level)?;
        if let Some(id) = id {
            let base = edit.base();
            base.find(kind, id)
                .filter(|row| scope.passes(base, schema, row, &crate::records::filter::Plain))
                .ok_or_else(|| Refusal::not_found(schema.about.name, &id.to_string()))?;
        }
        let id = match (id, &call.method) {
            (None, _) => self.create(&mut edit, kind, parent, &json(call)?)?,
            (Some(id), &Method::DELETE) => {
                edit.delete(kind, id)?;
                edit.finish();
                return Ok(Answer::json_text(204, String::new()));
            }
            (Some(id), method) => {
                self.change(&mut edit, kind, id, method, &json(call)?)?;
                id
            }
        };
        let base = edit.base();
        let row = base.find(kind, id);
        let body = row.map(|row| self.tree(base, kind, &row));
        edit.finish();
        let status = if call.method == Method::POST {
            201
        } else {
            200
        };
        Ok(Answer::json(status, &body.unwrap_or(Value::Null)))
    }

    fn create(
        &self,
        edit: &mut Edit<'_>,
        kind: usize,
        parent: Option<i64>,
        body: &Value,
    ) -> Result<i64, Refusal> {
        let schema = self.keeper.catalogue.get(kind);
        let body = object(schema, body)?;
        let mut given = intake::take(edit.base(), schema, body, false)?;
        if let (Some(parent), Some((_, field))) = (parent, schema.about.parent) {
            given.insert(field.to_owned(), parent_value(schema, field, parent));
        }
        edit.create(kind, given)
    }

    fn change(
        &self,
        edit: &mut Edit<'_>,
        kind: usize,
        id: i64,
        method: &Method,
        body: &Value,
    ) -> Result<(), Refusal> {
        let schema = self.keeper.catalogue.get(kind);
        let before = edit.record(schema.about.key, id).unwrap_or_default();
        let changed;
        let body = if *method == Method::PATCH {
            changed = patch::apply(schema, &before, body)?;
            &changed
        } else {
            object(schema, body)?
        };
        let mut given = intake::take(edit.base(), schema, body, false)?;
        if *method == Method::PUT {
            let parent = schema.about.parent.map(|(_, field)| field);
            for field in &schema.fields {
                let stays =
                    field.read_only || parent == Some(field.name) || field.name == "customFields";
                if !stays {
                    given.entry(field.name).or_insert(Value::Null);
                }
            }
            intake::check_required(schema, &given, rules::required_by_put(schema))?;
        }
        edit.update(kind, id, given)
    }
}

/// What a field that names the parent holds.
pub fn parent_value(schema: &Schema, field: &str, parent: i64) -> Value {
    let is_link = schema
        .field(field)
        .is_some_and(|f| matches!(f.kind, crate::records::schema::Kind::Link(_)));
    if is_link {
        serde_json::json!({"id": parent})
    } else {
        parent.into()
    }
}

/// The body as JSON.
pub fn json(call: &Call) -> Result<Value, Refusal> {
    let kind = call.header("content-type").unwrap_or("application/json");
    if !kind.to_lowercase().contains("json") {
        return Err(Refusal::media_type());
    }
    serde_json::from_slice(&call.body)
        .map_err(|e| Refusal::argument(format!("The request body is not valid JSON: {e}")))
}

fn object<'v>(schema: &Schema, body: &'v Value) -> Result<&'v Map<String, Value>, Refusal> {
    body.as_object()
        .ok_or_else(|| Refusal::object(schema.about.name, Vec::new()))
}
