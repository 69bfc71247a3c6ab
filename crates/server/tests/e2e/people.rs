//! Importing staff in the dialog, as the guide describes it, with scripts and without.

use crate::browser::{Chromium, Tab};
use crate::chromium;
use crate::demo::Demo;
use crate::walk::{sign_in, wait_until_synced};

/// Ticks the first person with an address and chooses the role, as clicks would.
async fn choose(tab: &Tab, role: &str) {
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
    tab.click("Import Selected (1)").await;
    tab.wait_for_text("1 user created").await;
    tab.click("Back to users").await;
    tab.wait_until("!document.querySelector('dialog')", "the dialog is closed")
        .await;
    tab.wait_until(
        &format!("document.querySelector('#list').innerText.includes({name:?})"),
        "the list under it shows the new user",
    )
    .await;

    // The same without scripts, on a page of its own.
    tab.scripts(false).await;
    tab.open("/settings/users/import/autotask").await;
    choose(&tab, "Technician").await;
    // Without scripts the browser cannot be told to scroll, so the button is pressed where it is.
    tab.text_of("document.querySelector('button[name=action][value=import]').click()")
        .await;
    tab.wait_for_text("1 user created").await;

    browser.close().await;
    demo.stop().await;
}
