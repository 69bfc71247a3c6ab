//! Longer texts from vendors: kept as received, with the kind of text they are.

use serde::{Deserialize, Serialize};

/// What a body's text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyFormat {
    /// Plain text; shown with its line breaks, never interpreted.
    Plain,
    /// HTML; shown only after the sanitiser.
    Html,
}

impl BodyFormat {
    /// The stable key stored beside the text.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Html => "html",
        }
    }
}

/// A description or comment as the vendor sent it (NUL characters removed at the boundary).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// How to read `text`.
    pub format: BodyFormat,
    /// The text as received.
    pub text: String,
}

impl Body {
    /// A plain-text body.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            format: BodyFormat::Plain,
            text: text.into(),
        }
    }
}
