//! What only Syncro has, through the whole engine: contacts that are made of customers, and an instant of completion that
//! closes no ticket.

use std::collections::BTreeSet;

use domain::clock::UtcMillis;
use domain::reference::ReferenceKind;
use domain::run::RunState;
use domain::stream::Stream;
use serde_json::{Value, json};
use store::reference_items::list_reference_items;
use sync::request::RunMode;

use crate::portal::{Kind, Portal};
use crate::scope::change;
use crate::vendors::Desk;

on_both_engines!(
    a_field_of_contacts_becomes_their_type,
    a_type_that_no_contact_has_is_not_offered,
    of_two_contacts_with_the_customers_address_the_first_is_primary,
    p13_closed_statuses_decide_whatever_was_resolved,
    p5_a_made_contact_goes_when_a_real_one_appears,
    p5_a_made_contact_is_asked_for_before_it_goes,
);

async fn portal(kind: Kind) -> Portal {
    Desk::of("syncro").portal(kind).await
}

/// Its values are types of contacts, another choice reads the contacts anew, and a field that none has any more is told.
async fn a_field_of_contacts_becomes_their_type(kind: Kind) {
    const FIELD: &str = "Contact Type";
    let portal = portal(kind).await;
    let id = portal.connected().await;
    let items = async |kind: ReferenceKind| {
        list_reference_items(portal.store(), id, Some(kind))
            .await
            .expect("items")
    };
    let present = async |kind: ReferenceKind| -> BTreeSet<String> {
        let here = items(kind).await.into_iter();
        let here = here.filter(|item| item.removed_at.is_none());
        here.map(|item| item.label).collect()
    };
    let there = |name: &str| -> BTreeSet<String> {
        let contacts = portal.control.records("contacts", -1, 10_000);
        let contacts = contacts.expect("contacts");
        let values = contacts.iter().map(|one| one["properties"][name].clone());
        values
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect()
    };
    let choose = async |field: Option<&str>| {
        change(&portal, id, |settings| {
            settings.contact_type_field = field.map(str::to_owned);
        })
        .await;
    };
    let (types, fields) = (ReferenceKind::ContactType, ReferenceKind::SeenContactField);
    assert_eq!(present(types).await, BTreeSet::new());
    let seen = present(fields).await;
    assert!(seen.contains(FIELD) && seen.contains("title"), "{seen:?}");
    for name in [FIELD, "title", FIELD] {
        choose(Some(name)).await;
        let expected = there(name);
        assert!(expected.len() > 1, "{expected:?}");
        assert_eq!(present(types).await, expected, "{name}");
    }
    portal.sync(id, RunMode::Full).await;
    assert!(present(fields).await.contains(FIELD), "contacts have it");

    let told = async || {
        let settings = portal.integration(id).await.settings;
        let found = sync::setup::check(&settings, &items(fields).await, &[]);
        let mut found = found.into_iter().map(|problem| problem.field);
        found.any(|field| field == "contact_type_field")
    };
    assert!(!told().await);
    let all = portal.control.ids("contacts");
    let patch = |contact: i64, value: Value| {
        let properties = json!({ "properties": { FIELD: value } });
        portal.control.patch("contacts", contact, properties);
    };
    for contact in &all {
        patch(*contact, Value::Null);
    }
    portal.sync(id, RunMode::Full).await;
    assert!(!present(fields).await.contains(FIELD));
    assert!(told().await);
    patch(all[0], "Approver".into());
    portal.sync(id, RunMode::Full).await;
    assert!(present(fields).await.contains(FIELD));
    assert!(!told().await, "it is back");
    choose(None).await;
    assert_eq!(present(types).await, BTreeSet::new());
}

/// When all contacts were read, and it is back with the first one that has it.
async fn a_type_that_no_contact_has_is_not_offered(kind: Kind) {
    const FIELD: &str = "Contact Type";
    let portal = portal(kind).await;
    let id = portal.connected().await;
    change(&portal, id, |settings| {
        settings.contact_type_field = Some(FIELD.to_owned());
    })
    .await;
    let offered = async || -> BTreeSet<String> {
        let kind = Some(ReferenceKind::ContactType);
        let items = list_reference_items(portal.store(), id, kind).await;
        let here = items.expect("items").into_iter();
        let here = here.filter(|item| item.removed_at.is_none());
        here.map(|item| item.label).collect()
    };
    let mut expected = offered().await;
    assert!(expected.len() > 1, "{expected:?}");
    let gone = expected.pop_first().expect("a type");
    let contacts = portal.control.records("contacts", -1, 10_000);
    let contacts = contacts.expect("contacts");
    let of_type = contacts
        .iter()
        .filter(|one| one["properties"][FIELD] == gone.as_str());
    let of_type: Vec<i64> = of_type.filter_map(|one| one["id"].as_i64()).collect();
    let patch = |contact: i64, value: &str| {
        let properties = json!({ "properties": { FIELD: value } });
        portal.control.patch("contacts", contact, properties);
    };
    for contact in &of_type {
        patch(*contact, "Another");
    }
    portal.sync(id, RunMode::Full).await;
    expected.insert("Another".to_owned());
    assert_eq!(offered().await, expected);
    patch(of_type[0], &gone);
    portal.sync(id, RunMode::Full).await;
    expected.insert(gone);
    if of_type.len() == 1 {
        expected.remove("Another");
    }
    assert_eq!(offered().await, expected);
}

/// The ids of contacts that are made of customers.
async fn made(portal: &Portal, id: domain::id::IntegrationId) -> Vec<String> {
    let all = portal.present(id, Stream::Contacts).await;
    let made = all.into_iter().filter(|id| id.starts_with("customer:"));
    made.collect()
}

async fn p5_a_made_contact_goes_when_a_real_one_appears(kind: Kind) {
    let portal = portal(kind).await;
    let id = portal.connected().await;
    let before = made(&portal, id).await;
    assert!(before.len() > 1, "the world has such customers");
    let customer: i64 = before[0]["customer:".len()..].parse().expect("a number");
    let known = portal.control.get("customers", customer).expect("there");
    let real = portal.control.create(
        "contacts",
        json!({"customer_id": customer, "name": "Ida Moe", "email": known["email"]}),
    );
    let run = portal.sync(id, RunMode::Full).await;
    let part = portal.part(&run, Stream::Contacts).await;
    assert_eq!(
        (
            part.state,
            part.verified,
            part.counts.created,
            part.counts.removed
        ),
        (RunState::Completed, Some(true), 1, 1),
        "{part:?}"
    );
    assert_eq!(made(&portal, id).await, before[1..]);
    let present = portal.present(id, Stream::Contacts).await;
    assert!(present.contains(&real.to_string()));
}

/// The vendor's total proves nothing about them: a customer that a page happened to lack keeps its contact.
async fn p5_a_made_contact_is_asked_for_before_it_goes(kind: Kind) {
    let portal = portal(kind).await;
    let id = portal.connected().await;
    let before = made(&portal, id).await;
    // Contacts are read, customers are not: none of those made of them comes.
    portal
        .control
        .set_security("Customers - List/Search", "", "None");
    let run = portal.sync(id, RunMode::Full).await;
    let part = portal.part(&run, Stream::Contacts).await;
    assert_eq!(part.counts.removed, 0, "{part:?}");
    assert_eq!(made(&portal, id).await, before);
}

/// The ids of a customer's primary contacts.
async fn primary(portal: &Portal, id: domain::id::IntegrationId, customer: &str) -> Vec<String> {
    let ids: Vec<String> = portal
        .present(id, Stream::Contacts)
        .await
        .into_iter()
        .collect();
    let mut tx = portal.store().begin().await.expect("a transaction");
    let parts = store::pages::read_parts(&mut tx, id, Stream::Contacts, &ids);
    let parts = parts.await.expect("parts");
    tx.rollback().await.expect("nothing was written");
    let contacts = portal
        .control
        .records("contacts", -1, 10_000)
        .expect("them");
    let of = |one: &String| {
        let listed = contacts
            .iter()
            .find(|c| c["id"].as_i64() == one.parse().ok());
        let made = *one == format!("customer:{customer}");
        made || listed.is_some_and(|c| c["customer_id"].as_i64() == customer.parse().ok())
    };
    ids.into_iter()
        .filter(|one| parts[one].primary && of(one))
        .collect()
}

/// However far apart they are in the list, and again when the first one goes.
async fn of_two_contacts_with_the_customers_address_the_first_is_primary(kind: Kind) {
    let portal = portal(kind).await;
    let id = portal.connected().await;
    let customer = &made(&portal, id).await[0]["customer:".len()..];
    let number: i64 = customer.parse().expect("a number");
    let known = portal.control.get("customers", number).expect("there");
    let add = |name: String| {
        let email = known["email"].clone();
        let fields = json!({"customer_id": number, "name": name, "email": email});
        portal.control.create("contacts", fields)
    };
    let (first, second) = (add("Ida Moe".into()), add("Office".into()));
    portal.sync(id, RunMode::Full).await;
    assert_eq!(primary(&portal, id, customer).await, [first.to_string()]);
    let run = portal.sync(id, RunMode::Full).await;
    let counts = portal.part(&run, Stream::Contacts).await.counts;
    assert_eq!((counts.changed, counts.created), (0, 0), "it stays so");
    portal.control.delete("contacts", first);
    portal.sync(id, RunMode::Full).await;
    assert_eq!(primary(&portal, id, customer).await, [second.to_string()]);
    portal.control.delete("contacts", second);
    portal.sync(id, RunMode::Full).await;
    let itself = format!("customer:{customer}");
    assert_eq!(primary(&portal, id, customer).await, [itself]);
}

/// Unticking the status opens its tickets, and so does the vendor's putting one into another, though both keep the instant.
async fn p13_closed_statuses_decide_whatever_was_resolved(kind: Kind) {
    let portal = portal(kind).await;
    let id = portal.connected().await;
    let number = portal.control.ids("tickets")[5];
    let resolved = json!({"status": "Resolved"});
    portal.advance(UtcMillis::HOUR);
    portal.control.patch("tickets", number, resolved);
    portal.sync(id, RunMode::Incremental).await;
    let ticket = async || portal.tickets().await[&number.to_string()].clone();
    let closed = ticket().await;
    assert!(closed.closed && closed.closed_at.is_some(), "{closed:?}");
    change(&portal, id, |settings| {
        assert!(settings.closed_statuses.remove("Resolved"), "proposed");
    })
    .await;
    let open = ticket().await;
    assert!(!open.closed && open.closed_at.is_none(), "{open:?}");
    change(&portal, id, |settings| {
        settings.closed_statuses.insert("Resolved".to_owned());
    })
    .await;
    assert_eq!(ticket().await, closed);
    portal.advance(UtcMillis::HOUR);
    let reopened = json!({"status": "In Progress"});
    portal.control.patch("tickets", number, reopened);
    portal.sync(id, RunMode::Incremental).await;
    let open = ticket().await;
    assert!(!open.closed && open.closed_at.is_none(), "{open:?}");
}
