//! Single values of the vendor: ids, texts, flags, dates, money, user-defined fields.
//!
//! What makes no sense is an error with the field's name, never a guess.

use domain::clock::UtcMillis;
use domain::record::Fields;
use domain::text::without_nul;
use serde_json::Value;
use serde_json::value::RawValue;

use super::wire::{Flag, Text, Udfs};

/// A field that holds nonsense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadField {
    /// The vendor's name of it.
    pub(super) field: &'static str,
    /// What is wrong.
    pub(super) reason: String,
}

/// A mapped value, or the field that prevents it.
pub(super) type Mapped<T> = Result<T, BadField>;

/// An id as text; missing stays missing.
pub(super) fn id(id: Option<i64>) -> Option<String> {
    id.map(|id| id.to_string())
}

/// A text as received; missing and empty are the same.
pub(super) fn text(text: Option<Text<'_>>) -> Option<String> {
    text.filter(|text| !text.0.is_empty())
        .map(|text| text.0.into_owned())
}

/// A text that always exists, if only empty.
pub(super) fn whole(text: Option<Text<'_>>) -> String {
    text.unwrap_or_default().0.into_owned()
}

pub(super) fn flag(flag: Option<Flag>, missing: bool) -> bool {
    flag.map_or(missing, |flag| flag.0)
}

pub(super) fn put_text(fields: &mut Fields, key: &str, value: Option<Text<'_>>) {
    if let Some(value) = text(value) {
        fields.insert(key.to_owned(), Value::String(value));
    }
}

pub(super) fn put_id(fields: &mut Fields, key: &str, value: Option<i64>) {
    if let Some(value) = value {
        fields.insert(key.to_owned(), Value::String(value.to_string()));
    }
}

/// User-defined fields under `udf:<name>`; those without a value are left out.
pub(super) fn udfs(udfs: Udfs<'_>) -> Fields {
    let mut fields = Fields::new();
    for udf in udfs.unwrap_or_default() {
        let value = match udf.value {
            None | Some(Value::Null) => continue,
            Some(Value::String(text)) if text.is_empty() => continue,
            Some(Value::String(text)) => Value::String(without_nul(text)),
            Some(other) => other,
        };
        fields.insert(format!("udf:{}", udf.name.0), value);
    }
    fields
}

/// An instant; times without a zone and bare dates are UTC, as the vendor says.
pub(super) fn instant(field: &'static str, value: Option<Text<'_>>) -> Mapped<Option<UtcMillis>> {
    let Some(Text(value)) = value.filter(|value| !value.0.is_empty()) else {
        return Ok(None);
    };
    UtcMillis::parse(&value)
        .or_else(|| UtcMillis::parse(&format!("{value}Z")))
        .or_else(|| UtcMillis::parse(&format!("{value}T00:00:00Z")))
        .map(Some)
        .ok_or_else(|| BadField {
            field,
            reason: format!("{:?} is no date", domain::text::cut(&value, 40)),
        })
}

pub(super) fn money(field: &'static str, raw: &RawValue) -> Mapped<i64> {
    let digits = raw.get().trim();
    cents(digits).ok_or_else(|| BadField {
        field,
        reason: format!("{} is no amount", domain::text::cut(digits, 40)),
    })
}

/// Hundredths from a JSON number, digit by digit, so that no amount is off by a rounding of binary fractions. Digits
/// beyond the second are rounded half away from zero. `None` for what is no number or exceeds the range.
fn cents(number: &str) -> Option<i64> {
    let (negative, number) = number
        .strip_prefix('-')
        .map_or((false, number), |rest| (true, rest));
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            exponent.parse::<i32>().ok().filter(|e| e.abs() < 40)?,
        ),
        None => (number, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    if whole.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // Where the hundredths end, counted in digits from the left.
    let end = whole.len() as i32 + exponent + 2;
    let digit = |position: i32| {
        usize::try_from(position)
            .ok()
            .and_then(|at| digits.get(at))
            .map_or(0, |d| i64::from(d - b'0'))
    };
    let mut cents: i64 = 0;
    for position in 0..end.max(0) {
        cents = cents.checked_mul(10)?.checked_add(digit(position))?;
    }
    if end >= 0 && digit(end) >= 5 {
        cents = cents.checked_add(1)?;
    }
    Some(if negative { -cents } else { cents })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_exact() {
        let cases = [
            ("0", Some(0)),
            ("12", Some(1_200)),
            ("12.5", Some(1_250)),
            ("0.1", Some(10)),
            ("0.07", Some(7)),
            ("1.005", Some(101)),
            ("1.00499999999999999999", Some(100)),
            ("-1.005", Some(-101)),
            ("90071992547409.93", Some(9_007_199_254_740_993)),
            ("1.25e3", Some(125_000)),
            ("125E-1", Some(1_250)),
            ("5e-3", Some(1)),
            ("4e-9", Some(0)),
            ("92233720368547758.07", Some(i64::MAX)),
            ("92233720368547758.08", None),
            ("1e30", None),
            ("\"12\"", None),
            ("true", None),
            ("", None),
        ];
        for (number, expected) in cases {
            assert_eq!(cents(number), expected, "{number}");
        }
    }

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
            assert_eq!(
                read(value).map_err(|bad| bad.field),
                Err("dueDateTime"),
                "{value}"
            );
        }
    }
}
