//! `POST /settings/roles/{role}/duplicate`, `GET` and `POST /settings/roles/{role}/delete`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::permission::{Area, Permission};
use serde_json::{Value, json};
use store::audit::AuditRow;
use store::integrations::list_integrations;
use store::roles::{self, Role, RoleRemoval, RoleUse, role_uses};

use super::content::Content;
use super::edit::{Found, find};
use super::list_page::DeletePage;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::audit::{self, Subject};
use crate::web::error::{Answer, Failure};
use crate::web::page::{page_with, see_other};
use crate::web::view::number::counted;
use crate::web::view::{Link, Section};

/// Copies a role with everything but its users, and opens the copy: one for a double click.
///
/// # Errors
/// `404` when there is no such role; `403` when it grants more than the person's own.
pub async fn duplicate(State(app): State<App>, staff: Staff, Path(role): Path<String>) -> Answer {
    let found = find(app.store(), &staff, &role).await?;
    if !found.role.grants.within(&staff.grants) {
        return Err(Failure::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "This role cannot be duplicated by you",
            "It grants more than your own role, and the copy would too. Ask an administrator who has these rights.",
        ));
    }
    let mut tx = app.store().begin().await?;
    let first = audit::find_first_click(&mut tx, &staff, "role.add").await?;
    if let Some(first) = first.filter(|first| is_copy(first, &found.role)) {
        tx.rollback().await?;
        return to_copy(&first.subject_id);
    }
    let copy = roles::duplicate_role(&mut tx, found.role.id)
        .await?
        .ok_or_else(|| Failure::not_found("Role"))?;
    audit::write(
        &mut tx,
        &staff,
        "role.add",
        subject(&copy),
        None,
        Some(json!({
            "copy_of": found.role.name,
            "copy_of_id": found.role.uuid.as_str(),
            "role": Content::of(&copy).to_json(),
        })),
    )
    .await?;
    tx.commit().await?;
    to_copy(copy.uuid.as_str())
}

/// Whether an entry tells of a copy of this role.
fn is_copy(entry: &AuditRow, role: &Role) -> bool {
    let after = entry.after_state.as_deref().unwrap_or_default();
    serde_json::from_str::<Value>(after)
        .is_ok_and(|after| after["copy_of_id"] == role.uuid.as_str())
}

fn to_copy(uuid: &str) -> Answer {
    see_other(&format!("/settings/roles/{uuid}?notice=role_duplicated"))
}

/// Asks before a role is deleted, or says what uses it.
///
/// # Errors
/// `404` when there is no such role.
pub async fn ask_remove(State(app): State<App>, staff: Staff, Path(role): Path<String>) -> Answer {
    let found = find(app.store(), &staff, &role).await?;
    let uses = role_uses(app.store(), &found.role).await?;
    render(&app, &staff, StatusCode::OK, &found, &uses).await
}

/// Deletes a role that nothing uses.
///
/// # Errors
/// `404` when there is no such role.
pub async fn remove(State(app): State<App>, staff: Staff, Path(role): Path<String>) -> Answer {
    let found = find(app.store(), &staff, &role).await?;
    if !refusal(&found).is_empty() {
        return render(
            &app,
            &staff,
            StatusCode::CONFLICT,
            &found,
            &RoleUse::default(),
        )
        .await;
    }
    let mut tx = app.store().begin().await?;
    match roles::remove_role(&mut tx, found.role.id).await? {
        RoleRemoval::Removed => {}
        RoleRemoval::Gone => return Err(Failure::not_found("Role")),
        RoleRemoval::Shipped => {
            tx.rollback().await?;
            return render(
                &app,
                &staff,
                StatusCode::CONFLICT,
                &found,
                &RoleUse::default(),
            )
            .await;
        }
        RoleRemoval::Used(uses) => {
            tx.rollback().await?;
            return render(&app, &staff, StatusCode::CONFLICT, &found, &uses).await;
        }
    }
    let before = Content::of(&found.role).to_json();
    audit::write(
        &mut tx,
        &staff,
        "role.remove",
        subject(&found.role),
        Some(before),
        None,
    )
    .await?;
    tx.commit().await?;
    see_other("/settings/roles?notice=role_deleted")
}

/// Why a role cannot be deleted whatever is done; empty when it can.
fn refusal(found: &Found) -> String {
    if found.role.shipped {
        return "It came with Portico and stays. It can be renamed and changed.".to_owned();
    }
    if !found.editable.flags {
        return found.locked.clone();
    }
    String::new()
}

async fn render(
    app: &App,
    staff: &Staff,
    status: StatusCode,
    found: &Found,
    uses: &RoleUse,
) -> Result<Response, Failure> {
    let role = &found.role;
    let mut lines = Vec::new();
    if uses.staff > 0 {
        let href = if staff.may(Permission::read(Area::Users)) {
            format!("/settings/users?role={}", role.uuid)
        } else {
            String::new()
        };
        lines.push(Link::new(
            href,
            counted(uses.staff, "user has it", "users have it"),
        ));
    }
    if uses.company > 0 {
        let text = counted(
            uses.company,
            "person at a company has it",
            "people at companies have it",
        );
        let href = if staff.may(Permission::read(Area::Companies)) {
            format!("/contacts/accounts?role={}", role.uuid)
        } else {
            String::new()
        };
        lines.push(Link::new(href, text));
    }
    if !uses.integrations.is_empty() {
        let all = list_integrations(app.store()).await?;
        for name in &uses.integrations {
            let provider = all.iter().find(|one| one.name == *name);
            let href = provider
                .filter(|_| staff.may(Permission::read(Area::Integrations)))
                .map(|one| format!("/settings/integrations/{}", one.provider))
                .unwrap_or_default();
            lines.push(Link::new(
                href,
                format!("{name} gives it to imported contacts"),
            ));
        }
    }
    page_with(
        status,
        &DeletePage {
            shell: staff.shell(Section::Settings),
            uuid: role.uuid.to_string(),
            name: role.name.clone(),
            refused: refusal(found),
            uses: lines,
        },
    )
}

fn subject(role: &Role) -> Subject<'_> {
    Subject {
        kind: "role",
        id: role.uuid.as_str(),
        label: &role.name,
    }
}
