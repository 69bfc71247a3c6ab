//! The pages of people, setup and settings with staff and companies by the thousand, beside the lists; and what is no
//! page but work for many at once.
//!
//! The import of people is measured twice: with everybody at the vendor still to choose from, and after one import
//! (*Select all*, sent as the form sends it) has made users of all staff who have an address. Everything else is
//! measured after it. No company is imported: those that the first sync made by itself are here, and the others stand in
//! the import of companies without a link.

mod catalogue;
mod import;
mod places;
mod report;

use anyhow::Result;

use super::WARM_UP;
use super::catalogue::{Measured, plain};
use super::report::Timed;
use crate::browser::{Answered, Browser};
use crate::sandbox::World;
use catalogue::Reader;
pub use report::People;

/// Requests of what looks at many at once, or changes them.
const FEW: usize = 5;

/// Measures a site whose people nobody has imported yet. `provider` is the key of its tool.
pub async fn measure(
    browser: &Browser,
    provider: &str,
    world: World,
    requests: usize,
) -> Result<People> {
    let warm_up = WARM_UP.min(requests);
    let few = FEW.min(requests);
    let before = Reader::new(browser, provider).before_import().await?;
    let mut pages = time(browser, before.pages, warm_up, requests).await?;
    let staff = places::import_of_people(provider);
    let imported = import::everybody(browser, &staff).await?;

    // Nothing was compared yet, so that the first answer waits for it; the next ones are of a comparison that is kept.
    let companies = places::import_of_companies(provider);
    let due = plain(
        "import of companies, Quick Match that is due",
        &format!("{companies}?view=quick"),
    );
    let mut work = time(browser, vec![due], 0, 1).await?;
    let preview = plain(
        "setup, Sync, Preview… of Auto-Import",
        &format!("/settings/integrations/{provider}/setup/auto-import"),
    );
    work.extend(time(browser, vec![preview], 0, few).await?);

    let after = Reader::new(browser, provider)
        .after_import(&imported.report)
        .await?;
    pages.extend(time(browser, after.pages, warm_up, requests).await?);
    work.extend(import::change_many(browser, few).await?);
    Ok(People {
        world,
        imported,
        pages,
        work,
        missing: [before.missing, after.missing].concat(),
    })
}

/// Asks for each page so many times, after some that do not count.
async fn time(
    browser: &Browser,
    pages: Vec<Measured>,
    warm_up: usize,
    requests: usize,
) -> Result<Vec<Timed>> {
    let mut all = Vec::with_capacity(pages.len());
    for page in pages {
        let mut timed = Timed::new(page);
        for round in 0..warm_up + requests {
            let answered = ask(browser, &timed.page).await?;
            if round >= warm_up {
                timed.push(&answered);
            }
        }
        all.push(timed);
    }
    Ok(all)
}

/// One answer.
async fn ask(browser: &Browser, page: &Measured) -> Result<Answered> {
    if page.form.is_empty() {
        browser.get(&page.address).await
    } else {
        browser.post(&page.address, &page.form).await
    }
}
