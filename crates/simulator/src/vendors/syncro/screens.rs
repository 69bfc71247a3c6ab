//! Changes by a person in the vendor's own screens: no API restrictions, all the consequences; and
//! what a person sees there.

use std::ops::ControlFlow;

use serde_json::Value;

use super::Syncro;
use super::edit::{Actor, Edit};
use super::filters;
use super::made::numbers;
use super::refusal::Refusal;
use super::render::{Form, Render};
use crate::config::SandboxError;
use crate::records::filter::{Expr, Plain};
use crate::state::Record;

impl Syncro {
    /// The service desk manager sits at the screen.
    fn person(&self) -> Actor {
        Actor {
            user: numbers::user_id(0),
            through_api: false,
        }
    }

    /// Creates a record.
    pub(super) fn screen_create(&self, kind: usize, fields: &Value) -> Result<i64, SandboxError> {
        let mut edit = Edit::begin(self, self.person());
        let id = edit.create(kind, object(fields)?).map_err(refused)?;
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
        edit.update(kind, id, object(fields)?).map_err(refused)?;
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

    /// The ids of the records that fit the parameters of a list; disabled ones among them unless
    /// the parameters say otherwise.
    pub(super) fn screen_ids(
        &self,
        kind: usize,
        params: Option<&Record>,
    ) -> Result<Vec<i64>, SandboxError> {
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let expr = match params {
            None => Expr::all(),
            Some(params) => filters::read(base, kind, params, self.owner()).map_err(refused)?,
        };
        Ok(base.ids(kind, &expr, &Plain))
    }

    /// A record as the API shows it by itself, or all that is kept of it where the API shows none.
    pub(super) fn screen_get(&self, kind: usize, id: i64) -> Option<Value> {
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let row = base.find(kind, id)?;
        Some(Render::new(self, base).tree(kind, &row, Form::Row))
    }

    /// Records after an id, as the API lists them.
    pub(super) fn screen_records(&self, kind: usize, after: i64, limit: usize) -> Vec<Value> {
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let render = Render::new(self, base);
        let mut records = Vec::new();
        base.scan(kind, &Expr::all(), after, &Plain, |_, row| {
            if records.len() == limit {
                return ControlFlow::Break(());
            }
            records.push(render.tree(kind, row, Form::Row));
            ControlFlow::Continue(())
        });
        records
    }
}

fn object(fields: &Value) -> Result<&Record, SandboxError> {
    fields
        .as_object()
        .ok_or_else(|| SandboxError::Control("the fields must be an object".to_owned()))
}

fn refused(refusal: Refusal) -> SandboxError {
    SandboxError::Control(refusal.body.to_string())
}
