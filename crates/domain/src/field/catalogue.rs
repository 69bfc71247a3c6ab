//! The catalogue: which fields records of a provider have, where the vendor has them and how they are shown.

use crate::reference::ReferenceKind;
use crate::stream::Stream;

/// Key of the field with the vendor's id of the ticket that a ticket was merged into.
pub const MERGED_INTO: &str = "merged_into";

/// What the value of a vendor field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldValue {
    /// What a person reads.
    Plain,
    /// An amount of money as the vendor writes the number. A page shows it like every amount.
    Money,
    /// The vendor's id of a value of reference data. A page shows what it is called, and nothing when that is not known.
    Reference(ReferenceKind),
    /// The vendor's id of a technician, shown by name.
    Technician,
}

/// Where a vendor has a field that records of every provider have, such as the title of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommonField {
    /// The records that have it.
    pub stream: Stream,
    /// Its key in such a record, as it is serialised: `title`, `queue_id`.
    pub key: &'static str,
    /// Where the vendor has it, or how it is found out; empty where the vendor does not tell it.
    pub source: &'static str,
}

impl CommonField {
    /// A field with its source.
    #[must_use]
    pub const fn new(stream: Stream, key: &'static str, source: &'static str) -> Self {
        Self {
            stream,
            key,
            source,
        }
    }
}

/// The fields that records of every provider have, by stream: key and where the vendor has it.
macro_rules! common_fields {
    ($($stream:ident { $($key:ident = $source:literal,)* })*) => {
        &[$($(
            $crate::field::CommonField::new($crate::stream::Stream::$stream, stringify!($key), $source),
        )*)*]
    };
}
pub(crate) use common_fields;

/// Where a vendor field is shown and how it is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueField {
    /// Key in a record's `fields`.
    pub key: &'static str,
    /// Where the vendor has it: the record and the field, such as `Tickets.issueType`.
    pub source: &'static str,
    /// Label in the vendor's words.
    pub label: &'static str,
    /// Heading it is grouped under.
    pub section: &'static str,
    /// Hidden from company users unless a display group says otherwise.
    pub sensitive: bool,
    /// What the value is.
    pub value: FieldValue,
}

impl CatalogueField {
    /// A field that company users see.
    #[must_use]
    pub const fn shown(
        source: &'static str,
        key: &'static str,
        label: &'static str,
        section: &'static str,
    ) -> Self {
        Self {
            key,
            source,
            label,
            section,
            sensitive: false,
            value: FieldValue::Plain,
        }
    }

    /// A field that is hidden from company users unless a display group says otherwise.
    #[must_use]
    pub const fn sensitive(
        source: &'static str,
        key: &'static str,
        label: &'static str,
        section: &'static str,
    ) -> Self {
        Self {
            sensitive: true,
            ..Self::shown(source, key, label, section)
        }
    }

    /// The same with an amount of money as its value.
    #[must_use]
    pub const fn money(self) -> Self {
        Self {
            value: FieldValue::Money,
            ..self
        }
    }

    /// The same with an id as its value.
    #[must_use]
    pub const fn id(self, value: FieldValue) -> Self {
        Self { value, ..self }
    }
}
