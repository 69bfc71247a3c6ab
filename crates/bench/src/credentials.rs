//! The credentials every sandbox accepts, as the connect form has them.

use std::collections::BTreeMap;

/// Form fields of a vendor and their values; none for a vendor without a sandbox.
pub fn form(vendor: &str) -> BTreeMap<String, String> {
    let form = simulator::vendor(vendor).map_or_else(Vec::new, simulator::Vendor::form);
    form.into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}
