//! Changes by a person in the vendor's own screens: no API restrictions, all the consequences; and
//! what a person sees there.

use std::ops::ControlFlow;

use serde_json::Value;

use super::ConnectWisePsa;
use super::conditions;
use super::edit::{Actor, Edit};
use super::intake;
use super::made::{identifier, numbers};
use super::refusal::Refusal;
use super::render::Render;
use crate::config::SandboxError;
use crate::records::filter::{Expr, Plain};
use crate::state::Record;

impl ConnectWisePsa {
    /// The service desk manager sits at the screen.
    fn person(&self) -> Actor {
        Actor {
            identifier: identifier(&self.keeper.world, 0),
            member: numbers::member_id(0),
            through_api: false,
        }
    }

    fn given(&self, edit: &Edit<'_>, kind: usize, fields: &Value) -> Result<Record, SandboxError> {
        let body = fields
            .as_object()
            .ok_or_else(|| SandboxError::Control("the fields must be an object".to_owned()))?;
        intake::take(edit.base(), edit.schema(kind), body, true).map_err(refused)
    }

    /// Creates a record.
    pub(super) fn screen_create(&self, kind: usize, fields: &Value) -> Result<i64, SandboxError> {
        let mut edit = Edit::begin(self, self.person());
        let given = self.given(&edit, kind, fields)?;
        let id = edit.create(kind, given).map_err(refused)?;
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
        edit.update(kind, id, given).map_err(refused)?;
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

    /// The ids of the records that fit conditions.
    pub(super) fn screen_ids(&self, kind: usize, text: &str) -> Result<Vec<i64>, SandboxError> {
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let expr = conditions::read(base, base.schema(kind), text).map_err(refused)?;
        Ok(base.ids(kind, &expr, &Render::new(base, &self.root())))
    }

    /// Records after an id, as the API shows them.
    pub(super) fn screen_records(&self, kind: usize, after: i64, limit: usize) -> Vec<Value> {
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        let render = Render::new(base, &self.root());
        let mut records = Vec::new();
        base.scan(kind, &Expr::all(), after, &Plain, |_, row| {
            if records.len() == limit {
                return ControlFlow::Break(());
            }
            records.push(render.tree(kind, row));
            ControlFlow::Continue(())
        });
        records
    }
}

fn refused(refusal: Refusal) -> SandboxError {
    SandboxError::Control(refusal.text())
}
