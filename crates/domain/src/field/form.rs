//! One field of a provider's connect form.

use std::collections::BTreeMap;

use super::{FieldShape, Looks};

/// One field of a provider's connect form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormField {
    /// Stable key; the name under which the value is stored.
    pub key: &'static str,
    /// Label, in the vendor's words.
    pub label: &'static str,
    /// One sentence under the field.
    pub help: &'static str,
    /// An example value, shown as placeholder.
    pub example: &'static str,
    /// Hidden while typed, sealed when stored, never shown again.
    pub secret: bool,
    /// Must be filled.
    pub required: bool,
    /// Shown under *Advanced*.
    pub advanced: bool,
    /// Longest accepted text, in characters.
    pub max_length: usize,
    /// What it must look like.
    pub shape: FieldShape,
    /// What its values look like, where that tells them from those of other fields.
    pub looks: Option<Looks>,
    /// What is said at it when the vendor does not accept the value: what such a value is, for one of which nothing can
    /// be told by its looks.
    pub refused: &'static str,
    /// For a value an installation may have once for all its connections: the sentence under the field where it has
    /// none. The field is required and in the main part then, whatever the two flags above say.
    pub without_installation: Option<&'static str>,
}

impl FormField {
    /// The value as it is kept, from all that was typed into the form; empty where nothing was.
    #[must_use]
    pub fn tidy(&self, form: &BTreeMap<String, String>) -> String {
        let typed = |key: &str| form.get(key).map(|value| value.trim()).unwrap_or_default();
        let own = typed(self.key);
        if own.is_empty() {
            return String::new();
        }
        let tidy = self.shape.tidy(own);
        let FieldShape::Behind(other) = self.shape else {
            return tidy;
        };
        match tidy.split_once('+') {
            Some((before, own)) if before.trim().eq_ignore_ascii_case(typed(other)) => {
                own.trim().to_owned()
            }
            _ => tidy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_another_value_is_found() {
        let provider = crate::provider::find("connectwise_psa").expect("there");
        let fields = provider.form.iter();
        let field = fields.clone().find(|field| field.key == "public_key");
        let tidy = |company: &str, key: &str| {
            let form = [("company_id", company), ("public_key", key)];
            let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
            field.expect("there").tidy(&BTreeMap::from(form))
        };
        for (company, key, expected) in [
            ("acme", " Acme+Pub1ic ", "Pub1ic"),
            (" acme ", "acme + Pub1ic", "Pub1ic"),
            ("acme", "Pub1ic", "Pub1ic"),
            ("acme", "other+Pub1ic", "other+Pub1ic"),
            ("", "acme+Pub1ic", "acme+Pub1ic"),
            ("acme", "", ""),
        ] {
            assert_eq!(tidy(company, key), expected, "{company:?} {key:?}");
        }
        for field in fields {
            if let FieldShape::Behind(other) = field.shape {
                assert!(provider.form.iter().any(|field| field.key == other));
            }
        }
    }
}
