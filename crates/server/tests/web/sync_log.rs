//! The sync log: runs, one run, its live stream, the diagnostic bundle.

use axum::http::StatusCode;

use crate::harness::{Site, credentials};

const RUNS: &str = "/settings/integrations/autotask/runs";

async fn first_run(site: &Site) -> String {
    let all = store::integrations::list_integrations(site.app.store())
        .await
        .unwrap();
    let runs = store::runs::list_runs(site.app.store(), all[0].id, None, 10)
        .await
        .unwrap();
    format!("{RUNS}/{}", runs.last().unwrap().uuid)
}

#[tokio::test]
async fn a_run_is_explained_line_by_line() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let list = browser.get(RUNS).await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    assert!(list.text.contains("First connection"), "what started it");
    let page = browser.get(&first_run(&site).await).await;
    for word in [
        "Companies",
        "Tickets",
        "Ticket notes",
        "Created",
        "Unchanged",
        "Out of scope",
        "Set aside",
        "verified",
    ] {
        assert!(page.text.contains(word), "{word}");
    }
    assert!(page.text.contains("Resources"), "the vendor's word");
    assert!(!page.text.contains("Technicians"), "the vendor's word");
    assert!(
        !page.text.contains("not verified"),
        "a stream read by change has nothing to verify"
    );
    assert!(
        !page.text.contains("data-live="),
        "a run that is over needs no stream"
    );
}

#[tokio::test]
async fn the_live_stream_sends_the_progress_and_ends_with_the_run() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    browser
        .extra
        .push(("accept", "text/event-stream".to_owned()));
    let page = browser
        .get(&format!("{}/events", first_run(&site).await))
        .await;
    assert_eq!(page.header("content-type"), "text/event-stream");
    assert!(page.text.contains("event: part"), "{}", page.text);
    assert!(page.text.contains("id=\"run-progress\""));
    assert!(page.text.contains("event: done"), "it ends by itself");
}

#[tokio::test]
async fn the_bundle_is_a_file_without_secrets() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let page = browser
        .get(&format!("{}/diagnostics", first_run(&site).await))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.header("content-disposition")
            .starts_with("attachment; filename=\"portico-autotask-")
    );
    for secret in credentials().values() {
        assert!(!page.text.contains(secret), "{secret}");
    }
    assert!(
        page.json()["streams"]
            .as_array()
            .is_some_and(|streams| !streams.is_empty())
    );
}

#[tokio::test]
async fn a_run_of_another_integration_is_not_found() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    for run in ["nonsense", "0196f5a4-0000-7000-8000-000000000000"] {
        assert_eq!(
            browser.get(&format!("{RUNS}/{run}")).await.status,
            StatusCode::NOT_FOUND,
            "{run}"
        );
    }
}
