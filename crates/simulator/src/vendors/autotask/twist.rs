//! Faults that change the content of an answer.

use super::query::RowWriter;
use super::rows::Row;
use crate::fault::FaultKind;
use crate::records::value::Val;

/// The planned misbehaviour of one answer, if any.
#[derive(Clone, Copy)]
pub struct Twist<'f>(pub Option<&'f FaultKind>);

impl Twist<'_> {
    /// Records to send when `asked` were asked for.
    pub fn page_size(self, asked: usize) -> usize {
        match self.0 {
            Some(FaultKind::CapPage { max }) => asked.min(*max).max(1),
            _ => asked,
        }
    }

    /// Whether the page before is sent instead.
    pub fn repeats(self) -> bool {
        matches!(self.0, Some(FaultKind::RepeatPage))
    }

    /// The id after which a page begins that an address of the vendor's own leads to.
    pub fn page_start(self, after: i64, earlier: &[i64]) -> i64 {
        match earlier.last() {
            Some(start) if self.repeats() => *start,
            _ => after,
        }
    }

    /// The number of records to claim.
    pub fn total(self, count: u64) -> u64 {
        match self.0 {
            Some(FaultKind::ShrinkTotal { by }) => count.saturating_sub(*by),
            _ => count,
        }
    }

    /// The same for a record by itself, which cannot come twice.
    pub fn alone(self) -> Self {
        match self.0 {
            Some(FaultKind::DuplicateRecord) => Self(None),
            _ => self,
        }
    }

    /// Whether a record is one it can harm: a garbled one has to have the field, and to be sent with it.
    pub fn means(self, writer: &RowWriter<'_>, id: i64) -> bool {
        match self.0 {
            Some(FaultKind::GarbledRecord { id: wanted, field }) => {
                wanted.is_none_or(|wanted| wanted == id) && writer.sends(field).is_some()
            }
            _ => true,
        }
    }

    /// Writes one record of a page.
    pub fn write(
        self,
        writer: &RowWriter<'_>,
        id: i64,
        row: &Row<'_>,
        place: usize,
        out: &mut String,
    ) {
        let first = place == 0;
        match self.0 {
            Some(FaultKind::DuplicateRecord) if first => {
                writer.write(row, out, |_, value| value);
                out.push(',');
                writer.write(row, out, |_, value| value);
            }
            Some(FaultKind::GarbledRecord { id: wanted, field })
                if wanted.map_or(first, |w| w == id) =>
            {
                let name = writer.sends(field);
                writer.write(row, out, |have, value| {
                    if name == Some(have) {
                        garbled(&value)
                    } else {
                        value
                    }
                });
            }
            Some(FaultKind::NullByte) if first => writer.write(row, out, |_, value| match value {
                Val::Str(text) if !text.is_empty() => Val::owned(format!("{text}\0 end")),
                other => other,
            }),
            Some(FaultKind::Overlong) if first => writer.write(row, out, |_, value| match value {
                Val::Str(text) if !text.is_empty() => {
                    Val::owned(text.chars().cycle().take(300).collect())
                }
                other => other,
            }),
            _ => writer.write(row, out, |_, value| value),
        }
    }
}

/// A value of another JSON type.
fn garbled(value: &Val<'_>) -> Val<'static> {
    match value {
        Val::Str(_) | Val::Time(_) => Val::Int(17),
        Val::Bool(_) => Val::text("perhaps"),
        _ => Val::text("not-a-number"),
    }
}
