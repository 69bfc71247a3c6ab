//! Forged and oversized forms, and what no form can carry.

use axum::http::StatusCode;
use domain::permission::RoleKind;
use portico::web::api::scope::Scope;
use portico::web::router;

use crate::access_coverage::example;
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

/// Else people would see the proxy's bare 413 in place of that page.
#[test]
fn the_documented_proxy_leaves_the_limit_to_portico() {
    let page = include_str!("../../../../docs/setup/reverse-proxy.md");
    let (_, after) = page.split_once("client_max_body_size ").unwrap();
    let (megabytes, _) = after.split_once("m;").unwrap();
    let megabytes: usize = megabytes.parse().unwrap();
    assert!(megabytes * 1024 * 1024 > portico::web::form::MAX_BODY);
}

#[tokio::test]
async fn nul_is_left_out_of_every_form() {
    nul_in_every_form(&Site::start().await).await;
}

/// PostgreSQL refuses text with NUL in it.
#[tokio::test]
async fn nul_is_left_out_of_every_form_on_postgres() {
    if let Some(site) = Site::start_on_postgres().await {
        nul_in_every_form(&site).await;
    }
}

async fn nul_in_every_form(site: &Site) {
    let mut browser = site.admin().await;
    let fields = [
        ("name", "Night\0 Desk"),
        ("description", "\0Answers at night"),
        ("kind", "staff"),
        ("scope", Scope::ALL[0].key()),
        ("zone", "\0"),
        ("phone", "\0+43 1 555"),
        ("job_title", "Clerk\0"),
        ("email", "ann\0@example.com"),
        ("password", "four\0 wet stones"),
        ("current_password", "four\0 wet stones"),
        ("code", "123456\0"),
        ("credential", "{\0}"),
        ("passkey_name", "Phone\0"),
        ("search", "night\0"),
        ("role", "\0"),
        ("token", "\0"),
        ("base", "\0"),
        ("pick", "1\0"),
        ("next", "/\0"),
        ("a\0b", "\0"),
    ];
    let forms = router::routes()
        .into_iter()
        .filter(|route| route.method == "POST" && route.path != "/sign-out");
    for route in forms {
        let page = browser.post(&example(route.path), &fields).await;
        let failed = page.status.is_server_error();
        assert!(!failed, "{}: {} {}", route.path, page.status, page.text);
    }
    let found = browser
        .get("/tickets?search=night%00&company=%00&page=%00")
        .await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    let store = site.app.store();
    let roles = store::roles::list_roles(store, RoleKind::Staff).await;
    let roles = roles.unwrap();
    let role = roles.iter().find(|role| role.name == "Night Desk");
    assert_eq!(role.unwrap().description, "Answers at night");
    let keys = store::api_keys::list_api_keys(store).await.unwrap();
    let names: Vec<&str> = keys.iter().map(|key| key.name.as_str()).collect();
    assert_eq!(names, ["Night Desk"]);
    assert_eq!(site.identity(EMAIL).await.name, "Night Desk");

    // And no spelling of an address has guesses of its own.
    let mut stranger = site.browser();
    stranger.peer = "192.0.2.9".to_owned();
    stranger.get("/sign-in").await;
    for email in ["bob\0@example.com", "\0bob@example.com"].repeat(2) {
        let guess = [("email", email), ("password", "guess guess guess")];
        let page = stranger.post("/sign-in", &guess).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{email:?}");
    }
    for status in [
        StatusCode::UNPROCESSABLE_ENTITY,
        StatusCode::TOO_MANY_REQUESTS,
    ] {
        let guess = [("email", "bob@example.com"), ("password", "guess guess")];
        assert_eq!(stranger.post("/sign-in", &guess).await.status, status);
    }
}
