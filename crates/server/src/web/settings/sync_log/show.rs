//! `GET /settings/integrations/{provider}/runs/{run}` and its live stream.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use domain::provider::Provider;
use store::integrations::Integration;
use store::removal_questions::{QuestionFilter, list_questions};
use store::runs::{Run, find_run_by_uuid, list_stream_runs};
use store::set_aside::list_of_stream_run;

use super::show_page::{ProgressPart, ShowPage};
use super::to_view::{to_question, to_run, to_set_aside, tries_again};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::live::{self, Parts};
use crate::web::page::page;
use crate::web::settings::integrations::find::find;
use crate::web::view::{Section, Shell};

/// Most records set aside that a page shows.
const SET_ASIDE: usize = 100;
/// Most questions of a run: one for each stream.
const QUESTIONS: i64 = 10;

/// A run an address names, with its integration.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn find_run(
    app: &App,
    key: &str,
    run: &str,
) -> Result<(&'static Provider, Integration, Run), Failure> {
    let (provider, integration) = find(app.store(), key).await?;
    let uuid = run.parse().map_err(|_| Failure::not_found("Sync"))?;
    let run = find_run_by_uuid(app.store(), &uuid).await?;
    let run = run
        .filter(|run| run.integration_id == integration.id)
        .ok_or_else(|| Failure::not_found("Sync"))?;
    Ok((provider, integration, run))
}

/// The run.
///
/// # Errors
/// As [`find_run`].
pub async fn show(
    State(app): State<App>,
    staff: Staff,
    Path((key, uuid)): Path<(String, String)>,
) -> Answer {
    let (provider, integration, run) = find_run(&app, &key, &uuid).await?;
    let shell = staff.shell(Section::Settings);
    let streams = list_stream_runs(app.store(), run.id).await?;
    let mut set_aside = Vec::new();
    for stream in streams.iter().filter(|stream| stream.counts.set_aside > 0) {
        let limit = i64::try_from(SET_ASIDE + 1 - set_aside.len().min(SET_ASIDE)).unwrap_or(1);
        set_aside.extend(list_of_stream_run(app.store(), integration.id, stream.id, limit).await?);
    }
    let more_set_aside = set_aside.len() > SET_ASIDE;
    set_aside.truncate(SET_ASIDE);
    let of_run = QuestionFilter {
        run: Some(run.id),
        ..QuestionFilter::default()
    };
    let questions = list_questions(app.store(), integration.id, of_run, QUESTIONS).await?;
    page(&ShowPage {
        key: provider.key,
        name: provider.name,
        address: format!("/settings/integrations/{}/runs/{}", provider.key, run.uuid),
        live: !run.state.is_over(),
        run: to_run(&shell, provider, &run, &streams),
        set_aside: set_aside
            .into_iter()
            .map(|record| to_set_aside(&shell, (provider, &integration), record, run.uuid.as_str()))
            .collect(),
        more_set_aside,
        tried: tries_again(&integration),
        questions: questions
            .into_iter()
            .map(|question| to_question(&shell, provider.words, question))
            .collect(),
        shell,
    })
}

/// The run's counts as they grow.
///
/// # Errors
/// As [`find_run`].
pub async fn show_events(
    State(app): State<App>,
    staff: Staff,
    Path((key, uuid)): Path<(String, String)>,
) -> Answer {
    find_run(&app, &key, &uuid).await?;
    let looking = app.clone();
    Ok(live::stream(&app, move || {
        let (app, key, uuid) = (looking.clone(), key.clone(), uuid.clone());
        let shell = Shell {
            now: app.clock().now(),
            ..staff.shell(Section::Settings)
        };
        async move {
            let (provider, _, run) = find_run(&app, &key, &uuid).await?;
            let streams = list_stream_runs(app.store(), run.id).await?;
            let view = to_run(&shell, provider, &run, &streams);
            let elements = BTreeMap::from([(
                "run-progress".to_owned(),
                ProgressPart { run: &view }.render()?,
            )]);
            Ok(Parts {
                elements,
                done: run.state.is_over(),
            })
        }
    }))
}
