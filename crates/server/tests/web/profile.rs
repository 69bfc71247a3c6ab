//! The profile: name, zone, password, sessions.

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use domain::role_preset::RolePreset;

use crate::harness::{EMAIL, PASSWORD, Site};

const NEW: &str = "nine dry green leaves";

#[tokio::test]
async fn name_and_zone_are_saved() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let page = browser
        .post(
            "/profile",
            &[("name", "Ann Harbour"), ("zone", "Australia/Sydney")],
        )
        .await;
    assert_eq!(page.location(), "/profile?notice=profile_saved");
    let page = browser.get("/profile?notice=profile_saved").await;
    assert!(page.text.contains("Ann Harbour") && page.text.contains("Your profile was saved"));
    assert!(
        page.text.contains("2 Mar 2026, 20:00 AEDT"),
        "times are in the chosen zone"
    );
    let page = browser
        .post("/profile", &[("name", " "), ("zone", "Mars/Base")])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("Enter a name") && page.text.contains("no time zone"));
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let site = Site::start().await;
    let mut here = site.admin().await;
    let mut there = site.admin().await;
    let before = here.cookies["portico"].clone();
    let fields = [
        ("current_password", PASSWORD),
        ("new_password", NEW),
        ("repeated_password", NEW),
    ];
    assert_eq!(
        here.post("/profile/password", &fields).await.location(),
        "/profile?notice=password_changed"
    );
    assert_eq!(
        here.get("/profile").await.status,
        StatusCode::OK,
        "this browser stays"
    );
    assert_ne!(here.cookies["portico"], before, "with a new session");
    assert_eq!(
        there.get("/profile").await.status,
        StatusCode::SEE_OTHER,
        "the other is out"
    );
    let mut again = site.browser();
    again.get("/sign-in").await;
    assert_eq!(
        again
            .post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
            .await
            .status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        again
            .post("/sign-in", &[("email", EMAIL), ("password", NEW)])
            .await
            .status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_new_password_needs_the_present_one_and_must_be_good() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    for (current, new, repeated, message) in [
        ("not hers at all", NEW, NEW, "not your present password"),
        (PASSWORD, "short", "short", "at least 12 characters"),
        (
            PASSWORD,
            "password1234",
            "password1234",
            "best known passwords",
        ),
        (
            PASSWORD,
            NEW,
            "something else here",
            "The two passwords differ",
        ),
    ] {
        let fields = [
            ("current_password", current),
            ("new_password", new),
            ("repeated_password", repeated),
        ];
        let page = browser.post("/profile/password", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text.contains(message), "{message}");
    }
    let mut again = site.browser();
    again.get("/sign-in").await;
    assert_eq!(
        again
            .post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
            .await
            .status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn sessions_are_listed_and_revoked_one_by_one() {
    let site = Site::start().await;
    let mut here = site.admin().await;
    site.clock.advance(UtcMillis::MINUTE);
    let mut there = site.admin().await;
    let page = here.get("/profile").await;
    assert_eq!(page.text.matches("/revoke\"").count(), 2);
    assert!(page.text.contains("Firefox on Linux") && page.text.contains("This browser"));
    let ids: Vec<String> = page
        .text
        .split("/profile/sessions/")
        .skip(1)
        .filter_map(|part| part.split_once("/revoke\"").map(|(id, _)| id.to_owned()))
        .filter(|id| id.len() == 36)
        .collect();
    for id in ids {
        if there.get("/profile").await.status == StatusCode::OK {
            here.post(&format!("/profile/sessions/{id}/revoke"), &[])
                .await;
        }
    }
    assert_eq!(there.get("/profile").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn everybody_else_is_signed_out_with_one_button() {
    let site = Site::start().await;
    let mut here = site.admin().await;
    let (mut second, mut third) = (site.admin().await, site.admin().await);
    here.post("/profile/sessions/revoke-others", &[]).await;
    assert_eq!(here.get("/profile").await.status, StatusCode::OK);
    assert_eq!(second.get("/profile").await.status, StatusCode::SEE_OTHER);
    assert_eq!(third.get("/profile").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn another_persons_session_is_out_of_reach() {
    let site = Site::start().await;
    site.add_staff("Bob", "bob@example.com", &RolePreset::Technician.grants())
        .await;
    let mut ann = site.admin().await;
    let mut bob = site.browser_of("bob@example.com").await;
    let page = ann.get("/profile").await;
    let id = page
        .text
        .split("/profile/sessions/")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    bob.post(&format!("/profile/sessions/{id}/revoke"), &[])
        .await;
    assert_eq!(ann.get("/profile").await.status, StatusCode::OK);
}
