//! Zones and rights of an API user.

use connectors::ErrorKind;
use domain::stream::Stream;
use serde_json::json;
use simulator::{Fault, FaultKind};

use super::{VENDOR, status};
use crate::vendor::{Vendor, whole};

/// A part of a run builds a connector of its own; the zone is looked up once per process, and again when it refuses.
pub async fn zone_is_remembered() {
    let stand = VENDOR.start().await;
    let memory = stand.connect().memory;
    let build = || {
        let connect = connectors::Connect {
            memory: memory.clone(),
            ..stand.connect()
        };
        connectors::build("autotask", connect).expect("a connector")
    };
    for _ in 0..3 {
        whole(&*build(), Stream::ContactGroups)
            .await
            .expect("pages");
    }
    let journal = stand.control().journal();
    let looked_up = journal
        .iter()
        .filter(|entry| entry.path.to_lowercase().contains("zoneinformation"));
    assert_eq!(looked_up.count(), 1);
}

/// A tenant that was moved is called by its new zone, although an earlier connector of the process remembers the old one.
pub async fn zone_moved_is_named() {
    let stand = VENDOR.start().await;
    let memory = stand.connect().memory;
    let test = async || {
        let connect = connectors::Connect {
            memory: memory.clone(),
            ..stand.connect()
        };
        let connector = connectors::build("autotask", connect).expect("a connector");
        connector.test_connection().await.expect("it works").account
    };
    assert!(test().await.contains("Sandbox East"));
    stand.control().set_zone_moved(true);
    let account = test().await;
    assert!(account.contains("Sandbox West"), "{account}");
}

pub async fn zone_by_hand() {
    let stand = VENDOR.start().await;
    let base = stand.connect().base_url.expect("a base address");
    stand
        .control()
        .set_fault(Fault::new(FaultKind::Html).on_path("zoneInformation"));
    let by_hand = stand.connector_with("zone_url", &format!("{base}atservicesrest/"));
    let report = by_hand.test_connection().await.expect("no look-up needed");
    assert!(report.account.contains("by hand"), "{}", report.account);
    let mut connect = stand.connect();
    connect
        .credentials
        .insert("zone_url".into(), "https://zone.elsewhere.example/".into());
    let error = connectors::build("autotask", connect)
        .err()
        .expect("not Autotask's");
    assert_eq!(
        (error.kind, error.field),
        (ErrorKind::Invalid, Some("zone_url"))
    );
}

pub async fn foreign_zone() {
    let stand = VENDOR.start().await;
    let zone = json!({ "zoneName": "Trap", "url": "http://127.0.0.2:9/atservicesrest/", "webUrl": "", "ci": 1 });
    stand
        .control()
        .set_fault(Fault::new(status(200, zone)).on_path("zoneInformation"));
    let error = stand
        .connector()
        .test_connection()
        .await
        .expect_err("not the vendor's host");
    assert_eq!(error.kind, ErrorKind::Unexpected);
    assert!(
        error.message.contains("no credentials were sent"),
        "{}",
        error.message
    );
    for zone in [json!({ "zoneName": "Nowhere", "url": null }), json!({})] {
        stand.control().clear_faults();
        stand
            .control()
            .set_fault(Fault::new(status(200, zone)).on_path("zoneInformation"));
        let error = stand
            .connector()
            .test_connection()
            .await
            .expect_err("no address");
        assert_eq!(
            (error.kind, error.field),
            (ErrorKind::AuthFailed, Some("user_name"))
        );
    }
}

pub async fn zone_outage() {
    let stand = VENDOR.start().await;
    for fault in [
        FaultKind::Html,
        status(500, json!({ "errors": ["Execution Timeout Expired."] })),
        status(500, json!({ "message": "An error has occurred." })),
        status(500, json!({ "errors": [] })),
        status(500, json!({})),
    ] {
        stand
            .control()
            .set_fault(Fault::new(fault.clone()).on_path("zoneInformation"));
        let error = stand
            .connector()
            .test_connection()
            .await
            .expect_err("an outage");
        assert_eq!(
            (error.kind, error.field),
            (ErrorKind::Unavailable, None),
            "the schedule must not be paused for this: {fault:?}"
        );
        stand.control().clear_faults();
    }
    stand.control().set_fault(
        Fault::new(FaultKind::Html)
            .on_path("zoneInformation")
            .times(1),
    );
    stand
        .connector()
        .test_connection()
        .await
        .expect("it passed");
}

pub async fn zone_behind_a_proxy() {
    for (code, kind) in [
        (302, ErrorKind::Unexpected),
        (400, ErrorKind::Invalid),
        (403, ErrorKind::PermissionDenied),
        (407, ErrorKind::Invalid),
    ] {
        let stand = VENDOR.start().await;
        stand
            .control()
            .set_fault(Fault::new(status(code, json!("Blocked."))).on_path("zoneInformation"));
        let error = stand
            .connector()
            .test_connection()
            .await
            .expect_err("something in between");
        assert_eq!(
            (error.kind, error.field),
            (kind, None),
            "HTTP {code} says nothing about the user"
        );
    }
}

pub async fn restricted() {
    let stand = VENDOR.start().await;
    stand
        .control()
        .set_security("Tickets", "query", "Restricted");
    let report = stand.connector().test_connection().await.expect("a report");
    assert_eq!(
        report.missing_required().count(),
        0,
        "Restricted still answers"
    );
    let refusal = json!({ "errors": ["The logged in Resource does not have the adequate permissions to query this entity type."] });
    stand
        .control()
        .set_fault(Fault::new(status(500, refusal)).on_path("Tickets/query"));
    let report = stand.connector().test_connection().await.expect("a report");
    let missing: Vec<_> = report
        .missing_required()
        .map(|finding| finding.area.as_str())
        .collect();
    assert_eq!(
        missing,
        ["Tickets"],
        "the level says Restricted, the query says no"
    );
}

pub async fn optional_rights() {
    let stand = VENDOR.start().await;
    for (entity, action) in [
        ("Opportunities", "query"),
        ("DeletedTicketLogs", "query"),
        ("DeletedTicketActivityLogs", "query"),
        ("TicketWebhooks", "create"),
    ] {
        stand.control().set_security(entity, action, "None");
    }
    let report = stand.connector().test_connection().await.expect("a report");
    assert_eq!(report.missing_required().count(), 0);
    let missing: Vec<_> = report
        .permissions
        .iter()
        .filter_map(|finding| finding.missing.as_deref())
        .collect();
    assert_eq!(missing.len(), 4, "{missing:?}");
    assert!(
        missing.contains(&"Security level: Other > Can create webhooks"),
        "{missing:?}"
    );
    assert!(
        report.account.contains("23117") || report.account.contains("23,117"),
        "{}",
        report.account
    );
    assert!(report.web_url.is_some());
}
