//! *Sync PSA Data* while the vendor is down, refuses, or works: what happened is stored for the page, and it is tried
//! again.

use domain::clock::UtcMillis;
use domain::hint::Hint;
use domain::id::IntegrationId;
use domain::status::IntegrationStatus;
use simulator::{Fault, FaultKind};
use store::reference_reads::ReferenceRead;
use sync::reference_data::refresh_reference_data;
use sync::status::{Overview, overview};

use crate::portal::{Kind, Portal, ann};

on_both_engines! {
    a_vendor_that_is_down_is_told_and_asked_again_with_backoff,
    refused_credentials_are_told_and_not_asked_again,
    a_person_who_asks_again_hastens_the_waiting_attempt,
}

async fn look(portal: &Portal, id: IntegrationId) -> Overview {
    overview(&portal.engine, id)
        .await
        .expect("a read")
        .expect("the integration")
}

async fn read(portal: &Portal, id: IntegrationId) -> ReferenceRead {
    look(portal, id)
        .await
        .reference_read
        .expect("something to say")
}

async fn ask(portal: &Portal, id: IntegrationId) {
    refresh_reference_data(&portal.engine, &ann(), id)
        .await
        .expect("asked");
}

async fn a_vendor_that_is_down_is_told_and_asked_again_with_backoff(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let before = portal.integration(id).await.reference_data_at;
    portal.advance(UtcMillis::HOUR);
    portal.control.set_fault(Fault::new(FaultKind::Status {
        code: 503,
        body: Some(serde_json::json!({ "errors": ["Down for maintenance"] })),
        retry_after: None,
    }));
    ask(&portal, id).await;
    assert!(read(&portal, id).await.waits(), "asked, not yet read");
    for (number, minutes) in [1, 2, 5].into_iter().enumerate() {
        portal.idle().await;
        let failed = read(&portal, id).await;
        assert!(!failed.waits());
        assert_eq!(failed.failures, number as i64 + 1);
        let words = failed.message.expect("the vendor's words");
        assert!(words.contains("Down for maintenance"), "{words}");
        assert_eq!(failed.hint, Some(Hint::VendorTrouble));
        let next = failed.next_attempt_at.expect("it is tried again");
        assert_eq!(next.since(portal.clock_now()), minutes * UtcMillis::MINUTE);
        portal.advance(minutes * UtcMillis::MINUTE);
    }
    assert_eq!(
        portal.integration(id).await.reference_data_at,
        before,
        "the last success stays told"
    );
    portal.control.clear_faults();
    portal.idle().await;
    assert_eq!(look(&portal, id).await.reference_read, None);
    assert_eq!(
        portal.integration(id).await.reference_data_at,
        Some(portal.clock_now())
    );
}

async fn refused_credentials_are_told_and_not_asked_again(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    portal.control.set_credentials_valid(false);
    ask(&portal, id).await;
    portal.idle().await;
    let failed = read(&portal, id).await;
    assert_eq!(failed.hint, Some(Hint::Credentials));
    assert_eq!(failed.next_attempt_at, None);
    let known = look(&portal, id).await;
    assert_eq!(known.status.status, IntegrationStatus::Error);
    assert!(
        known.trouble.is_some(),
        "refused is refused, whoever met it"
    );
    ask(&portal, id).await;
    portal.idle().await;
    let again = read(&portal, id).await;
    assert!(!again.waits(), "whoever asks again is told at once");
    assert_eq!(again.message, failed.message);
}

async fn a_person_who_asks_again_hastens_the_waiting_attempt(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    portal.control.set_fault(Fault::new(FaultKind::Status {
        code: 503,
        body: None,
        retry_after: None,
    }));
    ask(&portal, id).await;
    portal.idle().await;
    assert!(!read(&portal, id).await.waits());
    portal.control.clear_faults();
    portal.idle().await;
    assert!(look(&portal, id).await.reference_read.is_some(), "not due");
    ask(&portal, id).await;
    assert!(read(&portal, id).await.waits());
    portal.idle().await;
    assert_eq!(look(&portal, id).await.reference_read, None);
}
