//! Administrators: the first one, made in the browser or the demo, and those made at the command line.

use domain::id::IdentityId;
use domain::role_preset::RolePreset;
use domain::secret::Secret;
use serde_json::json;
use store::audit::{Actor, AuditEntry, insert_entry};
use store::identities::{self, MembershipStatus, NewIdentity};
use store::{Store, StoreError, Tx, passkeys, roles, sessions, two_factor};

/// Creates the first administrator; `None` when somebody can sign in already.
///
/// # Errors
/// `Conflict` when the address belongs to somebody who cannot sign in.
pub async fn create_first(
    tx: &mut Tx,
    name: &str,
    email: &str,
    hash: &Secret,
) -> Result<Option<IdentityId>, StoreError> {
    if identities::count_active_staff_in(tx).await? > 0 {
        return Ok(None);
    }
    let identity = insert(tx, name, email, hash, true).await?;
    audit(
        tx,
        &Actor::Person {
            id: identity,
            name: name.to_owned(),
        },
        identity,
        email,
        "administrator.create",
    )
    .await?;
    Ok(Some(identity))
}

/// Creates an administrator, or makes the person with this address one with a new password and ends the sessions of
/// the old one; on request without the second factors, for whoever lost them all. Tells whether the person is new.
///
/// # Errors
/// As any statement.
pub async fn create_or_reset(
    store: &Store,
    name: &str,
    email: &str,
    hash: &Secret,
    reset_two_factor: bool,
) -> Result<bool, StoreError> {
    let known = identities::find_identity_by_email(store, email).await?;
    let mut tx = store.begin().await?;
    let first = identities::count_active_staff_in(&mut tx).await? == 0;
    let (identity, action) = match &known {
        Some(known) => {
            identities::update_password(&mut tx, known.id, hash.expose()).await?;
            sessions::remove_sessions(&mut tx, known.id, None).await?;
            if reset_two_factor {
                two_factor::disable(&mut tx, known.id).await?;
                passkeys::remove_passkeys(&mut tx, known.id).await?;
            }
            join(&mut tx, known.id, first).await?;
            (known.id, "administrator.reset")
        }
        None => (
            insert(&mut tx, name, email, hash, first).await?,
            "administrator.create",
        ),
    };
    audit(&mut tx, &Actor::CommandLine, identity, email, action).await?;
    tx.commit().await?;
    Ok(known.is_none())
}

async fn insert(
    tx: &mut Tx,
    name: &str,
    email: &str,
    hash: &Secret,
    primary: bool,
) -> Result<IdentityId, StoreError> {
    let new = NewIdentity {
        email,
        name,
        password_hash: Some(hash.expose()),
        ..NewIdentity::default()
    };
    let identity = identities::insert_identity(tx, &new).await?;
    join(tx, identity, primary).await?;
    Ok(identity)
}

async fn join(tx: &mut Tx, identity: IdentityId, primary: bool) -> Result<(), StoreError> {
    let role = roles::find_preset_in(tx, RolePreset::Administrator)
        .await?
        .id;
    identities::upsert_staff_membership(tx, identity, role, MembershipStatus::Active, primary, true)
        .await
}

async fn audit(
    tx: &mut Tx,
    actor: &Actor,
    identity: IdentityId,
    email: &str,
    action: &str,
) -> Result<(), StoreError> {
    let entry = AuditEntry {
        actor,
        action,
        subject_kind: "identity",
        subject_id: &identity.to_string(),
        subject_label: email,
        before: None,
        after: Some(json!({ "role": RolePreset::Administrator.label() })),
    };
    insert_entry(tx, &entry).await
}
