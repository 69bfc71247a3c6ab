//! *Settings → Integrations*: cards, the page of one integration, disconnecting.

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use domain::permission::{Area, Grants, Level};
use domain::provider;

use crate::harness::{Page, Site, credentials};

const PAGE: &str = "/settings/integrations";
const AUTOTASK: &str = "/settings/integrations/autotask";

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
        .get("/settings/integrations/stripe/setup/connect")
        .await;
    assert_eq!(unbuilt.status, StatusCode::NOT_FOUND, "no dead ends");
}

#[tokio::test]
async fn the_card_tells_freshness_and_its_switch_survives() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let page = browser.get(PAGE).await;
    // What is read by change, and beside it what is read whole, which is older.
    let told = "Companies, contacts, tickets and opportunities are at most";
    let whole = "contact group members every hour (at most";
    for words in [told, whole] {
        assert!(page.read().contains(words), "{words}: {}", page.text);
    }
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
    assert_eq!(all[0].next_sync_at, None);
    assert!(browser.get(PAGE).await.text.contains("auto-sync is off"));
}

/// Two administrators look at the card at once: each changes what they pressed, and nothing that only stood beside it.
#[tokio::test]
async fn the_switch_leaves_a_colleagues_interval_alone_and_the_interval_the_switch() {
    let site = Site::start_connected().await;
    let (mut ann, mut bob) = (site.admin().await, site.admin().await);
    const AT: &str = "/settings/integrations/autotask/auto-sync";
    let set = async || {
        let all = store::integrations::list_integrations(site.app.store()).await;
        let settings = all.unwrap().remove(0).settings;
        (settings.auto_sync, settings.interval_minutes)
    };
    let (on, shown) = set().await;
    assert_eq!((on, shown), (true, 15));
    let page = ann.get(PAGE).await;
    assert!(page.text.contains("value=\"15\" selected"), "{}", page.text);

    let saved = bob.post(AT, &[("interval", "30")]).await;
    assert!(saved.location().ends_with("notice=saved"), "{}", saved.text);
    assert_eq!(set().await, (true, 30));
    // A browser sends what the select of Ann's older page shows along with the button.
    ann.post(AT, &[("auto_sync", "off"), ("interval", "15")])
        .await;
    assert_eq!(set().await, (false, 30), "the colleague's interval stays");
    bob.post(AT, &[("interval", "5")]).await;
    assert_eq!(set().await, (false, 5), "and so does the switch");

    // Without scripts somebody chooses another interval and presses the switch instead of *Set*.
    let shown = ann.get(PAGE).await.input("interval_shown");
    assert_eq!(shown.as_deref(), Some("5"));
    let press = |switch, minutes| {
        [
            ("auto_sync", switch),
            ("interval_shown", "5"),
            ("interval", minutes),
        ]
    };
    ann.post(AT, &press("on", "30")).await;
    assert_eq!(set().await, (true, 30), "both are meant");
    bob.post(AT, &press("off", "5")).await;
    assert_eq!(set().await, (false, 30), "only the switch is");
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
    // Of what no page shows it is told as well that it is here.
    let control = site.sandbox();
    let tickets = control.ids("Tickets");
    control.delete("Tickets", tickets[0]);
    site.clock.advance(UtcMillis::HOUR);
    browser
        .post("/settings/integrations/autotask/resync", &[])
        .await;
    site.app.engine().run_until_idle().await.unwrap();
    let counted = format!(
        "{} tickets, 1 of them out of scope or removed",
        tickets.len()
    );
    let ask = browser
        .get("/settings/integrations/autotask/disconnect")
        .await;
    assert!(ask.text.contains(&counted), "{counted}: {}", ask.text);
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
    let kept = what_is_stored(&site).await;
    assert_eq!(kept, ["user_name"], "no secret");
    let connect = "/settings/integrations/autotask/setup/connect";
    let page = browser.get(connect).await;
    let known = credentials();
    assert_eq!(page.input("user_name").as_ref(), known.get("user_name"));
    assert!(!page.text.contains("stored"), "the rest is typed again");
    assert!(
        browser
            .get("/tickets?closed=all")
            .await
            .text
            .contains("Export CSV"),
        "tickets stay"
    );
    let ask = browser.get("/settings/integrations/autotask/delete").await;
    let companies = "that came from here, with no account and in no other tool";
    assert!(ask.text.contains(companies), "{}", ask.text);
    assert!(ask.text.contains(&counted), "{counted}: {}", ask.text);
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
    assert!(what_is_stored(&site).await.is_empty());
    assert_eq!(
        browser.get(connect).await.input("user_name").as_deref(),
        Some("")
    );
    for (path, next) in [
        ("/", "Connect your PSA"),
        ("/tickets", "Connect a PSA"),
        ("/tickets?closed=all", "No tickets yet"),
    ] {
        let page = browser.get(path).await;
        assert!(page.text.contains(next), "{path}: as if never connected");
    }
}

/// Names of what is stored of the connect form.
async fn what_is_stored(site: &Site) -> Vec<String> {
    let store = site.app.store();
    let all = store::integrations::list_integrations(store).await.unwrap();
    let owner = store::secrets::integration_owner(all[0].id);
    let kept = store::secrets::find_secrets(store, &owner).await.unwrap();
    kept.into_keys().collect()
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
            .contains("Verify that the API username and secret are correct"),
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
            .get("/settings/integrations/autotask/setup/connect")
            .await
            .status,
        StatusCode::FORBIDDEN
    );
}
