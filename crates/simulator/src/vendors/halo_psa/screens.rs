//! Changes by a person in the vendor's own screens: no API restrictions, all the consequences; and what a person sees
//! there.

use std::ops::ControlFlow;

use serde_json::Value;

use super::HaloPsa;
use super::edit::{Actor, Edit};
use super::made::numbers as n;
use super::query;
use super::refusal::Refusal;
use super::render::Form;
use super::write::take;
use crate::config::SandboxError;
use crate::exchange::Call;
use crate::records::filter::{Expr, Plain};
use crate::state::Record;
use crate::world::technician::name;

impl HaloPsa {
    /// The service desk manager sits at the screen.
    fn person(&self) -> Actor {
        let (first, last) = name(&self.keeper.world, 0);
        Actor {
            agent: n::agent_id(0),
            name: format!("{first} {last}"),
            application: None,
        }
    }

    fn given(&self, edit: &Edit<'_>, kind: usize, fields: &Value) -> Result<Record, SandboxError> {
        let body = fields
            .as_object()
            .ok_or_else(|| SandboxError::Control("the fields must be an object".to_owned()))?;
        take(edit.base(), edit.schema(kind), body, None).map_err(refused)
    }

    /// Creates a record.
    pub(super) fn screen_create(&self, kind: usize, fields: &Value) -> Result<i64, SandboxError> {
        let mut edit = Edit::begin(self, self.person());
        let given = self.given(&edit, kind, fields)?;
        let (_, id) = edit.create(kind, given).map_err(refused)?;
        edit.finish();
        Ok(id)
    }

    /// Changes a record.
    pub(super) fn screen_patch(
        &self,
        kind: usize,
        id: i64,
        fields: &Value,
    ) -> Result<(), SandboxError> {
        let mut edit = Edit::begin(self, self.person());
        let given = self.given(&edit, kind, fields)?;
        edit.update(kind, id, &given).map_err(refused)?;
        edit.finish();
        Ok(())
    }

    /// Deletes a record.
    pub(super) fn screen_delete(&self, kind: usize, id: i64) -> Result<(), SandboxError> {
        let mut edit = Edit::begin(self, self.person());
        edit.delete(kind, id).map_err(refused)?;
        edit.finish();
        Ok(())
    }

    /// The ids of the records that parameters of a list leave over; without parameters, of all that people count.
    pub(super) fn screen_ids(
        &self,
        kind: usize,
        parameters: &str,
    ) -> Result<Vec<i64>, SandboxError> {
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        // What a person counts: no deleted tickets, no agent that means nobody, and of users only people of clients.
        let usual = match (parameters, base.schema(kind).about.key) {
            ("", "users") => {
                "includeinactive=true&exclude_generaluser=true&exclude_agents=true&includenonserviceaccount=true"
            }
            ("", "agent") => "includedisabled=true&includeunassigned=false",
            ("", "client" | "site") => "includeinactive=true",
            ("", "tickettype" | "team") => "showall=true",
            ("", "outcome") => "showhidden=true",
            (parameters, _) => parameters,
        };
        let call = Call {
            method: axum::http::Method::GET,
            path: String::new(),
            query: usual.to_owned(),
            headers: axum::http::HeaderMap::new(),
            body: axum::body::Bytes::new(),
        };
        let query = query::read(base, base.schema(kind), &call).map_err(refused)?;
        Ok(base.ids(kind, &query.expr, &Plain))
    }

    /// Records after an id, as the API shows them.
    pub(super) fn screen_records(&self, kind: usize, after: i64, limit: usize) -> Vec<Value> {
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let mut records = Vec::new();
        base.scan(kind, &Expr::all(), after, &Plain, |_, row| {
            if records.len() == limit {
                return ControlFlow::Break(());
            }
            records.push(self.tree(base, kind, row, Form::Detail));
            ControlFlow::Continue(())
        });
        records
    }
}

fn refused(refusal: Refusal) -> SandboxError {
    SandboxError::Control(refusal.text())
}
