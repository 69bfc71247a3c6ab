//! *Auto-Import*: active contacts of companies here become users (the rule is `domain::contact_import`).
//!
//! A job does it, asked for in the commit that completes a run's companies or contacts, that switches the setting on or
//! gives it another role, and that imports companies by hand. It goes through the contacts that are no members yet in
//! commits of 200; doing it twice is doing it once. What it did is kept as counts with reasons, and where it did
//! something or leaves out somebody it did not before, as a report beside those of other imports. Nobody is sent anything: people have status *imported* until an administrator invites them.

mod preview;
mod report;

use domain::contact_import::{ContactDecision, ContactEmail, ContactFacts, ContactImport, decide};
use domain::id::{IdentityId, IntegrationId, PublicId};
use domain::job::{Job, Priority};
use domain::permission::RoleKind;
use domain::run::Counts;
use domain::settings::IntegrationSettings;
use domain::stream::{PullMode, Stream};
use domain::text::has_visible;
use serde_json::json;
use store::audit::{Actor, AuditEntry, insert_entry};
use store::contact_import::{self, ContactCandidate};
use store::identities::{self, EmailState, Identity, NewIdentity};
use store::imports::Import as ReportRow;
use store::integrations::{self, Integration};
use store::jobs::{self, ClaimedJob};
use store::listing::Count;
use store::roles::{self, Role};
use store::{Tx, vacuum};

pub use preview::preview;
pub use report::{ContactDone, ContactReport, ContactSkipped, ContactsImported, read};

use crate::engine::Engine;
use crate::error::Result;
use crate::worker::Ended;

/// Contacts decided in one commit.
const BATCH: i64 = 200;

/// Attempts at a commit that somebody else got in the way of.
const ATTEMPTS: usize = 3;

/// Asks for an import when what was just read may bring new people: a complete part of companies or contacts that read
/// everything or changed something.
pub(crate) async fn after_part(
    engine: &Engine,
    tx: &mut Tx,
    integration: &Integration,
    stream: Stream,
    mode: PullMode,
    counts: &Counts,
) -> Result<()> {
    let brings_people = matches!(stream, Stream::Companies | Stream::Contacts)
        && (mode.is_full() || counts.created + counts.changed > 0);
    if brings_people && integration.settings.auto_import {
        ask(engine, tx, integration.id).await?;
    }
    Ok(())
}

/// Asks for an import when a change of settings may bring new people.
pub(crate) async fn after_settings(
    engine: &Engine,
    tx: &mut Tx,
    integration: &Integration,
    before: &IntegrationSettings,
) -> Result<()> {
    let now = &integration.settings;
    let news = !before.auto_import || before.default_contact_role != now.default_contact_role;
    if now.auto_import && news && integration.is_armed() {
        ask(engine, tx, integration.id).await?;
    }
    Ok(())
}

async fn ask(engine: &Engine, tx: &mut Tx, integration: IntegrationId) -> Result<()> {
    let job = Job::ImportContacts { integration };
    jobs::enqueue(tx, &job, Priority::Normal, engine.now()).await?;
    Ok(())
}

/// Imports.
pub(crate) async fn run(engine: &Engine, claimed: &ClaimedJob, id: IntegrationId) -> Result<Ended> {
    let Some(integration) = integrations::find_integration(engine.store(), id).await? else {
        return Ok(Ended::Done);
    };
    if !integration.settings.auto_import || !integration.is_armed() {
        return Ok(Ended::Done);
    }
    let import = Import::new(engine, &integration.settings, id).await?;
    let mut counted = ContactImport::default();
    let mut report = ContactReport::new(engine, id);
    let (mut after, mut decided) = (0, 0);
    loop {
        let Some(batch) = import.commit(claimed, after, &report).await? else {
            return Ok(Ended::LeaseLost);
        };
        let before = decided;
        decided += i64::try_from(batch.decisions.len()).unwrap_or(i64::MAX);
        for decision in batch.decisions {
            counted.count(decision);
        }
        report.note(batch.report);
        // Nothing rests on it but speed.
        if let Err(error) = vacuum::analyze_members(engine.store(), before, decided).await {
            tracing::debug!(%error, "tables of members are not counted anew");
        }
        let Some(last) = batch.last else { break };
        after = last;
    }
    counted.at = Some(engine.now());
    let mut tx = engine.store().begin().await?;
    if !jobs::hold_lease(&mut tx, &claimed.lease).await? {
        tx.rollback().await?;
        return Ok(Ended::LeaseLost);
    }
    contact_import::remove_old_skips(&mut tx, id).await?;
    contact_import::put_report(&mut tx, id, &counted).await?;
    if counted.created > 0 {
        // Who is new is found by a search.
        jobs::enqueue(&mut tx, &Job::IndexSearch, Priority::Low, engine.now()).await?;
    }
    tx.commit().await?;
    tracing::info!(integration = %integration.uuid, created = counted.created, joined = counted.joined, skipped = counted.skipped_count(), "contacts were imported");
    Ok(Ended::Done)
}

/// What the last import of an integration did; `None` when there was none.
///
/// # Errors
/// As any statement.
pub async fn last_report(engine: &Engine, id: IntegrationId) -> Result<Option<ContactImport>> {
    Ok(contact_import::find_report(engine.store(), id).await?)
}

/// How many active contacts of an integration have an account already, made from them; counting stops beyond 10,000.
///
/// # Errors
/// As any statement.
pub async fn count_accounts(engine: &Engine, id: IntegrationId) -> Result<Count> {
    Ok(contact_import::count_accounts(engine.store(), id).await?)
}

/// What became of a batch.
struct Batch {
    /// The last contact's row id; `None` when there was none.
    last: Option<i64>,
    decisions: Vec<ContactDecision>,
    /// The report after it, if there is one.
    report: Option<ReportRow>,
}

/// An import under way.
struct Import<'a> {
    engine: &'a Engine,
    integration: IntegrationId,
    /// The role of the integration default, if one is chosen.
    role: Option<PublicId>,
    /// Its name when the import began; `None` when it was not there.
    role_name: Option<String>,
}

impl<'a> Import<'a> {
    async fn new(
        engine: &'a Engine,
        settings: &IntegrationSettings,
        integration: IntegrationId,
    ) -> Result<Self> {
        let chosen = settings.default_contact_role.as_deref();
        let role: Option<PublicId> = chosen.and_then(|id| id.parse().ok());
        let found = match &role {
            Some(uuid) => roles::find_role_by_uuid(engine.store(), uuid).await?,
            None => None,
        };
        let found = found.filter(|role| role.kind == RoleKind::Company);
        Ok(Self {
            engine,
            integration,
            role,
            role_name: found.map(|role| role.name),
        })
    }

    /// One batch in one commit; `None` when the lease is lost.
    async fn commit(
        &self,
        claimed: &ClaimedJob,
        after: i64,
        report: &ContactReport<'_>,
    ) -> Result<Option<Batch>> {
        for attempt in 1.. {
            match self.batch(claimed, after, report).await {
                // Somebody else made a person of the same address at this moment: decided again.
                Err(error) if error.is_worth_another_attempt() && attempt < ATTEMPTS => {}
                other => return other,
            }
        }
        Ok(None)
    }

    async fn batch(
        &self,
        claimed: &ClaimedJob,
        after: i64,
        report: &ContactReport<'_>,
    ) -> Result<Option<Batch>> {
        let store = self.engine.store();
        let candidates =
            contact_import::list_candidates(store, self.integration, after, BATCH).await?;
        let mut tx = store.begin().await?;
        if !jobs::hold_lease(&mut tx, &claimed.lease).await? {
            tx.rollback().await?;
            return Ok(None);
        }
        // Staff is imported and added under the same lock: of two who bring one person, the second finds the first.
        identities::lock_staff(&mut tx).await?;
        let role = match &self.role {
            Some(uuid) => roles::find_role_by_uuid_in(&mut tx, uuid)
                .await?
                .filter(|role| role.kind == RoleKind::Company),
            None => None,
        };
        let mut decisions = Vec::with_capacity(candidates.len());
        let mut lines = Vec::new();
        for contact in &candidates {
            if !contact_import::is_candidate_in(&mut tx, contact).await? {
                continue;
            }
            let (facts, person) = facts(&mut tx, contact, role.is_some()).await?;
            let decision = decide(facts);
            decisions.push(decision);
            let made = match &role {
                Some(role) => {
                    self.follow(&mut tx, contact, decision, person, role)
                        .await?
                }
                None => None,
            };
            if contact.left_out.is_some() && !matches!(decision, ContactDecision::Skip(_)) {
                let id = &contact.external_id;
                contact_import::put_skip(&mut tx, self.integration, id, None).await?;
            }
            lines.extend(ContactReport::line(contact, decision, made)?);
        }
        let report = report
            .write_in(&mut tx, &lines, self.role_name.as_deref())
            .await?;
        tx.commit().await?;
        Ok(Some(Batch {
            last: candidates.last().map(|last| last.id),
            decisions,
            report,
        }))
    }

    /// Does what was decided; answers who has an account by it.
    async fn follow(
        &self,
        tx: &mut Tx,
        contact: &ContactCandidate,
        decision: ContactDecision,
        person: Option<IdentityId>,
        role: &Role,
    ) -> Result<Option<Identity>> {
        let email = contact.email.as_deref().unwrap_or_default();
        let person = match (decision, person) {
            (ContactDecision::Create, _) => {
                let new = NewIdentity {
                    email,
                    name: name_of(contact, email),
                    job_title: contact.title.as_deref(),
                    phone: contact.phone.as_deref(),
                    ..NewIdentity::default()
                };
                identities::insert_identity(tx, &new).await?
            }
            (ContactDecision::Join, Some(person)) => person,
            _ => return Ok(None),
        };
        contact_import::insert_membership(tx, person, role.id, self.integration, contact).await?;
        let Some(identity) = identities::find_identity_by_email_in(tx, email).await? else {
            return Ok(None);
        };
        let after = json!({
            "company": contact.company_name,
            "role": role.name,
            "rule": "integration default",
            "contact": contact.external_id,
            "new": decision == ContactDecision::Create,
        });
        let entry = AuditEntry {
            actor: &Actor::System,
            action: "contact.import",
            subject_kind: "identity",
            subject_id: identity.uuid.as_str(),
            subject_label: &identity.email,
            before: None,
            after: Some(after),
        };
        insert_entry(tx, &entry).await?;
        Ok(Some(identity))
    }
}

/// The facts about a contact, and the person who has its address.
async fn facts(
    tx: &mut Tx,
    contact: &ContactCandidate,
    has_role: bool,
) -> Result<(ContactFacts, Option<IdentityId>)> {
    let typed = contact.email.as_deref().map(str::trim).unwrap_or_default();
    let mut person = None;
    let mut member = false;
    let email = if typed.is_empty() {
        ContactEmail::Missing
    } else {
        match identities::email_state_in(tx, typed, None).await? {
            EmailState::Invalid => ContactEmail::Invalid,
            EmailState::LooksLike(_) => ContactEmail::LooksLike,
            EmailState::Taken(id) => {
                person = Some(id);
                member = contact_import::is_member_in(tx, id, contact.company).await?;
                ContactEmail::Taken
            }
            EmailState::Free => ContactEmail::Free,
        }
    };
    let facts = ContactFacts {
        own_company: contact.own_company,
        email,
        member,
        has_role,
    };
    Ok((facts, person))
}

/// A name to call a person by: the contact's, else what stands before the @.
fn name_of<'c>(contact: &'c ContactCandidate, email: &'c str) -> &'c str {
    if has_visible(&contact.name) {
        &contact.name
    } else {
        email.split('@').next().unwrap_or(email).trim()
    }
}
