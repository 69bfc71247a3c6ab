//! Storing the records of a page that are new or differ.

use std::collections::HashMap;

use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::record::Batch;

use super::RecordMark;
use super::rows::Row;
use super::shown::RECORDS;
use super::sql::{self, CHUNKS, TableSql};
use super::value::{Value, column_arguments, row_arguments};
use crate::error::{ErrorKind, Result, StoreError};
use crate::text_search;
use crate::tx::{Connection, Tx};

/// What a page's upsert did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UpsertCounts {
    /// Records that were not here.
    pub created: u64,
    /// Records that were here and differed.
    pub changed: u64,
    /// Records left out because a later one in the same batch has the same external id.
    pub repeated: u64,
}

/// Stores the records of a batch; `marks` go with them by position. Give only what is new or differs: whatever is
/// given is written. A row that is there keeps its id and its address; one that was removed is the same row again.
/// Of two records with the same external id the later one wins.
///
/// # Errors
/// As any statement; also when there is not one mark per record, and for a deletion feed, which has no records.
pub async fn upsert_records(
    tx: &mut Tx,
    integration: IntegrationId,
    batch: &Batch,
    marks: &[RecordMark],
    now: UtcMillis,
) -> Result<UpsertCounts> {
    tx.tell(RECORDS, 0);
    let page = Page {
        integration,
        marks,
        now,
    };
    match batch {
        Batch::Companies(records) => page.store(tx, records).await,
        Batch::Technicians(records) => page.store(tx, records).await,
        Batch::Contacts(records) => page.store(tx, records).await,
        Batch::ContactGroups(records) => page.store(tx, records).await,
        Batch::ContactGroupMembers(records) => page.store(tx, records).await,
        Batch::Tickets(records) => page.store(tx, records).await,
        Batch::TicketNotes(records) => page.store(tx, records).await,
        Batch::Opportunities(records) => page.store(tx, records).await,
        Batch::Deletions(_) => Err(StoreError::new(
            ErrorKind::Unexpected,
            "entries of a deletion feed are no records",
        )),
    }
}

struct Page<'a> {
    integration: IntegrationId,
    marks: &'a [RecordMark],
    now: UtcMillis,
}

impl Page<'_> {
    async fn store<R: Row>(&self, tx: &mut Tx, records: &[R]) -> Result<UpsertCounts> {
        if records.len() != self.marks.len() {
            return Err(StoreError::new(
                ErrorKind::Unexpected,
                format!("{} records with {} marks", records.len(), self.marks.len()),
            ));
        }
        let kept = without_repetitions(records);
        if kept.is_empty() {
            return Ok(UpsertCounts::default());
        }
        let texts = sql::of(R::STREAM)?;
        let first_id = tx.next_ids(texts.table.name, kept.len()).await?;
        let mut counts = UpsertCounts {
            repeated: (records.len() - kept.len()) as u64,
            ..UpsertCounts::default()
        };
        let engine = tx.store().engine();
        let mut known = Vec::new();
        let mut addresses = if texts.table.uuid {
            public_ids(self.now, kept.len())?
        } else {
            Vec::new()
        }
        .into_iter();
        let mut values = Vec::with_capacity(kept.len() * texts.kinds.len());
        for (id, index) in (first_id..).zip(kept) {
            let (record, mark) = (&records[index], &self.marks[index]);
            match mark.known {
                Some(row) => known.push(row),
                None => counts.created += 1,
            }
            values.push(Value::from(id));
            values.extend(addresses.next().map(Value::from));
            values.push(Value::from(self.integration.0));
            record.push(mark, engine, &mut values)?;
            let (absent, reason) = mark.absence.columns();
            values.extend([
                mark.hash.into(),
                absent.into(),
                mark.absence.since(self.now).into(),
                reason.into(),
                self.now.into(),
            ]);
        }
        counts.changed = known.len() as u64;
        write(tx, texts, &mut values).await?;
        text_search::update_indexed(tx, R::STREAM, &known).await?;
        Ok(counts)
    }
}

/// Positions of the records to store, in order: of those with the same external id only the last.
fn without_repetitions<R: Row>(records: &[R]) -> Vec<usize> {
    let mut last = HashMap::with_capacity(records.len());
    for (index, record) in records.iter().enumerate() {
        last.insert(record.external_id(), index);
    }
    (0..records.len())
        .filter(|index| last.get(records[*index].external_id()) == Some(index))
        .collect()
}

async fn write(tx: &mut Tx, texts: &TableSql, values: &mut [Value<'_>]) -> Result<()> {
    match tx.connection() {
        Connection::Lite(transaction) => {
            let width = texts.kinds.len();
            let mut rest = values;
            for (chunk, text) in CHUNKS.into_iter().zip(texts.upsert_values) {
                while rest.len() >= chunk * width {
                    let (now, later) = rest.split_at_mut(chunk * width);
                    sqlx::query_with(text, row_arguments(now)?)
                        .execute(&mut **transaction)
                        .await?;
                    rest = later;
                }
            }
        }
        Connection::Pg(transaction) => {
            let arguments = column_arguments(values, &texts.kinds)?;
            sqlx::query_with(texts.upsert_unnest, arguments)
                .execute(&mut **transaction)
                .await?;
        }
    }
    Ok(())
}

/// Addresses for the rows of one page: UUIDv7 of one instant, ascending, so that their index grows at its end. The
/// random bits of all come from one call to the system.
fn public_ids(now: UtcMillis, count: usize) -> Result<Vec<String>> {
    let mut random = vec![[0_u8; 10]; count];
    getrandom::fill(random.as_flattened_mut()).map_err(|error| {
        StoreError::new(
            ErrorKind::Unexpected,
            format!("the system gives no random bits: {error}"),
        )
    })?;
    let millis = u64::try_from(now.0).unwrap_or(0);
    let ids = random.iter_mut().enumerate().map(|(index, bits)| {
        // The twelve bits after the instant count up within the page.
        let place = (index * 4096 / count).min(4095) as u16;
        bits[..2].copy_from_slice(&place.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(millis, bits)
            .into_uuid()
            .hyphenated()
            .to_string()
    });
    Ok(ids.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_distinct_ascending_and_of_version_7() {
        let ids = public_ids(UtcMillis(1_700_000_000_000), 5_000).expect("random bits");
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        assert!(
            ids.iter()
                .all(|id| uuid::Uuid::parse_str(id).is_ok_and(|id| id.get_version_num() == 7))
        );
        let few = public_ids(UtcMillis(1_700_000_000_000), 500).expect("random bits");
        assert!(few.is_sorted(), "a page's ids ascend");
    }
}
