//! Vendor fields and origins of records, from what the store gives a viewer to what is shown.

use std::collections::BTreeMap;

use domain::clock::UtcMillis;
use domain::field::FieldValue;
use domain::money::cents;
use domain::provider::{self, DeepLinks, deep_link};
use domain::viewer::Viewer;
use serde_json::Value;
use store::Store;
use store::shown_fields::{self, ShownField};
use store::technicians;

use super::detail::{Fact, FactSection, Origin};
use super::number::amount;
use super::shell::Shell;
use crate::app::App;
use crate::web::error::Failure;

/// Where a record comes from.
#[must_use]
pub fn origin(
    app: &App,
    shell: &Shell,
    origin: &shown_fields::Origin,
    updated: Option<UtcMillis>,
) -> Origin {
    let sandbox = app.is_sandbox(&origin.provider);
    Origin {
        provider_key: origin.provider.clone(),
        integration: origin.integration_name.clone(),
        external_id: origin.external_id.clone(),
        updated: shell.maybe_time(updated),
        stored: shell.time(origin.stored_at),
        web_url: if sandbox {
            String::new()
        } else {
            web_address(origin.web_url.as_deref())
        },
        sandbox,
    }
}

/// The page of a record in the vendor's product; empty when the provider has none or told no address, and for a record of
/// a sandbox, which has no screens.
#[must_use]
pub fn record_address(
    app: &App,
    origin: &shown_fields::Origin,
    pattern: fn(DeepLinks) -> &'static str,
) -> String {
    if app.is_sandbox(&origin.provider) {
        String::new()
    } else {
        address_there(origin, pattern)
    }
}

fn address_there(origin: &shown_fields::Origin, pattern: fn(DeepLinks) -> &'static str) -> String {
    let links = provider::find(&origin.provider).map_or(DeepLinks::NONE, |one| one.deep_links);
    deep_link(
        pattern(links),
        origin.web_url.as_deref(),
        &origin.external_id,
    )
    .unwrap_or_default()
}

/// Gives fields that hold a technician's id the technician's name.
///
/// # Errors
/// When the database does not answer.
pub async fn name_people(
    store: &Store,
    viewer: &Viewer,
    origin: &shown_fields::Origin,
    fields: &mut [ShownField],
) -> Result<(), Failure> {
    let is_person = |field: &ShownField| {
        field.label.is_none()
            && field
                .catalogue
                .is_some_and(|entry| entry.value == FieldValue::Technician)
            && !text(&field.value).is_empty()
    };
    for field in fields.iter_mut().filter(|field| is_person(field)) {
        let id = text(&field.value);
        let person = technicians::find_for_viewer(store, viewer, origin.integration, &id).await?;
        field.label = person.map(|person| person.name);
    }
    Ok(())
}

/// An address of the vendor's product that may be linked to: https only, whatever the vendor sent.
#[must_use]
pub fn web_address(address: Option<&str>) -> String {
    address
        .filter(|address| address.starts_with("https://"))
        .unwrap_or_default()
        .to_owned()
}

/// How the keys of fields begin that hold a category by its name.
const CATEGORY: &str = "category_";

/// Further vendor fields under the catalogue's headings; those a tenant defined come last, under *Own fields*.
/// An id without a name tells a person nothing, so it is left out; the API has it.
#[must_use]
pub fn sections(fields: &[ShownField]) -> Vec<FactSection> {
    let mut sections: BTreeMap<(bool, &str), Vec<Fact>> = BTreeMap::new();
    for field in fields {
        let kind = field
            .catalogue
            .map_or(FieldValue::Plain, |entry| entry.value);
        let value = match (&field.label, kind) {
            (Some(label), _) => label.clone(),
            (None, FieldValue::Plain) if field.key.starts_with(CATEGORY) => {
                way_down(&text(&field.value))
            }
            (None, FieldValue::Plain) => text(&field.value),
            (None, FieldValue::Money) => money(text(&field.value)),
            (None, FieldValue::Reference(_) | FieldValue::Technician) => continue,
        };
        if value.trim().is_empty() {
            continue;
        }
        let (heading, label) = match field.catalogue {
            Some(entry) => ((false, entry.section), entry.label),
            None => (
                (true, "Own fields"),
                field
                    .key
                    .split_once(':')
                    .map_or(field.key.as_str(), |(_, name)| name),
            ),
        };
        sections
            .entry(heading)
            .or_default()
            .push(Fact::new(label, value));
    }
    sections
        .into_iter()
        .map(|((_, title), facts)| FactSection {
            title: title.to_owned(),
            facts,
        })
        .collect()
}

/// A category in a tree as it is read: some vendors write the way down to it without a blank.
#[must_use]
pub fn way_down(label: &str) -> String {
    let steps: Vec<&str> = label.split('>').map(str::trim).collect();
    if steps.iter().any(|step| step.is_empty()) {
        // A mark of its own, such as before the names of statuses that close a ticket.
        return label.to_owned();
    }
    steps.join(" › ")
}

/// An amount as on every page; what is no number stays as it is.
fn money(text: String) -> String {
    cents(&text).map_or(text, amount)
}

/// A JSON value as a person reads it.
#[must_use]
pub fn text(value: &Value) -> String {
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

    #[test]
    fn a_category_is_read_step_by_step() {
        for (label, read) in [
            ("Hardware>Printer > Toner", "Hardware › Printer › Toner"),
            ("Hardware", "Hardware"),
            (">Closed", ">Closed"),
            ("", ""),
        ] {
            assert_eq!(way_down(label), read);
        }
    }

    fn field(key: &str, value: Value) -> ShownField {
        let provider = domain::provider::find("autotask").expect("there");
        ShownField {
            key: key.into(),
            catalogue: provider.catalogue_field(key),
            value,
            label: None,
        }
    }

    #[test]
    fn fields_come_under_their_headings_and_own_fields_last() {
        let found = sections(&[
            field("udf:Rack", json!("A-12")),
            ShownField {
                label: Some("Network".into()),
                ..field("issue_type", json!(7))
            },
            field("resolution", json!("")),
        ]);
        let titles: Vec<_> = found.iter().map(|section| section.title.as_str()).collect();
        assert_eq!(titles, ["Classification", "Own fields"]);
        assert_eq!(found[1].facts, [Fact::new("Rack", "A-12")]);
    }

    #[test]
    fn amounts_are_shown_like_every_other() {
        for (value, shown) in [
            (json!("405.0"), "405.00"),
            (json!("405"), "405.00"),
            (json!(12_480.5), "12,480.50"),
            (json!("1.25e3"), "1,250.00"),
            (json!("-0.5"), "-0.50"),
            (json!("on request"), "on request"),
        ] {
            let found = sections(&[field("cost", value)]);
            assert_eq!(found[0].facts, [Fact::new("Cost", shown)]);
        }
        assert_eq!(sections(&[field("cost", json!(null))]), []);
        let number = sections(&[field("udf:Racks", json!("405.0"))]);
        assert_eq!(number[0].facts, [Fact::new("Racks", "405.0")], "no amount");
    }

    #[test]
    fn an_id_without_a_name_is_not_shown() {
        let ids = [
            "issue_type",
            "billing_code_id",
            "creator_resource_id",
            "lead_source",
        ];
        let fields = ids.map(|key| field(key, json!("29682801")));
        assert_eq!(sections(&fields), []);
        let plain = sections(&[field("purchase_order_number", json!("29682801"))]);
        assert_eq!(
            plain[0].facts,
            [Fact::new("Purchase Order Number", "29682801")]
        );
    }

    #[test]
    fn a_record_has_an_address_where_the_provider_has_pages() {
        let mut origin = shown_fields::Origin {
            integration: domain::id::IntegrationId(1),
            integration_uuid: domain::id::PublicId::new(UtcMillis(0)),
            integration_name: "Autotask".into(),
            provider: "autotask".into(),
            web_url: Some("https://ww3.autotask.net/".into()),
            external_id: "7&x".into(),
            stored_at: UtcMillis(0),
        };
        assert_eq!(
            address_there(&origin, |links| links.ticket),
            "https://ww3.autotask.net/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=7%26x"
        );
        assert!(
            address_there(&origin, |links| links.company).contains("Code=OpenAccount&AccountID=")
        );
        origin.provider = "stripe".into();
        assert_eq!(address_there(&origin, |links| links.ticket), "");
    }

    #[test]
    fn only_https_is_linked_to() {
        assert_eq!(web_address(Some("javascript:alert(1)")), "");
        assert_eq!(
            web_address(Some("https://ww3.autotask.net/")),
            "https://ww3.autotask.net/"
        );
    }
}
