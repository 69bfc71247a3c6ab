//! What only Syncro has, through the whole engine: contacts that are made of customers.

use domain::run::RunState;
use domain::stream::Stream;
use serde_json::json;
use sync::request::RunMode;

use crate::portal::{Kind, Portal, Setup};

on_both_engines!(
    p5_a_made_contact_goes_when_a_real_one_appears,
    p5_a_made_contact_is_asked_for_before_it_goes,
);

async fn portal(kind: Kind) -> Portal {
    let setup = Setup {
        vendor: "syncro",
        request_limit: Some(100_000),
        ..Setup::default()
    };
    Portal::with(kind, setup).await
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
