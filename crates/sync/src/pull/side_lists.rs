//! Lists beside those of records that may not be read: what is stored of the records stays, and where the scope judges by
//! such a list nothing is judged (`domain::side_list`).

use connectors::page::Beside;
use connectors::{Error, ErrorKind};
use domain::id::IntegrationId;
use domain::scope::Scope;
use domain::side_list::Unread;
use domain::stream::Stream;
use store::{Tx, pages};

use super::records::Prepared;
use crate::error::Result;

/// The lists among these that were not read, or not for all records.
pub(crate) fn unread(beside: &[Beside]) -> Vec<Unread> {
    let of = |one: &Beside| (one.read).then(|| one.passed_over.clone());
    let unread = beside.iter().map(|one| Unread {
        list: one.list,
        of: of(one),
    });
    let some = |one: &Unread| one.of.as_ref().is_none_or(|of| !of.is_empty());
    unread.filter(some).collect()
}

/// Fails where the scope judges by a list that may not be read: without it tickets would vanish that belong here, or
/// appear that were left out.
///
/// # Errors
/// `PermissionDenied` with the right that is missing.
pub(crate) fn check(beside: &[Beside], scope: &Scope) -> connectors::Result<()> {
    for one in beside {
        if let Some(right) = &one.finding.missing
            && one.list.decides(scope)
        {
            let message = format!(
                "What is synced is chosen by {}, which may not be read: {right}",
                one.finding.area
            );
            let error = Error::new(ErrorKind::PermissionDenied, "judge by the scope", message);
            return Err(error.with_right(one.finding.clone()));
        }
    }
    Ok(())
}

/// Puts back into a page what is stored of its records and could not be read this time.
///
/// # Errors
/// As any statement.
pub(crate) async fn keep_stored(
    tx: &mut Tx,
    integration: IntegrationId,
    stream: Stream,
    page: &mut Prepared,
) -> Result<()> {
    if page.refused.is_empty() {
        return Ok(());
    }
    let refused = &page.refused;
    let concerned = |id: &&String| {
        let mut of = refused.iter().map(|one| one.of.as_ref());
        of.any(|of| of.is_none_or(|of| of.contains(*id)))
    };
    let ids: Vec<String> = page.ids.iter().filter(concerned).cloned().collect();
    let stored = pages::read_parts(tx, integration, stream, &ids).await?;
    for list in std::mem::take(&mut page.refused) {
        list.keep(&mut page.batch, |id| stored.get(id));
    }
    page.hash_again();
    Ok(())
}
