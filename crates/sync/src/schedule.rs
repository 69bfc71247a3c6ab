//! The schedule (rule S1): asks for runs that are due, nightly reconciliations with reference data, and probes.
//!
//! Every node looks; whoever locks the integration's row first asks, and moves the due instant in the same commit, so
//! that the others find nothing due. Instants are spread by a hash of the integration's id: many installations, and
//! many integrations of one, do not knock at a vendor's door at the same second.

use std::time::Duration;

use domain::clock::UtcMillis;
use domain::id::{IntegrationId, PublicId};
use domain::job::{Job, Priority};
use domain::run::Trigger;
use store::integrations::{self, Integration};
use store::{Tx, jobs};
use tokio_util::sync::CancellationToken;

use crate::connect;
use crate::engine::Engine;
use crate::error::Result;
use crate::request::{self, RunMode};
use crate::run_plan::Wanted;
use crate::set_aside;
use crate::worker::Ended;
use store::audit::Actor;

/// How often the schedule is looked at.
const EVERY: Duration = Duration::from_secs(2);

/// How often refused credentials are tried (rule S2).
pub(crate) const PROBE: i64 = UtcMillis::DAY;

/// How often old rows are swept.
const HOUSEKEEPING: i64 = UtcMillis::HOUR;

/// Looks until stopped.
pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    let mut swept_at = None;
    loop {
        if let Err(error) = tick(&engine, &mut swept_at).await {
            tracing::warn!(%error, "cannot look at the schedule, trying again");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn tick(engine: &Engine, swept_at: &mut Option<UtcMillis>) -> Result<()> {
    engine.schedule_due().await?;
    if swept_at.is_none_or(|at| engine.now().since(at) >= HOUSEKEEPING) {
        let mut tx = engine.store().begin().await?;
        for job in [Job::Housekeeping, Job::IndexSearch, Job::RotateSecrets] {
            jobs::enqueue(&mut tx, &job, Priority::Low, engine.now()).await?;
        }
        tx.commit().await?;
        *swept_at = Some(engine.now());
    }
    Ok(())
}

impl Engine {
    /// Asks for everything that is due now. The worker does this by itself every other second; tests call it.
    ///
    /// # Errors
    /// As any statement.
    pub async fn schedule_due(&self) -> Result<()> {
        let now = self.now();
        for integration in integrations::list_integrations(self.store()).await? {
            if integration.has_credentials() && Due::of(&integration, now).any() {
                ask(self, integration.id).await?;
            }
        }
        set_aside::ask_due(self).await
    }
}

/// What is due for an integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Due {
    probe: bool,
    sync: bool,
    reconciliation: bool,
}

impl Due {
    /// Refused credentials pause everything but one probe a day (rule S2).
    fn of(integration: &Integration, now: UtcMillis) -> Self {
        let due = |at: Option<UtcMillis>| at.is_some_and(|at| at <= now);
        let works = integration.refused_since.is_none();
        let scheduled = works && integration.is_armed() && integration.settings.auto_sync;
        Self {
            probe: !works && due(integration.next_probe_at),
            sync: scheduled && due(integration.next_sync_at),
            reconciliation: scheduled && due(integration.next_reconciliation_at),
        }
    }

    const fn any(self) -> bool {
        self.probe || self.sync || self.reconciliation
    }
}

async fn ask(engine: &Engine, id: IntegrationId) -> Result<()> {
    let now = engine.now();
    let mut tx = engine.store().begin().await?;
    let Some(integration) = integrations::lock_integration(&mut tx, id).await? else {
        return Ok(());
    };
    let due = Due::of(&integration, now);
    if due.probe {
        integrations::update_next_probe(&mut tx, id, Some(now.plus(PROBE))).await?;
        let job = Job::ProbeConnection { integration: id };
        jobs::enqueue(&mut tx, &job, Priority::Normal, now).await?;
    }
    if due.sync || due.reconciliation {
        let (trigger, mode) = if due.reconciliation {
            (Trigger::Reconciliation, RunMode::Full)
        } else {
            (Trigger::Schedule, RunMode::Incremental)
        };
        let next = next_slot(now, interval(&integration), &integration.uuid);
        integrations::update_next_sync(&mut tx, id, Some(next)).await?;
        if due.reconciliation {
            let next = next_reconciliation(now, &integration.uuid);
            integrations::update_next_reconciliation(&mut tx, id, Some(next)).await?;
            let job = Job::RefreshReferenceData { integration: id };
            jobs::enqueue(&mut tx, &job, Priority::Normal, now).await?;
        }
        let wanted = Wanted::by(trigger, mode);
        request::ask_in(
            engine,
            &mut tx,
            &integration,
            &Actor::System,
            trigger,
            wanted,
        )
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Starts the schedule of an integration that was just connected or set up, from its settings.
pub(crate) async fn arm(engine: &Engine, tx: &mut Tx, integration: &Integration) -> Result<()> {
    let (now, uuid) = (engine.now(), &integration.uuid);
    let next = (integration.settings.auto_sync && integration.refused_since.is_none())
        .then(|| next_slot(now, interval(integration), uuid));
    integrations::update_next_sync(tx, integration.id, next).await?;
    let nightly = next_reconciliation(now, uuid);
    integrations::update_next_reconciliation(tx, integration.id, Some(nightly)).await?;
    Ok(())
}

/// The auto-sync interval in milliseconds.
pub(crate) fn interval(integration: &Integration) -> i64 {
    i64::from(integration.settings.interval_minutes.max(1)) * UtcMillis::MINUTE
}

/// The next instant after `now` of a grid of `interval`, shifted by a hash of the integration's id.
pub(crate) fn next_slot(now: UtcMillis, interval: i64, uuid: &PublicId) -> UtcMillis {
    let shift = spread(uuid, interval);
    let slot = (now.0 - shift).div_euclid(interval) + 1;
    UtcMillis(slot * interval + shift)
}

/// The next reconciliation: at night, between 01:00 and 04:00 UTC, spread, and at least twelve hours away.
pub(crate) fn next_reconciliation(now: UtcMillis, uuid: &PublicId) -> UtcMillis {
    let shift = UtcMillis::HOUR + spread(uuid, 3 * UtcMillis::HOUR);
    let earliest = now.0 + 12 * UtcMillis::HOUR;
    let day = (earliest - shift).div_euclid(UtcMillis::DAY) + 1;
    UtcMillis(day * UtcMillis::DAY + shift)
}

/// A number below `range` that depends on the id only (FNV-1a).
fn spread(uuid: &PublicId, range: i64) -> i64 {
    let hash = uuid
        .as_str()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    i64::try_from(hash >> 1)
        .unwrap_or(0)
        .rem_euclid(range.max(1))
}

/// One look whether refused credentials work again (rule S2).
pub(crate) async fn probe(engine: &Engine, id: IntegrationId) -> Result<Ended> {
    connect::probe(engine, id).await?;
    Ok(Ended::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_slots_are_spread_and_an_interval_apart() {
        let now = UtcMillis(1_800_000_000_000);
        let interval = 15 * UtcMillis::MINUTE;
        let mut shifts = std::collections::BTreeSet::new();
        for number in 0..50 {
            let uuid = PublicId::new(now.plus(number));
            let first = next_slot(now, interval, &uuid);
            assert!(first > now && first.since(now) <= interval);
            assert_eq!(next_slot(first, interval, &uuid).since(first), interval);
            shifts.insert(first);
        }
        assert!(shifts.len() > 40, "{} different instants", shifts.len());
    }

    #[test]
    fn reconciliations_are_at_night() {
        let now = UtcMillis(1_800_000_000_000);
        for number in 0..50 {
            let at = next_reconciliation(now, &PublicId::new(now.plus(number)));
            let hour = at.0.rem_euclid(UtcMillis::DAY) / UtcMillis::HOUR;
            assert!((1..4).contains(&hour), "{hour}");
            assert!((12 * UtcMillis::HOUR..=36 * UtcMillis::HOUR).contains(&at.since(now)));
        }
    }
}
