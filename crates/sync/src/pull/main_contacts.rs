//! One main contact for a company, for vendors that have none: the person the company is known by. The connector makes a
//! contact of it, and marks contacts with that person's address. Which of them is the one is decided here, where what came
//! with other pages is known: the first contact with the address that the run met, and the made one where there is none.

use std::collections::BTreeSet;

use domain::email::email_key;
use domain::record::{Batch, ContactRecord};
use store::{Tx, pages};

use super::part::{Part, Stop};
use super::records::Prepared;

/// Takes made contacts out of a page whose address another contact has, and the mark from all but the first.
pub(super) async fn leave_one(
    part: &Part<'_>,
    tx: &mut Tx,
    page: &mut Prepared,
) -> Result<(), Stop> {
    let made = part.capability.made_ids;
    let full = part.row.mode.is_full();
    let Batch::Contacts(contacts) = &mut page.batch else {
        return Ok(());
    };
    if made.is_empty() || !full {
        return Ok(());
    }
    let (integration, run) = (part.integration.id, part.row.id);
    let mut here: BTreeSet<(String, String)> = BTreeSet::new();
    let mut keep = Vec::with_capacity(contacts.len());
    let mut changed = false;
    for contact in contacts.iter_mut() {
        let Some((company, address)) = addressed(contact) else {
            keep.push(true);
            continue;
        };
        let others = pages::list_namesakes(tx, run, integration, &company, &address).await?;
        let mut others = others.into_iter().filter(|other| {
            other.external_id != contact.external_id && !other.external_id.starts_with(made)
        });
        let is_made = contact.external_id.starts_with(made);
        let taken = !here.insert((company, address));
        let kept = !is_made || !(taken || others.next().is_some());
        keep.push(kept);
        if !is_made && (taken || others.any(|other| other.primary)) {
            contact.primary = false;
            changed = true;
        }
    }
    if keep.iter().any(|kept| !kept) {
        page.keep(&keep);
    }
    if changed {
        page.hash_again();
    }
    Ok(())
}

/// The company and address of a contact that could be the main one.
fn addressed(contact: &ContactRecord) -> Option<(String, String)> {
    let address = contact.email.as_deref().and_then(email_key);
    let company = contact.company_external_id.clone();
    company.zip(address).filter(|_| contact.primary)
}
