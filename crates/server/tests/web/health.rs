//! Health, readiness, metrics.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::harness::Site;

async fn get(
    site: &Site,
    path: &str,
    peer: &str,
    headers: &[(&str, &str)],
) -> crate::harness::Page {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.send(request.body(Body::empty()).unwrap(), peer).await
}

#[tokio::test]
async fn a_process_without_worker_is_healthy_and_not_ready() {
    let site = Site::start().await;
    assert_eq!(get(&site, "/healthz", "192.0.2.7", &[]).await.text, "ok\n");
    let page = get(&site, "/readyz", "192.0.2.7", &[]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        (
            page.json()["database"].clone(),
            page.json()["worker"].clone()
        ),
        ("ok".into(), "missing".into())
    );
    for (id, works, expected) in [
        ("pages", false, StatusCode::SERVICE_UNAVAILABLE),
        ("node", true, StatusCode::OK),
    ] {
        let mut tx = site.app.store().begin().await.unwrap();
        store::nodes::upsert_node(&mut tx, id, "http://127.0.0.1", "0", works)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            get(&site, "/readyz", "192.0.2.7", &[]).await.status,
            expected,
            "{id}"
        );
    }
    site.clock.advance(60_000);
    assert_eq!(
        get(&site, "/readyz", "192.0.2.7", &[]).await.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "the node is gone"
    );
}

#[tokio::test]
async fn metrics_are_for_this_machine_or_the_token() {
    let site = Site::start_with(&[("PORTICO__METRICS__TOKEN", "scrape-me")]).await;
    get(
        &site,
        "/profile/sessions/0196f5a4-0000-7000-8000-000000000000/revoke",
        "127.0.0.1",
        &[],
    )
    .await;
    let page = get(&site, "/metrics", "127.0.0.1", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text.contains("portico_http_requests_total"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("0196f5a4"), "labels carry no ids");
    assert_eq!(
        get(&site, "/metrics", "192.0.2.7", &[]).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        get(
            &site,
            "/metrics",
            "127.0.0.1",
            &[("x-forwarded-for", "192.0.2.7")]
        )
        .await
        .status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        get(
            &site,
            "/metrics",
            "192.0.2.7",
            &[("authorization", "Bearer scrape-me")]
        )
        .await
        .status,
        StatusCode::OK
    );
    assert_eq!(
        get(
            &site,
            "/metrics",
            "192.0.2.7",
            &[("authorization", "Bearer scrape-mf")]
        )
        .await
        .status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn metrics_behind_a_proxy_need_the_token() {
    let address = (
        "PORTICO__SERVER__BASE_ADDRESS",
        "https://portal.example.com",
    );
    let site = Site::start_with(&[address, ("PORTICO__METRICS__TOKEN", "scrape-me")]).await;
    let page = get(&site, "/metrics", "127.0.0.1", &[]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let token = [("authorization", "Bearer scrape-me")];
    let page = get(&site, "/metrics", "127.0.0.1", &token).await;
    assert_eq!(page.status, StatusCode::OK);
}

#[tokio::test]
async fn every_described_metric_is_there_and_records_name_their_provider() {
    let site = Site::start_connected().await;
    get(&site, "/healthz", "127.0.0.1", &[]).await;
    let page = get(&site, "/metrics", "127.0.0.1", &[]).await;
    for (_, name, text) in portico::web::metrics::METRICS {
        assert!(
            page.text.contains(&format!("# HELP {name} {text}")),
            "{name}"
        );
        let sample = |line: &str| line.starts_with(name) && !line.starts_with('#');
        assert!(page.text.lines().any(sample), "{name} has no value");
    }
    for line in page
        .text
        .lines()
        .filter(|line| line.starts_with("portico_"))
    {
        let known = |(_, name, _): &(_, &str, _)| line.starts_with(name);
        assert!(portico::web::metrics::METRICS.iter().any(known), "{line}");
    }
    for sample in [
        "portico_sync_records_total{provider=\"autotask\",stream=\"tickets\",what=\"created\"}",
        "portico_database_connections{pool=\"write\",state=\"max\"} 1",
        "portico_database_connections{pool=\"read\",state=\"in_use\"}",
        "portico_database_connections{pool=\"read\",state=\"idle\"}",
    ] {
        assert!(page.text.contains(sample), "{sample}: {}", page.text);
    }
}
