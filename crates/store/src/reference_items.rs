//! Reference data: the values records point at, with the labels people read.

use std::collections::{BTreeSet, HashMap};

use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::reference::{ReferenceItem, ReferenceKind, SEEN};
use serde::Deserialize;

use crate::db::Db;
use crate::decode::{flag, known, optional};
use crate::error::{ErrorKind, Result, StoreError};
use crate::open::Store;
use crate::tx::Tx;

row! {
    /// A stored value of reference data.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct StoredReferenceItem {
        /// What it is a value of.
        pub kind: ReferenceKind = String => known(ReferenceKind::from_key),
        /// The vendor's id.
        pub external_id: String,
        /// The label.
        pub label: String,
        /// The parent value's id.
        pub parent: Option<String>,
        /// Whether it may still be chosen.
        pub active: bool = i64 => flag,
        /// The vendor's order.
        pub sort_order: i64,
        /// Whether the vendor calls it a system value.
        pub is_system: bool = i64 => flag,
        /// When the vendor stopped listing it; it stays, to explain old records.
        pub removed_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
    }
}

impl StoredReferenceItem {
    /// Where it stands in the vendor's order, removed ones last within their kind.
    fn place(&self) -> (&'static str, bool, i64, &str, &str) {
        let (label, id) = (self.label.as_str(), self.external_id.as_str());
        (
            self.kind.key(),
            self.removed_at.is_some(),
            self.sort_order,
            label,
            id,
        )
    }

    /// Whether it is the same as what the vendor lists.
    fn equals(&self, item: &ReferenceItem) -> bool {
        self.removed_at.is_none()
            && self.label == item.label
            && self.parent == item.parent
            && self.active == item.active
            && self.sort_order == item.sort_order
            && self.is_system == item.system
    }
}

/// What a refresh of reference data changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReferenceChanges {
    /// Values that are new or changed.
    pub written: u64,
    /// Values the vendor no longer lists.
    pub removed: u64,
}

/// Puts what the vendor lists now in place of what it listed before. Of the kinds in `items`, values that are missing
/// are marked as removed; kinds of which nothing is given stay untouched, and so do values that were seen in records.
///
/// # Errors
/// As any statement.
pub async fn replace_reference_items(
    tx: &mut Tx,
    integration: IntegrationId,
    items: &[ReferenceItem],
) -> Result<ReferenceChanges> {
    let now = tx.store().now();
    let stored: Vec<StoredReferenceItem> = tx_all!(tx, LIST, integration.0)?;
    let mut before: HashMap<(ReferenceKind, &str), &StoredReferenceItem> = stored
        .iter()
        .map(|item| ((item.kind, item.external_id.as_str()), item))
        .collect();
    let mut changes = ReferenceChanges::default();
    for item in items {
        let same = before
            .remove(&(item.kind, item.external_id.as_str()))
            .is_some_and(|stored| stored.equals(item));
        if !same {
            let (active, system) = (i64::from(item.active), i64::from(item.system));
            execute!(
                tx,
                UPSERT,
                integration.0,
                item.kind.key(),
                &item.external_id,
                &item.label,
                item.parent.as_deref(),
                active,
                item.sort_order,
                system
            )?;
            changes.written += 1;
        }
    }
    for (kind, external_id) in before
        .into_iter()
        .filter(|(_, item)| item.removed_at.is_none() && !item.external_id.starts_with(SEEN))
        .map(|(key, _)| key)
    {
        if items.iter().any(|item| item.kind == kind) {
            changes.removed += execute!(tx, REMOVE, integration.0, kind.key(), external_id, now.0)?;
        }
    }
    Ok(changes)
}

/// Most values of a kind that are kept of those records carry; free texts may be another one in each record.
const MOST_SEEN: i64 = 300;

/// Adds values the vendor has no list of, as records carry them ([`ReferenceKind::seen_id`]). What is known already stays as
/// it is, what was gone is back, and beyond the first 300 none is added.
///
/// # Errors
/// As any statement.
pub async fn insert_seen(
    tx: &mut Tx,
    integration: IntegrationId,
    kind: ReferenceKind,
    values: &BTreeSet<&str>,
) -> Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    let stored: Vec<StoredReferenceItem> = tx_all!(tx, LIST_KIND, integration.0, kind.key())?;
    let here = stored.iter().filter(|item| item.removed_at.is_none());
    let here: BTreeSet<&str> = here.map(|item| item.external_id.as_str()).collect();
    for value in values {
        let id = kind.seen_id(value);
        if here.contains(id.as_str()) {
            continue;
        }
        execute!(
            tx,
            INSERT_SEEN,
            integration.0,
            kind.key(),
            &id,
            *value,
            MOST_SEEN
        )?;
    }
    Ok(())
}

/// Marks a value that was seen in records as gone: none carries it any more.
///
/// # Errors
/// As any statement.
pub async fn remove_seen(
    tx: &mut Tx,
    integration: IntegrationId,
    kind: ReferenceKind,
    text: &str,
) -> Result<()> {
    let now = tx.store().now();
    let id = kind.seen_id(text);
    execute!(tx, REMOVE, integration.0, kind.key(), &id, now.0)?;
    Ok(())
}

/// Marks all values of a kind that were seen in records as gone, but for those the vendor lists.
///
/// # Errors
/// As any statement.
pub async fn remove_all_seen(
    tx: &mut Tx,
    integration: IntegrationId,
    kind: ReferenceKind,
) -> Result<()> {
    let now = tx.store().now();
    let ids = format!("{}%", kind.seen_id(""));
    execute!(tx, REMOVE_SEEN, integration.0, kind.key(), &ids, now.0)?;
    Ok(())
}

/// Values of one kind, or of all, in the vendor's order; removed ones included, last within their kind.
///
/// # Errors
/// As any statement.
pub async fn list_reference_items(
    store: &Store,
    integration: IntegrationId,
    kind: Option<ReferenceKind>,
) -> Result<Vec<StoredReferenceItem>> {
    match kind {
        Some(kind) => read_all!(store, LIST_KIND, integration.0, kind.key()),
        None => read_all!(store, LIST, integration.0),
    }
}

/// The same for every kind but contracts, of which there may be one for each company, and owners, one for each person: of
/// owners, the one with this id alone.
///
/// # Errors
/// As any statement.
pub async fn list_with_one_owner(
    store: &Store,
    integration: IntegrationId,
    owner: Option<&str>,
) -> Result<Vec<StoredReferenceItem>> {
    read_all!(
        store,
        LIST_WITH_ONE_OWNER,
        integration.0,
        ReferenceKind::Contract.key(),
        ReferenceKind::Owner.key(),
        owner
    )
}

/// The same with every owner. All of them arrive as one row: to hand thousands over one by one took half of the page that
/// offers them.
///
/// # Errors
/// As any statement.
pub async fn list_with_owners(
    store: &Store,
    integration: IntegrationId,
) -> Result<Vec<StoredReferenceItem>> {
    let contract = ReferenceKind::Contract.key();
    let (rows,): (String,) = match store.db() {
        Db::Lite { r, .. } => {
            let query = sqlx::query_as(WITH_OWNERS_SQLITE).bind(integration.0);
            query.bind(contract).fetch_one(r).await?
        }
        Db::Pg(pool) => {
            let query = sqlx::query_as(WITH_OWNERS_POSTGRES).bind(integration.0);
            query.bind(contract).fetch_one(pool).await?
        }
    };
    let rows: Vec<Listed> = serde_json::from_str(&rows)?;
    let mut items = rows
        .into_iter()
        .map(Listed::read)
        .collect::<Result<Vec<_>>>()?;
    // An aggregate promises no order.
    items.sort_by(|a, b| a.place().cmp(&b.place()));
    Ok(items)
}

/// A value as an array of its columns.
#[derive(Deserialize)]
struct Listed(
    String,
    String,
    String,
    Option<String>,
    i64,
    i64,
    i64,
    Option<i64>,
);

impl Listed {
    fn read(self) -> Result<StoredReferenceItem> {
        let Self(kind, external_id, label, parent, active, sort_order, system, removed_at) = self;
        Ok(StoredReferenceItem {
            kind: ReferenceKind::from_key(&kind).ok_or_else(|| {
                StoreError::new(ErrorKind::Corrupt, format!("unknown key {kind:?}"))
            })?,
            external_id,
            label,
            parent,
            active: active != 0,
            sort_order,
            is_system: system != 0,
            removed_at: removed_at.map(UtcMillis),
        })
    }
}

/// The label of one value.
///
/// # Errors
/// As any statement.
pub async fn find_label(
    store: &Store,
    integration: IntegrationId,
    kind: ReferenceKind,
    external_id: &str,
) -> Result<Option<String>> {
    let found: Option<(String,)> = read_one!(store, LABEL, integration.0, kind.key(), external_id)?;
    Ok(found.map(|row| row.0))
}

macro_rules! list {
    () => {
        "SELECT kind, external_id, label, parent, active, sort_order, is_system, removed_at FROM reference_item
        WHERE integration_id = $1 AND "
    };
}

macro_rules! vendors_order {
    () => {
        " ORDER BY kind, CASE WHEN removed_at IS NULL THEN 0 ELSE 1 END, sort_order, label, external_id"
    };
}

statements! {
    LIST = concat!(list!(), "1 = 1", vendors_order!());
    // A range of the primary key: of contracts there is one for each company.
    LIST_KIND = concat!(list!(), "kind = $2", vendors_order!());
    // Ranges of the primary key around the long kinds, which stand in this order in it.
    LIST_WITH_ONE_OWNER = concat!("SELECT * FROM (", list!(), "kind < $2 UNION ALL ", list!(), "kind > $2 AND kind < $3 UNION ALL ",
        list!(), "kind > $3 UNION ALL ", list!(), "kind = $3 AND external_id = $4) few", vendors_order!());
    WITH_OWNERS_SQLITE for Sqlite = concat!("SELECT json_group_array(json_array(kind, external_id, label, parent, active, sort_order, is_system, removed_at)) AS found
        FROM (", list!(), "kind < $2 UNION ALL ", list!(), "kind > $2) most");
    WITH_OWNERS_POSTGRES for Postgres = concat!("SELECT CAST(COALESCE(json_agg(json_build_array(kind, external_id, label, parent, active, sort_order, is_system,
        removed_at)), '[]') AS TEXT) AS found FROM (", list!(), "kind < $2 UNION ALL ", list!(), "kind > $2) most");
    LABEL = "SELECT label FROM reference_item WHERE integration_id = $1 AND kind = $2 AND external_id = $3";
    UPSERT = "INSERT INTO reference_item (integration_id, kind, external_id, label, parent, active, sort_order, is_system, removed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL) ON CONFLICT (integration_id, kind, external_id) DO UPDATE SET label = excluded.label,
        parent = excluded.parent, active = excluded.active, sort_order = excluded.sort_order, is_system = excluded.is_system, removed_at = NULL";
    INSERT_SEEN = "INSERT INTO reference_item (integration_id, kind, external_id, label, parent, active, sort_order, is_system, removed_at)
        SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), NULL, 1, 0, 0, NULL
        WHERE (SELECT COUNT(*) FROM reference_item WHERE integration_id = $1 AND kind = $2 AND removed_at IS NULL) < CAST($5 AS BIGINT)
        ON CONFLICT (integration_id, kind, external_id) DO UPDATE SET removed_at = NULL";
    REMOVE_SEEN = "UPDATE reference_item SET removed_at = $4 WHERE integration_id = $1 AND kind = $2 AND external_id LIKE $3
        AND removed_at IS NULL";
    REMOVE = "UPDATE reference_item SET removed_at = $4 WHERE integration_id = $1 AND kind = $2 AND external_id = $3";
}
