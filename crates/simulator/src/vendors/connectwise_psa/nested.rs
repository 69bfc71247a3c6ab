//! What hangs below a record without being a kind of its own: means of communication, type links,
//! merged notes, forecasts, and lists of other kinds.

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::ConnectWisePsa;
use super::edit::Edit;
use super::intake::whole;
use super::refusal::Refusal;
use super::render::Render;
use super::route::Address;
use super::write::json as body_of;
use super::{forecast, patch};
use crate::exchange::{Answer, Call};
use crate::fault::FaultKind;
use crate::records::base::{Base, Row};
use crate::records::filter::{Expr, Op, Operand, Path};

impl ConnectWisePsa {
    /// Answers what is no kind of its own; `None` when there is no such address.
    pub(super) fn nested(
        &self,
        address: &Address,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Option<Result<Answer, Refusal>> {
        let reads = call.method == Method::GET;
        let answer = match (address.key.as_str(), address.ids.as_slice()) {
            ("company/contacts/communications", [contact, rest @ ..]) => self.items(
                *contact,
                "communicationItems",
                rest.first().copied(),
                address,
                call,
                fault,
            ),
            ("company/contacts/typeassociations", [contact, rest @ ..]) => self.types(
                "company/contacts",
                *contact,
                rest.first().copied(),
                address,
                call,
                fault,
            ),
            ("company/companies/typeassociations", [company, rest @ ..]) => self.types(
                "company/companies",
                *company,
                rest.first().copied(),
                address,
                call,
                fault,
            ),
            ("company/contacts/portalsecurity", [contact]) if reads => self.value_below(
                "company/contacts",
                *contact,
                |_, _, _| json!([{"identifier": "ticketsview", "enabled": true}]),
            ),
            ("service/tickets/allnotes" | "project/tickets/allnotes", [ticket]) if reads => {
                self.all_notes(*ticket, address, call, fault)
            }
            ("service/tickets/timeentries", [ticket]) if reads => self.others(
                "time/entries",
                &[("chargeToId", *ticket)],
                None,
                address,
                call,
                fault,
            ),
            (key, [id]) if reads && key.ends_with("/documents") => {
                let of = match key {
                    "service/tickets/documents" | "project/tickets/documents" => "Ticket",
                    "company/companies/documents" => "Company",
                    _ => return None,
                };
                let ids = [("recordId", *id)];
                self.others("system/documents", &ids, Some(of), address, call, fault)
            }
            (
                "service/tickets/activities"
                | "service/tickets/scheduleentries"
                | "service/tickets/products"
                | "service/tickets/configurations"
                | "service/tickets/tasks",
                [ticket],
            ) if reads => self.empty("service/tickets", *ticket, address, call, fault),
            ("sales/opportunities/team", [opportunity]) if reads => {
                self.empty("sales/opportunities", *opportunity, address, call, fault)
            }
            // Money wants a right of its own.
            ("sales/opportunities/forecast", [opportunity]) if reads && !address.count => {
                let right = self.access.check("sales/opportunities/forecast", "query");
                right.and_then(|_| {
                    self.value_below("sales/opportunities", *opportunity, forecast::forecast)
                })
            }
            ("service/tickets/merge", [ticket]) if call.method == Method::POST => {
                self.merge(*ticket, call)
            }
            ("company/companies/merge", [company]) if call.method == Method::POST => {
                self.merge_company(*company, call)
            }
            ("service/tickets/convert", [ticket]) if call.method == Method::POST => {
                self.convert(*ticket)
            }
            ("service/tickets/attachchildren", [ticket]) if call.method == Method::POST => {
                self.attach_children(*ticket, call)
            }
            ("service/tickets/copy", [ticket]) if call.method == Method::POST => self.copy(*ticket),
            _ => return None,
        };
        Some(answer)
    }

    /// A value made from a record.
    fn value_below(
        &self,
        key: &str,
        id: i64,
        make: impl FnOnce(Base<'_>, &Row<'_>, &Render<'_>) -> Value,
    ) -> Result<Answer, Refusal> {
        self.access.check(key, "query")?;
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let (_, row) = found(base, key, id)?;
        let render = Render::new(base, &self.root());
        Ok(Answer::json(200, &make(base, &row, &render)))
    }

    /// An empty list below a record that exists.
    fn empty(
        &self,
        key: &str,
        id: i64,
        address: &Address,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        self.value_below(key, id, |_, _, _| Value::Null)?;
        self.values(Vec::new(), address, call, fault)
    }

    /// One of some values by id, or a page of them.
    fn one_or_all(
        &self,
        values: Vec<Value>,
        id: Option<i64>,
        name: &str,
        address: &Address,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        let Some(id) = id else {
            return self.values(values, address, call, fault);
        };
        let found = values.iter().find(|value| value["id"] == id);
        found
            .map(|value| Answer::json(200, value))
            .ok_or_else(|| Refusal::not_found(name, &id.to_string()))
    }

    /// Records of another kind that belong to a record.
    fn others(
        &self,
        key: &str,
        ids: &[(&str, i64)],
        of: Option<&str>,
        address: &Address,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        self.access.check(key, "query")?;
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let kind = base.catalogue.find(key).ok_or_else(Refusal::no_route)?;
        let schema = base.schema(kind);
        let mut parts: Vec<Expr> = ids
            .iter()
            .map(|(field, id)| Expr::equals(schema.position(field).unwrap_or(0), *id))
            .collect();
        if let (Some(of), Some(field)) = (of, schema.position("recordType")) {
            parts.push(Expr::Test {
                path: Path::Field(field),
                op: Op::Eq,
                operands: vec![Operand::Text(of.to_lowercase())],
            });
        }
        self.list(base, kind, &Expr::And(parts), address, call, fault)
    }

    /// Means of communication of a contact, as records of their own.
    fn items(
        &self,
        contact: i64,
        field: &str,
        id: Option<i64>,
        address: &Address,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        let key = "company/contacts";
        if call.method == Method::GET {
            self.access.check(key, "query")?;
            let tables = self.keeper.tables();
            let base = self.keeper.base(&tables);
            let (kind, row) = found(base, key, contact)?;
            let tree = self.tree(base, kind, &row);
            let mut items = tree[field].as_array().cloned().unwrap_or_default();
            for item in &mut items {
                item["contactId"] = contact.into();
            }
            return self.one_or_all(items, id, "communication", address, call, fault);
        }
        self.access.check(key, "update")?;
        let mut edit = Edit::begin(self, self.caller());
        let record = edit
            .record(key, contact)
            .ok_or_else(|| Refusal::not_found("contact", &contact.to_string()))?;
        let mut items = record
            .get(field)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let place = |id: i64| {
            items
                .iter()
                .position(|item| item["id"] == id)
                .ok_or_else(|| Refusal::not_found("communication", &id.to_string()))
        };
        let mut shown = items.len();
        match (&call.method, id) {
            (&Method::POST, None) => items.push(body_of(call)?),
            (&Method::PUT, Some(id)) => {
                shown = place(id)?;
                items[shown] = body_of(call)?;
                items[shown]["id"] = id.into();
            }
            (&Method::PATCH, Some(id)) => {
                shown = place(id)?;
                // The paths of the operations begin at the item.
                let operations = body_of(call)?;
                let below = operations
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|operation| {
                        let mut operation = operation.clone();
                        let path = operation["path"].as_str().unwrap_or_default();
                        let path = path.trim_start_matches('/');
                        operation["path"] = format!("{field}/{shown}/{path}").into();
                        operation
                    });
                let schema = edit.schema(edit.kind(key));
                let changed = patch::apply(schema, &record, &below.collect())?;
                items = changed[field].as_array().cloned().unwrap_or_default();
            }
            (&Method::DELETE, Some(id)) => {
                items.remove(place(id)?);
            }
            _ => return Err(Refusal::method(call.method.as_str())),
        }
        let mut given = Map::new();
        given.insert(field.to_owned(), items.into());
        let kind = edit.kind(key);
        edit.update(kind, contact, given)?;
        let base = edit.base();
        let item = base.find(kind, contact).map(|row| {
            let mut item = self.tree(base, kind, &row)[field][shown].clone();
            item["contactId"] = contact.into();
            item
        });
        edit.finish();
        Ok(match call.method {
            Method::DELETE => Answer::json_text(204, String::new()),
            Method::POST => Answer::json(201, &item.unwrap_or_default()),
            _ => Answer::json(200, &item.unwrap_or_default()),
        })
    }

    /// The types of a company or contact, as links with ids of their own.
    fn types(
        &self,
        key: &str,
        owner: i64,
        id: Option<i64>,
        address: &Address,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        let name = if key == "company/companies" {
            "company"
        } else {
            "contact"
        };
        let number = |kind: i64| owner * 1_000 + kind;
        if call.method == Method::GET {
            self.access.check(key, "query")?;
            let tables = self.keeper.tables();
            let base = self.keeper.base(&tables);
            let (kind, row) = found(base, key, owner)?;
            let tree = self.tree(base, kind, &row);
            let links = tree["types"].as_array().into_iter().flatten();
            let links = links.map(|kind| {
                let id = number(kind["id"].as_i64().unwrap_or(0));
                json!({"id": id, "type": kind, name: {"id": owner}})
            });
            return self.one_or_all(links.collect(), id, "typeAssociation", address, call, fault);
        }
        self.access.check(key, "update")?;
        let mut edit = Edit::begin(self, self.caller());
        let record = edit
            .record(key, owner)
            .ok_or_else(|| Refusal::not_found(name, &owner.to_string()))?;
        let mut types = record
            .get("types")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let (status, body) = match (&call.method, id) {
            (&Method::POST, None) => {
                let kind = whole(&body_of(call)?["type"]["id"]).unwrap_or(0);
                let known = edit.record(&format!("{key}/types"), kind).is_some();
                if !known || types.iter().any(|t| t["id"] == kind) {
                    let code = if known {
                        "ObjectExists"
                    } else {
                        "InvalidField"
                    };
                    let message = "The type is not valid or set already.";
                    return Err(Refusal::field("typeAssociation", "type", code, message));
                }
                types.push(json!({"id": kind}));
                (
                    201,
                    json!({"id": number(kind), "type": {"id": kind}, name: {"id": owner}}),
                )
            }
            (&Method::DELETE, Some(id)) => {
                let before = types.len();
                types.retain(|t| t["id"].as_i64().map(number) != Some(id));
                if types.len() == before {
                    return Err(Refusal::not_found("typeAssociation", &id.to_string()));
                }
                (204, Value::Null)
            }
            _ => return Err(Refusal::method(call.method.as_str())),
        };
        let mut given = Map::new();
        given.insert("types".to_owned(), types.into());
        edit.update(edit.kind(key), owner, given)?;
        edit.finish();
        Ok(match status {
            204 => Answer::json_text(204, String::new()),
            status => Answer::json(status, &body),
        })
    }
}

/// A record that the address names, with the position of its kind.
pub(super) fn found<'w>(base: Base<'w>, key: &str, id: i64) -> Result<(usize, Row<'w>), Refusal> {
    let kind = base.catalogue.find(key).ok_or_else(Refusal::no_route)?;
    let row = base.find(kind, id);
    let name = base.schema(kind).about.name;
    row.map(|row| (kind, row))
        .ok_or_else(|| Refusal::not_found(name, &id.to_string()))
}
