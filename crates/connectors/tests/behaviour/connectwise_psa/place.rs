//! Where a tenant's API is, and rights of an API member.

use connectors::ErrorKind;
use domain::stream::Stream;
use serde_json::{Value, json};
use simulator::{Fault, FaultKind};

use super::{VENDOR, status};
use crate::vendor::{Vendor, whole};

const LOOK_UP: &str = "companyinfo";

/// A part of a run builds a connector of its own; the codebase is looked up once per process.
pub async fn remembered() {
    let stand = VENDOR.start().await;
    let memory = stand.connect().memory;
    for _ in 0..3 {
        let connect = connectors::Connect {
            memory: memory.clone(),
            ..stand.connect()
        };
        let connector = connectors::build("connectwise_psa", connect).expect("a connector");
        whole(&*connector, Stream::Technicians)
            .await
            .expect("pages");
    }
    let journal = stand.control().journal();
    let looked_up = journal
        .iter()
        .filter(|entry| entry.path.to_lowercase().contains(LOOK_UP));
    assert_eq!(looked_up.count(), 1);
}

pub async fn outage() {
    let stand = VENDOR.start().await;
    for fault in [
        FaultKind::Html,
        status(500, json!({ "message": "An error has occurred." })),
        status(503, json!("<html>Down</html>")),
    ] {
        stand
            .control()
            .set_fault(Fault::new(fault.clone()).on_path(LOOK_UP));
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
    stand
        .control()
        .set_fault(Fault::new(FaultKind::Html).on_path(LOOK_UP).times(1));
    let report = stand.connector().test_connection().await;
    report.expect("it passed");
}

/// While a server is upgraded, what stands before it may have no page for any address: its own, the company's included. A
/// company that is not known is told by the product itself.
pub async fn upgrade() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let connector = stand.connector();
    whole(&*connector, Stream::Technicians)
        .await
        .expect("pages");
    let page = || Fault::new(status(404, json!("<html>Nothing here</html>")));
    control.set_fault(page());
    for connector in [connector, stand.connector()] {
        let error = whole(&*connector, Stream::Technicians).await;
        let error = error.expect_err("an upgrade");
        assert_eq!(
            (error.kind, error.field, error.status),
            (ErrorKind::Unavailable, Some("company_id"), Some(404)),
            "{error}"
        );
        let error = connector.test_connection().await;
        let error = error.expect_err("an upgrade");
        assert_eq!(error.kind, ErrorKind::Unavailable, "{error}");
    }
    control.clear_faults();
    let unknown = json!({"code": "NotFound", "message": "Company not found"});
    control.set_fault(Fault::new(status(404, unknown)).on_path(LOOK_UP));
    let error = stand.connector().test_connection().await;
    let error = error.expect_err("nobody knows it");
    assert_eq!(
        (error.kind, error.field),
        (ErrorKind::AuthFailed, Some("company_id"))
    );
}

pub async fn no_codebase() {
    let stand = VENDOR.start().await;
    let answers: [(Value, ErrorKind); 4] = [
        (json!(null), ErrorKind::AuthFailed),
        (json!({ "CompanyName": "x" }), ErrorKind::Unexpected),
        (
            json!({ "Codebase": "../../evil", "SiteUrl": "evil.example" }),
            ErrorKind::Unexpected,
        ),
        (json!([1]), ErrorKind::Unexpected),
    ];
    for (answer, kind) in answers {
        stand.control().clear_faults();
        stand
            .control()
            .set_fault(Fault::new(status(200, answer.clone())).on_path(LOOK_UP));
        let error = stand
            .connector()
            .test_connection()
            .await
            .expect_err("no codebase");
        assert_eq!(error.kind, kind, "{answer}: {error}");
    }
    let asked = stand.control().journal();
    assert!(
        asked
            .iter()
            .all(|entry| entry.path.to_lowercase().contains(LOOK_UP)),
        "no credentials were sent anywhere"
    );
}

pub async fn optional_rights() {
    let stand = VENDOR.start().await;
    for entity in ["sales/opportunities", "time/entries", "system/callbacks"] {
        stand.control().set_security(entity, "query", "None");
    }
    let report = stand.connector().test_connection().await.expect("a report");
    assert_eq!(report.missing_required().count(), 0);
    let missing: Vec<_> = report
        .permissions
        .iter()
        .filter_map(|finding| finding.missing.as_deref())
        .collect();
    assert_eq!(missing.len(), 4, "{missing:?}");
    assert!(report.account.contains("v2025.1"), "{}", report.account);
    assert!(report.web_url.is_some());
}
