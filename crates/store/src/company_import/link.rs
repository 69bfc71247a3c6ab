//! What a person decides about a vendor's company: that it stands for one here, or no longer does.

use domain::id::{CompanyId, PublicId};

use super::{CompanyImportRow, ImportCompany};
use crate::decode::{plain, public_id};
use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

row! {
    struct RawCompany {
        id: CompanyId = i64 => plain(CompanyId),
        uuid: PublicId = String => public_id,
        name: String,
        removed_at: Option<i64>,
        removed_reason: Option<String>,
    }
}

/// A company here by its id in addresses, kept as it is until the commit.
///
/// # Errors
/// As any statement.
pub async fn find_target_in(tx: &mut Tx, company: &PublicId) -> Result<Option<ImportCompany>> {
    execute!(tx, LOCK_COMPANY, company.as_str())?;
    let found: Option<RawCompany> = tx_one!(tx, FIND_COMPANY, company.as_str())?;
    Ok(found.map(|row| ImportCompany {
        id: row.id,
        uuid: row.uuid,
        name: row.name,
        removed: row.removed_at.is_some(),
        blocked: row.removed_reason.as_deref() == Some("blocked"),
    }))
}

/// The name of a company here that is not removed.
///
/// # Errors
/// As any statement.
pub async fn find_company_name(store: &Store, company: &PublicId) -> Result<Option<String>> {
    let found: Option<RawCompany> = read_one!(store, FIND_COMPANY, company.as_str())?;
    Ok(found
        .filter(|row| row.removed_at.is_none())
        .map(|row| row.name))
}

/// Lets a vendor's company stand for a company here; answers whether it stood for none before.
///
/// # Errors
/// `Reference` when the company is gone.
pub async fn link_company_in(tx: &mut Tx, external: i64, company: CompanyId) -> Result<bool> {
    Ok(execute!(tx, LINK, external, company.0)? == 1)
}

/// Ends a link that a person made, and the memberships of its contacts that were never invited. Answers how many
/// memberships went and how many stay; `None` when there is no such link.
///
/// # Errors
/// As any statement.
pub async fn unlink_company_in(tx: &mut Tx, row: &CompanyImportRow) -> Result<Option<(u64, u64)>> {
    let Some(company) = &row.company else {
        return Ok(None);
    };
    if execute!(tx, UNLINK, row.id)? == 0 {
        return Ok(None);
    }
    let (company, integration) = (company.id.0, row.integration.0);
    let ended = execute!(tx, END_IMPORTED, company, integration, &row.external_id)?;
    let stay: Option<(i64,)> = tx_one!(tx, COUNT_MEMBERS, company, integration, &row.external_id)?;
    Ok(Some((ended, stay.map_or(0, |row| row.0.unsigned_abs()))))
}

/// Memberships that came from contacts of one external company.
macro_rules! from_contacts {
    () => {
        "company_id = $1 AND contact_integration_id = $2 AND contact_external_id IN
            (SELECT w.external_id FROM external_contact w WHERE w.integration_id = $2 AND w.company_external_id = $3)"
    };
}

statements! {
    LOCK_COMPANY = "UPDATE company SET created_at = created_at WHERE uuid = $1";
    FIND_COMPANY = "SELECT id, uuid, name, removed_at, removed_reason FROM company WHERE uuid = $1";
    LINK = "UPDATE external_company SET company_id = $2, link_origin = 'import' WHERE id = $1 AND company_id IS NULL";
    UNLINK = "UPDATE external_company SET company_id = NULL, link_origin = NULL WHERE id = $1 AND link_origin = 'import'";
    END_IMPORTED = concat!("DELETE FROM company_membership WHERE status = 'imported' AND ", from_contacts!());
    COUNT_MEMBERS = concat!("SELECT count(*) AS found FROM company_membership WHERE ", from_contacts!());
}
