//! `POST /settings/users/bulk`: a change of several users. Asked first, with how many it is about; then each is done or
//! refused on its own, and the answer says which.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use domain::id::PublicId;
use domain::permission::RoleKind;
use store::Store;
use store::identities::MembershipStatus;
use store::roles::list_roles;
use store::staff::{NamedStaff, StaffQuery, list_named, list_staff_page};
use sync::users::{BulkChange, change_all};

use super::query::UserQuery;
use super::show_page::{BulkLine, BulkResultPage, Named};
use super::status::question;
use super::{BulkAction, editor, role_choices};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::{page, page_with, see_other};
use crate::web::settings::api_keys::made_by;
use crate::web::settings::imports::marks::Marks;
use crate::web::view::Section;
use crate::web::view::csv;
use crate::web::view::number::{counted, grouped};

/// Names listed in the question.
const LISTED: usize = 12;
/// Lines listed of what was done, and of what was not.
const LINES: usize = 200;
/// Most users of one change.
const MOST: usize = 10_000;

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
    let everyone = fields.has("everyone");
    let ids: BTreeSet<PublicId> = fields
        .all("pick")
        .filter_map(|id| id.parse().ok())
        .collect();
    let except = Marks::read(&fields).except(&ids);
    if !everyone && ids.len() > MOST {
        return Err(too_many());
    }
    let picked = if everyone {
        let mut all = matching(app.store(), &fields).await?;
        all.retain(|one| !except.contains(&one.uuid));
        all
    } else {
        let ids: Vec<&str> = ids.iter().map(PublicId::as_str).collect();
        list_named(app.store(), &ids).await?
    };
    if picked.is_empty() {
        return see_other("/settings/users?notice=nothing_selected");
    }
    if picked.len() > MOST {
        return Err(too_many());
    }
    let role = fields.text("role").to_owned();
    let confirmed = fields.has("confirmed");
    if confirmed && (action != BulkAction::Role || role.parse::<PublicId>().is_ok()) {
        return run(&app, &staff, action, &picked, &role).await;
    }
    let own = |one: &&NamedStaff| action.spares_oneself() && one.id == staff.identity;
    let meant: Vec<&NamedStaff> = picked
        .iter()
        .filter(|one| !own(one) && (action != BulkAction::Welcome || one.takes_welcome))
        .collect();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let count = counted(number(meant.len()), "user", "users");
    let mut hidden = vec![
        ("action".to_owned(), action.key().to_owned()),
        ("confirmed".to_owned(), "yes".to_owned()),
    ];
    if everyone {
        // Whoever matches when it is confirmed.
        let filters = ["search", "status", "role_filter"];
        hidden.extend(filters.map(|name| (name.to_owned(), fields.text(name).to_owned())));
        hidden.push(("everyone".to_owned(), "1".to_owned()));
        hidden.push(("all_shown".to_owned(), "1".to_owned()));
        hidden.extend(
            except
                .iter()
                .chain(picked.iter().filter(own).map(|one| &one.uuid))
                .map(|id| ("except".to_owned(), id.to_string())),
        );
    } else {
        let others = picked.iter().filter(|one| !own(one));
        let picks = others.map(|one| one.uuid.to_string());
        hidden.extend(picks.map(|id| ("pick".to_owned(), id)));
    }
    let people = meant.iter().take(LISTED).map(|one| Named {
        name: one.name.clone(),
        email: one.email.clone(),
    });
    let more = meant.len().saturating_sub(LISTED);
    let roles = if action == BulkAction::Role && !meant.is_empty() {
        role_choices(app.store(), &staff.grants, "", false).await?
    } else {
        Vec::new()
    };
    let mut lines = Vec::new();
    if !meant.is_empty() {
        lines.push(action.effect().to_owned());
    }
    match picked.len() - meant.len() {
        0 => {}
        _ if action.spares_oneself() => lines.push(action.oneself().to_owned()),
        left => lines.push(format!(
            "{} of the {} selected {} no welcome e-mail: a password is set, or the user is deactivated.",
            grouped(number(left)),
            grouped(number(picked.len())),
            if left == 1 { "gets" } else { "get" }
        )),
    }
    if action == BulkAction::Disable {
        let makers = meant.iter().map(|one| one.id).collect();
        lines.extend(made_by(app.store(), "they", &makers).await?);
    }
    let question = super::show_page::ConfirmPage {
        title: if meant.is_empty() {
            action.nothing().to_owned()
        } else {
            action.question(&count)
        },
        action: "/settings/users/bulk".to_owned(),
        back: "/settings/users".to_owned(),
        hidden,
        lines,
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
        button: if meant.is_empty() {
            String::new()
        } else {
            action.button(&count)
        },
        dangerous: action == BulkAction::Disable,
        ..question(&staff)
    };
    let status = if confirmed {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    page_with(status, &question)
}

fn too_many() -> Failure {
    Failure::bad_request(
        "At most 10,000 users can be changed at once. Narrow the list with its filters.",
    )
}

/// Everybody whom the list's filters match, whatever its page.
async fn matching(store: &Store, fields: &Fields) -> Result<Vec<NamedStaff>, Failure> {
    let roles = list_roles(store, RoleKind::Staff).await?;
    let asked = UserQuery::of_form(fields, &roles);
    let mut found = Vec::new();
    let mut page = None;
    loop {
        let query = StaffQuery {
            page: page.take(),
            limit: csv::PAGE,
            ..asked.staff.clone()
        };
        let listed = list_staff_page(store, &query).await?;
        found.extend(listed.rows.into_iter().map(|row| NamedStaff {
            id: row.id,
            uuid: row.uuid,
            name: row.name,
            email: row.email,
            takes_welcome: !row.has_password && row.status != MembershipStatus::Disabled,
        }));
        match listed.next {
            Some(next) if found.len() <= MOST => page = Some(next),
            _ => return Ok(found),
        }
    }
}

async fn run(
    app: &App,
    staff: &Staff,
    action: BulkAction,
    picked: &[NamedStaff],
    role: &str,
) -> Answer {
    let change = match (action, role.parse()) {
        (BulkAction::Role, Ok(role)) => BulkChange::Role(role),
        (BulkAction::Role, Err(_)) => return Err(Failure::bad_request("Select a role.")),
        (BulkAction::Disable, _) => BulkChange::Status(false),
        (BulkAction::Enable, _) => BulkChange::Status(true),
        (BulkAction::Welcome, _) => BulkChange::Welcome,
    };
    let ids: Vec<PublicId> = picked.iter().map(|one| one.uuid.clone()).collect();
    let became = change_all(app.engine(), &editor(staff), &ids, &change).await?;
    let (mut done, mut refused) = (Vec::new(), Vec::new());
    for (one, became) in picked.iter().zip(became) {
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
            grouped(number(&refused))
        )
    };
    page(&BulkResultPage {
        shell: staff.shell(Section::Settings),
        title: action.label().to_owned(),
        tone: if good { "good" } else { "warn" },
        symbol: if good { "check-circle" } else { "info" },
        summary,
        done_count: grouped(number(&done)),
        refused_count: grouped(number(&refused)),
        done_more: more(&done),
        refused_more: more(&refused),
        done: done.into_iter().take(LINES).collect(),
        refused: refused.into_iter().take(LINES).collect(),
    })
}

fn more(lines: &[BulkLine]) -> String {
    match lines.len().saturating_sub(LINES) {
        0 => String::new(),
        rest => format!("and {} more.", grouped(i64::try_from(rest).unwrap_or(0))),
    }
}
