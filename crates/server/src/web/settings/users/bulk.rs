//! `POST /settings/users/bulk`: a change of several users. Asked first, with how many it is about; then each is done or
//! refused on its own, and the answer says which.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use domain::id::PublicId;
use store::Store;
use store::identities::{StaffMember, find_identity_by_uuid, find_staff_member};
use sync::users::{self, UserRefusal};

use super::show_page::{BulkLine, BulkResultPage, Named};
use super::status::question;
use super::{BulkAction, editor, role_choices};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::{page, page_with, see_other};
use crate::web::view::Section;
use crate::web::view::number::counted;

/// Names listed in the question.
const LISTED: usize = 12;
/// Most users of one change.
const MOST: usize = 500;

/// Asks, and once it is confirmed does it.
///
/// # Errors
/// `403` for a change that needs more right than the person has.
pub async fn bulk(State(app): State<App>, staff: Staff, fields: Fields) -> Answer {
    let Some(action) = BulkAction::from_key(fields.text("action")) else {
        return Err(Failure::bad_request(
            "There is no such change. Go back and choose one from the list.",
        ));
    };
    if action.needs_manage() && !staff.shell(Section::Settings).rights.manage_users {
        return Err(Failure::forbidden("Manage Users"));
    }
    let ids: BTreeSet<PublicId> = fields
        .all("pick")
        .filter_map(|id| id.parse().ok())
        .collect();
    if ids.is_empty() {
        return see_other("/settings/users?notice=nothing_selected");
    }
    if ids.len() > MOST {
        return Err(Failure::bad_request(
            "At most 500 users can be changed at once. Select fewer.",
        ));
    }
    let picked = picked(app.store(), &ids).await?;
    let role = fields.text("role").to_owned();
    let confirmed = fields.has("confirmed");
    if confirmed && (action != BulkAction::Role || role.parse::<PublicId>().is_ok()) {
        return run(&app, &staff, action, &picked, &role).await;
    }
    let count = counted(i64::try_from(picked.len()).unwrap_or(0), "user", "users");
    let mut hidden = vec![
        ("action".to_owned(), action.key().to_owned()),
        ("confirmed".to_owned(), "yes".to_owned()),
    ];
    hidden.extend(
        picked
            .iter()
            .map(|one| ("pick".to_owned(), one.uuid.to_string())),
    );
    let people = picked.iter().take(LISTED).map(|one| Named {
        name: one.name.clone(),
        email: one.email.clone(),
    });
    let more = picked.len().saturating_sub(LISTED);
    let roles = if action == BulkAction::Role {
        role_choices(app.store(), &staff.grants, "", false).await?
    } else {
        Vec::new()
    };
    let question = super::show_page::ConfirmPage {
        title: action.question(&count),
        action: "/settings/users/bulk".to_owned(),
        back: "/settings/users".to_owned(),
        hidden,
        lines: vec![action.effect().to_owned()],
        people: people.collect(),
        more: if more > 0 {
            format!("and {more} more")
        } else {
            String::new()
        },
        roles,
        role_error: if confirmed {
            "Select a role.".to_owned()
        } else {
            String::new()
        },
        button: action.button(&count),
        dangerous: action == BulkAction::Deactivate,
        ..question(&staff)
    };
    let status = if confirmed {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    page_with(status, &question)
}

/// Those of the ids that are staff, by name.
async fn picked(store: &Store, ids: &BTreeSet<PublicId>) -> Result<Vec<StaffMember>, Failure> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(identity) = find_identity_by_uuid(store, id).await? else {
            continue;
        };
        found.extend(find_staff_member(store, identity.id).await?);
    }
    found.sort_by_key(|one| one.name.to_lowercase());
    Ok(found)
}

async fn run(
    app: &App,
    staff: &Staff,
    action: BulkAction,
    picked: &[StaffMember],
    role: &str,
) -> Answer {
    let editor = editor(staff);
    let role: Option<PublicId> = role.parse().ok();
    let (mut done, mut refused) = (Vec::new(), Vec::new());
    for one in picked {
        let became = match (action, &role) {
            (BulkAction::Role, Some(role)) => {
                users::change_role(app.engine(), &editor, &one.uuid, role).await?
            }
            (BulkAction::Role, None) => Err(UserRefusal::RoleMissing),
            (BulkAction::Deactivate, _) => {
                users::set_status(app.engine(), &editor, &one.uuid, false).await?
            }
            (BulkAction::Reactivate, _) => {
                users::set_status(app.engine(), &editor, &one.uuid, true).await?
            }
            (BulkAction::Welcome, _) => {
                users::send_welcome(app.engine(), &editor, &one.uuid).await?
            }
        };
        let line = |reason: String| BulkLine {
            name: one.name.clone(),
            href: format!("/settings/users/{}", one.uuid),
            reason,
        };
        match became {
            Ok(true) => done.push(line(one.email.clone())),
            Ok(false) => done.push(line("It was so already.".to_owned())),
            Err(refusal) => refused.push(line(refusal.sentence())),
        }
    }
    let number = |lines: &[BulkLine]| i64::try_from(lines.len()).unwrap_or(0);
    let good = refused.is_empty();
    let summary = if good {
        format!(
            "{} {}.",
            counted(number(&done), "user", "users"),
            action.done()
        )
    } else {
        format!(
            "{} {}, {} not. The reason stands beside each.",
            counted(number(&done), "user", "users"),
            action.done(),
            number(&refused)
        )
    };
    page(&BulkResultPage {
        shell: staff.shell(Section::Settings),
        title: action.label().to_owned(),
        tone: if good { "good" } else { "warn" },
        symbol: if good { "check-circle" } else { "info" },
        summary,
        done,
        refused,
    })
}
