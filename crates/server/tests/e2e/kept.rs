//! What somebody typed or ticked is not lost on the way: dialogs over a changed form, and leaving it.

use crate::browser::{Chromium, Tab};
use crate::chromium;
use crate::demo::Demo;
use crate::walk::{sign_in, wait_until_synced};

/// Presses the first box of a list and answers its name and value.
const TICK_STATUS: &str = "(() => { const box = document.querySelector('[name=closed_status]'); box.click(); \
                           return box.checked !== box.defaultChecked; })()";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_sent_yet_outlives_dialogs_and_is_asked_about() {
    let Some(executable) = chromium() else { return };
    let demo = Demo::start(&["--tickets", "200"]).await;
    let browser = Chromium::start(&executable).await;
    let tab = browser.tab(&demo.address).await;
    tab.look(1440, false).await;
    sign_in(&tab, &demo).await;
    wait_until_synced(&tab).await;

    // Clear & Resync is confirmed in a dialog; the step under it keeps what was changed in it.
    tab.open("/settings/integrations/autotask/setup/configure")
        .await;
    tab.wait_until(TICK_STATUS, "a status is ticked").await;
    tab.click("Clear & Resync…").await;
    tab.wait_for_text("What happens").await;
    tab.click("Clear & Resync").await;
    tab.wait_until(
        "!document.querySelector('dialog') && document.querySelector('#toasts .toast')",
        "it is done, and told",
    )
    .await;
    let kept = "(() => { const box = document.querySelector('[name=closed_status]'); \
                return box.checked !== box.defaultChecked; })()";
    assert_eq!(tab.text_of(kept).await, "true", "the tick is still there");
    assert_eq!(tab.asked(), 0, "and nobody was asked");

    // Leaving the changed step by a link is asked about, once it is saved no more.
    tab.click("Companies").await;
    tab.wait_until(
        "location.pathname === '/companies'",
        "the link was followed",
    )
    .await;
    assert_eq!(tab.asked(), 1);
    tab.open("/settings/integrations/autotask/setup/configure")
        .await;
    tab.wait_until(TICK_STATUS, "a status is ticked").await;
    tab.click("Save & Exit").await;
    tab.wait_until(
        "location.pathname === '/settings/integrations'",
        "it is saved",
    )
    .await;
    tab.open("/companies").await;
    assert_eq!(tab.asked(), 1, "what was sent is not asked about");

    // A company is linked in a dialog: the ticks of the list under it and its search stay.
    tab.open("/settings/integrations/autotask/setup/import?tab=companies&now=on")
        .await;
    tab.text_of(
        "(() => { const box = document.getElementById('picker-unlinked'); box.click(); })()",
    )
    .await;
    let ready = "document.querySelectorAll('#import-picker tr[data-pick=ready]')";
    tab.wait_until(
        &format!(
            "{ready}.length > 1 && !document.querySelector('#import-picker tr[data-pick=linked]')"
        ),
        "companies wait",
    )
    .await;
    let rows: usize = tab
        .text_of(&format!("{ready}.length"))
        .await
        .parse()
        .unwrap_or(0);
    tab.text_of(&format!("{ready}[0].querySelector('[name=pick]').click()"))
        .await;
    tab.wait_for_text("Import Selected (1)").await;
    tab.text_of(&format!(
        "{ready}[1].querySelector('a[data-dialog]').click()"
    ))
    .await;
    tab.wait_until(
        "document.querySelector('dialog [name=company]')",
        "companies are offered",
    )
    .await;
    tab.text_of("document.querySelector('dialog [name=company]').click()")
        .await;
    tab.click("Link").await;
    tab.wait_until(
        &format!(
            "!document.querySelector('dialog') && {ready}.length === {}",
            rows - 1
        ),
        "the list has one less",
    )
    .await;
    tab.wait_for_text("Import Selected (1)").await;
    let state = "document.getElementById('picker-unlinked').checked \
                 && document.querySelectorAll('#import-picker [name=pick]:checked').length === 1";
    assert_eq!(tab.text_of(state).await, "true");
    browser.close().await;
}

/// Searches the list to import from, as typing does.
fn search(text: &str) -> String {
    format!(
        "(() => {{ const field = document.getElementById('picker-search'); field.value = '{text}'; \
          field.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()"
    )
}

/// Waits for a message above the page and closes it.
async fn told(tab: &Tab, words: &str) {
    tab.wait_until(
        &format!("[...document.querySelectorAll('.toast')].some((one) => one.innerText.includes('{words}'))"),
        &format!("\"{words}\" is told"),
    )
    .await;
    tab.text_of("document.querySelectorAll('.toast').forEach((one) => one.remove())")
        .await;
}

/// What the message about an ended session says to do works: sign in in a new tab, then send this again.
#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_sent_again_after_signing_in_in_another_tab() {
    let Some(executable) = chromium() else { return };
    let demo = Demo::start(&["--tickets", "200"]).await;
    let browser = Chromium::start(&executable).await;
    let tab = browser.tab(&demo.address).await;
    tab.look(1440, false).await;
    sign_in(&tab, &demo).await;
    wait_until_synced(&tab).await;
    tab.open("/settings/users/import/autotask").await;
    let ready = "document.querySelector('#import-picker tr[data-pick=ready] [name=pick]')";
    tab.wait_until(ready, "somebody can be selected").await;
    tab.text_of(&format!("{ready}.click()")).await;
    tab.wait_for_text("Import Selected (1)").await;

    let other = browser.tab(&demo.address).await;
    other.open("/profile").await;
    other.sign_out().await;
    tab.text_of(&search("zz")).await;
    told(&tab, "Your session ended").await;
    sign_in(&other, &demo).await;

    // What somebody else has typed is not sent in one's own name.
    let someone = |email: &str| format!("document.body.dataset.person = '{email}'");
    tab.text_of(&someone("eve@example.com")).await;
    tab.text_of(&search("zzz")).await;
    told(&tab, "Nothing was changed").await;
    tab.text_of(&someone(&demo.email)).await;
    tab.text_of(&search("zzzz")).await;
    tab.wait_for_text("No resources match").await;
    tab.wait_for_text("Import Selected (1)").await;
    browser.close().await;
    demo.stop().await;
}

/// An address typed for somebody without one can have any letter the server takes.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_letters_beyond_ascii_can_be_typed() {
    let Some(executable) = chromium() else { return };
    let demo = Demo::start(&["--tickets", "200"]).await;
    let browser = Chromium::start(&executable).await;
    let tab = browser.tab(&demo.address).await;
    tab.open("/sign-in").await;
    tab.fill("email", "jörg@müller.example").await;
    tab.fill("password", "wrong wrong wrong").await;
    tab.click("Sign in").await;
    tab.wait_for_text("The e-mail address or the password is wrong")
        .await;
    browser.close().await;
    demo.stop().await;
}
