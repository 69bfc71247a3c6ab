//! Every page at 1440 and 390 pixels, light and dark: none may scroll sideways. With `PORTICO_SCREENSHOTS` naming a
//! folder the pictures are kept there (`cargo xtask screenshots`). Pages that have an address stand here, those that a
//! few steps lead to in `states`; the wizard of each PSA is walked in `psa_walk`.

mod states;

use std::path::PathBuf;

use crate::browser::{Chromium, Tab};
use crate::chromium;
use crate::demo::Demo;
use crate::walk::{sign_in, wait_until_synced};

/// Name of the picture and address of the page. What stands in braces is the first link of that list.
const PAGES: [(&str, &str); 43] = [
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
    ("api", "/api/v1/docs"),
    (
        "confirm-disconnect",
        "/settings/integrations/autotask/disconnect",
    ),
    ("confirm-clear", "/settings/integrations/autotask/clear"),
    ("forgot-password", "/forgot-password"),
    ("failure-not-found", "/nowhere"),
    // Refused while it is connected.
    ("failure-conflict", "/settings/integrations/autotask/delete"),
];

/// Where the pictures go, and what was too wide.
struct Album {
    folder: PathBuf,
    /// The folder stays.
    kept: bool,
    wide: Vec<String>,
}

impl Album {
    /// An album in the folder that `PORTICO_SCREENSHOTS` names, else in one that goes with it.
    fn open() -> Self {
        let kept = std::env::var_os("PORTICO_SCREENSHOTS").map(PathBuf::from);
        let is_kept = kept.is_some();
        let folder = kept.unwrap_or_else(|| {
            // Tests of one process have albums of their own.
            let thread = std::thread::current();
            let name: String = thread.name().unwrap_or_default().replace("::", "-");
            let name = format!("portico-looks-{}-{name}", std::process::id());
            std::env::temp_dir().join(name)
        });
        std::fs::create_dir_all(&folder).expect("a folder for the pictures");
        Self {
            folder,
            kept: is_kept,
            wide: Vec::new(),
        }
    }

    /// The looks to take. Where nobody keeps the pictures the light ones do: colours make nothing wider.
    fn looks(&self) -> impl Iterator<Item = (u32, bool)> + use<> {
        let every = self.kept;
        LOOKS.into_iter().filter(move |(_, dark)| every || !dark)
    }

    /// Takes the picture of what is shown.
    async fn take(&mut self, tab: &Tab, name: &str, (width, dark): (u32, bool)) {
        let look = format!("{width}-{}", if dark { "dark" } else { "light" });
        let file = self.folder.join(format!("{name}-{look}.png"));
        tab.picture(&file).await;
        let overhang = tab.overhang().await;
        if overhang > 0 {
            self.wide.push(format!("{name} at {look}: {overhang} px"));
        }
    }

    /// Takes the pictures of what is shown in every look, without opening it anew.
    async fn take_all(&mut self, tab: &Tab, name: &str) {
        tab.wait_until("document.readyState === 'complete'", "the page is whole")
            .await;
        for look in self.looks() {
            tab.look(look.0, look.1).await;
            self.take(tab, name, look).await;
        }
        tab.look(1440, false).await;
    }

    /// Nothing was too wide.
    fn close(self) {
        let wide = self.wide;
        assert!(wide.is_empty(), "pages that scroll sideways: {wide:#?}");
        if !self.kept {
            let _leftover = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// Width of the window, and whether it is dark.
const LOOKS: [(u32, bool); 4] = [(1440, false), (1440, true), (390, false), (390, true)];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_wide_and_narrow_light_and_dark() {
    let Some(executable) = chromium() else { return };
    let mut album = Album::open();
    // Pictures for people show the demo as it is.
    let small: &[&str] = &["--tickets", "400"];
    let demo = Demo::start(if album.kept { &[] } else { small }).await;
    let browser = Chromium::start(&executable).await;
    let tab = browser.tab(&demo.address).await;
    tab.look(1440, false).await;

    for look in album.looks() {
        tab.look(look.0, look.1).await;
        tab.open("/sign-in").await;
        album.take(&tab, "sign-in", look).await;
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
        if album.kept {
            for look in LOOKS {
                tab.look(look.0, look.1).await;
                tab.open(&address).await;
                album.take(&tab, name, look).await;
            }
        } else {
            tab.open(&address).await;
            album.take_all(&tab, name).await;
        }
    }
    album.close();

    browser.close().await;
    demo.stop().await;
}
