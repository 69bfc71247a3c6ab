//! A passkey in a real browser: made on the profile, used at the next sign-in, beside the demo's own mail.

use crate::browser::Chromium;
use crate::chromium;
use crate::demo::Demo;

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_made_and_signs_in() {
    let Some(executable) = chromium() else { return };
    let demo = Demo::start(&["--empty"]).await;
    let browser = Chromium::start(&executable).await;
    // Passkeys belong to a name, so the demo prints one.
    let tab = browser.tab(&demo.address).await;
    tab.look(1440, false).await;
    tab.add_authenticator(true).await;
    crate::walk::sign_in(&tab, &demo).await;

    tab.open("/profile/passkeys/new").await;
    tab.fill("name", "Test laptop").await;
    tab.fill("current_password", &demo.password).await;
    tab.click("Continue").await;
    // The page asks the browser by itself.
    tab.wait_for_text("Keep these recovery codes").await;
    tab.click("I have saved them").await;
    tab.wait_for_text("Test laptop").await;
    tab.wait_for_text("Two-factor is on").await;

    tab.open("/").await;
    tab.sign_out().await;
    tab.open("/").await;
    tab.fill("email", &demo.email).await;
    tab.fill("password", &demo.password).await;
    tab.click("Sign in").await;
    tab.wait_for_text("Confirm that it is you").await;
    tab.open("/companies").await;
    tab.wait_for_text("Confirm that it is you").await;
    tab.click("Use a passkey").await;
    tab.wait_until(
        "location.pathname === '/companies'",
        "the page asked for is shown",
    )
    .await;

    // By the number the same page says where passkeys work, and a recovery code is still offered.
    let by_number = demo.address.replace("localhost", "127.0.0.1");
    let number = browser.tab(&by_number).await;
    number.look(390, true).await;
    number.open("/").await;
    number.fill("email", &demo.email).await;
    number.fill("password", &demo.password).await;
    number.click("Sign in").await;
    number
        .wait_for_text("Passkeys work only at http://localhost")
        .await;
    assert_eq!(number.overhang().await, 0);

    // What happened was told by e-mail, which the demo lets read.
    tab.open("/settings/mail").await;
    tab.wait_for_text("Two-factor authentication changed").await;
    // The other tab is in front, and a tab behind it takes no clicks of a mouse.
    tab.text_of(
        "[...document.querySelectorAll('a')].find((a) => a.innerText.trim() === 'Open').click()",
    )
    .await;
    tab.wait_for_text("was added").await;

    // A device that cannot tell who holds it makes none, and what it lacks is said.
    let key = browser.tab(&demo.address).await;
    key.look(1440, false).await;
    key.add_authenticator(false).await;
    key.open("/profile/passkeys/new").await;
    key.fill("name", "Key without a PIN").await;
    key.fill("current_password", &demo.password).await;
    key.click("Continue").await;
    key.wait_for_text("A security key needs a PIN set on it.")
        .await;

    browser.close().await;
    demo.stop().await;
}
