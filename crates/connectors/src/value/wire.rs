//! Values as they stand in an answer, borrowed from it where they can be.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};

/// A text that borrows from the answer unless it had escapes. NUL characters are removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text<'a>(pub Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                // JSON writes NUL as an escape only, so a text without escapes has none.
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(domain::text::without_nul(text.to_owned()))))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// A yes or no that some entities write as 1 or 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag(pub bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FlagVisitor;
        impl Visitor<'_> for FlagVisitor {
            type Value = Flag;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false, 1 or 0")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag(value))
            }

            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Flag, E> {
                match value {
                    0 => Ok(Flag(false)),
                    1 => Ok(Flag(true)),
                    other => Err(E::invalid_value(
                        serde::de::Unexpected::Unsigned(other),
                        &self,
                    )),
                }
            }
        }
        deserializer.deserialize_any(FlagVisitor)
    }
}

/// A whole number that some releases write as a decimal without a fraction, or as a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whole(pub i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WholeVisitor;
        impl Visitor<'_> for WholeVisitor {
            type Value = Whole;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number")
            }

            fn visit_i64<E>(self, value: i64) -> Result<Whole, E> {
                Ok(Whole(value))
            }

            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Whole, E> {
                let unexpected = serde::de::Unexpected::Unsigned(value);
                let whole = i64::try_from(value).map(Whole);
                whole.map_err(|_| E::invalid_value(unexpected, &self))
            }

            fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Whole, E> {
                let unexpected = serde::de::Unexpected::Float(value);
                let whole = of_float(value).map(Whole);
                whole.ok_or_else(|| E::invalid_value(unexpected, &self))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Whole, E> {
                let unexpected = serde::de::Unexpected::Str(text);
                let whole = of_text(text).map(Whole);
                whole.ok_or_else(|| E::invalid_value(unexpected, &self))
            }
        }
        deserializer.deserialize_any(WholeVisitor)
    }
}

/// Largest whole number that a decimal holds exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn of_float(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64)
}

fn of_text(text: &str) -> Option<i64> {
    let text = text.trim();
    let whole = text.parse().ok();
    whole.or_else(|| text.parse().ok().and_then(of_float))
}

/// Reads a field as [`Whole`] does, into a plain number.
///
/// # Errors
/// As the deserializer, for what is no whole number.
pub fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Whole::deserialize(deserializer).map(|whole| whole.0)
}

/// The whole number in a value, read as [`Whole`] does.
#[must_use]
pub fn whole_of(value: &serde_json::Value) -> Option<i64> {
    Whole::deserialize(value).ok().map(|whole| whole.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_of_every_release() {
        let cases = [
            ("12", Some(12)),
            ("12.0", Some(12)),
            ("\"12\"", Some(12)),
            ("\" 12.0 \"", Some(12)),
            ("-1", Some(-1)),
            ("0", Some(0)),
            ("12.5", None),
            ("\"12.5\"", None),
            ("\"\"", None),
            ("\"twelve\"", None),
            ("true", None),
            ("null", None),
            ("18446744073709551615", None),
            ("1e300", None),
        ];
        for (text, expected) in cases {
            let read = serde_json::from_str::<Whole>(text)
                .ok()
                .map(|whole| whole.0);
            assert_eq!(read, expected, "{text}");
        }
    }
}
