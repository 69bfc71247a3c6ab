//! Links the companies that several of the demo's PSAs know, as an administrator would with *Quick Match*.

use domain::id::IntegrationId;
use domain::imports::ImportKind;
use domain::provider::Provider;
use sync::Actor;
use sync::import_companies::{self, CompanyAction, CompanyChoice, ImportCompanies};
use sync::quick_match::{self, Match};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::cli::output;

/// Links what Quick Match proposes for every integration that never had companies imported: the first start's, once
/// their first syncs have ended. What it is not sure of waits for a person.
pub async fn link(
    app: App,
    connected: Vec<(&'static Provider, IntegrationId)>,
    stop: CancellationToken,
) {
    for (provider, integration) in connected {
        if stop.is_cancelled() {
            return;
        }
        match link_one(&app, integration).await {
            Ok(0) => {}
            Ok(linked) => output::say(&format!(
                "  {}: {linked} companies linked to those of the other tools.",
                provider.name
            )),
            Err(error) => tracing::warn!(cause = format!("{error:#}"), "companies were not linked"),
        }
    }
}

async fn link_one(app: &App, integration: IntegrationId) -> anyhow::Result<usize> {
    let engine = app.engine();
    let before = sync::imports::find_last_import(app.store(), integration, ImportKind::Companies);
    if before.await?.is_some() {
        return Ok(0);
    }
    let matches = quick_match::companies(engine, integration).await?;
    let rows: Vec<CompanyChoice> = matches
        .iter()
        .filter_map(|(external, found)| match found {
            Match::Link { target, .. } => Some(CompanyChoice {
                external,
                action: CompanyAction::Link {
                    company: target.uuid.clone(),
                },
            }),
            Match::Tie { .. } => None,
        })
        .collect();
    if rows.is_empty() {
        return Ok(0);
    }
    let wanted = ImportCompanies {
        integration,
        rows,
        everyone: None,
    };
    let done = import_companies::apply(engine, &Actor::CommandLine, &wanted).await?;
    Ok(done.map_or(0, |report| report.linked.len()))
}
