//! Which ids an expression can possibly meet, so that a query need not look at every record.

use super::base::Base;
use super::filter::{Expr, Op, Operand, Path};
use super::schema::{Kind, Schema};

/// What vendors call the instant a record was made.
const CREATED: [&str; 2] = ["dateEntered", "created_at"];

/// Bounds drawn from the conditions that must hold.
#[derive(Debug, PartialEq, Eq)]
pub struct Plan {
    /// Lowest id.
    pub low: i64,
    /// Highest id.
    pub high: i64,
    /// Ranges of ids of generated records, ascending; `None`: any within the bounds.
    pub ranges: Option<Vec<(i64, i64)>>,
    /// Changed at this instant or later.
    pub since: Option<i64>,
    /// Made at this instant or earlier.
    pub until: Option<i64>,
}

impl Plan {
    /// The bounds of an expression on the kind at a position.
    pub fn of(base: Base<'_>, at: usize, expr: &Expr) -> Self {
        let mut plan = Self {
            low: i64::MIN,
            high: i64::MAX,
            ranges: None,
            since: None,
            until: None,
        };
        plan.read(base, base.schema(at), expr);
        plan
    }

    /// Bounds on the numbers of generated records.
    pub fn generated(&self, base: Base<'_>, schema: &Schema) -> Vec<(i64, i64)> {
        let Some((listing, offset)) = schema.about.made else {
            return Vec::new();
        };
        let low = self
            .since
            .map_or(i64::MIN, |since| base.world.first_changed(listing, since));
        let high = self
            .until
            .map_or(i64::MAX, |until| base.world.last_made(listing, until));
        let low = low.max(self.low.saturating_sub(offset));
        let high = high.min(self.high.saturating_sub(offset));
        match &self.ranges {
            None => vec![(low, high)],
            Some(ranges) => ranges
                .iter()
                .map(|(a, b)| ((a - offset).max(low), (b - offset).min(high)))
                .filter(|(a, b)| a <= b)
                .collect(),
        }
    }

    fn read(&mut self, base: Base<'_>, schema: &Schema, expr: &Expr) {
        match expr {
            Expr::And(parts) => parts.iter().for_each(|part| self.read(base, schema, part)),
            Expr::Test { path, op, operands } => {
                let root = path.root();
                match path {
                    Path::Field(0) => self.read_id(*op, operands),
                    Path::Field(at) if schema.fields[*at].kind == Kind::Time => {
                        self.read_time(schema, *at, *op, operands);
                    }
                    _ => {}
                }
                let is_id = matches!(path, Path::Field(_))
                    || matches!(path, Path::Through(_, _, rest) if **rest == Path::Field(0));
                if is_id && matches!(op, Op::Eq | Op::In) {
                    self.read_parent(base, schema, schema.fields[root].name, operands);
                }
            }
            _ => {}
        }
    }

    fn read_id(&mut self, op: Op, operands: &[Operand]) {
        let ids: Option<Vec<i64>> = operands.iter().map(whole).collect();
        let Some(ids) = ids else { return };
        match (op, ids.first()) {
            (Op::Gt, Some(id)) => self.low = self.low.max(id.saturating_add(1)),
            (Op::Ge, Some(id)) => self.low = self.low.max(*id),
            (Op::Lt, Some(id)) => self.high = self.high.min(id.saturating_sub(1)),
            (Op::Le, Some(id)) => self.high = self.high.min(*id),
            (Op::Eq | Op::In, _) => {
                self.intersect(ids.into_iter().map(|id| (id, id)).collect());
            }
            _ => {}
        }
    }

    fn read_time(&mut self, schema: &Schema, at: usize, op: Op, operands: &[Operand]) {
        let Some(Operand::Time(ms) | Operand::Moment(ms)) = operands.first() else {
            return;
        };
        // Comparisons may be by whole seconds, so the bounds are wider by one.
        let is_changed = schema.changed == Some(at);
        let is_made = CREATED.contains(&schema.fields[at].name);
        if !is_changed && !is_made {
            return;
        }
        match op {
            Op::Gt | Op::Ge | Op::Eq => {
                let since = ms.saturating_sub(1_000);
                self.since = Some(self.since.map_or(since, |s| s.max(since)));
            }
            Op::Lt | Op::Le => {
                let until = ms.saturating_add(1_000);
                self.until = Some(self.until.map_or(until, |u| u.min(until)));
            }
            _ => {}
        }
    }

    /// Conditions on the parent that decides which numbers a child has.
    fn read_parent(&mut self, base: Base<'_>, schema: &Schema, field: &str, operands: &[Operand]) {
        let (Some((listing, offset)), Some(parent_key)) =
            (schema.about.made, parent_of(schema, field))
        else {
            return;
        };
        let parent = base.catalogue.find(parent_key).map(|at| base.schema(at));
        let parent_offset = parent
            .and_then(|p| p.about.made)
            .map_or(0, |(_, offset)| offset);
        let ranges = operands
            .iter()
            .filter_map(whole)
            .map(|id| base.world.span(listing, id.saturating_sub(parent_offset)))
            .map(|(a, b)| (a.saturating_add(offset), b.saturating_add(offset)))
            .collect();
        self.intersect(ranges);
    }

    fn intersect(&mut self, mut ranges: Vec<(i64, i64)>) {
        ranges.sort_unstable();
        ranges.dedup();
        self.ranges = Some(match self.ranges.take() {
            None => ranges,
            Some(have) => have
                .into_iter()
                .flat_map(|(a, b)| {
                    ranges
                        .iter()
                        .map(move |(c, d)| (a.max(*c), b.min(*d)))
                        .filter(|(low, high)| low <= high)
                })
                .collect(),
        });
    }
}

/// The kind whose id in `field` decides which numbers a record has.
fn parent_of(schema: &Schema, field: &str) -> Option<&'static str> {
    schema
        .about
        .span
        .and_then(|(name, key)| (name == field).then_some(key))
}

fn whole(operand: &Operand) -> Option<i64> {
    match operand {
        Operand::Number(number) if number.fract() == 0.0 => Some(*number as i64),
        _ => None,
    }
}
