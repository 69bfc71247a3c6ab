//! Importing staff: a vendor's technicians become users, or are linked to users who are here already. The one path for
//! the dialog and the wizard.
//!
//! Each person is decided while the vendor's record is locked, so that a double click or two administrators at once never
//! make anybody twice; what cannot be done is skipped with a reason and the rest goes on. A few are done at once, many by
//! a job ([`crate::imports`]); either way the report is kept. A typed address belongs to the account and is never written to the vendor. Who was imported may not sign in before
//! the welcome e-mail, which is only sent when it was asked for.

mod choose;
mod outcome;

use domain::email::{email_address, email_key};
use domain::id::{IntegrationId, PublicId};
use domain::imports::{ImportKind, ImportOutcome, ImportStop};
use domain::permission::{Area, Permission};
use domain::text::{cut, has_visible};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::audit::{AuditEntry, insert_entry};
use store::identities::MembershipStatus;
use store::roles::Role;
use store::technicians::{
    ImportRow, ImportUser, Linked, find_importable_in, link_technician_in, shares_address_in,
};
use store::{Tx, identities};

use choose::choose;
pub use outcome::{Done, ImportRefusal, ImportReport, SEVERAL_RECORDS, SkipReason, Skipped};

use crate::engine::Engine;
use crate::error::Result;
use crate::imports::{self, Asked, Decided, Everyone, Import, Kept};
use crate::users::{self, Editor, NewUser, UserRefusal};

/// What is to become of one technician.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportAction {
    /// A user is made.
    Create {
        /// The address typed for it; `None`: the vendor's.
        email: Option<String>,
    },
    /// The same, and a person at a client who has the address becomes one of the staff.
    Join {
        /// The address typed for it; `None`: the vendor's.
        email: Option<String>,
        /// The address that was said of, by normal form: it counts for no other.
        #[serde(default)]
        said: String,
    },
    /// It is this user.
    Link {
        /// The user, by the id in addresses.
        identity: PublicId,
    },
    /// It is the user the list proposed for it, which nobody typed: whoever cannot be linked is left out with a reason.
    Suggested {
        /// The user's e-mail address, as the list showed it.
        email: String,
    },
    /// As the list proposes for everybody: the user who has the address, else one is made.
    Proposed,
    /// It is left out: several of those who are meant have its address.
    OneOfSeveral,
}

impl ImportAction {
    /// Whether it only links, so that the role of the import is not needed for it.
    #[must_use]
    pub const fn is_link(&self) -> bool {
        matches!(self, Self::Link { .. } | Self::Suggested { .. })
    }
}

/// A chosen technician.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRowChoice {
    /// Row id of the technician.
    pub technician: i64,
    /// What is to become of it.
    pub action: ImportAction,
}

/// An import as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportUsers {
    /// The integration.
    pub integration: IntegrationId,
    /// Chosen technicians.
    pub rows: Vec<ImportRowChoice>,
    /// *Select all*: also every other unlinked technician with an address. One whose address a user has is linked to that
    /// user.
    pub everyone: Option<Everyone>,
    /// The role of everybody who is created; those who are linked keep theirs, so that links alone need none.
    pub role: Option<PublicId>,
    /// Whether they are sent the welcome e-mail.
    pub send_welcome: bool,
}

impl ImportUsers {
    /// Whether a person chose a record to be linked to this user.
    fn links_by_hand_to(&self, user: &PublicId) -> bool {
        self.rows.iter().any(|row| match &row.action {
            ImportAction::Link { identity } => identity == user,
            _ => false,
        })
    }
}

/// Begins an import and answers its id in addresses: a few people are imported by then, many by a job in the background.
///
/// # Errors
/// As any statement, while nothing was kept.
pub async fn begin(
    engine: &Engine,
    editor: &Editor,
    wanted: &ImportUsers,
) -> Result<std::result::Result<PublicId, ImportRefusal>> {
    match keep(engine, editor, wanted).await? {
        Ok(kept) => Ok(Ok(imports::begin(engine, kept).await)),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// Imports, however many, and waits for the end.
///
/// # Errors
/// As any statement. What was done before stays done and is in the report; the job of the import goes on with it.
pub async fn apply(
    engine: &Engine,
    editor: &Editor,
    wanted: &ImportUsers,
) -> Result<std::result::Result<ImportReport, ImportRefusal>> {
    let kept = match keep(engine, editor, wanted).await? {
        Ok(kept) => kept,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let uuid = imports::finish(engine, &kept).await?;
    let report = match imports::find_import_by_uuid(engine.store(), &uuid).await? {
        Some(import) => report(engine, &import, i64::MAX).await?,
        None => ImportReport::default(),
    };
    Ok(Ok(report))
}

/// What an import of staff did so far, with at most so many people of each outcome.
///
/// # Errors
/// As any statement.
pub async fn report(engine: &Engine, import: &Import, limit: i64) -> Result<ImportReport> {
    let (store, id) = (engine.store(), import.id);
    Ok(ImportReport {
        created: imports::list_lines(store, id, ImportOutcome::Created, -1, limit).await?,
        linked: imports::list_lines(store, id, ImportOutcome::Linked, -1, limit).await?,
        skipped: imports::list_lines(store, id, ImportOutcome::Skipped, -1, limit).await?,
        welcome: usize::try_from(import.counts.welcomed).unwrap_or(usize::MAX),
        rest: usize::try_from(import.counts.rest()).unwrap_or(usize::MAX),
        stopped: import.stopped,
    })
}

/// Whether an import of staff linked somebody whose account is switched off, as far as its first lines tell.
///
/// # Errors
/// As any statement.
pub async fn links_deactivated(engine: &Engine, import: &Import) -> Result<bool> {
    const LOOKED_AT: i64 = 200;
    if import.kind != ImportKind::Users || import.counts.linked == 0 {
        return Ok(false);
    }
    let (store, id) = (engine.store(), import.id);
    let linked: Vec<Done> =
        imports::list_lines(store, id, ImportOutcome::Linked, -1, LOOKED_AT).await?;
    Ok(linked.iter().any(|done| done.deactivated))
}

/// Chooses the records, checks the role, and keeps the import with its job.
async fn keep(
    engine: &Engine,
    editor: &Editor,
    wanted: &ImportUsers,
) -> Result<std::result::Result<Kept, ImportRefusal>> {
    let rows = choose(engine, wanted).await?;
    if rows.is_empty() {
        return Ok(Err(ImportRefusal::NothingSelected));
    }
    let request = serde_json::to_value(wanted).map_err(imports::stored)?;
    let mut tx = engine.store().begin().await?;
    // The same request twice at once: the second finds the first.
    identities::lock_staff(&mut tx).await?;
    let role = match role_in(&mut tx, editor, wanted).await? {
        Ok(role) => role,
        Err(refusal) => return Ok(Err(ImportRefusal::Role(refusal))),
    };
    if role.is_none() && rows.iter().any(|row| !row.action.is_link()) {
        return Ok(Err(ImportRefusal::Role(UserRefusal::RoleMissing)));
    }
    let asked = Asked {
        integration: wanted.integration,
        kind: ImportKind::Users,
        request: &request,
        records: &rows,
        role: role.as_ref().map(|role| role.name.as_str()),
    };
    let kept = imports::keep_in(engine, &mut tx, &editor.actor, asked).await?;
    tx.commit().await?;
    Ok(Ok(kept))
}

/// The chosen role, if one was, when the editor may give it.
async fn role_in(
    tx: &mut Tx,
    editor: &Editor,
    wanted: &ImportUsers,
) -> Result<std::result::Result<Option<Role>, UserRefusal>> {
    match &wanted.role {
        Some(role) => Ok(users::grantable_role_in(tx, editor, role).await?.map(Some)),
        None => Ok(Ok(None)),
    }
}

/// Decides and does the next people of an import.
pub(crate) async fn decide(
    tx: &mut Tx,
    import: &Import,
    batch: &[ImportRowChoice],
) -> Result<Decided> {
    let wanted: ImportUsers = imports::read(import.asked.clone())?;
    // Two imports at once wait for each other here, whichever people they have.
    identities::lock_staff(tx).await?;
    let right = Permission::manage(Area::Users);
    let Some((identity, grants)) = imports::grants_in(tx, &import.actor, right).await? else {
        return Ok(Decided::stop(ImportStop::NotAllowed));
    };
    let editor = Editor {
        actor: import.actor.clone(),
        identity,
        grants,
    };
    // Deleted while the import ran: what is done stays, the rest is told.
    let Ok(role) = role_in(tx, &editor, &wanted).await? else {
        return Ok(Decided::stop(ImportStop::RoleGone));
    };
    let mut report = ImportReport::default();
    for row in batch {
        one(tx, &editor, &wanted, role.as_ref(), row, &mut report).await?;
    }
    let mut decided = Decided {
        welcomed: report.welcome as u64,
        ..Decided::default()
    };
    for done in &report.created {
        decided.push(ImportOutcome::Created, done)?;
    }
    for done in &report.linked {
        decided.push(ImportOutcome::Linked, done)?;
    }
    for skipped in &report.skipped {
        decided.push(ImportOutcome::Skipped, skipped)?;
    }
    Ok(decided)
}

/// Decides and does one person.
async fn one(
    tx: &mut Tx,
    editor: &Editor,
    wanted: &ImportUsers,
    role: Option<&Role>,
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
        ImportAction::Suggested { email } => {
            match identities::find_identity_by_email_in(tx, email).await? {
                Some(user) if wanted.links_by_hand_to(&user.uuid) => {
                    let reason = SkipReason::LinkTargetHasAnother((user.uuid, user.name));
                    report.skip(row.name, reason);
                    Ok(())
                }
                Some(user) => link(tx, editor, row, &user.uuid, report).await,
                None => {
                    report.skip(row.name, SkipReason::LinkTargetGone);
                    Ok(())
                }
            }
        }
        ImportAction::OneOfSeveral => {
            let reason = match &row.taken_by {
                Some(user) if row.taken_as.is_some() => SkipReason::LinkTargetHasAnother(who(user)),
                Some(user) => SkipReason::SeveralRecordsOf(who(user)),
                None => SkipReason::SeveralRecords,
            };
            report.skip(row.name, reason);
            Ok(())
        }
        ImportAction::Proposed => match row.taken_by.clone() {
            Some(user) if row.taken_as.is_none() && shares_address_in(tx, row.id).await? => {
                report.skip(row.name, SkipReason::SeveralRecordsOf(who(&user)));
                Ok(())
            }
            // The choice a person made for another record goes first, whichever of the two comes first.
            Some(user) if wanted.links_by_hand_to(&user.uuid) => {
                report.skip(row.name, SkipReason::LinkTargetHasAnother(who(&user)));
                Ok(())
            }
            Some(user) => link(tx, editor, row, &user.uuid, report).await,
            None => create(tx, editor, wanted, role, row, (None, None), report).await,
        },
        action @ (ImportAction::Create { email } | ImportAction::Join { email, .. }) => {
            let typed = email
                .as_deref()
                .map(str::trim)
                .filter(|text| !text.is_empty());
            let said = match action {
                ImportAction::Join { said, .. } => Some(said.as_str()),
                _ => None,
            };
            create(tx, editor, wanted, role, row, (typed, said), report).await
        }
    }
}

async fn create(
    tx: &mut Tx,
    editor: &Editor,
    wanted: &ImportUsers,
    role: Option<&Role>,
    row: ImportRow,
    (typed, said): (Option<&str>, Option<&str>),
    report: &mut ImportReport,
) -> Result<()> {
    let Some(role) = role else {
        // An import begins without a role only when it links.
        report.skip(
            row.name,
            SkipReason::Other(UserRefusal::RoleMissing.sentence()),
        );
        return Ok(());
    };
    let known = row
        .email
        .as_deref()
        .filter(|email| email_address(email).is_some());
    let Some(email) = typed.or(known) else {
        report.skip(row.name, SkipReason::EmailRequired);
        return Ok(());
    };
    // Telling to link it to the user who has the address would lead nowhere.
    if let (None, Some(user), Some(_)) = (typed, &row.taken_by, &row.taken_as) {
        let reason = SkipReason::LinkTargetHasAnother(who(user));
        report.skip(row.name, reason);
        return Ok(());
    }
    let new = NewUser {
        name: if has_visible(&row.name) {
            cut(&row.name, 190)
        } else {
            email.to_owned()
        },
        email: email.to_owned(),
        job_title: row.title.as_deref().map(|title| cut(title, 190)),
        phone: None,
        // The address may be another than the one the tick was set for, at the vendor too.
        join: said.is_some() && email_key(email).as_deref() == said,
    };
    let untold = MembershipStatus::Imported;
    let created = match users::create_in(tx, editor, role, &new, untold).await? {
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
        there: row.name,
        joined: created.joined,
        contact_of: created.contact_of,
        deactivated: false,
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
        there: row.name,
        joined: false,
        contact_of: None,
        deactivated: staff.status == MembershipStatus::Disabled,
    });
    Ok(())
}

fn who(user: &ImportUser) -> (PublicId, String) {
    (user.uuid.clone(), user.name.clone())
}

impl SkipReason {
    /// Why somebody with such an address is left out.
    #[must_use]
    pub fn of(refusal: UserRefusal) -> Self {
        match refusal {
            UserRefusal::EmailTaken { by, name } => Self::EmailTaken((by, name)),
            UserRefusal::EmailLooksLike { by, name, email } => Self::LooksLike {
                user: (by, name),
                email,
            },
            UserRefusal::OfAClient(client) => Self::OfAClient(client.who()),
            UserRefusal::EmailInvalid => Self::EmailInvalid,
            other => Self::Other(other.sentence()),
        }
    }
}
