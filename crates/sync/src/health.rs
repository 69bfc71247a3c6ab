//! Facts about the health of a connection (rule S2): refused credentials, outages, and their end. The status is
//! derived from them in `domain::status`; here they are only written down.

use connectors::page::PermissionFinding;
use domain::account::Notification;
use domain::permission::{Area, Permission};
use serde_json::json;
use store::Tx;
use store::audit::Actor;
use store::identities::{self, MembershipStatus};
use store::integrations::{self, Integration, MissingPermission};

use crate::engine::Engine;
use crate::error::Result;
use crate::mail::{self, Receiver};
use crate::{audit, backoff, request, schedule};

/// The vendor answered: whatever was wrong is over. Costs nothing while nothing was.
pub(crate) async fn answered(tx: &mut Tx, integration: &Integration) -> Result<()> {
    let troubled = integration.refused_since.is_some()
        || integration.outage_since.is_some()
        || integration.failures_in_row > 0;
    if !troubled {
        return Ok(());
    }
    integrations::update_success(tx, integration.id, false).await?;
    request::resume_notes(tx, integration.id).await?;
    if integration.refused_since.is_some() {
        audit::of_integration(
            tx,
            &Actor::System,
            "integration.credentials_accepted",
            integration,
            None,
            None,
        )
        .await?;
    }
    Ok(())
}

/// The vendor refused the credentials: the schedule pauses, administrators are told, one probe a day.
pub(crate) async fn refused(
    tx: &mut Tx,
    engine: &Engine,
    integration: &Integration,
    words: &str,
) -> Result<()> {
    let probe = engine.now().plus(schedule::PROBE);
    let news = integrations::update_refused(tx, integration.id, words, probe).await?;
    if news {
        tracing::error!(integration = %integration.uuid, provider = integration.provider, words, "the vendor refuses the credentials; auto-sync is paused");
        let after =
            json!({ "message": words, "auto_sync": "paused until the credentials work again" });
        audit::of_integration(
            tx,
            &Actor::System,
            "integration.credentials_refused",
            integration,
            None,
            Some(after),
        )
        .await?;
        tell_administrators(tx, engine, integration, words).await?;
    }
    Ok(())
}

/// Writes to everybody who may enter new credentials and has not switched these messages off.
async fn tell_administrators(
    tx: &mut Tx,
    engine: &Engine,
    integration: &Integration,
    words: &str,
) -> Result<()> {
    let name = &integration.name;
    let what = format!(
        "{name} refuses the credentials that Portico signs in with, so auto-sync is paused. What was synced before stays as it \
         is. Enter new credentials to go on; Portico also tries the present ones once a day. {name} says: {words}"
    );
    let page = format!("/settings/integrations/{}", integration.provider);
    for staff in identities::list_staff_in(tx).await? {
        let may = staff.grants.allow(Permission::manage(Area::Integrations));
        if staff.status != MembershipStatus::Active || !may {
            continue;
        }
        let person = identities::find_identity_in(tx, staff.identity_id).await?;
        if !person.is_some_and(|one| one.notifications.is_on(Notification::IntegrationTrouble)) {
            continue;
        }
        let to = Receiver {
            identity: staff.identity_id,
            name: &staff.name,
            email: &staff.email,
        };
        mail::queue_integration_paused(tx, to, &what, &page, engine.now()).await?;
    }
    Ok(())
}

/// The vendor did not answer properly. Answers how often in a row that was; the next scheduled run waits accordingly.
pub(crate) async fn outage(
    tx: &mut Tx,
    engine: &Engine,
    integration: &Integration,
    words: &str,
) -> Result<i64> {
    let failures = integrations::update_outage(tx, integration.id, words).await?;
    if integration.settings.auto_sync && integration.is_armed() {
        let next = engine.now().plus(backoff::outage(failures));
        integrations::update_next_sync(tx, integration.id, Some(next)).await?;
    }
    Ok(failures)
}

/// Whether a right is there turned out.
pub(crate) async fn told(
    tx: &mut Tx,
    integration: &Integration,
    finding: &PermissionFinding,
) -> Result<()> {
    let area = &finding.area;
    match &finding.missing {
        Some(right) => lacks(tx, integration, area, right, finding.required).await,
        None => has_right(tx, integration, area).await,
    }
}

/// A right turned out to be missing for one area; `required` when records are missing without it.
pub(crate) async fn lacks(
    tx: &mut Tx,
    integration: &Integration,
    area: &str,
    right: &str,
    required: bool,
) -> Result<()> {
    let current = integrations::find_integration_in(tx, integration.id).await?;
    let mut missing = current
        .map(|current| current.missing_permissions)
        .unwrap_or_default();
    if missing.iter().any(|known| known.area == area) {
        return Ok(());
    }
    missing.push(MissingPermission {
        area: area.to_owned(),
        right: right.to_owned(),
        required,
    });
    Ok(integrations::update_missing_permissions(tx, integration.id, &missing).await?)
}

/// An area could be read: a right that was noted as missing for it is there.
pub(crate) async fn has_right(tx: &mut Tx, integration: &Integration, area: &str) -> Result<()> {
    let lacked = |missing: &MissingPermission| missing.area == area;
    if !integration.missing_permissions.iter().any(lacked) {
        return Ok(());
    }
    let current = integrations::find_integration_in(tx, integration.id).await?;
    let mut missing = current
        .map(|current| current.missing_permissions)
        .unwrap_or_default();
    missing.retain(|missing| !lacked(missing));
    Ok(integrations::update_missing_permissions(tx, integration.id, &missing).await?)
}
