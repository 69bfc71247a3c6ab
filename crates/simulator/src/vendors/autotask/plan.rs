//! Which ids a filter can possibly meet, so that a query need not look at every record.

use super::filter::{Expr, Op, Operand, Target};
use super::rows::numbers::{self as n, ENTRIES_PER_TICKET, NOTES_PER_TICKET};
use super::rows::{first_possible, last_possible};
use super::schema::{Base, Schema};
use crate::world::World;

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
    /// Whether the bounds say all that the filter says.
    pub exact: bool,
}

impl Plan {
    /// The bounds of a filter.
    pub fn of(world: &World, schema: &Schema, filter: &Expr) -> Self {
        let mut plan = Self {
            low: i64::MIN,
            high: i64::MAX,
            ranges: None,
            since: None,
            until: None,
            exact: true,
        };
        plan.read(world, schema, filter);
        plan
    }

    /// Bounds on the ids of generated records, with time turned into ids.
    pub fn generated(&self, world: &World, base: Base) -> (i64, i64) {
        let low = self
            .since
            .map_or(i64::MIN, |since| first_possible(world, base, since));
        let high = self
            .until
            .map_or(i64::MAX, |until| last_possible(world, base, until));
        (low.max(self.low), high.min(self.high))
    }

    fn read(&mut self, world: &World, schema: &Schema, filter: &Expr) {
        match filter {
            Expr::And(parts) => parts.iter().for_each(|part| self.read(world, schema, part)),
            Expr::Or(parts) => {
                self.exact = false;
                let earliest = parts.iter().map(|part| since(schema, part)).min().flatten();
                self.narrow_since(earliest);
            }
            Expr::Test {
                target: Target::Field(0),
                op,
                operands,
            } => self.read_id(*op, operands),
            Expr::Test {
                target: Target::Field(position),
                op,
                operands,
            } => {
                self.exact = false;
                self.read_parent(world, schema, *position, *op, operands);
                self.narrow_since(since(schema, filter));
                if let (true, Op::Lt | Op::Lte, Some(Operand::Whole(ms))) =
                    (says_when(schema, *position), *op, operands.first())
                {
                    self.until = Some(self.until.map_or(*ms, |u| u.min(*ms)));
                }
            }
            Expr::Test { .. } => self.exact = false,
        }
    }

    fn narrow_since(&mut self, since: Option<i64>) {
        if let Some(ms) = since {
            self.since = Some(self.since.map_or(ms, |s| s.max(ms)));
        }
    }

    fn read_id(&mut self, op: Op, operands: &[Operand]) {
        let whole: Option<Vec<i64>> = operands
            .iter()
            .map(|o| match o {
                Operand::Whole(id) => Some(*id),
                _ => None,
            })
            .collect();
        let Some(ids) = whole else {
            self.exact = false;
            return;
        };
        match (op, ids.first()) {
            (Op::Gt, Some(id)) => self.low = self.low.max(id.saturating_add(1)),
            (Op::Gte, Some(id)) => self.low = self.low.max(*id),
            (Op::Lt, Some(id)) => self.high = self.high.min(id.saturating_sub(1)),
            (Op::Lte, Some(id)) => self.high = self.high.min(*id),
            (Op::Exist, _) => {}
            (Op::Eq | Op::In, _) => {
                self.exact = false;
                self.intersect(ids.into_iter().map(|id| (id, id)).collect());
            }
            _ => self.exact = false,
        }
    }

    /// Conditions on the parent that decides which ids a child has.
    fn read_parent(
        &mut self,
        world: &World,
        schema: &Schema,
        position: usize,
        op: Op,
        operands: &[Operand],
    ) {
        let of_parent: fn(&World, i64) -> Option<(i64, i64)> =
            match (schema.text.base, schema.fields[position].name) {
                (Base::Notes, "ticketID") => |_, id| Some(per_ticket(id, NOTES_PER_TICKET)),
                (Base::TimeEntries, "ticketID") => |_, id| Some(per_ticket(id, ENTRIES_PER_TICKET)),
                (Base::Contacts, "companyID") => contacts_of,
                _ => return,
            };
        if !matches!(op, Op::Eq | Op::In) {
            return;
        }
        let ranges = operands
            .iter()
            .filter_map(|o| match o {
                Operand::Whole(id) => of_parent(world, *id),
                _ => None,
            })
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

fn per_ticket(ticket: i64, ids: i64) -> (i64, i64) {
    let first = ticket.saturating_mul(ids);
    (first, first.saturating_add(ids - 1))
}

/// The ids of the people of a company are one range.
fn contacts_of(world: &World, company: i64) -> Option<(i64, i64)> {
    let index = n::company_index(company).filter(|i| (1..=world.config.companies).contains(i))?;
    let per_company = world.config.contacts_per_company;
    let first = n::contact_id((index - 1) * per_company);
    Some((first, first + i64::from(per_company) - 1))
}

/// The instant before which no record can pass this part.
fn since(schema: &Schema, part: &Expr) -> Option<i64> {
    match part {
        Expr::Test {
            target: Target::Field(position),
            op: Op::Gt | Op::Gte | Op::Eq,
            operands,
        } if says_when(schema, *position) => match operands.first() {
            Some(Operand::Whole(ms)) => Some(*ms),
            _ => None,
        },
        Expr::Or(parts) => parts.iter().map(|part| since(schema, part)).min().flatten(),
        Expr::And(parts) => parts.iter().filter_map(|part| since(schema, part)).max(),
        Expr::Test { .. } => None,
    }
}

/// Whether a field lies between the making of a record and its last change.
fn says_when(schema: &Schema, position: usize) -> bool {
    schema.changed.contains(&position)
        || matches!(
            schema.fields[position].name,
            "createDate" | "createDateTime"
        )
}
