//! Importing companies by hand: a company here is created for a vendor's company, or that one is linked to a company
//! that is here already.
//!
//! Each row is decided while it is locked, in commits of 200 rows, so that a double click or two administrators at
//! once never make a company twice; what cannot be done is skipped with a reason and the rest goes on. A created company
//! is named by the vendor like one that came on its own. A link made here can be taken back ([`unlink`]); a company that
//! was created stays.

mod outcome;

use std::collections::BTreeSet;

use domain::company_adoption::{self, Adoption, Candidate};
use domain::id::{IntegrationId, PublicId};
use domain::job::{Job, Priority};
use domain::settings::IntegrationSettings;
use serde_json::{Value, json};
use store::audit::{Actor, AuditEntry, insert_entry};
use store::company_import::{self, CompanyImportRow, ImportCompany};
use store::integrations::Integration;
use store::{Tx, company_adoption as adoption, integrations, jobs};

pub use outcome::{
    CompanyCounts, CompanyDone, CompanyImportRefusal, CompanyImportReport, CompanySkip,
    CompanySkipped, Unlink, Why,
};
pub use store::company_import::{CompanyImportQuery, list_for_import};

use crate::engine::Engine;
use crate::error::{Error, Result};

/// Rows decided in one commit.
const BATCH: usize = 200;
/// How often a commit is tried.
const ATTEMPTS: usize = 3;

/// What is to become of one vendor's company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompanyAction {
    /// A company here is made for it.
    Create,
    /// It stands for this company.
    Link {
        /// The company, by its id in addresses.
        company: PublicId,
    },
}

/// A chosen row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyChoice {
    /// Row id of the vendor's company.
    pub external: i64,
    /// What is to become of it.
    pub action: CompanyAction,
}

/// An import as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportCompanies {
    /// The integration.
    pub integration: IntegrationId,
    /// Chosen rows.
    pub rows: Vec<CompanyChoice>,
    /// *Import All*: also every other company that stands for none, of this search (empty: all).
    pub everyone: Option<String>,
}

/// Imports.
///
/// # Errors
/// `NoIntegration`; else as any statement, while nothing was done. What a later commit meets ends the import: the report
/// tells what was done before and how many rows are left, and asking again goes on.
pub async fn apply(
    engine: &Engine,
    actor: &Actor,
    wanted: &ImportCompanies,
) -> Result<std::result::Result<CompanyImportReport, CompanyImportRefusal>> {
    run(engine, actor, wanted, false).await
}

/// What an import would do now, without doing it: its counts and reasons are those of [`apply`] on unchanged data.
///
/// # Errors
/// As [`apply`].
pub async fn preview(
    engine: &Engine,
    wanted: &ImportCompanies,
) -> Result<std::result::Result<CompanyImportReport, CompanyImportRefusal>> {
    run(engine, &Actor::System, wanted, true).await
}

async fn run(
    engine: &Engine,
    actor: &Actor,
    wanted: &ImportCompanies,
    dry: bool,
) -> Result<std::result::Result<CompanyImportReport, CompanyImportRefusal>> {
    let (store, id) = (engine.store(), wanted.integration);
    let integration = integrations::find_integration(store, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    let mut chosen: BTreeSet<i64> = BTreeSet::new();
    let mut rows: Vec<CompanyChoice> = Vec::new();
    for row in &wanted.rows {
        if chosen.insert(row.external) {
            rows.push(row.clone());
        }
    }
    if let Some(search) = &wanted.everyone {
        let all = company_import::list_unlinked_ids(store, id, Some(search)).await?;
        rows.extend(
            all.into_iter()
                .filter(|one| chosen.insert(*one))
                .map(|external| CompanyChoice {
                    external,
                    action: CompanyAction::Create,
                }),
        );
    }
    if rows.is_empty() {
        return Ok(Err(CompanyImportRefusal::NothingSelected));
    }
    // Two imports at once lock rows in the same order.
    rows.sort_by_key(|row| row.external);
    let mut report = CompanyImportReport::default();
    for (number, batch) in rows.chunks(BATCH).enumerate() {
        let mut attempt = 1;
        loop {
            let mut done = report.clone();
            match commit(engine, actor, &integration, batch, dry, &mut done).await {
                Ok(()) => {
                    report = done;
                    break;
                }
                Err(error) if error.is_worth_another_attempt() && attempt < ATTEMPTS => {
                    tracing::info!(%error, attempt, "a commit of an import is decided again");
                    attempt += 1;
                }
                Err(error) if number == 0 || dry => return Err(error),
                Err(error) => {
                    tracing::error!(%error, "an import stopped half-way");
                    report.rest = rows.len() - number * BATCH;
                    return Ok(Ok(report));
                }
            }
        }
    }
    Ok(Ok(report))
}

/// One commit of the import; a preview gives it up.
async fn commit(
    engine: &Engine,
    actor: &Actor,
    integration: &Integration,
    batch: &[CompanyChoice],
    dry: bool,
    report: &mut CompanyImportReport,
) -> Result<()> {
    let mut tx = engine.store().begin().await?;
    let before = report.done();
    for row in batch {
        one(&mut tx, actor, integration.id, row, report).await?;
    }
    if dry {
        return Ok(tx.rollback().await?);
    }
    if report.done() > before {
        if integration.settings.auto_import && integration.is_armed() {
            let job = Job::ImportContacts {
                integration: integration.id,
            };
            jobs::enqueue(&mut tx, &job, Priority::Normal, engine.now()).await?;
        }
        // What is here now is found by its name at once.
        jobs::enqueue(&mut tx, &Job::IndexSearch, Priority::Low, engine.now()).await?;
    }
    Ok(tx.commit().await?)
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
    let Some(company) = row.company.clone() else {
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

/// How many companies a search has, and what becomes of them on their own.
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
        counts.all += group.count;
        if group.linked {
            counts.linked += group.count;
            continue;
        }
        let candidate = Candidate {
            active: group.active,
            type_id: group.type_id.as_deref(),
            status_id: group.status_id.as_deref(),
        };
        match company_adoption::decide(settings, candidate) {
            Adoption::Adopt => counts.on_their_own += group.count,
            Adoption::Inactive => counts.inactive += group.count,
            Adoption::Type | Adoption::Status => counts.other_type += group.count,
            Adoption::NotTheSource => counts.not_the_source += group.count,
        }
    }
    Ok(counts)
}

/// Why a vendor's company does or does not become a company here on its own. Pure.
#[must_use]
pub fn why(settings: &IntegrationSettings, row: &CompanyImportRow) -> Why {
    match &row.company {
        Some(company) if company.blocked => Why::Blocked,
        Some(company) if !company.removed => Why::Linked,
        _ => Why::Rule(company_adoption::decide(
            settings,
            Candidate {
                active: row.active,
                type_id: row.type_id.as_deref(),
                status_id: row.status_id.as_deref(),
            },
        )),
    }
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
