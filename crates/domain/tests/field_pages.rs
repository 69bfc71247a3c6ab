//! The field pages in `docs/fields` are what the catalogues say. With `PORTICO_WRITE_FIELD_PAGES` set they are written
//! anew.

use std::collections::BTreeSet;
use std::path::PathBuf;

use domain::provider::{ALL, Provider};
use domain::record::{
    CompanyRecord, ContactGroupMemberRecord, ContactGroupRecord, ContactRecord, OpportunityRecord,
    TechnicianRecord, TicketNoteRecord, TicketRecord, Visibility,
};
use domain::stream::Stream;

/// A common field in words; what a vendor has a word of its own for is called by it.
fn words(provider: &Provider, key: &str) -> String {
    let own = match key {
        "queue_id" => provider.words.queue,
        "technician_external_id" => provider.words.technician,
        "company_external_id" => provider.words.company,
        "amount_cents" => "Amount",
        "other_type_ids" => "Further types",
        "person" => "Person, who can be imported",
        "system" => "Written by automation",
        "describes" => "Is the description",
        "updated_at" => "Last changed",
        _ => "",
    };
    if !own.is_empty() {
        return own.to_owned();
    }
    let plain = ["_external_id", "_id", "_at"]
        .iter()
        .find_map(|end| key.strip_suffix(end))
        .unwrap_or(key)
        .replace('_', " ");
    let mut letters = plain.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

fn page(provider: &Provider) -> String {
    let name = provider.name;
    let mut text = format!(
        "# Fields of {name}\n\n\
         Where the vendor has the fields of its records and what they become here. Made from the field catalogue by the test\n\
         `field_pages`.\n\n## Common fields\n\nThe same for every vendor.\n"
    );
    for claimed in &streams(provider) {
        let name = provider.words.stream(*claimed);
        text.push_str(&format!(
            "\n### {name}\n\n| Here | In {} |\n|---|---|\n",
            provider.name
        ));
        for field in provider.common.iter().filter(|one| one.stream == *claimed) {
            let label = words(provider, field.key);
            // What has no word there does not exist there.
            let label = if label.is_empty() {
                "Queue".to_owned()
            } else {
                label
            };
            let source = match field.source {
                "" => "not told".to_owned(),
                source => source.to_owned(),
            };
            text.push_str(&format!("| {label} | {source} |\n"));
        }
    }
    text.push_str(&format!(
        "\n## Further fields\n\n| In {name} | Key here | Shown as | Section | Company users see it |\n|---|---|---|---|---|\n"
    ));
    for field in provider.catalogue {
        let seen = if field.sensitive { "no" } else { "yes" };
        text.push_str(&format!(
            "| `{}` | `{}` | {} | {} | {seen} |\n",
            field.source, field.key, field.label, field.section
        ));
    }
    text.push_str(&format!(
        "\n## Fields of your own\n\n{}.\n\nThey are kept as `udf:` and their name, and shown under *Own fields*. Company \
         users do not see them.\n",
        provider.own_fields
    ));
    text
}

/// Streams whose records a provider has, with comments that are read ticket by ticket.
fn streams(provider: &Provider) -> BTreeSet<Stream> {
    let claimed = provider.capability.streams.iter().map(|one| one.stream);
    let mut streams: BTreeSet<Stream> = claimed.filter(|one| !one.is_deletion_feed()).collect();
    streams.insert(Stream::TicketNotes);
    streams
}

/// The keys of the fields that every provider's records of a stream have.
fn keys(stream: Stream) -> BTreeSet<String> {
    let record = match stream {
        Stream::Companies => serde_json::to_value(CompanyRecord {
            other_type_ids: vec!["1".into()],
            ..CompanyRecord::default()
        }),
        Stream::Technicians => serde_json::to_value(TechnicianRecord::default()),
        Stream::Contacts => serde_json::to_value(ContactRecord::default()),
        Stream::ContactGroups => serde_json::to_value(ContactGroupRecord::default()),
        Stream::ContactGroupMembers => serde_json::to_value(ContactGroupMemberRecord::default()),
        Stream::Tickets => serde_json::to_value(TicketRecord::default()),
        Stream::Opportunities => serde_json::to_value(OpportunityRecord::default()),
        _ => serde_json::to_value(TicketNoteRecord {
            external_id: String::new(),
            ticket_external_id: String::new(),
            title: String::new(),
            body: domain::body::Body::plain(""),
            visibility: Visibility::Public,
            system: false,
            describes: true,
            contact_external_id: None,
            technician_external_id: None,
            author: Some(String::new()),
            created_at: None,
            updated_at: None,
        }),
    };
    let record = record.unwrap_or_default();
    assert!(record.is_object(), "{stream:?}: {record}");
    let keys = record
        .as_object()
        .into_iter()
        .flat_map(|record| record.keys().cloned());
    keys.filter(|key| !["external_id", "fields"].contains(&key.as_str()))
        .collect()
}

fn available() -> impl Iterator<Item = &'static Provider> {
    ALL.into_iter().filter(|provider| provider.available)
}

#[test]
fn field_pages() {
    let write = std::env::var_os("PORTICO_WRITE_FIELD_PAGES").is_some();
    for provider in available() {
        let file = format!("{}.md", provider.key.replace('_', "-"));
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/fields");
        let path = path.join(file);
        let expected = page(provider);
        if write {
            std::fs::write(&path, &expected).expect("a page that can be written");
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, expected, "{}", path.display());
        let keys: BTreeSet<_> = provider.catalogue.iter().map(|field| field.key).collect();
        assert_eq!(
            keys.len(),
            provider.catalogue.len(),
            "{}: a key twice",
            provider.key
        );
    }
}

#[test]
fn each_common_field_of_each_record_is_told_once() {
    for provider in available() {
        let streams = streams(provider);
        for stream in &streams {
            let told = provider.common.iter().filter(|one| one.stream == *stream);
            let mut told: Vec<&str> = told.map(|one| one.key).collect();
            told.sort_unstable();
            let expected: Vec<String> = keys(*stream).into_iter().collect();
            assert_eq!(told, expected, "{}: {stream:?}", provider.key);
        }
        let others = provider
            .common
            .iter()
            .find(|one| !streams.contains(&one.stream));
        assert_eq!(others, None, "{}", provider.key);
        assert!(!provider.own_fields.is_empty(), "{}", provider.key);
    }
}
