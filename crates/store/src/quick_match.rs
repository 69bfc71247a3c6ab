//! What Quick Match compares: records of a vendor that stand for nothing here yet, and what is here that nothing of this
//! vendor stands for. Both are read whole, since a match may be anywhere. Whether either side changed since is told by a
//! [`Version`], which is cheaper than reading them.

use domain::id::{IntegrationId, PublicId};

use crate::decode::public_id;
use crate::error::Result;
use crate::listing::Place;
use crate::open::Store;
use crate::text_search::words;

row! {
    /// A record as a list that shows only some needs it: those Quick Match has something to say about, or those that are
    /// selected.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Found {
        /// Row id.
        pub id: i64,
        /// What the list is sorted by.
        pub sort_key: String,
        /// What a search looks through, in the normal form of names.
        pub searched: String,
    }
}

/// Those that a search matches, as it matches the rows of the whole list.
pub fn matching<'f>(
    found: &'f [Found],
    search: Option<&str>,
) -> impl Iterator<Item = &'f Found> + use<'f> {
    let words = words(search);
    found
        .iter()
        .filter(move |one| words.iter().all(|word| one.searched.contains(word)))
}

/// Their places in the list.
pub(crate) fn places(found: &[Found], search: Option<&str>) -> Vec<Place> {
    matching(found, search)
        .map(|one| Place::text(one.sort_key.clone(), one.id))
        .collect()
}

/// What both sides were when they were read: two versions are equal while neither changed. Sums over ids, links and
/// hashes of contents; what people change leaves an audit entry besides (rule X4), which is numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version([i64; 8]);

row! {
    struct Sums {
        found: i64,
        contents: i64,
        absent: i64,
        links: i64,
    }
}

row! {
    struct Here {
        found: i64,
        present: i64,
        highest: i64,
        entry: i64,
    }
}

impl Version {
    fn of(there: Option<Sums>, here: Option<Here>) -> Self {
        let there = there.map_or([0; 4], |it| [it.found, it.contents, it.absent, it.links]);
        let here = here.map_or([0; 4], |it| [it.found, it.present, it.highest, it.entry]);
        let mut all = [0; 8];
        all[..4].copy_from_slice(&there);
        all[4..].copy_from_slice(&here);
        Self(all)
    }
}

/// The version of all companies, the vendors' and ours.
///
/// # Errors
/// As any statement.
pub async fn companies_version(store: &Store) -> Result<Version> {
    let there = read_one!(store, EXTERNAL_COMPANIES)?;
    Ok(Version::of(there, read_one!(store, COMPANIES)?))
}

/// The version of all technicians and staff users.
///
/// # Errors
/// As any statement.
pub async fn people_version(store: &Store) -> Result<Version> {
    let there = read_one!(store, TECHNICIANS)?;
    Ok(Version::of(there, read_one!(store, USERS)?))
}

row! {
    /// A vendor's company that stands for none here.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct FreeCompany {
        /// Row id.
        pub id: i64,
        /// Name.
        pub name: String,
        /// What lists are sorted by.
        pub sort_key: String,
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
        /// What lists are sorted by.
        pub sort_key: String,
        /// The normal form of the address; empty without a usable one.
        pub email_key: String,
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

/// The vendor's companies that stand for none here, by name.
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

/// Technicians who can be imported and are linked to nobody, by name.
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

/// Sums that change with any row: small parts of ids, hashes and links, so that no number of rows overflows.
macro_rules! sums {
    ($table:literal, $link:literal) => {
        concat!(
            "SELECT count(*) AS found, CAST(COALESCE(sum((x.id % 1000003) * (x.content_hash % 1000003)), 0) AS BIGINT) AS contents,
                CAST(COALESCE(sum((x.id % 1000003) * x.absent), 0) AS BIGINT) AS absent,
                CAST(COALESCE(sum((x.id % 1000003) * (x.", $link, " % 1000003)), 0) AS BIGINT) AS links FROM ", $table, " x"
        )
    };
}

// `+` keeps SQLite from going through all of an integration, which an index of what is present invites to, for each
// company: a company is linked to few.
statements! {
    FREE_COMPANIES = "SELECT x.id, x.name, x.name_key AS sort_key, x.website, x.phone FROM external_company x
        WHERE x.integration_id = $1 AND x.absent = 0 AND x.company_id IS NULL ORDER BY x.name_key, x.id";
    OWN_COMPANIES = "SELECT c.uuid, c.name, x.website, x.phone FROM company c
        LEFT JOIN external_company x ON x.company_id = c.id AND x.absent = 0
        WHERE c.removed_at IS NULL AND NOT EXISTS
            (SELECT 1 FROM external_company o WHERE o.company_id = c.id AND o.integration_id = $1 AND +o.absent = 0)
        ORDER BY c.id, x.id";
    FREE_TECHNICIANS = "SELECT w.id, TRIM(w.first_name || ' ' || w.last_name) AS name, w.email, w.name_key AS sort_key,
        COALESCE(w.email_key, '') AS email_key FROM technician w
        WHERE w.integration_id = $1 AND w.absent = 0 AND w.active = 1 AND w.person = 1 AND w.identity_id IS NULL ORDER BY w.name_key, w.id";
    OWN_USERS = "SELECT i.uuid, i.name, i.email FROM staff_membership m JOIN identity i ON i.id = m.identity_id
        WHERE m.status <> 'disabled' AND NOT EXISTS
            (SELECT 1 FROM technician w WHERE w.identity_id = i.id AND w.integration_id = $1 AND w.absent = 0) ORDER BY i.id";
    EXTERNAL_COMPANIES = sums!("external_company", "company_id");
    TECHNICIANS = sums!("technician", "identity_id");
    COMPANIES = "SELECT count(*) AS found, CAST(COALESCE(sum(CASE WHEN c.removed_at IS NULL THEN c.id % 1000003 ELSE 0 END), 0) AS BIGINT) AS present,
        COALESCE(max(c.id), 0) AS highest, COALESCE((SELECT max(a.id) FROM audit_entry a), 0) AS entry FROM company c";
    USERS = "SELECT count(*) AS found, CAST(COALESCE(sum(CASE WHEN m.status <> 'disabled' THEN m.identity_id % 1000003 ELSE 0 END), 0) AS BIGINT) AS present,
        COALESCE(max(m.identity_id), 0) AS highest, COALESCE((SELECT max(a.id) FROM audit_entry a), 0) AS entry FROM staff_membership m";
}
