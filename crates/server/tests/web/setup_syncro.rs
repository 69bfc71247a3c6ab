//! Syncro's setup wizard, import of technicians and pages, from provider data alone.

use domain::clock::UtcMillis;
use domain::stream::{RecordType, Stream};
use simulator::{Sandbox, SandboxConfig, SyncroCredentials, WorldConfig};
use store::integrations::list_integrations;
use store::runs::{list_runs, list_stream_runs};

use crate::harness::{NOW, Page, Site};

const CONNECT: &str = "/settings/integrations/syncro/setup/connect";
const SYNC: &str = "/settings/integrations/syncro/setup/sync";
const CONFIGURE: &str = "/settings/integrations/syncro/setup/configure";

async fn site() -> Site {
    let config = SandboxConfig {
        world: WorldConfig {
            companies: 6,
            contacts_per_company: 4,
            technicians: 3,
            tickets: 90,
            ..WorldConfig::default()
        },
        limits: false,
        clock_start_ms: UtcMillis::parse(NOW).map(|now| now.0),
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::start_syncro(config).await.unwrap();
    Site::start_beside("syncro", sandbox).await
}

fn form<'a>(subdomain: &'a str, token: &'a str, action: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("subdomain", subdomain),
        ("api_key", token),
        ("action", action),
    ]
}

async fn connected(site: &Site) {
    let token = SyncroCredentials::default().token;
    let mut browser = site.admin().await;
    let fields = form("https://Harbourline.syncromsp.com/", &token, "next");
    let page = browser.post(CONNECT, &fields).await;
    assert_eq!(
        page.location(),
        format!("{SYNC}?notice=setup_connected"),
        "{}",
        page.text
    );
}

/// Connects and does the first sync.
async fn connect_and_sync(site: &Site) {
    let token = SyncroCredentials::default().token;
    let fields = [("subdomain", "harbourline"), ("api_key", token.as_str())];
    let fields = fields.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let outcome = sync::connect::connect(
        site.app.engine(),
        &sync::Actor::CommandLine,
        "syncro",
        &fields.into(),
        None,
        sync::connect::Start::Now,
    )
    .await
    .unwrap();
    assert!(
        matches!(outcome, sync::connect::ConnectOutcome::Connected { .. }),
        "{outcome:?}"
    );
    site.app.engine().run_until_idle().await.unwrap();
}

fn has(page: &Page, words: &str) -> bool {
    page.text.contains(words)
}

#[tokio::test]
async fn the_form_asks_for_a_subdomain_and_a_key_and_says_how_to_get_one() {
    let site = site().await;
    let mut browser = site.admin().await;
    let page = browser.get(CONNECT).await;
    for words in [
        "Syncro Subdomain",
        "API Key",
        "API Tokens",
        "Customers - List/Search",
        "Token expired",
    ] {
        assert!(has(&page, words), "{words}");
    }
}

#[tokio::test]
async fn a_pasted_address_is_understood_and_shown_corrected() {
    let site = site().await;
    let mut browser = site.admin().await;
    let fields = form("https://harbourline.syncromsp.com/api/v1/", "wrong", "test");
    let page = browser.post(CONNECT, &fields).await;
    assert_eq!(page.input("subdomain").as_deref(), Some("harbourline"));
    assert!(
        has(&page, "Unauthorized"),
        "in Syncro's words: {}",
        page.text
    );
    for (typed, words) in [
        ("na.myconnectwise.net", "no Syncro address"),
        ("api.user@acme.example", "another product"),
        ("somebody-else", "belongs to the Syncro account harbourline"),
    ] {
        let token = SyncroCredentials::default().token;
        let page = browser.post(CONNECT, &form(typed, &token, "test")).await;
        assert!(has(&page, words), "{typed}: {}", page.text);
        assert!(!has(&page, &token), "a secret is never sent back");
    }
    let all = list_integrations(site.app.store()).await.unwrap();
    assert!(all.is_empty());
    connected(&site).await;
    let page = browser.get(CONNECT).await;
    assert_eq!(page.input("subdomain").as_deref(), Some("harbourline"));
}

#[tokio::test]
async fn a_missing_permission_is_named_as_the_tokens_screen_has_it() {
    let site = site().await;
    site.sandbox()
        .set_security("Customers - View Detail", "", "None");
    let mut browser = site.admin().await;
    let token = SyncroCredentials::default().token;
    let page = browser
        .post(CONNECT, &form("harbourline", &token, "test"))
        .await;
    assert!(has(&page, "Customers — View Detail"), "{}", page.text);
}

#[tokio::test]
async fn there_is_no_queue_to_choose_and_no_opportunity() {
    let site = site().await;
    connect_and_sync(&site).await;
    let mut browser = site.admin().await;
    let page = browser.get(SYNC).await;
    assert!(has(&page, "Exclude Statuses") && has(&page, "Waiting on Customer"));
    assert!(!has(&page, "Queues to Sync"));
    let opportunities = format!("value=\"{}\"", RecordType::Opportunities.key());
    assert!(!has(&page, &opportunities), "no opportunity switch");
    let page = browser.get(CONFIGURE).await;
    assert!(has(&page, "Customer Reply"), "statuses by their texts");
    assert!(!has(&page, "Projected Close"), "no opportunity card");
}

#[tokio::test]
async fn everything_a_token_may_see_arrives() {
    let site = site().await;
    connect_and_sync(&site).await;
    let all = list_integrations(site.app.store()).await.unwrap();
    let runs = list_runs(site.app.store(), all[0].id, None, 5)
        .await
        .unwrap();
    let parts = list_stream_runs(site.app.store(), runs[0].id)
        .await
        .unwrap();
    for (stream, kind) in [
        (Stream::Companies, "customers"),
        (Stream::Technicians, "users"),
        (Stream::Contacts, "contacts"),
        (Stream::Tickets, "tickets"),
    ] {
        let part = parts.iter().find(|part| part.stream == stream).unwrap();
        let expected = site.sandbox().ids(kind).len();
        assert_eq!(
            part.counts.created as usize,
            expected,
            "{}: {:?}",
            stream.key(),
            part.oddities
        );
    }
    let mut browser = site.admin().await;
    let page = browser.get("/tickets").await;
    assert!(has(&page, "Waiting on Customer") || has(&page, "In Progress"));
    let page = browser.get("/settings/users/import/syncro").await;
    assert!(
        has(&page, "Nadia Okonkwo") || has(&page, "nadia.okonkwo@"),
        "{}",
        page.text
    );
    assert!(!has(&page, "Derek Hale"), "he left");
}
