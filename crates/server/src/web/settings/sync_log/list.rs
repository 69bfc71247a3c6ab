//! `GET /settings/integrations/{provider}/runs` and its live stream.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use domain::id::RunId;
use domain::provider::Provider;
use store::integrations::Integration;
use store::removal_questions::{QuestionFilter, list_questions};
use store::runs::{list_runs, list_stream_runs};

use super::list_page::{ListPage, Row, RowPart};
use super::to_view::to_row;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::live::{self, Parts};
use crate::web::page::page;
use crate::web::settings::integrations::find::{find, find_or_connect};
use crate::web::view::{Query, Section, Shell};

/// Runs of a page.
const RUNS: i64 = 30;
/// Newest mass-removal questions that are shown with the runs that asked them.
const QUESTIONS: i64 = 200;
/// Runs that are kept up to date while the page is open.
const LIVE: i64 = 5;

/// The runs, newest first.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn list(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    query: Query,
) -> Answer {
    let (provider, integration) = match find_or_connect(app.store(), &staff, &key).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    let before = query.text("before").parse().ok().map(RunId);
    let shell = staff.shell(Section::Settings);
    let (rows, last) = rows(&app, &shell, provider, &integration, before, RUNS).await?;
    let base = format!("/settings/integrations/{}/runs", provider.key);
    page(&ListPage {
        key: provider.key,
        name: provider.name,
        can_sync: integration.has_credentials() && shell.rights.write_integrations,
        older: last
            .filter(|_| rows.len() == usize::try_from(RUNS).unwrap_or(usize::MAX))
            .map(|id| format!("{base}?before={id}")),
        newest: before.map(|_| base),
        rows,
        shell,
    })
}

async fn rows(
    app: &App,
    shell: &Shell,
    provider: &Provider,
    integration: &Integration,
    before: Option<RunId>,
    limit: i64,
) -> Result<(Vec<Row>, Option<RunId>), Failure> {
    let runs = list_runs(app.store(), integration.id, before, limit).await?;
    let mut rows = Vec::with_capacity(runs.len());
    let questions = list_questions(
        app.store(),
        integration.id,
        QuestionFilter::default(),
        QUESTIONS,
    )
    .await?;
    for run in &runs {
        let streams = list_stream_runs(app.store(), run.id).await?;
        rows.push(to_row(shell, provider.words, run, &streams, &questions));
    }
    Ok((rows, runs.last().map(|run| run.id)))
}

/// The newest rows as they change.
///
/// # Errors
/// As [`list`].
pub async fn list_events(State(app): State<App>, staff: Staff, Path(key): Path<String>) -> Answer {
    let (provider, integration) = find(app.store(), &key).await?;
    let looking = app.clone();
    Ok(live::stream(&app, move || {
        let (app, integration) = (looking.clone(), integration.clone());
        let shell = Shell {
            now: app.clock().now(),
            ..staff.shell(Section::Settings)
        };
        async move {
            let (rows, _) = rows(&app, &shell, provider, &integration, None, LIVE).await?;
            let mut elements = BTreeMap::new();
            for row in &rows {
                elements.insert(
                    format!("run-{}", row.uuid),
                    RowPart {
                        key: provider.key,
                        row,
                    }
                    .render()?,
                );
            }
            Ok(Parts {
                elements,
                done: false,
            })
        }
    }))
}
