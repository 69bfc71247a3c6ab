//! Removing a company by hand, and taking the block off that comes of it: one commit each, with its audit entry. What
//! goes and what stays is in [`store::company_removal`].

use domain::id::PublicId;
use serde_json::{Value, json};
use store::Tx;
use store::audit::{Actor, AuditEntry, insert_entry};
use store::company_removal::{remove_company_in, unblock_company_in};

pub use store::company_removal::{
    BlockedCompany, EndedMembership, Members, NAMED_MEMBERS, RemovedCompany, count_blocked,
    count_members, find_blocked, list_blocked,
};

use crate::engine::Engine;
use crate::error::Result;

/// Removes a company: who was a member of it is none any more, and no sync makes it again. `None` when there is no such
/// company, or somebody removed it before.
///
/// # Errors
/// As any statement.
pub async fn remove(
    engine: &Engine,
    actor: &Actor,
    company: &PublicId,
) -> Result<Option<RemovedCompany>> {
    let mut tx = engine.store().begin().await?;
    let Some(removed) = remove_company_in(&mut tx, company).await? else {
        return Ok(None);
    };
    // What cannot be undone can be looked up: who lost which role.
    let before =
        json!({ "name": removed.name, "members": removed.members, "ended": removed.ended });
    let after = json!({ "blocked": removed.blocked });
    let subject = (company, removed.name.as_str());
    audit(&mut tx, actor, "company.remove", subject, before, after).await?;
    tx.commit().await?;
    Ok(Some(removed))
}

/// Takes the block off: the vendors' companies can be imported again. Answers how many those are; `None` when the company
/// is not blocked.
///
/// # Errors
/// As any statement.
pub async fn unblock(engine: &Engine, actor: &Actor, company: &PublicId) -> Result<Option<u64>> {
    let mut tx = engine.store().begin().await?;
    let Some((name, freed)) = unblock_company_in(&mut tx, company).await? else {
        return Ok(None);
    };
    let before = json!({ "blocked": freed });
    let after = json!({ "blocked": 0 });
    let subject = (company, name.as_str());
    audit(&mut tx, actor, "company.unblock", subject, before, after).await?;
    tx.commit().await?;
    Ok(Some(freed))
}

async fn audit(
    tx: &mut Tx,
    actor: &Actor,
    action: &str,
    (company, name): (&PublicId, &str),
    before: Value,
    after: Value,
) -> Result<()> {
    let entry = AuditEntry {
        actor,
        action,
        subject_kind: "company",
        subject_id: company.as_str(),
        subject_label: name,
        before: Some(before),
        after: Some(after),
    };
    Ok(insert_entry(tx, &entry).await?)
}
