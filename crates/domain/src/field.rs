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
    /// For a value an installation may have once for all its connections: the sentence under the field where it has
    /// none. The field is required and in the main part then, whatever the two flags above say.
    pub without_installation: Option<&'static str>,
}

/// What the value of a vendor field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldValue {
    /// What a person reads.
    Plain,
    /// The vendor's id of something. A page shows what it is called, and nothing when that is not known.
    Reference,
    /// The vendor's id of a technician, shown by name.
    Technician,
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
    /// What the value is.
    pub value: FieldValue,
}
