//! Vendor fields and origins of records, from what the store gives a viewer to what is shown.

use std::collections::BTreeMap;

use domain::clock::UtcMillis;
use serde_json::Value;
use store::shown_fields::{self, ShownField};

use super::detail::{Fact, FactSection, Origin};
use super::shell::Shell;

/// Where a record comes from.
#[must_use]
pub fn origin(shell: &Shell, origin: &shown_fields::Origin, updated: Option<UtcMillis>) -> Origin {
    Origin {
        provider_key: origin.provider.clone(),
        integration: origin.integration_name.clone(),
        external_id: origin.external_id.clone(),
        updated: shell.maybe_time(updated),
        stored: shell.time(origin.stored_at),
        web_url: web_address(origin.web_url.as_deref()),
    }
}

/// An address of the vendor's product that may be linked to: https only, whatever the vendor sent.
#[must_use]
pub fn web_address(address: Option<&str>) -> String {
    address.filter(|address| address.starts_with("https://")).unwrap_or_default().to_owned()
}

/// Further vendor fields under the catalogue's headings; those a tenant defined come last, under *Own fields*.
#[must_use]
pub fn sections(fields: &[ShownField]) -> Vec<FactSection> {
    let mut sections: BTreeMap<(bool, &str), Vec<Fact>> = BTreeMap::new();
    for field in fields {
        let value = field.label.clone().unwrap_or_else(|| text(&field.value));
        if value.trim().is_empty() {
            continue;
        }
        let (heading, label) = match field.catalogue {
            Some(entry) => ((false, entry.section), entry.label),
            None => ((true, "Own fields"), field.key.split_once(':').map_or(field.key.as_str(), |(_, name)| name)),
        };
        sections.entry(heading).or_default().push(Fact::new(label, value));
    }
    sections.into_iter().map(|((_, title), facts)| FactSection { title: title.to_owned(), facts }).collect()
}

/// A JSON value as a person reads it.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(on) => if *on { "yes" } else { "no" }.to_owned(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(key: &str, value: Value) -> ShownField {
        let provider = domain::provider::find("autotask").expect("there");
        ShownField { key: key.into(), catalogue: provider.catalogue_field(key), value, label: None }
    }

    #[test]
    fn fields_come_under_their_headings_and_own_fields_last() {
        let found = sections(&[field("udf:Rack", json!("A-12")), field("issue_type", json!(7)), field("resolution", json!(""))]);
        let titles: Vec<_> = found.iter().map(|section| section.title.as_str()).collect();
        assert_eq!(titles, ["Classification", "Own fields"]);
        assert_eq!(found[1].facts, [Fact::new("Rack", "A-12")]);
    }

    #[test]
    fn only_https_is_linked_to() {
        assert_eq!(web_address(Some("javascript:alert(1)")), "");
        assert_eq!(web_address(Some("https://ww3.autotask.net/")), "https://ww3.autotask.net/");
    }
}
