//! Who is meant by an import of staff, and whose address only one of several can have.

use std::collections::{BTreeMap, BTreeSet};

use store::technicians::{list_importable_ids, list_sharing_address};

use super::{ImportAction, ImportRowChoice, ImportUsers};
use crate::engine::Engine;
use crate::error::Result;
use crate::quick_match;

/// Everybody who is meant, once each, in the order in which records are locked.
pub(super) async fn choose(engine: &Engine, wanted: &ImportUsers) -> Result<Vec<ImportRowChoice>> {
    let mut chosen: BTreeSet<i64> = BTreeSet::new();
    let mut rows: Vec<ImportRowChoice> = Vec::new();
    for row in &wanted.rows {
        if chosen.insert(row.technician) {
            rows.push(row.clone());
        }
    }
    if let Some(everyone) = &wanted.everyone {
        let search = Some(everyone.search.as_str()).filter(|text| !text.trim().is_empty());
        let all = list_importable_ids(engine.store(), wanted.integration, search).await?;
        let matches = if everyone.proposed {
            quick_match::people(engine, wanted.integration).await?
        } else {
            Default::default()
        };
        for technician in all {
            let action = match matches.target(technician) {
                Some(target) if wanted.links_by_hand_to(&target.uuid) => continue,
                Some(target) => ImportAction::Link {
                    identity: target.uuid.clone(),
                },
                None if everyone.proposed => continue,
                None => ImportAction::Proposed,
            };
            if !everyone.except.contains(&technician) && chosen.insert(technician) {
                rows.push(ImportRowChoice { technician, action });
            }
        }
    }
    part(engine, wanted, &mut rows).await?;
    rows.sort_by_key(|row| row.technician);
    Ok(rows)
}

/// Leaves out those of whom several have one address, unless somebody chose a single one of them: only a person can tell
/// whose address it is.
async fn part(engine: &Engine, wanted: &ImportUsers, rows: &mut [ImportRowChoice]) -> Result<()> {
    let proposed = |row: &ImportRowChoice| row.action == ImportAction::Proposed;
    if !rows.iter().any(|row| proposed(row) || takes_own(row)) {
        return Ok(());
    }
    let sharing = list_sharing_address(engine.store(), wanted.integration).await?;
    let sharing: BTreeMap<i64, String> = sharing.into_iter().collect();
    let mut by_hand: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| takes_own(row)) {
        if let Some(address) = sharing.get(&row.technician) {
            *by_hand.entry(address).or_default() += 1;
        }
    }
    for row in rows {
        let Some(address) = sharing.get(&row.technician) else {
            continue;
        };
        let several = by_hand
            .get(address.as_str())
            .is_some_and(|found| *found > 1);
        if proposed(row) || (takes_own(row) && several) {
            row.action = ImportAction::OneOfSeveral;
        }
    }
    Ok(())
}

/// Whether somebody chose it to be made a user with the address it has at the vendor.
fn takes_own(row: &ImportRowChoice) -> bool {
    match &row.action {
        ImportAction::Create { email } | ImportAction::Join { email, .. } => {
            email.as_deref().is_none_or(|typed| typed.trim().is_empty())
        }
        _ => false,
    }
}
