//! Walking through the records of a kind in order of id.

use std::ops::ControlFlow;

use super::base::{Base, Row};
use super::filter::{Expand, Expr};
use super::plan::Plan;

impl<'w> Base<'w> {
    /// Visits the records of a kind after an id that pass, in order of id, until told to stop.
    pub fn scan(
        self,
        at: usize,
        expr: &Expr,
        after: i64,
        expand: &dyn Expand,
        mut visit: impl FnMut(i64, &Row<'w>) -> ControlFlow<()>,
    ) {
        let schema = self.schema(at);
        let plan = Plan::of(self, at, expr);
        let low = plan.low.max(after.saturating_add(1));
        let table = &self.tables[at];
        let stored: Vec<i64> = match plan.since {
            Some(since) => table
                .overlay
                .changed_since(since)
                .into_iter()
                .filter(|id| (low..=plan.high).contains(id))
                .collect(),
            None => table
                .overlay
                .range(low..=plan.high)
                .map(|(id, _)| id)
                .collect(),
        };
        let mut stored = stored.into_iter().peekable();
        let mut others = Others::new(self, at, &plan, low).peekable();
        loop {
            let take_stored = match (others.peek(), stored.peek()) {
                (None, None) => return,
                (Some(_), None) => false,
                (None, Some(_)) => true,
                (Some(other), Some(stored)) => stored < other,
            };
            let next = if take_stored {
                stored.next()
            } else {
                others.next()
            };
            let Some(id) = next else { return };
            let Some(row) = self.find(at, id) else {
                continue;
            };
            if expr.passes(self, schema, &row, expand) && visit(id, &row).is_break() {
                return;
            }
        }
    }

    /// The ids of the records that pass, ascending.
    pub fn ids(self, at: usize, expr: &Expr, expand: &dyn Expand) -> Vec<i64> {
        let mut ids = Vec::new();
        self.scan(at, expr, i64::MIN, expand, |id, _| {
            ids.push(id);
            ControlFlow::Continue(())
        });
        ids
    }

    /// The greatest id in use or set aside for generated records.
    pub fn last_id(self, at: usize) -> i64 {
        let schema = self.schema(at);
        let made = schema
            .about
            .made
            .map(|(listing, offset)| self.world.last(listing) + offset);
        let table = &self.tables[at];
        let fixed = table.fixed.last_key_value().map(|(id, _)| *id);
        [made, fixed, table.overlay.last_id(), Some(0)]
            .into_iter()
            .flatten()
            .max()
            .unwrap_or(0)
    }
}

/// Ids of generated and fixed records within a plan, without those the overlay decides.
struct Others<'w> {
    base: Base<'w>,
    at: usize,
    ranges: std::vec::IntoIter<(i64, i64)>,
    now: (i64, i64),
    since: Option<i64>,
    fixed: std::iter::Peekable<std::vec::IntoIter<i64>>,
    made: Option<i64>,
}

impl<'w> Others<'w> {
    fn new(base: Base<'w>, at: usize, plan: &Plan, low: i64) -> Self {
        let schema = base.schema(at);
        let offset = schema.about.made.map_or(0, |(_, offset)| offset);
        let low_number = low.saturating_sub(offset);
        let ranges: Vec<(i64, i64)> = plan
            .generated(base, schema)
            .into_iter()
            .map(|(a, b)| (a.max(low_number), b))
            .filter(|(a, b)| a <= b)
            .collect();
        let mut ranges = ranges.into_iter();
        let now = ranges.next().unwrap_or((1, 0));
        let fixed: Vec<i64> = base.tables[at]
            .fixed
            .keys()
            .copied()
            .filter(|id| *id >= low && *id <= plan.high)
            .collect();
        let mut others = Self {
            base,
            at,
            ranges,
            now,
            since: plan.since,
            fixed: fixed.into_iter().peekable(),
            made: None,
        };
        others.made = others.next_made();
        others
    }

    fn next_made(&mut self) -> Option<i64> {
        let (listing, offset) = self.base.schema(self.at).about.made?;
        loop {
            let found = (self.now.0 <= self.now.1)
                .then(|| self.base.world.next(listing, self.now.0, self.since))
                .flatten()
                .filter(|number| *number <= self.now.1);
            match found {
                Some(number) => {
                    self.now.0 = number + 1;
                    return Some(number + offset);
                }
                None => self.now = self.ranges.next()?,
            }
        }
    }
}

impl Iterator for Others<'_> {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        loop {
            let id = match (self.made, self.fixed.peek().copied()) {
                (None, None) => return None,
                (Some(made), Some(fixed)) if fixed < made => self.fixed.next()?,
                (None, Some(_)) => self.fixed.next()?,
                (Some(made), _) => {
                    if self.fixed.peek() == Some(&made) {
                        self.fixed.next();
                    }
                    self.made = self.next_made();
                    made
                }
            };
            if !self.base.tables[self.at].overlay.decides(id) {
                return Some(id);
            }
        }
    }
}
