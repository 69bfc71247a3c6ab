//! The credentials every sandbox accepts, as the connect form has them.

use std::collections::BTreeMap;

/// Form fields of a vendor and their values; none for a vendor without a sandbox.
pub fn form(vendor: &str) -> BTreeMap<String, String> {
    let form = simulator::stand::form(vendor).unwrap_or_default();
    form.into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}
