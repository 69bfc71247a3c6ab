//! Steering a sandbox from the same process.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::SandboxError;
use crate::courier::Disorder;
use crate::fault::Fault;
use crate::host::Host;
use crate::journal::JournalEntry;

/// Figures of a sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SandboxStats {
    /// Requests received since the start; control requests do not count.
    pub request_count: u64,
    /// Processor seconds used by the process the sandbox runs in.
    pub cpu_seconds: f64,
    /// Milliseconds since 1970 on the sandbox clock.
    pub now_ms: i64,
}

/// Steers a sandbox: its clock, faults, journal and records. Clones steer the same sandbox.
///
/// Records are changed as a person would in the vendor's own screens: activity dates move,
/// webhooks fire, deletion logs are written, and API-only restrictions do not apply.
#[derive(Clone)]
pub struct Control {
    host: Arc<Host>,
}

impl Control {
    pub(crate) fn new(host: Arc<Host>) -> Self {
        Self { host }
    }

    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    /// Moves the clock forward.
    pub fn advance_clock(&self, ms: i64) {
        self.host.clock.advance(ms);
        self.host.vendor.clock_moved();
    }

    /// Sets how far the `Date` of answers is ahead of the clock that stamps records; behind it when negative.
    pub fn set_date_ahead(&self, ms: i64) {
        self.host.clock.set_date_ahead(ms);
    }

    /// Milliseconds since 1970 on the sandbox clock.
    pub fn now_ms(&self) -> i64 {
        self.host.clock.now_ms()
    }

    /// Plans a misbehaviour and returns its number.
    ///
    /// # Panics
    /// When its values cannot be, or this vendor cannot misbehave like that: a mistake in the caller.
    pub fn set_fault(&self, fault: Fault) -> u64 {
        accept(self.host.plan(fault))
    }

    /// Forgets all planned misbehaviour.
    pub fn clear_faults(&self) {
        self.host.faults.clear();
    }

    /// Answers the requests a [`crate::FaultKind::Hold`] keeps waiting and holds no more; other faults stay.
    pub fn release(&self) {
        self.host.faults.release();
    }

    /// How many requests a [`crate::FaultKind::Hold`] keeps waiting at this moment.
    pub fn held(&self) -> usize {
        self.host.faults.held()
    }

    /// Requests received, oldest first.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.host.journal.entries()
    }

    /// Keeps the bodies of answers in the journal from now on, for tests that look at each.
    pub fn keep_answers(&self) {
        self.host.journal.keep_answers();
    }

    /// Empties the journal; the request count goes on.
    pub fn clear_journal(&self) {
        self.host.journal.clear();
    }

    /// Requests received since the start.
    pub fn request_count(&self) -> u64 {
        self.host.journal.count()
    }

    /// Creates a record.
    ///
    /// # Panics
    /// When the vendor has no such entity or the fields are no object: a mistake in the caller.
    pub fn create(&self, entity: &str, fields: Value) -> i64 {
        accept(self.try_create(entity, fields))
    }

    /// Creates a record.
    ///
    /// # Errors
    /// When the vendor has no such entity or the fields are no object.
    pub fn try_create(&self, entity: &str, fields: Value) -> Result<i64, SandboxError> {
        self.host.vendor.create(entity, fields)
    }

    /// Changes the given fields of a record.
    ///
    /// # Panics
    /// When there is no such record: a mistake in the caller.
    pub fn patch(&self, entity: &str, id: i64, fields: Value) {
        accept(self.try_patch(entity, id, fields));
    }

    /// Changes the given fields of a record.
    ///
    /// # Errors
    /// When there is no such record.
    pub fn try_patch(&self, entity: &str, id: i64, fields: Value) -> Result<(), SandboxError> {
        self.host.vendor.patch(entity, id, fields)
    }

    /// Deletes a record, also of entities the vendor's API cannot delete.
    ///
    /// # Panics
    /// When there is no such record: a mistake in the caller.
    pub fn delete(&self, entity: &str, id: i64) {
        accept(self.try_delete(entity, id));
    }

    /// Deletes a record.
    ///
    /// # Errors
    /// When there is no such record.
    pub fn try_delete(&self, entity: &str, id: i64) -> Result<(), SandboxError> {
        self.host.vendor.delete(entity, id)
    }

    /// A record as the API shows it.
    pub fn get(&self, entity: &str, id: i64) -> Option<Value> {
        accept(self.host.vendor.get(entity, id))
    }

    /// All ids of an entity, ascending.
    pub fn ids(&self, entity: &str) -> Vec<i64> {
        accept(self.host.vendor.ids(entity))
    }

    /// Up to `limit` records with an id greater than `after`, ascending.
    ///
    /// # Errors
    /// When the vendor has no such entity.
    pub fn records(
        &self,
        entity: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Value>, SandboxError> {
        self.host.vendor.records(entity, after, limit)
    }

    /// Number of records, of those that pass the vendor's own kind of filter when one is given.
    pub fn count(&self, entity: &str, filter: Option<Value>) -> u64 {
        accept(self.host.vendor.count(entity, filter.as_ref()))
    }

    /// Changes what the API user may do: `action` is `query`, `create`, `update` or `delete`,
    /// `access` is `All`, `None` or `Restricted`.
    pub fn set_security(&self, entity: &str, action: &str, access: &str) {
        accept(self.host.vendor.set_security(entity, action, access));
    }

    /// Makes the credentials valid or not.
    pub fn set_credentials_valid(&self, valid: bool) {
        self.host.vendor.set_credentials_valid(valid);
    }

    /// Moves the tenant to another zone: calls to the old address answer 401, the zone look-up
    /// names the new one. `false` moves it back.
    pub fn set_zone_moved(&self, moved: bool) {
        self.host.vendor.set_zone_moved(moved);
    }

    /// Uses up part of the vendor's hourly allowance, as other integrations of the tenant do.
    pub fn spend_requests(&self, count: usize) {
        self.host.vendor.spend_requests(count);
    }

    /// Attempts all waiting webhook deliveries at once, however far off their next attempt is.
    /// Returns how many events were waiting.
    pub fn deliver_webhooks_now(&self) -> usize {
        self.host.vendor.deliver_webhooks_now()
    }

    /// Makes webhooks come twice, out of order or late from now on.
    ///
    /// # Panics
    /// For a vendor whose webhooks come once and in order.
    pub fn disturb_webhooks(&self, disorder: Disorder) {
        accept(self.host.vendor.disturb_webhooks(disorder));
    }

    /// Webhook events that wait for delivery.
    pub fn pending_webhooks(&self) -> usize {
        self.host.vendor.pending_webhooks()
    }

    /// Processor seconds used by this process, user and system.
    pub fn cpu_seconds(&self) -> f64 {
        process_cpu_seconds().unwrap_or(0.0)
    }

    /// The figures in one.
    pub fn stats(&self) -> SandboxStats {
        SandboxStats {
            request_count: self.request_count(),
            cpu_seconds: self.cpu_seconds(),
            now_ms: self.now_ms(),
        }
    }
}

#[expect(
    clippy::panic,
    reason = "a control call that names no record is a mistake in a test, not a state of the program"
)]
#[track_caller]
fn accept<T>(result: Result<T, SandboxError>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("sandbox control: {error}"),
    }
}

/// Fields 14 and 15 of `/proc/self/stat`, in ticks of 1/100 s; they follow the command name,
/// which is in parentheses and may hold spaces.
pub(crate) fn process_cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let user: f64 = fields.get(11)?.parse().ok()?;
    let system: f64 = fields.get(12)?.parse().ok()?;
    Some((user + system) / 100.0)
}
