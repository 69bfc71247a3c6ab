//! Answering reads.

use std::ops::ControlFlow;

use axum::http::Method;
use serde_json::{Value, json};

use super::Autotask;
use super::filter::{self, Expr};
use super::limits::{THRESHOLD, TIMEFRAME_MINUTES};
use super::metadata;
use super::query::{self, RowWriter};
use super::refusal::Refusal;
use super::route::Route;
use super::rows::Row;
use super::store::Table;
use super::twist::Twist;
use crate::exchange::{Answer, Call};
use crate::fault::{FaultKind, Reach};

impl Autotask {
    /// Answers a read.
    pub(super) fn read(
        &self,
        route: &Route,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        let twist = Twist(fault);
        match route {
            Route::Root(name) => self.root(name),
            Route::Query(at, _) | Route::Count(at) => {
                if call.method != Method::GET && call.method != Method::POST {
                    return Err(Refusal::method(call.method.as_str()));
                }
                let schema = &self.catalogue.all()[*at];
                self.security.check(schema.text.route, "query")?;
                let query = query::read(schema, call)?;
                let tables = self.tables();
                let reader = self.reader(&tables, *at);
                Ok(if matches!(route, Route::Count(_)) {
                    query::count(reader, &query, twist)
                } else {
                    query::page(reader, &query, call, &self.zone_origin(), twist)
                })
            }
            Route::Metadata(at, part) => Ok(Answer::json(200, &self.metadata(*at, part))),
            Route::Record(at, id) => self.single(*at, *id, twist),
            Route::Children(at, parent) => self.children(*at, *parent),
            Route::Child(at, parent, id) => self.child(*at, *parent, *id, twist),
            Route::Collection(at) => Err(self.no_collection(*at, call)),
            Route::Zone | Route::Versions | Route::Unknown => Err(Refusal::no_route()),
        }
    }

    /// Addresses of entities without any write at the root do not exist at all.
    pub(super) fn no_collection(&self, at: usize, call: &Call) -> Refusal {
        if self.catalogue.all()[at].text.root.is_empty() {
            Refusal::no_route()
        } else {
            Refusal::method(call.method.as_str())
        }
    }

    fn root(&self, name: &str) -> Result<Answer, Refusal> {
        let body = match name {
            "version" => json!({"version": "V1.0", "apiVersion": "1.0"}),
            "authenticate" => json!({"authenticated": true}),
            "modules" => json!({"items": [{"id": 1, "name": "Service Desk", "isActive": true},
                                          {"id": 2, "name": "CRM", "isActive": true}]}),
            "thresholdinformation" => json!({
                "externalRequestThreshold": THRESHOLD,
                "requestThresholdTimeframe": TIMEFRAME_MINUTES,
                "currentTimeframeRequestCount": self.limits.recent(self.clock.now_ms()),
            }),
            _ => {
                let all: Vec<Value> = (0..self.catalogue.all().len())
                    .map(|at| json!({"info": self.info(at)}))
                    .collect();
                json!({"entityDescriptions": all})
            }
        };
        Ok(Answer::json(200, &body))
    }

    fn info(&self, at: usize) -> Value {
        let schema = &self.catalogue.all()[at];
        metadata::info(schema, &self.security.rights(schema.text.route))
    }

    fn metadata(&self, at: usize, part: &str) -> Value {
        let schema = &self.catalogue.all()[at];
        match part {
            "fields" => metadata::fields(schema),
            "userdefinedfields" => metadata::udfs(schema),
            _ => json!({"info": self.info(at)}),
        }
    }

    fn single(&self, at: usize, id: i64, twist: Twist<'_>) -> Result<Answer, Refusal> {
        let schema = &self.catalogue.all()[at];
        self.security.check(schema.text.route, "query")?;
        let tables = self.tables();
        let Some(row) = self.reader(&tables, at).find(id) else {
            return Ok(Answer::json(404, &json!({"item": null})));
        };
        let mut body = String::from("{\"item\":");
        let writer = RowWriter::new(schema, None);
        let reach = alone(twist, &writer, id, &row, &mut body);
        body.push('}');
        Ok(Answer::json_text(200, body).open_to(reach))
    }

    /// The records under a parent.
    fn children(&self, at: usize, parent: i64) -> Result<Answer, Refusal> {
        let schema = &self.catalogue.all()[at];
        self.security.check(schema.text.route, "query")?;
        let Some((_, _, key, _)) = schema.text.child else {
            return Err(Refusal::no_route());
        };
        let condition = json!([{"op": "eq", "field": key, "value": parent}]);
        let filter = filter::parse(schema, &condition)?;
        let tables = self.tables();
        let writer = RowWriter::new(schema, None);
        let mut body = String::from("{\"items\":[");
        let mut count = 0;
        self.reader(&tables, at).scan(&filter, i64::MIN, |_, row| {
            if count > 0 {
                body.push(',');
            }
            count += 1;
            writer.write(row, &mut body, |_, value| value);
            ControlFlow::Continue(())
        });
        body.push_str(&format!(
            "],\"pageDetails\":{{\"count\":{count},\"requestCount\":500,\"prevPageUrl\":null,\"nextPageUrl\":null}}}}"
        ));
        let mut answer = Answer::json_text(200, body);
        answer.records = Some(count);
        Ok(answer)
    }

    fn child(&self, at: usize, parent: i64, id: i64, twist: Twist<'_>) -> Result<Answer, Refusal> {
        let schema = &self.catalogue.all()[at];
        self.security.check(schema.text.route, "query")?;
        let tables = self.tables();
        let row = self.reader(&tables, at).find(id);
        let Some(row) = row.filter(|row| belongs(schema, row, parent)) else {
            return Ok(Answer::json(404, &json!({"item": null})));
        };
        // Single attachments come as a list, unlike everything else.
        let list = schema.text.route.ends_with("Attachments");
        let mut body = String::from(if list { "{\"items\":[" } else { "{\"item\":" });
        let writer = RowWriter::new(schema, None).with_bytes();
        let reach = alone(twist, &writer, id, &row, &mut body);
        body.push_str(if list { "]}" } else { "}" });
        Ok(Answer::json_text(200, body).open_to(reach))
    }

    /// A record as a tree.
    pub(super) fn tree(&self, tables: &[Table], at: usize, id: i64) -> Option<Value> {
        let reader = self.reader(tables, at);
        let row = reader.find(id)?;
        Some(RowWriter::new(reader.schema, None).tree(&row))
    }

    /// All ids of an entity.
    pub(super) fn all_ids(&self, at: usize) -> Vec<i64> {
        let tables = self.tables();
        let mut ids = Vec::new();
        self.reader(&tables, at)
            .scan(&Expr::And(Vec::new()), i64::MIN, |id, _| {
                ids.push(id);
                ControlFlow::Continue(())
            });
        ids
    }

    /// Records after an id as trees.
    pub(super) fn trees_after(&self, at: usize, after: i64, limit: usize) -> Vec<Value> {
        let tables = self.tables();
        let reader = self.reader(&tables, at);
        let writer = RowWriter::new(reader.schema, None);
        let mut trees = Vec::new();
        reader.scan(&Expr::And(Vec::new()), after, |_, row| {
            if trees.len() == limit {
                return ControlFlow::Break(());
            }
            trees.push(writer.tree(row));
            ControlFlow::Continue(())
        });
        trees
    }

    /// Counts the records that pass a filter, or all.
    pub(super) fn count_passing(&self, at: usize, filter: Option<&Value>) -> Result<u64, Refusal> {
        let schema = &self.catalogue.all()[at];
        let expr = match filter {
            Some(filter) => filter::parse(schema, filter::key(filter, "filter").unwrap_or(filter))?,
            None => Expr::And(Vec::new()),
        };
        let tables = self.tables();
        Ok(self.reader(&tables, at).count(&expr))
    }
}

/// Appends a record that is asked for by itself; what in it a fault can harm.
fn alone(
    twist: Twist<'_>,
    writer: &RowWriter<'_>,
    id: i64,
    row: &Row<'_>,
    body: &mut String,
) -> Reach {
    twist.alone().write(writer, id, row, 0, body);
    Reach {
        record: twist.means(writer, id),
        ..Reach::default()
    }
}

/// Whether a record names `parent` as its parent.
pub(super) fn belongs(schema: &super::schema::Schema, row: &Row<'_>, parent: i64) -> bool {
    schema
        .text
        .child
        .and_then(|(_, _, key, _)| schema.position(key))
        .is_some_and(|position| {
            row.get(schema, position) == crate::records::value::Val::Int(parent)
        })
}
