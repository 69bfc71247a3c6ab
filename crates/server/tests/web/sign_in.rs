//! Signing in and out: cookies, rotation, the limiter, open redirects.

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use domain::permission::{Grants, RoleKind};
use domain::role_preset::RolePreset;
use store::roles::{RoleContent, RoleUpdate};

use crate::harness::{EMAIL, PASSWORD, Site};

#[tokio::test]
async fn in_and_out() {
    let site = Site::start().await;
    let mut browser = site.browser();
    let page = browser.get("/profile?x=1").await;
    assert_eq!(page.location(), "/sign-in?next=%2Fprofile%3Fx%3D1");
    let page = browser.get("/sign-in?next=%2Fprofile%3Fx%3D1").await;
    assert_eq!(page.input("next").as_deref(), Some("/profile?x=1"));
    let page = browser
        .post(
            "/sign-in",
            &[
                ("email", " ANN@Example.com"),
                ("password", PASSWORD),
                ("next", "/profile?x=1"),
            ],
        )
        .await;
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::SEE_OTHER, "/profile?x=1")
    );
    let cookie = page.header("set-cookie");
    assert!(
        cookie.starts_with("portico=")
            && cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    assert!(!cookie.contains("Secure"), "plain http");
    let page = browser.get("/profile").await;
    assert!(page.text.contains("Ann Porter"));
    let before = browser.cookies.clone();
    let page = browser.post("/sign-out", &[]).await;
    assert_eq!(page.location(), "/sign-in?notice=signed_out");
    assert!(!browser.cookies.contains_key("portico"));
    browser.cookies = before;
    assert_eq!(
        browser.get("/profile").await.status,
        StatusCode::SEE_OTHER,
        "the old cookie is worth nothing"
    );
}

#[tokio::test]
async fn https_cookies_are_bound_to_the_host() {
    let site = Site::start_with(&[(
        "PORTICO__SERVER__BASE_ADDRESS",
        "https://portal.example.com",
    )])
    .await;
    site.add_staff("Ann Porter", EMAIL, &Grants::everything())
        .await;
    let mut browser = site.browser();
    browser.extra = vec![
        ("host", "portal.example.com".into()),
        ("origin", "https://portal.example.com".into()),
    ];
    browser.get("/sign-in").await;
    let page = browser
        .post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
        .await;
    let cookie = page.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-portico=")
            && cookie.ends_with("; Secure")
            && cookie.contains("Path=/;"),
        "{cookie}"
    );
    assert_eq!(page.header("strict-transport-security"), "max-age=31536000");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_look_alike() {
    let site = Site::start().await;
    let mut browser = site.browser();
    browser.get("/sign-in").await;
    let wrong = browser
        .post(
            "/sign-in",
            &[("email", EMAIL), ("password", "not her password")],
        )
        .await;
    let unknown = browser
        .post(
            "/sign-in",
            &[
                ("email", "bob@example.com"),
                ("password", "not his password"),
            ],
        )
        .await;
    assert_eq!(
        (wrong.status, unknown.status),
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            StatusCode::UNPROCESSABLE_ENTITY
        )
    );
    assert_eq!(
        wrong.text.replace(EMAIL, ""),
        unknown.text.replace("bob@example.com", "")
    );
    assert!(wrong.text.contains("or the password is wrong"));
    assert_eq!(
        wrong.input("email").as_deref(),
        Some(EMAIL),
        "what was typed stays"
    );
    assert!(!wrong.text.contains("not her password"));
}

#[tokio::test]
async fn guessing_is_slowed_down_per_person_and_forgiven() {
    let site = Site::start().await;
    let mut browser = site.browser();
    browser.get("/sign-in").await;
    for _ in 0..5 {
        let page = browser
            .post(
                "/sign-in",
                &[("email", EMAIL), ("password", "guess guess guess")],
            )
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let page = browser
        .post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
        .await;
    assert_eq!(
        page.status,
        StatusCode::TOO_MANY_REQUESTS,
        "even the right password waits"
    );
    assert_eq!(page.header("retry-after"), "15");
    site.clock.advance(15 * UtcMillis::SECOND);
    let page = browser
        .post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let mut again = site.browser();
    again.get("/sign-in").await;
    let page = again
        .post(
            "/sign-in",
            &[("email", EMAIL), ("password", "guess guess guess")],
        )
        .await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "signing in made the failures forgotten"
    );
}

#[tokio::test]
async fn guessing_is_slowed_down_per_place() {
    let site = Site::start().await;
    let mut browser = site.browser();
    browser.peer = "203.0.113.9".into();
    browser.get("/sign-in").await;
    for number in 0..30 {
        let email = format!("p{number}@example.com");
        browser
            .post(
                "/sign-in",
                &[("email", &email), ("password", "guess guess guess")],
            )
            .await;
    }
    let page = browser
        .post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
        .await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    browser.peer = "203.0.113.10".into();
    let page = browser
        .post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
        .await;
    assert_eq!(
        page.status,
        StatusCode::SEE_OTHER,
        "another place is not punished"
    );
}

#[tokio::test]
async fn other_sites_are_not_gone_to() {
    let site = Site::start().await;
    for next in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let mut browser = site.browser();
        browser.get("/sign-in").await;
        let page = browser
            .post(
                "/sign-in",
                &[("email", EMAIL), ("password", PASSWORD), ("next", next)],
            )
            .await;
        assert_eq!(page.location(), "/", "{next}");
    }
}

#[tokio::test]
async fn signing_in_again_ends_the_session_before() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let before = browser.cookies["portico"].clone();
    let page = browser
        .post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_ne!(browser.cookies["portico"], before);
    browser.cookies.insert("portico".into(), before);
    assert_eq!(browser.get("/profile").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn sessions_end_when_idle_and_after_a_week() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    site.clock.advance(12 * UtcMillis::HOUR);
    let page = browser.get("/profile").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "idle for twelve hours");
    assert!(
        page.location().contains("notice=session_expired"),
        "{}",
        page.location()
    );
    let mut browser = site.admin().await;
    for _ in 0..20 {
        site.clock.advance(8 * UtcMillis::HOUR);
        assert_eq!(browser.get("/profile").await.status, StatusCode::OK);
    }
    site.clock.advance(8 * UtcMillis::HOUR);
    assert_eq!(
        browser.get("/profile").await.status,
        StatusCode::SEE_OTHER,
        "a week is over"
    );
}

#[tokio::test]
async fn a_role_that_changed_counts_at_once() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    assert_eq!(
        browser.get("/settings/api-keys").await.status,
        StatusCode::OK
    );
    let mut tx = site.app.store().begin().await.unwrap();
    let roles = store::roles::list_roles(site.app.store(), RoleKind::Staff)
        .await
        .unwrap();
    let role = roles
        .into_iter()
        .find(|role| role.name == format!("Role of {EMAIL}"))
        .unwrap();
    let grants = RolePreset::Technician.grants();
    let content = RoleContent::new(&role.name, &grants);
    let updated = store::roles::update_role(&mut tx, role.id, role.revision, &content)
        .await
        .unwrap();
    assert_eq!(updated, RoleUpdate::Saved);
    tx.commit().await.unwrap();
    assert_eq!(
        browser.get("/settings/api-keys").await.status,
        StatusCode::FORBIDDEN
    );
}
