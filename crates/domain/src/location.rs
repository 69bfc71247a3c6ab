//! Locations of a company: sites, offices, shops, each with its own address. A company's own address is one of its fields;
//! these stand beside it, all of them, under one key among its vendor fields.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::record::Fields;

/// The key of a company's locations among its vendor fields.
pub const LOCATIONS: &str = "locations";

/// One location.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Location {
    /// What it is called there.
    pub name: String,
    /// Telephone number as typed there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Street address, lines joined by a line break.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// It is not in use any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub inactive: bool,
}

impl Location {
    /// The address in one line; empty when nothing of it is known.
    #[must_use]
    pub fn address(&self) -> String {
        let town = [&self.postal_code, &self.city];
        let town: Vec<&str> = town.into_iter().filter_map(filled).collect();
        let street = filled(&self.street).map(|street| street.replace('\n', ", "));
        let parts = [
            street,
            Some(town.join(" ")),
            filled(&self.state).map(str::to_owned),
            filled(&self.country).map(str::to_owned),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        parts.join(", ")
    }

    fn is_empty(&self) -> bool {
        self.name.trim().is_empty() && self.address().is_empty() && filled(&self.phone).is_none()
    }
}

fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// Keeps a company's locations among its vendor fields, in the order given; without any nothing is kept.
pub fn put(fields: &mut Fields, locations: Vec<Location>) {
    let known: Vec<Location> = locations
        .into_iter()
        .filter(|one| !one.is_empty())
        .collect();
    // Locations serialise without error: their fields are texts and a flag.
    if let Ok(value @ Value::Array(_)) = serde_json::to_value(&known)
        && !known.is_empty()
    {
        fields.insert(LOCATIONS.to_owned(), value);
    }
}

/// The locations a vendor field holds; none for any other value.
#[must_use]
pub fn of(value: &Value) -> Vec<Location> {
    Vec::deserialize(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn locations_are_kept_in_order_and_read_back() {
        let main = Location {
            name: "Main".into(),
            street: some("Hafenstraße 4\nHof 2"),
            city: some("Graz"),
            postal_code: some("8010"),
            country: some("Austria"),
            ..Location::default()
        };
        let depot = Location {
            name: "Depot".into(),
            phone: some("555-0100"),
            inactive: true,
            ..Location::default()
        };
        let mut fields = Fields::new();
        put(
            &mut fields,
            vec![main.clone(), Location::default(), depot.clone()],
        );
        assert_eq!(of(&fields[LOCATIONS]), [main.clone(), depot.clone()]);
        assert_eq!(main.address(), "Hafenstraße 4, Hof 2, 8010 Graz, Austria");
        assert_eq!(depot.address(), "");
        let mut none = Fields::new();
        put(&mut none, vec![Location::default()]);
        assert!(none.is_empty());
        assert_eq!(of(&Value::String("Main".into())), []);
    }
}
