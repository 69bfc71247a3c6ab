//! `GET /settings/roles/new` and `GET /settings/roles/{role}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::PublicId;
use domain::permission::{Area, Grants, Permission, RoleKind};
use store::Store;
use store::identities::find_staff_member;
use store::roles::{Role, count_people, find_role_by_uuid};

use super::content::{Content, Editable, Merged};
use super::edit_page::EditPage;
use super::matrix::matrix;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::page::page_with;
use crate::web::view::number::counted;
use crate::web::view::{Choice, Link, Query, Section};

/// What the page is about and what is said on it.
#[derive(Debug, Default)]
pub struct Edit {
    /// What stands in the form.
    pub content: Content,
    /// What two administrators changed at once.
    pub merged: Merged,
    /// What is wrong with the name.
    pub name_error: String,
    /// What is wrong with the description.
    pub description_error: String,
    /// What is wrong with the whole.
    pub error: String,
}

/// A role, and what this viewer may change about it.
#[derive(Debug)]
pub struct Found {
    /// The role.
    pub role: Role,
    /// What may be changed.
    pub editable: Editable,
    /// Why not more.
    pub locked: String,
}

/// The role of that id.
///
/// # Errors
/// `404` when there is none.
pub async fn find(store: &Store, viewer: &Staff, role: &str) -> Result<Found, Failure> {
    let missing = || Failure::not_found("Role");
    let uuid: PublicId = role.parse().map_err(|_| missing())?;
    let role = find_role_by_uuid(store, &uuid).await?.ok_or_else(missing)?;
    let own = find_staff_member(store, viewer.identity)
        .await?
        .is_some_and(|member| member.role_id == role.id);
    let writes = viewer.may(Permission::write(Area::Roles));
    let manages = viewer.may(Permission::manage(Area::Roles));
    let above = !role.grants.within(&viewer.grants);
    let (editable, locked) = match (manages, above, own) {
        (true, false, false) => (
            Editable {
                words: true,
                flags: true,
                grants: true,
            },
            "",
        ),
        (true, false, true) => (
            Editable {
                words: true,
                flags: true,
                grants: false,
            },
            "This is your own role. Only another administrator can change what it grants; everything else you can change.",
        ),
        (true, true, _) => (
            Editable {
                words: false,
                flags: false,
                grants: false,
            },
            "This role grants more than yours. Only somebody with the same rights can change it.",
        ),
        (false, ..) => (
            Editable {
                words: writes && !above,
                flags: false,
                grants: false,
            },
            "Changing what a role grants needs the right Manage Roles.",
        ),
    };
    Ok(Found {
        role,
        editable,
        locked: locked.to_owned(),
    })
}

/// The form of a new role.
///
/// # Errors
/// When the page cannot be rendered.
pub async fn new(staff: Staff, query: Query) -> Answer {
    let kind = RoleKind::from_key(query.0.text("kind")).unwrap_or(RoleKind::Staff);
    render_new(&staff, StatusCode::OK, kind, Edit::default())
}

/// The role.
///
/// # Errors
/// `404` when there is none.
pub async fn show(State(app): State<App>, staff: Staff, Path(role): Path<String>) -> Answer {
    let found = find(app.store(), &staff, &role).await?;
    let edit = Edit {
        content: Content::of(&found.role),
        ..Edit::default()
    };
    render(&app, &staff, StatusCode::OK, &found, edit).await
}

/// The form of a new role, after a mistake too.
///
/// # Errors
/// When the page cannot be rendered.
pub fn render_new(
    staff: &Staff,
    status: StatusCode,
    kind: RoleKind,
    edit: Edit,
) -> Result<Response, Failure> {
    let kinds = [
        (RoleKind::Staff, "Staff: people of your own company"),
        (RoleKind::Company, "Company: people of your clients"),
    ];
    let page = EditPage {
        uuid: String::new(),
        heading: "Add Role".to_owned(),
        kinds: kinds
            .map(|(one, label)| Choice::new(one.key(), label, one == kind))
            .into(),
        uses: None,
        shipped: false,
        locked: String::new(),
        revision: 0,
        base: String::new(),
        default_locked: false,
        can_rename: true,
        can_manage: true,
        can_grant: true,
        // All of it: which part is for people at companies follows the choice above it.
        matrix: matrix(RoleKind::Staff, &edit.content.grants, &staff.grants, &[]),
        ..of_kind(staff, kind, edit)
    };
    page_with(status, &page)
}

/// The role's form, after a mistake or a conflict too.
///
/// # Errors
/// When the database does not answer.
pub async fn render(
    app: &App,
    staff: &Staff,
    status: StatusCode,
    found: &Found,
    edit: Edit,
) -> Result<Response, Failure> {
    let role = &found.role;
    let people = count_people(app.store(), role.kind)
        .await?
        .into_iter()
        .find(|count| count.role_id == role.id)
        .map_or(0, |count| count.people);
    let (one, many) = match role.kind {
        RoleKind::Staff => ("user", "users"),
        RoleKind::Company => ("person at a company", "people at companies"),
    };
    let listed =
        role.kind == RoleKind::Staff && people > 0 && staff.may(Permission::read(Area::Users));
    let uses = Link::new(
        if listed {
            format!("/settings/users?role={}", role.uuid)
        } else {
            String::new()
        },
        counted(people, one, many),
    );
    let stored = Content::of(role);
    let shown = if found.editable.grants {
        &staff.grants
    } else {
        &Grants::everything()
    };
    let page = EditPage {
        uuid: role.uuid.to_string(),
        heading: role.name.clone(),
        kinds: Vec::new(),
        uses: Some(uses),
        shipped: role.shipped,
        locked: found.locked.clone(),
        revision: role.revision,
        base: serde_json::to_string(&stored).map_err(Failure::internal)?,
        default_locked: stored.is_default,
        can_rename: found.editable.words,
        can_manage: found.editable.flags,
        can_grant: found.editable.grants,
        matrix: matrix(role.kind, &edit.content.grants, shown, &edit.merged.areas),
        ..of_kind(staff, role.kind, edit)
    };
    page_with(status, &page)
}

fn of_kind(staff: &Staff, kind: RoleKind, edit: Edit) -> EditPage {
    let (kind_label, kind_word) = match kind {
        RoleKind::Staff => ("Staff role", "staff"),
        RoleKind::Company => ("Company role", "company"),
    };
    EditPage {
        shell: staff.shell(Section::Settings),
        kind_label,
        kind_word,
        conflicts: edit.merged.conflicts,
        error: edit.error,
        name: edit.content.name,
        name_error: edit.name_error,
        description: edit.content.description,
        description_error: edit.description_error,
        two_factor: edit.content.two_factor,
        is_default: edit.content.is_default,
        uuid: String::new(),
        heading: String::new(),
        kinds: Vec::new(),
        uses: None,
        shipped: false,
        locked: String::new(),
        revision: 0,
        base: String::new(),
        default_locked: false,
        can_rename: false,
        can_manage: false,
        can_grant: false,
        matrix: Vec::new(),
    }
}
