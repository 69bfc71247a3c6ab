//! From an answer to a page of records: decoded, mapped, each record once, the unreadable ones named (rule P6).

use std::collections::HashMap;

use domain::record::Batch;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::Result;
use crate::http::decode::{Text, each};
use crate::page::{Page, Unreadable};
use crate::value::Mapped;
use crate::walk::{Announced, Position, Seen};

/// A vendor record that becomes one of ours.
pub trait Record<'a>: Deserialize<'a> {
    /// What it becomes.
    type Ours;

    /// What the tenant decided that records do not say themselves; `()` where there is nothing.
    type Tenant;

    /// The vendor's id.
    fn id(&self) -> i64;

    /// Maps it.
    ///
    /// # Errors
    /// The field that holds nonsense.
    fn map(self, tenant: &Self::Tenant) -> Mapped<Self::Ours>;

    /// Makes a page's batch.
    fn batch(records: Vec<Self::Ours>) -> Batch;
}

/// Implements [`Record`] for vendor structs with a field `id`: the struct, what the tenant decided, our record, the
/// mapping function and the batch.
macro_rules! records {
    ($tenant:ty; $($wire:ty, $ours:ty, $to:path, $batch:path;)*) => {$(
        impl<'a> $crate::mapping::Record<'a> for $wire {
            type Ours = $ours;
            type Tenant = $tenant;

            fn id(&self) -> i64 {
                self.id
            }

            fn map(self, tenant: &Self::Tenant) -> $crate::value::Mapped<$ours> {
                $to(self, tenant)
            }

            fn batch(records: Vec<$ours>) -> domain::record::Batch {
                $batch(records)
            }
        }
    )*};
}
pub(crate) use records;

/// A decoded page.
#[derive(Debug)]
pub struct Decoded<W> {
    /// The records that could be decoded.
    pub records: Vec<W>,
    /// The ones that could not.
    pub unreadable: Vec<Unreadable>,
    /// Records as they arrived.
    pub received: usize,
    /// What the vendor says about the page.
    pub announced: Announced,
}

/// Decodes a page at once, and record by record only when that fails. `typed` and `raw` take the vendor's envelope
/// apart: around records, and around their raw text. `id_key` names the field that holds a record's id.
///
/// # Errors
/// As `raw`.
pub fn decode<'a, W: Deserialize<'a>>(
    text: &'a Text<'_>,
    id_key: &str,
    typed: impl FnOnce(&'a str) -> serde_json::Result<(Vec<W>, Announced)>,
    raw: impl FnOnce(&'a str) -> Result<(Vec<&'a RawValue>, Announced)>,
) -> Result<Decoded<W>> {
    if !text.repaired()
        && let Ok((records, announced)) = typed(text.as_str())
    {
        return Ok(Decoded {
            received: records.len(),
            records,
            unreadable: Vec::new(),
            announced,
        });
    }
    let (raw, announced) = raw(text.as_str())?;
    let (records, unreadable) = each(&raw, id_key, text.repaired());
    Ok(Decoded {
        records,
        unreadable,
        received: raw.len(),
        announced,
    })
}

impl<'a, W: Record<'a>> Decoded<W> {
    /// What the page held, without mapping anything.
    #[must_use]
    pub fn seen(&self, position: Position) -> Seen {
        let mut seen = Seen {
            received: self.received,
            announced: self.announced,
            ..Seen::default()
        };
        for record in &self.records {
            seen.note(position, record.id());
        }
        seen
    }

    /// Maps the page; the way on, the vendor's clock and oddities are left to the caller.
    #[must_use]
    pub fn map(self, position: Position, tenant: &W::Tenant) -> (Page, Seen) {
        let mut seen = Seen {
            received: self.received,
            announced: self.announced,
            ..Seen::default()
        };
        let mut unreadable = Vec::new();
        for mut one in self.unreadable {
            match one.external_id.parse::<i64>() {
                Ok(id) if !seen.note(position, id) => continue,
                Ok(_) => {}
                // The vendor's ids are numbers: a text that is none names no record, and the record it belongs to is
                // not to be taken for missing (rule P5). Nothing can be said about where it stands.
                Err(_) => one.external_id.clear(),
            }
            unreadable.push(one);
        }
        let mut records: Vec<W::Ours> = Vec::with_capacity(self.records.len());
        let mut places: HashMap<i64, usize> = HashMap::new();
        let mut ascending = i64::MIN;
        let mut repeated = 0;
        for record in self.records {
            let id = record.id();
            if !seen.note(position, id) {
                repeated += 1;
                continue;
            }
            let ours = match record.map(tenant) {
                Ok(ours) => ours,
                Err(bad) => {
                    unreadable.push(Unreadable {
                        external_id: id.to_string(),
                        field: Some(bad.field.to_owned()),
                        reason: bad.reason,
                    });
                    continue;
                }
            };
            // The last of several wins. Ids ascend, so nearly always the new one is higher than all before.
            if id > ascending {
                ascending = id;
            } else if let Some(place) = places.get(&id) {
                repeated += 1;
                records[*place] = ours;
                continue;
            } else {
                seen.disordered = true;
            }
            places.insert(id, records.len());
            records.push(ours);
        }
        let page = Page {
            unreadable,
            repeated,
            received: u32::try_from(seen.received).unwrap_or(u32::MAX),
            ..Page::of(W::batch(records))
        };
        (page, seen)
    }
}
