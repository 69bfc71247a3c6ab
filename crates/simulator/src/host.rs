//! What every sandbox has, whatever vendor it stands in for.

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::SandboxError;
use crate::exchange::Tenant;
use crate::fault::{Fault, Faults};
use crate::journal::Journal;

/// The parts shared by the server, the control and the vendor.
pub struct Host {
    /// The clock.
    pub clock: Arc<Clock>,
    /// Requests received.
    pub journal: Journal,
    /// Planned misbehaviour.
    pub faults: Faults,
    /// The vendor's product.
    pub vendor: Arc<dyn Tenant>,
}

impl Host {
    /// Plans a misbehaviour and returns its number.
    ///
    /// # Errors
    /// When its values cannot be, or this vendor cannot misbehave like that.
    pub fn plan(&self, fault: Fault) -> Result<u64, SandboxError> {
        fault.check().map_err(SandboxError::Control)?;
        self.vendor.can_misbehave(&fault.kind)?;
        Ok(self.faults.add(fault))
    }
}
