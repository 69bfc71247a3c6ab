//! Answering writes.

use axum::http::Method;
use serde_json::{Value, json};

use super::Syncro;
use super::access::Deed;
use super::edit::{Actor, Edit};
use super::notices::Event;
use super::params;
use super::refusal::Refusal;
use super::render::{Form, Render};
use crate::exchange::{Answer, Call};
use crate::records::schema::Schema;

/// How long an alert can be silenced.
const MUTES: [&str; 7] = [
    "1-hour", "1-day", "2-days", "1-week", "2-weeks", "1-month", "forever",
];

impl Syncro {
    /// The token's owner.
    fn caller(&self) -> Actor {
        Actor {
            user: self.owner(),
            through_api: true,
        }
    }

    fn may(&self, schema: &Schema, verb: char, deed: Deed) -> Result<(), Refusal> {
        if !schema.about.verbs.contains(verb) {
            return Err(Refusal::not_found());
        }
        self.access.check(schema.about.key, deed).map(|_| ())
    }

    /// Creates a record, of everything or below a parent.
    pub(super) fn create_by_api(
        &self,
        at: usize,
        parent: Option<i64>,
        call: &Call,
    ) -> Result<Answer, Refusal> {
        let schema = self.keeper.catalogue.get(at);
        self.may(schema, 'C', Deed::Create)?;
        let mut given = params::read(call)?;
        let mut edit = Edit::begin(self, self.caller());
        if let (Some(parent), Some((key, field))) = (parent, schema.about.parent) {
            let kind = edit.kind(key);
            self.visible(edit.base(), kind, parent, false)?;
            given.insert(field.to_owned(), parent.into());
        }
        let id = edit.create(at, &given)?;
        let body = self.body_of(&edit, at, id);
        edit.finish();
        Ok(match schema.about.key {
            "rmm_alerts" => {
                Answer::json(201, &json!({"success": true, "alert": body["rmm_alert"]}))
            }
            "canned_responses" => Answer::json(201, &body),
            _ => Answer::json(200, &body),
        })
    }

    fn body_of(&self, edit: &Edit<'_>, at: usize, id: i64) -> Value {
        let base = edit.base();
        let row = base.find(at, id);
        row.map_or(Value::Null, |row| self.wrapped(base, at, &row))
    }

    /// Changes or deletes a record.
    pub(super) fn change_by_api(&self, at: usize, id: i64, call: &Call) -> Result<Answer, Refusal> {
        let schema = self.keeper.catalogue.get(at);
        let key = schema.about.key;
        let patches = key == "canned_responses";
        let deletes = match call.method {
            Method::PUT if !patches => false,
            Method::PATCH if patches => false,
            Method::DELETE => true,
            _ => return Err(Refusal::not_found()),
        };
        let (verb, deed) = if deletes {
            ('D', Deed::Delete)
        } else {
            ('U', Deed::Edit)
        };
        self.may(schema, verb, deed)?;
        let given = params::read(call)?;
        let mut edit = Edit::begin(self, self.caller());
        self.visible(edit.base(), at, id, false)?;
        if deletes {
            edit.delete(at, id)?;
            edit.finish();
            return Ok(deleted(key));
        }
        edit.update(at, id, &given)?;
        let body = self.body_of(&edit, at, id);
        edit.finish();
        Ok(Answer::json(200, &body))
    }

    /// Files that the vendor fetches by itself, later.
    pub(super) fn attach_files(&self, ticket: i64, call: &Call) -> Result<Answer, Refusal> {
        self.access.check("tickets", Deed::Edit)?;
        let given = params::read(call)?;
        let mut edit = Edit::begin(self, self.caller());
        let kind = edit.kind("tickets");
        self.visible(edit.base(), kind, ticket, false)?;
        let files = given
            .get("files")
            .and_then(Value::as_array)
            .filter(|files| !files.is_empty())
            .ok_or_else(Refusal::files)?;
        let now = Render::new(self, edit.base()).stamp(edit.now);
        edit.alter("tickets", ticket, |record| {
            let have = record.entry("attachments").or_insert_with(|| json!([]));
            let Some(have) = have.as_array_mut() else {
                return;
            };
            for file in files {
                let id = ticket * 100 + have.len() as i64 + 1;
                have.push(json!({
                    "id": id, "file_name": file["filename"], "created_at": now,
                    "file": {"url": file["url"]},
                }));
            }
        });
        edit.note(Event::updated("tickets", ticket));
        edit.finish();
        let sentence = "Processing - refresh ticket in a moment to see if it worked.";
        Ok(Answer::json(200, &json!({"message": sentence})))
    }

    /// Silences an alert.
    pub(super) fn mute_alert(&self, id: i64, call: &Call) -> Result<Answer, Refusal> {
        if !self.access.has("RMM Alerts - Clear/Manage") {
            return Err(Refusal::permission());
        }
        let given = params::read(call)?;
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let at = base
            .catalogue
            .find("rmm_alerts")
            .ok_or_else(Refusal::not_found)?;
        let row = self.visible(base, at, id, false)?;
        let how_long = params::text(&given, "mute_for").unwrap_or_default();
        if !MUTES.contains(&how_long.as_str()) {
            return Err(Refusal::field("mute_for", "is invalid"));
        }
        let alert = Render::new(self, base).tree(at, &row, Form::Detail);
        Ok(Answer::json(200, &json!({"rmm_alert": alert})))
    }
}

/// What is said after a deletion.
fn deleted(key: &str) -> Answer {
    match key {
        "customers" => Answer::json(
            200,
            &json!({"message": "Customer was deleted from the system."}),
        ),
        "tickets" => Answer::json(
            200,
            &json!({"message": "Ticket was successfully deleted. "}),
        ),
        "rmm_alerts" => Answer::json(200, &json!({"success": "true"})),
        "canned_responses" => Answer::json_text(204, String::new()),
        _ => Answer::json(200, &json!({"success": true})),
    }
}
