//! The token's owner and the account's settings, which are put together from small tables.

use serde_json::{Map, Value, json};

use super::Syncro;
use super::made::numbers as n;
use super::refusal::Refusal;
use super::switches::Switches;
use crate::exchange::Answer;
use crate::records::base::Base;
use crate::records::fields::{flag, number, text};
use crate::records::filter::{Expr, Plain};
use crate::state::Record;

/// Custom fields of ticket types: id, name, type.
const TICKET_FIELDS: [(i64, &str, &str); 2] = [
    (701, "Room", "text_field"),
    (702, "Asset Tag", "text_field"),
];
/// Custom fields of customers.
const CUSTOMER_FIELDS: [(i64, &str, &str); 3] = [
    (501, "Service Tier", "select_box"),
    (502, "Seats", "text_field"),
    (503, "Website", "web_link"),
];
const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// All records of a kind, in order of id.
pub fn all(base: Base<'_>, key: &str) -> Vec<Record> {
    let Some(at) = base.catalogue.find(key) else {
        return Vec::new();
    };
    let schema = base.schema(at);
    let ids = base.ids(at, &Expr::all(), &Plain);
    ids.into_iter()
        .filter_map(|id| Some(base.find(at, id)?.to_record(schema)))
        .collect()
}

/// The names of all records of a kind.
pub fn names(base: Base<'_>, key: &str) -> Vec<String> {
    let records = all(base, key);
    let names = records.iter().map(|record| text(record, "name").to_owned());
    names.collect()
}

impl Syncro {
    /// Answers who the token's owner is. Works whatever else the token may do.
    pub(super) fn me(&self) -> Answer {
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let user = base
            .catalogue
            .find("users")
            .and_then(|at| Some(base.find(at, self.owner())?.to_record(base.schema(at))))
            .unwrap_or_default();
        let rights = |area: &str, read: &str, write: &str, delete: &str| {
            let has = |right: &str| self.access.has(&format!("{area} - {right}"));
            json!({"read": has(read), "write": has(write), "delete": has(delete)})
        };
        let body = json!({
            "user_token": self.access.token(), "user_email": user.get("email"),
            "user_name": user.get("full_name"), "user_id": self.owner(),
            "admin": flag(&user, "admin"), "can_use_app": true, "two_factor_required": false,
            "subdomain": self.subdomain(), "default_location": null,
            "enable_multi_locations": false, "locations_allowed": [],
            "permissions": {
                "asset": rights("Assets", "List/Search", "Edit", "Delete"),
                "customer": rights("Customers", "List/Search", "Edit", "Delete"),
                "ticket": rights("Tickets", "List/Search", "Edit", "Delete"),
                "invoice": rights("Invoices", "List/Search", "Edit", "Delete"),
                "payment": rights("Payments", "View List", "Edit", "Delete"),
                "worksheet": {"add": true, "manage": true, "delete": true},
                "script": {"execute": false},
            },
        });
        Answer::json(200, &body)
    }

    /// Answers the settings of the account.
    pub(super) fn settings(&self) -> Result<Answer, Refusal> {
        if !self.access.has("settings") {
            return Err(Refusal::permission());
        }
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let switches = Switches::read(base);
        let hours = DAYS.map(|day| {
            let closed = day.starts_with('S');
            json!({"day": day, "start": "09:00", "end": "17:30", "closed": closed})
        });
        let asset_types: Vec<Value> = all(base, "asset_types")
            .into_iter()
            .map(Value::Object)
            .collect();
        let body = json!({
            "customers": {
                "required_fields": null,
                "customer_fields": fields(&CUSTOMER_FIELDS, None),
                "customer_field_answers": [],
            },
            "assets": {
                "asset_types": asset_types, "asset_type_fields": [],
                "asset_type_field_answers": [],
            },
            "locale": {
                "iso_code": "en", "currency_symbol": "£", "date_format": "dd-mm-yy",
                "time_format": "HH:mm", "time_zone": switches.time_zone,
                "time_offset": switches.time_offset,
            },
            "ticket": {
                "ticket_types": ticket_types(base),
                "ticket_type_fields": ticket_fields(base),
                "ticket_type_field_answers": [],
                "problem_types": names(base, "problem_types"),
                "priorities": names(base, "priorities"),
            },
            "business_hours_enabled": true, "business_hours": hours,
            "default_holiday_calendar": "UK", "msp_addon": null,
        });
        Ok(Answer::json(200, &body))
    }

    /// Answers the settings of tickets; the users here are those that a ticket can be assigned to.
    pub(super) fn ticket_settings(&self) -> Result<Answer, Refusal> {
        if !self.access.has("tickets/settings") {
            return Err(Refusal::permission());
        }
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let switches = Switches::read(base);
        let users: Vec<Value> = all(base, "users")
            .iter()
            .filter(|user| !flag(user, "disabled"))
            .map(|user| json!({"id": number(user, "id"), "name": text(user, "full_name")}))
            .collect();
        let body = json!({
            "ticket_status_list": names(base, "ticket_statuses"),
            "default_labor_product_id": null, "ticket_timer_charge_by_default": null,
            "saved_searches": [], "ticket_types": ticket_types(base),
            "ticket_type_fields": ticket_fields(base), "ticket_type_field_answers": [],
            "appointment_types": [], "users": users, "dashboard_settings": null,
            "worksheet_templates": [],
            "require_ticket_type": if switches.require_ticket_type { json!(true) } else { Value::Null },
            "require_intake_form_with_ticket": null, "require_outtake_form_with_ticket": null,
            "ticket_workflow_default_id": null,
        });
        Ok(Answer::json(200, &body))
    }
}

fn ticket_types(base: Base<'_>) -> Vec<Value> {
    let types = all(base, "ticket_types").into_iter();
    types
        .map(|mut kind| {
            kind.insert("account_id".to_owned(), n::ACCOUNT.into());
            let disabled = flag(&kind, "disabled");
            kind.insert("disabled".to_owned(), disabled.into());
            Value::Object(kind)
        })
        .collect()
}

fn ticket_fields(base: Base<'_>) -> Vec<Value> {
    let types = all(base, "ticket_types");
    let types = types.iter().filter_map(|kind| number(kind, "id"));
    types
        .flat_map(|kind| fields(&TICKET_FIELDS, Some(kind)))
        .collect()
}

fn fields(list: &[(i64, &str, &str)], ticket_type: Option<i64>) -> Vec<Value> {
    list.iter()
        .map(|(id, name, kind)| {
            let mut field = Map::new();
            field.insert("id".to_owned(), (*id).into());
            field.insert("name".to_owned(), (*name).into());
            field.insert("field_type".to_owned(), (*kind).into());
            field.insert("required".to_owned(), false.into());
            field.insert("hidden".to_owned(), false.into());
            if let Some(ticket_type) = ticket_type {
                field.insert("ticket_type_id".to_owned(), ticket_type.into());
            }
            Value::Object(field)
        })
        .collect()
}
