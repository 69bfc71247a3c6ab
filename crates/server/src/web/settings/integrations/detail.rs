//! `GET /settings/integrations/{provider}`, its live stream, and `POST` for its settings.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::provider::Provider;
use domain::reference::{ReferenceItem, ReferenceKind};
use domain::settings::IntegrationSettings;
use domain::stage::Stage;
use store::integrations::Integration;
use store::reference_items;
use store::removal_questions::{QuestionState, list_questions};
use sync::connect::SettingsOutcome;
use sync::settings::update_settings;

use super::connect_page::MissingRight;
use super::detail_page::{
    AnsweredQuestion, Conflict, DetailPage, Overview, StageChoice, StatusPart,
};
use super::find::{address, find, find_or_connect};
use super::options::{self, Options};
use super::settings_form::{Known, Problems, read};
use super::settings_merge::{Labels, merge};
use super::stream_rows::streams;
use super::to_card::{card, question_address, question_label, state};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::live::{self, Parts};
use crate::web::page::{page_with, see_other};
use crate::web::settings::sync_log::to_view::answer_words;
use crate::web::view::{Badge, Choice, Link, Section, Shell};

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
    let form = SettingsForm::of(&integration);
    render(&app, &staff, (provider, &integration), StatusCode::OK, form).await
}

/// Saves settings. When somebody else saved meanwhile, the answer is the form with both edits put together and what
/// the other changed.
///
/// # Errors
/// As [`show`].
pub async fn update(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let (provider, integration) = find(app.store(), &key).await?;
    let base = serde_json::from_str(fields.find("base").unwrap_or_default())
        .unwrap_or_else(|_| integration.settings.clone());
    let revision: i64 = fields.text("revision").parse().unwrap_or(0);
    let known = Known {
        items: &items(&app, &integration).await?,
        stored: &integration.settings,
    };
    let offered = options::offered(provider);
    let (mine, problems) = read(&fields, base.clone(), offered, &known);
    if !problems.is_empty() {
        let form = SettingsForm {
            settings: mine,
            base,
            revision,
            problems,
            conflicts: Vec::new(),
        };
        return render(
            &app,
            &staff,
            (provider, &integration),
            StatusCode::UNPROCESSABLE_ENTITY,
            form,
        )
        .await;
    }
    match update_settings(
        app.engine(),
        &staff.actor(),
        integration.id,
        revision,
        mine.clone(),
    )
    .await?
    {
        SettingsOutcome::Saved { resync: false, .. } => see_other(&address(provider, "saved")),
        SettingsOutcome::Saved { resync: true, .. } => {
            see_other(&address(provider, "saved_resync"))
        }
        SettingsOutcome::Unchanged | SettingsOutcome::Refused(_) => {
            see_other(&address(provider, "unchanged"))
        }
        SettingsOutcome::Conflict => {
            let (_, theirs) = find(app.store(), &key).await?;
            let items = items(&app, &theirs).await?;
            let (merged, conflicts) = merge(&base, &theirs.settings, &mine, &Labels::of(&items));
            let form = SettingsForm {
                settings: merged,
                conflicts,
                ..SettingsForm::of(&theirs)
            };
            render(
                &app,
                &staff,
                (provider, &theirs),
                StatusCode::CONFLICT,
                form,
            )
            .await
        }
    }
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
            let elements = [
                ("overview-facts", overview.render()?),
                ("integration-status", status.render()?),
            ];
            Ok(Parts {
                elements: elements.map(|(id, html)| (id.to_owned(), html)).into(),
                done: false,
            })
        }
    }))
}

/// What the form shows and starts from.
struct SettingsForm {
    settings: IntegrationSettings,
    base: IntegrationSettings,
    revision: i64,
    problems: Problems,
    conflicts: Vec<Conflict>,
}

impl SettingsForm {
    fn of(integration: &Integration) -> Self {
        let settings = integration.settings.clone();
        Self {
            base: settings.clone(),
            settings,
            revision: integration.settings_revision,
            problems: Problems::new(),
            conflicts: Vec::new(),
        }
    }
}

async fn items(app: &App, integration: &Integration) -> Result<Vec<ReferenceItem>, Failure> {
    let stored = reference_items::list_reference_items(app.store(), integration.id, None).await?;
    let mut items: Vec<ReferenceItem> = stored
        .into_iter()
        .map(|item| ReferenceItem {
            kind: item.kind,
            external_id: item.external_id,
            active: item.active && item.removed_at.is_none(),
            label: item.label,
            parent: item.parent,
            sort_order: item.sort_order,
            system: item.is_system,
        })
        .collect();
    items.sort_by(|a, b| {
        (a.kind, !a.active, a.sort_order, &a.label).cmp(&(
            b.kind,
            !b.active,
            b.sort_order,
            &b.label,
        ))
    });
    Ok(items)
}

async fn render(
    app: &App,
    staff: &Staff,
    (provider, integration): (&'static Provider, &Integration),
    status: StatusCode,
    form: SettingsForm,
) -> Answer {
    let shell = staff.shell(Section::Settings);
    let (known, overview) = overview(app, &shell, provider, integration).await?;
    let items = items(app, integration).await?;
    let settings = &form.settings;
    let choices = |kind: ReferenceKind, chosen: &std::collections::BTreeSet<String>| {
        choices(&items, kind, chosen)
    };
    let options = Options::new(settings, options::offered(provider), true).with(&form.problems);
    let form_error = match form.problems.values().next() {
        Some(problem) => format!("Not saved: {problem}"),
        None => String::new(),
    };
    page_with(
        status,
        &DetailPage {
            card: card(app, &shell, provider, Some(&known)).await?,
            connected: integration.has_credentials(),
            overview,
            form_error,
            problems: form.problems,
            conflicts: form.conflicts,
            revision: form.revision,
            base: serde_json::to_string(&form.base).map_err(Failure::internal)?,
            options,
            has_reference_data: items
                .iter()
                .any(|item| item.kind == ReferenceKind::TicketStatus),
            queues_label: format!("{} to Sync", provider.words.queues),
            queues: choices(ReferenceKind::Queue, &settings.scope.queues),
            categories: choices(ReferenceKind::TicketCategory, &settings.scope.categories),
            exclude_statuses: choices(
                ReferenceKind::TicketStatus,
                &settings.scope.exclude_statuses,
            ),
            company_source: settings.company_source,
            company_types: choices(ReferenceKind::CompanyType, &settings.company_types),
            public_audiences: choices(ReferenceKind::NotePublish, &settings.public_note_audiences),
            closed_statuses: choices(ReferenceKind::TicketStatus, &settings.closed_statuses),
            stages: stages(&items, settings),
            shell,
        },
    )
}

/// Values to tick: those in use there, and those that are ticked though they no longer are, so that saving the form
/// never drops a choice somebody made.
fn choices(
    items: &[ReferenceItem],
    kind: ReferenceKind,
    chosen: &std::collections::BTreeSet<String>,
) -> Vec<Choice> {
    let of_kind = items.iter().filter(|item| item.kind == kind);
    let shown = of_kind.filter(|item| item.active || chosen.contains(&item.external_id));
    let mut choices: Vec<Choice> = shown
        .map(|item| {
            let label = if item.active {
                item.label.clone()
            } else {
                format!("{} (inactive)", item.label)
            };
            Choice::new(&item.external_id, label, chosen.contains(&item.external_id))
        })
        .collect();
    let unknown = chosen.iter().filter(|id| {
        !items
            .iter()
            .any(|item| item.kind == kind && item.external_id == **id)
    });
    choices.extend(unknown.map(|id| Choice::new(id, format!("{id} (no longer listed)"), true)));
    choices
}

fn stages(items: &[ReferenceItem], settings: &IntegrationSettings) -> Vec<StageChoice> {
    let statuses = items
        .iter()
        .filter(|item| item.kind == ReferenceKind::TicketStatus);
    let shown =
        statuses.filter(|item| item.active || settings.stages.contains_key(&item.external_id));
    shown
        .map(|item| {
            let now = settings.stages.get(&item.external_id);
            StageChoice {
                value: item.external_id.clone(),
                label: item.label.clone(),
                stages: Stage::ALL
                    .map(|stage| Choice::new(stage.label(), stage.label(), now == Some(&stage)))
                    .into(),
            }
        })
        .collect()
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
    let history = list_questions(app.store(), integration.id, ANSWERED).await?;
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
    let missing = known.missing_rights.iter();
    let missing = missing.map(|right| MissingRight {
        area: right.area.clone(),
        right: right.right.clone(),
        required: right.required,
    });
    let overview = Overview {
        missing: missing.collect(),
        questions,
        answered,
        reconciliation: shell.maybe_time(known.last_reconciliation_at),
        reference_data: shell.maybe_time(integration.reference_data_at),
        streams: streams(app, shell, provider, integration).await?,
        state: overview_state,
    };
    Ok((known, overview))
}
