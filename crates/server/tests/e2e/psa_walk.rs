//! From the card to tickets and people, for every PSA by the same walk. With `PORTICO_SCREENSHOTS` naming a folder the
//! pictures of each step are kept there.

use std::path::PathBuf;

use domain::field::FieldShape;
use domain::provider::{self, Category, Provider};

use crate::browser::{Chromium, Tab};
use crate::chromium;
use crate::demo::Demo;
use crate::missing_database::missing_database;
use crate::walk::{fill_in, on_step, open_setup, sign_in, wait_until_synced_with};

/// A PSA with what is typed into its first field in another form than is asked for, and words of the step *Sync* that only
/// it has.
struct Psa {
    provider: &'static Provider,
    key: &'static str,
    form: Vec<(&'static str, String)>,
    field: &'static str,
    typed: String,
    becomes: String,
    sync: &'static str,
}

impl Psa {
    fn of(provider: &'static Provider, demo: &Demo) -> Self {
        let form = demo.printed_form(provider.key);
        let (field, becomes) = form[0].clone();
        let shape = provider.form.iter().find(|one| one.key == field);
        let typed = match shape.expect("a field").shape {
            FieldShape::Host => format!("https://{}/", becomes.to_uppercase()),
            FieldShape::Site(_) => becomes.replace("https://", "") + "/api",
            FieldShape::SubdomainOf(domains) => format!("https://{becomes}.{}/", domains[0]),
            _ => format!(" {becomes} "),
        };
        Self {
            provider,
            key: provider.key,
            form,
            field,
            typed,
            becomes,
            sync: provider.setup.scope[0].label,
        }
    }
}

/// Looks at a page in both widths: it may not scroll sideways, and its picture is kept where that is wanted.
struct Looks {
    folder: Option<PathBuf>,
}

impl Looks {
    async fn at(&self, tab: &Tab, psa: &Psa, what: &str) {
        // Without its styles a page is of any width.
        tab.wait_until("document.readyState === 'complete'", "the page is whole")
            .await;
        for width in [390, 1440] {
            tab.look(width, false).await;
            if tab.overhang().await > 0 {
                let wide = tab.text_of(
                    "[...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right \
                      > document.documentElement.clientWidth).map((e) => e.outerHTML.slice(0, 200)).slice(-3).join()",
                );
                panic!("{}: {what} at {width} is too wide: {}", psa.key, wide.await);
            }
            if let Some(folder) = &self.folder {
                std::fs::create_dir_all(folder).expect("a folder for the pictures");
                let name = format!("walk-{}-{what}-{width}.png", psa.key);
                tab.picture(&folder.join(name)).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_psa_from_the_card_to_tickets_and_people() {
    walk_all("sqlite", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_psa_from_the_card_to_tickets_and_people_on_postgres() {
    if let Some(database) = missing_database() {
        walk_all("postgres", &["--database", &database]).await;
    }
}

/// Walks with every PSA in a demo that has its records where the arguments say.
async fn walk_all(engine: &str, database: &[&str]) {
    let Some(executable) = chromium() else { return };
    let looks = Looks {
        folder: std::env::var_os("PORTICO_SCREENSHOTS")
            .map(|folder| PathBuf::from(folder).join(engine)),
    };
    let small = ["--empty", "--companies", "6", "--tickets", "150"];
    let demo = Demo::start(&[&small, database].concat()).await;
    let browser = Chromium::start(&executable).await;
    let tab = browser.tab(&demo.address).await;
    tab.look(1440, false).await;
    sign_in(&tab, &demo).await;
    let mut psas = provider::ALL.to_vec();
    psas.retain(|one| one.available && one.category == Category::Psa);
    psas.sort_by_key(|one| one.key);
    for provider in psas {
        walk(&tab, &Psa::of(provider, &demo), &looks).await;
    }
    browser.close().await;
    demo.stop().await;
}

async fn walk(tab: &Tab, psa: &Psa, looks: &Looks) {
    let (key, provider) = (psa.key, psa.provider);
    let page = format!("/settings/integrations/{key}");
    open_setup(tab, key).await;
    looks.at(tab, psa, "connect").await;
    let (field, becomes) = (psa.field, &psa.becomes);
    fill_in(tab, &psa.form, &[(field, &psa.typed)]).await;
    tab.click("Test Connection").await;
    tab.wait_until(
        "(() => { const told = document.querySelector('#connect-result .banner.good'); \
          const at = told?.getBoundingClientRect(); \
          return told?.contains(document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2)); })()",
        "it is connected, and that can be seen",
    )
    .await;
    tab.wait_until(
        &format!("document.querySelector('[name=\"{field}\"]').value === '{becomes}'"),
        "what was pasted is shown corrected",
    )
    .await;
    looks.at(tab, psa, "tested").await;
    tab.click("Next").await;

    on_step(tab, "sync").await;
    tab.wait_for_text(psa.sync).await;
    looks.at(tab, psa, "sync").await;
    tab.click("Next").await;
    on_step(tab, "configure").await;
    tab.wait_for_text("Resolution Status Stepper").await;
    looks.at(tab, psa, "configure").await;
    tab.click("Next").await;
    on_step(tab, "import").await;
    wait_until_synced_with(tab, key).await;

    // The people come with the sync.
    tab.open(&format!("{page}/setup/import")).await;
    tab.click("Import Users Now").await;
    tab.wait_until(
        "document.querySelectorAll('tr[data-pick] input[name=pick]').length > 3",
        "people to import are listed",
    )
    .await;
    tab.wait_for_text("Nadia Okonkwo").await;
    looks.at(tab, psa, "import").await;
    tab.click("Complete Setup").await;
    tab.wait_until(
        &format!("location.pathname === '{page}'"),
        "the integration is shown",
    )
    .await;
    tab.wait_for_text("The setup is complete").await;
    looks.at(tab, psa, "integration").await;

    // Its tickets, and one of them.
    tab.open("/tickets?closed=all").await;
    let names = "[...document.querySelectorAll('#filter-integration option')]";
    let choose = format!(
        "{names}.find((one) => one.text === '{}')?.value",
        provider.name
    );
    let id = tab.text_of(&choose).await;
    // There is nothing to choose while it is the only one.
    let id = if id == "undefined" { String::new() } else { id };
    tab.open(&format!("/tickets?closed=all&integration={id}"))
        .await;
    tab.wait_until(
        "document.querySelectorAll('main tbody tr').length > 20",
        "tickets are listed",
    )
    .await;
    if !provider.words.queue.is_empty() {
        tab.wait_for_text(provider.words.queue).await;
    }
    looks.at(tab, psa, "tickets").await;
    tab.text_of("document.querySelector('main tbody tr a').click()")
        .await;
    tab.wait_until(
        "/^\\/tickets\\/[0-9a-f-]{36}/.test(location.pathname)",
        "the ticket is opened",
    )
    .await;
    tab.wait_for_text("Resolved").await;
    looks.at(tab, psa, "ticket").await;
}
