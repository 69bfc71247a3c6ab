//! Reference data in pages, for those who read all of it: an integration may have thousands of contracts and owners.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::{IntegrationId, PublicId};
use domain::reference::ReferenceKind;

use crate::decode::{flag, known, public_id};
use crate::error::Result;
use crate::listing::{COUNTED, Count, NoPageKey};
use crate::open::Store;

row! {
    /// A value of reference data with where it comes from.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ReferenceRow {
        integration_id: i64,
        /// Id of the integration in addresses.
        pub integration_uuid: PublicId = String => public_id,
        /// What it is a value of.
        pub kind: ReferenceKind = String => known(ReferenceKind::from_key),
        /// The vendor's id.
        pub external_id: String,
        /// The label.
        pub label: String,
        /// The parent value's id.
        pub parent: Option<String>,
        /// Whether it may still be chosen.
        pub active: bool = i64 => flag,
        /// Whether the vendor stopped listing it.
        pub removed: bool = i64 => flag,
        sort_order: i64,
    }
}

impl ReferenceRow {
    /// Where a page after this value begins.
    #[must_use]
    pub fn place(&self) -> ReferencePlace {
        ReferencePlace {
            integration: self.integration_id,
            kind: self.kind.key().to_owned(),
            removed: i64::from(self.removed),
            order: self.sort_order,
            label: self.label.clone(),
            external_id: self.external_id.clone(),
        }
    }
}

/// Where a page begins: after the value that stands here. Its text form goes into addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferencePlace {
    integration: i64,
    kind: String,
    removed: i64,
    order: i64,
    label: String,
    external_id: String,
}

impl ReferencePlace {
    /// Before every value.
    const START: Self = Self {
        integration: i64::MIN,
        kind: String::new(),
        removed: 0,
        order: i64::MIN,
        label: String::new(),
        external_id: String::new(),
    };
}

impl fmt::Display for ReferencePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = serde_json::json!([
            self.integration,
            self.kind,
            self.removed,
            self.order,
            self.label,
            self.external_id
        ]);
        f.write_str(&URL_SAFE_NO_PAD.encode(parts.to_string()))
    }
}

impl FromStr for ReferencePlace {
    type Err = NoPageKey;

    fn from_str(text: &str) -> std::result::Result<Self, NoPageKey> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NoPageKey)?;
        let (integration, kind, removed, order, label, external_id): (i64, String, _, _, _, _) =
            serde_json::from_slice(&bytes).map_err(|_| NoPageKey)?;
        Ok(Self {
            integration,
            kind: domain::text::without_nul(kind),
            removed,
            order,
            label: domain::text::without_nul(label),
            external_id: domain::text::without_nul(external_id),
        })
    }
}

/// At most `limit` values beyond a place, in the vendor's order within their kind, removed ones last.
///
/// # Errors
/// As any statement.
pub async fn list_reference_rows(
    store: &Store,
    integration: Option<IntegrationId>,
    kind: Option<ReferenceKind>,
    after: Option<&ReferencePlace>,
    limit: i64,
) -> Result<Vec<ReferenceRow>> {
    let start = ReferencePlace::START;
    let after = after.unwrap_or(&start);
    read_all!(
        store,
        PAGE,
        integration.map(|id| id.0),
        kind.map(ReferenceKind::key),
        after.integration,
        &after.kind,
        after.removed,
        after.order,
        &after.label,
        &after.external_id,
        limit
    )
}

/// How many values there are, counted up to 10,000.
///
/// # Errors
/// As any statement.
pub async fn count_reference_rows(
    store: &Store,
    integration: Option<IntegrationId>,
    kind: Option<ReferenceKind>,
) -> Result<Count> {
    let bound = COUNTED as i64 + 1;
    let row: Option<(i64,)> = read_one!(
        store,
        COUNT,
        integration.map(|id| id.0),
        kind.map(ReferenceKind::key),
        bound
    )?;
    let found = row.map_or(0, |row| row.0.unsigned_abs());
    Ok(Count::bounded(found, COUNTED))
}

macro_rules! chosen {
    () => {
        "(CAST($1 AS BIGINT) IS NULL OR r.integration_id = $1) AND (CAST($2 AS TEXT) IS NULL OR r.kind = $2)"
    };
}

macro_rules! removed {
    () => {
        "CASE WHEN r.removed_at IS NULL THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END"
    };
}

macro_rules! order {
    () => {
        concat!(
            "r.integration_id, r.kind, ",
            removed!(),
            ", r.sort_order, r.label, r.external_id"
        )
    };
}

statements! {
    PAGE = concat!("SELECT r.integration_id, i.uuid AS integration_uuid, r.kind, r.external_id, r.label, r.parent, r.active, ", removed!(), " AS removed, r.sort_order
        FROM reference_item r JOIN integration i ON i.id = r.integration_id
        WHERE ", chosen!(), " AND (", order!(), ") > ($3, $4, $5, $6, $7, $8) ORDER BY ", order!(), " LIMIT $9");
    COUNT = concat!("SELECT count(*) AS found FROM (SELECT 1 AS one FROM reference_item r WHERE ", chosen!(), " LIMIT $3) counted");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_an_address() {
        let place = ReferencePlace {
            integration: 7,
            kind: "contract".to_owned(),
            removed: 1,
            order: -3,
            label: "Müller & Söhne, \"all in\"".to_owned(),
            external_id: "a/b?c=1".to_owned(),
        };
        for place in [place, ReferencePlace::START] {
            let text = place.to_string();
            assert!(!text.contains(['&', '/', '?', '+', '=']), "{text}");
            assert_eq!(text.parse(), Ok(place));
        }
        for text in ["", "x", "W10", "bnVsbA"] {
            assert_eq!(text.parse::<ReferencePlace>(), Err(NoPageKey), "{text}");
        }
    }
}
