//! `GET` and `POST …/setup/configure`: step 3.

use axum::extract::{Path, State};
use domain::opportunity_import::typed;
use domain::reference::ReferenceKind;
use domain::setup::SetupStep;
use domain::stream::RecordType;
use store::integrations::Integration;
use sync::connect::SettingsOutcome;
use sync::setup::{leave_configure, save};

use super::choice_list::ChoiceList;
use super::client_comment_status;
use super::configure_page::{ConfigurePage, DefaultField, ImportFields, legend};
use super::form::{IMPORT_MINIMUM, Problems, read_configure};
use super::frame::Frame;
use super::gone::gone;
use super::stage_rows::StageRows;
use super::statuses::Search;
use super::strip::strip;
use super::wizard::{Offer, Sent, SettingsForm, Wizard, conflict, problems, status};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::{page_with, see_other};
use crate::web::view::Section;

const STEP: SetupStep = SetupStep::Configure;

/// The form with what is set.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn show(State(app): State<App>, staff: Staff, Path(key): Path<String>) -> Answer {
    let (wizard, integration) = match Wizard::at(&app, &key, STEP).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    let form = SettingsForm::of(&integration)?;
    render(&app, &staff, &wizard, &integration, form).await
}

/// Saves, and goes where the button says.
///
/// # Errors
/// As [`show`].
pub async fn submit(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let (wizard, integration) = match Wizard::at_sent(&app, &key, STEP).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    let offer = Offer::load_with_owners(&app, &integration).await?;
    let sent = Sent::read(&fields, &integration);
    let known = offer.known(wizard.provider, &integration.settings);
    let (mine, mut wrong) = read_configure(&fields, sent.base.clone(), &known);
    for (field, message) in offer.check(&staff.grants, &integration.settings, &mine, STEP) {
        wrong.entry(field).or_insert(message);
    }
    let again = |wrong: Problems| -> Result<SettingsForm, Failure> {
        let form = SettingsForm::from(mine.clone(), &sent.base, sent.revision)?;
        let mut form = form.with(wrong).finding(&fields);
        for field in wizard.provider.setup.opportunity {
            let key = field.value.key();
            form.typed.insert(key, fields.text(key).to_owned());
        }
        let minimum = fields.text(IMPORT_MINIMUM).to_owned();
        form.typed.insert(IMPORT_MINIMUM, minimum);
        Ok(form)
    };
    // Looking for a status saves nothing; what was set in the form stays in it.
    if fields.text("action") == "find" || !wrong.is_empty() {
        return render(&app, &staff, &wizard, &integration, again(wrong)?).await;
    }
    let (engine, actor, id) = (app.engine(), staff.actor(), integration.id);
    let (outcome, next) = match fields.text("action") {
        "next" => (
            leave_configure(engine, &actor, id, sent.revision, mine.clone()).await?,
            wizard.address(SetupStep::Import),
        ),
        "back" => (
            save(engine, &actor, id, STEP, sent.revision, mine.clone()).await?,
            wizard.address(SetupStep::Sync),
        ),
        _ => (
            save(engine, &actor, id, STEP, sent.revision, mine.clone()).await?,
            "/settings/integrations?notice=setup_kept".to_owned(),
        ),
    };
    match outcome {
        SettingsOutcome::Saved { resync: true, .. } => {
            let next = next.split('?').next().unwrap_or_default();
            see_other(&format!("{next}?notice=saved_resync"))
        }
        SettingsOutcome::Saved { .. } | SettingsOutcome::Unchanged => see_other(&next),
        SettingsOutcome::Refused(found) => {
            let form = again(problems(found, STEP))?;
            render(&app, &staff, &wizard, &integration, form).await
        }
        SettingsOutcome::Conflict => {
            let (theirs, form) = conflict(&app, &key, &sent.base, &mine).await?;
            render(&app, &staff, &wizard, &theirs, form).await
        }
    }
}

async fn render(
    app: &App,
    staff: &Staff,
    wizard: &Wizard,
    integration: &Integration,
    form: SettingsForm,
) -> Answer {
    let shell = staff.shell(Section::Settings);
    let overview = sync::status::overview(app.engine(), integration.id).await?;
    let overview = overview.ok_or_else(|| Failure::not_found("Integration"))?;
    let offer = Offer::load_with_owners(app, integration).await?;
    let (provider, settings) = (wizard.provider, &form.settings);
    let statuses = &offer.statuses;
    let search = Search::of(&form.find, &statuses.all);
    let refused = !form.start.error("stage").is_empty();
    let stored = &integration.settings.stages;
    let closed = ChoiceList {
        name: "closed_status",
        label: "Closed Statuses",
        help: "A ticket in one of these counts as closed.",
        none: "As the vendor marks them",
        error: form.start.error("closed_status").to_owned(),
        ..ChoiceList::default()
    };
    let audiences = ChoiceList {
        name: "public_audience",
        label: "Note audiences clients may read",
        help: "Notes for these audiences are public; all others are internal.",
        none: "Nobody: all notes are internal",
        groups: ChoiceList::flat(
            offer.choices(ReferenceKind::NotePublish, &settings.public_note_audiences),
        ),
        error: form.start.error("public_audience").to_owned(),
        ..ChoiceList::default()
    };
    page_with(
        status(&form),
        &ConfigurePage {
            frame: Frame::new(provider, &wizard.place, STEP).telling(gone(
                provider,
                &integration.settings,
                &offer,
                Some(STEP),
            )),
            strip: strip(app, &shell, provider, &overview).await?,
            has_reference_data: offer.has(ReferenceKind::TicketStatus),
            writes: provider.capability.write,
            tickets_on: settings.record_types.contains(&RecordType::Tickets),
            closed_statuses: closed.of_statuses(
                statuses,
                &search,
                &settings.closed_statuses,
                |one| settings.stages.contains_key(&one.id),
            ),
            public_audiences: audiences,
            client_comment_status: client_comment_status::choices(
                statuses,
                &search,
                &settings.client_comment_status,
                &offer.labels(provider),
            ),
            legend: legend(),
            stages: StageRows::new(statuses, &search, &settings.stages, stored, refused),
            search,
            opportunities_on: settings.record_types.contains(&RecordType::Opportunities),
            opportunity: defaults(wizard, &offer, &form),
            opportunity_import: import(wizard, &offer, &form),
            start: form.start,
            shell,
        },
    )
}

/// What lets opportunities in on their own, where the provider has a rule for it.
fn import(wizard: &Wizard, offer: &Offer, form: &SettingsForm) -> Option<ImportFields> {
    let asked = wizard.provider.setup.opportunity_import?;
    let (set, kinds) = (&form.settings.opportunity_import, asked.kinds);
    let error = form.start.error(IMPORT_MINIMUM).to_owned();
    Some(ImportFields {
        form: asked,
        enabled: set.enabled,
        // What is no amount stays as it was typed, beside its message.
        minimum: match form.typed.get(IMPORT_MINIMUM) {
            Some(as_typed) if !error.is_empty() => as_typed.clone(),
            _ => set.minimum_cents.map(typed).unwrap_or_default(),
        },
        minimum_error: error,
        kinds: ChoiceList {
            name: kinds.field.key(),
            label: kinds.label,
            help: kinds.help,
            none: kinds.none,
            groups: ChoiceList::flat(offer.choices(kinds.field.kind(), &set.kinds)),
            error: form.start.error(kinds.field.key()).to_owned(),
            ..ChoiceList::default()
        },
    })
}

fn defaults(wizard: &Wizard, offer: &Offer, form: &SettingsForm) -> Vec<DefaultField> {
    let set = &form.settings.opportunity;
    let field = |field: &domain::provider::OpportunityField| {
        let (kind, key) = (field.value.kind(), field.value.key());
        let now = field.value.text(set);
        DefaultField {
            key,
            label: field.label,
            help: field.help,
            number: kind.is_none(),
            choices: kind.map_or_else(Vec::new, |kind| offer.choice(kind, now.as_ref())),
            // What is no number stays as it was typed, beside its message.
            value: match form.typed.get(key) {
                Some(typed) if kind.is_none() && !form.start.error(key).is_empty() => typed.clone(),
                _ => now.unwrap_or_default(),
            },
            error: form.start.error(key).to_owned(),
        }
    };
    wizard
        .provider
        .setup
        .opportunity
        .iter()
        .map(field)
        .collect()
}
