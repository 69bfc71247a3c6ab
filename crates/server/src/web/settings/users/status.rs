//! Switching a user off and on, the welcome e-mail, ending a link: each asks first, except the e-mail.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use store::integrations::find_integration;
use store::sessions::list_sessions;
use store::technicians::list_linked;
use sync::users::{self, UserRefusal};

use super::editor;
use super::form::UserForm;
use super::show::{Found, find, render};
use super::show_page::ConfirmPage;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::page::{page, page_with, see_other};
use crate::web::settings::api_keys::made_by;
use crate::web::view::Section;

/// Asks before a user is switched off, saying what ends.
///
/// # Errors
/// `404` when there is no such user.
pub async fn ask_deactivate(
    State(app): State<App>,
    staff: Staff,
    Path(user): Path<String>,
) -> Answer {
    let found = find(app.store(), &user).await?;
    page(&deactivate_page(&app, &staff, &found, None).await?)
}

async fn deactivate_page(
    app: &App,
    staff: &Staff,
    found: &Found,
    refusal: Option<&UserRefusal>,
) -> Result<ConfirmPage, Failure> {
    let name = &found.identity.name;
    let sessions = list_sessions(app.store(), found.identity.id).await?.len();
    let ends = match sessions {
        0 => format!("{name} is not signed in anywhere now, and can no longer sign in."),
        1 => format!("The open session of {name} ends at once, and {name} can no longer sign in."),
        count => format!(
            "The {count} open sessions of {name} end at once, and {name} can no longer sign in."
        ),
    };
    let mut lines = vec![
        ends,
        "Links in welcome and password e-mails stop working too. The account, its history and its linked records stay, \
         and it can be reactivated."
            .to_owned(),
    ];
    let makers = BTreeSet::from([found.identity.id]);
    lines.extend(made_by(app.store(), name, &makers).await?);
    Ok(ConfirmPage {
        title: format!("Deactivate {name}?"),
        action: format!("/settings/users/{}/deactivate", found.identity.uuid),
        back: format!("/settings/users/{}", found.identity.uuid),
        lines,
        error: refusal.map(UserRefusal::sentence).unwrap_or_default(),
        button: if refusal.is_none() {
            "Deactivate".to_owned()
        } else {
            String::new()
        },
        dangerous: true,
        ..question(staff)
    })
}

/// Switches a user off; the sessions end at once.
///
/// # Errors
/// `404` when there is no such user.
pub async fn deactivate(State(app): State<App>, staff: Staff, Path(user): Path<String>) -> Answer {
    let found = find(app.store(), &user).await?;
    match users::set_status(app.engine(), &editor(&staff), &found.identity.uuid, false).await? {
        Ok(_) => to_user(&found, "user_deactivated"),
        Err(refusal) => page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &deactivate_page(&app, &staff, &found, Some(&refusal)).await?,
        ),
    }
}

/// Asks before a user is switched on again.
///
/// # Errors
/// `404` when there is no such user.
pub async fn ask_reactivate(
    State(app): State<App>,
    staff: Staff,
    Path(user): Path<String>,
) -> Answer {
    let found = find(app.store(), &user).await?;
    page(&reactivate_page(&staff, &found, None))
}

fn reactivate_page(staff: &Staff, found: &Found, refusal: Option<&UserRefusal>) -> ConfirmPage {
    let name = &found.identity.name;
    let how = if found.identity.password_hash.is_some() {
        "The old password works again."
    } else {
        "There is no password yet: send the welcome e-mail afterwards."
    };
    ConfirmPage {
        title: format!("Reactivate {name}?"),
        action: format!("/settings/users/{}/reactivate", found.identity.uuid),
        back: format!("/settings/users/{}", found.identity.uuid),
        lines: vec![format!(
            "{name} gets the role {} back at once. {how}",
            found.staff.role_name
        )],
        error: refusal.map(UserRefusal::sentence).unwrap_or_default(),
        button: if refusal.is_none() {
            "Reactivate".to_owned()
        } else {
            String::new()
        },
        ..question(staff)
    }
}

/// Switches a user on again.
///
/// # Errors
/// `404` when there is no such user.
pub async fn reactivate(State(app): State<App>, staff: Staff, Path(user): Path<String>) -> Answer {
    let found = find(app.store(), &user).await?;
    match users::set_status(app.engine(), &editor(&staff), &found.identity.uuid, true).await? {
        Ok(_) if found.identity.password_hash.is_none() => {
            to_user(&found, "user_reactivated_untold")
        }
        Ok(_) => to_user(&found, "user_reactivated"),
        Err(refusal) => page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &reactivate_page(&staff, &found, Some(&refusal)),
        ),
    }
}

/// Sends the welcome e-mail, again if need be.
///
/// # Errors
/// `404` when there is no such user.
pub async fn welcome(State(app): State<App>, staff: Staff, Path(user): Path<String>) -> Answer {
    let found = find(app.store(), &user).await?;
    match users::send_welcome(app.engine(), &editor(&staff), &found.identity.uuid).await? {
        Ok(_) => to_user(&found, "welcome_sent"),
        Err(refusal) => {
            let form = UserForm {
                values: found.values(),
                error: refusal.sentence(),
                ..UserForm::default()
            };
            render(&app, &staff, StatusCode::UNPROCESSABLE_ENTITY, &found, form).await
        }
    }
}

/// Asks before the link to a vendor's record ends.
///
/// # Errors
/// `404` when there is no such user or link.
pub async fn ask_unlink(
    State(app): State<App>,
    staff: Staff,
    Path((user, record)): Path<(String, String)>,
) -> Answer {
    let found = find(app.store(), &user).await?;
    let row = linked(&app, &found, &record).await?;
    let name = &found.identity.name;
    let integration = find_integration(app.store(), row.integration).await?;
    let tool = integration.map_or_else(|| "the connected tool".to_owned(), |one| one.name);
    let there = if row.name.is_empty() {
        format!("record {}", row.external_id)
    } else {
        row.name.clone()
    };
    page(&ConfirmPage {
        title: format!("Unlink {there} of {tool} from {name}?"),
        action: format!("/settings/users/{}/unlink/{}", found.identity.uuid, row.id),
        back: format!("/settings/users/{}", found.identity.uuid),
        lines: vec![
            format!(
                "The account of {name} stays as it is. {there} appears as unlinked in the Import dialog and can be linked \
                 or imported again."
            ),
            format!("Nothing changes in {tool}."),
        ],
        button: "Unlink".to_owned(),
        dangerous: true,
        ..question(&staff)
    })
}

/// Ends the link.
///
/// # Errors
/// `404` when there is no such user or link.
pub async fn unlink(
    State(app): State<App>,
    staff: Staff,
    Path((user, record)): Path<(String, String)>,
) -> Answer {
    let found = find(app.store(), &user).await?;
    let row = linked(&app, &found, &record).await?;
    users::unlink(app.engine(), &editor(&staff), row.id).await?;
    to_user(&found, "unlinked")
}

async fn linked(
    app: &App,
    found: &Found,
    record: &str,
) -> Result<store::technicians::ImportRow, Failure> {
    let all = list_linked(app.store(), found.identity.id).await?;
    all.into_iter()
        .find(|row| row.id.to_string() == record)
        .ok_or_else(|| Failure::not_found("Link"))
}

fn to_user(found: &Found, notice: &str) -> Result<Response, Failure> {
    see_other(&format!(
        "/settings/users/{}?notice={notice}",
        found.identity.uuid
    ))
}

/// A question without anything in it yet.
pub fn question(staff: &Staff) -> ConfirmPage {
    ConfirmPage {
        shell: staff.shell(Section::Settings),
        title: String::new(),
        action: String::new(),
        back: String::new(),
        hidden: Vec::new(),
        lines: Vec::new(),
        people: Vec::new(),
        more: String::new(),
        roles: Vec::new(),
        role_error: String::new(),
        error: String::new(),
        button: String::new(),
        dangerous: false,
    }
}
