//! Advice about an integration: the rows of its troubleshooting table that apply now (the rule is `domain::advice`).

use domain::advice::{self, Facts};
use domain::permission::RoleKind;
use domain::stream::RecordType;
use store::{contact_import, findings, roles};

pub use domain::advice::{Advice, Issue};

use crate::engine::Engine;
use crate::error::Result;
use crate::status::Overview;

/// The rows that apply, the most urgent first; none for a provider this version does not know and before the Sync step
/// was left, when nothing can have come yet.
///
/// # Errors
/// As any statement.
pub async fn of(engine: &Engine, overview: &Overview) -> Result<Vec<Advice>> {
    let (store, integration) = (engine.store(), &overview.integration);
    let Some(provider) = overview.provider.filter(|_| integration.is_armed()) else {
        return Ok(Vec::new());
    };
    let settings = &integration.settings;
    let role = settings.default_contact_role.as_deref();
    let has_role = match role.and_then(|id| id.parse().ok()) {
        Some(uuid) => roles::find_role_by_uuid(store, &uuid)
            .await?
            .is_some_and(|role| role.kind == RoleKind::Company),
        None => false,
    };
    let missing_rights: Vec<(String, String)> = overview
        .missing_rights
        .iter()
        .map(|missing| (missing.area.clone(), missing.right.clone()))
        .collect();
    let last_import = contact_import::find_report(store, integration.id).await?;
    let refused = integration
        .refused_since
        .and(integration.refused_message.as_deref());
    Ok(advice::advise(&Facts {
        provider,
        refused,
        missing_rights: &missing_rights,
        syncs_tickets: settings.record_types.contains(&RecordType::Tickets),
        has_tickets: findings::has_tickets(store, integration.id).await?,
        ticket_read: findings::last_ticket_read(store, integration.id).await?,
        syncs_users: settings.record_types.contains(&RecordType::Users),
        auto_import: settings.auto_import,
        has_role,
        last_import: last_import.as_ref(),
    }))
}
