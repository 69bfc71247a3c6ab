//! Audit entries of pages (rule X4): who, what, before, after, in the commit of the change itself.

use domain::clock::UtcMillis;
use serde_json::Value;
use store::Tx;
use store::audit::{Actor, AuditEntry, AuditRow, find_entry_of_person_in, insert_entry};
use store::identities::find_identity_kept_in;

use super::error::Failure;
use super::session::Person;

/// How long the same again is taken for the second half of a double click.
const DOUBLE_CLICK: i64 = 5 * UtcMillis::SECOND;

/// What was changed.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Which kind of thing.
    pub kind: &'static str,
    /// Its id in addresses.
    pub id: &'a str,
    /// Its name at that time.
    pub label: &'a str,
}

impl<'a> Subject<'a> {
    /// A person.
    #[must_use]
    pub fn identity(person: &'a Person) -> Self {
        Self {
            kind: "identity",
            id: person.uuid.as_str(),
            label: &person.email,
        }
    }
}

/// Writes an entry for what a person did.
///
/// # Errors
/// When the database does not answer.
pub async fn write(
    tx: &mut Tx,
    who: &Person,
    action: &'static str,
    subject: Subject<'_>,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<(), Failure> {
    let actor = Actor::Person {
        id: who.identity,
        name: who.name.clone(),
    };
    let entry = AuditEntry {
        actor: &actor,
        action,
        subject_kind: subject.kind,
        subject_id: subject.id,
        subject_label: subject.label,
        before,
        after,
    };
    insert_entry(tx, &entry).await?;
    Ok(())
}

/// What the person did the same way a moment ago: without scripts a double click sends a form twice. The account is kept
/// until the commit, so that of two at once the second sees the first.
///
/// # Errors
/// When the database does not answer.
pub async fn find_first_click(
    tx: &mut Tx,
    who: &Person,
    action: &'static str,
) -> Result<Option<AuditRow>, Failure> {
    find_identity_kept_in(tx, who.identity).await?;
    let after = tx.store().now().plus(-DOUBLE_CLICK);
    Ok(find_entry_of_person_in(tx, who.identity, action, after).await?)
}
