//! What identities are members of: the MSP's staff, with one role, and companies, with a role in each.

use domain::clock::UtcMillis;
use domain::email::email_key;
use domain::id::{CompanyId, IdentityId, IntegrationId, PublicId, RoleId};
use domain::permission::Grants;
use domain::text::name_key;

use super::find_identity_in;
use crate::decode::{flag, instant, json, known, optional, plain, public_id};
use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

/// Status of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MembershipStatus {
    /// Taken over from a vendor: no e-mail sent, no sign-in, until invited.
    Imported,
    /// Added here by a person, else as imported.
    Pending,
    /// Invited, has not signed in yet.
    Invited,
    /// May sign in.
    Active,
    /// Switched off.
    Disabled,
}

impl MembershipStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Imported,
        Self::Pending,
        Self::Invited,
        Self::Active,
        Self::Disabled,
    ];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Pending => "pending",
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    /// Whether somebody with it has an account and was not told of it.
    #[must_use]
    pub const fn waits_for_welcome(self) -> bool {
        matches!(self, Self::Imported | Self::Pending)
    }

    /// The status with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.key() == key)
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
        /// The role's id in addresses.
        pub role_uuid: PublicId = String => public_id,
        /// The role's name.
        pub role_name: String,
        /// What the role grants.
        pub grants: Grants = String => json,
        /// Whether the role asks for a second factor.
        pub requires_two_factor: bool = i64 => flag,
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

/// What the staff list searches.
fn search_text(name: &str, email_key: &str) -> String {
    format!("{} {email_key}", name_key(name))
}

/// Writes beside a staff membership what its list is sorted and searched by; nothing where there is none.
///
/// # Errors
/// As any statement.
pub(crate) async fn copy_name(
    tx: &mut Tx,
    id: IdentityId,
    name: &str,
    email_key: &str,
) -> Result<()> {
    let searched = search_text(name, email_key);
    execute!(tx, COPY_NAME, id.0, name_key(name), searched).map(drop)
}

/// The same with the last sign-in.
///
/// # Errors
/// As any statement.
pub(crate) async fn copy_sign_in(tx: &mut Tx, id: IdentityId) -> Result<()> {
    execute!(tx, COPY_SIGN_IN, id.0).map(drop)
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
    )?;
    if let Some(found) = find_identity_in(tx, identity).await? {
        let key = email_key(&found.email).unwrap_or_default();
        copy_name(tx, identity, &found.name, &key).await?;
        copy_sign_in(tx, identity).await?;
    }
    Ok(())
}

/// One staff member, whatever the status.
///
/// # Errors
/// As any statement.
pub async fn find_staff_member(store: &Store, identity: IdentityId) -> Result<Option<StaffMember>> {
    read_one!(store, FIND_STAFF, identity.0)
}

/// The same inside a transaction.
///
/// # Errors
/// As any statement.
pub async fn find_staff_member_in(
    tx: &mut Tx,
    identity: IdentityId,
) -> Result<Option<StaffMember>> {
    tx_one!(tx, FIND_STAFF, identity.0)
}

/// All staff members by name.
///
/// # Errors
/// As any statement.
pub async fn list_staff(store: &Store) -> Result<Vec<StaffMember>> {
    read_all!(store, LIST_STAFF)
}

/// The same inside a transaction: as it sees them, without another connection.
///
/// # Errors
/// As any statement.
pub async fn list_staff_in(tx: &mut Tx) -> Result<Vec<StaffMember>> {
    tx_all!(tx, LIST_STAFF)
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
    lock_staff(tx).await?;
    let row: Option<(i64,)> = tx_one!(tx, COUNT_STAFF)?;
    Ok(row.map_or(0, |row| row.0))
}

/// Makes two transactions that both decide by who else is there wait for each other, by writing one row. It comes before
/// the row of any role, technician or person is locked, so that nobody waits for somebody who waits for them.
///
/// # Errors
/// As any statement.
pub async fn lock_staff(tx: &mut Tx) -> Result<()> {
    execute!(tx, LOCK_STAFF).map(drop)
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

/// The first company by name an identity belongs to.
///
/// # Errors
/// As any statement.
pub async fn first_company_in(tx: &mut Tx, identity: IdentityId) -> Result<Option<String>> {
    let found: Option<(Option<String>,)> = tx_one!(tx, FIRST_COMPANY, identity.0)?;
    Ok(found.and_then(|row| row.0))
}

macro_rules! staff_row {
    ($rest:literal) => {
        concat!(
            "SELECT staff.identity_id, identity.uuid, identity.email, identity.name, staff.role_id, role.uuid AS role_uuid,
            role.name AS role_name, role.grants, role.requires_two_factor, staff.status, staff.primary_admin, staff.all_companies, identity.last_sign_in_at
        FROM staff_membership AS staff JOIN identity ON identity.id = staff.identity_id JOIN role ON role.id = staff.role_id
        ",
            $rest
        )
    };
}

statements! {
    COPY_NAME = "UPDATE staff_membership SET name_key = $2, search_text = $3 WHERE identity_id = $1";
    COPY_SIGN_IN = "UPDATE staff_membership SET last_sign_in_at =
            COALESCE((SELECT identity.last_sign_in_at FROM identity WHERE identity.id = $1), 0) WHERE identity_id = $1";
    UPSERT_STAFF = "INSERT INTO staff_membership (identity_id, role_id, status, primary_admin, all_companies) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (identity_id) DO UPDATE SET role_id = excluded.role_id, status = excluded.status,
            primary_admin = excluded.primary_admin, all_companies = excluded.all_companies";
    FIND_STAFF = staff_row!("WHERE staff.identity_id = $1");
    LIST_STAFF = staff_row!("ORDER BY staff.name_key, staff.identity_id");
    COUNT_STAFF = "SELECT count(*) AS found FROM staff_membership WHERE status = 'active'";
    LOCK_STAFF = "INSERT INTO installation_setting (name, value, updated_at) VALUES ('staff_lock', 'null', 0)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    UPSERT_MEMBERSHIP = "INSERT INTO company_membership
            (identity_id, company_id, role_id, status, contact_integration_id, contact_external_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (identity_id, company_id) DO UPDATE SET role_id = excluded.role_id, status = excluded.status,
            contact_integration_id = excluded.contact_integration_id, contact_external_id = excluded.contact_external_id";
    FIRST_COMPANY = "SELECT min(c.name) AS name FROM company_membership m JOIN company c ON c.id = m.company_id WHERE m.identity_id = $1";
    REMOVE_MEMBERSHIP = "DELETE FROM company_membership WHERE identity_id = $1 AND company_id = $2";
    LIST_MEMBERSHIPS = "SELECT * FROM company_membership WHERE identity_id = $1 ORDER BY company_id";
}
