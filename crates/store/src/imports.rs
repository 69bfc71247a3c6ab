//! Imports of staff or companies that a person asked for, and those of *Auto-Import*: what was asked, how far it has got, and a line about each
//! record, written in the commit that decided it. So the report is whole whoever does the work, and however often.

use domain::clock::UtcMillis;
use domain::id::{ImportId, IntegrationId, PublicId};
use domain::imports::{ImportCounts, ImportKind, ImportOutcome, ImportStop};
use serde_json::Value;

use crate::audit::Actor;
use crate::decode::{instant, json, known, optional, plain, public_id};
use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

/// An import to keep.
#[derive(Debug)]
pub struct NewImport<'a> {
    /// The integration.
    pub integration: IntegrationId,
    /// What is imported.
    pub kind: ImportKind,
    /// Who asked.
    pub actor: &'a Actor,
    /// The request as it was sent.
    pub asked: &'a Value,
    /// The chosen records, in the order they are decided in.
    pub plan: &'a Value,
    /// How many they are.
    pub total: u64,
    /// The role of those who are made, by name.
    pub role: Option<&'a str>,
}

/// An import.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// Row id.
    pub id: ImportId,
    /// Id in addresses.
    pub uuid: PublicId,
    /// The integration.
    pub integration: IntegrationId,
    /// What is imported.
    pub kind: ImportKind,
    /// Who asked.
    pub actor: Actor,
    /// The request as it was sent; null where only the newest was looked for, since it may name thousands of records.
    pub asked: Value,
    /// The role of those who are made, as it was called then; `None` for companies, and where it was not kept.
    pub role_name: Option<String>,
    /// How far it has got.
    pub counts: ImportCounts,
    /// Why it ended before its last record.
    pub stopped: Option<ImportStop>,
    /// When it was asked for.
    pub created_at: UtcMillis,
    /// When it ended.
    pub finished_at: Option<UtcMillis>,
}

row! {
    struct Raw {
        id: ImportId = i64 => plain(ImportId),
        uuid: PublicId = String => public_id,
        integration: IntegrationId = i64 => plain(IntegrationId),
        kind: ImportKind = String => known(ImportKind::from_key),
        actor: Actor = String => json,
        asked: Value = String => json,
        role_name: Option<String>,
        total: i64,
        created: i64,
        linked: i64,
        skipped: i64,
        welcomed: i64,
        stopped: Option<String>,
        created_at: UtcMillis = i64 => instant,
        finished_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
    }
}

impl From<Raw> for Import {
    fn from(row: Raw) -> Self {
        Self {
            id: row.id,
            uuid: row.uuid,
            integration: row.integration,
            kind: row.kind,
            actor: row.actor,
            asked: row.asked,
            role_name: row.role_name,
            counts: ImportCounts {
                total: row.total.unsigned_abs(),
                created: row.created.unsigned_abs(),
                linked: row.linked.unsigned_abs(),
                skipped: row.skipped.unsigned_abs(),
                welcomed: row.welcomed.unsigned_abs(),
            },
            stopped: row
                .stopped
                .map(|key| ImportStop::from_key(&key).unwrap_or(ImportStop::Trouble)),
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

row! {
    struct RawPlan {
        kind: ImportKind = String => known(ImportKind::from_key),
        plan: Value = String => json,
    }
}

row! {
    /// What became of one record.
    #[derive(Debug, Clone, PartialEq)]
    pub struct ImportLine {
        /// Its place in the report, from zero.
        pub line_number: i64,
        /// What became of it.
        pub outcome: ImportOutcome = String => known(ImportOutcome::from_key),
        /// Names, ids and the reason.
        pub line: Value = String => json,
    }
}

/// Keeps an import that was asked for.
///
/// # Errors
/// `Reference` when there is no such integration.
pub async fn insert_import(tx: &mut Tx, new: &NewImport<'_>) -> Result<(ImportId, PublicId)> {
    let id = tx.next_id("import").await?;
    let now = tx.store().now();
    let uuid = PublicId::new(now);
    let actor = serde_json::to_string(new.actor)?;
    execute!(
        tx,
        INSERT,
        id,
        uuid.as_str(),
        new.integration.0,
        new.kind.key(),
        &actor,
        new.asked.to_string(),
        new.plan.to_string(),
        number(new.total),
        now.0,
        new.role
    )?;
    tx.tell("import", id);
    Ok((ImportId(id), uuid))
}

/// An import of the same request by the same actor that has not ended, or that did all of it since then.
///
/// # Errors
/// As any statement.
pub async fn find_same_in(
    tx: &mut Tx,
    integration: IntegrationId,
    kind: ImportKind,
    actor: &Actor,
    asked: &Value,
    since: UtcMillis,
) -> Result<Option<Import>> {
    let (actor, asked) = (serde_json::to_string(actor)?, asked.to_string());
    let kind = kind.key();
    let found: Option<Raw> = tx_one!(tx, FIND_SAME, integration.0, kind, actor, asked, since.0)?;
    Ok(found.map(Import::from))
}

/// One import by its id in addresses.
///
/// # Errors
/// As any statement.
pub async fn find_import_by_uuid(store: &Store, uuid: &PublicId) -> Result<Option<Import>> {
    let found: Option<Raw> = read_one!(store, FIND_BY_UUID, uuid.as_str())?;
    Ok(found.map(Import::from))
}

/// The newest import of an integration: one that runs, if any, before those that ended. A single company that was linked is
/// left out, since the list itself shows it.
///
/// # Errors
/// As any statement.
pub async fn find_last_import(
    store: &Store,
    integration: IntegrationId,
    kind: ImportKind,
) -> Result<Option<Import>> {
    let found: Option<Raw> = read_one!(store, FIND_LAST, integration.0, kind.key())?;
    Ok(found.map(Import::from))
}

/// The newest imports of an integration.
///
/// # Errors
/// As any statement.
pub async fn list_imports(
    store: &Store,
    integration: IntegrationId,
    kind: ImportKind,
    limit: i64,
) -> Result<Vec<Import>> {
    let found: Vec<Raw> = read_all!(store, LIST, integration.0, kind.key(), limit)?;
    Ok(found.into_iter().map(Import::from).collect())
}

/// One import, on both engines kept as it is until the commit: of two workers that have it, the second waits and then
/// sees what the first did.
///
/// # Errors
/// As any statement.
pub async fn find_import_in(tx: &mut Tx, id: ImportId) -> Result<Option<Import>> {
    execute!(tx, LOCK, id.0)?;
    let found: Option<Raw> = tx_one!(tx, FIND, id.0)?;
    Ok(found.map(Import::from))
}

/// The chosen records of an import. They never change, so that they are read once.
///
/// # Errors
/// As any statement.
pub async fn find_plan(store: &Store, id: ImportId) -> Result<Option<(ImportKind, Value)>> {
    let found: Option<RawPlan> = read_one!(store, PLAN, id.0)?;
    Ok(found.map(|row| (row.kind, row.plan)))
}

/// Imports that did not end and that no job goes on with: their workers vanished too often.
///
/// # Errors
/// As any statement.
pub async fn list_forsaken(store: &Store) -> Result<Vec<ImportId>> {
    let found: Vec<(i64,)> = read_all!(store, FORSAKEN)?;
    Ok(found.into_iter().map(|row| ImportId(row.0)).collect())
}

/// Writes what became of the next records of an import: their lines, the counts with them, and whether it ended.
///
/// # Errors
/// `Conflict` when a line of that number is there.
pub async fn update_import(
    tx: &mut Tx,
    import: &Import,
    lines: &[(ImportOutcome, Value)],
) -> Result<()> {
    let counts = &import.counts;
    let first = counts.decided().saturating_sub(lines.len() as u64);
    for (place, (outcome, line)) in (first..).zip(lines) {
        execute!(
            tx,
            INSERT_LINE,
            import.id.0,
            number(place),
            outcome.key(),
            line.to_string()
        )?;
    }
    execute!(
        tx,
        UPDATE,
        import.id.0,
        number(counts.created),
        number(counts.linked),
        number(counts.skipped),
        number(counts.welcomed),
        import.stopped.map(ImportStop::key),
        import.finished_at.map(|at| at.0),
        number(counts.total)
    )?;
    tx.tell("import", import.id.0);
    Ok(())
}

/// Lines of one outcome after a place, in the order they were decided in.
///
/// # Errors
/// As any statement.
pub async fn list_lines(
    store: &Store,
    id: ImportId,
    outcome: ImportOutcome,
    after: i64,
    limit: i64,
) -> Result<Vec<ImportLine>> {
    read_all!(store, LINES, id.0, outcome.key(), after, limit)
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

macro_rules! import_row {
    ($asked:literal) => {
        concat!(
            "SELECT id, uuid, integration_id AS integration, kind, actor, ",
            $asked,
            " AS asked, role_name, total, created, linked, skipped, welcomed, stopped,
            created_at, finished_at FROM import WHERE "
        )
    };
}

statements! {
    INSERT = "INSERT INTO import (id, uuid, integration_id, kind, actor, asked, plan, total, created_at, role_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    FIND = concat!(import_row!("asked"), "id = $1");
    FIND_BY_UUID = concat!(import_row!("asked"), "uuid = $1");
    FIND_SAME = concat!(import_row!("asked"), "integration_id = $1 AND kind = $2 AND actor = $3 AND asked = $4 AND (finished_at IS NULL OR (finished_at > $5 AND skipped = 0 AND stopped IS NULL)) ORDER BY id DESC LIMIT 1");
    FIND_LAST = concat!(import_row!("CAST('null' AS TEXT)"), "integration_id = $1 AND kind = $2 AND (finished_at IS NULL OR kind <> 'companies' OR total <> 1 OR linked <> 1)
        ORDER BY CASE WHEN finished_at IS NULL THEN 0 ELSE 1 END, id DESC LIMIT 1");
    LIST = concat!(import_row!("CAST('null' AS TEXT)"), "integration_id = $1 AND kind = $2 ORDER BY id DESC LIMIT $3");
    LOCK = "UPDATE import SET total = total WHERE id = $1";
    PLAN = "SELECT kind, plan FROM import WHERE id = $1";
    // The unique key of an import's job is made by the job; see Job::unique_key.
    FORSAKEN = "SELECT id FROM import WHERE finished_at IS NULL AND NOT EXISTS
        (SELECT 1 FROM job WHERE job.unique_key = 'import:' || CAST(import.id AS TEXT) AND job.state IN (0, 1))";
    INSERT_LINE = "INSERT INTO import_line (import_id, line_number, outcome, line) VALUES ($1, $2, $3, $4)";
    UPDATE = "UPDATE import SET created = $2, linked = $3, skipped = $4, welcomed = $5, stopped = $6, finished_at = $7, total = $8 WHERE id = $1";
    LINES = "SELECT line_number, outcome, line FROM import_line WHERE import_id = $1 AND outcome = $2 AND line_number > $3
        ORDER BY line_number LIMIT $4";
}
