//! Answering writes. There is one verb for both: a POST of a list, in which records with an id are changed and the
//! others created.

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::HaloPsa;
use super::access::{Grant, Level};
use super::edit::{Actor, Edit};
use super::refusal::Refusal;
use super::render::Form;
use super::route::Address;
use super::switches::Switches;
use crate::exchange::{Answer, Call};
use crate::records::base::Base;
use crate::records::fields::whole;
use crate::records::schema::{Field, Kind, Schema};
use crate::state::Record;
use crate::world::instant;
use crate::world::technician::{api_user, name};

impl HaloPsa {
    /// The agent behind the token.
    pub(super) fn caller(&self) -> Actor {
        let (first, last) = name(&self.keeper.world, api_user(&self.keeper.world));
        Actor {
            agent: self.api_agent(),
            name: format!("{first} {last}"),
            application: Some(self.access.client_id().to_owned()),
        }
    }

    /// Answers a write to a kind.
    pub(super) fn write(
        &self,
        kind: usize,
        address: &Address,
        grant: &Grant,
        call: &Call,
    ) -> Result<Answer, Refusal> {
        let about = self.keeper.catalogue.get(kind).about;
        match (&call.method, &address.id) {
            (&Method::POST, None) if about.verbs.contains(['C', 'U']) => {
                self.post(kind, grant, call)
            }
            (&Method::DELETE, Some(id)) if about.verbs.contains('D') => {
                self.allow(grant, about.key, "delete")?;
                let mut edit = Edit::begin(self, self.caller());
                let (kind, id) = self
                    .locate(edit.base(), kind, id, call)
                    .ok_or_else(Refusal::not_found)?;
                let gone = self.shown(edit.base(), kind, id, Form::Detail);
                edit.delete(kind, id)?;
                edit.finish();
                Ok(Answer::json(200, &gone))
            }
            (method, _) => Err(Refusal::method(method.as_str())),
        }
    }

    fn allow(&self, grant: &Grant, key: &str, action: &str) -> Result<(), Refusal> {
        match self.access.check(grant, key, action)? {
            Level::All => Ok(()),
            _ => Err(Refusal::role()),
        }
    }

    fn is_lenient(&self) -> bool {
        let tables = self.keeper.tables();
        Switches::read(self.keeper.base(&tables)).lenient
    }

    fn shown(&self, base: Base<'_>, kind: usize, id: i64, form: Form) -> Value {
        let row = base.find(kind, id);
        row.map_or(Value::Null, |row| self.tree(base, kind, &row, form))
    }

    fn post(&self, kind: usize, grant: &Grant, call: &Call) -> Result<Answer, Refusal> {
        let body: Value = serde_json::from_slice(&call.body).map_err(|_| Refusal::body())?;
        let list = match &body {
            Value::Array(list) => list.clone(),
            Value::Object(_) if self.is_lenient() => vec![body.clone()],
            _ => return Err(Refusal::body()),
        };
        let mut edit = Edit::begin(self, self.caller());
        let mut done = Vec::new();
        for (place, one) in list.iter().enumerate() {
            let given = one.as_object().ok_or_else(Refusal::body)?;
            done.push(self.post_one(&mut edit, kind, grant, place, given)?);
        }
        let base = edit.base();
        let shown: Vec<Value> = done
            .iter()
            .map(|(kind, id)| self.shown(base, *kind, *id, Form::Posted))
            .collect();
        edit.finish();
        let all = call
            .parameter("returnall")
            .is_some_and(|all| all.eq_ignore_ascii_case("true"));
        let answer = match (all, shown.last()) {
            (true, _) => Value::from(shown),
            (false, last) => last.cloned().unwrap_or(json!([])),
        };
        Ok(Answer::json(201, &answer))
    }

    fn post_one(
        &self,
        edit: &mut Edit<'_>,
        kind: usize,
        grant: &Grant,
        place: usize,
        given: &Map<String, Value>,
    ) -> Result<(usize, i64), Refusal> {
        let about = self.keeper.catalogue.get(kind).about;
        let id = given.get("id").filter(|id| !id.is_null() && **id != 0);
        let (letter, action) = match id {
            Some(_) => ('U', "update"),
            None => ('C', "create"),
        };
        if !about.verbs.contains(letter) {
            return Err(Refusal::role());
        }
        self.allow(grant, about.key, action)?;
        let record = take(edit.base(), edit.schema(kind), given, Some(place))?;
        let Some(id) = id else {
            return edit.create(kind, record);
        };
        let text = match id {
            Value::String(text) => text.to_lowercase(),
            other => whole(other).unwrap_or_default().to_string(),
        };
        let found = self.locate_for_update(edit, kind, &text, given);
        let (kind, id) = found.ok_or_else(Refusal::not_found)?;
        edit.update(kind, id, &record)?;
        Ok((kind, id))
    }

    /// As [`Self::locate`]; an action's ticket stands in the body.
    fn locate_for_update(
        &self,
        edit: &Edit<'_>,
        kind: usize,
        id: &str,
        given: &Map<String, Value>,
    ) -> Option<(usize, i64)> {
        let ticket = given.get("ticket_id").and_then(whole).unwrap_or(0);
        let call = Call {
            method: Method::GET,
            path: String::new(),
            query: format!("ticket_id={ticket}"),
            headers: axum::http::HeaderMap::new(),
            body: axum::body::Bytes::new(),
        };
        self.locate(edit.base(), kind, id, &call)
    }
}

/// Reads the fields of a body. Nulls stay, to clear; names that mean nothing are passed over. `place` is where the
/// record stands in the list of a client; without one, a person sits at the product.
pub fn take(
    base: Base<'_>,
    schema: &Schema,
    body: &Map<String, Value>,
    place: Option<usize>,
) -> Result<Record, Refusal> {
    let mut record = Record::new();
    for field in &schema.fields[1..] {
        if field.read_only && place.is_some() {
            continue;
        }
        let Some(given) = body.get(field.name) else {
            continue;
        };
        let wrong = |message: &str| {
            let name = match place {
                Some(place) => format!("[{place}].{}", field.name),
                None => field.name.to_owned(),
            };
            Refusal::field(&name, message)
        };
        let value = value(base, schema, field, given).map_err(|message| wrong(&message))?;
        record.insert(field.name.to_owned(), value);
    }
    // What decides about rules, but is no field.
    for name in ["_novalidate"] {
        if let Some(value) = body.get(name) {
            record.insert(name.to_owned(), value.clone());
        }
    }
    Ok(record)
}

fn value(base: Base<'_>, schema: &Schema, field: &Field, given: &Value) -> Result<Value, String> {
    if given.is_null() {
        return Ok(Value::Null);
    }
    let shown = given.to_string();
    let wrong = || format!("Could not convert value {shown} of field {}.", field.name);
    // The product's own answers have a fraction where its requests may not.
    let is_double = matches!(
        (schema.about.key, field.name),
        ("site", "client_id") | ("users", "site_id")
    );
    let integer = || match given {
        Value::Number(number) if number.is_f64() && !is_double => {
            Err(format!("Input string '{shown}' is not a valid integer."))
        }
        other => whole(other).ok_or_else(wrong),
    };
    match &field.kind {
        Kind::Whole => Ok(integer()?.into()),
        Kind::Link(target) => match integer()? {
            0 | -1 => Ok(Value::Null),
            id => {
                let kind = base.catalogue.find(target).ok_or_else(wrong)?;
                let known = base.find(kind, id).is_some();
                known.then(|| json!({"id": id})).ok_or_else(|| {
                    format!(
                        "There is no {} with the id {id}.",
                        base.schema(kind).about.name
                    )
                })
            }
        },
        Kind::Number => given
            .as_f64()
            .or_else(|| given.as_str()?.trim().parse().ok())
            .map(Value::from)
            .ok_or_else(wrong),
        Kind::Truth => match given {
            Value::Bool(_) => Ok(given.clone()),
            Value::String(text) => text.parse::<bool>().map(Value::from).map_err(|_| wrong()),
            _ => Err(wrong()),
        },
        Kind::Time => given
            .as_str()
            .and_then(instant::parse)
            .map(|ms| instant::iso(ms).into())
            .ok_or_else(wrong),
        Kind::Text | Kind::Choice(_) => match given {
            Value::String(text) => Ok(text.as_str().into()),
            Value::Number(number) => Ok(number.to_string().into()),
            _ => Err(wrong()),
        },
        Kind::Tree | Kind::Links(_) => Ok(given.clone()),
    }
}
