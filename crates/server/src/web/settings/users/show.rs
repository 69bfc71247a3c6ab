//! `GET /settings/users/{user}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::PublicId;
use domain::permission::{Area, Permission};
use store::Store;
use store::identities::{
    Identity, MembershipStatus, StaffMember, find_identity_by_uuid, find_staff_member,
};
use store::integrations::list_integrations;
use store::technicians::list_linked;
use store::two_factor;

use super::form::{UserForm, UserValues};
use super::show_page::{LinkedRecord, ShowPage};
use super::{role_choices, status_badge, status_meaning};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::contacts::accounts::of_person;
use crate::web::error::{Answer, Failure};
use crate::web::page::page_with;
use crate::web::view::shell::initials;
use crate::web::view::{Fact, Section};

/// A user with the membership.
#[derive(Debug, Clone)]
pub struct Found {
    /// The identity.
    pub identity: Identity,
    /// Role and status.
    pub staff: StaffMember,
    /// The role's id in addresses.
    pub role: PublicId,
}

impl Found {
    /// What the form shows.
    #[must_use]
    pub fn values(&self) -> UserValues {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        UserValues {
            name: self.identity.name.clone(),
            email: self.identity.email.clone(),
            title: text(&self.identity.job_title),
            phone: text(&self.identity.phone),
            role: self.role.to_string(),
        }
    }
}

/// The user of that id.
///
/// # Errors
/// `404` when there is none.
pub async fn find(store: &Store, user: &str) -> Result<Found, Failure> {
    let missing = || Failure::not_found("User");
    let uuid: PublicId = user.parse().map_err(|_| missing())?;
    let identity = find_identity_by_uuid(store, &uuid)
        .await?
        .ok_or_else(missing)?;
    let staff = find_staff_member(store, identity.id)
        .await?
        .ok_or_else(missing)?;
    let role = store::roles::find_role(store, staff.role_id)
        .await?
        .ok_or_else(missing)?;
    Ok(Found {
        identity,
        staff,
        role: role.uuid,
    })
}

/// The user.
///
/// # Errors
/// `404` when there is none.
pub async fn show(State(app): State<App>, staff: Staff, Path(user): Path<String>) -> Answer {
    let found = find(app.store(), &user).await?;
    let form = UserForm {
        values: found.values(),
        ..UserForm::default()
    };
    render(&app, &staff, StatusCode::OK, &found, form).await
}

/// The page, after a mistake too.
///
/// # Errors
/// When the database does not answer.
pub async fn render(
    app: &App,
    viewer: &Staff,
    status: StatusCode,
    found: &Found,
    mut form: UserForm,
) -> Result<Response, Failure> {
    let shell = viewer.shell(Section::Settings);
    let (member, identity) = (&found.staff, &found.identity);
    let you = member.identity_id == viewer.identity;
    let above = !member.grants.within(&viewer.grants);
    let manages = viewer.may(Permission::manage(Area::Users));
    form.base = found.values();
    form.editable = shell.rights.write_users;
    form.role_name.clone_from(&member.role_name);
    form.email_locked = match (manages, above && !you) {
        (false, _) => "Changing it needs the right Manage Users.".to_owned(),
        (true, true) => "This user's role grants more than yours.".to_owned(),
        (true, false) => String::new(),
    };
    form.role_locked = match (manages, you, member.primary_admin, above) {
        (false, ..) => "Changing it needs the right Manage Users.",
        (_, true, ..) => "You cannot change your own role. Another administrator can.",
        (_, _, true, _) => "The primary administrator keeps this role.",
        (_, _, _, true) => "This user's role grants more than yours.",
        _ => "",
    }
    .to_owned();
    form.roles = role_choices(app.store(), &viewer.grants, &form.values.role, false).await?;
    let links = links(app.store(), identity).await?;
    // What is only a client's is for whoever sees companies.
    let accounts = if shell.rights.companies {
        of_person(app, &shell, viewer.viewer(), &identity.uuid).await?
    } else {
        Vec::new()
    };
    let two_factor = two_factor::has_second_factor(app.store(), identity.id).await?;
    let disabled = member.status == MembershipStatus::Disabled;
    let protected = you || member.primary_admin || above;
    let access_note = match (manages, you, member.primary_admin, above) {
        (false, ..) => "",
        (_, true, ..) => "You cannot change your own status. Another administrator can.",
        (_, _, true, _) => "The primary administrator cannot be deactivated.",
        (_, _, _, true) => {
            "This user's role grants more than yours, so you cannot change role, address or status."
        }
        _ => "",
    };
    let mut facts = vec![Fact::new("Role", &member.role_name)];
    if shell.rights.read_roles {
        facts[0].href = format!("/settings/roles/{}", found.role);
    }
    let time = |at: Option<_>, none: &str| {
        shell
            .maybe_time(at)
            .map_or_else(|| none.to_owned(), |time| time.relative)
    };
    facts.push(Fact::new(
        "Last Login",
        time(identity.last_sign_in_at, "never"),
    ));
    facts.push(Fact::new(
        "Two-factor",
        if two_factor { "on" } else { "off" },
    ));
    facts.push(Fact::new(
        "Password",
        if identity.password_hash.is_some() {
            "set"
        } else {
            "not set yet"
        },
    ));
    facts.push(Fact::new("Added", shell.time(identity.created_at).relative));
    page_with(
        status,
        &ShowPage {
            uuid: identity.uuid.to_string(),
            initials: initials(&identity.name),
            name: identity.name.clone(),
            email: identity.email.clone(),
            you,
            primary: member.primary_admin,
            status: status_badge(member.status),
            status_meaning: status_meaning(member.status).to_owned(),
            facts,
            access_note: access_note.to_owned(),
            can_welcome: shell.rights.write_users && !disabled && identity.password_hash.is_none(),
            welcome_label: if member.status == MembershipStatus::Invited {
                "Resend welcome e-mail"
            } else {
                "Send welcome e-mail"
            },
            can_reset: manages && two_factor && !you && !above,
            can_deactivate: manages && !disabled && !protected,
            can_reactivate: manages && disabled && !protected,
            form,
            links,
            accounts,
            shell,
        },
    )
}

async fn links(store: &Store, identity: &Identity) -> Result<Vec<LinkedRecord>, Failure> {
    let found = list_linked(store, identity.id).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let integrations = list_integrations(store).await?;
    let record = |row: store::technicians::ImportRow| {
        let integration = integrations.iter().find(|one| one.id == row.integration);
        LinkedRecord {
            id: row.id,
            provider_key: integration
                .map(|one| one.provider.clone())
                .unwrap_or_default(),
            integration: integration.map(|one| one.name.clone()).unwrap_or_default(),
            name: row.name,
            email: row.email.unwrap_or_default(),
            external_id: row.external_id,
            note: if row.active { "" } else { "inactive there" }.to_owned(),
        }
    };
    Ok(found.into_iter().map(record).collect())
}
