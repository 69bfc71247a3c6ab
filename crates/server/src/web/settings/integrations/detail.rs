//! `GET /settings/integrations/{provider}` and its live stream.

use askama::Template;
use axum::extract::{Path, State};
use domain::imports::ImportKind;
use domain::provider::Provider;
use domain::setup::SetupStep;
use store::integrations::Integration;
use store::removal_questions::{QuestionFilter, QuestionState, list_questions};
use sync::advice::{Advice, Issue};

use super::detail_page::{
    AdviceRow, AnsweredQuestion, DetailPage, ImportRow, Overview, SetAsidePart, StatusPart,
};
use super::find::{find, find_or_connect};
use super::set_aside::set_aside;
use super::stream_rows::streams;
use super::to_card::{card, page_address, question_address, question_label, state};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::live::{self, Parts};
use crate::web::page::page;
use crate::web::settings::import_companies::may_import;
use crate::web::settings::imports::contacts::may_see;
use crate::web::settings::imports::last;
use crate::web::settings::setup_wizard::connect_page::MissingRight;
use crate::web::settings::setup_wizard::frame::{Place, address as setup_address};
use crate::web::settings::setup_wizard::gone::{gone, tells_of_statuses};
use crate::web::settings::setup_wizard::summary::summary;
use crate::web::settings::setup_wizard::wizard::Offer;
use crate::web::settings::sync_log::to_view::answer_words;
use crate::web::view::{Badge, Link, Section, Shell};

/// Answered mass-removal questions that stay shown.
const ANSWERED: i64 = 10;

/// The integration.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn show(State(app): State<App>, staff: Staff, Path(key): Path<String>) -> Answer {
    let (provider, integration) = match find_or_connect(app.store(), &staff, &key).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    let shell = staff.shell(Section::Settings);
    let (known, overview) = overview(&app, &shell, provider, &integration).await?;
    let offer = Offer::load(&app, &integration).await?;
    let gone = if integration.has_credentials() {
        gone(provider, &integration.settings, &offer, None)
    } else {
        Vec::new()
    };
    let mut advice = sync::advice::of(app.engine(), &known).await?;
    // Told at the top of the page.
    advice.retain(|one| one.issue != Issue::LostStatuses || !tells_of_statuses(&gone));
    page(&DetailPage {
        imports: imports(&app, &staff, &shell, (provider, &integration)).await?,
        card: card(&app, &shell, provider, Some(&known)).await?,
        connected: integration.has_credentials(),
        set_aside: set_aside(&app, &shell, provider, &known).await?,
        overview,
        set: summary(provider, &integration, &offer),
        gone,
        advice: advice
            .into_iter()
            .map(|one| advice_row(&shell, provider, one))
            .collect(),
        troubleshooting: provider.documentation.troubleshooting,
        shell,
    })
}

/// A row that applies, with where it is mended. Rights that are missing are listed in the overview, with what to do.
fn advice_row(shell: &Shell, provider: &'static Provider, one: Advice) -> AdviceRow {
    let row = AdviceRow {
        issue: one.issue.label(provider),
        found: one.found,
        check: one.check,
        wrong: one.wrong,
        mend: one
            .issue
            .step()
            .filter(|_| shell.rights.manage_integrations)
            .map(|step| {
                Link::new(
                    setup_address(provider, step),
                    format!("Open the step {}", step.label()),
                )
            }),
    };
    match one.issue {
        Issue::MissingRight => AdviceRow {
            found: "The API user lacks rights; they are listed at the top of this page.".to_owned(),
            check: "",
            mend: Some(Link::new("#missing-rights", "See which")),
            ..row
        },
        _ => row,
    }
}

/// The newest imports. Those of the setup only somebody who may open it can look at.
async fn imports(
    app: &App,
    staff: &Staff,
    shell: &Shell,
    (provider, integration): (&'static Provider, &Integration),
) -> Result<Vec<ImportRow>, Failure> {
    let mut rows = Vec::new();
    let setup = Place::of(integration);
    let imports = shell.rights.manage_integrations && setup.opens(SetupStep::Import);
    for (label, kind, may) in [
        (
            "Users",
            ImportKind::Users,
            imports && shell.rights.manage_users,
        ),
        (
            "Companies",
            ImportKind::Companies,
            imports && may_import(staff),
        ),
        (
            "Contacts, by Auto-Import",
            ImportKind::Contacts,
            may_see(staff, shell),
        ),
    ] {
        if !may {
            continue;
        }
        let of = (provider, integration.id);
        if let Some(last) = last(app, shell, of, kind, false).await? {
            rows.push(ImportRow { label, last });
        }
    }
    Ok(rows)
}

/// The overview as it changes.
///
/// # Errors
/// As [`show`].
pub async fn show_events(State(app): State<App>, staff: Staff, Path(key): Path<String>) -> Answer {
    find(app.store(), &key).await?;
    let looking = app.clone();
    Ok(live::stream(&app, move || {
        let (app, key) = (looking.clone(), key.clone());
        let shell = Shell {
            now: app.clock().now(),
            ..staff.shell(Section::Settings)
        };
        async move {
            let (provider, integration) = find(app.store(), &key).await?;
            let (known, overview) = overview(&app, &shell, provider, &integration).await?;
            let status = StatusPart {
                status: Badge::status(known.status.status),
            };
            let aside = set_aside(&app, &shell, provider, &known).await?;
            let aside = SetAsidePart {
                shell: &shell,
                set_aside: &aside,
            };
            let elements = [
                ("overview-facts", overview.render()?),
                ("integration-status", status.render()?),
                ("set-aside", aside.render()?),
            ];
            Ok(Parts {
                elements: elements.map(|(id, html)| (id.to_owned(), html)).into(),
                done: false,
            })
        }
    }))
}

async fn overview(
    app: &App,
    shell: &Shell,
    provider: &'static Provider,
    integration: &Integration,
) -> Result<(sync::status::Overview, Overview), Failure> {
    let known = sync::status::overview(app.engine(), integration.id).await?;
    let known = known.ok_or_else(|| Failure::not_found("Integration"))?;
    let mut questions = Vec::new();
    for question in &known.questions {
        questions.push(Link::new(
            question_address(app, provider, question).await?,
            question_label(provider.words, question),
        ));
    }
    let history = list_questions(
        app.store(),
        integration.id,
        QuestionFilter::default(),
        ANSWERED,
    )
    .await?;
    let mut answered = Vec::new();
    for question in history.iter().filter(|q| q.state != QuestionState::Open) {
        answered.push(AnsweredQuestion {
            link: Link::new(
                question_address(app, provider, question).await?,
                question_label(provider.words, question),
            ),
            asked: shell.time(question.asked_at),
            answer: answer_words(shell, question),
        });
    }
    let mut overview_state = state(app, shell, provider, &known).await?;
    if !questions.is_empty() && known.trouble.is_none() {
        overview_state.problem = None;
    }
    // What the card sends people here for is told here in full.
    overview_state.problem = overview_state.problem.filter(|problem| {
        let here = page_address(provider);
        problem.link.as_ref().is_none_or(|link| link.href != here)
    });
    let missing = known.missing_rights.iter();
    let missing = missing.cloned().map(MissingRight::from);
    let overview = Overview {
        missing: missing.collect(),
        grant: Issue::MissingRight.solution(provider),
        questions,
        answered,
        reconciliation: shell.maybe_time(known.last_reconciliation_at),
        reference_data: shell.maybe_time(integration.reference_data_at),
        streams: streams(app, shell, provider, integration).await?,
        state: overview_state,
    };
    Ok((known, overview))
}
