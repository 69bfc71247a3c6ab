//! A change of several users at once: each is done or refused on its own, in commits of 200.

use domain::id::PublicId;

use super::{ATTEMPTS, Changed, Editor, UserChange, send_welcome_in, set_status_in, update_in};
use crate::engine::Engine;
use crate::error::Result;

/// Users changed in one commit.
const BATCH: usize = 200;

/// What is to be done to each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkChange {
    /// Another role, by its id in addresses.
    Role(PublicId),
    /// Switched off or on.
    Status(bool),
    /// The welcome e-mail.
    Welcome,
}

/// Does it to each, by the rules for one, and answers what became of each in the same order.
///
/// # Errors
/// As any statement; what was committed before stays done.
pub async fn change_all(
    engine: &Engine,
    editor: &Editor,
    users: &[PublicId],
    change: &BulkChange,
) -> Result<Vec<Changed>> {
    let mut became = Vec::with_capacity(users.len());
    for batch in users.chunks(BATCH) {
        let mut attempt = 1;
        loop {
            match commit(engine, editor, batch, change).await {
                Ok(done) => {
                    became.extend(done);
                    break;
                }
                Err(error) if error.is_worth_another_attempt() && attempt < ATTEMPTS => {
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(became)
}

/// One commit. None of these changes writes anything before it is refused.
async fn commit(
    engine: &Engine,
    editor: &Editor,
    batch: &[PublicId],
    change: &BulkChange,
) -> Result<Vec<Changed>> {
    let mut tx = engine.store().begin().await?;
    store::identities::lock_staff(&mut tx).await?;
    let mut became = Vec::with_capacity(batch.len());
    for user in batch {
        became.push(match change {
            BulkChange::Role(role) => {
                let change = UserChange {
                    role: Some(role.clone()),
                    ..UserChange::default()
                };
                update_in(&mut tx, editor, user, &change).await?
            }
            BulkChange::Status(on) => set_status_in(&mut tx, editor, user, *on).await?,
            BulkChange::Welcome => send_welcome_in(&mut tx, editor, user).await?,
        });
    }
    tx.commit().await?;
    Ok(became)
}
