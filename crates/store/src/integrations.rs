//! Configured providers: what an administrator chose, and the facts a status is derived from (rule S2).

use domain::clock::UtcMillis;
use domain::id::{IntegrationId, PublicId};
use domain::settings::IntegrationSettings;
use domain::setup::SetupStep;
use domain::status::StatusFacts;
use serde::{Deserialize, Serialize};

use crate::decode::{flag, instant, json, known, optional, optional_public_id, plain, public_id};
use crate::error::{ErrorKind, Result, StoreError};
use crate::open::Store;
use crate::reference_reads;
use crate::tx::Tx;

/// A right the vendor did not grant, in the words of the vendor's own screens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingPermission {
    /// What is read or written: *Tickets*, *Contacts*.
    pub area: String,
    /// The right.
    pub right: String,
    /// Whether syncing needs it.
    pub required: bool,
}

row! {
    /// One configured provider.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Integration {
        /// Row id.
        pub id: IntegrationId = i64 => plain(IntegrationId),
        /// Id in addresses.
        pub uuid: PublicId = String => public_id,
        /// Key of the provider.
        pub provider: String,
        /// Name, unique among the integrations of its provider.
        pub name: String,
        /// What an administrator chose.
        pub settings: IntegrationSettings = String => json,
        /// Counts changes of the settings.
        pub settings_revision: i64,
        /// The settings' revision whose scope every stored record was last held against (rule P13).
        pub applied_scope_revision: i64,
        /// Counts *Clear & Resync* (rule P14); part of every content hash.
        pub generation: i64,
        /// Auto-sync, as in the settings.
        pub auto_sync: bool = i64 => flag,
        /// The account there, for a person to recognise.
        pub account: String,
        /// Address of the vendor's own user interface.
        pub web_url: Option<String>,
        /// Rights that were missing at the last test.
        pub missing_permissions: Vec<MissingPermission> = String => json,
        /// When it was set up.
        pub created_at: UtcMillis = i64 => instant,
        /// When credentials were last accepted and saved.
        pub connected_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// When credentials were removed; unset while connected.
        pub disconnected_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// The vendor refuses the credentials since then.
        pub refused_since: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// The vendor's words about it.
        pub refused_message: Option<String>,
        /// The vendor does not answer properly since then.
        pub outage_since: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// What it answers instead.
        pub outage_message: Option<String>,
        /// Failed attempts since the last success, for backoff.
        pub failures_in_row: i64,
        /// When a run last ended well.
        pub last_success_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// When auto-sync is due.
        pub next_sync_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// When refused credentials or an outage are looked at again.
        pub next_probe_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// When the next full run is due.
        pub next_reconciliation_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// When reference data was last read.
        pub reference_data_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// The furthest step of the setup wizard that was reached.
        pub setup_step: SetupStep = String => known(SetupStep::from_key),
        /// When the wizard was completed.
        pub setup_completed_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// The run that leaving the wizard's Sync step asked for last.
        pub setup_run: Option<PublicId> = Option<String> => optional_public_id,
    }
}

impl Integration {
    /// Whether credentials are stored.
    #[must_use]
    pub const fn has_credentials(&self) -> bool {
        self.connected_at.is_some() && self.disconnected_at.is_none()
    }

    /// Whether runs may be started: it is connected, and the wizard's Sync step was left.
    #[must_use]
    pub fn is_armed(&self) -> bool {
        self.has_credentials() && self.setup_step.is_armed()
    }

    /// The facts its status is derived from.
    #[must_use]
    pub const fn status_facts(&self, run_active: bool) -> StatusFacts {
        StatusFacts {
            has_credentials: self.has_credentials(),
            refused_since: self.refused_since,
            outage_since: self.outage_since,
            run_active,
        }
    }
}

/// A provider to configure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIntegration<'a> {
    /// Key of the provider.
    pub provider: &'a str,
    /// Name.
    pub name: &'a str,
    /// First settings.
    pub settings: &'a IntegrationSettings,
}

/// Keeps a new integration, not connected yet and at the first step of the wizard.
///
/// # Errors
/// `Conflict` on `integration_provider_name_key` when the provider has one of that name.
pub async fn insert_integration(tx: &mut Tx, new: &NewIntegration<'_>) -> Result<Integration> {
    let id = tx.next_id("integration").await?;
    let now = tx.store().now();
    let uuid = PublicId::new(now);
    let settings = serde_json::to_string(new.settings)?;
    execute!(
        tx,
        INSERT,
        id,
        uuid.as_str(),
        new.provider,
        new.name,
        &settings,
        i64::from(new.settings.auto_sync),
        now.0
    )?;
    tx.tell("integration", id);
    find_integration_in(tx, IntegrationId(id))
        .await?
        .ok_or_else(vanished)
}

fn vanished() -> StoreError {
    StoreError::new(
        ErrorKind::Unexpected,
        "an integration vanished while it was being written",
    )
}

/// One integration.
///
/// # Errors
/// As any statement.
pub async fn find_integration(store: &Store, id: IntegrationId) -> Result<Option<Integration>> {
    read_one!(store, FIND, id.0)
}

/// One integration as this transaction sees it.
///
/// # Errors
/// As any statement.
pub async fn find_integration_in(tx: &mut Tx, id: IntegrationId) -> Result<Option<Integration>> {
    tx_one!(tx, FIND, id.0)
}

/// One integration, held against others who lock it, until the transaction ends.
///
/// # Errors
/// As any statement.
pub async fn lock_integration(tx: &mut Tx, id: IntegrationId) -> Result<Option<Integration>> {
    execute!(tx, LOCK, id.0)?;
    find_integration_in(tx, id).await
}

/// One integration by its id in addresses.
///
/// # Errors
/// As any statement.
pub async fn find_integration_by_uuid(
    store: &Store,
    uuid: &PublicId,
) -> Result<Option<Integration>> {
    read_one!(store, FIND_BY_UUID, uuid.as_str())
}

/// All integrations, by provider and name.
///
/// # Errors
/// As any statement.
pub async fn list_integrations(store: &Store) -> Result<Vec<Integration>> {
    read_all!(store, LIST)
}

/// Saves settings if nobody else has changed them since `expected_revision`; answers whether they were saved.
///
/// # Errors
/// As any statement.
pub async fn update_settings(
    tx: &mut Tx,
    id: IntegrationId,
    expected_revision: i64,
    settings: &IntegrationSettings,
) -> Result<bool> {
    let text = serde_json::to_string(settings)?;
    let saved = execute!(
        tx,
        UPDATE_SETTINGS,
        id.0,
        expected_revision,
        &text,
        i64::from(settings.auto_sync)
    )? == 1;
    if saved {
        tx.tell("integration", id.0);
    }
    Ok(saved)
}

/// Gives an integration another name.
///
/// # Errors
/// `Conflict` when the provider has one of that name.
pub async fn update_name(tx: &mut Tx, id: IntegrationId, name: &str) -> Result<()> {
    execute!(tx, UPDATE_NAME, id.0, name)?;
    tx.tell("integration", id.0);
    Ok(())
}

/// Credentials were accepted and saved: who we are there, and which rights are missing. Clears refusal and outage. The
/// instant of the first connection, by the vendor's clock where it tells, stays, also through a disconnect: it is the floor of what is read when existing
/// records are not imported, and a later one would leave out what changed meanwhile.
///
/// # Errors
/// As any statement.
pub async fn update_connected(
    tx: &mut Tx,
    id: IntegrationId,
    account: &str,
    web_url: Option<&str>,
    missing: &[MissingPermission],
    since: UtcMillis,
) -> Result<()> {
    let missing = serde_json::to_string(missing)?;
    execute!(tx, CONNECTED, id.0, account, web_url, &missing, since.0)?;
    tx.tell("integration", id.0);
    Ok(())
}

/// Notes anew which rights are missing.
///
/// # Errors
/// As any statement.
pub async fn update_missing_permissions(
    tx: &mut Tx,
    id: IntegrationId,
    missing: &[MissingPermission],
) -> Result<()> {
    let missing = serde_json::to_string(missing)?;
    execute!(tx, MISSING, id.0, &missing)?;
    Ok(())
}

/// Credentials were removed: nothing is scheduled any more, data stays. Connecting again begins the wizard anew.
///
/// # Errors
/// As any statement.
pub async fn update_disconnected(tx: &mut Tx, id: IntegrationId) -> Result<()> {
    let now = tx.store().now();
    execute!(tx, DISCONNECTED, id.0, now.0)?;
    tx.tell("integration", id.0);
    Ok(())
}

/// The vendor refused the credentials: the schedule stops, and a probe is due. Answers whether this is news.
///
/// # Errors
/// As any statement.
pub async fn update_refused(
    tx: &mut Tx,
    id: IntegrationId,
    message: &str,
    next_probe_at: UtcMillis,
) -> Result<bool> {
    let was = find_integration_in(tx, id)
        .await?
        .and_then(|integration| integration.refused_since);
    let now = tx.store().now();
    execute!(tx, REFUSED, id.0, message, next_probe_at.0, now.0)?;
    tx.tell("integration", id.0);
    Ok(was.is_none())
}

/// The vendor did not answer properly. Answers how often in a row that was.
///
/// # Errors
/// As any statement.
pub async fn update_outage(tx: &mut Tx, id: IntegrationId, message: &str) -> Result<i64> {
    let now = tx.store().now();
    let failures: Option<(i64,)> = tx_one!(tx, OUTAGE, id.0, message, now.0)?;
    tx.tell("integration", id.0);
    Ok(failures.map_or(0, |row| row.0))
}

/// The vendor answered properly: refusal and outage are over. `run_ended` when a whole run ended well.
///
/// # Errors
/// As any statement.
pub async fn update_success(tx: &mut Tx, id: IntegrationId, run_ended: bool) -> Result<()> {
    let now = tx.store().now();
    execute!(tx, SUCCESS, id.0, i64::from(run_ended), now.0)?;
    tx.tell("integration", id.0);
    Ok(())
}

/// When auto-sync is due next.
///
/// # Errors
/// As any statement.
pub async fn update_next_sync(tx: &mut Tx, id: IntegrationId, at: Option<UtcMillis>) -> Result<()> {
    execute!(tx, NEXT_SYNC, id.0, at.map(|at| at.0)).map(drop)
}

/// When the connection is probed next.
///
/// # Errors
/// As any statement.
pub async fn update_next_probe(
    tx: &mut Tx,
    id: IntegrationId,
    at: Option<UtcMillis>,
) -> Result<()> {
    execute!(tx, NEXT_PROBE, id.0, at.map(|at| at.0)).map(drop)
}

/// When the next full run is due.
///
/// # Errors
/// As any statement.
pub async fn update_next_reconciliation(
    tx: &mut Tx,
    id: IntegrationId,
    at: Option<UtcMillis>,
) -> Result<()> {
    execute!(tx, NEXT_RECONCILIATION, id.0, at.map(|at| at.0)).map(drop)
}

/// Reference data was read at this instant.
///
/// # Errors
/// As any statement.
pub async fn update_reference_data_at(tx: &mut Tx, id: IntegrationId, at: UtcMillis) -> Result<()> {
    execute!(tx, REFERENCE_DATA, id.0, at.0)?;
    reference_reads::remove_reference_read(tx, id).await?;
    tx.tell("integration", id.0);
    Ok(())
}

/// The step of the setup wizard that was reached; `Complete` also notes when.
///
/// # Errors
/// As any statement.
pub async fn update_setup_step(tx: &mut Tx, id: IntegrationId, step: SetupStep) -> Result<()> {
    let completed = (step == SetupStep::Complete).then(|| tx.store().now().0);
    execute!(tx, SETUP_STEP, id.0, step.key(), completed)?;
    tx.tell("integration", id.0);
    Ok(())
}

/// The run that leaving the wizard's Sync step asked for.
///
/// # Errors
/// As any statement.
pub async fn update_setup_run(tx: &mut Tx, id: IntegrationId, run: &PublicId) -> Result<()> {
    execute!(tx, SETUP_RUN, id.0, run.as_str()).map(drop)
}

/// Every stored record was held against the scope of this settings revision.
///
/// # Errors
/// As any statement.
pub async fn update_applied_scope(tx: &mut Tx, id: IntegrationId, revision: i64) -> Result<()> {
    execute!(tx, APPLIED_SCOPE, id.0, revision).map(drop)
}

/// Sets the generation: every stored hash differs from then on (rule P14).
///
/// # Errors
/// As any statement.
pub async fn set_generation(tx: &mut Tx, id: IntegrationId, generation: i64) -> Result<()> {
    execute!(tx, GENERATION, id.0, generation).map(drop)
}

statements! {
    INSERT = "INSERT INTO integration (id, uuid, provider, name, settings, auto_sync, created_at, setup_step) VALUES ($1, $2, $3, $4, $5, $6, $7, 'connect')";
    FIND = "SELECT * FROM integration WHERE id = $1";
    FIND_BY_UUID = "SELECT * FROM integration WHERE uuid = $1";
    LIST = "SELECT * FROM integration ORDER BY provider, name";
    LOCK = "UPDATE integration SET name = name WHERE id = $1";
    UPDATE_SETTINGS = "UPDATE integration SET settings = $3, auto_sync = $4, settings_revision = settings_revision + 1
        WHERE id = $1 AND settings_revision = $2";
    UPDATE_NAME = "UPDATE integration SET name = $2 WHERE id = $1";
    CONNECTED = "UPDATE integration SET account = $2, web_url = $3, missing_permissions = $4, connected_at = COALESCE(connected_at, $5), disconnected_at = NULL,
        refused_since = NULL, refused_message = NULL, outage_since = NULL, outage_message = NULL, failures_in_row = 0, next_probe_at = NULL
        WHERE id = $1";
    MISSING = "UPDATE integration SET missing_permissions = $2 WHERE id = $1";
    DISCONNECTED = "UPDATE integration SET disconnected_at = $2, refused_since = NULL, refused_message = NULL, outage_since = NULL,
        outage_message = NULL, failures_in_row = 0, next_sync_at = NULL, next_probe_at = NULL, next_reconciliation_at = NULL,
        missing_permissions = '[]', setup_step = 'connect', setup_completed_at = NULL, setup_run = NULL WHERE id = $1";
    REFUSED = "UPDATE integration SET refused_since = COALESCE(refused_since, $4), refused_message = $2, outage_since = NULL,
        outage_message = NULL, next_sync_at = NULL, next_probe_at = $3, failures_in_row = failures_in_row + 1 WHERE id = $1";
    OUTAGE = "UPDATE integration SET outage_since = COALESCE(outage_since, $3), outage_message = $2, failures_in_row = failures_in_row + 1
        WHERE id = $1 RETURNING failures_in_row";
    SUCCESS = "UPDATE integration SET refused_since = NULL, refused_message = NULL, outage_since = NULL, outage_message = NULL,
        failures_in_row = 0, next_probe_at = NULL, last_success_at = CASE WHEN $2 = CAST(1 AS BIGINT) THEN $3 ELSE last_success_at END WHERE id = $1";
    NEXT_SYNC = "UPDATE integration SET next_sync_at = $2 WHERE id = $1";
    NEXT_PROBE = "UPDATE integration SET next_probe_at = $2 WHERE id = $1";
    NEXT_RECONCILIATION = "UPDATE integration SET next_reconciliation_at = $2 WHERE id = $1";
    REFERENCE_DATA = "UPDATE integration SET reference_data_at = $2 WHERE id = $1";
    APPLIED_SCOPE = "UPDATE integration SET applied_scope_revision = $2 WHERE id = $1";
    SETUP_STEP = "UPDATE integration SET setup_step = $2, setup_completed_at = COALESCE($3, setup_completed_at) WHERE id = $1";
    SETUP_RUN = "UPDATE integration SET setup_run = $2 WHERE id = $1";
    GENERATION = "UPDATE integration SET generation = $2 WHERE id = $1";
}
