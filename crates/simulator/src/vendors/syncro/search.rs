//! The search over everything: each kind of result only with the permission to list it.

use serde_json::{Value, json};

use super::Syncro;
use super::access::Deed;
use super::filters;
use super::params;
use super::refusal::Refusal;
use super::render::{Form, Render};
use crate::exchange::{Answer, Call};
use crate::records::filter::{Expr, Plain};

/// Results of each kind.
const MOST: usize = 10;

/// Kinds that are searched: key, the vendor's word, its index, what is shown.
const KINDS: [(&str, &str, &str, &[&str]); 4] = [
    (
        "customers",
        "customer",
        "customers",
        &["firstname", "lastname", "email", "business_name"],
    ),
    (
        "tickets",
        "ticket",
        "tickets",
        &["number", "subject", "status", "customer_id"],
    ),
    (
        "leads",
        "lead",
        "leads",
        &["first_name", "last_name", "email", "ticket_subject"],
    ),
    (
        "customer_assets",
        "asset",
        "assets",
        &["name", "asset_serial", "customer_id"],
    ),
];

impl Syncro {
    /// Answers a search.
    pub(super) fn search(&self, call: &Call) -> Result<Answer, Refusal> {
        let params = params::read(call)?;
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let render = Render::new(self, base);
        let mut results = Vec::new();
        for (key, word, index, shown) in KINDS {
            let Some(at) = base.catalogue.find(key) else {
                continue;
            };
            if self.access.check(key, Deed::List).is_err()
                || params::text(&params, "query").is_none()
            {
                continue;
            }
            let expr = Expr::And(vec![
                self.scope(base, at, false),
                filters::read(base, at, &params, self.owner())?,
            ]);
            for id in base.ids(at, &expr, &Plain).into_iter().take(MOST) {
                let Some(row) = base.find(at, id) else {
                    continue;
                };
                let record = render.tree(at, &row, Form::Row);
                let source: serde_json::Map<String, Value> = shown
                    .iter()
                    .map(|name| ((*name).to_owned(), record[*name].clone()))
                    .collect();
                results.push(json!({"table": {
                    "_id": id, "_type": word, "_index": index, "_source": {"table": source},
                }}));
            }
        }
        let body = json!({"quick_result": null, "results": results, "error": null});
        Ok(Answer::json(200, &body))
    }
}
