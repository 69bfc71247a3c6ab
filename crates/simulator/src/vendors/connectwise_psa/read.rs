//! Answering reads.

use std::ops::ControlFlow;

use axum::http::Method;
use serde_json::{Value, json};

use super::ConnectWisePsa;
use super::access::Level;
use super::query::{self, Paging, Query};
use super::refusal::Refusal;
use super::release::Release;
use super::render::Render;
use super::route::Address;
use crate::exchange::{Answer, Call};
use crate::fault::FaultKind;
use crate::records::base::{Base, Row};
use crate::records::filter::{Expr, Op, Operand, Path};
use crate::records::order::sort;
use crate::records::twist::Twist;

impl ConnectWisePsa {
    /// Answers a read of a kind.
    pub(super) fn read(
        &self,
        kind: usize,
        address: &Address,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let about = base.schema(kind).about;
        let level = self.access.check(about.key, "query")?;
        let named = address
            .name
            .as_deref()
            .map(|name| self.named(base, kind, name));
        let (parent, id) = match named {
            Some(id) => (None, Some(id?)),
            None => address
                .parts(about.parent.is_some())
                .ok_or_else(Refusal::no_route)?,
        };
        let scope = self.scope(base, kind, parent, level)?;
        match id {
            Some(id) => self.one(base, kind, id, &scope, call),
            None => self.list(base, kind, &scope, address, call, fault),
        }
    }

    /// The id of a member by identifier.
    fn named(&self, base: Base<'_>, kind: usize, name: &str) -> Result<i64, Refusal> {
        let schema = base.schema(kind);
        let field = schema
            .position("identifier")
            .ok_or_else(Refusal::no_route)?;
        let expr = Expr::Test {
            path: Path::Field(field),
            op: Op::Eq,
            operands: vec![Operand::Text(name.to_lowercase())],
        };
        let render = Render::new(base, &self.root());
        let found = base.ids(kind, &expr, &render).first().copied();
        found.ok_or_else(|| Refusal::not_found(schema.about.name, name))
    }

    /// What of a kind an address and the security role leave over.
    pub(super) fn scope(
        &self,
        base: Base<'_>,
        kind: usize,
        parent: Option<i64>,
        level: Level,
    ) -> Result<Expr, Refusal> {
        let schema = base.schema(kind);
        let mut parts = Vec::new();
        if let (Some(parent), Some((key, field))) = (parent, schema.about.parent) {
            let parent_kind = base.catalogue.find(key).ok_or_else(Refusal::no_route)?;
            if base.find(parent_kind, parent).is_none() {
                let name = base.schema(parent_kind).about.name;
                return Err(Refusal::not_found(name, &parent.to_string()));
            }
            parts.push(Expr::equals(schema.position(field).unwrap_or(0), parent));
        }
        if level == Level::My {
            let mut mine = Vec::new();
            if let Some(owner) = schema.position("owner") {
                mine.push(Expr::equals(owner, self.api_member_id()));
            }
            if let Some(entered) = schema.position("enteredBy") {
                mine.push(Expr::Test {
                    path: Path::Field(entered),
                    op: Op::Eq,
                    operands: vec![Operand::Text(self.api_member().to_lowercase())],
                });
            }
            parts.push(Expr::Or(mine));
        }
        Ok(Expr::And(parts))
    }

    fn one(
        &self,
        base: Base<'_>,
        kind: usize,
        id: i64,
        scope: &Expr,
        call: &Call,
    ) -> Result<Answer, Refusal> {
        let schema = base.schema(kind);
        let render = Render::new(base, &self.root());
        let row = base
            .find(kind, id)
            .filter(|row| scope.passes(base, schema, row, &render))
            .ok_or_else(|| Refusal::not_found(schema.about.name, &id.to_string()))?;
        let fields = call.parameter("fields").map(|list| {
            list.split(',')
                .map(|path| path.trim().split('/').map(str::to_owned).collect())
                .collect::<Vec<Vec<String>>>()
        });
        let mut body = String::new();
        render.write(kind, &row, fields.as_deref(), &mut body);
        Ok(Answer::json_text(200, body))
    }

    /// A page of a list, or the count of it.
    pub(super) fn list(
        &self,
        base: Base<'_>,
        kind: usize,
        scope: &Expr,
        address: &Address,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        if address.search && call.method != Method::POST {
            return Err(Refusal::method(call.method.as_str()));
        }
        let schema = base.schema(kind);
        let twist = Twist(fault);
        let query = query::read(base, schema, call, address.search)?;
        let expr = Expr::And(vec![scope.clone(), query.expr.clone()]);
        let key = format!("{kind}\n{scope:?}\n{}", query.key);
        let all = || {
            self.keeper.result(&key, || {
                let render = Render::new(base, &self.root());
                let ids = base.ids(kind, &expr, &render);
                sort(base, kind, ids, &query.order)
            })
        };
        if address.count {
            let count = json!({"count": twist.total(all().len())});
            return Ok(Answer::json(200, &count).with_total());
        }
        let size = twist.page_size(query.size);
        match query.paging {
            Paging::Page(page) => {
                let all = all();
                let shown = if twist.repeats() {
                    page.max(2) - 1
                } else {
                    page
                };
                let start = (shown - 1).saturating_mul(size).min(all.len());
                let start = twist.page_start(start, all.len());
                let ids = &all[start..all.len().min(start + size)];
                let mut answer = self.page(base, kind, ids, &query, twist);
                let pages = all.len().div_ceil(size);
                if let Some(links) = query::page_links(call, &self.origin, page, pages) {
                    answer.headers.push(("link", links));
                }
                Ok(answer)
            }
            Paging::After(after) => {
                let start = if twist.repeats() {
                    page_before(&all(), after, size)
                } else {
                    after
                };
                let render = Render::new(base, &self.root());
                let (mut ids, mut more) = (Vec::new(), false);
                base.scan(kind, &expr, start, &render, |id, _| {
                    if ids.len() == size {
                        more = true;
                        return ControlFlow::Break(());
                    }
                    ids.push(id);
                    ControlFlow::Continue(())
                });
                let mut answer = self.page(base, kind, &ids, &query, twist);
                // A repeated page leads on from where the true page would have.
                let last = ids.last().map(|last| (*last).max(after)).filter(|_| more);
                answer
                    .headers
                    .push(("link", query::next_link(call, &self.origin, last)));
                Ok(answer)
            }
        }
    }

    fn page(
        &self,
        base: Base<'_>,
        kind: usize,
        ids: &[i64],
        query: &Query,
        twist: Twist<'_>,
    ) -> Answer {
        let lean = Release::read(base).lean_lists;
        let render = Render::new(base, &self.root()).leaning(lean);
        let mut body = String::with_capacity(1 << 14);
        body.push('[');
        let mut written = 0;
        for id in ids {
            let Some(row) = base.find(kind, *id) else {
                continue;
            };
            if written > 0 {
                body.push(',');
            }
            let start = body.len();
            render.write(kind, &row, query.fields.as_deref(), &mut body);
            twist.shape(*id, written, start, &mut body);
            written += 1;
        }
        body.push(']');
        let mut answer = Answer::json_text(200, body).open_to(twist.reach(ids));
        answer.records = Some(written);
        answer
    }

    /// A record as a tree.
    pub(super) fn tree(&self, base: Base<'_>, kind: usize, row: &Row<'_>) -> Value {
        Render::new(base, &self.root()).tree(kind, row)
    }
}

/// Where the page before the one after an id began.
fn page_before(all: &[i64], after: i64, size: usize) -> i64 {
    let end = all.partition_point(|id| *id <= after);
    match end.checked_sub(size + 1) {
        Some(place) => all[place],
        None => 0,
    }
}
