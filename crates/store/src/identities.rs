//! Sign-in identities and what they are members of: the MSP's staff, companies, or both.

use domain::clock::UtcMillis;
use domain::id::{CompanyId, IdentityId, IntegrationId, PublicId, RoleId};
use domain::permission::Grants;
use domain::text::email_key;

use crate::decode::{flag, instant, json, known, optional, plain, public_id};
use crate::error::{ErrorKind, Result, StoreError};
use crate::open::Store;
use crate::tx::Tx;

/// Status of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MembershipStatus {
    /// Taken over from a vendor: no e-mail sent, no sign-in, until invited.
    Imported,
    /// Invited, has not signed in yet.
    Invited,
    /// May sign in.
    Active,
    /// Switched off.
    Disabled,
}

impl MembershipStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Imported, Self::Invited, Self::Active, Self::Disabled];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    /// The status with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.key() == key)
    }
}

row! {
    /// Somebody who can sign in, or will be able to.
    #[derive(Clone, PartialEq, Eq)]
    pub struct Identity {
        /// Row id.
        pub id: IdentityId = i64 => plain(IdentityId),
        /// Id in addresses.
        pub uuid: PublicId = String => public_id,
        /// E-mail as typed.
        pub email: String,
        /// Name.
        pub name: String,
        /// Hash of the password in PHC form; none: cannot sign in with one.
        pub password_hash: Option<String>,
        /// When it was last set.
        pub password_changed_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// Time zone chosen, by its IANA name.
        pub time_zone: Option<String>,
        /// When it was made.
        pub created_at: UtcMillis = i64 => instant,
        /// When it last signed in.
        pub last_sign_in_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("id", &self.id)
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

row! {
    /// A staff member with the role's grants.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct StaffMember {
        /// The identity.
        pub identity_id: IdentityId = i64 => plain(IdentityId),
        /// Its id in addresses.
        pub uuid: PublicId = String => public_id,
        /// E-mail.
        pub email: String,
        /// Name.
        pub name: String,
        /// The role.
        pub role_id: RoleId = i64 => plain(RoleId),
        /// The role's name.
        pub role_name: String,
        /// What the role grants.
        pub grants: Grants = String => json,
        /// Status.
        pub status: MembershipStatus = String => known(MembershipStatus::from_key),
        /// The administrator who cannot be switched off by others.
        pub primary_admin: bool = i64 => flag,
        /// Sees every company; otherwise only those with a membership of this identity.
        pub all_companies: bool = i64 => flag,
        /// When it last signed in.
        pub last_sign_in_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
    }
}

row! {
    /// A membership of a company.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct CompanyMembership {
        /// The identity.
        pub identity_id: IdentityId = i64 => plain(IdentityId),
        /// The company.
        pub company_id: CompanyId = i64 => plain(CompanyId),
        /// The role there.
        pub role_id: RoleId = i64 => plain(RoleId),
        /// Status.
        pub status: MembershipStatus = String => known(MembershipStatus::from_key),
        /// Integration of the contact it was taken over from.
        pub contact_integration_id: Option<IntegrationId> = Option<i64> => optional(IntegrationId),
        /// The vendor's id of that contact.
        pub contact_external_id: Option<String>,
        /// When it was made.
        pub created_at: UtcMillis = i64 => instant,
    }
}

/// Somebody to keep.
#[derive(Clone, Default)]
pub struct NewIdentity<'a> {
    /// E-mail, unique in its normal form.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
    /// Hash of the password.
    pub password_hash: Option<&'a str>,
    /// Time zone.
    pub time_zone: Option<&'a str>,
}

impl std::fmt::Debug for NewIdentity<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewIdentity")
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

fn normal(email: &str) -> Result<String> {
    email_key(email)
        .ok_or_else(|| StoreError::new(ErrorKind::Configuration, "this is no e-mail address"))
}

/// Keeps a new identity.
///
/// # Errors
/// `Conflict` on `identity_email_key_key` when the address is taken; `Configuration` when it is none.
pub async fn insert_identity(tx: &mut Tx, new: &NewIdentity<'_>) -> Result<IdentityId> {
    let key = normal(new.email)?;
    let id = tx.next_id("identity").await?;
    let now = tx.store().now();
    let changed = new.password_hash.map(|_| now.0);
    execute!(
        tx,
        INSERT,
        id,
        PublicId::new(now).as_str(),
        new.email.trim(),
        &key,
        new.name,
        new.password_hash,
        changed,
        new.time_zone,
        now.0
    )?;
    Ok(IdentityId(id))
}

/// One identity.
///
/// # Errors
/// As any statement.
pub async fn find_identity(store: &Store, id: IdentityId) -> Result<Option<Identity>> {
    read_one!(store, FIND, id.0)
}

/// One identity by its id in addresses.
///
/// # Errors
/// As any statement.
pub async fn find_identity_by_uuid(store: &Store, uuid: &PublicId) -> Result<Option<Identity>> {
    read_one!(store, FIND_BY_UUID, uuid.as_str())
}

/// One identity by its e-mail in any spelling.
///
/// # Errors
/// As any statement.
pub async fn find_identity_by_email(store: &Store, email: &str) -> Result<Option<Identity>> {
    match email_key(email) {
        Some(key) => read_one!(store, FIND_BY_EMAIL, key.as_str()),
        None => Ok(None),
    }
}

/// Changes name, e-mail and time zone.
///
/// # Errors
/// `Conflict` when the address is taken.
pub async fn update_identity(
    tx: &mut Tx,
    id: IdentityId,
    name: &str,
    email: &str,
    time_zone: Option<&str>,
) -> Result<()> {
    let key = normal(email)?;
    execute!(tx, UPDATE, id.0, name, email.trim(), &key, time_zone).map(drop)
}

/// Sets the hash of a new password. Ending the other sessions is the caller's part.
///
/// # Errors
/// As any statement.
pub async fn update_password(tx: &mut Tx, id: IdentityId, password_hash: &str) -> Result<()> {
    let now = tx.store().now();
    execute!(tx, UPDATE_PASSWORD, id.0, password_hash, now.0).map(drop)
}

/// Replaces a hash by one of the same password with newer parameters, if it is still the same password.
///
/// # Errors
/// As any statement.
pub async fn update_password_hash(
    tx: &mut Tx,
    id: IdentityId,
    old_hash: &str,
    new_hash: &str,
) -> Result<()> {
    execute!(tx, UPDATE_HASH, id.0, old_hash, new_hash).map(drop)
}

/// Notes a sign-in.
///
/// # Errors
/// As any statement.
pub async fn update_last_sign_in(tx: &mut Tx, id: IdentityId) -> Result<()> {
    let now = tx.store().now();
    execute!(tx, SIGNED_IN, id.0, now.0).map(drop)
}

/// Makes an identity a staff member, or changes its membership.
///
/// # Errors
/// `Reference` when identity or role do not exist.
pub async fn upsert_staff_membership(
    tx: &mut Tx,
    identity: IdentityId,
    role: RoleId,
    status: MembershipStatus,
    primary_admin: bool,
    all_companies: bool,
) -> Result<()> {
    execute!(
        tx,
        UPSERT_STAFF,
        identity.0,
        role.0,
        status.key(),
        i64::from(primary_admin),
        i64::from(all_companies)
    )
    .map(drop)
}

/// One staff member, whatever the status.
///
/// # Errors
/// As any statement.
pub async fn find_staff_member(store: &Store, identity: IdentityId) -> Result<Option<StaffMember>> {
    read_one!(store, FIND_STAFF, identity.0)
}

/// All staff members by name.
///
/// # Errors
/// As any statement.
pub async fn list_staff(store: &Store) -> Result<Vec<StaffMember>> {
    read_all!(store, LIST_STAFF)
}

/// How many staff members may sign in; none: the installation waits for its first administrator.
///
/// # Errors
/// As any statement.
pub async fn count_active_staff(store: &Store) -> Result<i64> {
    let row: Option<(i64,)> = read_one!(store, COUNT_STAFF)?;
    Ok(row.map_or(0, |row| row.0))
}

/// The same inside a transaction, which on both engines lets only one first administrator be made.
///
/// # Errors
/// As any statement.
pub async fn count_active_staff_in(tx: &mut Tx) -> Result<i64> {
    // Writing one row makes two transactions that both ask wait for each other.
    execute!(tx, LOCK_STAFF)?;
    let row: Option<(i64,)> = tx_one!(tx, COUNT_STAFF)?;
    Ok(row.map_or(0, |row| row.0))
}

/// Keeps a membership of a company.
///
/// # Errors
/// `Reference` when one of the three does not exist.
pub async fn upsert_company_membership(
    tx: &mut Tx,
    identity: IdentityId,
    company: CompanyId,
    role: RoleId,
    status: MembershipStatus,
    contact: Option<(IntegrationId, &str)>,
) -> Result<()> {
    let now = tx.store().now();
    let (integration, external_id) = contact.map_or((None, None), |(integration, id)| {
        (Some(integration.0), Some(id))
    });
    execute!(
        tx,
        UPSERT_MEMBERSHIP,
        identity.0,
        company.0,
        role.0,
        status.key(),
        integration,
        external_id,
        now.0
    )
    .map(drop)
}

/// Ends a membership of a company; answers whether there was one.
///
/// # Errors
/// As any statement.
pub async fn remove_company_membership(
    tx: &mut Tx,
    identity: IdentityId,
    company: CompanyId,
) -> Result<bool> {
    Ok(execute!(tx, REMOVE_MEMBERSHIP, identity.0, company.0)? == 1)
}

/// The companies an identity belongs to.
///
/// # Errors
/// As any statement.
pub async fn list_company_memberships(
    store: &Store,
    identity: IdentityId,
) -> Result<Vec<CompanyMembership>> {
    read_all!(store, LIST_MEMBERSHIPS, identity.0)
}

statements! {
    INSERT = "INSERT INTO identity (id, uuid, email, email_key, name, password_hash, password_changed_at, time_zone, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FIND = "SELECT * FROM identity WHERE id = $1";
    FIND_BY_UUID = "SELECT * FROM identity WHERE uuid = $1";
    FIND_BY_EMAIL = "SELECT * FROM identity WHERE email_key = $1";
    UPDATE = "UPDATE identity SET name = $2, email = $3, email_key = $4, time_zone = $5 WHERE id = $1";
    UPDATE_PASSWORD = "UPDATE identity SET password_hash = $2, password_changed_at = $3 WHERE id = $1";
    UPDATE_HASH = "UPDATE identity SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
    SIGNED_IN = "UPDATE identity SET last_sign_in_at = $2 WHERE id = $1";
    UPSERT_STAFF = "INSERT INTO staff_membership (identity_id, role_id, status, primary_admin, all_companies) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (identity_id) DO UPDATE SET role_id = excluded.role_id, status = excluded.status,
            primary_admin = excluded.primary_admin, all_companies = excluded.all_companies";
    FIND_STAFF = "SELECT staff.identity_id, identity.uuid, identity.email, identity.name, staff.role_id, role.name AS role_name, role.grants,
            staff.status, staff.primary_admin, staff.all_companies, identity.last_sign_in_at
        FROM staff_membership AS staff JOIN identity ON identity.id = staff.identity_id JOIN role ON role.id = staff.role_id
        WHERE staff.identity_id = $1";
    LIST_STAFF = "SELECT staff.identity_id, identity.uuid, identity.email, identity.name, staff.role_id, role.name AS role_name, role.grants,
            staff.status, staff.primary_admin, staff.all_companies, identity.last_sign_in_at
        FROM staff_membership AS staff JOIN identity ON identity.id = staff.identity_id JOIN role ON role.id = staff.role_id
        ORDER BY identity.name, identity.id";
    COUNT_STAFF = "SELECT count(*) AS found FROM staff_membership WHERE status = 'active'";
    LOCK_STAFF = "INSERT INTO installation_setting (name, value, updated_at) VALUES ('staff_lock', 'null', 0)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    UPSERT_MEMBERSHIP = "INSERT INTO company_membership
            (identity_id, company_id, role_id, status, contact_integration_id, contact_external_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (identity_id, company_id) DO UPDATE SET role_id = excluded.role_id, status = excluded.status,
            contact_integration_id = excluded.contact_integration_id, contact_external_id = excluded.contact_external_id";
    REMOVE_MEMBERSHIP = "DELETE FROM company_membership WHERE identity_id = $1 AND company_id = $2";
    LIST_MEMBERSHIPS = "SELECT * FROM company_membership WHERE identity_id = $1 ORDER BY company_id";
}
