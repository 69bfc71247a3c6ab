//! What every sandbox has, whatever vendor it stands in for.

use std::sync::Arc;

use crate::clock::Clock;
use crate::exchange::Tenant;
use crate::fault::Faults;
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
