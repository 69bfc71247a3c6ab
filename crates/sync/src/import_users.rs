//! Importing staff: a vendor's technicians become users, or are linked to users who are here already. The one path for
//! the dialog and the wizard.
//!
//! Each person is decided while the vendor's record is locked, in commits of 200, so that a double click or two
//! administrators at once never make anybody twice; what cannot be done is skipped with a reason and the rest goes on.
//! A typed address belongs to the account and is never written to the vendor. Who was imported may not sign in before
//! the welcome e-mail, which is only sent when it was asked for.

mod outcome;

use std::collections::BTreeSet;

use domain::email::email_key;
use domain::id::{IntegrationId, PublicId};
use serde_json::json;
use store::audit::{AuditEntry, insert_entry};
use store::roles::Role;
use store::technicians::{
    ImportRow, ImportUser, Linked, find_importable_in, link_technician_in, list_importable_ids,
};
use store::{Tx, identities};

pub use outcome::{Done, ImportRefusal, ImportReport, SkipReason, Skipped, Stopped};

use crate::engine::Engine;
use crate::error::Result;
use crate::users::{self, Editor, NewUser, UserRefusal};

/// People decided in one commit.
const BATCH: usize = 200;
/// How often a commit is tried.
const ATTEMPTS: usize = 3;

/// What is to become of one technician.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportAction {
    /// A user is made.
    Create {
        /// The address typed for it; `None`: the vendor's.
        email: Option<String>,
    },
    /// It is this user.
    Link {
        /// The user, by the id in addresses.
        identity: PublicId,
    },
}

/// A chosen technician.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRowChoice {
    /// Row id of the technician.
    pub technician: i64,
    /// What is to become of it.
    pub action: ImportAction,
}

/// An import as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportUsers {
    /// The integration.
    pub integration: IntegrationId,
    /// Chosen technicians.
    pub rows: Vec<ImportRowChoice>,
    /// *Select all*: also every other unlinked technician with an address, of this search (empty: all).
    pub everyone: Option<String>,
    /// The role of everybody who is created.
    pub role: PublicId,
    /// Whether they are sent the welcome e-mail.
    pub send_welcome: bool,
}

/// Imports.
///
/// # Errors
/// As any statement, while nothing was done. What a later commit meets ends the import: the report tells what was done
/// before and how many are left, and asking again goes on.
pub async fn apply(
    engine: &Engine,
    editor: &Editor,
    wanted: &ImportUsers,
) -> Result<std::result::Result<ImportReport, ImportRefusal>> {
    let store = engine.store();
    let mut chosen: BTreeSet<i64> = BTreeSet::new();
    let mut rows: Vec<ImportRowChoice> = Vec::new();
    for row in &wanted.rows {
        if chosen.insert(row.technician) {
            rows.push(row.clone());
        }
    }
    if let Some(search) = &wanted.everyone {
        let search = Some(search.as_str()).filter(|text| !text.trim().is_empty());
        let all = list_importable_ids(store, wanted.integration, search).await?;
        let others = all.into_iter().filter(|one| chosen.insert(*one));
        rows.extend(others.map(|technician| ImportRowChoice {
            technician,
            action: ImportAction::Create { email: None },
        }));
    }
    if rows.is_empty() {
        return Ok(Err(ImportRefusal::NothingSelected));
    }
    // Two imports at once lock the records in the same order.
    rows.sort_by_key(|row| row.technician);
    let mut report = ImportReport::default();
    for (number, batch) in rows.chunks(BATCH).enumerate() {
        let mut attempt = 1;
        let stopped = loop {
            let mut done = report.clone();
            match commit(engine, editor, wanted, batch, &mut done).await {
                Ok(Ok(())) => {
                    report = done;
                    break None;
                }
                Ok(Err(refusal)) if number == 0 => return Ok(Err(ImportRefusal::Role(refusal))),
                // Deleted while the import ran: what is done stays, the rest is told.
                Ok(Err(_gone)) => break Some(Stopped::RoleGone),
                Err(error) if error.is_worth_another_attempt() && attempt < ATTEMPTS => {
                    tracing::info!(%error, attempt, "a commit of an import is decided again");
                    attempt += 1;
                }
                Err(error) if number == 0 => return Err(error),
                Err(error) => {
                    tracing::error!(%error, "an import stopped half-way");
                    break Some(Stopped::Trouble);
                }
            }
        };
        if stopped.is_some() {
            report.stopped = stopped;
            report.rest = rows.len() - number * BATCH;
            break;
        }
    }
    Ok(Ok(report))
}

/// One commit of the import; an error when the role cannot be given.
async fn commit(
    engine: &Engine,
    editor: &Editor,
    wanted: &ImportUsers,
    batch: &[ImportRowChoice],
    report: &mut ImportReport,
) -> Result<std::result::Result<(), UserRefusal>> {
    let mut tx = engine.store().begin().await?;
    // Two imports at once wait for each other here, whichever people they have.
    identities::lock_staff(&mut tx).await?;
    let role = match users::grantable_role_in(&mut tx, editor, &wanted.role).await? {
        Ok(role) => role,
        Err(refusal) => return Ok(Err(refusal)),
    };
    for row in batch {
        one(&mut tx, editor, wanted, &role, row, report).await?;
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// Decides and does one person.
async fn one(
    tx: &mut Tx,
    editor: &Editor,
    wanted: &ImportUsers,
    role: &Role,
    choice: &ImportRowChoice,
    report: &mut ImportReport,
) -> Result<()> {
    let found = find_importable_in(tx, choice.technician).await?;
    let Some(row) = found.filter(|row| row.integration == wanted.integration) else {
        report.skip(String::new(), SkipReason::Gone);
        return Ok(());
    };
    if let Some(user) = &row.identity {
        let reason = SkipReason::AlreadyLinked(who(user));
        report.skip(row.name, reason);
        return Ok(());
    }
    if !row.active {
        report.skip(row.name, SkipReason::Inactive);
        return Ok(());
    }
    match &choice.action {
        ImportAction::Link { identity } => link(tx, editor, row, identity, report).await,
        ImportAction::Create { email } => {
            let typed = email
                .as_deref()
                .map(str::trim)
                .filter(|text| !text.is_empty());
            create(tx, editor, wanted, role, row, typed, report).await
        }
    }
}

async fn create(
    tx: &mut Tx,
    editor: &Editor,
    wanted: &ImportUsers,
    role: &Role,
    row: ImportRow,
    typed: Option<&str>,
    report: &mut ImportReport,
) -> Result<()> {
    let known = row
        .email
        .as_deref()
        .filter(|email| email_key(email).is_some());
    let Some(email) = typed.or(known) else {
        report.skip(row.name, SkipReason::EmailRequired);
        return Ok(());
    };
    let new = NewUser {
        name: if row.name.is_empty() {
            email.to_owned()
        } else {
            domain::text::cut(&row.name, 190)
        },
        email: email.to_owned(),
        job_title: row
            .title
            .as_deref()
            .map(|title| domain::text::cut(title, 190)),
        phone: None,
    };
    let created = match users::create_in(tx, editor, role, &new).await? {
        Ok(created) => created,
        Err(refusal) => {
            report.skip(row.name, SkipReason::of(refusal));
            return Ok(());
        }
    };
    // The record is locked and unlinked, and the user was no staff member, so this cannot be refused.
    link_technician_in(tx, row.id, Some(created.identity)).await?;
    if wanted.send_welcome
        && users::welcome_in(tx, editor, created.identity)
            .await?
            .is_ok()
    {
        report.welcome += 1;
    }
    report.created.push(Done {
        user: created.uuid,
        name: created.name,
        email: created.email,
    });
    Ok(())
}

async fn link(
    tx: &mut Tx,
    editor: &Editor,
    row: ImportRow,
    user: &PublicId,
    report: &mut ImportReport,
) -> Result<()> {
    let found = identities::find_identity_by_uuid_in(tx, user).await?;
    let staff = match &found {
        Some(found) => identities::find_staff_member_in(tx, found.id).await?,
        None => None,
    };
    let Some(staff) = staff else {
        report.skip(row.name, SkipReason::LinkTargetGone);
        return Ok(());
    };
    let target = (staff.uuid.clone(), staff.name.clone());
    match link_technician_in(tx, row.id, Some(staff.identity_id)).await? {
        Linked::Linked => {}
        Linked::AlreadyLinkedTo(_) => {
            report.skip(row.name, SkipReason::AlreadyLinked(target));
            return Ok(());
        }
        Linked::TargetHasAnother => {
            report.skip(row.name, SkipReason::LinkTargetHasAnother(target));
            return Ok(());
        }
        Linked::TargetGone => {
            report.skip(row.name, SkipReason::LinkTargetGone);
            return Ok(());
        }
        Linked::Gone => {
            report.skip(row.name, SkipReason::Gone);
            return Ok(());
        }
    }
    let after = json!({ "linked_to": row.external_id, "name": row.name });
    let entry = AuditEntry {
        actor: &editor.actor,
        action: "user.link",
        subject_kind: "identity",
        subject_id: staff.uuid.as_str(),
        subject_label: &staff.email,
        before: None,
        after: Some(after),
    };
    insert_entry(tx, &entry).await?;
    report.linked.push(Done {
        user: staff.uuid,
        name: staff.name,
        email: staff.email,
    });
    Ok(())
}

fn who(user: &ImportUser) -> (PublicId, String) {
    (user.uuid.clone(), user.name.clone())
}

impl SkipReason {
    fn of(refusal: UserRefusal) -> Self {
        match refusal {
            UserRefusal::EmailTaken { by, name } => Self::EmailTaken((by, name)),
            UserRefusal::EmailLooksLike { by, name, email } => Self::LooksLike {
                user: (by, name),
                email,
            },
            UserRefusal::EmailInvalid => Self::EmailInvalid,
            other => Self::Other(other),
        }
    }
}
