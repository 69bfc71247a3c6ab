//! All records: generated, fixed, and what was changed, as one.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::filter::Expr;
use super::plan::Plan;
use super::rows::{self, Row};
use super::schema::Schema;
use crate::state::{Overlay, Record};
use crate::world::World;

/// Records of one entity that are not computed.
#[derive(Default)]
pub struct Table {
    /// Made at the start.
    pub fixed: BTreeMap<i64, Arc<Record>>,
    /// Changed since.
    pub overlay: Overlay,
}

/// One entity with everything needed to read it.
#[derive(Clone, Copy)]
pub struct Reader<'w> {
    /// The generated world.
    pub world: &'w World,
    /// The entity.
    pub schema: &'w Schema,
    /// Its records that are not computed.
    pub table: &'w Table,
}

impl<'w> Reader<'w> {
    /// A record by id.
    pub fn find(self, id: i64) -> Option<Row<'w>> {
        if let Some(decided) = self.table.overlay.get(id) {
            return decided.map(|record| Row::Stored(record));
        }
        if let Some(record) = self.table.fixed.get(&id) {
            return Some(Row::Stored(record));
        }
        let base = self.schema.text.base;
        rows::contains(self.world, base, id)
            .then(|| rows::row(self.world, base, id))
            .flatten()
    }

    /// Visits the records after an id that pass, in order of id, until told to stop.
    pub fn scan(
        self,
        filter: &Expr,
        after: i64,
        mut visit: impl FnMut(i64, &Row<'w>) -> ControlFlow<()>,
    ) {
        let plan = Plan::of(self.world, self.schema, filter);
        let low = plan.low.max(after.saturating_add(1));
        let mut overlay = self.overlay_ids(&plan, low).into_iter().peekable();
        let mut generated = Generated::new(self, &plan, low).peekable();
        loop {
            let stored_next = match (generated.peek(), overlay.peek()) {
                (None, None) => return,
                (Some(_), None) => false,
                (None, Some(_)) => true,
                (Some(generated), Some(stored)) => stored < generated,
            };
            let id = if stored_next {
                overlay.next()
            } else {
                generated.next()
            };
            let Some(id) = id else { return };
            let row = if stored_next {
                self.find(id)
            } else {
                match self.table.fixed.get(&id) {
                    Some(record) => Some(Row::Stored(record)),
                    None => rows::row(self.world, self.schema.text.base, id),
                }
            };
            let Some(row) = row else { continue };
            if filter.passes(self.schema, &row) && visit(id, &row).is_break() {
                return;
            }
        }
    }

    /// Counts the records that pass.
    pub fn count(self, filter: &Expr) -> u64 {
        let plan = Plan::of(self.world, self.schema, filter);
        if plan.exact && self.table.fixed.is_empty() {
            let ids = plan.low..=plan.high;
            let base = self.schema.text.base;
            let mut count = rows::count(self.world, base, plan.low, plan.high);
            for (id, living) in self.table.overlay.decided(ids) {
                let generated = rows::contains(self.world, base, id);
                count += u64::from(living && !generated);
                count -= u64::from(!living && generated);
            }
            return count;
        }
        let mut count = 0;
        self.scan(filter, i64::MIN, |_, _| {
            count += 1;
            ControlFlow::Continue(())
        });
        count
    }

    fn overlay_ids(self, plan: &Plan, low: i64) -> Vec<i64> {
        let overlay = &self.table.overlay;
        match plan.since {
            Some(since) => overlay
                .changed_since(since)
                .into_iter()
                .filter(|id| (low..=plan.high).contains(id))
                .collect(),
            None => overlay.range(low..=plan.high).map(|(id, _)| id).collect(),
        }
    }
}

/// Ids of generated and fixed records within a plan, without those the overlay decides.
struct Generated<'w> {
    reader: Reader<'w>,
    ranges: std::vec::IntoIter<(i64, i64)>,
    now: (i64, i64),
    since: Option<i64>,
}

impl<'w> Generated<'w> {
    fn new(reader: Reader<'w>, plan: &Plan, low: i64) -> Self {
        let (first, last) = plan.generated(reader.world, reader.schema.text.base);
        let bounds = (first.max(low), last);
        let ranges: Vec<(i64, i64)> = match &plan.ranges {
            None => vec![bounds],
            Some(ranges) => ranges
                .iter()
                .map(|(a, b)| ((*a).max(bounds.0), (*b).min(bounds.1)))
                .filter(|(a, b)| a <= b)
                .collect(),
        };
        let mut ranges = ranges.into_iter();
        let now = ranges.next().unwrap_or((1, 0));
        Self {
            reader,
            ranges,
            now,
            since: plan.since,
        }
    }

    fn next_in_base(&self, from: i64) -> Option<i64> {
        let fixed = self
            .reader
            .table
            .fixed
            .range(from..)
            .next()
            .map(|(id, _)| *id);
        fixed.or_else(|| {
            rows::next_id(
                self.reader.world,
                self.reader.schema.text.base,
                from,
                self.since,
            )
        })
    }
}

impl Iterator for Generated<'_> {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        loop {
            let found = (self.now.0 <= self.now.1)
                .then(|| self.next_in_base(self.now.0))
                .flatten()
                .filter(|id| *id <= self.now.1);
            match found {
                Some(id) => {
                    self.now.0 = id + 1;
                    if !self.reader.table.overlay.decides(id) {
                        return Some(id);
                    }
                }
                None => self.now = self.ranges.next()?,
            }
        }
    }
}
