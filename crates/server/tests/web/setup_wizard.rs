//! The setup wizard: Connect, Sync, Configure, Import.

use axum::http::StatusCode;
use domain::setup::SetupStep;
use domain::stage::Stage;
use domain::stream::RecordType;
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

async fn send(browser: &mut Browser<'_>, path: &str, fields: &[(String, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post(path, &fields).await
}

async fn connect(browser: &mut Browser<'_>) {
    let page = send(browser, CONNECT, &connect_form("next", &right_secret())).await;
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

fn html_unescape(text: &str) -> String {
    text.replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
}

/// What every form of settings carries, taken from the page it stands on.
fn start_of(page: &Page) -> Vec<(String, String)> {
    let hidden = |name: &str| (name.to_owned(), html_unescape(&page.input(name).unwrap()));
    vec![hidden("revision"), hidden("base")]
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
    send(browser, SYNC, &form).await
}

#[tokio::test]
async fn a_test_says_connected_and_saves_nothing() {
    let site = Site::start_beside_sandbox().await;
    let mut browser = site.admin().await;
    let page = send(
        &mut browser,
        CONNECT,
        &connect_form("test", &right_secret()),
    )
    .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("<strong>Connected</strong>"));
    assert!(
        !page.text.contains(&right_secret()),
        "a secret is never sent back"
    );
    let all = list_integrations(site.app.store()).await.unwrap();
    assert!(all.is_empty());
}

#[tokio::test]
async fn a_refusal_is_told_with_a_hint_and_what_was_typed_stays() {
    let site = Site::start_beside_sandbox().await;
    let mut browser = site.admin().await;
    for action in ["test", "next", "exit"] {
        let page = send(&mut browser, CONNECT, &connect_form(action, "wrong")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{action}");
        let hint = "Verify that the API credentials are correct";
        assert!(page.text.contains(hint), "{action}");
        assert_eq!(
            page.input("user_name"),
            credentials().get("user_name").cloned(),
            "{action}: what was typed stays"
        );
    }
    let mut fields = connect_form("next", &right_secret());
    fields.retain(|(name, _)| name != "user_name");
    let page = send(&mut browser, CONNECT, &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("API Username is missing."));
    let all = list_integrations(site.app.store()).await.unwrap();
    assert!(all.is_empty(), "nothing half saved");
}

#[tokio::test]
async fn a_secret_pasted_with_a_line_break_and_odd_characters_is_no_trouble() {
    let site = Site::start_beside_sandbox().await;
    let mut browser = site.admin().await;
    let pasted = format!(" {}\r\n", right_secret());
    let page = send(&mut browser, CONNECT, &connect_form("test", &pasted)).await;
    assert!(page.text.contains("<strong>Connected</strong>"));
    let mut odd = connect_form("next", "🔑\0<b>\"secret\"</b>");
    odd.iter_mut()
        .filter(|(name, _)| name == "user_name")
        .for_each(|(_, value)| *value = "<script>alert(1)</script>\0🏭".to_owned());
    let page = send(&mut browser, CONNECT, &odd).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.text.contains("<script>alert(1)"), "{}", page.text);
    assert!(!page.text.contains("🔑"), "a secret is never sent back");
    let page = send(&mut browser, CONNECT, &connect_form("next", &pasted)).await;
    assert!(page.location().starts_with(SYNC), "{}", page.text);
}

#[tokio::test]
async fn connecting_twice_is_connecting_once_and_reads_nothing_yet() {
    let site = Site::start_beside_sandbox().await;
    let mut browser = site.admin().await;
    connect(&mut browser).await;
    let second = send(
        &mut browser,
        CONNECT,
        &connect_form("next", &right_secret()),
    )
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
        let sent = send(&mut browser, SYNC, &form).await;
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
    let sent = send(&mut browser, CONFIGURE, &form).await;
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
    assert_eq!(set.client_comment_status.as_deref(), Some("1"));
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
    let sent = send(&mut browser, CONNECT, &form).await;
    assert_eq!(sent.location(), SYNC, "{}", sent.text);
    assert_eq!(runs(&site).await, before);
    let wrong = send(&mut browser, CONNECT, &connect_form("next", "wrong")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = send(
        &mut browser,
        CONNECT,
        &connect_form("exit", &right_secret()),
    )
    .await;
    assert_eq!(
        right.location(),
        "/settings/integrations?notice=credentials_updated",
        "{}",
        right.text
    );
    site.sandbox().set_credentials_valid(false);
    let refused = send(&mut browser, CONNECT, &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn two_administrators_edit_at_once_and_nothing_is_lost() {
    let site = Site::start_connected().await;
    let (mut ann, mut bob) = (site.admin().await, site.admin().await);
    let mine = ann.get(SYNC).await;
    let theirs = bob.get(SYNC).await;
    let with_interval = |page: &Page, minutes: &str| {
        let mut form = sync_form(page, "next", &[]);
        form.retain(|(name, _)| name != "interval");
        form.push(("interval".to_owned(), minutes.to_owned()));
        form
    };
    let sent = send(&mut bob, SYNC, &with_interval(&theirs, "5")).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let mut form = with_interval(&mine, "15");
    form.retain(|(name, _)| name != "auto_sync");
    form.push(("queue".to_owned(), "8".to_owned()));
    let conflict = send(&mut ann, SYNC, &form).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT, "{}", conflict.text);
    assert!(conflict.text.contains("Somebody else saved other settings"));
    assert!(conflict.text.contains("5 minutes"), "what they changed");
    let now = stored(&site).await.settings;
    assert!(
        now.auto_sync && now.scope.queues.is_empty(),
        "nothing of mine was saved yet"
    );
    let mut form = with_interval(&conflict, "5");
    form.retain(|(name, _)| name != "auto_sync");
    form.push(("queue".to_owned(), "8".to_owned()));
    let sent = send(&mut ann, SYNC, &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let now = stored(&site).await.settings;
    assert_eq!((now.auto_sync, now.interval_minutes), (false, 5));
    assert_eq!(now.scope.queues, ["8".to_owned()].into());
}

#[tokio::test]
async fn two_administrators_in_two_steps_do_not_undo_each_other() {
    let site = Site::start_connected().await;
    let (mut ann, mut bob) = (site.admin().await, site.admin().await);
    let configure = ann.get(CONFIGURE).await;
    let sync = bob.get(SYNC).await;
    let sent = send(&mut bob, SYNC, &sync_form(&sync, "next", &[("queue", "8")])).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let chosen = [("closed_status", "5"), ("closed_status", "8")];
    let sent = send(
        &mut ann,
        CONFIGURE,
        &configure_form(&configure, "next", &chosen),
    )
    .await;
    assert_eq!(sent.status, StatusCode::CONFLICT, "she is told");
    let again = configure_form(&sent, "next", &chosen);
    let sent = send(&mut ann, CONFIGURE, &again).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let now = stored(&site).await.settings;
    assert_eq!(now.scope.queues, ["8".to_owned()].into(), "Bob's stays");
    assert_eq!(now.closed_statuses.len(), 2);
}

#[tokio::test]
async fn a_queue_that_vanished_is_named_at_its_field() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let sent = leave_sync(&mut browser, &[("queue", "8")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let integration = stored(&site).await;
    let items =
        store::reference_items::list_reference_items(site.app.store(), integration.id, None)
            .await
            .unwrap();
    let left: Vec<_> = items
        .iter()
        .filter(|item| {
            !(item.kind == domain::reference::ReferenceKind::Queue && item.external_id == "8")
        })
        .map(|item| domain::reference::ReferenceItem {
            kind: item.kind,
            external_id: item.external_id.clone(),
            label: item.label.clone(),
            parent: item.parent.clone(),
            active: item.active,
            sort_order: item.sort_order,
            system: item.is_system,
        })
        .collect();
    let mut tx = site.app.store().begin().await.unwrap();
    store::reference_items::replace_reference_items(&mut tx, integration.id, &left)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let page = browser.get(SYNC).await;
    assert!(page.text.contains("(no longer listed)"), "{}", page.text);
    let sent = send(
        &mut browser,
        SYNC,
        &sync_form(&page, "next", &[("queue", "8")]),
    )
    .await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(sent.text.contains("id=\"queue-error\""), "{}", sent.text);
    assert!(sent.text.contains("not on the vendor"), "{}", sent.text);
    let sent = send(&mut browser, SYNC, &sync_form(&page, "next", &[])).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
}

#[tokio::test]
async fn opportunity_defaults_are_disabled_with_the_reason_and_kept() {
    let site = Site::start_connected().await;
    let mut browser = site.admin().await;
    let page = browser.get(CONFIGURE).await;
    assert!(!page.text.contains("Enable Opportunity Sync is off"));
    let chosen = [("with_opportunities", "1"), ("projected_close_days", "45")];
    send(
        &mut browser,
        CONFIGURE,
        &configure_form(&page, "next", &chosen),
    )
    .await;
    let page = browser.get(SYNC).await;
    let mut form = sync_form(&page, "next", &[]);
    form.retain(|(_, value)| value != "opportunities");
    let sent = send(&mut browser, SYNC, &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let page = browser.get(CONFIGURE).await;
    assert!(page.text.contains("Enable Opportunity Sync is off"));
    assert!(
        page.text
            .contains("<fieldset class=\"field-grid\" disabled>")
    );
    send(&mut browser, CONFIGURE, &configure_form(&page, "next", &[])).await;
    let now = stored(&site).await.settings;
    assert!(!now.record_types.contains(&RecordType::Opportunities));
    assert_eq!(
        now.opportunity.projected_close_days,
        Some(45),
        "what was set is kept"
    );
    let wrong = [
        ("with_opportunities", "1"),
        ("projected_close_days", "soon <b>"),
    ];
    let page = send(
        &mut browser,
        CONFIGURE,
        &configure_form(&page, "next", &wrong),
    )
    .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("projected_close_days-error"));
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
    let page = send(&mut browser, SYNC, &form).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    let kept = page.input("kept_fields").unwrap();
    assert!(
        kept.contains("queue=8") && kept.contains("action=next"),
        "{kept}"
    );
    let secret = "correct horse battery";
    let page = send(&mut browser, CONNECT, &connect_form("next", secret)).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(!page.text.contains("correct+horse") && !page.text.contains(secret));
    assert!(
        page.text.contains("user_name="),
        "what is no secret is kept"
    );
}
