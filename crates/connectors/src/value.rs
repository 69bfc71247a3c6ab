//! Single values of a vendor's JSON: ids, texts, flags, dates, money.
//!
//! What makes no sense is an error with the field's name, never a guess.

mod money;
mod wire;

use domain::clock::UtcMillis;
use domain::record::Fields;
use domain::text::without_nul;
use serde_json::Value;

pub use money::money;
pub use wire::{Flag, Text, Whole, whole_number, whole_of};

/// A field that holds nonsense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadField {
    /// The vendor's name of it.
    pub field: &'static str,
    /// What is wrong.
    pub reason: String,
}

impl BadField {
    /// A field whose value is not what it should be. The value is measured, not quoted: it is a client's, and the
    /// reason goes into the sync log and the diagnostic bundle.
    #[must_use]
    pub fn new(field: &'static str, value: &str, expected: &str) -> Self {
        let length = value.chars().count();
        let kind = match value {
            _ if value.chars().all(|c| c.is_ascii_digit()) => "digits",
            _ if value.chars().any(|c| c.is_ascii_digit()) => "characters with digits among them",
            _ => "characters without a digit",
        };
        Self {
            field,
            reason: format!("{expected} was expected, {length} {kind} were sent"),
        }
    }
}

/// A mapped value, or the field that prevents it.
pub type Mapped<T> = Result<T, BadField>;

/// An id as text; missing stays missing.
#[must_use]
pub fn id(id: Option<i64>) -> Option<String> {
    id.map(|id| id.to_string())
}

/// A text as received; missing and empty are the same.
#[must_use]
pub fn text(text: Option<Text<'_>>) -> Option<String> {
    text.filter(|text| !text.0.is_empty())
        .map(|text| text.0.into_owned())
}

/// The name of an author, where no id of a contact or technician tells who it is.
#[must_use]
pub fn author(name: Option<Text<'_>>, has_id: bool) -> Option<String> {
    text(name).filter(|name| !has_id && !name.trim().is_empty())
}

/// A text that always exists, if only empty.
#[must_use]
pub fn whole(text: Option<Text<'_>>) -> String {
    text.unwrap_or_default().0.into_owned()
}

/// A yes or no; `missing` when the vendor left it out.
#[must_use]
pub fn flag(flag: Option<Flag>, missing: bool) -> bool {
    flag.map_or(missing, |flag| flag.0)
}

/// Texts joined by line breaks, empty ones left out.
#[must_use]
pub fn lines<const N: usize>(texts: [Option<Text<'_>>; N]) -> Option<String> {
    let lines: Vec<_> = texts.into_iter().filter_map(text).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Keeps a text among the further fields of a record; missing and empty ones are left out.
pub fn put_text(fields: &mut Fields, key: &str, value: Option<Text<'_>>) {
    if let Some(value) = text(value) {
        fields.insert(key.to_owned(), Value::String(value));
    }
}

/// Keeps an id among the further fields of a record.
pub fn put_id(fields: &mut Fields, key: &str, value: Option<i64>) {
    if let Some(value) = value {
        fields.insert(key.to_owned(), Value::String(value.to_string()));
    }
}

/// Keeps a field the tenant made itself, under `udf:` and its name; one without a value is left out.
pub fn put_own(fields: &mut Fields, name: &str, value: Option<Value>) {
    let value = match value {
        None | Some(Value::Null) => return,
        Some(Value::String(text)) if text.is_empty() => return,
        Some(Value::String(text)) => Value::String(without_nul(text)),
        Some(other) => other,
    };
    fields.insert(format!("udf:{name}"), value);
}

/// An instant; times without a zone and bare dates are UTC.
///
/// # Errors
/// The field, when its text is no date.
pub fn instant(field: &'static str, value: Option<Text<'_>>) -> Mapped<Option<UtcMillis>> {
    let Some(Text(value)) = value.filter(|value| !value.0.is_empty()) else {
        return Ok(None);
    };
    UtcMillis::parse(&value)
        .or_else(|| UtcMillis::parse(&format!("{value}Z")))
        .or_else(|| UtcMillis::parse(&format!("{value}T00:00:00Z")))
        .map(Some)
        .ok_or_else(|| BadField::new(field, &value, "a date"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_every_precision_are_read_and_nonsense_is_named() {
        let read = |value: &'static str| instant("dueDateTime", Some(Text(value.into())));
        let noon = Ok(Some(UtcMillis(1_772_366_400_000)));
        for value in [
            "2026-03-01T12:00:00Z",
            "2026-03-01T12:00:00.000Z",
            "2026-03-01T12:00:00",
            "2026-03-01T13:00:00+01:00",
        ] {
            assert_eq!(read(value), noon, "{value}");
        }
        assert_eq!(
            read("2026-03-01"),
            Ok(Some(UtcMillis(1_772_323_200_000))),
            "a date is midnight UTC"
        );
        assert_eq!(read(""), Ok(None));
        assert_eq!(instant("dueDateTime", None), Ok(None));
        for value in [
            "soon",
            "0000-00-00T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "20260-03-01T00:00:00Z",
        ] {
            let bad = read(value).expect_err(value);
            assert_eq!(bad.field, "dueDateTime", "{value}");
            assert!(!bad.reason.contains(value), "the value is a client's");
        }
        let reason = |value| read(value).expect_err("no date").reason;
        assert_eq!(
            reason("Call Ann"),
            "a date was expected, 8 characters without a digit were sent"
        );
        assert_eq!(
            reason("31.12.2026"),
            "a date was expected, 10 characters with digits among them were sent"
        );
    }
}
