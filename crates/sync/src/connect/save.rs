//! Saving, changing and removing credentials.

use std::collections::BTreeMap;

use connectors::page::ConnectionReport;
use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::provider::Provider;
use domain::reference::ReferenceItem;
use domain::run::Trigger;
use domain::settings::IntegrationSettings;
use domain::setup::SetupStep;
use serde_json::json;
use store::audit::Actor;
use store::integrations::{self, Integration, MissingPermission, NewIntegration};
use store::{Tx, installation_settings, integration_data, reference_items, runs, secrets};

use super::form::{self, Credentials};
use super::outcome::{ActionOutcome, ConnectOutcome, Refusal, Start};
use super::{defaults, find_provider, is_installed, load, message, summary, try_out};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::request::{self, RunMode};
use crate::run_plan::Wanted;
use crate::{audit, health, pull, schedule};

/// Connects a provider, or reconnects one that was disconnected: tests, then saves everything in one commit. With
/// `Start::AfterWizard` that is credentials, reference data and the settings drawn from it; the rest is the wizard's.
///
/// # Errors
/// Of our own only; what the vendor or a rule refuses is an outcome.
pub async fn connect(
    engine: &Engine,
    actor: &Actor,
    provider: &str,
    form: &BTreeMap<String, String>,
    settings: Option<IntegrationSettings>,
    start: Start,
) -> Result<ConnectOutcome> {
    let provider = find_provider(provider)?;
    let all = integrations::list_integrations(engine.store()).await?;
    let existing = all
        .iter()
        .find(|integration| integration.provider == provider.key);
    if existing.is_some_and(Integration::has_credentials) {
        let refusal = message::plain(format!(
            "{} is connected already. Change its credentials under Configure.",
            provider.name
        ));
        return Ok(ConnectOutcome::Refused(refusal));
    }
    let credentials = match form::read(
        provider,
        form,
        &Credentials::new(),
        is_installed(engine, provider),
    ) {
        Ok(credentials) => credentials,
        Err(refusal) => return Ok(ConnectOutcome::Refused(refusal)),
    };
    // Somebody who reconnects has chosen already; also that nobody reads a note, or that companies come from elsewhere.
    // After *Delete data* another account may come.
    let is_new = existing.is_none_or(|existing| existing.connected_at.is_none());
    let chosen = match (settings, existing) {
        (Some(given), _) => given,
        (None, Some(existing)) if is_new => defaults::beside_the_account(&existing.settings),
        (None, Some(existing)) => existing.settings.clone(),
        (None, None) => IntegrationSettings::default(),
    };
    let learned = match learn(engine, provider, credentials, &chosen, existing).await? {
        Ok(learned) => learned,
        Err(refusal) => return Ok(ConnectOutcome::Refused(refusal)),
    };
    let settings = if is_new {
        let mut others = all
            .iter()
            .filter(|other| existing.is_none_or(|existing| existing.id != other.id));
        // One whose data were deleted brings no companies, and forgets that it did when it comes back.
        let is_source =
            !others.any(|other| other.connected_at.is_some() && other.settings.company_source);
        defaults::fill(chosen, &learned.items, is_source, &provider.setup)
    } else {
        chosen
    };

    let mut tx = engine.store().begin().await?;
    let integration = match existing {
        Some(existing) => {
            let current = integrations::lock_integration(&mut tx, existing.id)
                .await?
                .ok_or(Error::NoIntegration(existing.id))?;
            if current.has_credentials() {
                return Ok(ConnectOutcome::Refused(connected_meanwhile(provider)));
            }
            if current.settings_revision != existing.settings_revision {
                return Ok(ConnectOutcome::Refused(message::plain(format!(
                    "Somebody changed the settings of {} meanwhile. Please connect again.",
                    provider.name
                ))));
            }
            if current.settings != settings {
                integrations::update_settings(
                    &mut tx,
                    current.id,
                    current.settings_revision,
                    &settings,
                )
                .await?;
            }
            current
        }
        None => {
            let new = NewIntegration {
                provider: provider.key,
                name: provider.name,
                settings: &settings,
            };
            match integrations::insert_integration(&mut tx, &new).await {
                Ok(integration) => integration,
                Err(error) if error.is_conflict() => {
                    return Ok(ConnectOutcome::Refused(connected_meanwhile(provider)));
                }
                Err(error) => return Err(error.into()),
            }
        }
    };
    save(engine, &mut tx, &integration, &learned).await?;
    let step = match start {
        Start::Now => SetupStep::Complete,
        Start::AfterWizard => SetupStep::Sync,
    };
    integrations::update_setup_step(&mut tx, integration.id, step).await?;
    let connected = find(&mut tx, integration.id).await?;
    let action = if existing.is_some() {
        "integration.reconnect"
    } else {
        "integration.connect"
    };
    let after = json!({ "account": learned.report.account, "settings": settings });
    audit::of_integration(&mut tx, actor, action, &connected, None, Some(after)).await?;
    if connected.is_armed() {
        schedule::arm(engine, &mut tx, &connected).await?;
        let wanted = Wanted::by(Trigger::Connect, RunMode::Full);
        request::ask_in(engine, &mut tx, &connected, actor, Trigger::Connect, wanted).await?;
    }
    tx.commit().await?;
    Ok(ConnectOutcome::Connected {
        integration: connected.id,
        uuid: connected.uuid,
        summary: summary(learned.report),
    })
}

/// Changes the credentials of a connection: tests, then saves. An empty secret keeps the stored one.
///
/// # Errors
/// As [`connect`].
pub async fn update_credentials(
    engine: &Engine,
    actor: &Actor,
    id: IntegrationId,
    form: &BTreeMap<String, String>,
) -> Result<ConnectOutcome> {
    let existing = load(engine, id).await?;
    let provider = find_provider(&existing.provider)?;
    let stored = form::stored(engine, id).await?;
    let credentials = match form::read(provider, form, &stored, is_installed(engine, provider)) {
        Ok(credentials) => credentials,
        Err(refusal) => return Ok(ConnectOutcome::Refused(refusal)),
    };
    let learned = match learn(
        engine,
        provider,
        credentials,
        &existing.settings,
        Some(&existing),
    )
    .await?
    {
        Ok(learned) => learned,
        Err(refusal) => return Ok(ConnectOutcome::Refused(refusal)),
    };
    let mut tx = engine.store().begin().await?;
    let current = match still_there(&mut tx, id, provider, &stored, &learned).await? {
        Ok(current) => current,
        Err(refusal) => return Ok(ConnectOutcome::Refused(refusal)),
    };
    save(engine, &mut tx, &current, &learned).await?;
    let connected = find(&mut tx, id).await?;
    let after = json!({ "account": learned.report.account });
    audit::of_integration(
        &mut tx,
        actor,
        "integration.credentials",
        &connected,
        None,
        Some(after),
    )
    .await?;
    if connected.is_armed() {
        schedule::arm(engine, &mut tx, &connected).await?;
        let wanted = Wanted::by(Trigger::Connect, RunMode::Incremental);
        request::ask_in(engine, &mut tx, &connected, actor, Trigger::Connect, wanted).await?;
    }
    tx.commit().await?;
    Ok(ConnectOutcome::Connected {
        integration: id,
        uuid: connected.uuid,
        summary: summary(learned.report),
    })
}

/// Tests the stored credentials once more and reads anew what the connection step learns: who we are there, which
/// rights are missing, reference data. What was refused before goes on; no run is asked for.
///
/// # Errors
/// As [`connect`].
pub async fn read_again(
    engine: &Engine,
    actor: &Actor,
    id: IntegrationId,
) -> Result<ConnectOutcome> {
    let existing = load(engine, id).await?;
    let provider = find_provider(&existing.provider)?;
    let stored = form::stored(engine, id).await?;
    let settings = &existing.settings;
    let learned = match learn(engine, provider, stored.clone(), settings, Some(&existing)).await? {
        Ok(learned) => learned,
        Err(refusal) => return Ok(ConnectOutcome::Refused(refusal)),
    };
    let mut tx = engine.store().begin().await?;
    let current = match still_there(&mut tx, id, provider, &stored, &learned).await? {
        Ok(current) => current,
        Err(refusal) => return Ok(ConnectOutcome::Refused(refusal)),
    };
    health::answered(&mut tx, &current).await?;
    save(engine, &mut tx, &current, &learned).await?;
    let paused = current.refused_since.is_some() && current.settings.auto_sync;
    if paused && current.is_armed() {
        integrations::update_next_sync(&mut tx, id, Some(engine.now())).await?;
    }
    let action = "integration.reference_data";
    audit::of_integration(&mut tx, actor, action, &current, None, None).await?;
    tx.commit().await?;
    Ok(ConnectOutcome::Connected {
        integration: id,
        uuid: current.uuid,
        summary: summary(learned.report),
    })
}

/// The integration, locked, when what was learned may be saved over it: it is connected, and nobody saved other
/// credentials than those the test began with. A test takes up to half a minute; a newer secret is not put back.
async fn still_there(
    tx: &mut Tx,
    id: IntegrationId,
    provider: &Provider,
    before: &Credentials,
    learned: &Learned,
) -> Result<std::result::Result<Integration, Refusal>> {
    let current = integrations::lock_integration(tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    if !current.has_credentials() {
        return Ok(Err(message::plain(format!(
            "{} is not connected any more. Connect it again instead.",
            provider.name
        ))));
    }
    let now = form::stored_in(tx, id).await?;
    // The same click twice saves the same twice.
    if now != *before && now != learned.credentials {
        return Ok(Err(message::plain(format!(
            "Somebody else changed the credentials of {} meanwhile, and theirs were kept. Reload this page to see them, or \
             fill in all fields and save again.",
            provider.name
        ))));
    }
    Ok(Ok(current))
}

/// What the vendor told before anything is saved.
struct Learned {
    credentials: Credentials,
    account_key: String,
    report: ConnectionReport,
    items: Vec<ReferenceItem>,
    /// The vendor's clock, as far as its answers told.
    vendor_time: Option<UtcMillis>,
}

/// Tests the credentials, checks that they belong to the account whose records are here, and reads reference data.
async fn learn(
    engine: &Engine,
    provider: &'static Provider,
    credentials: Credentials,
    settings: &IntegrationSettings,
    existing: Option<&Integration>,
) -> Result<std::result::Result<Learned, Refusal>> {
    let (connection, report) = match try_out(engine, provider, credentials.clone(), settings).await
    {
        Ok(tried) => tried,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let account_key = match connection.connector.limits().await {
        Ok(limits) => limits.account_key,
        Err(error) => return Ok(Err(message::refusal(provider, &error))),
    };
    if let Some(existing) = existing {
        let known: Option<String> =
            installation_settings::find_setting(engine.store(), &account_setting(existing.id))
                .await?;
        if known.is_some_and(|known| is_another(&known, &account_key)) {
            return Ok(Err(message::plain(format!(
                "These credentials belong to {}, but the records here came from {}. Use credentials of the same account, or \
                 disconnect and delete the data first.",
                report.account, existing.account
            ))));
        }
    }
    Ok(match connection.connector.reference_data().await {
        Ok(items) => Ok(Learned {
            credentials,
            account_key,
            report,
            items,
            vendor_time: connection.requests.vendor_time(),
        }),
        Err(error) => Err(message::refusal(provider, &error)),
    })
}

/// Where the account is remembered whose records are here; it outlives a disconnect.
pub(super) fn account_setting(id: IntegrationId) -> String {
    format!("account_key:{id}")
}

/// Where the account is remembered whose companies are blocked, once its records were deleted.
pub(super) fn blocks_setting(id: IntegrationId) -> String {
    format!("account_key_of_blocks:{id}")
}

/// Blocks that outlived *Delete data* go on with the account they are of, and end with another: its ids name other
/// companies.
async fn take_up_blocks(tx: &mut Tx, id: IntegrationId, account_key: &str) -> Result<()> {
    let setting = blocks_setting(id);
    let of: Option<String> = installation_settings::find_setting_in(tx, &setting).await?;
    let Some(of) = of else {
        return Ok(());
    };
    if is_another(&of, account_key) {
        let ended = integration_data::forget_blocks(tx, id).await?;
        tracing::info!(ended, "blocks of the account before have ended");
    }
    installation_settings::remove_setting(tx, &setting).await?;
    Ok(())
}

/// Whether two account keys surely name different accounts. A key with a plus names a credential, because the vendor
/// did not tell the account; then nobody can know.
fn is_another(known: &str, now: &str) -> bool {
    known != now && !known.contains('+') && !now.contains('+')
}

/// Writes what was learned into an integration's rows.
async fn save(
    engine: &Engine,
    tx: &mut Tx,
    integration: &Integration,
    learned: &Learned,
) -> Result<()> {
    let id = integration.id;
    let owner = secrets::integration_owner(id);
    secrets::remove_secrets(tx, &owner).await?;
    for (name, secret) in &learned.credentials {
        secrets::put_secret(tx, &owner, name, secret).await?;
    }
    take_up_blocks(tx, id, &learned.account_key).await?;
    installation_settings::put_setting(tx, &account_setting(id), &learned.account_key).await?;
    reference_items::replace_reference_items(tx, id, &learned.items).await?;
    integrations::update_reference_data_at(tx, id, engine.now()).await?;
    let report = &learned.report;
    let missing: Vec<MissingPermission> = report
        .permissions
        .iter()
        .filter_map(|finding| {
            let right = finding.missing.clone()?;
            Some(MissingPermission {
                area: finding.area.clone(),
                right,
                required: finding.required,
            })
        })
        .collect();
    // By the vendor's clock, since it is compared with the vendor's stamps; one that is absurdly off is not believed.
    let now = engine.now();
    let near = |at: &UtcMillis| at.since(now).abs() < UtcMillis::DAY;
    let since = learned.vendor_time.filter(near).unwrap_or(now);
    let (account, web_url) = (&report.account, report.web_url.as_deref());
    integrations::update_connected(tx, id, account, web_url, &missing, since).await?;
    request::resume_notes(tx, id).await
}

/// An integration as this transaction sees it.
async fn find(tx: &mut Tx, id: IntegrationId) -> Result<Integration> {
    integrations::find_integration_in(tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))
}

/// What is said when a connection was made by somebody else, with other values than these.
#[must_use]
pub fn connected_meanwhile(provider: &Provider) -> Refusal {
    message::plain(format!(
        "Somebody else connected {} meanwhile, with other values. Nothing of theirs was changed; choosing Next again \
         replaces theirs.",
        provider.name
    ))
}

/// Removes the secrets. What else was typed to connect, such as the address, stays for when it is connected again. A run
/// that is on ends, the schedule stops; the data stays and is no longer kept up to date.
///
/// # Errors
/// As any statement.
pub async fn disconnect(
    engine: &Engine,
    actor: &Actor,
    id: IntegrationId,
) -> Result<ActionOutcome> {
    let mut tx = engine.store().begin().await?;
    let integration = integrations::lock_integration(&mut tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    if !integration.has_credentials() {
        return Ok(ActionOutcome::NotConnected);
    }
    pull::end_active_run(&mut tx, id).await?;
    runs::take_wake_ups(&mut tx, id).await?;
    forget_secrets(&mut tx, &integration).await?;
    integrations::update_disconnected(&mut tx, id).await?;
    let before = json!({ "account": integration.account });
    audit::of_integration(
        &mut tx,
        actor,
        "integration.disconnect",
        &integration,
        Some(before),
        None,
    )
    .await?;
    tx.commit().await?;
    Ok(ActionOutcome::Done)
}

/// Removes every stored value but those that a form shows again.
async fn forget_secrets(tx: &mut Tx, integration: &Integration) -> Result<()> {
    let owner = secrets::integration_owner(integration.id);
    let provider = domain::provider::find(&integration.provider);
    let form = provider.map_or(&[][..], |provider| provider.form);
    // By name alone: a value whose key is lost cannot be opened, and goes all the same.
    for name in secrets::list_names_in(tx, &owner).await? {
        let shown = form.iter().any(|field| field.key == name && !field.secret);
        if !shown {
            secrets::remove_secret(tx, &owner, &name).await?;
        }
    }
    Ok(())
}
