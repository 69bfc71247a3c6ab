//! What becomes of a sent list of people: shown again with everything kept, or an import begins.

use axum::http::StatusCode;
use domain::email::{email_key, looks_like, usable_key};
use domain::id::{IdentityId, IntegrationId, PublicId};
use store::identities::{MembershipStatus, find_identity_by_email, find_staff_member};
use store::staff::{StaffQuery, StaffRow, list_staff_page};
use store::technicians::list_linked;
use sync::import_users::{
    ImportAction, ImportRefusal, ImportRowChoice, ImportUsers, SkipReason, begin,
};
use sync::users::{client_with, problem_of_address};

use super::build::{Addresses, PEOPLE, listed, picker};
use super::missing::unread;
use super::picker::Picker;
use super::state::PickerState;
use super::troubleshooting;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Failure;
use crate::web::form::Fields;
use crate::web::settings::imports::list_sync::sync_now;
use crate::web::settings::imports::{Missing, Source};
use crate::web::settings::users::editor;

/// What is said at a row whose address somebody at a client has, who stands beside it.
const NOT_UNASKED: &str = "Nobody at a client becomes one of your staff unasked. Tick that this is meant, or take the row out.";

/// Users named when several match what was typed.
const NAMED: usize = 5;

/// What to show.
#[derive(Debug)]
pub enum Outcome {
    /// The list, after a search or with what is wrong.
    Again(StatusCode, Box<Picker>),
    /// Why there is no list: it was opened before the sync that could not read the people had ended.
    Missing(Missing),
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
    let told = if state.list.sync {
        sync_now(app, staff, listed(source)).await?
    } else {
        String::new()
    };
    // What is selected is not taken away.
    if !state.list.import
        && !state.selects()
        && let Some(missing) = unread(app, staff, source).await?
    {
        return Ok(Outcome::Missing(missing));
    }
    let mut shown = picker(app, staff, source, addresses, &state).await?;
    if !state.list.import {
        shown.list.sync.told = told;
        return Ok(Outcome::Again(StatusCode::OK, Box::new(shown)));
    }
    let again = |shown| {
        Ok(Outcome::Again(
            StatusCode::UNPROCESSABLE_ENTITY,
            Box::new(shown),
        ))
    };
    let in_order = check(&state, &mut shown);
    let choices = choices(app, source.integration.id, &state, &mut shown).await?;
    let (true, Some(rows)) = (in_order, choices) else {
        return again(shown);
    };
    let wanted = ImportUsers {
        integration: source.integration.id,
        rows,
        everyone: state.list.meant(),
        role: state.role.parse().ok(),
        send_welcome: state.welcome,
    };
    match begin(app.engine(), &editor(staff), &wanted).await? {
        Ok(import) => Ok(Outcome::Begun(import)),
        Err(refusal) => {
            match refusal {
                ImportRefusal::NothingSelected => shown.list.error = nothing_selected(&shown),
                other => shown.role_error = other.sentence(),
            }
            again(shown)
        }
    }
}

fn nothing_selected(shown: &Picker) -> String {
    format!(
        "Select at least one of the {}, or choose a user to link to.",
        shown.list.many
    )
}

/// Says what is wrong with the role and with the choice as a whole; whether both are in order.
fn check(state: &PickerState, shown: &mut Picker) -> bool {
    if !state.selects() {
        shown.list.error = nothing_selected(shown);
        return false;
    }
    let missing = state.creates() && state.role.parse::<PublicId>().is_err();
    if missing {
        troubleshooting::ROLE_NOT_SELECTED
            .solution
            .clone_into(&mut shown.role_error);
    }
    !missing
}

/// The user who is meant by what was typed into *Link User*: an e-mail address, or the whole name of one user who is not
/// deactivated. Never one that is only alike. Else a sentence that says what is there instead.
async fn find_user(
    app: &App,
    typed: &str,
) -> Result<Result<(IdentityId, PublicId), String>, Failure> {
    if let Some(found) = find_identity_by_email(app.store(), typed).await? {
        let staff = find_staff_member(app.store(), found.id).await?;
        return Ok(match staff {
            Some(staff) => Ok((found.id, staff.uuid)),
            None => Err(format!(
                "{name} ({}) is a person at a client and no user. Clear this field to make {name} a user.",
                found.email,
                name = found.name
            )),
        });
    }
    if typed.contains('@') {
        return Ok(Err(
            "No user has this e-mail address; perhaps it was removed or changed meanwhile. Choose another, or clear the \
             field to import as a new user."
                .to_owned(),
        ));
    }
    let query = StaffQuery {
        search: Some(typed.to_owned()),
        limit: PEOPLE,
        ..StaffQuery::default()
    };
    let found = list_staff_page(app.store(), &query).await?.rows;
    let active = found
        .iter()
        .filter(|one| one.status != MembershipStatus::Disabled);
    let (whole, alike): (Vec<_>, Vec<_>) = active.partition(|one| same_name(&one.name, typed));
    let named = |users: &[&StaffRow]| -> String {
        let shown: Vec<String> = users
            .iter()
            .take(NAMED)
            .map(|one| format!("{} ({})", one.name, one.email))
            .collect();
        let more = if users.len() > NAMED {
            " and others"
        } else {
            ""
        };
        format!("{}{more}", shown.join(", "))
    };
    Ok(match (whole.as_slice(), alike.as_slice()) {
        ([only], _) => Ok((only.id, only.uuid.clone())),
        ([], []) => Err(
            "No user has this e-mail address or name; perhaps it was removed or changed meanwhile. Choose another, or \
             clear the field to import as a new user."
                .to_owned(),
        ),
        ([], alike) => Err(format!(
            "No user has exactly this name. There is {}. Enter the e-mail address of the one that is meant.",
            named(alike)
        )),
        (several, _) => Err(format!(
            "Several users have this name: {}. Enter the e-mail address of the one that is meant.",
            named(several)
        )),
    })
}

/// Why the user who is meant cannot be linked to a record of this integration, as far as it shows before: another chosen
/// row is linked to the same, or a record of an earlier import is.
async fn link_problem(
    app: &App,
    integration: IntegrationId,
    user: IdentityId,
    others: &[IdentityId],
) -> Result<Option<String>, Failure> {
    if others.contains(&user) {
        let said = "Another selected row is linked to this user. Each user can have one record of an integration: keep \
                    the right one.";
        return Ok(Some(said.to_owned()));
    }
    let linked = list_linked(app.store(), user).await?;
    let another = linked
        .into_iter()
        .find(|record| record.integration == integration && record.active);
    let target = another.and_then(|record| record.identity);
    Ok(target.map(|user| SkipReason::LinkTargetHasAnother((user.uuid, user.name)).sentence()))
}

/// Whether two names are the same but for case and spaces.
fn same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| {
        let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
        words.join(" ")
    };
    plain(one) == plain(other)
}

/// Why somebody cannot be imported with a typed address, as far as it shows before: it is none, another chosen row has it
/// or one like it, or somebody who is here. What comes between this and the import is told in its report.
async fn address_problem(
    app: &App,
    (typed, join): (&str, bool),
    others: &[String],
) -> Result<Option<SkipReason>, Failure> {
    let other = |text: String| Ok(Some(SkipReason::Other(text)));
    let Some(key) = usable_key(typed) else {
        return other(if typed.is_empty() {
            troubleshooting::EMAIL_REQUIRED.solution.to_owned()
        } else {
            troubleshooting::NO_ADDRESS.to_owned()
        });
    };
    if others
        .iter()
        .any(|other| *other == key || looks_like(other, &key))
    {
        return other(
            "Another selected row has this e-mail address, or one that looks like it. Each user needs one of their own."
                .to_owned(),
        );
    }
    let problem = problem_of_address(app.engine(), typed, join).await?;
    Ok(problem.map(SkipReason::of))
}

/// The chosen people, each with what is to happen; `None` when something at a field is wrong.
async fn choices(
    app: &App,
    integration: IntegrationId,
    state: &PickerState,
    shown: &mut Picker,
) -> Result<Option<Vec<ImportRowChoice>>, Failure> {
    let mut rows = Vec::new();
    let mut linked = Vec::new();
    let mut wrong = false;
    // Addresses the chosen people have at the vendor, as far as this page knows them, and those typed so far.
    let mut chosen: Vec<i64> = state.chosen().into_iter().collect();
    // In the order a person sees, so that what is doubled is told at the lower row.
    chosen.sort_by_cached_key(|id| {
        let place = shown.rows.iter().position(|row| row.id == *id);
        place.unwrap_or(usize::MAX)
    });
    let mut taken: Vec<String> = shown
        .rows
        .iter()
        .filter(|row| chosen.contains(&row.id) && !row.state.needs_email())
        .filter_map(|row| email_key(&row.email))
        .collect();
    for technician in chosen {
        let mut here = shown.rows.iter_mut().find(|row| row.id == technician);
        if here.as_ref().is_some_and(|row| row.state.is_linked()) {
            // Linked by somebody else since the page was opened: the import says so.
        } else if let Some(email) = state.link_of(technician)
            && state.typed_link(technician).is_none()
        {
            // Nobody typed it: where it cannot be done, the import goes on without it and says why.
            let email = email.to_owned();
            rows.push(ImportRowChoice {
                technician,
                action: ImportAction::Suggested { email },
            });
            continue;
        } else if let Some(email) = state.typed_link(technician) {
            let found = match find_user(app, email).await? {
                Ok((user, identity)) => {
                    match link_problem(app, integration, user, &linked).await? {
                        Some(problem) => Err(problem),
                        None => {
                            linked.push(user);
                            Ok(identity)
                        }
                    }
                }
                Err(message) => Err(message),
            };
            match found {
                Ok(identity) => rows.push(ImportRowChoice {
                    technician,
                    action: ImportAction::Link { identity },
                }),
                Err(message) => {
                    wrong = true;
                    match here {
                        Some(row) => row.link_error = message,
                        None => {
                            shown.list.error = format!(
                                "Link User “{email}” of a row that is not on this page: {message}"
                            );
                        }
                    }
                }
            }
            continue;
        } else if here.as_ref().is_none_or(|row| row.state.needs_email()) {
            // Of a row on another page only a typed address is known; without one it may have its own.
            let typed = state.emails.get(&technician).map(String::as_str);
            let looked_at = if here.is_some() {
                typed.or(Some(""))
            } else {
                typed
            };
            if let Some(typed) = looked_at {
                let asked = (typed, state.joins(technician, typed));
                let problem = address_problem(app, asked, &taken).await?;
                let client = asked.1 || matches!(problem, Some(SkipReason::OfAClient(_)));
                if let Some(row) = here.as_deref_mut().filter(|_| client)
                    && let Some(client) = client_with(app.engine(), typed).await?
                {
                    row.tell_client(&client, asked.1);
                }
                if let Some(reason) = problem {
                    let message = reason.sentence();
                    wrong = true;
                    match here {
                        Some(row) => row.email_error = message,
                        None => {
                            shown.list.error = format!(
                                "E-mail “{typed}” of a row that is not on this page: {message}"
                            );
                        }
                    }
                    continue;
                }
                taken.extend(email_key(typed));
            }
        }
        let typed = state.emails.get(&technician).cloned();
        // Those on other pages say it in the hidden field of their row; the import compares the address it was said of.
        let said = state.joins.get(&technician).cloned();
        let join = match (
            &typed,
            shown.rows.iter_mut().find(|row| row.id == technician),
        ) {
            (Some(typed), _) => state.joins(technician, typed),
            (None, Some(row)) => {
                if !row.client.is_empty() && !row.join {
                    wrong = true;
                    row.email_error = NOT_UNASKED.to_owned();
                    continue;
                }
                row.join
            }
            (None, None) => true,
        };
        let action = match said.filter(|_| join) {
            Some(said) => ImportAction::Join { email: typed, said },
            None => ImportAction::Create { email: typed },
        };
        rows.push(ImportRowChoice { technician, action });
    }
    if wrong && shown.list.error.is_empty() {
        "Nothing was imported yet. Look at the rows marked below."
            .clone_into(&mut shown.list.error);
    }
    Ok((!wrong).then_some(rows))
}
