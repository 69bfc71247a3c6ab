//! Form fields of a connection and the catalogue of a provider's further fields, both as data.

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
}

/// Where a vendor field is shown and how it is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueField {
    /// Key in a record's `fields`.
    pub key: &'static str,
    /// Label in the vendor's words.
    pub label: &'static str,
    /// Heading it is grouped under.
    pub section: &'static str,
    /// Hidden from company users unless a display group says otherwise.
    pub sensitive: bool,
}
