//! Submitted forms: the fields in the order they came, repeated names included.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use domain::text::without_nul;
use url::form_urlencoded;

use super::error::Failure;

/// Largest accepted request body: 2 MB.
pub const MAX_BODY: usize = 2 * 1024 * 1024;

/// The fields of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded` bytes, of a body or a query. NUL is left out: nobody types it, and no
    /// handler has to think of a character that PostgreSQL refuses in text.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let text = |part: Cow<'_, str>| without_nul(part.into_owned());
        Self(
            form_urlencoded::parse(bytes)
                .map(|(name, value)| (text(name), text(value)))
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

    #[test]
    fn nul_reaches_no_handler() {
        let fields = Fields::parse(b"na%00me=%00+a%00b%00&none=%00&two=1%0D%0A2");
        let all: Vec<_> = fields.iter().collect();
        assert_eq!(
            all,
            [("name", " ab"), ("none", ""), ("two", "1\r\n2")],
            "and nothing else is changed"
        );
    }
}
