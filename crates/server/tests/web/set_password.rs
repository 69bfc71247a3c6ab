//! Links in e-mails that lead to the page where a password is chosen.

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use domain::permission::Grants;
use store::identities::{self, MembershipStatus};
use store::sessions::SessionStage;
use store::staff;
use sync::mail::{Receiver, queue_reset_password, queue_welcome};

use crate::harness::{EMAIL, PASSWORD, Page, Site};

const NEW: &str = "nine dry green leaves";
const BOB: &str = "bob@example.com";

/// Adds Bob, without a password, and answers the path of the link he was sent.
async fn invite(site: &Site) -> String {
    site.add_staff("Bob Lind", BOB, &Grants::everything()).await;
    let bob = site.identity(BOB).await;
    let mut tx = site.app.store().begin().await.unwrap();
    staff::set_staff_status(&mut tx, bob.id, MembershipStatus::Invited)
        .await
        .unwrap();
    let to = Receiver {
        identity: bob.id,
        name: &bob.name,
        email: &bob.email,
    };
    queue_welcome(&mut tx, to, "Ann Porter").await.unwrap();
    tx.commit().await.unwrap();
    let mail = site.mail_to(BOB).await;
    assert_eq!(mail[0].subject, "Ann Porter invited you to Portico");
    Page::set_password_link(&mail[0].text)
}

async fn send_reset(site: &Site, email: &str) -> String {
    let identity = site.identity(email).await;
    let mut tx = site.app.store().begin().await.unwrap();
    let to = Receiver {
        identity: identity.id,
        name: &identity.name,
        email: &identity.email,
    };
    queue_reset_password(&mut tx, to, "").await.unwrap();
    tx.commit().await.unwrap();
    let mail = site.mail_to(email).await;
    Page::set_password_link(&mail[0].text)
}

const fn fields<'a>(password: &'a str, repeated: &'a str) -> [(&'a str, &'a str); 2] {
    [("password", password), ("repeated", repeated)]
}

#[tokio::test]
async fn a_password_is_never_cut() {
    let site = Site::start().await;
    let link = invite(&site).await;
    let mut browser = site.browser();
    for path in [link.as_str(), "/sign-in"] {
        let page = browser.get(path).await;
        let fields: Vec<&str> = page
            .text
            .split("<input ")
            .filter(|tag| tag.contains("type=\"password\""))
            .collect();
        assert!(!fields.is_empty(), "{path}");
        for field in fields {
            let (tag, _) = field.split_once('>').unwrap();
            assert!(!tag.contains("maxlength"), "{path}: {tag}");
        }
    }
    browser.get(&link).await;
    let long = "seven grey kettles ".repeat(16);
    let page = browser.post(&link, &fields(&long, &long)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told = format!(
        "This has {} characters. Use at most 256",
        long.chars().count()
    );
    assert!(page.text.contains(&told), "{}", page.text);
}

#[tokio::test]
async fn an_invitation_is_looked_at_often_and_used_once() {
    let site = Site::start().await;
    let link = invite(&site).await;
    let mut browser = site.browser();
    for _ in 0..3 {
        let page = browser.get(&link).await;
        assert_eq!(page.status, StatusCode::OK, "looking spends nothing");
        assert!(page.text.contains("Welcome, Bob Lind") && page.text.contains(BOB));
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cache-control"), "no-store");
    }
    let page = browser.post(&link, &fields(NEW, NEW)).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
    assert!(
        browser.get("/profile").await.text.contains("Bob Lind"),
        "signed in"
    );
    let bob = site.identity(BOB).await;
    let member = identities::find_staff_member(site.app.store(), bob.id)
        .await
        .unwrap();
    assert_eq!(member.unwrap().status, MembershipStatus::Active);
    let mut other = site.browser();
    let page = other.get(&link).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(page.text.contains("was used already") && page.text.contains("/forgot-password"));
    // The page of a spent link has no form; the token is that of another page.
    other.get("/forgot-password").await;
    let page = other
        .post(
            &link,
            &fields("another long password", "another long password"),
        )
        .await;
    assert_eq!(page.status, StatusCode::GONE, "and not used again");
    let mut again = site.browser();
    again.get("/sign-in").await;
    let page = again
        .post("/sign-in", &[("email", BOB), ("password", NEW)])
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn links_end_and_unknown_ones_lead_nowhere() {
    let site = Site::start().await;
    let link = invite(&site).await;
    let reset = send_reset(&site, EMAIL).await;
    let mut browser = site.browser();
    site.clock.advance(61 * UtcMillis::MINUTE);
    let page = browser.get(&reset).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(page.text.contains("work for 1 hour"));
    assert_eq!(
        browser.get(&link).await.status,
        StatusCode::OK,
        "an invitation lives longer"
    );
    site.clock.advance(7 * UtcMillis::DAY);
    let page = browser.get(&link).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(page.text.contains("This invitation has ended"));
    let page = browser.post(&link, &fields(NEW, NEW)).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let page = browser.get("/set-password/abc").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text.contains("leads nowhere") && page.text.contains("/forgot-password"));
}

#[tokio::test]
async fn a_bad_password_is_refused_with_the_reason_and_spends_nothing() {
    let site = Site::start().await;
    let link = invite(&site).await;
    let mut browser = site.browser();
    browser.get(&link).await;
    for (password, repeated, message) in [
        ("", "", "This has 0 characters"),
        ("fourteen chars", "fourteen chars", "at least 15"),
        (
            "Bob Lind Bob Lind",
            "Bob Lind Bob Lind",
            "a name or an address",
        ),
        (
            "portico portico1",
            "portico portico1",
            "a name or an address",
        ),
        (NEW, "nine dry brown leaves", "The two passwords differ"),
    ] {
        let page = browser.post(&link, &fields(password, repeated)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{password}");
        assert!(page.text.contains(message), "{password}: {message}");
        assert!(password.is_empty() || !page.text.contains(&format!("value=\"{password}\"")));
    }
    let page = browser.post(&link, &fields(NEW, NEW)).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_new_password_signs_out_elsewhere_spends_other_links_and_is_told() {
    let site = Site::start().await;
    let mut elsewhere = site.admin().await;
    let first = send_reset(&site, EMAIL).await;
    let second = send_reset(&site, EMAIL).await;
    assert_ne!(first, second);
    let mut browser = site.browser();
    browser.get(&second).await;
    browser.post(&second, &fields(NEW, NEW)).await;
    assert_eq!(
        elsewhere.get("/profile").await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(site.browser().get(&first).await.status, StatusCode::GONE);
    let told = site.mail_to(EMAIL).await;
    assert_eq!(told[0].subject, "Your Portico password was changed");
    for message in &told {
        assert!(!message.text.contains(NEW) && !message.text.contains(PASSWORD));
    }
    let entries = store::audit::list_entries(site.app.store(), None, 10)
        .await
        .unwrap();
    assert!(entries.iter().any(|entry| entry.action == "password.set"));
}

#[tokio::test]
async fn a_link_does_not_get_around_the_second_factor() {
    let site = Site::start().await;
    drop(site.halfway(SessionStage::SecondFactor).await);
    let link = send_reset(&site, EMAIL).await;
    let mut browser = site.browser();
    browser.get(&link).await;
    let page = browser.post(&link, &fields(NEW, NEW)).await;
    assert_eq!(page.location(), "/sign-in/two-factor");
    assert_eq!(browser.get("/tickets").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn nobody_comes_in_by_a_link_after_being_switched_off() {
    let site = Site::start().await;
    let link = invite(&site).await;
    let bob = site.identity(BOB).await;
    let mut tx = site.app.store().begin().await.unwrap();
    staff::set_staff_status(&mut tx, bob.id, MembershipStatus::Disabled)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut browser = site.browser();
    let page = browser.get(&link).await;
    assert!(page.status.is_client_error(), "{}", page.status);
    let page = browser.post(&link, &fields(NEW, NEW)).await;
    assert!(page.status.is_client_error(), "{}", page.status);
    assert!(!page.text.contains("Bob Lind"));
}

#[tokio::test]
async fn a_link_works_no_more_after_the_password_or_the_address_was_changed_on_the_profile() {
    let site = Site::start().await;
    let link = send_reset(&site, EMAIL).await;
    let mut browser = site.admin().await;
    let fields = [
        ("current_password", PASSWORD),
        ("new_password", NEW),
        ("repeated_password", NEW),
    ];
    let page = browser.post("/profile/password", &fields).await;
    assert_eq!(page.location(), "/profile?notice=password_changed");
    let page = site.browser().get(&link).await;
    assert_eq!(page.status, StatusCode::GONE, "{}", page.text);

    site.clock.advance(UtcMillis::SECOND);
    let link = send_reset(&site, EMAIL).await;
    browser.csrf_from("/profile/email").await;
    let fields = [
        ("email", "ann.porter@example.com"),
        ("current_password", NEW),
    ];
    let page = browser.post("/profile/email", &fields).await;
    assert_eq!(page.location(), "/profile?notice=email_changed");
    let page = site.browser().get(&link).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.text);
}
