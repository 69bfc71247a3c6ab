//! Money, read digit by digit.

use domain::money::cents;
use serde_json::value::RawValue;

use super::{BadField, Mapped};

/// An amount in hundredths.
///
/// # Errors
/// The field, when it is no number or beyond the range.
pub fn money(field: &'static str, raw: &RawValue) -> Mapped<i64> {
    let digits = raw.get().trim();
    cents(digits).ok_or_else(|| BadField::new(field, digits, "an amount"))
}
