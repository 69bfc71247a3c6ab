//! Which vendor fields of a record a viewer gets, and where they come from.

use domain::clock::UtcMillis;
use domain::field::{CatalogueField, FieldValue};
use domain::id::{IntegrationId, PublicId};
use domain::provider::Provider;
use domain::record::Fields;
use domain::viewer::Viewer;

use crate::decode::{instant, plain, public_id};
use crate::error::Result;
use crate::open::Store;
use crate::reference_items;

row! {
    /// Where a record comes from.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Origin {
        /// The integration.
        pub integration: IntegrationId = i64 => plain(IntegrationId),
        /// Its address.
        pub integration_uuid: PublicId = String => public_id,
        /// Its name.
        pub integration_name: String,
        /// Key of its provider.
        pub provider: String,
        /// Address of the vendor's own user interface.
        pub web_url: Option<String>,
        /// The vendor's id of the record.
        pub external_id: String,
        /// When Portico last stored it.
        pub stored_at: UtcMillis = i64 => instant,
    }
}

/// A vendor field on its way to a page.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownField {
    /// Key in the record.
    pub key: String,
    /// Its entry in the provider's catalogue; fields a tenant defined have none.
    pub catalogue: Option<&'static CatalogueField>,
    /// The value.
    pub value: serde_json::Value,
    /// What the value is called, for a value of reference data.
    pub label: Option<String>,
}

/// What a viewer may have of a record's fields, ids of reference data with what they are called.
///
/// # Errors
/// As any statement.
pub async fn of(
    store: &Store,
    viewer: &Viewer,
    (integration, provider): (IntegrationId, &str),
    fields: Fields,
) -> Result<Vec<ShownField>> {
    let mut shown = strip(fields, domain::provider::find(provider), viewer);
    for field in &mut shown {
        let Some(FieldValue::Reference(kind)) = field.catalogue.map(|entry| entry.value) else {
            continue;
        };
        let id = field
            .value
            .as_str()
            .map_or_else(|| field.value.to_string(), str::to_owned);
        field.label = reference_items::find_label(store, integration, kind, &id).await?;
    }
    Ok(shown)
}

/// Leaves of a record's fields what a viewer may have. A person at a client gets no field that the catalogue calls
/// sensitive, and none that it does not list. Without a provider nothing is listed.
fn strip(fields: Fields, provider: Option<&'static Provider>, viewer: &Viewer) -> Vec<ShownField> {
    let unstripped = viewer.sees_internal();
    fields
        .into_iter()
        .map(|(key, value)| ShownField {
            catalogue: provider.and_then(|provider| provider.catalogue_field(&key)),
            key,
            value,
            label: None,
        })
        .filter(|field| unstripped || field.catalogue.is_some_and(|entry| !entry.sensitive))
        .collect()
}

#[cfg(test)]
mod tests {
    use domain::id::IdentityId;

    use super::*;

    #[test]
    fn a_client_gets_only_listed_fields_that_are_not_sensitive() {
        let fields: Fields = ["issue_type", "resolution", "udf:Rack"]
            .map(|key| (key.to_owned(), serde_json::json!("x")))
            .into();
        let provider = domain::provider::find("autotask");
        let keys = |viewer: &Viewer, provider| {
            strip(fields.clone(), provider, viewer)
                .into_iter()
                .map(|field| field.key)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            keys(&Viewer::Members(IdentityId(1)), provider),
            ["issue_type"]
        );
        assert_eq!(keys(&Viewer::Members(IdentityId(1)), None), [""; 0]);
        assert_eq!(
            keys(&Viewer::Staff(IdentityId(1)), provider),
            ["issue_type", "resolution", "udf:Rack"]
        );
        assert_eq!(keys(&Viewer::ApiKey(1), provider).len(), 3);
    }
}
