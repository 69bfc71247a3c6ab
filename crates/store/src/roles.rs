//! Roles: named sets of grants, for staff or for people at a client.

use domain::clock::UtcMillis;
use domain::id::{PublicId, RoleId};
use domain::permission::{Grants, RoleKind};

use crate::decode::{flag, instant, json, known, plain, public_id};
use crate::error::{ErrorKind, Result, StoreError};
use crate::open::Store;
use crate::tx::Tx;

row! {
    /// A role.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Role {
        /// Row id.
        pub id: RoleId = i64 => plain(RoleId),
        /// Id in addresses.
        pub uuid: PublicId = String => public_id,
        /// Whom it is for.
        pub kind: RoleKind = String => known(kind_from_key),
        /// Name, unique among the roles of its kind.
        pub name: String,
        /// What it grants.
        pub grants: Grants = String => json,
        /// Came with Portico: may be changed, not removed.
        pub shipped: bool = i64 => flag,
        /// When it was made.
        pub created_at: UtcMillis = i64 => instant,
    }
}

fn kind_from_key(key: &str) -> Option<RoleKind> {
    [RoleKind::Staff, RoleKind::Company]
        .into_iter()
        .find(|kind| kind.key() == key)
}

/// Keeps a new role.
///
/// # Errors
/// `Conflict` when the kind has a role of that name.
pub async fn insert_role(
    tx: &mut Tx,
    kind: RoleKind,
    name: &str,
    grants: &Grants,
    shipped: bool,
) -> Result<RoleId> {
    let id = tx.next_id("role").await?;
    let now = tx.store().now();
    let grants = serde_json::to_string(grants)?;
    execute!(
        tx,
        INSERT,
        id,
        PublicId::new(now).as_str(),
        kind.key(),
        name,
        &grants,
        i64::from(shipped),
        now.0
    )?;
    Ok(RoleId(id))
}

/// The role of that name, made with these grants when it is missing; an existing one keeps its own.
///
/// # Errors
/// As any statement.
pub async fn ensure_role(
    tx: &mut Tx,
    kind: RoleKind,
    name: &str,
    grants: &Grants,
) -> Result<RoleId> {
    let id = tx.next_id("role").await?;
    let now = tx.store().now();
    let grants = serde_json::to_string(grants)?;
    execute!(
        tx,
        ENSURE,
        id,
        PublicId::new(now).as_str(),
        kind.key(),
        name,
        &grants,
        now.0
    )?;
    let found: Option<Role> = tx_one!(tx, FIND_BY_NAME, kind.key(), name)?;
    found.map(|role| role.id).ok_or_else(|| {
        StoreError::new(
            ErrorKind::Unexpected,
            "a role vanished while it was being written",
        )
    })
}

/// One role.
///
/// # Errors
/// As any statement.
pub async fn find_role(store: &Store, id: RoleId) -> Result<Option<Role>> {
    read_one!(store, FIND, id.0)
}

/// One role by its id in addresses.
///
/// # Errors
/// As any statement.
pub async fn find_role_by_uuid(store: &Store, uuid: &PublicId) -> Result<Option<Role>> {
    read_one!(store, FIND_BY_UUID, uuid.as_str())
}

/// Roles of one kind by name.
///
/// # Errors
/// As any statement.
pub async fn list_roles(store: &Store, kind: RoleKind) -> Result<Vec<Role>> {
    read_all!(store, LIST, kind.key())
}

/// Changes name and grants; effective at once for everybody who has the role.
///
/// # Errors
/// `Conflict` when the kind has another role of that name.
pub async fn update_role(tx: &mut Tx, id: RoleId, name: &str, grants: &Grants) -> Result<bool> {
    let grants = serde_json::to_string(grants)?;
    Ok(execute!(tx, UPDATE, id.0, name, &grants)? == 1)
}

/// Removes a role; `false` for one that came with Portico.
///
/// # Errors
/// `Reference` while somebody has it.
pub async fn remove_role(tx: &mut Tx, id: RoleId) -> Result<bool> {
    Ok(execute!(tx, REMOVE, id.0)? == 1)
}

statements! {
    INSERT = "INSERT INTO role (id, uuid, kind, name, grants, shipped, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    ENSURE = "INSERT INTO role (id, uuid, kind, name, grants, shipped, created_at) VALUES ($1, $2, $3, $4, $5, 1, $6)
        ON CONFLICT (kind, name) DO NOTHING";
    FIND = "SELECT * FROM role WHERE id = $1";
    FIND_BY_UUID = "SELECT * FROM role WHERE uuid = $1";
    FIND_BY_NAME = "SELECT * FROM role WHERE kind = $1 AND name = $2";
    LIST = "SELECT * FROM role WHERE kind = $1 ORDER BY name";
    UPDATE = "UPDATE role SET name = $2, grants = $3 WHERE id = $1";
    REMOVE = "DELETE FROM role WHERE id = $1 AND shipped = 0";
}
