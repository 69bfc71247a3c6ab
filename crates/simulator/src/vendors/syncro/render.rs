//! Writing records as the vendor sends them: every key is there, empty values are null, times have
//! milliseconds, names of related records are repeated.

use std::ops::ControlFlow;

use serde_json::{Value, json};

use super::Syncro;
use super::catalogue::{Shape, shape};
use super::made::digits;
use super::switches::Switches;
use crate::records::base::{Base, Row};
use crate::records::fields::{number, text};
use crate::records::filter::{Expr, Plain};
use crate::records::schema::{Kind, Schema};
use crate::records::value::{Val, write_text};
use crate::state::Record;
use crate::world::instant::{self, DAY, HOUR, MINUTE};

/// Tickets linked from a single customer.
const LINKED_TICKETS: usize = 25;

/// How much of a record is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As a row of a list.
    Row,
    /// As a row of a list with all comments.
    FullRow,
    /// By itself.
    Detail,
}

/// Writes records.
pub struct Render<'w> {
    app: &'w Syncro,
    base: Base<'w>,
    switches: Switches,
    now_ms: i64,
}

impl<'w> Render<'w> {
    /// A writer for the records as they are now.
    pub fn new(app: &'w Syncro, base: Base<'w>) -> Self {
        Self {
            app,
            base,
            switches: Switches::read(base),
            now_ms: app.clock.now_ms(),
        }
    }

    /// Appends a record of the kind at a position.
    pub fn write(&self, at: usize, row: &Row<'_>, form: Form, out: &mut String) {
        let schema = self.base.schema(at);
        let Some(shape) = shape(schema.about.key) else {
            out.push_str(&self.plain(schema, row).to_string());
            return;
        };
        out.push('{');
        for (place, name) in names(shape, form).enumerate() {
            if place > 0 {
                out.push(',');
            }
            write_text(out, name);
            out.push(':');
            match schema.position(name) {
                Some(position) if !is_computed(schema.about.key, name) => {
                    self.write_field(schema, row, position, out);
                }
                _ => out.push_str(&self.computed(schema, row, name, form)),
            }
        }
        out.push('}');
    }

    /// A record as a tree.
    pub fn tree(&self, at: usize, row: &Row<'_>, form: Form) -> Value {
        let mut text = String::new();
        self.write(at, row, form, &mut text);
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// A record of a kind that only the product's screens show, or all that is kept of one.
    pub fn plain(&self, schema: &Schema, row: &Row<'_>) -> Value {
        let mut tree = row.to_record(schema);
        for field in &schema.fields {
            tree.entry(field.name).or_insert(Value::Null);
        }
        Value::Object(tree)
    }

    fn write_field(&self, schema: &Schema, row: &Row<'_>, position: usize, out: &mut String) {
        let field = &schema.fields[position];
        match (row.get(schema, position), &field.kind) {
            (Val::Time(ms), _) => write_text(out, &self.stamp(ms)),
            (Val::Null, Kind::Truth) => out.push_str("false"),
            (Val::Null, Kind::Tree) if field.name == "properties" => out.push_str("{}"),
            (Val::Null, Kind::Tree) => out.push_str("[]"),
            (value, _) => value.write(out),
        }
    }

    /// An instant as the account shows it.
    pub fn stamp(&self, ms: i64) -> String {
        let offset = self.switches.stamp_offset_minutes;
        let mut text = instant::iso(ms + offset * MINUTE);
        text.pop();
        if !text.contains('.') {
            text.push_str(".000");
        }
        match offset {
            0 => text.push('Z'),
            offset => {
                let sign = if offset < 0 { '-' } else { '+' };
                let minutes = offset.abs();
                text.push_str(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
            }
        }
        text
    }

    fn find(&self, key: &str, id: Option<i64>) -> Option<(usize, Row<'w>)> {
        let at = self.base.catalogue.find(key)?;
        Some((at, self.base.find(at, id?)?))
    }

    fn record(&self, key: &str, id: Option<i64>) -> Option<Record> {
        let (at, row) = self.find(key, id)?;
        Some(row.to_record(self.base.schema(at)))
    }

    /// Another record as a value, or null.
    fn related(&self, key: &str, id: Option<i64>, form: Form) -> String {
        let mut out = String::new();
        match self.find(key, id) {
            Some((at, row)) => self.write(at, &row, form, &mut out),
            None => out.push_str("null"),
        }
        out
    }

    /// The ids of the records of a kind that belong to another one, ascending.
    pub fn ids_of(&self, key: &str, field: &str, parent: i64) -> Vec<i64> {
        let Some(at) = self.base.catalogue.find(key) else {
            return Vec::new();
        };
        let position = self.base.schema(at).position(field).unwrap_or(0);
        self.base.ids(at, &Expr::equals(position, parent), &Plain)
    }

    fn list(&self, key: &str, ids: impl IntoIterator<Item = i64>, form: Form) -> String {
        let mut out = String::from("[");
        for (place, id) in ids.into_iter().enumerate() {
            if place > 0 {
                out.push(',');
            }
            out.push_str(&self.related(key, Some(id), form));
        }
        out.push(']');
        out
    }

    /// A value that is not a field: put together from the record and what belongs to it.
    fn computed(&self, schema: &Schema, row: &Row<'_>, name: &str, form: Form) -> String {
        match schema.about.key {
            "customers" => self.of_customer(&row.to_record(schema), name),
            "contacts" => of_contact(&row.to_record(schema), name),
            "tickets" => self.of_ticket(schema, row, name, form),
            "comments" if name == "user" => {
                self.related("users", whole(schema, row, "user_id"), Form::Row)
            }
            "leads" => self.of_lead(&row.to_record(schema), name),
            "customer_assets" => self.of_asset(schema, row, name),
            _ => "null".to_owned(),
        }
    }

    fn of_customer(&self, record: &Record, name: &str) -> String {
        let id = number(record, "id").unwrap_or(0);
        let (full, business) = customer_names(record);
        match name {
            "fullname" => Value::from(full).to_string(),
            "business_then_name" => Value::from(business.unwrap_or(full)).to_string(),
            "business_and_full_name" => match business {
                Some(business) => Value::from(format!("{business} - {full}")).to_string(),
                None => Value::from(full).to_string(),
            },
            "online_profile_url" => {
                let key = id.wrapping_mul(2_654_435_761) & 0xFFFF_FFFF_FFFF;
                let host = self.app.host();
                Value::from(format!(
                    "https://{host}//my_profile/v2/index?portal_key={key:012x}"
                ))
                .to_string()
            }
            "contacts" => {
                let ids = self.ids_of("contacts", "customer_id", id);
                self.list("contacts", ids, Form::Row)
            }
            "ticket_links" => self.ticket_links(id),
            "phones" => self.app.phones(self.base, self, id),
            "contracts" => {
                let ids = self.ids_of("contracts", "customer_id", id);
                self.list("contracts", ids, Form::Row)
            }
            "invoice_links" | "addresses" => "[]".to_owned(),
            "prepay_hours" => "\"0.0\"".to_owned(),
            _ => "null".to_owned(),
        }
    }

    fn ticket_links(&self, customer: i64) -> String {
        let Some(at) = self.base.catalogue.find("tickets") else {
            return "[]".to_owned();
        };
        let schema = self.base.schema(at);
        let of = Expr::equals(schema.position("customer_id").unwrap_or(0), customer);
        let mut links = Vec::new();
        self.base.scan(at, &of, i64::MIN, &Plain, |id, row| {
            let record = row.to_record(schema);
            links.push(json!({
                "id": id, "number": record.get("number"), "status": record.get("status"),
                "subject": record.get("subject"),
            }));
            if links.len() == LINKED_TICKETS {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        Value::from(links).to_string()
    }

    fn of_ticket(&self, schema: &Schema, row: &Row<'_>, name: &str, form: Form) -> String {
        let id = whole(schema, row, "id").unwrap_or(0);
        let linked = |field: &str| whole(schema, row, field);
        let time = |field: &str| match row.named(schema, field) {
            Val::Time(ms) => Some(ms),
            _ => None,
        };
        let late = |by: i64| {
            let due = time("due_date").unwrap_or(i64::MAX);
            time("resolved_at").is_none() && due.saturating_sub(by) < self.now_ms
        };
        match name {
            "customer_business_then_name" => {
                match self.record("customers", linked("customer_id")) {
                    Some(customer) => {
                        let (full, business) = customer_names(&customer);
                        Value::from(business.unwrap_or(full)).to_string()
                    }
                    None => "null".to_owned(),
                }
            }
            "contact_fullname" => self.title("contacts", linked("contact_id"), "name"),
            "ticket_type_name" => self.title("ticket_types", linked("ticket_type_id"), "name"),
            "contract_name" => self.title("contracts", linked("contract_id"), "name"),
            "sla_name" => match linked("sla_id") {
                Some(1) => "\"Standard\"".to_owned(),
                Some(2) => "\"Premium\"".to_owned(),
                _ => "null".to_owned(),
            },
            "user" => self.related("users", linked("user_id"), Form::Row),
            "customer" => self.related("customers", linked("customer_id"), Form::Row),
            "contact" => self.related("contacts", linked("contact_id"), Form::Row),
            "ticket_type" => match self.record("ticket_types", linked("ticket_type_id")) {
                Some(mut kind) => {
                    kind.insert(
                        "account_id".to_owned(),
                        super::made::numbers::ACCOUNT.into(),
                    );
                    kind.insert("ticket_fields".to_owned(), json!([]));
                    for (name, value) in [
                        ("disabled", json!(false)),
                        ("skip_intake", json!(false)),
                        ("skip_outtake", json!(false)),
                        ("intake_terms", Value::Null),
                        ("outtake_terms", Value::Null),
                    ] {
                        kind.entry(name).or_insert(value);
                    }
                    Value::Object(kind).to_string()
                }
                None => "null".to_owned(),
            },
            "assets" => match row.named(schema, "asset_ids") {
                Val::Tree(ids) => {
                    let ids = ids.as_array().cloned().unwrap_or_default();
                    self.list(
                        "customer_assets",
                        ids.iter().filter_map(Value::as_i64),
                        Form::Row,
                    )
                }
                _ => "[]".to_owned(),
            },
            "comments" => self.comments_of(id, form),
            "sla_breached" => late(0).to_string(),
            "sla_breaching_soon" => (late(HOUR) && !late(0)).to_string(),
            "response_time" | "resolution_time" => {
                match (time("resolved_at"), time("created_at")) {
                    (Some(end), Some(start)) if name == "resolution_time" => {
                        Value::from((end - start) / 1_000).to_string()
                    }
                    _ => "null".to_owned(),
                }
            }
            "customer_tag_list" | "customer_icons" | "ticket_timers" | "line_items"
            | "worksheet_results" | "appointments" | "ticket_fields" | "ticket_answers" => {
                "[]".to_owned()
            }
            _ => "null".to_owned(),
        }
    }

    /// The comments shown with a ticket: in lists only the first, by itself the newest.
    fn comments_of(&self, ticket: i64, form: Form) -> String {
        let mut ids = self.ids_of("comments", "ticket_id", ticket);
        match form {
            Form::Row => ids.truncate(1),
            Form::FullRow => ids.reverse(),
            Form::Detail => {
                ids.reverse();
                ids.truncate(self.switches.detail_comments);
            }
        }
        self.list("comments", ids, Form::Detail)
    }

    fn title(&self, key: &str, id: Option<i64>, field: &str) -> String {
        let record = self.record(key, id);
        let value = record.and_then(|mut record| record.remove(field));
        value.unwrap_or(Value::Null).to_string()
    }

    fn of_lead(&self, record: &Record, name: &str) -> String {
        match name {
            "business_then_name" => {
                let own = text(record, "business_name");
                if !own.is_empty() {
                    return Value::from(own).to_string();
                }
                match self.record("customers", number(record, "customer_id")) {
                    Some(customer) => {
                        let (full, business) = customer_names(&customer);
                        Value::from(business.unwrap_or(full)).to_string()
                    }
                    None => {
                        let full = format!(
                            "{} {}",
                            text(record, "first_name"),
                            text(record, "last_name")
                        );
                        Value::from(full.trim()).to_string()
                    }
                }
            }
            "has_attachments" => "false".to_owned(),
            "emails" | "attachments" | "appointments" => "[]".to_owned(),
            _ => "null".to_owned(),
        }
    }

    fn of_asset(&self, schema: &Schema, row: &Row<'_>, name: &str) -> String {
        match name {
            "customer" => {
                let id = whole(schema, row, "customer_id");
                let Some((at, customer)) = self.find("customers", id) else {
                    return "null".to_owned();
                };
                let mut tree = self.tree(at, &customer, Form::Row);
                if let Some(tree) = tree.as_object_mut() {
                    tree.remove("contacts");
                    tree.remove("location_name");
                }
                tree.to_string()
            }
            "rmm_links" => "[]".to_owned(),
            "rmm_store" => {
                let id = whole(schema, row, "id").unwrap_or(0);
                let checked = self.stamp(self.now_ms - self.now_ms.rem_euclid(DAY));
                json!({
                    "id": id - 12_000_000, "asset_id": id,
                    "account_id": super::made::numbers::ACCOUNT,
                    "triggers": {"agent_offline_triggered": "false", "low_hd_space_triggered": "false"},
                    "windows_updates": {}, "emsisoft": {}, "general": {},
                    "created_at": checked, "updated_at": checked,
                    "override_alert_agent_offline_mins": null,
                    "override_alert_agent_rearm_after_mins": null,
                    "override_low_hd_threshold": null, "override_autoresolve_offline_alert": null,
                })
                .to_string()
            }
            _ => "null".to_owned(),
        }
    }
}

/// The names of what is sent, in order.
fn names(shape: &'static Shape, form: Form) -> impl Iterator<Item = &'static str> {
    let (first, more) = match form {
        Form::Row | Form::FullRow => (shape.row, ""),
        Form::Detail if shape.detail.is_empty() => (shape.row, shape.more),
        Form::Detail => (shape.detail, shape.more),
    };
    first.split_whitespace().chain(more.split_whitespace())
}

/// Fields that are kept under a name under which something else is sent.
fn is_computed(key: &str, name: &str) -> bool {
    key == "leads" && name == "business_name"
}

/// First and last name, and the business when there is one.
pub fn customer_names(record: &Record) -> (String, Option<String>) {
    let full = format!("{} {}", text(record, "firstname"), text(record, "lastname"));
    let business = text(record, "business_name");
    let business = Some(business.to_owned()).filter(|name| !name.trim().is_empty());
    (full.trim().to_owned(), business)
}

fn of_contact(record: &Record, name: &str) -> String {
    match name {
        "processed_phone" => Value::from(digits(text(record, "phone"))).to_string(),
        "processed_mobile" => Value::from(digits(text(record, "mobile"))).to_string(),
        "ticket_matching_emails" => "[]".to_owned(),
        _ => "null".to_owned(),
    }
}

fn whole(schema: &Schema, row: &Row<'_>, name: &str) -> Option<i64> {
    match row.named(schema, name) {
        Val::Int(number) => Some(number),
        _ => None,
    }
}
