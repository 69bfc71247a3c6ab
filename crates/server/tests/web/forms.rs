//! Forged and oversized forms.

use axum::http::StatusCode;

use crate::harness::{EMAIL, PASSWORD, Site};

#[tokio::test]
async fn other_sites_cannot_send_forms() {
    let site = Site::start().await;
    for extra in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let mut browser = site.admin().await;
        browser.extra = vec![(extra.0, extra.1.to_owned())];
        let page = browser.post("/profile", &[("name", "Mallory")]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{extra:?}");
        browser.extra.clear();
        assert!(browser.get("/profile").await.text.contains("Ann Porter"));
    }
}

#[tokio::test]
async fn a_form_without_a_session_repeats_its_cookie() {
    let site = Site::start().await;
    let mut browser = site.browser();
    browser.get("/sign-in").await;
    browser.cookies.clear();
    let page = browser
        .post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "the cookie is missing");
    let mut other = site.browser();
    other.get("/sign-in").await;
    other.csrf = browser.csrf.clone();
    let page = other
        .post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
        .await;
    assert_eq!(
        page.status,
        StatusCode::FORBIDDEN,
        "another browser's token"
    );
}

#[tokio::test]
async fn the_token_of_one_session_is_worth_nothing_in_another() {
    let site = Site::start().await;
    let first = site.admin().await;
    let mut second = site.admin().await;
    assert_ne!(first.csrf, second.csrf);
    second.csrf = first.csrf.clone();
    assert_eq!(
        second.post("/profile", &[("name", "Mallory")]).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn scripts_may_send_the_token_as_a_header() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let token = std::mem::take(&mut browser.csrf);
    browser.extra = vec![("x-csrf-token", token)];
    let page = browser.post_raw("/profile", "name=Ann+Harbour&zone=").await;
    assert_eq!(page.location(), "/profile?notice=profile_saved");
}

#[tokio::test]
async fn two_megabytes_are_the_limit() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let head = format!("csrf={}&zone=&name=", browser.csrf);
    let body = |length: usize| format!("{head}{}", "x".repeat(length - head.len()));
    let page = browser.post_raw("/profile", body(2 * 1024 * 1024)).await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "just fits; the name is too long"
    );
    let page = browser
        .post_raw("/profile", body(2 * 1024 * 1024 + 1))
        .await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(
        page.text.contains("Form too large") && page.text.contains("Ann Porter"),
        "in the layout"
    );
}
