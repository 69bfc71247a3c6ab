//! What becomes of a sent list of people: shown again with everything kept, or imported.

use axum::http::StatusCode;
use domain::email::email_key;
use domain::id::PublicId;
use store::identities::find_identity_by_email;
use sync::import_users::{ImportAction, ImportRefusal, ImportRowChoice, ImportUsers, apply};

use super::build::{Addresses, Source, picker};
use super::picker::{Picker, Summary};
use super::state::PickerState;
use super::summary::to_summary;
use super::troubleshooting;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Failure;
use crate::web::form::Fields;
use crate::web::settings::users::editor;

/// What to show.
#[derive(Debug)]
pub enum Outcome {
    /// The list, after a search or with what is wrong.
    Again(StatusCode, Box<Picker>),
    /// What the import did.
    Done(Box<Summary>),
}

/// Answers a sent list. Mistakes that can be mended in the form are told at their fields and nothing is imported; what
/// only turns out person by person is skipped and reported.
///
/// # Errors
/// When the database does not answer.
pub async fn answer(
    app: &App,
    staff: &Staff,
    source: &Source,
    addresses: &Addresses,
    fields: &Fields,
) -> Result<Outcome, Failure> {
    let state = PickerState::read(fields);
    let mut shown = picker(app, staff, source, addresses, &state).await?;
    if !state.import {
        return Ok(Outcome::Again(StatusCode::OK, Box::new(shown)));
    }
    let again = |shown| {
        Ok(Outcome::Again(
            StatusCode::UNPROCESSABLE_ENTITY,
            Box::new(shown),
        ))
    };
    let role = check(&state, &mut shown);
    let choices = choices(app, &state, &mut shown).await?;
    let (Some(role), Some(rows)) = (role, choices) else {
        return again(shown);
    };
    let wanted = ImportUsers {
        integration: source.integration.id,
        rows,
        everyone: state.everyone.then(|| state.search.clone()),
        role,
        send_welcome: state.welcome,
    };
    match apply(app.engine(), &editor(staff), &wanted).await? {
        Ok(report) => Ok(Outcome::Done(Box::new(to_summary(
            source, addresses, &wanted, report,
        )))),
        Err(refusal) => {
            match refusal {
                ImportRefusal::NothingSelected => shown.error = nothing_selected(&shown),
                other => shown.role_error = other.sentence(),
            }
            again(shown)
        }
    }
}

fn nothing_selected(shown: &Picker) -> String {
    format!(
        "Select at least one of the {}, or choose a user to link to.",
        shown.many_lower
    )
}

/// Says what is wrong with the role and with the choice as a whole; the role when that is in order.
fn check(state: &PickerState, shown: &mut Picker) -> Option<PublicId> {
    let role = state.role.parse().ok();
    if role.is_none() {
        troubleshooting::ROLE_NOT_SELECTED
            .solution
            .clone_into(&mut shown.role_error);
    }
    if !state.everyone && state.chosen().is_empty() {
        shown.error = nothing_selected(shown);
        return None;
    }
    role
}

/// The chosen people, each with what is to happen; `None` when something at a field is wrong.
async fn choices(
    app: &App,
    state: &PickerState,
    shown: &mut Picker,
) -> Result<Option<Vec<ImportRowChoice>>, Failure> {
    let mut rows = Vec::new();
    let mut wrong = false;
    for technician in state.chosen() {
        let here = shown.rows.iter_mut().find(|row| row.id == technician);
        if here.as_ref().is_some_and(|row| row.state.is_linked()) {
            // Linked by somebody else since the page was opened: the import says so.
        } else if let Some(email) = state.link_of(technician) {
            let Some(user) = find_identity_by_email(app.store(), email).await? else {
                if let Some(row) = here {
                    "No user has this e-mail address. Choose one from the list."
                        .clone_into(&mut row.link_error);
                    wrong = true;
                    continue;
                }
                shown.error = format!(
                    "No user has the e-mail address “{email}”. Search for that row and choose another."
                );
                wrong = true;
                continue;
            };
            rows.push(ImportRowChoice {
                technician,
                action: ImportAction::Link {
                    identity: user.uuid,
                },
            });
            continue;
        } else if let Some(row) = here.filter(|row| row.state.needs_email()) {
            let typed = state.emails.get(&technician).map_or("", String::as_str);
            if email_key(typed).is_none() {
                row.email_error = if typed.is_empty() {
                    troubleshooting::EMAIL_REQUIRED.solution.to_owned()
                } else {
                    "This is no valid e-mail address. Enter one such as ann@example.com.".to_owned()
                };
                wrong = true;
                continue;
            }
        }
        rows.push(ImportRowChoice {
            technician,
            action: ImportAction::Create {
                email: state.emails.get(&technician).cloned(),
            },
        });
    }
    if wrong && shown.error.is_empty() {
        "Nothing was imported yet. Look at the rows marked below.".clone_into(&mut shown.error);
    }
    Ok((!wrong).then_some(rows))
}
