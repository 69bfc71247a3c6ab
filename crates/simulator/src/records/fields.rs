//! Reading fields of stored records and of bodies that clients send.

use serde_json::Value;

use crate::state::Record;

/// A whole number in a record.
pub fn number(record: &Record, name: &str) -> Option<i64> {
    record.get(name).and_then(Value::as_i64)
}

/// The id of a linked record.
pub fn linked(record: &Record, name: &str) -> Option<i64> {
    record.get(name).and_then(|link| link["id"].as_i64())
}

/// A text in a record.
pub fn text<'r>(record: &'r Record, name: &str) -> &'r str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Whether a truth value in a record is set.
pub fn flag(record: &Record, name: &str) -> bool {
    record.get(name).is_some_and(|value| value == true)
}

/// A whole number, also when it was sent as text.
pub fn whole(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| {
            value
                .as_f64()
                .filter(|n| n.fract() == 0.0)
                .map(|n| n as i64)
        })
        .or_else(|| value.as_str()?.trim().parse().ok())
}
