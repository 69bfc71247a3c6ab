//! Changes by a person in the vendor's own screens: no API restrictions, all the consequences.

use serde_json::Value;

use super::Autotask;
use super::change::{Actor, Edit};
use super::normalise;
use super::refusal::Refusal;
use super::rows::numbers::resource_id;
use crate::config::SandboxError;

impl Autotask {
    /// The service desk manager sits at the screen.
    fn person(&self) -> Actor {
        Actor {
            resource: resource_id(0),
            impersonator: None,
            through_api: false,
        }
    }

    /// Creates a record.
    pub(super) fn screen_create(&self, at: usize, fields: Value) -> Result<i64, SandboxError> {
        let schema = &self.catalogue.all()[at];
        let given = normalise::fields(schema, &fields, true).map_err(refused)?;
        let mut edit = Edit::begin(self, self.person());
        let id = edit.create(schema, given).map_err(refused)?;
        edit.finish();
        Ok(id)
    }

    /// Changes a record.
    pub(super) fn screen_patch(
        &self,
        at: usize,
        id: i64,
        fields: Value,
    ) -> Result<(), SandboxError> {
        let schema = &self.catalogue.all()[at];
        let given = normalise::fields(schema, &fields, true).map_err(refused)?;
        let mut edit = Edit::begin(self, self.person());
        edit.update(schema, id, given).map_err(refused)?;
        edit.finish();
        Ok(())
    }

    /// Deletes a record.
    pub(super) fn screen_delete(&self, at: usize, id: i64) -> Result<(), SandboxError> {
        let mut edit = Edit::begin(self, self.person());
        edit.delete(&self.catalogue.all()[at], id)
            .map_err(refused)?;
        edit.finish();
        Ok(())
    }
}

fn refused(refusal: Refusal) -> SandboxError {
    SandboxError::Control(refusal.errors.join(" "))
}
