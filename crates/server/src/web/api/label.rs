//! Small objects several answers share, and instants as text.

use std::collections::BTreeMap;

use domain::body::Body;
use domain::clock::UtcMillis;
use serde::Serialize;
use store::shown_fields::{Origin, ShownField};
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

/// What every single record has beside what lists show of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Record {
    /// Id of the integration it comes from.
    integration_id: String,
    /// When this state was stored here.
    stored_at: String,
    /// Further vendor fields by key.
    fields: BTreeMap<String, serde_json::Value>,
    /// What fields that hold an id call it, by key.
    field_labels: BTreeMap<String, String>,
}

impl Record {
    /// Of a record from there, with the fields its viewer may have.
    #[must_use]
    pub fn of(origin: &Origin, shown: Vec<ShownField>) -> Self {
        let (mut fields, mut field_labels) = (BTreeMap::new(), BTreeMap::new());
        for field in shown {
            if let Some(label) = field.label {
                field_labels.insert(field.key.clone(), label);
            }
            fields.insert(field.key, field.value);
        }
        Self {
            integration_id: origin.integration_uuid.to_string(),
            stored_at: origin.stored_at.to_rfc3339(),
            fields,
            field_labels,
        }
    }
}

/// An address, or nothing where it is empty.
#[must_use]
pub fn address(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// An instant as RFC 3339 in UTC.
#[must_use]
pub fn instant(at: Option<UtcMillis>) -> Option<String> {
    at.map(UtcMillis::to_rfc3339)
}

/// A date that is stored as its midnight in UTC.
#[must_use]
pub fn date(at: UtcMillis) -> String {
    at.to_rfc3339().chars().take(10).collect()
}
