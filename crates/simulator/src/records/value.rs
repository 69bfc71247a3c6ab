//! Values of fields, how they are written as JSON and how they compare.

use std::borrow::Cow;
use std::fmt::Write;

use serde_json::Value;

use crate::world::instant;

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Val<'a> {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Num(f64),
    /// A truth value.
    Bool(bool),
    /// A text.
    Str(Cow<'a, str>),
    /// An instant in milliseconds.
    Time(i64),
    /// The id of another record.
    Link(i64),
    /// A list or an object.
    Tree(Value),
}

impl<'a> Val<'a> {
    /// A text that need not be copied.
    pub fn text(text: &'a str) -> Self {
        Self::Str(Cow::Borrowed(text))
    }

    /// A text made for this value.
    pub fn owned(text: String) -> Self {
        Self::Str(Cow::Owned(text))
    }

    /// A number that may be absent.
    pub fn int(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Int)
    }

    /// An instant that may be absent.
    pub fn time(ms: Option<i64>) -> Self {
        ms.map_or(Self::Null, Self::Time)
    }

    /// The id of another record that may be absent.
    pub fn link(id: Option<i64>) -> Self {
        id.map_or(Self::Null, Self::Link)
    }

    /// A text that may be absent.
    pub fn maybe(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    /// Appends the JSON of the value.
    pub fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Int(number) | Self::Link(number) => {
                let _ = write!(out, "{number}");
            }
            Self::Num(number) => {
                let _ = write!(out, "{number:?}");
            }
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Str(text) => write_text(out, text),
            Self::Time(ms) => {
                out.push('"');
                instant::push_iso(out, *ms);
                out.push('"');
            }
            Self::Tree(tree) => out.push_str(&tree.to_string()),
        }
    }

    /// The value as a JSON tree.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => (*number).into(),
            Self::Num(number) => (*number).into(),
            Self::Bool(truth) => (*truth).into(),
            Self::Str(text) => text.as_ref().into(),
            Self::Time(ms) => instant::iso(*ms).into(),
            Self::Link(id) => serde_json::json!({"id": id}),
            Self::Tree(tree) => tree.clone(),
        }
    }
}

/// Appends a JSON string.
pub fn write_text(out: &mut String, text: &str) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x00..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        if escape.is_empty() {
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.push_str(escape);
        }
        from = at + 1;
    }
    out.push_str(&text[from..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_survive() {
        for text in [
            "",
            "plain",
            "a\"b\\c\nd\re\tf\u{1}g",
            "Café \u{202e} 株式会社 🔥",
        ] {
            let mut out = String::new();
            write_text(&mut out, text);
            assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }
    }
}
