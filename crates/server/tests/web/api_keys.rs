//! *Settings → API keys*.

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use portico::web::api::scope::Scope;

use crate::harness::{Site, key_with};

#[tokio::test]
async fn a_token_is_shown_once_and_works_until_revoked() {
    let site = Site::start().await;
    let key = key_with(&site, &[Scope::TicketsRead]).await;
    assert!(key.starts_with("pk_") && key.len() == 46, "{key}");
    assert_eq!(
        site.api("/api/v1/tickets", &key).await.status,
        StatusCode::OK
    );
    let mut browser = site.admin().await;
    let page = browser.get("/settings/api-keys").await;
    assert!(
        !page.text.contains(&key) && page.text.contains(&key[..8]),
        "only the beginning is shown again"
    );
    let id = page
        .text
        .split("/settings/api-keys/")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(
        browser
            .post(&format!("/settings/api-keys/{id}/revoke"), &[])
            .await
            .location(),
        "/settings/api-keys?notice=key_revoked"
    );
    assert_eq!(
        site.api("/api/v1/tickets", &key).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert!(
        browser
            .get("/settings/api-keys")
            .await
            .text
            .contains("Revoked")
    );
}

#[tokio::test]
async fn a_key_needs_a_name_and_a_scope() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let page = browser.post("/settings/api-keys", &[("name", " ")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text.contains("Enter a name") && page.text.contains("Choose what the key may read")
    );
}

#[tokio::test]
async fn requests_are_limited_per_key_and_told() {
    let site = Site::start().await;
    let key = key_with(&site, &[Scope::TicketsRead]).await;
    let page = site.api("/api/v1/tickets", &key).await;
    assert_eq!(
        (
            page.header("x-ratelimit-limit"),
            page.header("x-ratelimit-remaining")
        ),
        ("300", "299")
    );
    assert_eq!(page.header("x-ratelimit-reset"), "2026-03-02T09:00:00.200Z");
    for _ in 1..300 {
        site.api("/api/v1/tickets", &key).await;
    }
    let page = site.api("/api/v1/tickets", &key).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        (
            page.json()["error"]["code"].clone(),
            page.header("retry-after")
        ),
        ("rate_limited".into(), "1")
    );
    site.clock.advance(UtcMillis::SECOND);
    assert_eq!(
        site.api("/api/v1/tickets", &key).await.status,
        StatusCode::OK
    );
}
