//! Staff users: adding, changing, switching off and on, welcoming. The one place for the rules, whoever asks: the pages,
//! a change of several at once, the import.
//!
//! Nobody changes their own role or status, gives a role that grants more than their own, or changes how somebody with
//! more rights signs in. The primary administrator and the last active one cannot be switched off. Every change leaves
//! an audit entry in its own commit (rule X4), and switching somebody off ends the sessions in it. Whoever decides by who
//! else is there takes the staff lock before the row of a role, a technician or a person, in this order everywhere.

mod bulk;
mod check;
mod client;
mod create;
mod profile;
mod refusal;

use domain::clock::UtcMillis;
use domain::id::{IdentityId, PublicId};
use domain::mail::MailKind;
use domain::permission::{Area, Grants, Permission, RoleKind};
use serde_json::json;
use store::audit::Actor;
use store::identities::{self, MembershipStatus, StaffMember};
use store::roles::{self, Role};
use store::staff::{set_staff_role, set_staff_status};
use store::technicians::{find_importable_in, is_linked_in, link_technician_in};
use store::{Tx, outbox};

pub use bulk::{BulkChange, change_all};
use check::{audit, check_texts, find_in, is_last_administrator_in, text};
pub use client::{Client, client_with, contacts_with};
pub use create::{Created, NewUser, create_in, problem_of_address, problems_of_new};
use profile::put_profile_in;
pub use refusal::UserRefusal;

use crate::engine::Engine;
use crate::error::Result;
use crate::mail::{Receiver, queue_welcome};

/// Welcome e-mails one person can be sent within a day.
const WELCOMES_A_DAY: u64 = 5;
/// Milliseconds within which the same welcome e-mail is not written again: a button was pressed twice.
const PRESSED_TWICE: i64 = 10 * UtcMillis::SECOND;
/// How often a commit is tried that somebody else got in the way of.
const ATTEMPTS: usize = 3;

/// Who changes users, and what they may do.
#[derive(Debug, Clone)]
pub struct Editor {
    /// For the audit log.
    pub actor: Actor,
    /// The person.
    pub identity: IdentityId,
    /// What the person's role grants.
    pub grants: Grants,
}

impl Editor {
    fn manages_users(&self) -> bool {
        self.grants.allow(Permission::manage(Area::Users))
    }
}

/// What is to change about a user; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserChange {
    /// Name.
    pub name: Option<String>,
    /// E-mail, as typed.
    pub email: Option<String>,
    /// Job title; an empty one is none.
    pub job_title: Option<String>,
    /// Phone number; an empty one is none.
    pub phone: Option<String>,
    /// The role, by its id in addresses.
    pub role: Option<PublicId>,
}

/// What became of a change: `Ok(false)` when there was nothing to change.
pub type Changed = std::result::Result<bool, UserRefusal>;

/// Adds a user.
///
/// # Errors
/// As any statement.
pub async fn add_user(
    engine: &Engine,
    editor: &Editor,
    new: &NewUser,
    role: &PublicId,
    send_welcome: bool,
) -> Result<std::result::Result<Created, UserRefusal>> {
    let mut attempt = 1;
    loop {
        match add_once(engine, editor, new, role, send_welcome).await {
            // Somebody else took the address at this moment: looked at again, it is a refusal with a name.
            Err(error) if error.is_worth_another_attempt() && attempt < ATTEMPTS => attempt += 1,
            other => return other,
        }
    }
}

async fn add_once(
    engine: &Engine,
    editor: &Editor,
    new: &NewUser,
    role: &PublicId,
    send_welcome: bool,
) -> Result<std::result::Result<Created, UserRefusal>> {
    let (title, phone) = (text(&new.job_title), text(&new.phone));
    let texts = [("name", &*new.name), ("title", title), ("phone", phone)];
    if let Some(refusal) = check_texts(&texts) {
        return Ok(Err(refusal));
    }
    let mut tx = engine.store().begin().await?;
    identities::lock_staff(&mut tx).await?;
    let role = match grantable_role_in(&mut tx, editor, role).await? {
        Ok(role) => role,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let created = match create_in(&mut tx, editor, &role, new, MembershipStatus::Pending).await? {
        Ok(created) => created,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if send_welcome {
        welcome_in(&mut tx, editor, created.identity).await?.ok();
    }
    tx.commit().await?;
    Ok(Ok(created))
}

/// The staff role of that id, kept there until the commit, if the editor may give it.
///
/// # Errors
/// As any statement.
pub async fn grantable_role_in(
    tx: &mut Tx,
    editor: &Editor,
    role: &PublicId,
) -> Result<std::result::Result<Role, UserRefusal>> {
    let found = roles::find_role_by_uuid_in(tx, role).await?;
    Ok(match found.filter(|role| role.kind == RoleKind::Staff) {
        None => Err(UserRefusal::RoleGone),
        Some(role) if !role.grants.within(&editor.grants) => {
            Err(UserRefusal::RoleBeyondOwnRights { role: role.name })
        }
        Some(role) => Ok(role),
    })
}

/// Changes a user.
///
/// # Errors
/// As any statement.
pub async fn update_user(
    engine: &Engine,
    editor: &Editor,
    user: &PublicId,
    change: &UserChange,
) -> Result<Changed> {
    let mut attempt = 1;
    loop {
        match update_once(engine, editor, user, change).await {
            Err(error) if error.is_worth_another_attempt() && attempt < ATTEMPTS => attempt += 1,
            other => return other,
        }
    }
}

async fn update_once(
    engine: &Engine,
    editor: &Editor,
    user: &PublicId,
    change: &UserChange,
) -> Result<Changed> {
    let mut tx = engine.store().begin().await?;
    identities::lock_staff(&mut tx).await?;
    let became = update_in(&mut tx, editor, user, change).await?;
    if became.is_ok() {
        tx.commit().await?;
    }
    Ok(became)
}

/// The same inside a transaction that has the staff lock. Of several changes in one, an earlier one may be written before
/// a later one is refused.
async fn update_in(
    tx: &mut Tx,
    editor: &Editor,
    user: &PublicId,
    change: &UserChange,
) -> Result<Changed> {
    let Some((identity, staff)) = find_in(tx, user).await? else {
        return Ok(Err(UserRefusal::Gone));
    };
    let mut changed = false;
    match put_profile_in(tx, editor, &identity, &staff, change).await? {
        Ok(any) => changed |= any,
        Err(refusal) => return Ok(Err(refusal)),
    }
    if let Some(role) = &change.role {
        match put_role_in(tx, editor, &staff, role).await? {
            Ok(any) => changed |= any,
            Err(refusal) => return Ok(Err(refusal)),
        }
    }
    Ok(Ok(changed))
}

/// Gives a user another role, effective at once.
///
/// # Errors
/// As any statement.
pub async fn change_role(
    engine: &Engine,
    editor: &Editor,
    user: &PublicId,
    role: &PublicId,
) -> Result<Changed> {
    let change = UserChange {
        role: Some(role.clone()),
        ..UserChange::default()
    };
    update_user(engine, editor, user, &change).await
}

async fn put_role_in(
    tx: &mut Tx,
    editor: &Editor,
    staff: &StaffMember,
    role: &PublicId,
) -> Result<Changed> {
    let found = roles::find_role_by_uuid_in(tx, role).await?;
    if found.as_ref().is_some_and(|role| role.id == staff.role_id) {
        return Ok(Ok(false));
    }
    if !editor.manages_users() {
        return Ok(Err(UserRefusal::NeedsManageUsers));
    }
    if staff.identity_id == editor.identity {
        return Ok(Err(UserRefusal::OwnRole));
    }
    if staff.primary_admin {
        return Ok(Err(UserRefusal::PrimaryAdministrator));
    }
    if !staff.grants.within(&editor.grants) {
        return Ok(Err(UserRefusal::PersonBeyondOwnRights));
    }
    let role = match grantable_role_in(tx, editor, role).await? {
        Ok(role) => role,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let stays = [Area::Users, Area::Roles]
        .into_iter()
        .all(|area| role.grants.allow(Permission::manage(area)));
    if !stays && is_last_administrator_in(tx, staff.identity_id).await? {
        return Ok(Err(UserRefusal::LastAdministrator));
    }
    set_staff_role(tx, staff.identity_id, role.id).await?;
    let (before, after) = (
        json!({ "role": staff.role_name }),
        json!({ "role": role.name }),
    );
    audit(
        tx,
        editor,
        "user.role",
        &staff.uuid,
        &staff.email,
        Some(before),
        Some(after),
    )
    .await?;
    Ok(Ok(true))
}

/// Switches a user off, which ends the sessions and spends the links at once, or on again.
///
/// # Errors
/// As any statement.
pub async fn set_status(
    engine: &Engine,
    editor: &Editor,
    user: &PublicId,
    on: bool,
) -> Result<Changed> {
    let mut tx = engine.store().begin().await?;
    identities::lock_staff(&mut tx).await?;
    let became = set_status_in(&mut tx, editor, user, on).await?;
    if became.is_ok() {
        tx.commit().await?;
    }
    Ok(became)
}

/// The same inside a transaction that has the staff lock.
async fn set_status_in(tx: &mut Tx, editor: &Editor, user: &PublicId, on: bool) -> Result<Changed> {
    let Some((identity, staff)) = find_in(tx, user).await? else {
        return Ok(Err(UserRefusal::Gone));
    };
    if on != (staff.status == MembershipStatus::Disabled) {
        return Ok(Ok(false));
    }
    if staff.identity_id == editor.identity {
        return Ok(Err(UserRefusal::OwnStatus));
    }
    if !on && staff.primary_admin {
        return Ok(Err(UserRefusal::PrimaryAdministrator));
    }
    if !staff.grants.within(&editor.grants) {
        return Ok(Err(UserRefusal::PersonBeyondOwnRights));
    }
    if !on && is_last_administrator_in(tx, staff.identity_id).await? {
        return Ok(Err(UserRefusal::LastAdministrator));
    }
    let status = if !on {
        MembershipStatus::Disabled
    } else if identity.password_hash.is_some() {
        MembershipStatus::Active
    } else if is_linked_in(tx, staff.identity_id).await? {
        MembershipStatus::Imported
    } else {
        MembershipStatus::Pending
    };
    set_staff_status(tx, staff.identity_id, status).await?;
    let (before, after) = (
        json!({ "status": staff.status.key() }),
        json!({ "status": status.key() }),
    );
    let action = if on {
        "user.reactivate"
    } else {
        "user.deactivate"
    };
    audit(
        tx,
        editor,
        action,
        &staff.uuid,
        &staff.email,
        Some(before),
        Some(after),
    )
    .await?;
    Ok(Ok(true))
}

/// Sends the welcome e-mail, again if need be, at most five times a day. Its link takes the place of those before. One
/// that was written to the same address a few seconds ago is not sent twice.
///
/// # Errors
/// As any statement.
pub async fn send_welcome(engine: &Engine, editor: &Editor, user: &PublicId) -> Result<Changed> {
    let mut tx = engine.store().begin().await?;
    let sent = send_welcome_in(&mut tx, editor, user).await?;
    if sent.is_ok() {
        tx.commit().await?;
    }
    Ok(sent)
}

/// The same inside a transaction.
async fn send_welcome_in(tx: &mut Tx, editor: &Editor, user: &PublicId) -> Result<Changed> {
    match find_in(tx, user).await? {
        Some((identity, _)) => welcome_in(tx, editor, identity.id).await,
        None => Ok(Err(UserRefusal::Gone)),
    }
}

/// The same inside a transaction, for somebody who is staff.
///
/// # Errors
/// As any statement.
pub async fn welcome_in(tx: &mut Tx, editor: &Editor, user: IdentityId) -> Result<Changed> {
    let Some(staff) = identities::find_staff_member_in(tx, user).await? else {
        return Ok(Err(UserRefusal::Gone));
    };
    let Some(identity) = identities::find_identity_in(tx, user).await? else {
        return Ok(Err(UserRefusal::Gone));
    };
    if staff.status == MembershipStatus::Disabled {
        return Ok(Err(UserRefusal::Deactivated));
    }
    if identity.password_hash.is_some() {
        return Ok(Err(UserRefusal::HasPassword));
    }
    let now = tx.store().now();
    let (email, pressed) = (&identity.email, now.plus(-PRESSED_TWICE));
    if outbox::is_written_in(tx, user, MailKind::Welcome, email, pressed).await? {
        return Ok(Ok(false));
    }
    let lately = now.plus(-UtcMillis::DAY);
    if outbox::count_mail_in(tx, user, MailKind::Welcome, lately).await? >= WELCOMES_A_DAY {
        return Ok(Err(UserRefusal::WelcomedOften));
    }
    let by = match &editor.actor {
        Actor::Person { name, .. } => name.clone(),
        _ => String::new(),
    };
    let to = Receiver {
        identity: user,
        name: &identity.name,
        email: &identity.email,
    };
    queue_welcome(tx, to, &by).await?;
    if staff.status.waits_for_welcome() {
        set_staff_status(tx, user, MembershipStatus::Invited).await?;
    }
    audit(
        tx,
        editor,
        "user.welcome",
        &staff.uuid,
        &staff.email,
        None,
        None,
    )
    .await?;
    Ok(Ok(true))
}

/// Ends the link between a vendor's record and a user; answers whether there was one.
///
/// # Errors
/// As any statement.
pub async fn unlink(engine: &Engine, editor: &Editor, technician: i64) -> Result<bool> {
    let mut tx = engine.store().begin().await?;
    let Some(row) = find_importable_in(&mut tx, technician).await? else {
        return Ok(false);
    };
    let Some(user) = row.identity else {
        return Ok(false);
    };
    link_technician_in(&mut tx, technician, None).await?;
    let before = json!({ "linked_to": row.external_id, "name": row.name });
    audit(
        &mut tx,
        editor,
        "user.unlink",
        &user.uuid,
        &user.email,
        Some(before),
        None,
    )
    .await?;
    tx.commit().await?;
    Ok(true)
}
