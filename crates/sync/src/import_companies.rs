//! Importing companies by hand: a company here is created for a vendor's company, or that one is linked to a company
//! that is here already.
//!
//! Each row is decided while it is locked, so that a double click or two administrators at once never make a company
//! twice; what cannot be done is skipped with a reason and the rest goes on. A few are done at once, many by a job
//! ([`crate::imports`]); either way the report is kept. A created company is named by the vendor like one that came on its own. A link made here can be taken back ([`unlink`]); a company that
//! was created stays.

mod outcome;

use std::collections::BTreeSet;

use domain::company_adoption::{self, Adoption, Candidate};
use domain::id::{IntegrationId, PublicId};
use domain::imports::{ImportKind, ImportOutcome, ImportStop};
use domain::job::{Job, Priority};
use domain::permission::{Area, Permission};
use domain::settings::IntegrationSettings;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::audit::{Actor, AuditEntry, insert_entry};
use store::company_import::{self, CompanyImportRow, ImportCompany};
use store::{Tx, company_adoption as adoption, identities, integrations, jobs};

pub use outcome::{
    CompanyCounts, CompanyDone, CompanyImportRefusal, CompanyImportReport, CompanySkip,
    CompanySkipped, Unlink, Why,
};
pub use store::company_import::{CompanyImportQuery, list_for_import, list_some_for_import};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::imports::{self, Asked, BATCH, Decided, Everyone, Import, Kept};
use crate::quick_match;

/// What is to become of one vendor's company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompanyAction {
    /// A company here is made for it.
    Create,
    /// It stands for this company.
    Link {
        /// The company, by its id in addresses.
        company: PublicId,
    },
    /// Several have its name, here or at the vendor, and of a whole list nobody chose one: it is left for a person.
    Undecided,
}

/// A chosen row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyChoice {
    /// Row id of the vendor's company.
    pub external: i64,
    /// What is to become of it.
    pub action: CompanyAction,
}

/// An import as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCompanies {
    /// The integration.
    pub integration: IntegrationId,
    /// Chosen rows.
    pub rows: Vec<CompanyChoice>,
    /// *Import All*: also every other company that stands for none. One whose name a company here has, that nothing of
    /// this integration stands for, is linked to it; the others are created.
    pub everyone: Option<Everyone>,
}

/// Begins an import and answers its id in addresses: a few companies are imported by then, many by a job in the
/// background.
///
/// # Errors
/// `NoIntegration`; else as any statement, while nothing was kept.
pub async fn begin(
    engine: &Engine,
    actor: &Actor,
    wanted: &ImportCompanies,
) -> Result<std::result::Result<PublicId, CompanyImportRefusal>> {
    match keep(engine, actor, wanted).await? {
        Ok(kept) => Ok(Ok(imports::begin(engine, kept).await)),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// Imports, however many, and waits for the end.
///
/// # Errors
/// As [`begin`]. What was done before stays done and is in the report; the job of the import goes on with it.
pub async fn apply(
    engine: &Engine,
    actor: &Actor,
    wanted: &ImportCompanies,
) -> Result<std::result::Result<CompanyImportReport, CompanyImportRefusal>> {
    let kept = match keep(engine, actor, wanted).await? {
        Ok(kept) => kept,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let uuid = imports::finish(engine, &kept).await?;
    let report = match imports::find_import_by_uuid(engine.store(), &uuid).await? {
        Some(import) => report(engine, &import, i64::MAX).await?,
        None => CompanyImportReport::default(),
    };
    Ok(Ok(report))
}

/// What an import of companies did so far, with at most so many rows of each outcome.
///
/// # Errors
/// As any statement.
pub async fn report(engine: &Engine, import: &Import, limit: i64) -> Result<CompanyImportReport> {
    let (store, id) = (engine.store(), import.id);
    Ok(CompanyImportReport {
        created: imports::list_lines(store, id, ImportOutcome::Created, -1, limit).await?,
        linked: imports::list_lines(store, id, ImportOutcome::Linked, -1, limit).await?,
        skipped: imports::list_lines(store, id, ImportOutcome::Skipped, -1, limit).await?,
        rest: usize::try_from(import.counts.rest()).unwrap_or(usize::MAX),
        stopped: import.stopped,
    })
}

/// What an import would do now, without doing it: its counts and reasons are those of [`apply`] on unchanged data.
///
/// # Errors
/// As [`apply`].
pub async fn preview(
    engine: &Engine,
    wanted: &ImportCompanies,
) -> Result<std::result::Result<CompanyImportReport, CompanyImportRefusal>> {
    let rows = choose(engine, wanted).await?;
    if rows.is_empty() {
        return Ok(Err(CompanyImportRefusal::NothingSelected));
    }
    let mut report = CompanyImportReport::default();
    for batch in rows.chunks(BATCH) {
        let mut tx = engine.store().begin().await?;
        for row in batch {
            one(
                &mut tx,
                &Actor::System,
                wanted.integration,
                row,
                &mut report,
            )
            .await?;
        }
        tx.rollback().await?;
    }
    Ok(Ok(report))
}

/// Chooses the rows and keeps the import with its job.
async fn keep(
    engine: &Engine,
    actor: &Actor,
    wanted: &ImportCompanies,
) -> Result<std::result::Result<Kept, CompanyImportRefusal>> {
    let rows = choose(engine, wanted).await?;
    if rows.is_empty() {
        return Ok(Err(CompanyImportRefusal::NothingSelected));
    }
    let request = serde_json::to_value(wanted).map_err(imports::stored)?;
    let id = wanted.integration;
    let mut tx = engine.store().begin().await?;
    // The same request twice at once: the second finds the first.
    integrations::lock_integration(&mut tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    let asked = Asked {
        integration: id,
        kind: ImportKind::Companies,
        request: &request,
        records: &rows,
        role: None,
    };
    let kept = imports::keep_in(engine, &mut tx, actor, asked).await?;
    tx.commit().await?;
    Ok(Ok(kept))
}

/// Every row that is meant, once each, in the order in which rows are locked.
async fn choose(engine: &Engine, wanted: &ImportCompanies) -> Result<Vec<CompanyChoice>> {
    let (store, id) = (engine.store(), wanted.integration);
    integrations::find_integration(store, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    let mut chosen: BTreeSet<i64> = BTreeSet::new();
    let mut rows: Vec<CompanyChoice> = Vec::new();
    for row in &wanted.rows {
        if chosen.insert(row.external) {
            rows.push(row.clone());
        }
    }
    if let Some(everyone) = &wanted.everyone {
        let matches = if everyone.proposed {
            quick_match::companies(engine, id).await?
        } else {
            Default::default()
        };
        let mut taken: BTreeSet<PublicId> = rows
            .iter()
            .filter_map(|row| match &row.action {
                CompanyAction::Link { company } => Some(company.clone()),
                CompanyAction::Create | CompanyAction::Undecided => None,
            })
            .collect();
        for other in company_import::list_unlinked(store, id, Some(&everyone.search)).await? {
            if everyone.except.contains(&other.id) || !chosen.insert(other.id) {
                continue;
            }
            let target = if everyone.proposed {
                let Some(target) = matches.target(other.id) else {
                    continue;
                };
                Some(target.uuid.clone())
            } else {
                other.same_name
            };
            // Of two with one name only the first is surely that company.
            let same = target.filter(|one| taken.insert(one.clone()));
            if everyone.proposed && same.is_none() {
                continue;
            }
            let action = match same {
                Some(company) => CompanyAction::Link { company },
                None if other.tied => CompanyAction::Undecided,
                None => CompanyAction::Create,
            };
            rows.push(CompanyChoice {
                external: other.id,
                action,
            });
        }
    }
    rows.sort_by_key(|row| row.external);
    Ok(rows)
}

/// Decides and does the next rows of an import.
pub(crate) async fn decide(
    engine: &Engine,
    tx: &mut Tx,
    import: &Import,
    batch: &[CompanyChoice],
) -> Result<Decided> {
    // What is imported is added to the companies.
    for area in [Area::Integrations, Area::Companies] {
        let right = Permission::manage(area);
        if imports::grants_in(tx, &import.actor, right)
            .await?
            .is_none()
        {
            return Ok(Decided::stop(ImportStop::NotAllowed));
        }
    }
    // As in the dialog: who sees some companies only adds none for everybody.
    if let Actor::Person { id, .. } = &import.actor
        && !identities::find_staff_member_in(tx, *id)
            .await?
            .is_some_and(|staff| staff.all_companies)
    {
        return Ok(Decided::stop(ImportStop::NotAllowed));
    }
    let mut report = CompanyImportReport::default();
    for row in batch {
        one(tx, &import.actor, import.integration, row, &mut report).await?;
    }
    if report.done() > 0 {
        let integration = integrations::find_integration_in(tx, import.integration).await?;
        if integration.is_some_and(|found| found.settings.auto_import && found.is_armed()) {
            let job = Job::ImportContacts {
                integration: import.integration,
            };
            jobs::enqueue(tx, &job, Priority::Normal, engine.now()).await?;
        }
        // What is here now is found by its name at once.
        jobs::enqueue(tx, &Job::IndexSearch, Priority::Low, engine.now()).await?;
    }
    let mut decided = Decided::default();
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

/// Decides and does one row.
async fn one(
    tx: &mut Tx,
    actor: &Actor,
    integration: IntegrationId,
    choice: &CompanyChoice,
    report: &mut CompanyImportReport,
) -> Result<()> {
    let found = company_import::find_for_import_in(tx, choice.external).await?;
    let Some(row) = found.filter(|row| row.integration == integration && row.present) else {
        report.skip(choice.external, String::new(), CompanySkip::Gone);
        return Ok(());
    };
    match (&choice.action, &row.company) {
        (_, Some(company)) if company.blocked => {
            let name = company.name.clone();
            report.skip(row.id, row.name, CompanySkip::Blocked { name });
        }
        (CompanyAction::Create, Some(company)) if company.removed => {
            create(tx, actor, row, report).await?;
        }
        (_, Some(company)) => {
            let reason = CompanySkip::AlreadyLinked {
                company: company.uuid.clone(),
                name: company.name.clone(),
            };
            report.skip(row.id, row.name, reason);
        }
        (CompanyAction::Undecided, None) => {
            report.skip(row.id, row.name, CompanySkip::SeveralOfItsName);
        }
        (CompanyAction::Create, None) => create(tx, actor, row, report).await?,
        (CompanyAction::Link { company }, None) => {
            let target = company_import::find_target_in(tx, company).await?;
            match target.filter(|company| !company.removed) {
                Some(company) => link(tx, actor, row, company, report).await?,
                None => report.skip(row.id, row.name, CompanySkip::LinkTargetGone),
            }
        }
    }
    Ok(())
}

/// Makes a company, or brings back the one that was removed with the vendor's.
async fn create(
    tx: &mut Tx,
    actor: &Actor,
    row: CompanyImportRow,
    report: &mut CompanyImportReport,
) -> Result<()> {
    adoption::adopt(tx, row.integration, &[row.external_id.as_str()]).await?;
    let now = company_import::find_for_import_in(tx, row.id).await?;
    let Some(company) = now.and_then(|row| row.company) else {
        report.skip(row.id, row.name, CompanySkip::Gone);
        return Ok(());
    };
    let after = json!({ "external_id": row.external_id, "name": company.name });
    audit(tx, actor, "company.import", &company, None, Some(after)).await?;
    report.created.push(CompanyDone::of(&row, company));
    Ok(())
}

async fn link(
    tx: &mut Tx,
    actor: &Actor,
    row: CompanyImportRow,
    company: ImportCompany,
    report: &mut CompanyImportReport,
) -> Result<()> {
    company_import::link_company_in(tx, row.id, company.id).await?;
    let after = json!({ "external_id": row.external_id, "name": row.name });
    audit(tx, actor, "company.link", &company, None, Some(after)).await?;
    report.linked.push(CompanyDone::of(&row, company));
    Ok(())
}

/// Takes a link back that was made here. Memberships that were imported through it and never invited end with it.
///
/// # Errors
/// As any statement.
pub async fn unlink(engine: &Engine, actor: &Actor, external: i64) -> Result<Unlink> {
    let mut tx = engine.store().begin().await?;
    let Some(row) = company_import::find_for_import_in(&mut tx, external).await? else {
        return Ok(Unlink::NotLinked);
    };
    // What is blocked is set free by taking the block off, all at once.
    let Some(company) = row.company.clone().filter(|company| !company.blocked) else {
        return Ok(Unlink::NotLinked);
    };
    let Some((ended, stay)) = company_import::unlink_company_in(&mut tx, &row).await? else {
        return Ok(Unlink::CameOnItsOwn);
    };
    let before = json!({ "external_id": row.external_id, "name": row.name });
    let after = json!({ "memberships_ended": ended, "memberships_left": stay });
    audit(
        &mut tx,
        actor,
        "company.unlink",
        &company,
        Some(before),
        Some(after),
    )
    .await?;
    tx.commit().await?;
    Ok(Unlink::Done { ended, stay })
}

/// How many companies a search has, and what becomes of them on their own. What is blocked is not among the linked.
///
/// # Errors
/// As any statement.
pub async fn counts(
    engine: &Engine,
    integration: IntegrationId,
    settings: &IntegrationSettings,
    search: Option<&str>,
) -> Result<CompanyCounts> {
    let mut counts = CompanyCounts::default();
    for group in company_import::count_groups(engine.store(), integration, search).await? {
        counts.all += group.linked + group.unlinked;
        counts.linked += group.linked;
        let candidate = Candidate {
            active: group.active,
            type_id: group.type_id.as_deref(),
            other_type_ids: &group.other_type_ids,
            status_id: group.status_id.as_deref(),
        };
        let count = match company_adoption::decide(settings, candidate) {
            Adoption::Adopt => &mut counts.on_their_own,
            Adoption::Inactive => &mut counts.inactive,
            Adoption::Type | Adoption::Status => &mut counts.other_type,
            Adoption::NotTheSource => &mut counts.not_the_source,
        };
        *count += group.unlinked;
    }
    counts.blocked = company_import::count_blocked(engine.store(), integration, search).await?;
    counts.linked = counts.linked.saturating_sub(counts.blocked);
    Ok(counts)
}

/// Why a vendor's company does or does not become a company here on its own. Pure.
#[must_use]
pub fn why(settings: &IntegrationSettings, row: &CompanyImportRow) -> Why {
    match &row.company {
        Some(company) if company.blocked => Why::Blocked,
        Some(company) if !company.removed => Why::Linked,
        _ => Why::Rule(on_its_own(settings, row)),
    }
}

/// What the rule would do with a vendor's company if it stood for none. Pure.
#[must_use]
pub fn on_its_own(settings: &IntegrationSettings, row: &CompanyImportRow) -> Adoption {
    let candidate = Candidate {
        active: row.active,
        type_id: row.type_id.as_deref(),
        other_type_ids: &row.other_type_ids,
        status_id: row.status_id.as_deref(),
    };
    company_adoption::decide(settings, candidate)
}

async fn audit(
    tx: &mut Tx,
    actor: &Actor,
    action: &str,
    company: &ImportCompany,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<()> {
    let entry = AuditEntry {
        actor,
        action,
        subject_kind: "company",
        subject_id: company.uuid.as_str(),
        subject_label: &company.name,
        before,
        after,
    };
    Ok(insert_entry(tx, &entry).await?)
}
