//! The way through the setup wizard: Connect, Sync, Configure, Import. What each PSA has of it is held in `psas`; here
//! Autotask stands for all.

mod at_once;
mod choices;
mod default_role;
mod preview;

use axum::http::StatusCode;
use domain::setup::SetupStep;
use domain::stage::Stage;
use store::integrations::{Integration, list_integrations};

use crate::harness::{Browser, Page, Site, credentials};

const CARDS: &str = "/settings/integrations";
const AUTOTASK: &str = "/settings/integrations/autotask";
const SETUP: &str = "/settings/integrations/autotask/setup";
const CONNECT: &str = "/settings/integrations/autotask/setup/connect";
const SYNC: &str = "/settings/integrations/autotask/setup/sync";
const CONFIGURE: &str = "/settings/integrations/autotask/setup/configure";
const IMPORT: &str = "/settings/integrations/autotask/setup/import";
const COMPLETE: &str = "/settings/integrations/autotask/setup/complete";

fn right_secret() -> String {
    credentials()["secret"].clone()
}

/// The form of the step Connect as a person fills it in.
fn connect_form(action: &str, secret: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = credentials().into_iter().collect();
    fields
        .iter_mut()
        .filter(|(name, _)| name == "secret")
        .for_each(|(_, value)| *value = secret.to_owned());
    fields.push(("action".to_owned(), action.to_owned()));
    fields
}

async fn connect(browser: &mut Browser<'_>) {
    let page = browser
        .send(CONNECT, &connect_form("next", &right_secret()))
        .await;
    let expected = format!("{SYNC}?notice=setup_connected");
    assert_eq!(page.location(), expected, "{}", page.text);
}

async fn stored(site: &Site) -> Integration {
    let all = list_integrations(site.app.store()).await.unwrap();
    all.into_iter().next().unwrap()
}

async fn runs(site: &Site) -> usize {
    let id = stored(site).await.id;
    let runs = store::runs::list_runs(site.app.store(), id, None, 20).await;
    runs.unwrap().len()
}

/// What every form of settings carries, taken from the page it stands on.
fn start_of(page: &Page) -> Vec<(String, String)> {
    let mut form = page.form("setup-form");
    form.retain(|(name, _)| ["revision", "base"].contains(&name.as_str()));
    form
}

/// The form of the step Sync with everything on.
fn sync_form(page: &Page, action: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = start_of(page);
    let usual = [
        ("with_reference_data", "1"),
        ("record_type", "users"),
        ("record_type", "companies"),
        ("record_type", "tickets"),
        ("record_type", "opportunities"),
        ("company_source", "on"),
        ("company_type", "1"),
        ("auto_sync", "on"),
        ("initial_import", "on"),
        ("interval", "15"),
        ("action", action),
    ];
    fields.extend(
        usual
            .iter()
            .chain(more)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    fields
}

async fn leave_sync(browser: &mut Browser<'_>, more: &[(&str, &str)]) -> Page {
    let page = browser.get(SYNC).await;
    let form = sync_form(&page, "next", more);
    browser.send(SYNC, &form).await
}

#[tokio::test]
async fn connecting_twice_is_connecting_once_and_reads_nothing_yet() {
    let site = Site::start_beside_sandbox().await;
    let mut browser = site.admin().await;
    connect(&mut browser).await;
    let second = browser
        .send(CONNECT, &connect_form("next", &right_secret()))
        .await;
    assert!(second.location().starts_with(SYNC), "{}", second.text);
    assert_eq!(list_integrations(site.app.store()).await.unwrap().len(), 1);
    assert_eq!(runs(&site).await, 0, "nothing is read before Sync is left");
    let page = browser.get(SYNC).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for words in [
        "Queues to Sync",
        "name=\"queue\" value=\"8\"",
        "Exclude Statuses",
    ] {
        assert!(page.text.contains(words), "{words} is read before the step");
    }
}

#[tokio::test]
async fn steps_that_were_not_reached_lead_to_the_present_one() {
    let site = Site::start_beside_sandbox().await;
    let mut browser = site.admin().await;
    for path in [SETUP, SYNC, CONFIGURE, IMPORT] {
        assert_eq!(browser.get(path).await.location(), CONNECT, "{path}");
    }
    let card = browser.get(CARDS).await;
    assert!(card.text.contains("Configure</a>"), "{}", card.text);
    let page = browser.get(CONNECT).await;
    assert!(
        !page
            .text
            .contains("href=\"/settings/integrations/autotask/setup/sync\"")
    );
    for path in [SYNC, CONFIGURE, COMPLETE] {
        let sent = browser.post(path, &[("action", "next")]).await;
        assert_eq!(
            sent.location(),
            CONNECT,
            "{path}: a form changes nothing either"
        );
    }
    connect(&mut browser).await;
    for path in [SETUP, CONFIGURE, IMPORT] {
        assert_eq!(browser.get(path).await.location(), SYNC, "{path}");
    }
    let card = browser.get(CARDS).await;
    assert!(
        card.text.contains("Finish setup (step 2 of 4)"),
        "{}",
        card.text
    );
    assert!(
        !card.text.contains("autotask/resync"),
        "nothing to resync yet"
    );
    leave_sync(&mut browser, &[]).await;
    for path in [SETUP, IMPORT] {
        assert_eq!(browser.get(path).await.location(), CONFIGURE, "{path}");
    }
    let card = browser.get(CARDS).await;
    assert!(
        card.text.contains("Finish setup (step 3 of 4)"),
        "{}",
        card.text
    );
}

#[tokio::test]
async fn leaving_sync_starts_it_once_and_says_what_was_done() {
    let site = Site::start_beside_sandbox().await;
    let mut browser = site.admin().await;
    connect(&mut browser).await;
    let first = leave_sync(&mut browser, &[]).await;
    let told = |notice: &str| format!("{CONFIGURE}?notice={notice}");
    assert_eq!(
        first.location(),
        told("setup_sync_started"),
        "{}",
        first.text
    );
    let page = browser.get(first.location()).await;
    assert!(page.text.contains("The sync has started in the background"));
    assert!(
        page.text.contains("id=\"sync-strip\""),
        "its progress is shown"
    );
    let second = leave_sync(&mut browser, &[]).await;
    assert_eq!(
        second.location(),
        told("setup_sync_joined"),
        "{}",
        second.text
    );
    site.app.engine().run_until_idle().await.unwrap();
    let third = leave_sync(&mut browser, &[]).await;
    assert_eq!(
        third.location(),
        told("setup_sync_recent"),
        "{}",
        third.text
    );
    let page = browser.get(third.location()).await;
    assert!(page.text.contains("less than 2 minutes ago"));
    assert!(page.text.contains("records read"), "{}", page.text);
    assert_eq!(runs(&site).await, 1);
    site.clock.advance(121_000);
    let later = leave_sync(&mut browser, &[]).await;
    assert_eq!(
        later.location(),
        told("setup_sync_started"),
        "{}",
        later.text
    );
    // The sync that follows reads next to nothing, and does not stand for what the first one read.
    site.app.engine().run_until_idle().await.unwrap();
    let strip = browser.get(later.location()).await.read();
    assert!(
        strip.contains("records read, nothing new since") || strip.contains(" more since"),
        "{strip}"
    );
}

#[tokio::test]
async fn save_and_exit_and_back_keep_what_was_set_and_start_nothing() {
    let site = Site::start_beside_sandbox().await;
    let mut browser = site.admin().await;
    connect(&mut browser).await;
    for (action, minutes, target) in [
        ("exit", "5", "/settings/integrations?notice=setup_kept"),
        ("back", "30", CONNECT),
    ] {
        let page = browser.get(SYNC).await;
        let mut form = sync_form(&page, action, &[]);
        form.retain(|(name, _)| name != "interval");
        form.push(("interval".to_owned(), minutes.to_owned()));
        let sent = browser.send(SYNC, &form).await;
        assert_eq!(sent.location(), target, "{}", sent.text);
        let now = stored(&site).await;
        assert_eq!(now.settings.interval_minutes.to_string(), minutes);
        assert_eq!(now.setup_step, SetupStep::Sync);
        assert_eq!(now.next_sync_at, None);
    }
    assert_eq!(runs(&site).await, 0);
}

/// The form of the step Configure.
fn configure_form(page: &Page, action: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = start_of(page);
    let usual = [("with_reference_data", "1"), ("action", action)];
    fields.extend(
        usual
            .iter()
            .chain(more)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    fields
}

#[tokio::test]
async fn the_whole_walk_and_configure_reopens_it_with_what_is_set() {
    let site = Site::start_beside_sandbox().await;
    let mut browser = site.admin().await;
    connect(&mut browser).await;
    leave_sync(&mut browser, &[("queue", "8"), ("exclude_status", "5")]).await;
    let page = browser.get(CONFIGURE).await;
    assert!(page.text.contains("Takes effect when"), "{}", page.text);
    let chosen = [
        ("closed_status", "5"),
        ("client_comment_status", "1"),
        ("stage.1", "New"),
        ("stage.8", "Working"),
        ("stage.5", "Resolved"),
        ("with_opportunities", "1"),
        ("projected_close_days", "30"),
    ];
    let form = configure_form(&page, "next", &chosen);
    let sent = browser.send(CONFIGURE, &form).await;
    assert!(sent.location().starts_with(IMPORT), "{}", sent.text);
    let page = browser.get(IMPORT).await;
    for words in [
        "Import Users Now",
        "Complete Setup",
        "every 15 minutes",
        "Change",
    ] {
        assert!(page.text.contains(words), "{words}");
    }
    for _ in 0..2 {
        let done = browser.post(COMPLETE, &[("action", "complete")]).await;
        assert_eq!(
            done.location(),
            "/settings/integrations/autotask?notice=setup_completed",
            "{}",
            done.text
        );
    }
    let now = stored(&site).await;
    assert_eq!(now.setup_step, SetupStep::Complete);
    let set = now.settings;
    assert_eq!(set.scope.queues, ["8".to_owned()].into());
    assert_eq!(set.client_comment_status, ["1".to_owned()].into());
    assert_eq!(set.stages.get("8"), Some(&Stage::Working));
    assert_eq!(set.opportunity.projected_close_days, Some(30));

    let card = browser.get(CARDS).await;
    assert!(card.text.contains("Configure</a>"), "{}", card.text);
    assert_eq!(browser.get(SETUP).await.location(), CONNECT);
    let page = browser.get(CONNECT).await;
    assert_eq!(
        page.input("user_name"),
        credentials().get("user_name").cloned()
    );
    assert!(!page.text.contains(&right_secret()));
    for path in [SYNC, CONFIGURE, IMPORT] {
        assert!(page.text.contains(&format!("href=\"{path}\"")), "{path}");
    }
    let page = browser.get(SYNC).await;
    let ticked = |name: &str, value: &str| {
        let box_of = format!("name=\"{name}\" value=\"{value}\" checked");
        page.text.contains(&box_of)
    };
    assert!(
        ticked("queue", "8") && !ticked("queue", "9"),
        "{}",
        page.text
    );
    let page = browser.get(CONFIGURE).await;
    assert_eq!(page.input("projected_close_days").as_deref(), Some("30"));
}

#[tokio::test]
async fn next_on_a_connected_account_tests_what_is_stored_and_saves_nothing() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let before = runs(&site).await;
    let form = connect_form("next", "");
    let form: Vec<_> = form
        .into_iter()
        .map(|(name, value)| match name.as_str() {
            "integration_code" => (name, String::new()),
            _ => (name, value),
        })
        .collect();
    let sent = browser.send(CONNECT, &form).await;
    assert_eq!(sent.location(), SYNC, "{}", sent.text);
    assert_eq!(runs(&site).await, before);
    let wrong = browser.send(CONNECT, &connect_form("next", "wrong")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = browser
        .send(CONNECT, &connect_form("exit", &right_secret()))
        .await;
    assert_eq!(
        right.location(),
        "/settings/integrations?notice=credentials_updated",
        "{}",
        right.text
    );
    site.sandbox().set_credentials_valid(false);
    let refused = browser.send(CONNECT, &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_stored_optional_secret_can_be_taken_back() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let page = browser.get(CONNECT).await;
    assert!(
        !page.text.contains("name=\"remove.secret\""),
        "one that is needed"
    );
    let owner = store::secrets::integration_owner(stored(&site).await.id);
    let kept = store::secrets::find_secrets(site.app.store(), &owner).await;
    assert!(kept.unwrap().contains_key("integration_code"));
    let mut form = connect_form("next", "");
    form.iter_mut()
        .filter(|(name, _)| name == "integration_code")
        .for_each(|(_, value)| value.clear());
    form.push(("remove.integration_code".to_owned(), "1".to_owned()));
    // Nothing else has a code here, so that one is needed; what is stored stays.
    let sent = browser.send(CONNECT, &form).await;
    assert!(
        sent.text.contains("Integration code is missing."),
        "{}",
        sent.text
    );
    let kept = store::secrets::find_secrets(site.app.store(), &owner).await;
    assert!(kept.unwrap().contains_key("integration_code"));
}

#[tokio::test]
async fn leaving_the_sync_step_backwards_says_when_a_sync_began() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let some: &[(&str, &str)] = &[("queue", "8")];
    for (action, queues, target) in [("back", some, CONNECT), ("exit", &[], CARDS)] {
        let page = browser.get(SYNC).await;
        let form = sync_form(&page, action, queues);
        let sent = browser.send(SYNC, &form).await;
        let expected = format!("{target}?notice=saved_resync");
        assert_eq!(sent.location(), expected, "{}", sent.text);
    }
}

#[tokio::test]
async fn a_step_sent_after_a_disconnect_says_that_nothing_was_saved() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let sync = sync_form(&browser.get(SYNC).await, "next", &[("queue", "8")]);
    let configure = configure_form(&browser.get(CONFIGURE).await, "next", &[]);
    let by = sync::Actor::CommandLine;
    sync::connect::disconnect(site.app.engine(), &by, stored(&site).await.id)
        .await
        .unwrap();
    for (path, form) in [(SYNC, sync), (CONFIGURE, configure)] {
        let sent = browser.send(path, &form).await;
        let expected = format!("{CONNECT}?notice=setup_disconnected");
        assert_eq!(sent.location(), expected, "{}", sent.text);
        let looked = browser.get(path).await;
        assert_eq!(
            looked.location(),
            CONNECT,
            "who only looks was saving nothing"
        );
    }
    let page = browser
        .get(&format!("{CONNECT}?notice=setup_disconnected"))
        .await;
    assert!(page.text.contains("nothing was saved"), "{}", page.text);
}

#[tokio::test]
async fn sync_actions_of_the_wizard_lead_back_to_it() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    site.clock.advance(600_000);
    let quick = browser
        .post(&format!("{AUTOTASK}/quick-sync"), &[("back", "setup")])
        .await;
    let expected = format!("{CONFIGURE}?notice=setup_sync_started");
    assert_eq!(quick.location(), expected, "{}", quick.text);
    site.app.engine().run_until_idle().await.unwrap();
    let ask = browser.get(&format!("{AUTOTASK}/clear?back=setup")).await;
    assert!(ask.text.contains("What happens") && ask.text.contains("What stays"));
    assert!(
        ask.text.contains("data-refresh=\"sync-strip\""),
        "the step under it stays as it was filled in"
    );
    assert!(
        ask.text.contains("90 tickets"),
        "with a preview: {}",
        ask.text
    );
    let clear = browser
        .post(&format!("{AUTOTASK}/clear?back=setup"), &[])
        .await;
    let expected = format!("{CONFIGURE}?notice=clear_started");
    assert_eq!(clear.location(), expected, "{}", clear.text);
}

#[tokio::test]
async fn a_form_of_an_ended_session_keeps_what_was_chosen_but_no_secret() {
    let site = Site::start_beside_sandbox().await;
    let mut browser = site.admin().await;
    connect(&mut browser).await;
    let page = browser.get(SYNC).await;
    let form = sync_form(&page, "next", &[("queue", "8")]);
    site.clock.advance(13 * domain::clock::UtcMillis::HOUR);
    let page = browser.send(SYNC, &form).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    let kept = page.input("kept_fields").unwrap();
    assert!(
        kept.contains("queue=8") && kept.contains("action=next"),
        "{kept}"
    );
    let secret = "correct horse battery";
    let page = browser.send(CONNECT, &connect_form("next", secret)).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(!page.text.contains("correct+horse") && !page.text.contains(secret));
    assert!(
        page.text.contains("user_name="),
        "what is no secret is kept"
    );
}
