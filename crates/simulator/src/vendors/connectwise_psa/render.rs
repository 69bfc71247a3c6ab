//! Writing records as the vendor sends them: empty values left out, links with name and address,
//! `_info` at the end.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write;
use std::rc::Rc;

use serde_json::{Value, json};

use super::fixed;
use crate::records::base::{Base, Row, title_of};
use crate::records::filter::Expand;
use crate::records::schema::{Kind, Schema};
use crate::records::value::{Val, write_text};
use crate::world::instant;

/// Hidden fields that `_info` shows, in order.
const INFO: [&str; 4] = ["lastUpdated", "updatedBy", "dateEntered", "enteredBy"];

/// What only service tickets show of the fields both kinds of ticket have.
const SERVICE_ONLY: [&str; 7] = [
    "team",
    "severity",
    "impact",
    "hasChildTicket",
    "hasMergedChildTicketFlag",
    "isInSla",
    "requestForChangeFlag",
];

/// Writes records.
pub struct Render<'w> {
    base: Base<'w>,
    /// Address of the API without a slash at the end.
    root: String,
    links: RefCell<HashMap<(usize, usize, i64), Rc<str>>>,
    /// Whether contacts come without how they are reached.
    lean: bool,
}

impl<'w> Render<'w> {
    /// A writer for clients that call `root`.
    pub fn new(base: Base<'w>, root: &str) -> Self {
        Self {
            base,
            root: root.to_owned(),
            links: RefCell::default(),
            lean: false,
        }
    }

    /// Leaves out of contacts how they are reached, where `lean`.
    pub fn leaning(self, lean: bool) -> Self {
        Self { lean, ..self }
    }

    /// Appends a record of the kind at a position, all of it or the fields asked for.
    pub fn write(&self, at: usize, row: &Row<'_>, only: Option<&[Vec<String>]>, out: &mut String) {
        let schema = self.base.schema(at);
        out.push('{');
        let mut first = true;
        for (position, field) in schema.fields.iter().enumerate() {
            if field.write_only {
                continue;
            }
            let below = only.map(|paths| wanted(paths, field.name));
            if below.as_ref().is_some_and(Vec::is_empty) {
                continue;
            }
            if schema.about.key == "project/tickets" && SERVICE_ONLY.contains(&field.name) {
                continue;
            }
            if self.lean && field.name == "communicationItems" {
                continue;
            }
            let value = row.get(schema, position);
            if value == Val::Null {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.push(',');
            }
            out.push_str(&field.key);
            let start = out.len();
            self.write_value(at, position, schema, value, out);
            if let Some(below) = below
                && below.iter().all(|path| !path.is_empty())
            {
                narrow(out, start, &below);
            }
        }
        let below = only.map(|paths| wanted(paths, "_info"));
        if below.as_ref().is_none_or(|below| !below.is_empty()) {
            if !first {
                out.push(',');
            }
            out.push_str("\"_info\":");
            let start = out.len();
            self.write_info(schema, row, out);
            if let Some(below) = below
                && below.iter().all(|path| !path.is_empty())
            {
                narrow(out, start, &below);
            }
        }
        out.push('}');
    }

    /// A record as text.
    pub fn text(&self, at: usize, row: &Row<'_>) -> String {
        let mut text = String::new();
        self.write(at, row, None, &mut text);
        text
    }

    /// A record as a tree.
    pub fn tree(&self, at: usize, row: &Row<'_>) -> Value {
        serde_json::from_str(&self.text(at, row)).unwrap_or(Value::Null)
    }

    fn write_value(
        &self,
        at: usize,
        position: usize,
        schema: &Schema,
        value: Val<'_>,
        out: &mut String,
    ) {
        match value {
            Val::Link(id) => out.push_str(&self.link(at, position, id)),
            // The wire has whole seconds.
            Val::Time(ms) => Val::Time(ms.div_euclid(1_000) * 1_000).write(out),
            Val::Num(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                let _ = write!(out, "{number:.2}");
            }
            Val::Tree(tree) => {
                let shown = self.expand(self.base, schema, position, tree);
                out.push_str(&shown.to_string());
            }
            plain => plain.write(out),
        }
    }

    /// A link as it is sent; remembered, for pages name the same records over and over.
    fn link(&self, at: usize, position: usize, id: i64) -> Rc<str> {
        let key = (at, position, id);
        if let Some(known) = self.links.borrow().get(&key) {
            return Rc::clone(known);
        }
        let schema = self.base.schema(at);
        let field = &schema.fields[position];
        let text = match &field.kind {
            Kind::Link(kind) => self
                .reference(schema.about.key, kind, field.name, id)
                .to_string(),
            _ => json!({"id": id}).to_string(),
        };
        let text: Rc<str> = text.into();
        self.links.borrow_mut().insert(key, Rc::clone(&text));
        text
    }

    /// A reference from a record of the kind `owner`: id, what it is called, and its address.
    fn reference(&self, owner: &str, kind: &str, field: &str, id: i64) -> Value {
        let mut reference = json!({"id": id});
        let Some(target) = self.base.catalogue.find(kind) else {
            return reference;
        };
        let Some(row) = self.base.find(target, id) else {
            return reference;
        };
        let schema = self.base.schema(target);
        // Departments of time entries go by another name and have no short one.
        let short = ["company/companies", "system/members", "system/departments"];
        let has_short = short.contains(&kind) && !(short[2] == kind && owner == "time/entries");
        if let (Val::Str(identifier), true) = (row.named(schema, "identifier"), has_short) {
            reference["identifier"] = identifier.into();
        }
        let name_key = if kind == "service/tickets" {
            "summary"
        } else {
            "name"
        };
        reference[name_key] = title_of(schema, &row).into();
        for (from, to) in [("sortOrder", "sort"), ("level", "level")] {
            let is_sorted = kind == "service/priorities" || kind == "service/boards/statuses";
            if is_sorted && let Some(field) = schema.position(from) {
                match row.get(schema, field) {
                    Val::Int(number) => reference[to] = number.into(),
                    Val::Str(text) => reference[to] = text.into(),
                    _ => {}
                }
            }
        }
        let address = format!("{}/{}", self.root, path_of(schema, &row, id));
        reference["_info"] = json!({format!("{field}_href"): address});
        reference
    }

    fn write_info(&self, schema: &Schema, row: &Row<'_>, out: &mut String) {
        out.push('{');
        let mut first = true;
        let mut key = |name: &str, out: &mut String| {
            if !std::mem::take(&mut first) {
                out.push(',');
            }
            write_text(out, name);
            out.push(':');
        };
        for name in INFO {
            match row.named(schema, name) {
                Val::Time(ms) => {
                    key(name, out);
                    write_text(out, &instant::iso(ms.div_euclid(1_000) * 1_000));
                }
                Val::Str(text) => {
                    key(name, out);
                    write_text(out, &text);
                }
                _ => {}
            }
        }
        let id = match row.get(schema, 0) {
            Val::Int(id) => id,
            _ => 0,
        };
        for (name, address) in addresses(schema.about.key) {
            key(&format!("{name}_href"), out);
            let address = address.replace("{id}", &id.to_string());
            write_text(out, &format!("{}/{address}", self.root));
        }
        out.push('}');
    }
}

impl Expand for Render<'_> {
    fn expand(&self, base: Base<'_>, schema: &Schema, position: usize, tree: Value) -> Value {
        let field = &schema.fields[position];
        match (&field.kind, field.name) {
            (Kind::Links(kind), _) => {
                let elements = tree.as_array().into_iter().flatten();
                let ids = elements.filter_map(|element| element["id"].as_i64());
                ids.map(|id| self.reference(schema.about.key, kind, "type", id))
                    .collect()
            }
            (_, "customFields") => custom_fields(schema, &tree),
            (_, "communicationItems") => {
                let mut tree = tree;
                for item in tree.as_array_mut().into_iter().flatten() {
                    if let Some(id) = item["type"]["id"].as_i64() {
                        item["type"] = self.reference(
                            schema.about.key,
                            "company/communicationTypes",
                            "type",
                            id,
                        );
                    }
                }
                tree
            }
            _ => {
                let _ = base;
                tree
            }
        }
    }
}

/// All custom fields of a kind, those without a value too.
fn custom_fields(schema: &Schema, tree: &Value) -> Value {
    let given = tree.as_array().into_iter().flatten();
    let values: HashMap<i64, &Value> = given
        .filter_map(|field| Some((field["id"].as_i64()?, &field["value"])))
        .collect();
    fixed::custom_fields_of(schema.about.key)
        .into_iter()
        .filter_map(|id| {
            let value = values.get(&id).map_or(Value::Null, |v| (*v).clone());
            fixed::custom_field(id, value)
        })
        .collect()
}

/// The address of a record below the root.
pub fn path_of(schema: &Schema, row: &Row<'_>, id: i64) -> String {
    let about = &schema.about;
    let Some((parent, field)) = about.parent else {
        return format!("{}/{id}", about.key);
    };
    let parent_id = match row.named(schema, field) {
        Val::Int(parent) | Val::Link(parent) => parent,
        _ => 0,
    };
    let own = about.key.rsplit('/').next().unwrap_or_default();
    format!("{parent}/{parent_id}/{own}/{id}")
}

/// What else `_info` leads to.
fn addresses(kind: &str) -> &'static [(&'static str, &'static str)] {
    match kind {
        "service/tickets" => &[
            ("activities", "service/tickets/{id}/activities"),
            ("scheduleentries", "service/tickets/{id}/scheduleentries"),
            ("documents", "service/tickets/{id}/documents"),
            ("configurations", "service/tickets/{id}/configurations"),
            ("tasks", "service/tickets/{id}/tasks"),
            ("notes", "service/tickets/{id}/notes"),
            ("products", "service/tickets/{id}/products"),
            ("timeentries", "service/tickets/{id}/timeentries"),
        ],
        "company/companies" => &[
            ("contacts", "company/contacts?conditions=company/id={id}"),
            ("sites", "company/companies/{id}/sites"),
            ("notes", "company/companies/{id}/notes"),
            ("teams", "company/companies/{id}/teams"),
            ("tickets", "service/tickets?conditions=company/id={id}"),
            (
                "opportunities",
                "sales/opportunities?conditions=company/id={id}",
            ),
            (
                "documents",
                "system/documents?recordType=Company&recordId={id}",
            ),
        ],
        "company/contacts" => &[
            ("communications", "company/contacts/{id}/communications"),
            ("portalSecurity", "company/contacts/{id}/portalSecurity"),
            (
                "documents",
                "system/documents?recordType=Contact&recordId={id}",
            ),
            ("tickets", "service/tickets?conditions=contact/id={id}"),
            (
                "opportunities",
                "sales/opportunities?conditions=contact/id={id}",
            ),
        ],
        "sales/opportunities" => &[
            ("notes", "sales/opportunities/{id}/notes"),
            ("forecast", "sales/opportunities/{id}/forecast"),
            (
                "documents",
                "system/documents?recordType=Opportunity&recordId={id}",
            ),
        ],
        "service/boards" => &[
            ("types", "service/boards/{id}/types"),
            ("statuses", "service/boards/{id}/statuses"),
            ("teams", "service/boards/{id}/teams"),
        ],
        "system/documents" => &[("documents", "system/documents/{id}/download")],
        _ => &[],
    }
}

/// What is asked for below a field: nothing when it is not asked for, an empty path for all.
fn wanted(paths: &[Vec<String>], name: &str) -> Vec<Vec<String>> {
    paths
        .iter()
        .filter(|path| path[0].eq_ignore_ascii_case(name))
        .map(|path| path[1..].to_vec())
        .collect()
}

/// Cuts the value that begins at `start` down to the paths asked for.
fn narrow(out: &mut String, start: usize, paths: &[Vec<String>]) {
    let Ok(value) = serde_json::from_str::<Value>(&out[start..]) else {
        return;
    };
    out.truncate(start);
    out.push_str(&part_of(&value, paths).to_string());
}

fn part_of(value: &Value, paths: &[Vec<String>]) -> Value {
    match value {
        Value::Array(elements) => elements.iter().map(|e| part_of(e, paths)).collect(),
        Value::Object(object) => {
            let mut part = serde_json::Map::new();
            for (name, inner) in object {
                let below = wanted(paths, name);
                if below.iter().any(Vec::is_empty) {
                    part.insert(name.clone(), inner.clone());
                } else if !below.is_empty() {
                    part.insert(name.clone(), part_of(inner, &below));
                }
            }
            Value::Object(part)
        }
        other => other.clone(),
    }
}
