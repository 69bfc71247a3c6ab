//! Settings → E-mail.

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use domain::mail::MailState;
use domain::permission::Grants;

use crate::harness::{EMAIL, Site};

async fn newest(site: &Site) -> store::outbox::Mail {
    let listed = store::outbox::list_mail(site.app.store(), None, None, 1)
        .await
        .unwrap();
    listed.rows.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_test_message_is_sent_listed_and_in_the_demo_read() {
    let site = Site::start_demo().await;
    let mut browser = site.admin().await;
    let page = browser.get("/settings/mail").await;
    assert!(page.text.contains("No messages yet") && page.text.contains("Into a folder"));
    assert!(page.text.contains("This is the demo"));
    let page = browser.post("/settings/mail/test", &[]).await;
    assert_eq!(page.location(), "/settings/mail?notice=test_queued");
    assert!(browser.get("/settings/mail").await.text.contains("Waiting"));
    let told = site.mail_to(EMAIL).await;
    assert_eq!(told[0].subject, "Test message from Portico");
    let mail = newest(&site).await;
    let page = browser.get("/settings/mail").await;
    assert!(
        page.text
            .contains(&format!("href=\"/settings/mail/{}\"", mail.uuid))
    );
    let page = browser.get(&format!("/settings/mail/{}", mail.uuid)).await;
    assert!(
        page.text.contains("Mail from Portico arrives"),
        "{}",
        page.text
    );
    let missing = "/settings/mail/0196f5a4-0000-7000-8000-000000000000";
    assert_eq!(browser.get(missing).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_double_click_sends_one_test_message() {
    double_click(&Site::start().await).await;
}

#[tokio::test]
async fn a_double_click_sends_one_test_message_on_postgres() {
    if let Some(site) = Site::start_on_postgres().await {
        double_click(&site).await;
    }
}

async fn double_click(site: &Site) {
    let (mut ann, mut too) = (site.admin().await, site.admin().await);
    let button = "/settings/mail/test";
    let (one, two) = tokio::join!(ann.post(button, &[]), too.post(button, &[]));
    for page in [one, two] {
        assert_eq!(page.location(), "/settings/mail?notice=test_queued");
    }
    let sent = async || {
        let listed = store::outbox::list_mail(site.app.store(), None, None, 9);
        listed.await.unwrap().rows.len()
    };
    assert_eq!(sent().await, 1);
    site.clock.advance(5 * UtcMillis::SECOND);
    ann.post(button, &[]).await;
    assert_eq!(sent().await, 2, "asked for again");
}

#[tokio::test]
async fn outside_of_the_demo_nobody_reads_messages() {
    let site = Site::start().await;
    let mut browser = site.admin().await;
    browser.post("/settings/mail/test", &[]).await;
    site.app.engine().run_until_idle().await.unwrap();
    let mail = newest(&site).await;
    let page = browser.get("/settings/mail").await;
    assert!(page.text.contains("Nobody receives these messages"));
    assert!(!page.text.contains(mail.uuid.as_str()));
    let page = browser.get(&format!("/settings/mail/{}", mail.uuid)).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_refused_message_says_why_and_is_sent_again_by_hand() {
    let site = Site::start().await;
    let ann = site.identity(EMAIL).await;
    let mut tx = site.app.store().begin().await.unwrap();
    let to = sync::mail::Receiver {
        identity: ann.id,
        name: "Ann",
        email: "ann@example.com\r\nBcc: all@example.com",
    };
    sync::mail::queue_test(&mut tx, to).await.unwrap();
    tx.commit().await.unwrap();
    assert!(site.mail_to(EMAIL).await.is_empty());
    let mail = newest(&site).await;
    assert_eq!(mail.state, MailState::Failed);
    let mut browser = site.admin().await;
    let page = browser.get("/settings/mail?state=failed").await;
    assert!(page.text.contains("holds a line break"), "{}", page.text);
    assert!(
        browser
            .get("/settings/mail?state=sent")
            .await
            .text
            .contains("None of this state")
    );
    let retry = format!("/settings/mail/{}/retry", mail.uuid);
    let page = browser.post(&retry, &[]).await;
    assert_eq!(page.location(), "/settings/mail?notice=mail_retried");
    let page = browser.post(&retry, &[]).await;
    assert_eq!(
        page.location(),
        "/settings/mail?notice=mail_not_failed",
        "once is enough"
    );
}

#[tokio::test]
async fn all_that_failed_is_sent_again_by_one_button_and_nobody_gets_two() {
    let site = Site::start().await;
    let ann = site.identity(EMAIL).await;
    let refused = async |identity| {
        let mut tx = site.app.store().begin().await.unwrap();
        let to = sync::mail::Receiver {
            identity,
            name: "Ann",
            email: "ann@example.com\r\nBcc: all@example.com",
        };
        sync::mail::queue_test(&mut tx, to).await.unwrap();
        tx.commit().await.unwrap();
        site.app.engine().run_until_idle().await.unwrap();
    };
    site.add_staff("Bob", "bob@example.com", &Grants::everything())
        .await;
    let bob = site.identity("bob@example.com").await;
    let mut browser = site.admin().await;
    let button = "/settings/mail/retry-failed";
    refused(ann.id).await;
    let page = browser.get("/settings/mail").await;
    assert!(!page.text.contains(button), "one has its own button");
    for who in [bob.id, ann.id] {
        refused(who).await;
    }
    let page = browser.get("/settings/mail").await;
    assert!(page.text.contains(button));
    let page = browser.post(button, &[]).await;
    assert_eq!(page.location(), "/settings/mail?notice=all_mail_retried");
    let waiting = store::outbox::list_mail(site.app.store(), Some(MailState::Waiting), None, 9);
    let again: Vec<_> = waiting.await.unwrap().rows;
    let people: Vec<_> = again.iter().map(|mail| mail.identity).collect();
    assert_eq!(people, [Some(ann.id), Some(bob.id)], "the newest of each");
    let page = browser.post(button, &[]).await;
    assert_eq!(page.location(), "/settings/mail?notice=no_mail_failed");
}

#[tokio::test]
async fn the_page_never_shows_the_mail_servers_password() {
    let site = Site::start_with(&[
        ("PORTICO__MAIL__TRANSPORT", "smtp"),
        ("PORTICO__MAIL__SMTP_HOST", "smtp.example.com"),
        ("PORTICO__MAIL__SMTP_USER", "portico"),
        ("PORTICO__MAIL__SMTP_PASSWORD", "squeamish ossifrage"),
    ])
    .await;
    site.add_staff("Ann Porter", EMAIL, &Grants::everything())
        .await;
    let mut browser = site.admin().await;
    let page = browser.get("/settings/mail").await;
    assert!(page.text.contains("smtp.example.com:587") && page.text.contains("STARTTLS"));
    assert!(!page.text.contains("squeamish"));
}
