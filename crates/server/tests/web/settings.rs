//! Ways into the settings, and forms with values no page offers.

use axum::http::StatusCode;
use domain::permission::{Area, Grants, Level};
use store::integrations::{Integration, list_integrations};

use crate::harness::{Browser, Page, Site};

const AUTOTASK: &str = "/settings/integrations/autotask";

async fn leads_to(browser: &mut Browser<'_>, path: &str, target: &str) {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}: {}", page.text);
    assert_eq!(page.location(), target, "{path}");
}

async fn integration(site: &Site) -> Integration {
    let all = list_integrations(site.app.store()).await.unwrap();
    all.into_iter().next().unwrap()
}

fn only(grants: &[(Area, Level)]) -> Grants {
    let mut all = Grants::everything();
    all.0.clear();
    all.0.extend(grants.iter().copied());
    all
}

#[tokio::test]
async fn settings_lead_to_the_first_tab_a_role_opens() {
    let site = Site::start().await;
    leads_to(
        &mut site.admin().await,
        "/settings",
        "/settings/integrations",
    )
    .await;
    for (email, grants, target) in [
        (
            "keys@example.com",
            only(&[(Area::Settings, Level::Manage)]),
            "/settings/api-keys",
        ),
        (
            "reader@example.com",
            only(&[(Area::Integrations, Level::Read)]),
            "/settings/integrations",
        ),
    ] {
        site.add_staff("Somebody", email, &grants).await;
        leads_to(&mut site.browser_of(email).await, "/settings", target).await;
    }
    let nothing = only(&[(Area::Tickets, Level::Read)]);
    site.add_staff("Nobody", "nobody@example.com", &nothing)
        .await;
    let page = site
        .browser_of("nobody@example.com")
        .await
        .get("/settings")
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("Read Integrations"), "{}", page.text);
}

#[tokio::test]
async fn what_was_never_connected_leads_to_its_setup() {
    let site = Site::start().await;
    let mut admin = site.admin().await;
    let connect = format!("{AUTOTASK}/setup");
    for path in [AUTOTASK.to_owned(), format!("{AUTOTASK}/runs")] {
        leads_to(&mut admin, &path, &connect).await;
    }
    let reader = only(&[(Area::Integrations, Level::Read)]);
    site.add_staff("Reader", "reader@example.com", &reader)
        .await;
    let mut reader = site.browser_of("reader@example.com").await;
    leads_to(&mut reader, AUTOTASK, "/settings/integrations").await;
    for unavailable in ["stripe", "nonsense"] {
        let page = admin
            .get(&format!("/settings/integrations/{unavailable}"))
            .await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{unavailable}");
    }
}

#[tokio::test]
async fn the_code_an_installation_lacks_is_asked_for_in_the_main_part() {
    let site = Site::start().await;
    let page = site
        .admin()
        .await
        .get(&format!("{AUTOTASK}/setup/connect"))
        .await;
    let (main, advanced) = page.text.split_once("<details").unwrap();
    assert!(main.contains("name=\"integration_code\""), "{main}");
    assert!(main.contains("has no code of its own"), "which case it is");
    assert!(!advanced.contains("name=\"integration_code\""));
    assert!(
        main.contains("Integration code</label>"),
        "it is not optional"
    );
}

fn refused(page: &Page, words: &str) {
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
    let (_, after) = page
        .text
        .split_once("class=\"field-error\"")
        .unwrap_or_else(|| panic!("no message for {words}"));
    assert!(after.contains(words), "{words}");
}

#[tokio::test]
async fn values_no_page_offers_are_refused_beside_their_field() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let before = integration(&site).await;
    let revision = before.settings_revision.to_string();
    let base = serde_json::to_string(&before.settings).unwrap();
    let good = [
        ("revision", revision.as_str()),
        ("base", base.as_str()),
        ("with_reference_data", "1"),
        ("record_type", "tickets"),
        ("interval", "5"),
    ];
    for (step, name, value, words) in [
        ("sync", "record_type", "devices", "devices"),
        ("sync", "queue", "424242", "424242"),
        ("sync", "exclude_status", "424242", "424242"),
        ("sync", "default_contact_role", "424242", "does not exist"),
        ("configure", "closed_status", "424242", "424242"),
        ("configure", "client_comment_status", "424242", "424242"),
        ("configure", "stage.424242", "New", "424242"),
        ("configure", "stage.1", "Nowhere", "Nowhere"),
    ] {
        let mut fields = good.to_vec();
        fields.push((name, value));
        for action in ["next", "exit", "back"] {
            let mut fields = fields.clone();
            fields.push(("action", action));
            let address = format!("{AUTOTASK}/setup/{step}");
            refused(&browser.post(&address, &fields).await, words);
        }
    }
    let mut odd = good.to_vec();
    odd[4] = ("interval", "7");
    refused(
        &browser.post(&format!("{AUTOTASK}/setup/sync"), &odd).await,
        "Choose one of the intervals",
    );
    let card = browser
        .post(&format!("{AUTOTASK}/auto-sync"), &[("interval", "7")])
        .await;
    refused(&card, "Choose one of the intervals");
    assert_eq!(
        integration(&site).await.settings,
        before.settings,
        "nothing was saved"
    );
    let page = browser.post(&format!("{AUTOTASK}/setup/sync"), &good).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
}

#[tokio::test]
async fn what_is_switched_off_is_not_said_to_be_read() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let before = browser.get(AUTOTASK).await;
    assert!(!before.text.contains(">switched off<"), "{}", before.text);
    let integration = integration(&site).await;
    let base = serde_json::to_string(&integration.settings).unwrap();
    let fields = [
        ("revision", &*integration.settings_revision.to_string()),
        ("base", &base),
        ("record_type", "tickets"),
        ("interval", "15"),
    ];
    let saved = browser
        .post(&format!("{AUTOTASK}/setup/sync"), &fields)
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let after = browser.get(AUTOTASK).await;
    let off = after.text.matches(">switched off<").count();
    assert_eq!(
        off, 6,
        "all but tickets, notes and what was deleted of them"
    );
}
