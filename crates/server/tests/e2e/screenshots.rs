//! Every page at 1440 and 390 pixels, light and dark: none may scroll sideways. With `PORTICO_SCREENSHOTS` naming a
//! folder the pictures are kept there (`cargo xtask screenshots`).

use std::path::PathBuf;

use crate::browser::Chromium;
use crate::chromium;
use crate::demo::Demo;
use crate::walk::{sign_in, wait_until_synced};

/// Name of the picture and address of the page. What stands in braces is the first link of that list.
const PAGES: [(&str, &str); 37] = [
    ("home", "/"),
    ("companies", "/companies"),
    ("companies-blocked", "/companies/blocked"),
    ("companies-import", "/companies/import/autotask"),
    ("company", "{/companies}"),
    ("contacts", "/contacts"),
    ("contact", "{/contacts}"),
    ("tickets", "/tickets"),
    ("ticket", "{/tickets}"),
    ("opportunities", "/opportunities"),
    ("opportunity", "{/opportunities}"),
    ("integrations", "/settings/integrations"),
    ("integration", "/settings/integrations/autotask"),
    (
        "setup-connect",
        "/settings/integrations/autotask/setup/connect",
    ),
    ("setup-sync", "/settings/integrations/autotask/setup/sync"),
    (
        "setup-configure",
        "/settings/integrations/autotask/setup/configure",
    ),
    (
        "setup-import-users",
        "/settings/integrations/autotask/setup/import?tab=users&now=on",
    ),
    (
        "setup-import-companies",
        "/settings/integrations/autotask/setup/import?tab=companies&now=on",
    ),
    ("sync-log", "/settings/integrations/autotask/runs"),
    ("sync-run", "{/settings/integrations/autotask/runs}"),
    ("users", "/settings/users"),
    ("user", "{/settings/users}"),
    ("user-new", "/settings/users/new"),
    ("users-empty", "/settings/users?search=zzzzzzzz"),
    ("import-users", "/settings/users/import/autotask"),
    (
        "import-users-empty",
        "/settings/users/import/autotask?search=zzzzzzzz",
    ),
    ("roles", "/settings/roles"),
    ("role", "{/settings/roles}"),
    ("role-new", "/settings/roles/new"),
    ("api-keys", "/settings/api-keys"),
    ("mail", "/settings/mail"),
    ("profile", "/profile"),
    ("profile-password", "/profile/password"),
    ("profile-email", "/profile/email"),
    ("two-factor", "/profile/two-factor"),
    ("passkey-new", "/profile/passkeys/new"),
    ("tickets-empty", "/tickets?search=zzzzzzzz"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_wide_and_narrow_light_and_dark() {
    let Some(executable) = chromium() else { return };
    let kept = std::env::var_os("PORTICO_SCREENSHOTS").map(PathBuf::from);
    let folder = kept.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!("portico-looks-{}", std::process::id()))
    });
    std::fs::create_dir_all(&folder).expect("a folder for the pictures");

    let demo = Demo::start(&[]).await;
    let browser = Chromium::start(&executable).await;
    let tab = browser.tab(&demo.address).await;
    tab.look(1440, false).await;

    let mut wide = Vec::new();
    for (width, dark) in [(1440, false), (1440, true), (390, false), (390, true)] {
        tab.look(width, dark).await;
        tab.open("/sign-in").await;
        let suffix = format!("{width}-{}", if dark { "dark" } else { "light" });
        if tab.path().await.starts_with("/sign-in") {
            tab.picture(&folder.join(format!("sign-in-{suffix}.png")))
                .await;
            if tab.overhang().await > 0 {
                wide.push(format!("sign-in at {suffix}"));
            }
        }
    }
    tab.look(1440, false).await;
    sign_in(&tab, &demo).await;
    wait_until_synced(&tab).await;

    for (name, address) in PAGES {
        let address = match address
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        {
            None => address.to_owned(),
            Some(list) => {
                tab.look(1440, false).await;
                tab.open(list).await;
                tab.wait_until(
                    "document.querySelector('main tbody tr a[href]')",
                    "the list has a row",
                )
                .await;
                tab.text_of("document.querySelector('main tbody tr a[href]').getAttribute('href')")
                    .await
            }
        };
        for (width, dark) in [(1440, false), (1440, true), (390, false), (390, true)] {
            tab.look(width, dark).await;
            tab.open(&address).await;
            let suffix = format!("{width}-{}", if dark { "dark" } else { "light" });
            tab.picture(&folder.join(format!("{name}-{suffix}.png")))
                .await;
            if tab.overhang().await > 0 {
                wide.push(format!("{name} at {suffix}: {} px", tab.overhang().await));
            }
        }
    }
    assert!(wide.is_empty(), "pages that scroll sideways: {wide:#?}");

    browser.close().await;
    demo.stop().await;
    if kept.is_none() {
        let _leftover = std::fs::remove_dir_all(&folder);
    }
}
