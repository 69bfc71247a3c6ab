//! What Quick Match compares: records of a vendor that stand for nothing here yet, and what is here that nothing of this
//! vendor stands for. Both are read whole, since a match may be anywhere.

use domain::id::{IntegrationId, PublicId};

use crate::decode::public_id;
use crate::error::Result;
use crate::open::Store;

row! {
    /// A vendor's company that stands for none here.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct FreeCompany {
        /// Row id.
        pub id: i64,
        /// Name.
        pub name: String,
        /// Web site.
        pub website: Option<String>,
        /// Phone.
        pub phone: Option<String>,
    }
}

row! {
    /// A company here, with what one of the tools that know it says. There is a row for each of these, and they come
    /// together.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct OwnCompany {
        /// Id in addresses.
        pub uuid: PublicId = String => public_id,
        /// Name.
        pub name: String,
        /// Web site.
        pub website: Option<String>,
        /// Phone.
        pub phone: Option<String>,
    }
}

row! {
    /// A technician who is linked to no user.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct FreeTechnician {
        /// Row id.
        pub id: i64,
        /// First and last name.
        pub name: String,
        /// E-mail address.
        pub email: Option<String>,
    }
}

row! {
    /// A staff user, not deactivated, who is linked to no technician of an integration.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct OwnUser {
        /// Id in addresses.
        pub uuid: PublicId = String => public_id,
        /// Name.
        pub name: String,
        /// E-mail address.
        pub email: String,
    }
}

/// The vendor's companies that stand for none here.
///
/// # Errors
/// As any statement.
pub async fn list_free_companies(
    store: &Store,
    integration: IntegrationId,
) -> Result<Vec<FreeCompany>> {
    read_all!(store, FREE_COMPANIES, integration.0)
}

/// The companies here that nothing of this integration stands for.
///
/// # Errors
/// As any statement.
pub async fn list_own_companies(
    store: &Store,
    integration: IntegrationId,
) -> Result<Vec<OwnCompany>> {
    read_all!(store, OWN_COMPANIES, integration.0)
}

/// Technicians who can be imported and are linked to nobody.
///
/// # Errors
/// As any statement.
pub async fn list_free_technicians(
    store: &Store,
    integration: IntegrationId,
) -> Result<Vec<FreeTechnician>> {
    read_all!(store, FREE_TECHNICIANS, integration.0)
}

/// Staff users without a technician of this integration.
///
/// # Errors
/// As any statement.
pub async fn list_own_users(store: &Store, integration: IntegrationId) -> Result<Vec<OwnUser>> {
    read_all!(store, OWN_USERS, integration.0)
}

statements! {
    FREE_COMPANIES = "SELECT x.id, x.name, x.website, x.phone FROM external_company x
        WHERE x.integration_id = $1 AND x.absent = 0 AND x.company_id IS NULL ORDER BY x.id";
    OWN_COMPANIES = "SELECT c.uuid, c.name, x.website, x.phone FROM company c
        LEFT JOIN external_company x ON x.company_id = c.id AND x.absent = 0
        WHERE c.removed_at IS NULL AND NOT EXISTS
            (SELECT 1 FROM external_company o WHERE o.company_id = c.id AND o.integration_id = $1 AND o.absent = 0)
        ORDER BY c.id, x.id";
    FREE_TECHNICIANS = "SELECT w.id, TRIM(w.first_name || ' ' || w.last_name) AS name, w.email FROM technician w
        WHERE w.integration_id = $1 AND w.absent = 0 AND w.active = 1 AND w.person = 1 AND w.identity_id IS NULL ORDER BY w.id";
    OWN_USERS = "SELECT i.uuid, i.name, i.email FROM staff_membership m JOIN identity i ON i.id = m.identity_id
        WHERE m.status <> 'disabled' AND NOT EXISTS
            (SELECT 1 FROM technician w WHERE w.identity_id = i.id AND w.integration_id = $1 AND w.absent = 0) ORDER BY i.id";
}
