//! Form fields of a connection and the catalogue of a provider's further fields, both as data.

mod catalogue;
mod form;
mod host;
mod looks;
mod shape;
mod site;
mod subdomain;

pub(crate) use catalogue::common_fields;
pub use catalogue::{CatalogueField, CommonField, FieldValue, MERGED_INTO};
pub use form::FormField;
pub use host::{host_of, is_of};
pub use looks::Looks;
pub use shape::{FieldShape, bare_guid};
pub use site::site_of;
pub use subdomain::subdomain_of;
