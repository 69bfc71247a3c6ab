//! Fields of records: the common ones come from where the field page says, and nowhere else; locations of companies and
//! contracts of tickets are read whole.

use std::collections::{BTreeMap, BTreeSet};

use domain::capability::NoteListing;
use domain::field::FieldValue;
use domain::location::{self, LOCATIONS};
use domain::provider::{self, Provider};
use domain::record::Batch;
use domain::reference::ReferenceKind;
use domain::stream::Stream;
use serde_json::Value;

use crate::case::Case;
use crate::vendor::{Stand, Vendor, capability, record_of, whole};

/// The cases.
pub fn cases(vendor: &'static dyn Vendor) -> Vec<Case> {
    let mut cases = vec![Case::new(
        "completeness",
        "common_fields_come_from_where_the_field_page_says",
        move || common(vendor),
    )];
    let mut catalogue = provider_of(vendor).catalogue.iter();
    if catalogue.any(|field| matches!(field.value, FieldValue::Reference(_))) {
        cases.push(Case::new(
            "reference_data",
            "ids_in_fields_have_names",
            move || referenced(vendor),
        ));
    }
    if provider_of(vendor).catalogue_field(LOCATIONS).is_some() {
        cases.push(Case::new(
            "list",
            "locations_of_companies_are_whole",
            move || locations(vendor),
        ));
    }
    if vendor.contract_field().is_some() {
        cases.push(Case::new(
            "list",
            "contracts_of_tickets_have_names",
            move || contracts(vendor),
        ));
    }
    cases
}

fn provider_of(vendor: &dyn Vendor) -> &'static Provider {
    provider::find(vendor.key()).expect("a provider")
}

/// Every record of a stream as JSON, by the stream.
async fn records(vendor: &dyn Vendor, stand: &Stand) -> BTreeMap<Stream, Vec<Value>> {
    let connector = stand.connector();
    let mut records: BTreeMap<Stream, Vec<Value>> = BTreeMap::new();
    let mut keep = |stream: Stream, batch: &Batch| {
        let ids = crate::vendor::batch_ids(batch);
        let all = ids.iter().filter_map(|id| record_of(batch, id));
        records.entry(stream).or_default().extend(all);
    };
    for claimed in capability(vendor).streams {
        let pages = whole(&*connector, claimed.stream).await.expect("pages");
        for page in &pages {
            keep(claimed.stream, &page.batch);
        }
    }
    if capability(vendor).notes == NoteListing::PerTicket {
        for ticket in stand.control().ids(vendor.entity(Stream::Tickets)) {
            let page = connector.ticket_notes(&ticket.to_string()).await;
            keep(Stream::TicketNotes, &page.expect("notes").batch);
        }
    }
    records
}

/// Whether a value says something.
fn says(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => !values.is_empty(),
        Value::Object(body) => body.get("text").is_none_or(says),
        _ => true,
    }
}

/// The vendor's names in a source, such as `dueDateTime` of `Tickets.dueDateTime, else created`.
fn names(source: &str) -> Vec<&str> {
    let words = source.split(|c: char| !(c.is_ascii_alphanumeric() || "._".contains(c)));
    let mut names = Vec::new();
    for word in words.map(|word| word.trim_matches('.')) {
        match word.split_once('.') {
            Some((_, path)) => names.extend(path.split('.')),
            None if is_a_name(word) => names.push(word),
            None => {}
        }
    }
    names
}

/// Whether a word is none of the language: it has an underscore, a digit behind letters, or a capital within.
fn is_a_name(word: &str) -> bool {
    let rest = word.get(1..).unwrap_or_default();
    let letters = word.starts_with(|c: char| c.is_ascii_lowercase());
    letters && rest.contains(|c: char| c == '_' || c.is_ascii_digit() || c.is_ascii_uppercase())
}

/// A field that the page calls *not told* is empty in every record, and of those with a source each name is one the vendor
/// uses, and each says something in some record.
async fn common(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    stand.control().keep_answers();
    vendor.fill(stand.control());
    let records = records(vendor, &stand).await;
    let journal = stand.control().journal();
    let mut spoken: BTreeSet<String> = BTreeSet::new();
    for answer in journal.iter().filter_map(|entry| entry.answer.as_deref()) {
        let quoted = answer.split('"').map(str::to_lowercase);
        spoken.extend(quoted.filter(|word| word.len() < 60));
    }
    let mut wrong = Vec::new();
    for field in provider_of(vendor).common {
        let Some(of_stream) = records.get(&field.stream) else {
            continue;
        };
        let place = format!("{} {:?}.{}", vendor.key(), field.stream, field.key);
        // What says nothing is left out of some records.
        let mut values = of_stream.iter().filter_map(|one| one.get(field.key));
        let told = values.any(says);
        if told == field.source.is_empty() {
            wrong.push(format!("{place} says {told}: {}", field.source));
        }
        let unheard = names(field.source).into_iter();
        let unheard = unheard.filter(|name| !spoken.contains(&name.to_lowercase()));
        wrong.extend(unheard.map(|name| format!("{place}: no answer has {name}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Companies have their locations, and what is changed in one of them is there with the next reading.
async fn locations(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let (entity, company_of, phone) = vendor.location().expect("an entity of locations");
    let control = stand.control();
    let all = control.records(entity, -1, 10_000).expect("locations");
    let home = |one: &Value| {
        let company = &one[company_of];
        let company = company.get("id").unwrap_or(company);
        company.as_f64().map(|id| format!("{id:.0}"))
    };
    let chosen = all[all.len() / 2].clone();
    let (id, company) = (chosen["id"].as_i64().expect("an id"), home(&chosen));
    let company = company.expect("a company");
    let mut second = chosen.clone();
    let members = second.as_object_mut().expect("an object");
    members.remove("id");
    members.insert("name".into(), "Second home".into());
    control.create(entity, second);
    let patch = Value::Object(
        [(phone.to_owned(), "555-4242".into())]
            .into_iter()
            .collect(),
    );
    control.patch(entity, id, patch);
    let connector = stand.connector();
    let pages = whole(&*connector, Stream::Companies).await.expect("pages");
    let mut found = BTreeMap::new();
    for page in &pages {
        let Batch::Companies(companies) = &page.batch else {
            panic!("companies")
        };
        for one in companies {
            let places = one.fields.get(LOCATIONS).map(location::of);
            found.insert(one.external_id.clone(), places.unwrap_or_default());
        }
    }
    let places = &found[&company];
    let changed = places
        .iter()
        .find(|one| one.phone.as_deref() == Some("555-4242"));
    let changed = changed.unwrap_or_else(|| panic!("{places:?}"));
    assert!(!changed.address().is_empty(), "{changed:?}");
    assert!(
        places.iter().any(|one| one.name == "Second home"),
        "{places:?}"
    );
    let expected: BTreeSet<String> = all.iter().filter_map(home).collect();
    let with_places = found.iter().filter(|(_, places)| !places.is_empty());
    let with_places: BTreeSet<String> = with_places.map(|(id, _)| id.clone()).collect();
    assert!(with_places.is_subset(&expected) && with_places.len() * 2 > expected.len());
    // One by itself has them too.
    let alone = connector.fetch(Stream::Companies, &company).await;
    let connectors::connector::Fetched::Record(Batch::Companies(one), _) = alone.expect("it")
    else {
        panic!("a company")
    };
    assert_eq!(
        one[0].fields.get(LOCATIONS).map(location::of),
        Some(places.clone())
    );
}

/// An id in a field whose value is one of reference data has its name there: pages show no numbers.
async fn referenced(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    vendor.fill(stand.control());
    let items = stand.connector().reference_data().await;
    let named: BTreeSet<(ReferenceKind, String)> = items
        .expect("reference data")
        .into_iter()
        .filter(|item| !item.label.is_empty())
        .map(|item| (item.kind, item.external_id))
        .collect();
    let (mut met, mut unnamed) = (0, BTreeSet::new());
    for record in records(vendor, &stand).await.into_values().flatten() {
        let fields = record["fields"].as_object();
        for (key, value) in fields.into_iter().flatten() {
            let entry = provider_of(vendor).catalogue_field(key);
            let Some(FieldValue::Reference(kind)) = entry.map(|entry| entry.value) else {
                continue;
            };
            let id = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            met += 1;
            if !named.contains(&(kind, id.clone())) {
                unnamed.insert((key.clone(), id));
            }
        }
    }
    assert!(met > 0, "no record has such a field");
    assert!(unnamed.is_empty(), "{unnamed:?}");
}

/// Tickets of clients with a contract have it by name: in the ticket, or in reference data by the number in it.
async fn contracts(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let connector = stand.connector();
    let field = vendor.contract_field().expect("a field");
    let items = connector.reference_data().await.expect("reference data");
    let named: BTreeSet<String> = items
        .iter()
        .filter(|item| item.kind == ReferenceKind::Contract && !item.label.is_empty())
        .map(|item| item.external_id.clone())
        .collect();
    let by_number = !named.is_empty();
    let pages = whole(&*connector, Stream::Tickets).await.expect("pages");
    let mut with = 0;
    for page in &pages {
        let Batch::Tickets(tickets) = &page.batch else {
            panic!("tickets")
        };
        for ticket in tickets {
            let Some(contract) = ticket.fields.get(field) else {
                continue;
            };
            let contract = contract.as_str().expect("a text");
            let is_number = contract.bytes().all(|byte| byte.is_ascii_digit());
            assert_eq!(is_number, by_number, "{contract}");
            assert!(!by_number || named.contains(contract), "{contract}");
            with += 1;
        }
    }
    assert!(with > 10, "{with} tickets have one");
}
