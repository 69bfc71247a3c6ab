//! Roles: named sets of grants, for staff or for people at a client.

use domain::clock::UtcMillis;
use domain::id::{PublicId, RoleId};
use domain::permission::{Grants, RoleKind};
use domain::role_preset::RolePreset;
use domain::text::name_key;

use crate::decode::{flag, instant, json, known, optional_known, plain, public_id};
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
        pub kind: RoleKind = String => known(RoleKind::from_key),
        /// Name, unique among the roles of its kind in any case.
        pub name: String,
        /// What it is for, in words.
        pub description: String,
        /// What it grants.
        pub grants: Grants = String => json,
        /// Came with Portico: may be changed, not removed.
        pub shipped: bool = i64 => flag,
        /// Which shipped role it was made as.
        pub preset: Option<RolePreset> = Option<String> => optional_known(RolePreset::from_key),
        /// What new people of its kind get unless another is chosen; at most one of a kind.
        pub is_default: bool = i64 => flag,
        /// Whoever has it must sign in with a second factor.
        pub requires_two_factor: bool = i64 => flag,
        /// Counts its changes.
        pub revision: i64,
        /// When it was made.
        pub created_at: UtcMillis = i64 => instant,
    }
}

row! {
    /// A role in the list, with how many people have it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct RoleCount {
        /// The role.
        pub role_id: RoleId = i64 => plain(RoleId),
        /// People who have it, whatever their status.
        pub people: i64,
        /// Those of them who may sign in.
        pub active: i64,
    }
}

/// What an administrator writes down about a role.
#[derive(Debug, Clone, Copy)]
pub struct RoleContent<'a> {
    /// Name.
    pub name: &'a str,
    /// Description.
    pub description: &'a str,
    /// What it grants.
    pub grants: &'a Grants,
    /// Whether it becomes the default of its kind.
    pub is_default: bool,
    /// Whether it asks for a second factor.
    pub requires_two_factor: bool,
}

impl<'a> RoleContent<'a> {
    /// A role with a name and grants, and nothing else.
    #[must_use]
    pub const fn new(name: &'a str, grants: &'a Grants) -> Self {
        Self {
            name,
            description: "",
            grants,
            is_default: false,
            requires_two_factor: false,
        }
    }
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleUpdate {
    /// Saved; effective at once for everybody who has the role.
    Saved,
    /// Somebody else changed it meanwhile.
    Stale,
    /// It was removed meanwhile.
    Gone,
}

/// What uses a role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleUse {
    /// Staff users who have it, whatever their status.
    pub staff: i64,
    /// Memberships of companies with it.
    pub company: i64,
    /// Names of integrations that give it to imported contacts.
    pub integrations: Vec<String>,
}

impl RoleUse {
    /// Whether nothing uses it.
    #[must_use]
    pub fn is_unused(&self) -> bool {
        *self == Self::default()
    }
}

/// What became of a removal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleRemoval {
    /// Removed.
    Removed,
    /// It came with Portico and stays.
    Shipped,
    /// Something uses it.
    Used(RoleUse),
    /// It was removed meanwhile.
    Gone,
}

/// Keeps a new role.
///
/// # Errors
/// `Conflict` when the kind has a role of that name; see [`is_name_taken_in`].
pub async fn insert_role(tx: &mut Tx, kind: RoleKind, content: &RoleContent<'_>) -> Result<RoleId> {
    let id = tx.next_id("role").await?;
    let now = tx.store().now();
    let grants = serde_json::to_string(content.grants)?;
    if content.is_default {
        execute!(tx, CLEAR_DEFAULT, kind.key())?;
    }
    execute!(
        tx,
        INSERT,
        id,
        PublicId::new(now).as_str(),
        kind.key(),
        content.name,
        name_key(content.name),
        content.description,
        &grants,
        i64::from(content.is_default),
        i64::from(content.requires_two_factor),
        now.0
    )?;
    Ok(RoleId(id))
}

/// Whether the kind has another role of that name, in any case and spacing.
///
/// # Errors
/// As any statement.
pub async fn is_name_taken_in(
    tx: &mut Tx,
    kind: RoleKind,
    name: &str,
    except: Option<RoleId>,
) -> Result<bool> {
    let found: Option<(i64,)> = tx_one!(tx, FIND_BY_NAME, kind.key(), name_key(name))?;
    Ok(found.is_some_and(|(id,)| except != Some(RoleId(id))))
}

/// Makes the shipped roles that are missing. One that is there keeps what an administrator made of it, and one whose
/// name an own role has already is left out. Called at start.
///
/// # Errors
/// As any statement.
pub async fn ensure_shipped(store: &Store) -> Result<()> {
    let there: Vec<(String,)> = read_all!(store, PRESETS)?;
    let is_missing = |preset: &RolePreset| there.iter().all(|(key,)| key != preset.key());
    if !RolePreset::ALL.iter().any(is_missing) {
        return Ok(());
    }
    let mut tx = store.begin().await?;
    for preset in RolePreset::ALL.iter().filter(|preset| is_missing(preset)) {
        ensure_preset(&mut tx, *preset).await?;
    }
    tx.commit().await
}

async fn ensure_preset(tx: &mut Tx, preset: RolePreset) -> Result<()> {
    let id = tx.next_id("role").await?;
    let now = tx.store().now();
    let grants = serde_json::to_string(&preset.grants())?;
    execute!(
        tx,
        ENSURE,
        id,
        PublicId::new(now).as_str(),
        preset.kind().key(),
        preset.label(),
        name_key(preset.label()),
        preset.description(),
        &grants,
        preset.key(),
        now.0
    )?;
    if preset.is_default() {
        execute!(tx, FIRST_DEFAULT, preset.key(), preset.kind().key())?;
    }
    Ok(())
}

/// A shipped role by what it was made as, whatever it is called by now.
///
/// # Errors
/// `Unexpected` when it is not there, which only an own role of its name can cause.
pub async fn find_preset_in(tx: &mut Tx, preset: RolePreset) -> Result<Role> {
    let found: Option<Role> = tx_one!(tx, FIND_PRESET, preset.key())?;
    found.ok_or_else(|| {
        StoreError::new(
            ErrorKind::Unexpected,
            format!(
                "the shipped role {} is missing; rename the role that has its name and restart",
                preset.label()
            ),
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

/// One role as this transaction sees it.
///
/// # Errors
/// As any statement.
pub async fn find_role_in(tx: &mut Tx, id: RoleId) -> Result<Option<Role>> {
    tx_one!(tx, FIND, id.0)
}

/// One role by its id in addresses.
///
/// # Errors
/// As any statement.
pub async fn find_role_by_uuid(store: &Store, uuid: &PublicId) -> Result<Option<Role>> {
    read_one!(store, FIND_BY_UUID, uuid.as_str())
}

/// The same inside a transaction, which on both engines keeps the role there until the commit.
///
/// # Errors
/// As any statement.
pub async fn find_role_by_uuid_in(tx: &mut Tx, uuid: &PublicId) -> Result<Option<Role>> {
    execute!(tx, LOCK, uuid.as_str())?;
    tx_one!(tx, FIND_BY_UUID, uuid.as_str())
}

/// Roles of one kind by name.
///
/// # Errors
/// As any statement.
pub async fn list_roles(store: &Store, kind: RoleKind) -> Result<Vec<Role>> {
    read_all!(store, LIST, kind.key())
}

/// How many people have each role of a kind; roles that nobody has are not among them.
///
/// # Errors
/// As any statement.
pub async fn count_people(store: &Store, kind: RoleKind) -> Result<Vec<RoleCount>> {
    match kind {
        RoleKind::Staff => read_all!(store, COUNT_STAFF),
        RoleKind::Company => read_all!(store, COUNT_COMPANY),
    }
}

/// Changes a role if nobody else has since the revision that was shown.
///
/// # Errors
/// `Conflict` when the kind has another role of that name.
pub async fn update_role(
    tx: &mut Tx,
    id: RoleId,
    expected_revision: i64,
    content: &RoleContent<'_>,
) -> Result<RoleUpdate> {
    let grants = serde_json::to_string(content.grants)?;
    if content.is_default {
        execute!(tx, CLEAR_OTHER_DEFAULT, id.0, expected_revision)?;
    }
    let saved = execute!(
        tx,
        UPDATE,
        id.0,
        content.name,
        name_key(content.name),
        content.description,
        &grants,
        i64::from(content.is_default),
        i64::from(content.requires_two_factor),
        expected_revision
    )?;
    if saved == 1 {
        return Ok(RoleUpdate::Saved);
    }
    let found: Option<Role> = tx_one!(tx, FIND, id.0)?;
    Ok(found.map_or(RoleUpdate::Gone, |_| RoleUpdate::Stale))
}

/// Copies a role with everything but its people: *Copy of X*, or *Copy of X (2)* when that is taken. The copy is no
/// default. `None` when the role is gone.
///
/// # Errors
/// `Conflict` when another copy is made at this very moment.
pub async fn duplicate_role(tx: &mut Tx, id: RoleId) -> Result<Option<Role>> {
    let found: Option<Role> = tx_one!(tx, FIND, id.0)?;
    let Some(role) = found else { return Ok(None) };
    let mut name = format!("Copy of {}", role.name);
    let mut number = 1;
    while is_name_taken_in(tx, role.kind, &name, None).await? {
        number += 1;
        name = format!("Copy of {} ({number})", role.name);
    }
    let content = RoleContent {
        name: &name,
        description: &role.description,
        grants: &role.grants,
        is_default: false,
        requires_two_factor: role.requires_two_factor,
    };
    let copy = insert_role(tx, role.kind, &content).await?;
    tx_one!(tx, FIND, copy.0)
}

/// What uses a role, to look at.
///
/// # Errors
/// As any statement.
pub async fn role_uses(store: &Store, role: &Role) -> Result<RoleUse> {
    let staff: Option<(i64,)> = read_one!(store, STAFF_OF, role.id.0)?;
    let company: Option<(i64,)> = read_one!(store, COMPANY_OF, role.id.0)?;
    Ok(uses(role, staff, company, read_all!(store, INTEGRATIONS)?))
}

/// The same inside a transaction.
///
/// # Errors
/// As any statement.
pub async fn role_uses_in(tx: &mut Tx, role: &Role) -> Result<RoleUse> {
    let staff: Option<(i64,)> = tx_one!(tx, STAFF_OF, role.id.0)?;
    let company: Option<(i64,)> = tx_one!(tx, COMPANY_OF, role.id.0)?;
    Ok(uses(role, staff, company, tx_all!(tx, INTEGRATIONS)?))
}

fn uses(
    role: &Role,
    staff: Option<(i64,)>,
    company: Option<(i64,)>,
    integrations: Vec<(String, String)>,
) -> RoleUse {
    let gives = |settings: &str| {
        serde_json::from_str::<serde_json::Value>(settings)
            .is_ok_and(|settings| settings["default_contact_role"] == role.uuid.as_str())
    };
    RoleUse {
        staff: staff.map_or(0, |row| row.0),
        company: company.map_or(0, |row| row.0),
        integrations: integrations
            .into_iter()
            .filter(|(_, settings)| gives(settings))
            .map(|(name, _)| name)
            .collect(),
    }
}

/// Removes a role, unless it came with Portico or something uses it.
///
/// # Errors
/// `Reference` when somebody gets it at this very moment.
pub async fn remove_role(tx: &mut Tx, id: RoleId) -> Result<RoleRemoval> {
    let found: Option<Role> = tx_one!(tx, FIND, id.0)?;
    let Some(role) = found else {
        return Ok(RoleRemoval::Gone);
    };
    if role.shipped {
        return Ok(RoleRemoval::Shipped);
    }
    let uses = role_uses_in(tx, &role).await?;
    if !uses.is_unused() {
        return Ok(RoleRemoval::Used(uses));
    }
    execute!(tx, REMOVE, id.0)?;
    Ok(RoleRemoval::Removed)
}

statements! {
    INSERT = "INSERT INTO role (id, uuid, kind, name, name_key, description, grants, is_default, requires_two_factor, shipped, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10)";
    ENSURE = "INSERT INTO role (id, uuid, kind, name, name_key, description, grants, preset, shipped, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9) ON CONFLICT DO NOTHING";
    PRESETS = "SELECT preset FROM role WHERE preset IS NOT NULL";
    FIRST_DEFAULT = "UPDATE role SET is_default = 1 WHERE preset = $1
        AND NOT EXISTS (SELECT 1 FROM role AS other WHERE other.kind = $2 AND other.is_default = 1)";
    CLEAR_DEFAULT = "UPDATE role SET is_default = 0, revision = revision + 1 WHERE kind = $1 AND is_default = 1";
    CLEAR_OTHER_DEFAULT = "UPDATE role SET is_default = 0, revision = revision + 1 WHERE is_default = 1 AND id <> $1
        AND kind = (SELECT mine.kind FROM role AS mine WHERE mine.id = $1 AND mine.revision = $2)";
    FIND = "SELECT * FROM role WHERE id = $1";
    FIND_BY_UUID = "SELECT * FROM role WHERE uuid = $1";
    FIND_BY_NAME = "SELECT id FROM role WHERE kind = $1 AND name_key = $2";
    FIND_PRESET = "SELECT * FROM role WHERE preset = $1";
    LOCK = "UPDATE role SET revision = revision WHERE uuid = $1";
    LIST = "SELECT * FROM role WHERE kind = $1 ORDER BY name_key";
    COUNT_STAFF = "SELECT role_id, count(*) AS people, CAST(sum(CASE WHEN status = 'active' THEN 1 ELSE 0 END) AS BIGINT) AS active
        FROM staff_membership GROUP BY role_id ORDER BY role_id";
    COUNT_COMPANY = "SELECT role_id, count(*) AS people, CAST(sum(CASE WHEN status = 'active' THEN 1 ELSE 0 END) AS BIGINT) AS active
        FROM company_membership GROUP BY role_id ORDER BY role_id";
    UPDATE = "UPDATE role SET name = $2, name_key = $3, description = $4, grants = $5, is_default = $6, requires_two_factor = $7, revision = revision + 1
        WHERE id = $1 AND revision = $8";
    REMOVE = "DELETE FROM role WHERE id = $1 AND shipped = 0";
    STAFF_OF = "SELECT count(*) AS found FROM staff_membership WHERE role_id = $1";
    COMPANY_OF = "SELECT count(*) AS found FROM company_membership WHERE role_id = $1";
    INTEGRATIONS = "SELECT name, settings FROM integration ORDER BY name, id";
}
