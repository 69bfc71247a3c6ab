//! `POST /settings/roles/new` and `POST /settings/roles/{role}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::id::PublicId;
use domain::permission::RoleKind;
use serde_json::Value;
use store::Tx;
use store::roles::{
    Role, RoleUpdate, find_role_by_uuid_in, insert_role, is_name_taken_in, update_role,
};
use store::staff::list_active_administrators_in;

use super::content::{Content, Editable, merge};
use super::edit::{Edit, find, render, render_new};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::audit::{self, Subject};
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::see_other;

/// Makes a role: one for a double click.
///
/// # Errors
/// When the database does not answer.
pub async fn create(State(app): State<App>, staff: Staff, fields: Fields) -> Answer {
    let kind = RoleKind::from_key(fields.text("kind")).unwrap_or(RoleKind::Staff);
    let all = Editable {
        words: true,
        flags: true,
        grants: true,
    };
    let content = Content::read(&fields, kind, &Content::default(), all);
    let mut edit = checked(&content);
    let mut tx = app.store().begin().await?;
    if edit.name_error.is_empty() && is_name_taken_in(&mut tx, kind, &content.name, None).await? {
        if let Some(made) = find_just_made(&mut tx, &staff, kind, &content).await? {
            tx.rollback().await?;
            return to_made(&made);
        }
        edit.name_error = taken(kind);
    }
    if !content.grants.within(&staff.grants) {
        edit.error = BEYOND.to_owned();
    }
    if is_wrong(&edit) {
        edit.content = content;
        return render_new(&staff, StatusCode::UNPROCESSABLE_ENTITY, kind, edit);
    }
    let id = match insert_role(&mut tx, kind, &content.as_row()).await {
        Ok(id) => id,
        // Somebody else took the name between the look and this, or the first of two clicks did.
        Err(error) if error.is_conflict() => {
            tx.rollback().await?;
            let mut tx = app.store().begin().await?;
            let made = find_just_made(&mut tx, &staff, kind, &content).await?;
            tx.rollback().await?;
            if let Some(made) = made {
                return to_made(&made);
            }
            edit.name_error = taken(kind);
            edit.content = content;
            return render_new(&staff, StatusCode::UNPROCESSABLE_ENTITY, kind, edit);
        }
        Err(error) => return Err(error.into()),
    };
    let role = store::roles::find_role_in(&mut tx, id)
        .await?
        .ok_or_else(|| Failure::unexpected("a role vanished in its own transaction"))?;
    audit::write(
        &mut tx,
        &staff,
        "role.add",
        subject(&role),
        None,
        Some(content.to_json()),
    )
    .await?;
    tx.commit().await?;
    to_made(&role)
}

/// The role that the first of two clicks made of the same form.
async fn find_just_made(
    tx: &mut Tx,
    staff: &Staff,
    kind: RoleKind,
    content: &Content,
) -> Result<Option<Role>, Failure> {
    let Some(first) = audit::find_first_click(tx, staff, "role.add").await? else {
        return Ok(None);
    };
    let made = first.after_state.as_deref().unwrap_or_default();
    let same = serde_json::from_str::<Value>(made).is_ok_and(|made| made == content.to_json());
    let (true, Ok(uuid)) = (same, first.subject_id.parse::<PublicId>()) else {
        return Ok(None);
    };
    let role = find_role_by_uuid_in(tx, &uuid).await?;
    Ok(role.filter(|role| role.kind == kind))
}

fn to_made(role: &Role) -> Answer {
    see_other(&format!(
        "/settings/roles/{}?notice=role_created",
        role.uuid
    ))
}

/// Saves a role. What somebody else saved since the page was opened stays; where both changed the same, nothing is
/// saved and both are shown.
///
/// # Errors
/// `404` when there is no such role.
pub async fn update(
    State(app): State<App>,
    staff: Staff,
    Path(role): Path<String>,
    fields: Fields,
) -> Answer {
    let found = find(app.store(), &staff, &role).await?;
    if !found.editable.words {
        return Err(Failure::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "This role is not yours to change",
            found.locked,
        ));
    }
    let theirs = Content::of(&found.role);
    let base: Content =
        serde_json::from_str(fields.text("base")).unwrap_or_else(|_| theirs.clone());
    let mine = Content::read(&fields, found.role.kind, &base, found.editable);
    let merged = merge(&base, &theirs, &mine);
    let content = merged.content.clone();
    if !merged.conflicts.is_empty() {
        let edit = Edit {
            content,
            merged,
            ..Edit::default()
        };
        return render(&app, &staff, StatusCode::CONFLICT, &found, edit).await;
    }
    if content == theirs {
        return see_other(&format!(
            "/settings/roles/{}?notice=unchanged",
            found.role.uuid
        ));
    }
    let mut edit = checked(&content);
    if content.grants != theirs.grants
        && (!found.editable.grants || !content.grants.within(&staff.grants))
    {
        edit.error = BEYOND.to_owned();
    }
    let mut tx = app.store().begin().await?;
    // Before the role's row: an import of staff takes them in this order.
    let administrators = list_active_administrators_in(&mut tx).await?;
    let kept = find_role_by_uuid_in(&mut tx, &found.role.uuid).await?;
    if kept.is_none() {
        return Err(Failure::not_found("Role"));
    }
    if edit.name_error.is_empty()
        && is_name_taken_in(&mut tx, found.role.kind, &content.name, Some(found.role.id)).await?
    {
        edit.name_error = taken(found.role.kind);
    }
    if !is_wrong(&edit) {
        let row = content.as_row();
        match update_role(&mut tx, found.role.id, found.role.revision, &row).await {
            Ok(RoleUpdate::Saved) => {}
            Ok(RoleUpdate::Gone) => return Err(Failure::not_found("Role")),
            Ok(RoleUpdate::Stale) => {
                edit.error =
                    "Somebody else saved this role at this very moment. Save again.".to_owned();
            }
            Err(error) if error.is_conflict() => edit.name_error = taken(found.role.kind),
            Err(error) => return Err(error.into()),
        }
    }
    if !is_wrong(&edit)
        && content.grants != theirs.grants
        && !administrators.is_empty()
        && list_active_administrators_in(&mut tx).await?.is_empty()
    {
        edit.error = "Nothing was saved: without these rights nobody could manage users and roles any more. Give \
                      somebody else a role with Manage Users and Manage Roles first."
            .to_owned();
    }
    if is_wrong(&edit) {
        tx.rollback().await?;
        edit.content = content;
        let found = find(app.store(), &staff, &role).await?;
        return render(&app, &staff, StatusCode::UNPROCESSABLE_ENTITY, &found, edit).await;
    }
    audit::write(
        &mut tx,
        &staff,
        "role.update",
        subject(&found.role),
        Some(theirs.to_json()),
        Some(content.to_json()),
    )
    .await?;
    tx.commit().await?;
    let notice = if base == theirs {
        "role_saved"
    } else {
        "role_merged"
    };
    see_other(&format!(
        "/settings/roles/{}?notice={notice}",
        found.role.uuid
    ))
}

const BEYOND: &str = "Nothing was saved: the role would grant more than your own role does. Choose lower levels, or ask an \
                      administrator who has these rights.";

fn checked(content: &Content) -> Edit {
    let (name_error, description_error) = content.problems();
    Edit {
        name_error,
        description_error,
        ..Edit::default()
    }
}

fn is_wrong(edit: &Edit) -> bool {
    !(edit.name_error.is_empty() && edit.description_error.is_empty() && edit.error.is_empty())
}

fn taken(kind: RoleKind) -> String {
    let kind = match kind {
        RoleKind::Staff => "staff",
        RoleKind::Company => "company",
    };
    format!("Another {kind} role has this name. Choose a different one.")
}

fn subject(role: &Role) -> Subject<'_> {
    Subject {
        kind: "role",
        id: role.uuid.as_str(),
        label: &role.name,
    }
}
