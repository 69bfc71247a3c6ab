//! Small objects several answers share, and instants as text.

use domain::body::Body;
use domain::clock::UtcMillis;
use serde::Serialize;
use store::tickets::Labelled;
use utoipa::ToSchema;

/// A value of the vendor's reference data.
#[derive(Debug, Serialize, ToSchema)]
pub struct Label {
    /// The vendor's id, as in the filters.
    id: String,
    /// Its label; null when the vendor does not list it any more.
    label: Option<String>,
}

impl From<Labelled> for Label {
    fn from(value: Labelled) -> Self {
        Self {
            id: value.id,
            label: value.label,
        }
    }
}

/// A longer text as the vendor sent it. It is not sanitised: treat HTML as hostile.
#[derive(Debug, Serialize, ToSchema)]
pub struct Text {
    /// `plain` or `html`.
    format: &'static str,
    /// The text.
    text: String,
}

impl From<Body> for Text {
    fn from(body: Body) -> Self {
        Self {
            format: body.format.key(),
            text: body.text,
        }
    }
}

/// An instant as RFC 3339 in UTC.
#[must_use]
pub fn instant(at: Option<UtcMillis>) -> Option<String> {
    at.map(UtcMillis::to_rfc3339)
}
