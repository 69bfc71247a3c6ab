//! Advice about an integration: the rows of its troubleshooting table that apply now (the rule is `domain::advice`).

use domain::advice::{self, Facts, WaitingCompanies};
use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::permission::RoleKind;
use domain::reference::ReferenceKind;
use domain::scope::Scope;
use domain::stream::RecordType;
use store::reference_items::{StoredReferenceItem, list_reference_items};
use store::{contact_import, findings, roles};

pub use domain::advice::{Advice, Issue};

use crate::engine::Engine;
use crate::error::Result;
use crate::import_companies::{CompanyCounts, counts};
use crate::setup::lost_statuses;
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
    // Looked for where the provider's table has a row for it.
    let boards = match Issue::WrongBoards.own(provider) {
        Some(_) => count_boards(engine, integration.id).await?,
        None => 0,
    };
    let companies = match Issue::MissingCompanies.own(provider) {
        Some(_) => counts(engine, integration.id, settings, None).await?,
        None => CompanyCounts::default(),
    };
    let lost = lost_statuses(settings, &statuses(engine, integration.id).await?);
    let waiting = overview
        .active_run
        .as_ref()
        .filter(|run| run.started_at.is_none());
    Ok(advice::advise(&Facts {
        provider,
        refused,
        worked_before: overview.last_sync_at.is_some(),
        waits_minutes: waiting.map(|run| engine.now().since(run.requested_at) / UtcMillis::MINUTE),
        auto_sync: settings.auto_sync,
        companies: WaitingCompanies {
            inactive: companies.inactive,
            other_type: companies.other_type,
            not_the_source: companies.not_the_source,
        },
        boards: (boards, settings.scope.queues.len()),
        missing_rights: &missing_rights,
        lost_statuses: &lost,
        syncs_tickets: settings.record_types.contains(&RecordType::Tickets),
        has_tickets: findings::has_tickets(store, integration.id).await?,
        ticket_read: findings::last_ticket_read(store, integration.id).await?,
        scoped: settings.scope != Scope::default(),
        syncs_users: settings.record_types.contains(&RecordType::Users),
        auto_import: settings.auto_import,
        has_role,
        last_import: last_import.as_ref(),
    }))
}

/// Statuses, and the queues or boards they may be of.
async fn statuses(engine: &Engine, id: IntegrationId) -> Result<Vec<StoredReferenceItem>> {
    let mut items = Vec::new();
    for kind in [ReferenceKind::TicketStatus, ReferenceKind::Queue] {
        items.extend(list_reference_items(engine.store(), id, Some(kind)).await?);
    }
    Ok(items)
}

/// The queues or boards that are in use there.
async fn count_boards(engine: &Engine, id: IntegrationId) -> Result<usize> {
    let kind = Some(ReferenceKind::Queue);
    let queues = list_reference_items(engine.store(), id, kind).await?;
    let in_use = queues
        .iter()
        .filter(|queue| queue.active && queue.removed_at.is_none());
    Ok(in_use.count())
}
