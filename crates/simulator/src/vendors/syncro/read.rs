//! Answering reads.

use serde_json::{Value, json};

use super::Syncro;
use super::access::Deed;
use super::catalogue::{Meta, Shape, shape};
use super::filters;
use super::params::{self, truth, whole};
use super::refusal::Refusal;
use super::render::{Form, Render};
use super::switches::Switches;
use crate::exchange::{Answer, Call};
use crate::fault::{FaultKind, Reach};
use crate::records::base::{Base, Row};
use crate::records::filter::{Expr, Path, Plain};
use crate::records::order::sort;
use crate::records::twist::Twist;
use crate::records::value::Val;
use crate::state::Record;

/// Most records that a client can ask for in a page.
const LARGEST_PAGE: usize = 100;

/// A list that was asked for.
struct Wanted<'s> {
    shape: &'s Shape,
    page: usize,
    /// Records in a page as the vendor says.
    size: usize,
    form: Form,
}

impl Syncro {
    /// What of a kind the token's owner may see; with `own`, only what is assigned to the owner.
    pub(super) fn scope(&self, base: Base<'_>, at: usize, own: bool) -> Expr {
        let schema = base.schema(at);
        let mut parts = Vec::new();
        if let Some(customer) = Switches::read(base).only_customer {
            let field = match schema.about.key {
                "customers" => Some(0),
                _ => schema.position("customer_id"),
            };
            if let Some(field) = field {
                parts.push(Expr::equals(field, customer));
            }
        }
        if own && let Some(field) = schema.position("user_id") {
            parts.push(Expr::equals(field, self.owner()));
        }
        Expr::And(parts)
    }

    /// Answers a request for a list, of everything or of what belongs to a parent.
    pub(super) fn list(
        &self,
        at: usize,
        parent: Option<i64>,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let schema = base.schema(at);
        let key = schema.about.key;
        let shape = shape(key).ok_or_else(Refusal::not_found)?;
        let own = self.access.check(key, Deed::List)?;
        let params = params::read(call)?;
        if key == "users" {
            return Ok(self.users(base, at, fault));
        }
        let mut parts = vec![self.scope(base, at, own && parent.is_none())];
        if let Some(parent) = parent {
            self.parent(base, at, parent, own)?;
            let field = schema.about.parent.and_then(|(_, f)| schema.position(f));
            parts.push(Expr::equals(field.unwrap_or(0), parent));
        }
        if key == "phones" {
            let render = Render::new(self, base);
            let phones = self.phones(base, &render, parent.unwrap_or(0));
            return Ok(Answer::json_text(200, format!("{{\"phones\":{phones}}}")));
        }
        parts.push(filters::read(base, at, &params, self.owner())?);
        let expr = Expr::And(parts);
        let order = self.order(base, at, shape, &params)?;
        let query = format!("{at}\n{expr:?}\n{order:?}");
        let all = self.keeper.result(&query, || {
            let ids = base.ids(at, &expr, &Plain);
            sort(base, at, ids, &order)
        });
        let wanted = self.wanted(base, shape, &params);
        let mut answer = self.page(base, at, &all, &wanted, Twist(fault));
        if shape.per_page.is_none() {
            answer.records = Some(all.len());
        }
        Ok(answer)
    }

    /// Refuses when the record that others hang off is not there or not to be seen.
    fn parent(&self, base: Base<'_>, at: usize, id: i64, own: bool) -> Result<(), Refusal> {
        let (key, _) = base
            .schema(at)
            .about
            .parent
            .ok_or_else(Refusal::not_found)?;
        let kind = base.catalogue.find(key).ok_or_else(Refusal::not_found)?;
        self.visible(base, kind, id, own).map(|_| ())
    }

    /// A record that the token's owner may see.
    pub(super) fn visible<'w>(
        &self,
        base: Base<'w>,
        at: usize,
        id: i64,
        own: bool,
    ) -> Result<Row<'w>, Refusal> {
        let scope = self.scope(base, at, own);
        base.find(at, id)
            .filter(|row| scope.passes(base, base.schema(at), row, &Plain))
            .ok_or_else(Refusal::not_found)
    }

    fn order(
        &self,
        base: Base<'_>,
        at: usize,
        shape: &Shape,
        params: &Record,
    ) -> Result<Vec<(Path, bool)>, Refusal> {
        let schema = base.schema(at);
        let mut order = Vec::new();
        let (field, direction) = match schema.about.key {
            "customers" => {
                let sort = params::text(params, "sort").unwrap_or_default();
                let mut words = sort.split_whitespace().map(str::to_owned);
                (words.next(), words.next())
            }
            "comments" => (
                params::text(params, "sort_by")
                    .filter(|by| by == "created_at" || by == "updated_at"),
                params::text(params, "sort_direction").or_else(|| Some("DESC".to_owned())),
            ),
            _ => (None, None),
        };
        let down = direction.is_some_and(|word| word.eq_ignore_ascii_case("desc"));
        if let Some(field) = field {
            let field = schema
                .position(&field)
                .ok_or_else(|| Refusal::malformed("invalid sort"))?;
            order.push((Path::Field(field), down));
        }
        let newest_first = if order.is_empty() {
            shape.newest_first
        } else {
            down
        };
        order.push((Path::Field(0), newest_first));
        Ok(order)
    }

    fn wanted<'s>(&self, base: Base<'_>, shape: &'s Shape, params: &Record) -> Wanted<'s> {
        let switches = Switches::read(base);
        let usual = match shape.list {
            "tickets" => switches.tickets_per_page,
            _ => shape.per_page.unwrap_or(usize::MAX),
        };
        let asked = whole(params, "per_page")
            .and_then(|size| usize::try_from(size).ok())
            .filter(|size| (1..=LARGEST_PAGE).contains(size) && shape.per_page.is_some())
            .filter(|_| !switches.own_pages);
        let page = whole(params, "page").and_then(|page| usize::try_from(page).ok());
        let all_comments = truth(params, "all_comments") == Some(true);
        Wanted {
            shape,
            page: page.unwrap_or(1).max(1),
            size: asked.unwrap_or(usual),
            form: if all_comments && switches.all_comments {
                Form::FullRow
            } else {
                Form::Row
            },
        }
    }

    fn page(
        &self,
        base: Base<'_>,
        at: usize,
        all: &[i64],
        wanted: &Wanted<'_>,
        twist: Twist<'_>,
    ) -> Answer {
        // Where there are no pages, every page is the first.
        let page = if wanted.shape.per_page.is_none() {
            1
        } else {
            wanted.page
        };
        let shown = if twist.repeats() {
            page.max(2) - 1
        } else {
            page
        };
        let size = twist.page_size(wanted.size);
        let start = (shown - 1).saturating_mul(size).min(all.len());
        let start = twist.page_start(start, all.len());
        let ids = &all[start..all.len().min(start.saturating_add(size))];
        let render = Render::new(self, base);
        let mut body = format!("{{\"{}\":[", wanted.shape.list);
        let mut written = 0;
        for id in ids {
            let Some(row) = base.find(at, *id) else {
                continue;
            };
            if written > 0 {
                body.push(',');
            }
            let start = body.len();
            render.write(at, &row, wanted.form, &mut body);
            twist.shape(*id, written, start, &mut body);
            written += 1;
        }
        body.push(']');
        let told = wanted.shape.per_page.is_some() && !Switches::read(base).no_meta;
        if told {
            let total = usize::try_from(twist.total(all.len())).unwrap_or(0);
            let pages = total.div_ceil(size).max(1);
            let meta = match wanted.shape.meta {
                Meta::Full => json!({
                    "total_pages": pages, "total_entries": total, "per_page": wanted.size,
                    "page": page,
                }),
                Meta::Pages => json!({"total_pages": pages, "page": page}),
                Meta::Sized => json!({"total_pages": pages, "page": page, "per_page": wanted.size}),
            };
            body.push_str(&format!(",\"meta\":{meta}"));
        }
        body.push('}');
        let mut answer = Answer::json_text(200, body).open_to(Reach {
            total: told,
            ..twist.reach(ids)
        });
        answer.records = Some(written);
        answer
    }

    /// Users come as pairs of id and name, all at once; those that were disabled among them.
    fn users(&self, base: Base<'_>, at: usize, fault: Option<&FaultKind>) -> Answer {
        let schema = base.schema(at);
        let garbled = match fault {
            Some(FaultKind::GarbledRecord { id, .. }) => Some(*id),
            _ => None,
        };
        let mut pairs: Vec<Value> = Vec::new();
        let mut broken = false;
        for id in base.ids(at, &Expr::all(), &Plain) {
            let Some(row) = base.find(at, id) else {
                continue;
            };
            let name = match row.named(schema, "full_name") {
                Val::Str(name) => name.into_owned(),
                _ => String::new(),
            };
            let breaks = garbled.is_some_and(|wanted| wanted.map_or(pairs.is_empty(), |w| w == id));
            broken |= breaks;
            pairs.push(if breaks {
                json!(["not-a-number", name])
            } else {
                json!([id, name])
            });
        }
        let count = pairs.len();
        let reach = Reach {
            record: if fault.is_some() { broken } else { count > 0 },
            ..Reach::default()
        };
        let mut answer = Answer::json(200, &json!({"users": pairs})).open_to(reach);
        answer.records = Some(count);
        answer
    }

    /// Answers a request for one record.
    pub(super) fn one(
        &self,
        at: usize,
        id: i64,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let key = base.schema(at).about.key;
        // These can be listed and written, but not read one by one.
        if matches!(key, "portal_users" | "canned_responses") {
            return Err(Refusal::not_found());
        }
        let own = self.access.check(key, Deed::View)?;
        let row = self.visible(base, at, id, own)?;
        let mut body = String::new();
        Render::new(self, base).write(at, &row, Form::Detail, &mut body);
        // A single record cannot come twice.
        if fault != Some(&FaultKind::DuplicateRecord) {
            Twist(fault).shape(id, 0, 0, &mut body);
        }
        if let Some(key) = shape(key).and_then(|shape| shape.one) {
            body = format!("{{\"{key}\":{body}}}");
        }
        let reach = Reach {
            page: false,
            ..Twist(fault).reach(&[id])
        };
        Ok(Answer::json_text(200, body).open_to(reach))
    }

    /// A single record, under its key where the vendor puts it under one.
    pub(super) fn wrapped(&self, base: Base<'_>, at: usize, row: &Row<'_>) -> Value {
        let record = Render::new(self, base).tree(at, row, Form::Detail);
        match shape(base.schema(at).about.key).and_then(|shape| shape.one) {
            Some(key) => json!({key: record}),
            None => record,
        }
    }

    /// The telephone numbers of a customer as a list, newest first: added ones, then the two that
    /// the customer itself has.
    pub(super) fn phones(&self, base: Base<'_>, render: &Render<'_>, customer: i64) -> String {
        let mut phones: Vec<Value> = Vec::new();
        if let Some(at) = base.catalogue.find("phones") {
            let mut ids = render.ids_of("phones", "customer_id", customer);
            ids.reverse();
            let rows = ids.into_iter().filter_map(|id| base.find(at, id));
            phones.extend(rows.map(|row| render.tree(at, &row, Form::Row)));
        }
        let Some(at) = base.catalogue.find("customers") else {
            return "[]".to_owned();
        };
        let record = base
            .find(at, customer)
            .map(|row| row.to_record(base.schema(at)))
            .unwrap_or_default();
        let created = crate::records::fields::text(&record, "created_at");
        for (place, field, label) in [(2, "mobile", "Mobile"), (1, "phone", "Phone")] {
            let number = crate::records::fields::text(&record, field);
            if !number.is_empty() {
                phones.push(json!({
                    "id": customer * 2 + place, "label": label, "number": number,
                    "customer_id": customer, "created_at": created, "updated_at": created,
                    "extension": null,
                }));
            }
        }
        Value::from(phones).to_string()
    }

    /// Answers requests for the newest customer, and for customers by part of their name.
    pub(super) fn special_customers(&self, call: &Call, latest: bool) -> Result<Answer, Refusal> {
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let at = base
            .catalogue
            .find("customers")
            .ok_or_else(Refusal::not_found)?;
        let scope = self.scope(base, at, false);
        if latest {
            self.access.check("customers", Deed::Edit)?;
            let id = base.ids(at, &scope, &Plain).pop();
            let row = id
                .and_then(|id| base.find(at, id))
                .ok_or_else(Refusal::not_found)?;
            return Ok(Answer::json(200, &self.wrapped(base, at, &row)));
        }
        let params = params::read(call)?;
        let expr = Expr::And(vec![scope, filters::read(base, at, &params, self.owner())?]);
        let render = Render::new(self, base);
        let rows = base.ids(at, &expr, &Plain).into_iter().take(LARGEST_PAGE);
        let rows: Vec<Value> = rows
            .filter_map(|id| base.find(at, id))
            .map(|row| render.tree(at, &row, Form::Row))
            .collect();
        let mut answer = Answer::json(200, &json!({"customers": rows}));
        answer.records = Some(rows.len());
        Ok(answer)
    }
}
