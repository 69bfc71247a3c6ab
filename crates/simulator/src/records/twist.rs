//! Faults that change the content of an answer.

use serde_json::Value;

use crate::fault::{FaultKind, Reach};

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

    /// Where a page starts that should start at `start`; the first page stays where it is.
    pub fn page_start(self, start: usize, all: usize) -> usize {
        match self.0 {
            Some(FaultKind::ShiftPage { by }) if start > 0 => {
                let start = i64::try_from(start).unwrap_or(i64::MAX) - by;
                usize::try_from(start).unwrap_or(0).min(all)
            }
            _ => start,
        }
    }

    /// The number of records to claim.
    pub fn total(self, count: usize) -> u64 {
        match self.0 {
            Some(FaultKind::ShrinkTotal { by }) => (count as u64).saturating_sub(*by),
            _ => count as u64,
        }
    }

    /// What in a page of these records it can harm.
    pub fn reach(self, ids: &[i64]) -> Reach {
        let page = !ids.is_empty();
        let record = match self.0 {
            Some(FaultKind::GarbledRecord { id: Some(id), .. }) => ids.contains(id),
            _ => page,
        };
        Reach {
            page,
            record,
            total: false,
        }
    }

    /// Changes one record of a page, which was appended at `start`.
    pub fn shape(self, id: i64, place: usize, start: usize, out: &mut String) {
        let first = place == 0;
        match self.0 {
            Some(FaultKind::DuplicateRecord) if first => {
                let record = out[start..].to_owned();
                out.push(',');
                out.push_str(&record);
            }
            Some(FaultKind::GarbledRecord { id: wanted, field })
                if wanted.map_or(first, |w| w == id) =>
            {
                change(start, out, |record| {
                    let value = record.get(field).cloned().unwrap_or(Value::Null);
                    record[field] = garbled(&value);
                });
            }
            Some(FaultKind::NullByte) if first => change(start, out, |record| {
                texts(record, &|text| format!("{text}\0 end"));
            }),
            Some(FaultKind::Overlong) if first => change(start, out, |record| {
                texts(record, &|text| text.chars().cycle().take(300).collect());
            }),
            _ => {}
        }
    }
}

fn change(start: usize, out: &mut String, change: impl FnOnce(&mut Value)) {
    if let Ok(mut record) = serde_json::from_str(&out[start..]) {
        change(&mut record);
        out.truncate(start);
        out.push_str(&record.to_string());
    }
}

/// Changes the texts of a record that are not empty and not instants.
fn texts(record: &mut Value, make: &dyn Fn(&str) -> String) {
    for value in record
        .as_object_mut()
        .into_iter()
        .flat_map(|r| r.values_mut())
    {
        if let Value::String(text) = value
            && !text.is_empty()
            && crate::world::instant::parse(text).is_none()
        {
            *text = make(text);
        }
    }
}

/// A value of another JSON type.
fn garbled(value: &Value) -> Value {
    match value {
        Value::String(_) => 17.into(),
        Value::Bool(_) => "perhaps".into(),
        Value::Object(_) => "not-an-object".into(),
        _ => "not-a-number".into(),
    }
}
