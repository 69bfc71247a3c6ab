//! `GET` and `POST …/setup/sync`: step 2. Leaving it starts the sync in the background.

use axum::extract::{Path, State};
use domain::provider::{CONTACT_TYPE_FIELD, ScopeField, ScopeList};
use domain::settings::IntegrationSettings;
use domain::setup::SetupStep;
use store::integrations::Integration;
use sync::auto_import::count_accounts;
use sync::connect::{self, SettingsOutcome};
use sync::request::RequestOutcome;
use sync::setup::{leave_sync, save};

use super::choice_list::ChoiceList;
use super::connect_page::MissingRight;
use super::form::{Problems, read_sync};
use super::frame::Frame;
use super::gone::gone;
use super::options::Options;
use super::preview::has_account;
use super::statuses::Search;
use super::sync_page::{AutoImport, ContactType, ScopeCard, SyncPage};
use super::wizard::{Offer, Sent, SettingsForm, Wizard, conflict, problems, status};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::form::Fields;
use crate::web::page::{page_with, see_other};
use crate::web::view::{Choice, Section};

use domain::reference::ReferenceKind;

const STEP: SetupStep = SetupStep::Sync;

/// A card of lists: id, head, what becomes of records outside, and which lists stand in it.
type Scope = (
    &'static str,
    &'static str,
    &'static str,
    fn(ScopeField) -> bool,
);

const SCOPES: [Scope; 3] = [
    (
        "scope",
        "Ticket Sync Scope",
        "Tickets outside are hidden, not deleted, and come back when the scope widens.",
        |field| !field.is_of_projects() && !field.is_of_opportunities(),
    ),
    (
        "project-scope",
        "Project Sync Scope",
        "Tickets of projects outside are hidden, not deleted, and come back when the scope widens.",
        ScopeField::is_of_projects,
    ),
    (
        "opportunity-scope",
        "Opportunity Sync Scope",
        "Opportunities outside are hidden, not deleted, and come back when the scope widens.",
        ScopeField::is_of_opportunities,
    ),
];

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
    let offer = Offer::load(&app, &integration).await?;
    let sent = Sent::read(&fields, &integration);
    let known = offer.known(wizard.provider, &integration.settings);
    let (mine, mut wrong) = read_sync(&fields, sent.base.clone(), &known);
    for (field, message) in offer.check(&staff.grants, &integration.settings, &mine, STEP) {
        wrong.entry(field).or_insert(message);
    }
    let again = |wrong: Problems| -> Result<SettingsForm, crate::web::error::Failure> {
        let form = SettingsForm::from(mine.clone(), &sent.base, sent.revision)?;
        Ok(form.with(wrong).finding(&fields))
    };
    // Looking for a status saves nothing; what was set in the form stays in it.
    if fields.text("action") == "find" || !wrong.is_empty() {
        return render(&app, &staff, &wizard, &integration, again(wrong)?).await;
    }
    let (actor, id) = (staff.actor(), integration.id);
    let (outcome, next) = if fields.text("action") == "next" {
        let left = leave_sync(app.engine(), &actor, id, sent.revision, mine.clone()).await?;
        let next = format!(
            "{}?notice={}",
            wizard.address(SetupStep::Configure),
            told(left.run.as_ref())
        );
        (left.settings, next)
    } else {
        let saved = save(app.engine(), &actor, id, STEP, sent.revision, mine.clone()).await?;
        let next = match fields.text("action") {
            "back" => wizard.address(SetupStep::Connect),
            // The accounts come by themselves; their number stands there.
            _ if wizard.place.completed && brings_accounts(&sent.base, &mine) => format!(
                "/settings/integrations/{}?notice=auto_import_began",
                wizard.provider.key
            ),
            _ => "/settings/integrations?notice=setup_kept".to_owned(),
        };
        (saved, next)
    };
    match outcome {
        // Next says itself what became of the sync.
        SettingsOutcome::Saved { resync: true, .. } if fields.text("action") != "next" => {
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

/// Whether what is saved makes accounts of contacts that have none yet.
fn brings_accounts(before: &IntegrationSettings, now: &IntegrationSettings) -> bool {
    let role = &now.default_contact_role;
    now.auto_import && (!before.auto_import || before.default_contact_role != *role)
}

/// The notice that tells what became of the sync.
fn told(run: Option<&RequestOutcome>) -> &'static str {
    match run {
        Some(RequestOutcome::Started(_)) => "setup_sync_started",
        Some(RequestOutcome::Joined(_)) => "setup_sync_joined",
        Some(RequestOutcome::Queued { .. }) => "setup_sync_queued",
        Some(RequestOutcome::Recent { .. }) => "setup_sync_recent",
        Some(RequestOutcome::NothingToRead) => "nothing_to_read",
        Some(RequestOutcome::NotConnected | RequestOutcome::SetupOpen) => "not_connected",
        None => "saved",
    }
}

async fn render(
    app: &App,
    staff: &Staff,
    wizard: &Wizard,
    integration: &Integration,
    form: SettingsForm,
) -> Answer {
    let offer = Offer::load(app, integration).await?;
    let (provider, settings) = (wizard.provider, &form.settings);
    let statuses = &offer.statuses;
    let search = Search::of(&form.find, &statuses.all);
    let lists = |lists: &[ScopeList]| -> Vec<ChoiceList> {
        let listed = lists.iter().filter(|one| offer.has(one.field.kind()));
        let list = |one: &ScopeList| ChoiceList {
            name: one.field.key(),
            label: one.label,
            help: one.help,
            none: one.none,
            error: form.start.error(one.field.key()).to_owned(),
            ..ChoiceList::default()
        };
        let filled = |one: &ScopeList| {
            let (kind, chosen) = (one.field.kind(), one.field.of(settings));
            if kind == ReferenceKind::TicketStatus {
                return list(one).of_statuses(statuses, &search, chosen, |_| false);
            }
            ChoiceList {
                groups: ChoiceList::flat(offer.choices(kind, chosen)),
                ..list(one)
            }
        };
        listed.map(filled).collect()
    };
    let companies = lists(provider.setup.companies);
    let scopes = SCOPES.map(|(id, title, help, is_of)| {
        let of_kind = provider.setup.scope.iter().filter(|one| is_of(one.field));
        let of_kind: Vec<ScopeList> = of_kind.copied().collect();
        ScopeCard {
            id,
            title,
            help,
            lists: lists(&of_kind),
        }
    });
    let scopes = scopes.into_iter().filter(|one| !one.lists.is_empty());
    let types = provider.setup.contact_types;
    let choice = types.and_then(|types| types.choice);
    let missing = integration.missing_permissions.iter();
    let missing = missing.map(|right| MissingRight::from(connect::MissingRight::from(right)));
    page_with(
        status(&form),
        &SyncPage {
            shell: staff.shell(Section::Settings),
            frame: Frame::new(provider, &wizard.place, STEP).telling(gone(
                provider,
                &integration.settings,
                &offer,
                Some(STEP),
            )),
            missing: missing.collect(),
            options: Options::new(settings, provider, integration.last_success_at.is_some())
                .with(&form.start.problems),
            auto_import: AutoImport {
                on: settings.auto_import,
                roles: offer
                    .roles
                    .iter()
                    .filter(|(id, _)| {
                        offer.may_give(&staff.grants, id)
                            || settings.default_contact_role.as_ref() == Some(id)
                    })
                    .map(|(id, name)| {
                        let on = settings.default_contact_role.as_ref() == Some(id);
                        Choice::new(id, name, on)
                    })
                    .collect(),
                error: form.start.error("default_contact_role").to_owned(),
                preview: format!("/settings/integrations/{}/setup/auto-import", provider.key),
                accounts: has_account(count_accounts(app.engine(), integration.id).await?),
            },
            contact_type: choice.map(|words| ContactType {
                words,
                fields: offer.choice(
                    ReferenceKind::SeenContactField,
                    settings.contact_type_field.as_ref(),
                ),
                error: form.start.error(CONTACT_TYPE_FIELD).to_owned(),
            }),
            has_reference_data: offer.has(ReferenceKind::TicketStatus),
            scopes: scopes.collect(),
            search,
            company_source: settings.company_source,
            skip_inactive: provider
                .setup
                .skip_inactive
                .map(|label| (label, settings.skip_inactive_companies)),
            companies,
            first: wizard.place.reached <= STEP,
            start: form.start,
        },
    )
}
