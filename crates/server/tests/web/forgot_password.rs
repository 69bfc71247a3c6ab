//! Asking for a link to choose a new password.

use axum::http::StatusCode;
use domain::permission::{Grants, RoleKind};
use store::identities::{self, MembershipStatus, NewIdentity};
use store::roles::list_roles;
use store::staff;

use crate::harness::{EMAIL, Page, Site};

#[tokio::test]
async fn the_answer_is_the_same_whether_there_is_such_an_account() {
    let site = Site::start().await;
    let mut browser = site.browser();
    let page = browser.get("/sign-in").await;
    assert!(page.text.contains("/forgot-password"));
    browser.get("/forgot-password").await;
    let known = browser
        .post("/forgot-password", &[("email", " ANN@Example.com")])
        .await;
    browser.get("/forgot-password").await;
    let unknown = browser
        .post("/forgot-password", &[("email", "nobody@example.com")])
        .await;
    assert_eq!(
        (known.status, unknown.status),
        (StatusCode::OK, StatusCode::OK)
    );
    assert_eq!(
        known.text.replace("ANN@Example.com", ""),
        unknown.text.replace("nobody@example.com", "")
    );
    let mail = site.mail_to(EMAIL).await;
    assert_eq!(mail.len(), 1);
    assert_eq!(mail[0].subject, "Choose a new password for Portico");
    assert!(mail[0].text.contains("somebody, probably you"));
    assert_eq!(
        site.browser()
            .get(&Page::set_password_link(&mail[0].text))
            .await
            .status,
        StatusCode::OK
    );
    assert!(site.mail_to("nobody@example.com").await.is_empty());
    let page = browser
        .post("/forgot-password", &[("email", "nobody")])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// Whoever never set a password is sent an invitation, whose link works longer: the page says nothing of a time.
#[tokio::test]
async fn the_message_says_until_when_its_link_works() {
    let site = Site::start().await;
    let roles = list_roles(site.app.store(), RoleKind::Staff).await.unwrap();
    let invited = NewIdentity {
        email: "new@example.com",
        name: "New",
        ..NewIdentity::default()
    };
    let mut tx = site.app.store().begin().await.unwrap();
    let identity = identities::insert_identity(&mut tx, &invited)
        .await
        .unwrap();
    let status = MembershipStatus::Invited;
    identities::upsert_staff_membership(&mut tx, identity, roles[0].id, status, false, true)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    for (email, until) in [
        (EMAIL, "ends on Monday, 2 March 2026"),
        ("new@example.com", "ends on Monday, 9 March 2026"),
    ] {
        let mut browser = site.browser();
        browser.get("/forgot-password").await;
        let page = browser.post("/forgot-password", &[("email", email)]).await;
        assert!(
            page.text
                .contains("The link works once; the message says until when."),
            "{}",
            page.text
        );
        assert!(!page.text.contains("one hour"), "{}", page.text);
        let mail = site.mail_to(email).await;
        assert!(mail[0].text.contains(until), "{}", mail[0].text);
    }
}

#[tokio::test]
async fn nobody_fills_a_mailbox_and_nobody_is_kept_from_signing_in() {
    let site = Site::start().await;
    let mut browser = site.browser();
    browser.get("/forgot-password").await;
    for _ in 0..12 {
        let page = browser.post("/forgot-password", &[("email", EMAIL)]).await;
        assert_eq!(page.status, StatusCode::OK, "and it is not told");
        browser.get("/forgot-password").await;
    }
    assert_eq!(site.mail_to(EMAIL).await.len(), 5);
    drop(site.admin().await);
}

#[tokio::test]
async fn a_place_that_asks_for_many_addresses_is_told_to_wait() {
    let site = Site::start().await;
    let mut browser = site.browser();
    browser.peer = "203.0.113.9".into();
    browser.get("/forgot-password").await;
    for number in 0..30 {
        let email = format!("p{number}@example.com");
        browser.post("/forgot-password", &[("email", &email)]).await;
        browser.get("/forgot-password").await;
    }
    let page = browser.post("/forgot-password", &[("email", EMAIL)]).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!page.header("retry-after").is_empty());
    assert!(site.mail_to(EMAIL).await.is_empty());
}

#[tokio::test]
async fn only_who_may_sign_in_gets_a_link() {
    let site = Site::start().await;
    for (email, status) in [
        ("off@example.com", MembershipStatus::Disabled),
        ("imported@example.com", MembershipStatus::Imported),
        ("invited@example.com", MembershipStatus::Invited),
    ] {
        site.add_staff("Bob", email, &Grants::everything()).await;
        let bob = site.identity(email).await;
        let mut tx = site.app.store().begin().await.unwrap();
        staff::set_staff_status(&mut tx, bob.id, status)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut browser = site.browser();
        browser.get("/forgot-password").await;
        browser.post("/forgot-password", &[("email", email)]).await;
        let sent = site.mail_to(email).await.len();
        assert_eq!(
            sent,
            usize::from(status == MembershipStatus::Invited),
            "{email}"
        );
    }
}
