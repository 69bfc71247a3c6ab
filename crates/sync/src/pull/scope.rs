//! Judging stored tickets again after a change of settings (rule P13): what left the scope goes, what is in it again
//! returns, and what counts as closed is decided anew. In fenced parts, before the first page of tickets.

use store::integrations::{self, Integration};
use store::pages::{self, Absence};

use domain::record::Fields;
use domain::scope::{PROJECT_TYPE, TicketFacts};
use domain::stream::Stream;
use serde_json::Value;

use super::part::{Part, Stop};

/// Rows judged in one transaction.
const ROWS: i64 = 2_000;

/// Does it when the settings changed since it was last done.
pub(super) async fn reapply_if_due(part: &mut Part<'_>) -> Result<(), Stop> {
    if part.integration.applied_scope_revision >= part.integration.settings_revision {
        return Ok(());
    }
    let mut after = 0;
    while let Some(last) = reapply_after(part, after).await? {
        after = last;
    }
    let mut after = Some(0);
    while let Some(from) = after {
        let mut tx = part.fence().await?;
        let closed = &part.integration.settings.closed_statuses;
        let by_completion = completion_closes(&part.integration);
        let id = part.integration.id;
        after = pages::update_closed(&mut tx, id, closed, by_completion, from).await?;
        tx.commit().await?;
    }
    let mut tx = part.fence().await?;
    let revision = part.integration.settings_revision;
    integrations::update_applied_scope(&mut tx, part.integration.id, revision).await?;
    tx.commit().await?;
    part.integration.applied_scope_revision = revision;
    Ok(())
}

/// Whether a ticket that has an instant of completion is closed, whatever its status.
pub(super) fn completion_closes(integration: &Integration) -> bool {
    domain::provider::find(&integration.provider)
        .is_some_and(|provider| provider.capability.completion_closes)
}

/// Judges one batch of rows; the last row's id, or `None` at the end.
async fn reapply_after(part: &Part<'_>, after: i64) -> Result<Option<i64>, Stop> {
    let rows =
        pages::list_scope_columns(part.engine.store(), part.integration.id, after, ROWS).await?;
    let Some(last) = rows.last().map(|row| row.id) else {
        return Ok(None);
    };
    let scope = &part.integration.settings.scope;
    let (mut back, mut out) = (Vec::new(), Vec::new());
    for row in rows {
        // Only this rule looks into the vendor fields.
        let fields: Fields = if scope.exclude_project_types.is_empty() {
            Fields::new()
        } else {
            serde_json::from_str(&row.fields).unwrap_or_default()
        };
        let ticket = TicketFacts {
            queue: row.queue_id.as_deref(),
            category: row.category_id.as_deref(),
            status: row.status_id.as_deref(),
            kind: row.type_id.as_deref(),
            project_type: fields.get(PROJECT_TYPE).and_then(Value::as_str),
        };
        let kept = scope.check_ticket(ticket).is_ok();
        match row.absence {
            Absence::Present if !kept => out.push(row.id),
            Absence::OutOfScope if kept => back.push(row.id),
            _ => {}
        }
    }
    if !back.is_empty() || !out.is_empty() {
        let now = part.engine.now();
        let mut tx = part.fence().await?;
        pages::update_absent(&mut tx, Stream::Tickets, &out, Absence::OutOfScope, now).await?;
        pages::update_absent(&mut tx, Stream::Tickets, &back, Absence::Present, now).await?;
        tx.commit().await?;
    }
    Ok(Some(last))
}
