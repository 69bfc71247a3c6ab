//! Connecting: good credentials, each wrong one, and missing rights.

use std::sync::Arc;

use connectors::ErrorKind;
use domain::scope::Scope;
use domain::stream::Stream;
use simulator::Control;

use crate::case::Case;
use crate::vendor::{Vendor, batch_ids, capability, tickets, whole};

/// The cases of this area.
pub fn cases(vendor: &'static dyn Vendor) -> Vec<Case> {
    let mut cases = vec![
        Case::new("connect", "good_credentials", move || async move {
            let stand = vendor.start().await;
            let report = stand
                .connector()
                .test_connection()
                .await
                .expect("good credentials");
            assert!(!report.account.is_empty());
            assert!(!report.permissions.is_empty());
            assert_eq!(report.missing_required().count(), 0, "{report:?}");
        }),
        Case::new(
            "connect",
            "a_test_counts_its_requests",
            move || async move {
                let stand = vendor.start().await;
                let connect = stand.connect();
                let counter = std::sync::Arc::clone(&connect.requests);
                connectors::build(vendor.key(), connect)
                    .expect("a connector")
                    .test_connection()
                    .await
                    .expect("good");
                assert_eq!(counter.total(), stand.control().request_count());
            },
        ),
        Case::new("connect", "credentials_revoked_later", move || async move {
            let stand = vendor.start().await;
            let connector = stand.connector();
            whole(&*connector, Stream::Companies)
                .await
                .expect("they are good");
            stand.control().set_credentials_valid(false);
            let error = whole(&*connector, Stream::Companies)
                .await
                .expect_err("they are revoked");
            assert_eq!(error.kind, ErrorKind::AuthFailed);
            stand.control().set_credentials_valid(true);
            whole(&*connector, Stream::Companies)
                .await
                .expect("they are good again");
        }),
        Case::new("connect", "limits_name_an_account", move || async move {
            let stand = vendor.start().await;
            let limits = stand.connector().limits().await.expect("limits");
            assert!(
                limits.account_key.starts_with(vendor.key()),
                "{}",
                limits.account_key
            );
            assert_eq!(
                limits,
                stand.connector().limits().await.expect("limits"),
                "the same for every job"
            );
        }),
        Case::new(
            "connect",
            "a_closed_port_is_said_in_words",
            move || async move {
                let stand = vendor.start().await;
                let mut connect = stand.connect();
                let base = connect.base_url.as_mut().expect("a base address");
                base.set_port(Some(1)).expect("a port");
                let error = connectors::build(vendor.key(), connect)
                    .expect("a connector")
                    .test_connection()
                    .await;
                let error = error.expect_err("nothing listens there");
                assert_eq!((error.kind, error.status), (ErrorKind::Unavailable, None));
                assert!(
                    error.message.contains("refused the connection"),
                    "{}",
                    error.message
                );
                assert!(error.no_effect, "it never left");
            },
        ),
    ];
    if let Some(expire) = vendor.expire() {
        cases.push(Case::new(
            "connect",
            "what_was_found_out_expires_in_mid_run",
            move || expires(vendor, expire),
        ));
    }
    for wrong in vendor.wrong_credentials() {
        cases.push(Case::new(
            "connect",
            format!("wrong_{}", wrong.field),
            move || async move {
                let stand = vendor.start().await;
                let error = stand
                    .connector_with(wrong.field, wrong.value)
                    .test_connection()
                    .await;
                let error = error.expect_err("the vendor does not know it");
                assert_eq!(
                    (error.kind, error.field),
                    (ErrorKind::AuthFailed, Some(wrong.blamed)),
                    "{error}"
                );
            },
        ));
    }
    for stream in [
        Stream::Companies,
        Stream::Contacts,
        Stream::Technicians,
        Stream::Tickets,
    ] {
        if capability(vendor).stream(stream).is_none() {
            continue;
        }
        cases.push(Case::new(
            "connect",
            format!("missing_right_{}", stream.key()),
            move || async move {
                let stand = vendor.start().await;
                stand
                    .control()
                    .set_security(vendor.entity(stream), "query", "None");
                let report = stand
                    .connector()
                    .test_connection()
                    .await
                    .expect("a missing right is no error");
                let missing: Vec<_> = report.missing_required().collect();
                assert_eq!(missing.len(), 1, "{report:?}");
                let right = missing[0].missing.as_deref().unwrap_or_default();
                assert!(
                    right.contains('>') && right.contains('—'),
                    "in the words of the screens: {right}"
                );
                let error = whole(&*stand.connector(), stream)
                    .await
                    .expect_err("it is not allowed");
                let (kind, word) = vendor.missing_right();
                assert_eq!(error.kind, kind);
                assert!(
                    error.message.contains(word),
                    "in the vendor's words: {}",
                    error.message
                );
            },
        ));
    }
    cases
}

/// A token runs out, or the tenant moves, between two pages: found again once, and the walk goes on where it was.
async fn expires(vendor: &'static dyn Vendor, expire: fn(&Control)) {
    let stand = vendor.start().await;
    let connector = stand.connector();
    let scope = Scope::default();
    let page = |cursor| {
        let connector = Arc::clone(&connector);
        let scope = scope.clone();
        async move {
            connector
                .list_page(tickets(Option::as_ref(&cursor), &scope, 50))
                .await
        }
    };
    let first = page(None).await.expect("a page");
    expire(stand.control());
    let second = page(first.next.clone()).await.expect("found again");
    let before = batch_ids(&first.batch);
    assert!(
        batch_ids(&second.batch)
            .iter()
            .all(|id| !before.contains(id))
    );
    let asked = stand.control().request_count();
    page(second.next.clone()).await.expect("known now");
    assert_eq!(stand.control().request_count(), asked + 1, "found once");
    stand.control().set_credentials_valid(false);
    let error = page(None).await.expect_err("they are revoked");
    assert_eq!(error.kind, ErrorKind::AuthFailed);
    assert!(
        stand.control().request_count() <= asked + 4,
        "one look for another place, no circles"
    );
}
