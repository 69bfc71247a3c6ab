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

/// Somebody with an account of their own guesses at others: a right password takes back only its own attempt.
#[tokio::test]
async fn an_own_account_does_not_forgive_guesses_at_others() {
    let site = Site::start().await;
    let mut browser = site.browser();
    browser.peer = "203.0.113.9".into();
    browser.get("/sign-in").await;
    let mut slowed = false;
    for number in 0..40 {
        let email = format!("p{number}@example.com");
        let page = browser
            .post(
                "/sign-in",
                &[("email", &email), ("password", "guess guess guess")],
            )
            .await;
        slowed |= page.status == StatusCode::TOO_MANY_REQUESTS;
        if number % 10 == 4 && !slowed {
            let page = browser
                .post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
                .await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "after {number} guesses");
            browser.cookies.clear();
            browser.get("/sign-in").await;
        }
    }
    assert!(slowed, "guessing goes on for ever");
    // Right passwords alone slow nobody down, however many come from one office.
    let mut office = site.browser();
    office.peer = "203.0.113.10".into();
    for number in 0..35 {
        office.cookies.clear();
        office.get("/sign-in").await;
        let page = office
            .post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "sign-in {number}");
    }
}

/// The password is changed while the old one is being checked: the sign-in with the old one does not go through.
#[tokio::test]
async fn a_sign_in_that_races_a_change_of_the_password_is_refused() {
    let site = Site::start().await;
    let mut browser = site.browser();
    browser.get("/sign-in").await;
    let identity = site.identity(EMAIL).await;
    // Nobody hashes a password while both permits are taken.
    let gate = site.app.passwords().acquire_many(2).await.unwrap();
    let fields = [("email", EMAIL), ("password", PASSWORD)];
    let change = async {
        // By now the sign-in has read the account and waits to check the password it was given.
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        site.clock.advance(UtcMillis::SECOND);
        let mut tx = site.app.store().begin().await.unwrap();
        let hash = identity.password_hash.clone().unwrap();
        store::identities::update_password(&mut tx, identity.id, &hash)
            .await
            .unwrap();
        store::sessions::remove_sessions(&mut tx, identity.id, None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        drop(gate);
    };
    let (page, ()) = tokio::join!(browser.post("/sign-in", &fields), change);
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        page.text
    );
    assert!(page.text.contains("or the password is wrong"));
    let left = store::sessions::list_sessions(site.app.store(), identity.id)
        .await
        .unwrap();
    assert!(left.is_empty(), "no session with the old password");
    let page = browser.post("/sign-in", &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "the new one works");
}

#[tokio::test]
async fn an_address_with_letters_beyond_ascii_can_be_typed_and_signs_in() {
    let site = Site::start().await;
    let email = "jörg@müller.example";
    site.add_staff("Jörg Müller", email, &Grants::everything())
        .await;
    let mut browser = site.browser();
    for path in ["/sign-in", "/forgot-password"] {
        let page = browser.get(path).await;
        assert!(
            page.text.contains("inputmode=\"email\"") && !page.text.contains("type=\"email\""),
            "browsers refuse such an address in a field of that type: {path}"
        );
    }
    browser.get("/sign-in").await;
    let page = browser
        .post("/sign-in", &[("email", email), ("password", PASSWORD)])
        .await;
    assert_eq!(page.location(), "/", "{}", page.text);
}
