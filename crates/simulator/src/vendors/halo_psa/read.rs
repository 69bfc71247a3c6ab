//! Answering reads.

use serde_json::{Value, json};

use super::HaloPsa;
use super::access::Level;
use super::query::{self, Query};
use super::refusal::Refusal;
use super::render::{Form, Render, Wish};
use super::route::Address;
use super::switches::Switches;
use crate::exchange::{Answer, Call};
use crate::fault::{FaultKind, Reach};
use crate::records::base::{Base, Row};
use crate::records::filter::{Expr, Plain};
use crate::records::order;
use crate::records::twist::Twist;

/// Kinds that are one table to the product, in the order of their ids.
pub const TICKET_KINDS: [&str; 3] = ["opportunities", "tickets", "projects"];

impl HaloPsa {
    /// Answers a read of a kind.
    pub(super) fn read(
        &self,
        kind: usize,
        address: &Address,
        level: Level,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        match &address.id {
            Some(_) if level == Level::Empty => Err(Refusal::not_found()),
            Some(id) => self.one(base, kind, id, call),
            None => self.list(base, kind, level, call, fault),
        }
    }

    /// What of a record a call wants to see.
    fn wish(&self, form: Form, call: &Call) -> Wish {
        let is_on = |name: &str| {
            call.parameter(name)
                .is_some_and(|value| value.eq_ignore_ascii_case("true"))
        };
        Wish {
            form,
            statuses: is_on("includestatus"),
            contracts: is_on("includecontract"),
            custom: call
                .parameter("include_custom_fields")
                .unwrap_or_default()
                .split(',')
                .filter_map(|id| id.trim().parse().ok())
                .collect(),
            html: is_on("includehtmlnote") || is_on("includehtmlemail"),
            odd_ids: form == Form::Row && self.is_newer(),
            only: None,
        }
    }

    fn one(&self, base: Base<'_>, kind: usize, id: &str, call: &Call) -> Result<Answer, Refusal> {
        let (kind, id) = self
            .locate(base, kind, id, call)
            .ok_or_else(Refusal::not_found)?;
        let row = base.find(kind, id).ok_or_else(Refusal::not_found)?;
        if base.schema(kind).about.key == "attachment" {
            return Ok(super::attachments::download(base, kind, &row));
        }
        let mut wish = self.wish(Form::Detail, call);
        wish.html |= wish.form == Form::Detail;
        let tree = Render::new(base, wish).tree(kind, &row);
        Ok(Answer::json(200, &tree))
    }

    /// The kind and id that an address means: a ticket's number may be a sale's, an action's counts within its
    /// ticket, webhooks have long ids, and `me` is the agent behind the token.
    pub(super) fn locate(
        &self,
        base: Base<'_>,
        kind: usize,
        id: &str,
        call: &Call,
    ) -> Option<(usize, i64)> {
        let key = base.schema(kind).about.key;
        match key {
            "agent" if id == "me" => Some((kind, self.api_agent())),
            // An agent is no user; what the product answers for one is not known. Here it is nobody's user.
            "users" | "client" if id == "me" => Some((kind, super::made::numbers::UNKNOWN)),
            "tickets" | "opportunities" | "projects" => self.ticket_kind(base, id.parse().ok()?),
            "actions" => {
                let ticket = call.parameter("ticket_id")?.parse().ok()?;
                let of_ticket = super::edit::equals(base, kind, "ticket_id", ticket);
                let number: i64 = id.parse().ok()?;
                let schema = base.schema(kind);
                let found = base.ids(kind, &of_ticket, &Plain).into_iter().find(|id| {
                    let row = base.find(kind, *id);
                    row.is_some_and(|row| row.named(schema, "number").to_json() == number)
                });
                found.map(|id| (kind, id))
            }
            "webhook" => {
                let schema = base.schema(kind);
                let found = base
                    .ids(kind, &Expr::all(), &Plain)
                    .into_iter()
                    .find(|one| {
                        let row = base.find(kind, *one);
                        row.is_some_and(|row| row.named(schema, "guid").to_json() == id)
                    });
                found.map(|id| (kind, id))
            }
            _ => {
                let id = id.parse().ok()?;
                base.find(kind, id).map(|_| (kind, id))
            }
        }
    }

    /// The kind a ticket's number belongs to.
    pub(super) fn ticket_kind(&self, base: Base<'_>, id: i64) -> Option<(usize, i64)> {
        TICKET_KINDS
            .iter()
            .filter_map(|key| base.catalogue.find(key))
            .find(|kind| base.find(*kind, id).is_some())
            .map(|kind| (kind, id))
    }

    /// The kinds a list is made of: without a domain, tickets, sales and projects come together.
    fn kinds(&self, base: Base<'_>, kind: usize, call: &Call) -> Vec<usize> {
        if base.schema(kind).about.key != "tickets" {
            return vec![kind];
        }
        let keys: &[&str] = match call.parameter("domain").as_deref() {
            Some("opps") => &["opportunities"],
            Some("prjs") => &["projects"],
            Some("reqs") => &["tickets"],
            _ => &TICKET_KINDS,
        };
        keys.iter()
            .filter_map(|key| base.catalogue.find(key))
            .collect()
    }

    fn list(
        &self,
        base: Base<'_>,
        kind: usize,
        level: Level,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        let schema = base.schema(kind);
        let twist = Twist(fault);
        let mut query = query::read(base, schema, call)?;
        let kinds = self.kinds(base, kind, call);
        if level == Level::Empty {
            query.expr = Expr::Or(Vec::new());
        }
        let key = format!("{kind}\n{level:?}\n{}", query.key);
        let all = self.keeper.result(&key, || {
            let of = |kind: &usize| base.ids(*kind, &query.expr, &Plain);
            if let [kind] = kinds.as_slice() {
                return order::sort(base, *kind, of(kind), &query.order);
            }
            let found: Vec<_> = kinds.iter().map(|kind| (*kind, of(kind))).collect();
            order::sort_kinds(base, &found, &query.order)
        });
        let size = twist.page_size(query.size);
        let page = query.page.unwrap_or(1);
        let shown = if twist.repeats() {
            page.max(2) - 1
        } else {
            page
        };
        let start = (shown - 1).saturating_mul(size).min(all.len());
        let start = twist.page_start(start, all.len());
        let ids = &all[start..all.len().min(start.saturating_add(size))];
        let (mut rows, written) = self.rows(base, &kinds, ids, call, twist);
        let bare = Switches::read(base).bare_lists;
        if schema.about.key == "users" && !bare && query::ids_only("users", call).is_some() {
            // A list of users has the ids besides.
            rows.push_str(&format!(",\"user_ids\":{ids:?}"));
        }
        let mut answer = match query::envelope(schema.about.key) {
            Some(_) if bare => Answer::json_text(200, rows),
            Some(name) => self.envelope(
                schema.about.key,
                name,
                &rows,
                &query,
                twist.total(all.len()),
                call,
            ),
            None if schema.about.key == "agent" && query.page.is_some() && self.is_newer() => {
                Answer::json_text(200, format!("{{\"results\":{rows}}}"))
            }
            None => Answer::json_text(200, rows),
        };
        answer.records = Some(written);
        answer.reach = Reach {
            total: !bare && query::envelope(schema.about.key).is_some(),
            ..twist.reach(ids)
        };
        Ok(answer)
    }

    /// The rows as a JSON list, and how many.
    fn rows(
        &self,
        base: Base<'_>,
        kinds: &[usize],
        ids: &[i64],
        call: &Call,
        twist: Twist<'_>,
    ) -> (String, usize) {
        let kind = kinds.first().map(|kind| base.schema(*kind).about.key);
        let wish = Wish {
            only: kind.and_then(|kind| query::ids_only(kind, call)),
            ..self.wish(Form::Row, call)
        };
        let render = Render::new(base, wish);
        let mut body = String::with_capacity(1 << 14);
        body.push('[');
        let mut written = 0;
        for id in ids {
            let found = kinds
                .iter()
                .find_map(|kind| Some((*kind, base.find(*kind, *id)?)));
            let Some((kind, row)) = found else { continue };
            if written > 0 {
                body.push(',');
            }
            let start = body.len();
            render.write(kind, &row, &mut body);
            twist.shape(*id, written, start, &mut body);
            written += 1;
        }
        body.push(']');
        (body, written)
    }

    fn envelope(
        &self,
        kind: &str,
        name: &str,
        rows: &str,
        query: &Query,
        total: u64,
        call: &Call,
    ) -> Answer {
        if kind == "actions" {
            let ticket = call
                .parameter("ticket_id")
                .and_then(|id| id.parse::<i64>().ok());
            let ticket = ticket.unwrap_or(0);
            let body =
                format!("{{\"ticket_id\":{ticket},\"record_count\":{total},\"{name}\":{rows}}}");
            return Answer::json_text(200, body);
        }
        let (page, size) = match query.page {
            Some(page) => (page.to_string(), query.size.to_string()),
            None => ("null".to_owned(), "null".to_owned()),
        };
        let body = format!(
            "{{\"page_no\":{page},\"page_size\":{size},\"record_count\":{total},\"{name}\":{rows},\"columns\":null}}"
        );
        Answer::json_text(200, body)
    }

    /// A record as the API shows it by itself.
    pub(super) fn tree(&self, base: Base<'_>, kind: usize, row: &Row<'_>, form: Form) -> Value {
        let wish = Wish {
            form,
            statuses: true,
            contracts: true,
            custom: Vec::new(),
            html: true,
            odd_ids: false,
            only: None,
        };
        Render::new(base, wish).tree(kind, row)
    }

    /// What a client may know beforehand, in the product's own form.
    pub(super) fn auth_info(&self) -> Answer {
        Answer::json(
            200,
            &json!({
                "auth_url": format!("{}/auth", self.origin), "tenant_id": self.access.tenant(),
                "hosted": true, "version": "2.184.1",
            }),
        )
    }

    /// The same as the standard has it.
    pub(super) fn discovery(&self) -> Answer {
        let auth = format!("{}/auth", self.origin);
        Answer::json(
            200,
            &json!({
                "issuer": format!("{auth}/"), "token_endpoint": format!("{auth}/token"),
                "grant_types_supported": ["client_credentials", "authorization_code", "refresh_token"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            }),
        )
    }
}
