//! Signing in: one token for all, in time, with what scopes there are.

use connectors::ErrorKind;
use connectors::page::Page;
use domain::stream::Stream;
use serde_json::{Value, json};
use simulator::{Fault, FaultKind, HaloPsaCredentials};

use super::{HaloPsa, stand};
use crate::vendor::{Stand, Vendor, ids, ids_of, whole};

/// Requests for a token so far.
fn sign_ins(stand: &Stand) -> usize {
    stand.requests_about("token").len()
}

pub async fn shared() {
    let stand = HaloPsa.start().await;
    let connect = stand.connect();
    for _ in 0..3 {
        // As for each part of a run: a new connector in the same process.
        let connector = connectors::build("halo_psa", connect.clone()).expect("a connector");
        whole(&*connector, Stream::Companies).await.expect("pages");
    }
    assert_eq!(sign_ins(&stand), 1, "asked for once");
    let short = HaloPsaCredentials {
        token_seconds: 30,
        ..HaloPsaCredentials::default()
    };
    let stand = super::stand(short).await;
    let connector = stand.connector();
    whole(&*connector, Stream::Companies).await.expect("pages");
    let before = stand.control().journal();
    assert!(
        before.iter().all(|entry| entry.status == 200),
        "a token that ends within a minute is renewed before it is refused"
    );
    assert!(sign_ins(&stand) >= 2);
    // A token of another process counts as little as one that a restart of Halo forgot: refused once, renewed once.
    let stand = HaloPsa.start().await;
    let connector = stand.connector();
    whole(&*connector, Stream::Companies).await.expect("pages");
    stand.control().advance_clock(4_000_000);
    let found = whole(&*connector, Stream::Contacts).await.expect("renewed");
    assert_eq!(ids(&found), ids_of(stand.control(), "users"));
    let refused = stand.control().journal();
    assert_eq!(
        refused.iter().filter(|entry| entry.status == 401).count(),
        1
    );
    assert_eq!(sign_ins(&stand), 2);
}

pub async fn scopes() {
    for (granted, expected) in [
        ("all", "all"),
        (
            "edit:tickets read:customers read:crm edit:sales",
            "read:customers read:crm read:tickets read:sales",
        ),
        ("read:tickets read:customers", "read:customers read:tickets"),
    ] {
        let stand = stand(HaloPsaCredentials {
            scopes: granted.to_owned(),
            ..HaloPsaCredentials::default()
        })
        .await;
        let connect = stand.connect();
        let connector = connectors::build("halo_psa", connect.clone()).expect("a connector");
        whole(&*connector, Stream::Tickets).await.expect("pages");
        let asked = stand.requests_about("token");
        let last = asked.last().expect("it signed in");
        let scope = expected.replace(' ', "+").replace(':', "%3A");
        assert!(
            last.body.contains(&format!("scope={scope}")),
            "{granted}: {}",
            last.body
        );
    }
    let by_hand = stand(HaloPsaCredentials::default()).await;
    let connector = by_hand.connector_with("scope", "read:customers");
    whole(&*connector, Stream::Companies).await.expect("pages");
    let error = whole(&*connector, Stream::Tickets)
        .await
        .expect_err("not asked for");
    assert_eq!(error.kind, ErrorKind::PermissionDenied);
}

/// What the administrator grants or takes back while the process runs, with one memory as a process has.
pub async fn granted_later() {
    let stand = stand(HaloPsaCredentials {
        scopes: "read:tickets read:customers".to_owned(),
        ..HaloPsaCredentials::default()
    })
    .await;
    let control = stand.control();
    let connect = stand.connect();
    let connector = || connectors::build("halo_psa", connect.clone()).expect("a connector");
    let opportunities = || async { whole(&*connector(), Stream::Opportunities).await };
    let refused = opportunities().await.expect_err("not granted");
    assert_eq!(refused.kind, ErrorKind::PermissionDenied);
    control.set_security("application", "scopes", "all");
    // As people are told: grant it, then test again.
    let report = connector().test_connection().await.expect("a report");
    assert!(report.permissions.iter().all(|one| one.missing.is_none()));
    opportunities().await.expect("granted");
    // Narrowed: the token's life is the vendor's; behind it streams go on with what is left, and without a test.
    control.set_security("application", "scopes", "read:tickets read:customers");
    control.advance_clock(4_000_000);
    whole(&*connector(), Stream::Tickets).await.expect("pages");
    let refused = opportunities().await.expect_err("taken back");
    assert_eq!(refused.kind, ErrorKind::PermissionDenied);
    // Granted again: noticed with the next token at the latest.
    control.set_security("application", "scopes", "all");
    control.advance_clock(4_000_000);
    opportunities().await.expect("granted again");
}

pub async fn no_scope() {
    let stand = stand(HaloPsaCredentials {
        scopes: "read:calendar".to_owned(),
        ..HaloPsaCredentials::default()
    })
    .await;
    let error = stand
        .connector()
        .test_connection()
        .await
        .expect_err("nothing is granted");
    assert_eq!(
        (error.kind, error.field),
        (ErrorKind::PermissionDenied, Some("client_id"))
    );
    assert!(error.message.contains("read:tickets"), "{}", error.message);
    assert!(sign_ins(&stand) <= 5);
}

pub async fn outage() {
    let stand = HaloPsa.start().await;
    for kind in [
        FaultKind::Html,
        FaultKind::Status {
            code: 503,
            body: Some(json!({"error": "invalid_client"})),
            retry_after: None,
        },
    ] {
        stand.control().clear_faults();
        stand
            .control()
            .set_fault(Fault::new(kind).on_entity("token"));
        let error = stand
            .connector()
            .test_connection()
            .await
            .expect_err("it is down");
        assert_eq!(
            (error.kind, error.field),
            (ErrorKind::Unavailable, None),
            "{error}"
        );
        assert!(error.message.contains("check Tenant"), "{error}");
    }
    stand.control().clear_faults();
    let page = FaultKind::Status {
        code: 404,
        body: Some(json!("<html>Nothing here</html>")),
        retry_after: None,
    };
    stand
        .control()
        .set_fault(Fault::new(page).on_entity("token"));
    let error = stand
        .connector()
        .test_connection()
        .await
        .expect_err("no sign-in there");
    assert_eq!(
        (error.kind, error.field),
        (ErrorKind::Unavailable, Some("url"))
    );
}

fn answer(code: u16, body: Value) -> FaultKind {
    FaultKind::Status {
        code,
        body: Some(body),
        retry_after: None,
    }
}

/// Of a token that is refused once, and anything but a refusal where another one is asked for, no schedule is paused.
pub async fn odd_answers() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let connector = stand.connector();
    whole(&*connector, Stream::Companies).await.expect("pages");
    for (code, body) in [
        (200, json!("<html>Maintenance</html>")),
        (404, json!("<html>Nothing here</html>")),
        (403, json!("<html>Blocked</html>")),
        (200, json!({"status": "starting"})),
        (200, json!({"access_token": ""})),
        (400, json!({"error": "server_error"})),
        (400, json!("<html>Bad request</html>")),
        (404, json!({"error": "invalid_client"})),
    ] {
        let once = Fault::new(answer(401, json!({}))).on_entity("tickets");
        control.set_fault(once.times(1));
        control.set_fault(Fault::new(answer(code, body.clone())).on_entity("token"));
        let error = whole(&*connector, Stream::Tickets).await;
        let error = error.expect_err("it cannot sign in");
        assert_eq!(
            (error.kind, error.field, error.status),
            (ErrorKind::Unavailable, Some("url"), Some(code)),
            "{body}: {error}"
        );
        control.clear_faults();
        whole(&*connector, Stream::Tickets)
            .await
            .expect("it passed");
    }
    for (code, body) in [
        (401, json!({"error": "invalid_client"})),
        (401, json!({"message": "No."})),
        (400, json!({"error": "invalid_client"})),
        (400, json!({"error": "unauthorized_client"})),
        (400, json!({"error": "invalid_grant"})),
    ] {
        control.set_fault(Fault::new(answer(code, body.clone())).on_entity("token"));
        let error = stand.connector().test_connection().await;
        let error = error.expect_err("refused");
        assert_eq!(
            (error.kind, error.field),
            (ErrorKind::AuthFailed, Some("client_secret")),
            "{body}: {error}"
        );
        control.clear_faults();
    }
}

pub async fn sees_nothing() {
    let stand = HaloPsa.start().await;
    stand
        .control()
        .set_security("client", "query", "Restricted");
    let report = stand.connector().test_connection().await.expect("no error");
    let missing: Vec<_> = report.missing_required().collect();
    assert_eq!(missing.len(), 1, "{report:?}");
    let words = missing[0].missing.as_deref().unwrap_or_default();
    assert!(words.contains("Allow use of all Customers"), "{words}");
}

/// What is chosen from in the wizard is tried like what is synced, whether it is refused or empty; users are seen in every
/// instance.
pub async fn lists_to_choose_from() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    for (entity, level, area, words) in [
        ("tickettype", "None", "Ticket types", "Allow use of all ticket types"),
        ("tickettype", "Restricted", "Ticket types", "Allow use of all ticket types"),
        ("status", "None", "Statuses", "Tickets Access"),
        ("status", "Restricted", "Statuses", "Tickets Access"),
        ("users", "Restricted", "Contacts", "Users Access"),
    ] {
        control.set_security(entity, "query", level);
        let report = stand.connector().test_connection().await;
        let report = report.expect("no error");
        let missing: Vec<_> = report.missing_required().collect();
        assert_eq!(missing.len(), 1, "{entity}: {report:?}");
        assert_eq!(missing[0].area, area);
        let right = missing[0].missing.as_deref().unwrap_or_default();
        assert!(right.contains(words), "{entity}: {right}");
        stand.connector().reference_data().await.expect("the rest");
        control.set_security(entity, "query", "All");
    }
}

/// What a role leaves out is an empty list and no refusal; of teams and sites every instance has some.
pub async fn unseen() {
    let stand = HaloPsa.start().await;
    for entity in ["site", "team"] {
        stand.control().set_security(entity, "query", "Restricted");
    }
    let connector = stand.connector();
    let report = connector.test_connection().await.expect("no error");
    let lacking = report
        .permissions
        .iter()
        .filter(|one| one.missing.is_some());
    let areas: Vec<_> = lacking.map(|one| one.area.as_str()).collect();
    assert_eq!(areas, ["Teams", "Sites"]);
    for stream in [Stream::Companies, Stream::Contacts, Stream::Tickets] {
        let pages = whole(&*connector, stream).await.expect("pages");
        let beside = &pages[0].beside;
        assert!(beside[0].finding.missing.is_some(), "{beside:?}");
    }
}

pub async fn optional() {
    let stand = HaloPsa.start().await;
    for entity in ["opportunities", "site", "team", "category"] {
        stand.control().set_security(entity, "query", "None");
    }
    let connector = stand.connector();
    let report = connector.test_connection().await.expect("no error");
    assert_eq!(report.missing_required().count(), 0, "{report:?}");
    assert_eq!(
        report
            .permissions
            .iter()
            .filter(|one| one.missing.is_some())
            .count(),
        3,
        "teams and sites are told"
    );
    for stream in [Stream::Companies, Stream::Contacts, Stream::Tickets] {
        let pages = whole(&*connector, stream)
            .await
            .expect("they go on without");
        let lacks = |page: &Page| {
            let lacking = page.beside.iter().map(|one| &one.finding.missing);
            lacking.flatten().count() == 1
        };
        assert!(pages.iter().all(lacks));
    }
    connector
        .reference_data()
        .await
        .expect("without those lists");
}
