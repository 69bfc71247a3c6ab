//! Submitted forms: the fields in the order they came, repeated names included.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use url::form_urlencoded;

use super::error::Failure;

/// Largest accepted request body: 2 MB.
pub const MAX_BODY: usize = 2 * 1024 * 1024;

/// The fields of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded` bytes, of a body or a query.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        Self(
            form_urlencoded::parse(bytes)
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// The first value with this name, as typed.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first value with this name without white space around it; empty when there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default().trim()
    }

    /// Every value with this name, such as those of ticked boxes.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a box was ticked or a field sent at all.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// All pairs in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The fields as a map; of repeated names the last one.
    #[must_use]
    pub fn to_map(&self) -> BTreeMap<String, String> {
        self.0.iter().cloned().collect()
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| Failure::unreadable_form())?;
        Ok(Self::parse(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_keep_their_order() {
        let fields = Fields::parse(b"a=1&b=+x+&a=2&c=%C3%A4%26");
        assert_eq!(fields.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(
            (fields.text("b"), fields.text("c"), fields.text("d")),
            ("x", "ä&", "")
        );
        assert!(fields.has("a") && !fields.has("d"));
        assert_eq!(fields.to_map()["a"], "2");
    }
}
