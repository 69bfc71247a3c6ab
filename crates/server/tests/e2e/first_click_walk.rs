//! From the first click to a working account: wizard, sync, import, mail, password, two-factor, sign-in.

use domain::clock::{Clock, SystemClock, UtcMillis};

use crate::browser::{Chromium, Tab};
use crate::chromium;
use crate::demo::Demo;
use crate::walk::sign_in;

pub const PASSWORD: &str = "violet harbour seven lanterns";

async fn on_path(tab: &Tab, path: &str) {
    tab.wait_until(
        &format!("location.pathname === '{path}' && document.readyState === 'complete'"),
        &format!("{path} is shown"),
    )
    .await;
}

/// The code an authenticator app shows, `ahead` half minutes from now.
pub fn code(key: &str, ahead: u64) -> String {
    let key: String = key.split_whitespace().collect();
    let secret = totp_rs::Secret::try_from_base32(&key).expect("the key shown is base 32");
    let totp = totp_rs::Builder::new()
        .with_secret(secret)
        .with_account_name("Portico")
        .build()
        .expect("a generator of codes");
    let seconds = u64::try_from(SystemClock.now().0 / UtcMillis::SECOND).expect("after 1970");
    totp.generate(seconds + ahead * 30).to_string()
}

async fn type_sign_in(tab: &Tab, email: &str, password: &str) {
    tab.open("/sign-in").await;
    tab.fill("email", email).await;
    tab.fill("password", password).await;
    tab.click("Sign in").await;
}

/// Through the wizard with what is proposed, up to its last step.
async fn set_up(tab: &Tab, demo: &Demo) {
    crate::walk::open_setup(tab, "autotask").await;
    crate::walk::fill_in(tab, &demo.printed_form("autotask"), &[]).await;
    for (button, path) in [
        ("Next", "/settings/integrations/autotask/setup/sync"),
        ("Next", "/settings/integrations/autotask/setup/configure"),
        ("Next", "/settings/integrations/autotask/setup/import"),
    ] {
        tab.click(button).await;
        on_path(tab, path).await;
    }
    // The people come with the sync that the second step has started.
    crate::walk::wait_until_synced(tab).await;
    tab.open("/settings/integrations/autotask/setup").await;
    on_path(tab, "/settings/integrations/autotask/setup/import").await;
}

/// Imports the first person of the list as administrator, with a welcome e-mail; answers the address.
async fn import_one(tab: &Tab) -> String {
    tab.click("Import Users Now").await;
    tab.wait_until(
        "document.querySelector('tr[data-pick=\"ready\"] input[name=pick]')",
        "people to import are listed",
    )
    .await;
    let address = tab
        .text_of("document.querySelector('tr[data-pick=\"ready\"] td[data-label=\"E-mail\"] .ellipsis').title")
        .await;
    // Without a role nothing is imported, and the list says so beside the field.
    tab.text_of("document.querySelector('tr[data-pick=\"ready\"] input[name=pick]').click()")
        .await;
    tab.click("Import Selected (1)").await;
    tab.wait_for_text("Select a role").await;
    tab.wait_until(
        "document.querySelector('#picker-role[aria-invalid=true]')",
        "the missing role is told at its field",
    )
    .await;
    tab.text_of(
        "(() => { const role = document.querySelector('#picker-role'); \
          role.value = [...role.options].find((o) => o.text.startsWith('Administrator')).value; \
          document.querySelector('#picker-welcome').checked = true; })()",
    )
    .await;
    tab.click("Import Selected (1)").await;
    tab.wait_for_text("1 user created").await;
    tab.wait_for_text("1 welcome e-mail is on the way").await;
    tab.wait_for_text(&address).await;
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_first_click_to_a_working_account() {
    let Some(executable) = chromium() else { return };
    let demo = Demo::start(&["--empty", "--tickets", "200"]).await;
    let browser = Chromium::start(&executable).await;
    let tab = browser.tab(&demo.address).await;
    tab.look(1440, false).await;
    sign_in(&tab, &demo).await;
    set_up(&tab, &demo).await;
    let address = import_one(&tab).await;
    tab.click("Complete Setup").await;
    on_path(&tab, "/settings/integrations/autotask").await;

    // The link is in the mail, and only there.
    tab.click("E-mail").await;
    on_path(&tab, "/settings/mail").await;
    tab.wait_for_text(&address).await;
    tab.click("Open").await;
    tab.wait_for_text("/set-password/").await;
    let link = tab
        .text_of("document.querySelector('a[href*=\"/set-password/\"]').innerText.trim()")
        .await;
    tab.click(&link).await;
    tab.wait_for_text("is signed in in this browser and will be signed out")
        .await;
    let link = tab.path().await;

    // The person chooses a password; a weak one is refused with the reason.
    tab.wait_for_text(&address).await;
    for (password, expected) in [("password1234567", None), (PASSWORD, Some("/"))] {
        tab.fill("password", password).await;
        tab.fill("repeated", password).await;
        tab.click("Set password and sign in").await;
        match expected {
            Some(path) => on_path(&tab, path).await,
            None => {
                tab.wait_until(
                    "document.querySelector('.field-error')",
                    "a common password is refused",
                )
                .await;
            }
        }
    }
    // Used once, the link is spent, whoever keeps it.
    tab.open(&link).await;
    tab.wait_until(
        "!document.querySelector('input[name=repeated]')",
        "the link cannot be used again",
    )
    .await;

    // Two-factor, on the profile.
    tab.click("Go to Portico").await;
    on_path(&tab, "/").await;
    tab.text_of("document.querySelector('.user-button').click()")
        .await;
    tab.click("Profile and sessions").await;
    on_path(&tab, "/profile").await;
    tab.click("Set up…").await;
    tab.fill("current_password", PASSWORD).await;
    tab.click("Continue").await;
    tab.wait_until("document.querySelector('code.key')", "the key is shown")
        .await;
    let key = tab
        .text_of("document.querySelector('code.key').innerText")
        .await;
    let enrolled = code(&key, 0);
    tab.fill("code", &enrolled).await;
    tab.click("Turn on").await;
    tab.wait_for_text("Keep these recovery codes").await;
    tab.click("I have saved them").await;
    tab.wait_for_text("Two-factor is on").await;
    tab.sign_out().await;

    // The password alone opens nothing; with the code all is there.
    type_sign_in(&tab, &address, PASSWORD).await;
    tab.wait_for_text("Confirm that it is you").await;
    // There is no menu yet; an address typed by hand opens nothing either, and is where one arrives afterwards.
    tab.open("/tickets").await;
    tab.wait_for_text("Confirm that it is you").await;
    // The code of the enrolment counts once.
    tab.fill("code", &enrolled).await;
    tab.click("Sign in").await;
    tab.wait_until(
        "document.querySelector('input[name=code][aria-invalid=true]')",
        "a code that was used is refused",
    )
    .await;
    tab.fill("code", &code(&key, 1)).await;
    tab.click("Sign in").await;
    on_path(&tab, "/tickets").await;
    tab.wait_until(
        "document.querySelectorAll('main tbody tr').length > 2",
        "tickets are listed",
    )
    .await;

    browser.close().await;
    demo.stop().await;
}
