//! Writing records as the vendor sends them: every field is there, names stand beside ids, and the same field is not
//! called the same everywhere.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write;
use std::rc::Rc;

use serde_json::{Value, json};

use super::catalogue::{OF_CONTRACTS, is_detail};
use super::made::numbers as n;
use crate::records::base::{Base, Row};
use crate::records::schema::{Field, Kind, Schema};
use crate::records::value::{Val, write_text};
use crate::world::instant;
use crate::world::text::guid;

/// Where a record is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A row of a list.
    Row,
    /// The record by itself.
    Detail,
    /// The answer to a change.
    Posted,
}

/// What a client asked to see.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Where the record is shown.
    pub form: Form,
    /// Whether names of statuses are wanted in rows of tickets.
    pub statuses: bool,
    /// Whether contracts are wanted in rows of tickets.
    pub contracts: bool,
    /// Ids of the custom fields that are wanted in rows of tickets.
    pub custom: Vec<i64>,
    /// Whether HTML of notes is wanted.
    pub html: bool,
    /// Whether ids are written as this release of the product does not: as decimals and texts.
    pub odd_ids: bool,
    /// The only fields that are wanted; `None` for all.
    pub only: Option<&'static [&'static str]>,
}

/// Fields that other names have in answers to changes.
const TWINS: [(&str, &str); 7] = [
    ("last_update", "lastupdate"),
    ("category_1", "category1"),
    ("category_2", "category2"),
    ("category_3", "category3"),
    ("category_4", "category4"),
    ("user_email", "useremail"),
    ("ticket_tags", "tickettags"),
];

/// Names that stand beside ids: field and the link it names.
const NAMES: [(&str, &str); 13] = [
    ("toplevel_name", "toplevel_id"),
    ("client_name", "client_id"),
    ("site_name", "site_id"),
    ("user_name", "user_id"),
    ("agent_name", "agent_id"),
    ("status_name", "status_id"),
    ("tickettype_name", "tickettype_id"),
    ("requesttype_name", "tickettype_id"),
    ("sla_name", "sla_id"),
    ("main_site_name", "main_site_id"),
    ("main_contact_name", "main_contact_id"),
    ("maincontact_name", "maincontact_id"),
    ("accountmanagertech_name", "accountmanagertech"),
];

/// Writes records.
pub struct Render<'w> {
    base: Base<'w>,
    wish: Wish,
    names: RefCell<HashMap<(usize, i64), Rc<str>>>,
}

impl<'w> Render<'w> {
    /// A writer.
    pub fn new(base: Base<'w>, wish: Wish) -> Self {
        Self {
            base,
            wish,
            names: RefCell::default(),
        }
    }

    /// A record as a tree.
    pub fn tree(&self, at: usize, row: &Row<'_>) -> Value {
        let mut text = String::new();
        self.write(at, row, &mut text);
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Appends a record of the kind at a position.
    pub fn write(&self, at: usize, row: &Row<'_>, out: &mut String) {
        let schema = self.base.schema(at);
        let key = schema.about.key;
        out.push('{');
        let start = out.len();
        for (position, field) in schema.fields.iter().enumerate() {
            let asked = self.wish.contracts && OF_CONTRACTS.contains(&field.name);
            let hidden = self.wish.form == Form::Row && is_detail(key, field.name) && !asked;
            let unwanted = |only: &[&str]| !only.contains(&field.name);
            if field.write_only || hidden || self.wish.only.is_some_and(unwanted) {
                continue;
            }
            if out.len() > start {
                out.push(',');
            }
            self.write_name(key, field, out);
            let value = row.get(schema, position);
            self.write_value(schema, row, field, value, out);
        }
        out.push('}');
    }

    fn write_name(&self, key: &str, field: &Field, out: &mut String) {
        let is_ticket = ["tickets", "opportunities", "projects"].contains(&key);
        let twin = TWINS.iter().find(|(name, _)| *name == field.name);
        match twin {
            Some((_, twin)) if is_ticket && self.wish.form == Form::Posted => {
                let _ = write!(out, "\"{twin}\":");
            }
            _ => out.push_str(&field.key),
        }
    }

    fn write_value(
        &self,
        schema: &Schema,
        row: &Row<'_>,
        field: &Field,
        value: Val<'_>,
        out: &mut String,
    ) {
        if let Some(made) = self.derived(schema, row, field.name, &value) {
            return out.push_str(&made.to_string());
        }
        match value {
            Val::Null => out.push_str(match field.kind {
                Kind::Whole | Kind::Link(_) => "0",
                Kind::Number => "0.0",
                Kind::Truth => "false",
                Kind::Time => "\"1900-01-01T00:00:00\"",
                Kind::Tree => "[]",
                _ => "null",
            }),
            Val::Time(ms) => write_text(out, instant::iso(ms).trim_end_matches('Z')),
            Val::Int(id) | Val::Link(id) if self.wish.odd_ids && field.name.ends_with("id") => {
                if field.name == "id" {
                    let _ = write!(out, "{id}.0");
                } else {
                    let _ = write!(out, "\"{id}\"");
                }
            }
            Val::Link(id) if is_double(schema.about.key, field.name) => {
                let _ = write!(out, "{id}.0");
            }
            plain => plain.write(out),
        }
    }

    /// What is not stored but follows from the rest.
    fn derived(
        &self,
        schema: &Schema,
        row: &Row<'_>,
        name: &str,
        value: &Val<'_>,
    ) -> Option<Value> {
        let key = schema.about.key;
        let id_of = |name: &str| match row.named(schema, name) {
            Val::Int(id) | Val::Link(id) => Some(id),
            _ => None,
        };
        if let Some((_, link)) = NAMES.iter().find(|(field, _)| *field == name) {
            if name == "status_name" && self.wish.form == Form::Row && !self.wish.statuses {
                return Some(Value::Null);
            }
            // Users that the tool does not know have a name all the same.
            let found = self.name_of(schema, link, id_of(link)?);
            return found.map(|name| json!(&*name));
        }
        Some(match (key, name) {
            ("priority", "id") => guid(id_of("id")?, 13).into(),
            ("actions", "id") => id_of("number")?.into(),
            // Entries are counted within their list.
            ("lookup", "id") => id_of("entry")?.into(),
            ("webhook" | "webhookevent", "id") => match row.named(schema, "guid") {
                Val::Str(guid) => guid.into_owned().into(),
                _ => return None,
            },
            ("users", "site_id_int") => id_of("site_id")?.into(),
            ("users", "role_list") => self.role_names(row, schema).join(", ").into(),
            ("users", "roles") => self
                .role_names(row, schema)
                .iter()
                .map(|name| json!({"name": name}))
                .collect(),
            ("users" | "client" | "site" | "agent", "use") => key.trim_end_matches('s').into(),
            ("agent", "namewithinactive") => match row.named(schema, "name") {
                Val::Str(name) => name.into_owned().into(),
                _ => return None,
            },
            ("site", "clientsite_name") => {
                let client = self.name_of(schema, "client_id", id_of("client_id")?)?;
                match row.named(schema, "name") {
                    Val::Str(name) => format!("{client}/{name}").into(),
                    _ => return None,
                }
            }
            ("client", "main_contact_email" | "main_contact_phonenumber") => {
                let users = self.base.catalogue.find("users")?;
                let user = self.base.find(users, id_of("main_contact_id")?)?;
                let field = match name {
                    "main_contact_email" => "emailaddress",
                    _ => "phonenumber",
                };
                user.named(self.base.schema(users), field).to_json()
            }
            ("tickets" | "opportunities" | "projects", "priority_name") => {
                let place = usize::try_from(id_of("priority_id")? - 1).ok()?;
                (*n::PRIORITIES.get(place)?).into()
            }
            ("tickets" | "opportunities" | "projects", "customfields")
                if self.wish.form == Form::Row =>
            {
                self.custom(value)
            }
            ("tickets" | "opportunities" | "projects", "details_html") if *value == Val::Null => {
                match row.named(schema, "details") {
                    Val::Str(text) => html(&text).into(),
                    _ => return None,
                }
            }
            ("actions", "note_html" | "emailbody_html") => {
                let plain = if name == "note_html" {
                    "note"
                } else {
                    "emailbody"
                };
                match (self.wish.html, value, row.named(schema, plain)) {
                    (false, ..) => Value::Null,
                    (true, Val::Str(text), _) => text.as_ref().into(),
                    (true, _, Val::Str(text)) => html(&text).into(),
                    _ => Value::Null,
                }
            }
            ("actions", "new_status_name") => {
                let status = id_of("new_status").filter(|id| *id > 0)?;
                let kind = self.base.catalogue.find("status")?;
                self.base.title(kind, status)?.into()
            }
            _ => return None,
        })
    }

    /// Those custom fields that were asked for.
    fn custom(&self, value: &Val<'_>) -> Value {
        let Val::Tree(Value::Array(fields)) = value else {
            return json!([]);
        };
        let wanted = fields.iter().filter(|field| {
            let id = field["id"].as_i64();
            id.is_some_and(|id| self.wish.custom.contains(&id))
        });
        wanted.cloned().collect()
    }

    fn role_names(&self, row: &Row<'_>, schema: &Schema) -> Vec<String> {
        let Val::Tree(ids) = row.named(schema, "role_ids") else {
            return Vec::new();
        };
        let kind = self.base.catalogue.find("userroles").unwrap_or(0);
        let ids = ids
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_i64);
        ids.filter_map(|id| self.base.title(kind, id)).collect()
    }

    /// What a linked record is called; remembered, for pages name the same records over and over.
    fn name_of(&self, schema: &Schema, link: &str, id: i64) -> Option<Rc<str>> {
        let Kind::Link(target) = schema.field(link)?.kind else {
            return None;
        };
        let kind = self.base.catalogue.find(target)?;
        if let Some(known) = self.names.borrow().get(&(kind, id)) {
            return Some(Rc::clone(known));
        }
        let name: Rc<str> = self.base.title(kind, id)?.into();
        self.names.borrow_mut().insert((kind, id), Rc::clone(&name));
        Some(name)
    }
}

/// Links that the product declares as numbers with a fraction.
fn is_double(kind: &str, field: &str) -> bool {
    matches!((kind, field), ("site", "client_id") | ("users", "site_id"))
}

/// A text as the product's editor would have written it.
fn html(text: &str) -> String {
    let safe = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!(
        "<p>{}</p>",
        safe.replace("\r\n", "<br>").replace('\n', "<br>")
    )
}
