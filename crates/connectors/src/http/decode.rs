//! Decodes JSON so that one bad record does not cost its whole page (rule P6).
//!
//! The fast path decodes a page at once into typed records that borrow from the answer. Only when that fails is the
//! page cut into its records, each decoded alone; those that still fail become [`Unreadable`] with id, field and
//! reason. A page that is not JSON at all is the vendor's fault of the moment, not a record's.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use domain::text::{cut, without_nul};

use crate::error::{Error, ErrorKind, Result};
use crate::page::Unreadable;

/// Longest id taken from a record that cannot be read, in bytes; a longer text is no id.
const LONGEST_ID: usize = 100;

/// Longest description of an expectation that is told as it stands, in bytes.
const LONGEST_EXPECTATION: usize = 40;

/// A body as text. Bytes that are not UTF-8 are replaced, and `repaired` says so: records that hold such a
/// replacement are then set aside instead of stored with a wrong text.
#[derive(Debug)]
pub struct Text<'a> {
    text: Cow<'a, str>,
}

impl<'a> Text<'a> {
    /// Reads a body.
    #[must_use]
    pub fn of(body: &'a [u8]) -> Self {
        // Nearly every body is UTF-8, which this finds out several times faster than the replacing does.
        let text = std::str::from_utf8(body);
        Self {
            text: text.map_or_else(|_| String::from_utf8_lossy(body), Cow::Borrowed),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether something had to be replaced.
    #[must_use]
    pub const fn repaired(&self) -> bool {
        matches!(self.text, Cow::Owned(_))
    }
}

/// A list of which only what can be read is kept. For lists that are no stream, where nothing is set aside: one odd value
/// of a picklist must not cost the others.
#[derive(Debug, Clone)]
pub struct Readable<T> {
    /// What could be read.
    pub records: Vec<T>,
    /// How many there were.
    pub received: usize,
}

impl<T> Default for Readable<T> {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            received: 0,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Readable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let raw = Vec::<&'de RawValue>::deserialize(deserializer)?;
        let read = raw.iter().map(|one| serde_json::from_str(one.get()));
        Ok(Self {
            records: read.filter_map(std::result::Result::ok).collect(),
            received: raw.len(),
        })
    }
}

/// A whole document of one type.
///
/// # Errors
/// `Unavailable` when the text is cut or no JSON, `Unexpected` when it is JSON of another shape.
pub fn document<'a, T: Deserialize<'a>>(operation: &'static str, text: &'a str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        let (kind, message) = match error.classify() {
            serde_json::error::Category::Data => {
                (ErrorKind::Unexpected, "the answer has an unknown shape")
            }
            serde_json::error::Category::Eof => {
                (ErrorKind::Unavailable, "the answer ends in the middle")
            }
            _ => (ErrorKind::Unavailable, "the answer is not JSON"),
        };
        // The cause is kept to its position: its text may quote the body.
        let place = format!(
            "{message} (line {}, column {})",
            error.line(),
            error.column()
        );
        Error::new(kind, operation, place)
            .with_status(200)
            .with_hint(domain::hint::Hint::VendorTrouble)
    })
}

/// Decodes records one by one: the slow path, for a page that did not decode as a whole.
/// `id_key` names the field that holds a record's id.
#[must_use]
pub fn each<'a, T: Deserialize<'a>>(
    records: &[&'a RawValue],
    id_key: &str,
    repaired: bool,
) -> (Vec<T>, Vec<Unreadable>) {
    let mut read = Vec::with_capacity(records.len());
    let mut unreadable = Vec::new();
    for raw in records {
        if repaired && raw.get().contains(char::REPLACEMENT_CHARACTER) {
            let reason = String::from("it holds bytes that are not UTF-8 text");
            unreadable.push(Unreadable {
                external_id: id_of(raw, id_key),
                field: None,
                reason,
            });
            continue;
        }
        match serde_json::from_str(raw.get()) {
            Ok(record) => read.push(record),
            Err(error) => unreadable.push(unreadable_from(raw, id_key, &error)),
        }
    }
    (read, unreadable)
}

fn unreadable_from(raw: &RawValue, id_key: &str, error: &serde_json::Error) -> Unreadable {
    let text = error.to_string();
    let reason = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(reason, _)| reason);
    Unreadable {
        external_id: id_of(raw, id_key),
        field: field_of(raw, error, reason).map(|field| without_nul(cut(&field, LONGEST_ID))),
        reason: brief(reason),
    }
}

/// The decoder's reason in words for a person. The value is not quoted: it is a client's, and the reason goes into the
/// sync log and the diagnostic bundle.
fn brief(reason: &str) -> String {
    if reason.starts_with("missing field") {
        return String::from("it is missing");
    }
    if reason.starts_with("duplicate field") {
        return String::from("it stands there twice");
    }
    let Some((kind, rest)) = reason.split_once(": ") else {
        return String::from("it cannot be read");
    };
    let Some((sent, expected)) = rest.rsplit_once(", expected ") else {
        return String::from("it cannot be read");
    };
    let sent = match sent.split([' ', '`']).next().unwrap_or_default() {
        "string" => "text",
        "integer" => "a whole number",
        "floating" => "a number with decimals",
        "boolean" => "true or false",
        "null" => "nothing",
        "sequence" => "a list",
        "map" => "a group of values",
        _ => "something else",
    };
    let expected = match expected {
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "f32" | "f64" => "a number",
        "a string" | "a borrowed string" | "a text" => "text",
        "a boolean" => "true or false",
        other if other.len() < LONGEST_EXPECTATION && !other.contains('`') => other,
        _ => "something else",
    };
    if kind == "invalid value" || sent == expected {
        format!("{expected} within its limits was expected")
    } else {
        format!("{expected} was expected, {sent} was sent")
    }
}

/// The record's id as text; empty when it has none that can be read.
fn id_of(raw: &RawValue, id_key: &str) -> String {
    let Ok(members) = serde_json::from_str::<BTreeMap<Cow<'_, str>, &RawValue>>(raw.get()) else {
        return String::new();
    };
    let id = members
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(id_key))
        .map_or("", |(_, value)| value.get());
    let id = match id.as_bytes().first() {
        Some(b'0'..=b'9' | b'-') => id.to_owned(),
        Some(b'"') => without_nul(serde_json::from_str::<String>(id).unwrap_or_default()),
        _ => String::new(),
    };
    if id.len() > LONGEST_ID {
        return String::new();
    }
    id
}

/// The member whose value the decoder stopped in.
fn field_of(raw: &RawValue, error: &serde_json::Error, reason: &str) -> Option<String> {
    for prefix in ["missing field `", "duplicate field `"] {
        if let Some(name) = reason
            .strip_prefix(prefix)
            .and_then(|rest| rest.split_once('`'))
        {
            return Some(name.0.to_owned());
        }
    }
    let text = raw.get();
    let members = serde_json::from_str::<BTreeMap<Cow<'_, str>, &RawValue>>(text).ok()?;
    let line_start: usize = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let stopped = line_start + error.column();
    let start =
        |value: &RawValue| (value.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    // A list or a group is refused at its bracket, before which the decoder stops; the next value is further on.
    let before = members.iter().filter(|(_, value)| start(value) <= stopped);
    before
        .max_by_key(|(_, value)| start(value))
        .map(|(key, _)| key.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Sample<'a> {
        id: i64,
        #[serde(borrow)]
        name: Cow<'a, str>,
        size: Option<u8>,
    }

    #[test]
    fn good_records_pass_and_bad_ones_are_named() {
        let page = r#"[{"id":1,"name":"a","size":3},{"id":2,"name":"b","size":"big"},
            {"id":3,"size":1},{"id":"x4",
            "name":["no"], "size":1},{"id":5,"name":"c","size":null},{"id":6,"name":"\ud83d","size":1},7,
            {"id":5,"name":["no"]},{"id":5,"name":{}},{"id":5,"name": [],"size":1}]"#;
        let raw: Vec<&RawValue> = serde_json::from_str(page).expect("a list");
        let (read, unreadable) = each::<Sample<'_>>(&raw, "ID", false);
        assert_eq!(
            read.iter().map(|sample| sample.id).collect::<Vec<_>>(),
            [1, 5]
        );
        let found: Vec<_> = unreadable
            .iter()
            .map(|u| (u.external_id.as_str(), u.field.as_deref()))
            .collect();
        assert_eq!(
            found,
            [
                ("2", Some("size")),
                ("3", Some("name")),
                ("x4", Some("id")),
                ("6", Some("name")),
                ("", None),
                ("5", Some("name")),
                ("5", Some("name")),
                ("5", Some("name"))
            ]
        );
        assert!(
            unreadable[0].reason == "a whole number was expected, text was sent",
            "{}",
            unreadable[0].reason
        );
    }

    #[test]
    fn nothing_a_database_cannot_hold_and_no_long_value_leaves_with_a_bad_record() {
        let long = "x".repeat(5_000);
        let page = format!(
            r#"[{{"id":"7\u0000","name":"a"}},{{"id":"{long}","name":"a"}},{{"id":8,"name":"a","size":"{long}"}}]"#
        );
        let raw: Vec<&RawValue> = serde_json::from_str(&page).expect("a list");
        let (read, unreadable) = each::<Sample<'_>>(&raw, "id", false);
        assert!(read.is_empty());
        let ids: Vec<_> = unreadable.iter().map(|u| u.external_id.as_str()).collect();
        assert_eq!(ids, ["7", "", "8"], "a text of that length is no id");
        for one in &unreadable {
            assert!(one.reason.len() < 200 && !one.reason.contains('\0'));
        }
        assert!(
            unreadable[2].reason == "a whole number was expected, text was sent",
            "{}",
            unreadable[2].reason
        );
    }

    #[test]
    fn a_field_after_a_line_break_is_found() {
        let raw: Vec<&RawValue> =
            serde_json::from_str("[{\"id\":1,\n\"name\":\"ä\",\n \"size\":\"big\"}]")
                .expect("a list");
        let (_, unreadable) = each::<Sample<'_>>(&raw, "id", false);
        assert_eq!(unreadable[0].field.as_deref(), Some("size"));
    }

    #[test]
    fn bytes_that_are_not_text_set_only_their_record_aside() {
        let body =
            b"[{\"id\":1,\"name\":\"a\xff\",\"size\":1},{\"id\":2,\"name\":\"b\",\"size\":1}]";
        let text = Text::of(body);
        let raw: Vec<&RawValue> = document("list samples", text.as_str()).expect("a list");
        let (read, unreadable) = each::<Sample<'_>>(&raw, "id", text.repaired());
        assert_eq!((read.len(), unreadable[0].external_id.as_str()), (1, "1"));
    }

    #[test]
    fn what_is_no_document_is_temporary_and_what_is_another_is_not() {
        let kind = |text| {
            document::<Vec<u8>>("list samples", text)
                .expect_err("no list")
                .kind
        };
        assert_eq!(kind("[1, 2"), ErrorKind::Unavailable);
        assert_eq!(kind("<html>"), ErrorKind::Unavailable);
        assert_eq!(kind("{\"a\":1}"), ErrorKind::Unexpected);
    }
}
