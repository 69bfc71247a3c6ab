//! What becomes of a sent list of people: shown again with everything kept, or an import begins.

use axum::http::StatusCode;
use domain::email::email_key;
use domain::id::PublicId;
use store::identities::{find_identity_by_email, find_staff_member};
use store::staff::{StaffQuery, list_staff_page};
use sync::import_users::{ImportAction, ImportRefusal, ImportRowChoice, ImportUsers, begin};

use super::build::{Addresses, Source, picker};
use super::picker::Picker;
use super::state::PickerState;
use super::troubleshooting;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Failure;
use crate::web::form::Fields;
use crate::web::settings::users::editor;

/// Users named when several match what was typed.
const NAMED: u32 = 5;

/// What to show.
#[derive(Debug)]
pub enum Outcome {
    /// The list, after a search or with what is wrong.
    Again(StatusCode, Box<Picker>),
    /// The import that began: its report is looked at next.
    Begun(PublicId),
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
    match begin(app.engine(), &editor(staff), &wanted).await? {
        Ok(import) => Ok(Outcome::Begun(import)),
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

/// The user who is meant by what was typed into *Link User*: an e-mail address, or a part of a name that only one user has.
/// Else a sentence that says what is there instead.
async fn find_user(app: &App, typed: &str) -> Result<Result<PublicId, String>, Failure> {
    if let Some(found) = find_identity_by_email(app.store(), typed).await? {
        let staff = find_staff_member(app.store(), found.id).await?;
        return Ok(match staff {
            Some(staff) => Ok(staff.uuid),
            None => Err(format!(
                "{} is a person at a client and no user. Clear this field to make that person a user.",
                found.name
            )),
        });
    }
    let query = StaffQuery {
        search: Some(typed.to_owned()),
        limit: NAMED + 1,
        ..StaffQuery::default()
    };
    let found = list_staff_page(app.store(), &query).await?.rows;
    Ok(match found.as_slice() {
        [only] => Ok(only.uuid.clone()),
        [] => Err(
            "No user has this e-mail address or name; perhaps it was removed or changed meanwhile. Choose another, or \
             clear the field to import as a new user."
                .to_owned(),
        ),
        several => {
            let named = several.iter().take(NAMED as usize);
            let named: Vec<String> = named
                .map(|one| format!("{} ({})", one.name, one.email))
                .collect();
            let more = if several.len() > named.len() { " and others" } else { "" };
            Err(format!(
                "Several users match: {}{more}. Enter the e-mail address of the one that is meant.",
                named.join(", ")
            ))
        }
    })
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
            match find_user(app, email).await? {
                Ok(identity) => rows.push(ImportRowChoice {
                    technician,
                    action: ImportAction::Link { identity },
                }),
                Err(message) => {
                    wrong = true;
                    match here {
                        Some(row) => row.link_error = message,
                        None => {
                            shown.error = format!(
                                "Link User “{email}” of a row that is not on this page: {message}"
                            );
                        }
                    }
                }
            }
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
