//! Connect, sync, tickets: the walk of a new administrator.

use crate::browser::{Chromium, Tab};
use crate::chromium;
use crate::demo::Demo;

/// Signs in on the page that asks for it.
pub async fn sign_in(tab: &Tab, demo: &Demo) {
    tab.open("/").await;
    tab.fill("email", &demo.email).await;
    tab.fill("password", &demo.password).await;
    tab.click("Sign in").await;
    tab.wait_for_text("Home").await;
}

/// Opens the setup wizard of a PSA from its card, one of several that can be set up.
pub async fn open_setup(tab: &Tab, key: &str) {
    tab.open("/settings/integrations").await;
    tab.text_of(&format!(
        "[...document.querySelectorAll('a')].find((a) => a.innerText.trim() === 'Configure' \
          && a.pathname.startsWith('/settings/integrations/{key}')).click()"
    ))
    .await;
    on_step(tab, "connect").await;
}

/// Fills a connect form, with some values in place of others. What is under *Advanced* is opened first, as a person must.
pub async fn fill_in(tab: &Tab, form: &[(&str, String)], replaced: &[(&str, &str)]) {
    for (name, value) in form {
        let hidden = format!(
            "document.querySelector('#advanced:not([open]) [name=\"{name}\"]') ? 'yes' : ''"
        );
        if tab.text_of(&hidden).await == "yes" {
            tab.click("Advanced").await;
        }
        let other = replaced.iter().find(|(other, _)| other == name);
        tab.fill(name, other.map_or(value.as_str(), |(_, other)| other))
            .await;
    }
}

/// Waits until a step of the setup wizard is shown.
pub async fn on_step(tab: &Tab, step: &str) {
    tab.wait_until(
        &format!(
            "location.pathname.endsWith('/setup/{step}') && document.readyState === 'complete'"
        ),
        &format!("the step {step} is shown"),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connect_sync_and_read_tickets() {
    let Some(executable) = chromium() else { return };
    let demo = Demo::start(&["--empty", "--tickets", "400"]).await;
    let browser = Chromium::start(&executable).await;
    let tab = browser.tab(&demo.address).await;
    tab.look(1440, false).await;
    sign_in(&tab, &demo).await;

    // A wrong secret says so beside what is wrong and saves nothing.
    open_setup(&tab, "autotask").await;
    let form = demo.printed_form("autotask");
    fill_in(&tab, &form, &[("secret", "certainly wrong")]).await;
    tab.click("Test Connection").await;
    tab.wait_for_text("Autotask does not accept these credentials")
        .await;

    // The right one is shown as connected, with what was typed kept.
    let secret = form.iter().find(|(name, _)| *name == "secret");
    tab.fill("secret", &secret.expect("it is printed").1).await;
    tab.click("Test Connection").await;
    tab.wait_until(
        "!document.body.innerText.includes('does not accept these credentials')",
        "the old message is gone",
    )
    .await;
    tab.wait_for_text("Connected").await;
    tab.click("Next").await;

    // Step by step; leaving the second one starts the sync, whose progress the third one shows.
    on_step(&tab, "sync").await;
    tab.wait_for_text("Queues to Sync").await;
    tab.click("Next").await;
    on_step(&tab, "configure").await;
    tab.wait_for_text("The sync has started in the background")
        .await;
    tab.wait_until(
        "document.querySelector('#sync-strip')",
        "the progress of the sync is shown",
    )
    .await;
    tab.click("Back").await;
    on_step(&tab, "sync").await;
    tab.click("Next").await;
    on_step(&tab, "configure").await;
    tab.wait_until(
        "/no second one was started|none was started again/.test(document.body.innerText)",
        "going back and forth starts nothing again",
    )
    .await;
    tab.text_of("history.back()").await;
    on_step(&tab, "sync").await;
    tab.open("/settings/integrations/autotask/setup").await;
    on_step(&tab, "configure").await;
    tab.click("Next").await;
    on_step(&tab, "import").await;
    tab.click("Complete Setup").await;
    tab.wait_until(
        "location.pathname === '/settings/integrations/autotask'",
        "the integration is shown",
    )
    .await;
    tab.wait_for_text("The setup is complete").await;
    tab.open("/settings/integrations/autotask/runs").await;
    tab.wait_for_text("Setup").await;
    wait_until_synced(&tab).await;

    // The tickets are there, filtered, sorted and readable.
    tab.open("/tickets?closed=all").await;
    tab.wait_for_text("400").await;
    tab.wait_until(
        "document.querySelectorAll('main tbody tr').length > 20",
        "tickets are listed",
    )
    .await;
    let first = tab
        .text_of("document.querySelector('main tbody tr a').innerText")
        .await;
    tab.click(first.trim()).await;
    tab.wait_until(
        "/^\\/tickets\\/[0-9a-f-]{36}/.test(location.pathname)",
        "the ticket is opened",
    )
    .await;
    for stage in ["New", "Triaged", "Working", "Waiting", "Resolved"] {
        tab.wait_for_text(stage).await;
    }

    // Asking twice does not sync twice.
    tab.open("/settings/integrations").await;
    tab.click("Resync").await;
    tab.wait_until("document.readyState === 'complete'", "the answer is shown")
        .await;

    browser.close().await;
    demo.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_can_be_read_without_scripts() {
    let Some(executable) = chromium() else { return };
    let demo = Demo::start(&["--tickets", "200"]).await;
    let browser = Chromium::start(&executable).await;
    let tab = browser.tab(&demo.address).await;
    sign_in(&tab, &demo).await;
    tab.open("/settings/integrations/autotask/runs").await;
    wait_until_synced(&tab).await;
    tab.scripts(false).await;
    for (path, text) in [
        ("/", "Home"),
        ("/companies", "Companies"),
        ("/contacts", "Contacts"),
        ("/tickets", "Tickets"),
        ("/opportunities", "Opportunities"),
        ("/settings/integrations", "Not available yet"),
        ("/settings/integrations/autotask", "Autotask"),
        ("/settings/integrations/autotask/runs", "First connection"),
    ] {
        tab.open(path).await;
        tab.wait_for_text(text).await;
    }
    browser.close().await;
    demo.stop().await;
}

/// Tabs that nobody sees must not use up the few connections that a browser makes to one site.
#[tokio::test(flavor = "multi_thread")]
async fn a_tab_listens_only_while_it_is_seen() {
    let Some(executable) = chromium() else { return };
    let demo = Demo::start(&["--tickets", "200"]).await;
    let browser = Chromium::start(&executable).await;
    let tab = browser.tab(&demo.address).await;
    sign_in(&tab, &demo).await;
    wait_until_synced(&tab).await;
    tab.text_of(
        "(() => { window.streams = []; window.parts = 0; \
         window.EventSource = class extends EventSource { constructor(address) { super(address); streams.push(this); \
         this.addEventListener('part', () => { parts += 1; }); } }; \
         window.hide = (hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); \
         document.dispatchEvent(new Event('visibilitychange')); }; })()",
    )
    .await;
    tab.text_of("hide(true)").await;
    tab.text_of("hide(false)").await;
    tab.wait_until("streams.length === 1 && parts > 0", "it looks afresh")
        .await;
    let closed = "streams.map((one) => one.readyState === EventSource.CLOSED).join()";
    tab.text_of("hide(false)").await;
    assert_eq!(tab.text_of(closed).await, "false", "one stream is enough");
    tab.text_of("hide(true)").await;
    assert_eq!(tab.text_of(closed).await, "true");
    tab.text_of("hide(false)").await;
    assert_eq!(tab.text_of(closed).await, "true,false");
    browser.close().await;
    demo.stop().await;
}

/// Waits on Autotask's sync log until the newest run has ended.
pub async fn wait_until_synced(tab: &Tab) {
    wait_until_synced_with(tab, "autotask").await;
}

/// Waits on the sync log of a PSA until the newest run has ended.
pub async fn wait_until_synced_with(tab: &Tab, key: &str) {
    for _ in 0..240 {
        tab.open(&format!("/settings/integrations/{key}/runs"))
            .await;
        let newest = tab
            .text_of("(document.querySelector('main tbody tr') || document.body).innerText")
            .await;
        if newest.contains("Completed") {
            return;
        }
        assert!(
            !newest.contains("Failed"),
            "the first sync failed: {newest}"
        );
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    panic!("the first sync did not complete");
}
