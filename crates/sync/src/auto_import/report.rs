//! What *Auto-Import* tells: who was made a user, who was added to a company, and whom it leaves out and why.
//!
//! A report is an import like those a person asks for ([`crate::imports`]), written in the commits that do the work. It
//! begins with the first of them that has something to tell, and holds at any time what was done so far, so that a
//! process that dies leaves a true one. Who is left out is told once: a contact without an address would else be in the
//! report of every sync. Where nothing is new there is no report.

use domain::contact_import::{ContactDecision, ContactSkip};
use domain::id::{IntegrationId, PublicId};
use domain::imports::{ImportCounts, ImportKind, ImportOutcome};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;
use store::audit::Actor;
use store::contact_import::{self, ContactCandidate};
use store::identities::Identity;
use store::imports::{self as rows, Import, NewImport};

use crate::engine::Engine;
use crate::error::Result;
use crate::imports::{list_lines, stored};

/// Somebody who has an account now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactDone {
    /// The contact, by its id in addresses.
    pub contact: PublicId,
    /// Name of the person.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Name of the company.
    pub company: String,
}

/// Somebody who is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactSkipped {
    /// The contact, by its id in addresses.
    pub contact: PublicId,
    /// Name.
    pub name: String,
    /// E-mail as it stands there.
    pub email: String,
    /// Name of the company.
    pub company: String,
    /// Why.
    pub reason: ContactSkip,
}

/// A report as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactsImported {
    /// New people.
    pub created: Vec<ContactDone>,
    /// People who were here and became members of a company.
    pub joined: Vec<ContactDone>,
    /// Who is left out and was not before, or for another reason.
    pub skipped: Vec<ContactSkipped>,
}

/// What an import of contacts did, with at most so many people of each outcome.
///
/// # Errors
/// As any statement.
pub async fn read(engine: &Engine, import: &Import, limit: i64) -> Result<ContactsImported> {
    let (store, id) = (engine.store(), import.id);
    Ok(ContactsImported {
        created: list_lines(store, id, ImportOutcome::Created, -1, limit).await?,
        joined: list_lines(store, id, ImportOutcome::Linked, -1, limit).await?,
        skipped: list_lines(store, id, ImportOutcome::Skipped, -1, limit).await?,
    })
}

/// What is told of one contact.
#[derive(Debug)]
pub(super) struct Line {
    outcome: ImportOutcome,
    text: Value,
    /// Who is left out, by the vendor's id, and why.
    skip: Option<(String, ContactSkip)>,
}

/// The report of an import under way: what is in it is in the database, so that it grows there and not here.
#[derive(Debug)]
pub struct ContactReport<'a> {
    engine: &'a Engine,
    integration: IntegrationId,
    import: Option<Import>,
}

impl<'a> ContactReport<'a> {
    pub(super) const fn new(engine: &'a Engine, integration: IntegrationId) -> Self {
        Self {
            engine,
            integration,
            import: None,
        }
    }

    /// What is told of a contact, given who has an account by it; nothing of who had one, and of whom an earlier report
    /// told the same.
    pub(super) fn line(
        contact: &ContactCandidate,
        decision: ContactDecision,
        made: Option<Identity>,
    ) -> Result<Option<Line>> {
        let (outcome, text, skip) = match (decision, made) {
            (ContactDecision::Skip(reason), _) if contact.left_out == Some(reason) => {
                return Ok(None);
            }
            (ContactDecision::Skip(reason), _) => {
                let text = serde_json::to_value(ContactSkipped {
                    contact: contact.uuid.clone(),
                    name: contact.name.clone(),
                    email: contact.email.clone().unwrap_or_default(),
                    company: contact.company_name.clone(),
                    reason,
                });
                let skip = Some((contact.external_id.clone(), reason));
                (ImportOutcome::Skipped, text, skip)
            }
            (ContactDecision::Create | ContactDecision::Join, Some(person)) => {
                let outcome = if decision == ContactDecision::Create {
                    ImportOutcome::Created
                } else {
                    ImportOutcome::Linked
                };
                let text = serde_json::to_value(ContactDone {
                    contact: contact.uuid.clone(),
                    name: person.name,
                    email: person.email,
                    company: contact.company_name.clone(),
                });
                (outcome, text, None)
            }
            _ => return Ok(None),
        };
        Ok(Some(Line {
            outcome,
            text: text.map_err(stored)?,
            skip,
        }))
    }

    /// Writes what a commit tells, in it. The report begins with the first of it.
    pub(super) async fn write_in(
        &self,
        tx: &mut Tx,
        lines: &[Line],
        role: Option<&str>,
    ) -> Result<Option<Import>> {
        if lines.is_empty() {
            return Ok(self.import.clone());
        }
        self.put_in(tx, lines, role).await.map(Some)
    }

    /// Takes over what a commit wrote, once it is there.
    pub(super) fn note(&mut self, import: Option<Import>) {
        self.import = import;
    }

    async fn put_in(&self, tx: &mut Tx, lines: &[Line], role: Option<&str>) -> Result<Import> {
        let mut import = match &self.import {
            Some(import) => import.clone(),
            None => self.begin_in(tx, role).await?,
        };
        let mut told = Vec::with_capacity(lines.len());
        for line in lines {
            import.counts.count(line.outcome);
            told.push((line.outcome, line.text.clone()));
            if let Some((id, reason)) = &line.skip {
                contact_import::put_skip(tx, self.integration, id, Some(*reason)).await?;
            }
        }
        import.counts.total = import.counts.decided();
        import.finished_at = Some(self.engine.now());
        rows::update_import(tx, &import, &told).await?;
        Ok(import)
    }

    async fn begin_in(&self, tx: &mut Tx, role: Option<&str>) -> Result<Import> {
        let new = NewImport {
            integration: self.integration,
            kind: ImportKind::Contacts,
            actor: &Actor::System,
            asked: &Value::Null,
            plan: &json!([]),
            total: 0,
            role,
        };
        let (id, uuid) = rows::insert_import(tx, &new).await?;
        Ok(Import {
            id,
            uuid,
            integration: self.integration,
            kind: ImportKind::Contacts,
            actor: Actor::System,
            asked: Value::Null,
            role_name: role.map(str::to_owned),
            counts: ImportCounts::default(),
            stopped: None,
            created_at: self.engine.now(),
            finished_at: None,
        })
    }
}
