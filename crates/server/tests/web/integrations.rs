//! *Settings → Integrations*: cards, connecting, settings edited by two, disconnecting.

use axum::http::StatusCode;
use domain::permission::{Area, Grants, Level};
use domain::provider;

use crate::harness::{Browser, Page, Site, credentials};

const PAGE: &str = "/settings/integrations";
const AUTOTASK: &str = "/settings/integrations/autotask";

/// The connect form as a person fills it in.
fn form(action: &'static str, secret: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = credentials().into_iter().collect();
    fields
        .iter_mut()
        .filter(|(name, _)| name == "secret")
        .for_each(|(_, value)| *value = secret.to_owned());
    let options = [
        ("record_type", "companies"),
        ("record_type", "users"),
        ("record_type", "tickets"),
        ("record_type", "opportunities"),
        ("auto_sync", "on"),
        ("interval", "15"),
        ("initial_import", "on"),
        ("action", action),
    ];
    fields.extend(options.map(|(name, value)| (name.to_owned(), value.to_owned())));
    fields
}

async fn send(browser: &mut Browser<'_>, path: &str, fields: &[(String, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post(path, &fields).await
}

fn right_secret() -> String {
    credentials()["secret"].clone()
}

#[tokio::test]
async fn ten_cards_in_the_words_of_the_mission() {
    let site = Site::start().await;
    let page = site.admin().await.get(PAGE).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert_eq!(page.text.matches("<article").count(), 10);
    for one in provider::ALL {
        assert!(
            page.text.contains(&format!(">{}</h2>", one.name)),
            "{}",
            one.name
        );
        assert!(page.text.contains(one.description), "{}", one.description);
    }
    assert_eq!(
        page.text.matches("Not available yet").count(),
        provider::ALL.iter().filter(|one| !one.available).count()
    );
    for meaning in [
        "Active and syncing",
        "Credentials removed or expired",
        "Connection issue requiring attention",
        "Currently synchronizing data",
    ] {
        assert!(page.text.contains(meaning), "{meaning}");
    }
    let unbuilt = site
        .admin()
        .await
        .get("/settings/integrations/stripe/connect")
        .await;
    assert_eq!(unbuilt.status, StatusCode::NOT_FOUND, "no dead ends");
}

#[tokio::test]
async fn a_test_says_connected_and_saves_nothing() {
    let site = Site::start_beside_sandbox().await;
    let mut browser = site.admin().await;
    let page = send(
        &mut browser,
        "/settings/integrations/autotask/connect",
        &form("test", &right_secret()),
    )
    .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(
        page.text.contains("<strong>Connected</strong>"),
        "{}",
        page.text
    );
    assert!(
        !page.text.contains(&right_secret()),
        "a secret is never sent back"
    );
    assert!(
        store::integrations::list_integrations(site.app.store())
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_refusal_is_told_with_a_hint_and_what_was_typed_stays() {
    let site = Site::start_beside_sandbox().await;
    let mut browser = site.admin().await;
    for action in ["test", "save"] {
        let page = send(
            &mut browser,
            "/settings/integrations/autotask/connect",
            &form(action, "wrong"),
        )
        .await;
        assert_eq!(
            page.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{action}: {}",
            page.text
        );
        assert!(
            page.text
                .contains("Verify that the API credentials are correct"),
            "{action}"
        );
        assert_eq!(
            page.input("user_name"),
            credentials().get("user_name").cloned(),
            "{action}: what was typed stays"
        );
    }
    let mut fields = form("save", &right_secret());
    fields.retain(|(name, _)| name != "record_type" && name != "user_name");
    fields.push(("user_name".to_owned(), String::new()));
    let page = send(
        &mut browser,
        "/settings/integrations/autotask/connect",
        &fields,
    )
    .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text.contains("Choose at least one record type"),
        "{}",
        page.text
    );
    assert!(
        store::integrations::list_integrations(site.app.store())
            .await
            .unwrap()
            .is_empty(),
        "nothing half saved"
    );
}

#[tokio::test]
async fn connecting_twice_is_connecting_once() {
    let site = Site::start_beside_sandbox().await;
    let mut browser = site.admin().await;
    let fields = form("save", &right_secret());
    let first = send(
        &mut browser,
        "/settings/integrations/autotask/connect",
        &fields,
    )
    .await;
    assert_eq!(
        first.location(),
        "/settings/integrations/autotask?notice=connected",
        "{}",
        first.text
    );
    let second = send(
        &mut browser,
        "/settings/integrations/autotask/connect",
        &fields,
    )
    .await;
    assert_eq!(
        second.location(),
        "/settings/integrations/autotask?notice=already_connected",
        "{}",
        second.text
    );
    let all = store::integrations::list_integrations(site.app.store())
        .await
        .unwrap();
    assert_eq!(all.len(), 1);
    let runs = store::runs::list_runs(site.app.store(), all[0].id, None, 10)
        .await
        .unwrap();
    assert_eq!(runs.len(), 1, "one first sync");
    let page = browser.get(AUTOTASK).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(
        page.text.contains("Queues to Sync"),
        "reference data is there before the settings are shown"
    );
}

#[tokio::test]
async fn the_card_tells_freshness_and_its_switch_survives() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let page = browser.get(PAGE).await;
    assert!(page.text.contains("Data is at most"), "{}", page.text);
    let off = browser
        .post(
            "/settings/integrations/autotask/auto-sync",
            &[("auto_sync", "off"), ("interval", "30")],
        )
        .await;
    assert_eq!(
        off.location(),
        "/settings/integrations?notice=auto_sync_off",
        "{}",
        off.text
    );
    let again = browser
        .post(
            "/settings/integrations/autotask/auto-sync",
            &[("auto_sync", "off"), ("interval", "30")],
        )
        .await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "twice is once");
    let all = store::integrations::list_integrations(site.app.store())
        .await
        .unwrap();
    assert!(!all[0].settings.auto_sync);
    assert_eq!(all[0].settings.interval_minutes, 30);
    assert_eq!(all[0].next_sync_at, None);
    assert!(browser.get(PAGE).await.text.contains("auto-sync is off"));
}

#[tokio::test]
async fn the_quick_button_joins_a_running_sync() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    site.clock.advance(600_000);
    let first = browser
        .post("/settings/integrations/autotask/resync", &[])
        .await;
    assert!(
        first.location().ends_with("notice=sync_started"),
        "{} {}",
        first.location(),
        first.text
    );
    let second = browser
        .post("/settings/integrations/autotask/resync", &[])
        .await;
    assert!(
        second.location().ends_with("notice=sync_joined"),
        "{}",
        second.location()
    );
    let path = |page: &Page| page.location().split('?').next().unwrap().to_owned();
    assert_eq!(path(&first), path(&second), "the same run");
    site.app.engine().run_until_idle().await.unwrap();
    let third = browser
        .post("/settings/integrations/autotask/resync", &[])
        .await;
    assert!(
        third.location().ends_with("notice=sync_recent"),
        "{}",
        third.location()
    );
}

#[tokio::test]
async fn two_administrators_edit_at_once_and_nothing_is_lost() {
    let site = Site::start_connected().await;
    let (mut ann, mut bob) = (site.admin().await, site.admin().await);
    let page = ann.get(AUTOTASK).await;
    let base = html_unescape(
        &page
            .input("base")
            .expect("the form knows what it started from"),
    );
    let revision = page.input("revision").unwrap();
    bob.get(AUTOTASK).await;
    let save = |interval: &'static str, auto: bool| {
        let mut fields = vec![
            ("revision", revision.clone()),
            ("base", base.clone()),
            ("interval", interval.to_owned()),
        ];
        fields.extend(
            ["companies", "users", "tickets", "opportunities"]
                .map(|kind| ("record_type", kind.to_owned())),
        );
        fields.push(("initial_import", "on".to_owned()));
        if auto {
            fields.push(("auto_sync", "on".to_owned()));
        }
        fields
    };
    let theirs = save("5", true);
    let theirs: Vec<(&str, &str)> = theirs
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    assert_eq!(
        bob.post(AUTOTASK, &theirs).await.status,
        StatusCode::SEE_OTHER
    );
    let mine = save("15", false);
    let mine: Vec<(&str, &str)> = mine
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let conflict = ann.post(AUTOTASK, &mine).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT, "{}", conflict.text);
    assert!(conflict.text.contains("Somebody else saved other settings"));
    assert!(conflict.text.contains("5 minutes"), "what they changed");
    let now = store::integrations::list_integrations(site.app.store())
        .await
        .unwrap();
    assert!(now[0].settings.auto_sync, "nothing of mine was saved yet");
    let next = conflict.input("revision").unwrap();
    assert_ne!(next, revision);
    let merged: Vec<(&str, &str)> = mine
        .iter()
        .map(|(name, value)| match *name {
            "revision" => ("revision", next.as_str()),
            "interval" => ("interval", "5"),
            _ => (*name, *value),
        })
        .collect();
    assert_eq!(
        ann.post(AUTOTASK, &merged).await.status,
        StatusCode::SEE_OTHER
    );
    let now = store::integrations::list_integrations(site.app.store())
        .await
        .unwrap();
    assert!(!now[0].settings.auto_sync);
    assert_eq!(now[0].settings.interval_minutes, 5);
}

fn html_unescape(text: &str) -> String {
    text.replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
}

#[tokio::test]
async fn disconnect_says_what_stays_and_data_is_deleted_only_by_name() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let ask = browser
        .get("/settings/integrations/autotask/disconnect")
        .await;
    assert!(
        ask.text.contains("What goes") && ask.text.contains("What stays"),
        "{}",
        ask.text
    );
    assert!(ask.text.contains("id=\"dialog-content\""));
    let refused = browser.get("/settings/integrations/autotask/delete").await;
    assert_eq!(
        refused.status,
        StatusCode::CONFLICT,
        "not while it is connected"
    );
    for _ in 0..2 {
        let done = browser
            .post("/settings/integrations/autotask/disconnect", &[])
            .await;
        assert_eq!(
            done.location(),
            "/settings/integrations?notice=disconnected"
        );
    }
    let page = browser.get(PAGE).await;
    assert!(page.text.contains("Connect again"), "{}", page.text);
    assert!(
        browser
            .get("/tickets?closed=all")
            .await
            .text
            .contains("Export CSV"),
        "tickets stay"
    );
    let wrong = browser
        .post(
            "/settings/integrations/autotask/delete",
            &[("confirmation", "Autotusk")],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let gone = browser
        .post(
            "/settings/integrations/autotask/delete",
            &[("confirmation", "Autotask")],
        )
        .await;
    assert_eq!(
        gone.location(),
        "/settings/integrations?notice=deleted",
        "{}",
        gone.text
    );
    assert!(
        !browser
            .get("/tickets?closed=all")
            .await
            .text
            .contains("Export CSV")
    );
    for (path, next) in [("/", "Connect your PSA"), ("/tickets", "Connect a PSA")] {
        let page = browser.get(path).await;
        assert!(page.text.contains(next), "{path}: as if never connected");
    }
}

#[tokio::test]
async fn a_refusal_shows_on_card_home_and_sync_log() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    site.sandbox().set_credentials_valid(false);
    site.clock.advance(600_000);
    let run = browser
        .post("/settings/integrations/autotask/resync", &[])
        .await;
    site.app.engine().run_until_idle().await.unwrap();
    let card = browser.get(PAGE).await;
    assert!(
        card.text.contains("refuses the credentials"),
        "{}",
        card.text
    );
    assert!(card.text.contains("Update credentials"));
    assert!(
        browser
            .get("/")
            .await
            .text
            .contains("refuses the credentials")
    );
    let page = browser.get(run.location()).await;
    assert!(
        page.text
            .contains("Verify that the API credentials are correct"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn who_may_only_read_sees_no_buttons() {
    let site = Site::start_connected().await;
    let grants = Grants([(Area::Integrations, Level::Read)].into());
    site.add_staff("Tom Reader", "tom@example.com", &grants)
        .await;
    let mut browser = site.browser_of("tom@example.com").await;
    let page = browser.get(PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    for button in [">Resync<", "Disconnect</a>", "/auto-sync\""] {
        assert!(!page.text.contains(button), "{button}");
    }
    assert_eq!(browser.get(AUTOTASK).await.status, StatusCode::OK);
    assert_eq!(
        browser
            .get("/settings/integrations/autotask/connect")
            .await
            .status,
        StatusCode::FORBIDDEN
    );
}
