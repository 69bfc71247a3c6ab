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
    for name in [" ", "\u{200b}", "\u{2060}\u{3164}"] {
        let page = browser
            .post("/profile", &[("name", name), ("zone", "Mars/Base")])
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text.contains("Enter a name") && page.text.contains("no time zone"));
    }
}

#[tokio::test]
async fn details_and_notifications_are_saved() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    let fields = [
        ("name", "Ann Porter"),
        ("job_title", "Service manager"),
        ("phone", "+43 1 5550100 ext 7"),
        ("zone", ""),
        ("language", "en"),
    ];
    browser.post("/profile", &fields).await;
    browser
        .post(
            "/profile/notifications",
            &[("notification", "ticket_updates")],
        )
        .await;
    let page = browser.get("/profile").await;
    assert_eq!(page.input("job_title").as_deref(), Some("Service manager"));
    assert_eq!(page.input("phone").as_deref(), Some("+43 1 5550100 ext 7"));
    let on = |key: &str| {
        let after = page.text.split(&format!("value=\"{key}\"")).nth(1).unwrap();
        after.split('>').next().unwrap().contains("checked")
    };
    assert!(on("ticket_updates") && !on("integration_trouble"));
    let page = browser
        .post(
            "/profile",
            &[("name", "Ann"), ("phone", "call me"), ("language", "tlh")],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("Enter a phone number") && page.text.contains("does not speak"));
}

#[tokio::test]
async fn another_address_needs_the_password_and_the_old_one_is_told() {
    let site = Site::start().await;
    site.add_staff("Bob", "bob@example.com", &RolePreset::Technician.grants())
        .await;
    let mut browser = site.admin().await;
    for (email, password, message) in [
        (
            "new@example.com",
            "not hers at all",
            "not your current password",
        ),
        ("nobody", PASSWORD, "Enter a valid e-mail address"),
        ("nobody@x", PASSWORD, "Enter a valid e-mail address"),
        (
            " BOB@Example.com",
            PASSWORD,
            "Another account has this address",
        ),
        ("b\u{43e}b@example.com", PASSWORD, "looks like the address"),
    ] {
        let page = browser
            .post(
                "/profile/email",
                &[("email", email), ("current_password", password)],
            )
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}");
        assert!(page.text.contains(message), "{email}: {message}");
    }
    let fields = [
        ("email", "ann.porter@example.com"),
        ("current_password", PASSWORD),
    ];
    let page = browser.post("/profile/email", &fields).await;
    assert_eq!(page.location(), "/profile?notice=email_changed");
    let told = site.mail_to(EMAIL).await;
    assert!(
        told[0].text.contains("changed to ann.porter@example.com"),
        "{}",
        told[0].text
    );
    let mut again = site.browser();
    again.get("/sign-in").await;
    let page = again
        .post(
            "/sign-in",
            &[("email", "ann.porter@example.com"), ("password", PASSWORD)],
        )
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
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
    let told = site.mail_to(EMAIL).await;
    assert_eq!(told[0].subject, "Your Portico password was changed");
    assert!(
        told[0].text.contains("Firefox on Linux, 127.0.0.1"),
        "{}",
        told[0].text
    );
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
        ("not hers at all", NEW, NEW, "not your current password"),
        (PASSWORD, "short", "short", "at least 15"),
        (
            PASSWORD,
            "password12345678",
            "password12345678",
            "Choose another",
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

/// Whatever changes access or who somebody is leaves an entry (rule X4).
#[tokio::test]
async fn the_audit_log_knows_of_sessions_profiles_and_links() {
    let site = Site::start().await;
    let mut ann = site.admin().await;
    let _other = site.admin().await;
    ann.post("/profile/sessions/revoke-others", &[]).await;
    ann.post("/profile/sessions/revoke-others", &[]).await;
    let fields = [("name", "Ann P. Porter"), ("phone", "+43 1 555")];
    ann.post("/profile", &fields).await;
    ann.post("/profile", &fields).await;
    ann.post("/settings/mail/test", &[]).await;
    let mut stranger = site.browser();
    stranger.get("/forgot-password").await;
    stranger.post("/forgot-password", &[("email", EMAIL)]).await;
    stranger
        .post("/forgot-password", &[("email", "nobody@example.com")])
        .await;
    let entries = store::audit::list_entries(site.app.store(), None, 50)
        .await
        .unwrap();
    let count = |action: &str| {
        entries
            .iter()
            .filter(|entry| entry.action == action)
            .count()
    };
    for action in ["session.revoke", "user.update", "mail.test", "password.ask"] {
        assert_eq!(
            count(action),
            1,
            "{action}: once, and not for what changed nothing"
        );
    }
    let mails = store::outbox::list_mail(site.app.store(), None, None, 50)
        .await
        .unwrap();
    assert!(
        mails.rows.iter().all(|mail| mail.recipient == EMAIL),
        "nothing waits for nobody"
    );
}
