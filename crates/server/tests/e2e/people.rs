//! Importing staff and companies in their dialogs, as the guide describes it, with scripts and without.

use crate::browser::{Chromium, Tab};
use crate::chromium;
use crate::demo::Demo;
use crate::walk::{sign_in, wait_until_synced};

/// Ticks the first person with an address and chooses the role, as clicks would.
pub async fn choose(tab: &Tab, role: &str) {
    tab.wait_until(
        "document.querySelector('#import-picker tr[data-pick=ready] [name=pick]')",
        "somebody can be selected",
    )
    .await;
    tab.text_of("document.querySelector('#import-picker tr[data-pick=ready] [name=pick]').click()")
        .await;
    let chosen = format!(
        "(() => {{ const list = document.getElementById('picker-role'); \
          list.value = [...list.options].find((one) => one.text === '{role}').value; \
          list.dispatchEvent(new Event('change', {{ bubbles: true }})); return list.value }})()"
    );
    tab.wait_until(&chosen, "the role is there").await;
}

/// From here on what goes wrong in a script of the page is noted.
async fn note_errors(tab: &Tab) {
    tab.text_of(
        "(() => { window.wrong = []; \
         addEventListener('error', (event) => window.wrong.push(event.message)); \
         addEventListener('unhandledrejection', (event) => window.wrong.push(String(event.reason))); })()",
    )
    .await;
}

/// Nothing went wrong, and what has the focus is in the part that was put in place.
async fn assert_focus_in(tab: &Tab, part: &str) {
    assert_eq!(
        tab.text_of("window.wrong.join()").await,
        "",
        "script errors"
    );
    let inside = format!("document.querySelector('{part}').contains(document.activeElement)");
    assert_eq!(tab.text_of(&inside).await, "true", "the focus in {part}");
}

#[tokio::test(flavor = "multi_thread")]
async fn resources_are_imported_in_the_dialog() {
    let Some(executable) = chromium() else { return };
    let demo = Demo::start(&["--tickets", "200"]).await;
    let browser = Chromium::start(&executable).await;
    let tab = browser.tab(&demo.address).await;
    tab.look(1440, false).await;
    sign_in(&tab, &demo).await;
    wait_until_synced(&tab).await;

    tab.open("/settings/users").await;
    tab.click("Import").await;
    tab.click("Import from Autotask").await;
    tab.wait_until(
        "document.querySelector('dialog[open]')",
        "the dialog is open",
    )
    .await;
    tab.wait_for_text("Import Resources from Autotask").await;
    tab.wait_until(
        "document.querySelector('dialog [data-pick-button]').disabled",
        "nobody is selected, so the button does nothing",
    )
    .await;
    let name = tab
        .text_of("document.querySelector('dialog tr[data-pick=ready] .lead').innerText.trim()")
        .await;
    choose(&tab, "Technician").await;
    tab.wait_for_text("Import Selected (1)").await;
    // A search keeps what is selected, shown or not.
    tab.text_of(
        "(() => { const field = document.querySelector('dialog #picker-search'); field.value = 'zzzz'; \
          field.dispatchEvent(new Event('input', { bubbles: true })); })()",
    )
    .await;
    tab.wait_for_text("No resources match").await;
    tab.wait_for_text("Import Selected (1)").await;
    note_errors(&tab).await;
    tab.click("Import Selected (1)").await;
    tab.wait_for_text("1 user created").await;
    assert_focus_in(&tab, "dialog #import-picker").await;
    tab.click("Import more").await;
    tab.wait_until(
        "document.querySelector('dialog #picker-search')",
        "the list is there again",
    )
    .await;
    assert_focus_in(&tab, "dialog #import-picker").await;
    tab.click("Report").await;
    tab.wait_for_text("1 user created").await;
    assert_focus_in(&tab, "dialog #import-picker").await;
    tab.click("Back to users").await;
    tab.wait_until("!document.querySelector('dialog')", "the dialog is closed")
        .await;
    tab.wait_until(
        &format!("document.querySelector('#list').innerText.includes({name:?})"),
        "the list under it shows the new user",
    )
    .await;

    // On a page of its own the address follows: a reload shows the report again, and Back leads to the list.
    tab.open(PAGE).await;
    choose(&tab, "Technician").await;
    tab.click("Import Selected (1)").await;
    tab.wait_until(REPORTED, "the report is there").await;
    let report = tab.path().await;
    assert!(report.starts_with(&format!("{PAGE}/reports/")), "{report}");
    tab.text_of("(() => { window.before = true; location.reload(); })()")
        .await;
    tab.wait_until(
        &format!("!window.before && {REPORTED} && document.readyState === 'complete'"),
        "the report is there again, with its scripts",
    )
    .await;
    assert_eq!(tab.path().await, report);
    tab.text_of("history.back()").await;
    tab.wait_until(
        &format!("location.pathname === '{PAGE}' && document.getElementById('picker-search')"),
        "the list is there again",
    )
    .await;

    // The same without scripts.
    tab.scripts(false).await;
    tab.open(PAGE).await;
    choose(&tab, "Technician").await;
    // Without scripts the browser cannot be told to scroll, so the button is pressed where it is.
    tab.text_of("document.querySelector('button[name=action][value=import]').click()")
        .await;
    tab.wait_for_text("1 user created").await;

    browser.close().await;
    demo.stop().await;
}

/// Where people are imported on a page of its own.
const PAGE: &str = "/settings/users/import/autotask";

/// The report of an import that has ended.
const REPORTED: &str = "document.querySelector('[data-answer] .banner')";

/// Rows of the dialog's list that can be ticked.
const READY: &str = "document.querySelectorAll('dialog #import-picker tr[data-pick=ready]')";

#[tokio::test(flavor = "multi_thread")]
async fn companies_are_imported_in_the_dialog_and_linked_in_one_above_it() {
    let Some(executable) = chromium() else { return };
    let demo = Demo::start(&["--tickets", "200"]).await;
    let browser = Chromium::start(&executable).await;
    let tab = browser.tab(&demo.address).await;
    tab.look(1440, false).await;
    sign_in(&tab, &demo).await;
    wait_until_synced(&tab).await;

    tab.open("/companies").await;
    note_errors(&tab).await;
    tab.click("Import").await;
    tab.click("Import from Autotask").await;
    tab.wait_for_text("Import Companies from Autotask").await;
    tab.text_of("document.getElementById('picker-unlinked').click()")
        .await;
    tab.wait_until(
        &format!("{READY}.length > 1 && !document.querySelector('dialog tr[data-pick=linked]')"),
        "companies wait",
    )
    .await;
    let rows = tab.text_of(&format!("{READY}.length")).await;
    let rows: usize = rows.parse().unwrap_or(0);
    tab.text_of(&format!("{READY}[0].querySelector('[name=pick]').click()"))
        .await;
    tab.wait_for_text("Import Selected (1)").await;

    // The question about a row stands above the list, which stays as it is.
    tab.text_of(&format!(
        "{READY}[1].querySelector('a[data-dialog]').click()"
    ))
    .await;
    tab.wait_until(
        "document.querySelectorAll('dialog[open]').length === 2 && document.querySelector('dialog [name=company]')",
        "companies are offered",
    )
    .await;
    tab.text_of("document.querySelector('dialog [name=company]').click()")
        .await;
    tab.click("Link").await;
    tab.wait_until(
        &format!(
            "document.querySelectorAll('dialog[open]').length === 1 && {READY}.length === {}",
            rows - 1
        ),
        "it is linked, and the list has one less",
    )
    .await;
    tab.wait_until(
        "document.querySelector('dialog #toasts .toast')",
        "that is told above the dialog",
    )
    .await;
    tab.text_of("document.querySelector('dialog .toast [data-close]').click()")
        .await;
    tab.wait_until(
        "document.querySelector('dialog[open]') && !document.querySelector('.toast')",
        "the message is closed alone",
    )
    .await;
    tab.wait_for_text("Import Selected (1)").await;
    tab.click("Import Selected (1)").await;
    tab.wait_for_text("1 company created").await;
    assert_focus_in(&tab, "dialog #import-picker").await;
    tab.click("Import more").await;
    tab.wait_until(
        "document.querySelector('dialog #picker-search')",
        "the list is there again",
    )
    .await;
    assert_focus_in(&tab, "dialog #import-picker").await;
    tab.click("Cancel").await;
    tab.wait_until("!document.querySelector('dialog')", "the dialog is closed")
        .await;
    browser.close().await;
    demo.stop().await;
}

/// In the wizard the button stands far below what it leads to, and the other list is kept meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_imported_in_the_wizard_is_told_in_sight() {
    let Some(executable) = chromium() else { return };
    let demo = Demo::start(&["--tickets", "200"]).await;
    let browser = Chromium::start(&executable).await;
    let tab = browser.tab(&demo.address).await;
    tab.look(1440, false).await;
    sign_in(&tab, &demo).await;
    wait_until_synced(&tab).await;

    tab.open("/settings/integrations/autotask/setup/import?tab=users&now=on")
        .await;
    note_errors(&tab).await;
    choose(&tab, "Technician").await;
    tab.wait_for_text("Import Selected (1)").await;
    tab.click("Import Companies").await;
    tab.wait_until("document.getElementById('companies-now')", "the other tab")
        .await;
    let stayed = "document.activeElement.id === 'tab-companies'";
    tab.wait_until(stayed, "the focus stays on the tab").await;
    // By its words, as a person may.
    tab.click("Import Companies Now").await;
    let waiting = "document.querySelector('#import-picker tr[data-pick=ready] [name=pick]')";
    tab.wait_until(waiting, "companies wait").await;
    tab.text_of(&format!("{waiting}.click()")).await;
    tab.wait_for_text("Import Selected (1)").await;
    tab.text_of("scrollTo(0, document.body.scrollHeight)").await;
    tab.click("Import Selected (1)").await;
    tab.wait_for_text("1 company created").await;
    tab.wait_until(
        "(() => { const told = document.querySelector('[data-answer] .banner').getBoundingClientRect(); \
         return told.top >= 0 && told.bottom <= innerHeight; })()",
        "the confirmation is in sight",
    )
    .await;
    assert_focus_in(&tab, "#import").await;
    tab.click("Import more").await;
    tab.wait_until("document.getElementById('picker-search')", "the list again")
        .await;
    assert_focus_in(&tab, "#import").await;
    // The person who was ticked under the other tab still is, and is imported at the end.
    tab.click("Import Users").await;
    tab.wait_for_text("Import Selected (1)").await;
    tab.click("Complete Setup").await;
    tab.wait_until(
        "location.pathname === '/settings/integrations/autotask'",
        "the setup is complete",
    )
    .await;
    tab.open("/settings/users?status=imported").await;
    tab.wait_for_text("1 user").await;

    // With no other list to keep, the report has an address, and so has the list after it.
    let list = "/settings/integrations/autotask/setup/import?tab=users&now=on";
    tab.open(list).await;
    choose(&tab, "Technician").await;
    tab.click("Import Selected (1)").await;
    tab.wait_until(REPORTED, "the report is there").await;
    let report = tab.path().await;
    assert!(report.contains("?tab=users&report="), "{report}");
    tab.click("Import more").await;
    tab.wait_until("document.getElementById('picker-search')", "the list again")
        .await;
    assert_eq!(tab.path().await, list);
    browser.close().await;
    demo.stop().await;
}
