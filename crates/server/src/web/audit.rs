//! Audit entries of pages (rule X4): who, what, before, after, in the commit of the change itself.

use serde_json::Value;
use store::Tx;
use store::audit::{Actor, AuditEntry, insert_entry};

use super::error::Failure;
use super::session::Person;

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
