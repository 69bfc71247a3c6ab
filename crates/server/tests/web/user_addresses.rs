//! Settings → Users & Roles → Users: another e-mail address or name of somebody, and who is told.

use axum::http::StatusCode;
use domain::permission::Grants;
use domain::role_preset::RolePreset;

use crate::harness::{EMAIL, Page, Site};

const BOB: &str = "bob@example.com";

/// The page of a user.
async fn address(site: &Site, email: &str) -> String {
    format!("/settings/users/{}", site.identity(email).await.uuid)
}

/// A page that was refused with this sentence.
#[track_caller]
fn refused(page: &Page, sentence: &str) {
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        page.text
    );
    let text = page.text.replace("&#39;", "'");
    assert!(text.contains(sentence), "{sentence}\n{text}");
}

#[tokio::test]
async fn the_old_address_is_told_when_an_administrator_changes_it() {
    let site = Site::start().await;
    site.add_staff("Bob Lind", BOB, &RolePreset::Technician.grants())
        .await;
    let bob = address(&site, BOB).await;
    let mut browser = site.admin().await;
    let fields = [("name", "Bob Lind"), ("email", "robert@example.com")];
    let page = browser.post(&bob, &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let told = site.mail_to(BOB).await;
    assert_eq!(told.len(), 1);
    assert!(
        told[0].text.contains("changed to robert@example.com"),
        "{}",
        told[0].text
    );
    assert!(told[0].text.contains("By: Ann Porter"), "{}", told[0].text);
}

#[tokio::test]
async fn the_own_address_needs_the_password_of_the_profile() {
    let site = Site::start().await;
    let ann = address(&site, EMAIL).await;
    let mut browser = site.admin().await;
    let fields = [("name", "Ann Porter"), ("email", "evil@example.com")];
    let page = browser.post(&ann, &fields).await;
    refused(&page, "is changed on your profile");
    assert!(site.mail_to("evil@example.com").await.is_empty());
    assert_eq!(site.identity(EMAIL).await.email, EMAIL);
}

#[tokio::test]
async fn nobody_moves_the_primary_administrator_to_another_mailbox() {
    let site = Site::start().await;
    site.add_staff("Bob Lind", BOB, &Grants::everything()).await;
    let bob = site.identity(BOB).await;
    let member = store::identities::find_staff_member(site.app.store(), bob.id)
        .await
        .unwrap()
        .unwrap();
    let mut tx = site.app.store().begin().await.unwrap();
    store::identities::upsert_staff_membership(
        &mut tx,
        bob.id,
        member.role_id,
        member.status,
        true,
        true,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let mut browser = site.admin().await;
    let fields = [("name", "Bob Lind"), ("email", "evil@example.com")];
    let page = browser.post(&address(&site, BOB).await, &fields).await;
    refused(&page, "Only the primary administrator");
    assert_eq!(site.identity(BOB).await.email, BOB);
}

#[tokio::test]
async fn a_name_nobody_can_see_is_none() {
    let site = Site::start().await;
    site.add_staff("Bob Lind", BOB, &RolePreset::Technician.grants())
        .await;
    let bob = address(&site, BOB).await;
    let mut browser = site.admin().await;
    for name in [
        "\u{200b}",
        " \u{2060}\u{feff} ",
        "\u{3164}",
        "\u{2800}",
        "\u{ad}",
    ] {
        let page = browser.post(&bob, &[("name", name), ("email", BOB)]).await;
        refused(&page, "Enter a name.");
        let fields = [("name", name), ("email", "cem@example.com"), ("role", "")];
        let page = browser.post("/settings/users/new", &fields).await;
        refused(&page, "Enter a name.");
        assert!(page.text.contains("id=\"name-error\""), "{name:?}");
    }
    assert_eq!(site.identity(BOB).await.name, "Bob Lind");
    let seen = [("name", "\u{200f}עברית"), ("email", BOB)];
    let page = browser.post(&bob, &seen).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
}

#[tokio::test]
async fn a_name_of_two_lines_is_refused_at_its_field() {
    let site = Site::start().await;
    site.add_staff("Bob Lind", BOB, &RolePreset::Technician.grants())
        .await;
    let bob = address(&site, BOB).await;
    let mut browser = site.admin().await;
    for name in ["Bob\nLind", "Bob\r\nBcc: x@example.com", "Bob\u{1}Lind"] {
        let page = browser.post(&bob, &[("name", name), ("email", BOB)]).await;
        refused(&page, "Use one line");
    }
    let page = browser
        .post(
            "/settings/users/new",
            &[
                ("name", "Cem\tAy"),
                ("email", "cem@example.com"),
                ("role", ""),
            ],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(site.identity(BOB).await.name, "Bob Lind");
}
