//! `bench pages`: server time of every list, for every offered filter and sort; on demand also of the pages of people,
//! setup and settings.

mod catalogue;
mod people;
mod report;

use anyhow::{Context, Result};

use crate::arguments::PagesArguments;
use crate::browser::Browser;
use crate::installation::Installation;
use crate::machine::Machine;
use crate::product::Product;
use crate::sandbox::{Sandbox, World};
use crate::sync_bench::{self, phase::run_server};
use crate::workplace::Workplace;
use catalogue::Measured;
use report::{Results, Timed};

/// Requests of each page before those that count.
const WARM_UP: usize = 10;
/// The vendor whose records fill the databases.
const VENDOR: &str = "autotask";

/// A site of one size, and what was measured of it.
struct Site {
    records: u32,
    product: Product,
    browser: Browser,
    pages: Vec<Measured>,
    timed: Vec<Timed>,
}

/// Measures one size, or two and compares.
///
/// Both sizes are served at once and asked in turn, request by request: what a machine does beside it then slows both
/// alike, and a ratio says something about the product rather than about the minute.
pub async fn run(workplace: &Workplace, arguments: &PagesArguments) -> Result<()> {
    let sizes = if arguments.compare.is_empty() {
        vec![arguments.records]
    } else {
        arguments.compare.clone()
    };
    let mut sites = Vec::with_capacity(sizes.len());
    for records in sizes {
        sites.push(prepare(workplace, arguments, records).await?);
    }
    let machine = Machine::read();
    let requests = arguments.requests.max(1);
    measure(&mut sites, requests).await?;
    let mut results = Results::new(arguments.engine, machine);
    // People and two sizes exclude each other.
    if let (true, [site]) = (arguments.wants_people(), sites.as_slice()) {
        let world = world(arguments, site.records);
        let people = people::measure(&site.browser, VENDOR, world, requests).await;
        results.people = Some(people.context("people, setup and settings")?);
    }
    for site in sites {
        site.product.stop().await?;
        results.push(site.records, site.timed);
    }
    results.print()
}

/// The world of a size, with as much staff and as many companies as were asked for.
fn world(arguments: &PagesArguments, records: u32) -> World {
    let usual = sync_bench::world(records);
    World {
        technicians: arguments.technicians.unwrap_or(usual.technicians),
        companies: arguments.companies.unwrap_or(usual.companies),
        ..usual
    }
}

/// Fills a database from a sandbox and serves it.
async fn prepare(workplace: &Workplace, arguments: &PagesArguments, records: u32) -> Result<Site> {
    let sandbox = Sandbox::start(
        workplace.portico(),
        workplace.dir(),
        VENDOR,
        world(arguments, records),
    )
    .await?;
    let address = sandbox.address();
    let place = workplace.place(arguments.engine)?;
    let integration = Installation::connect(&place, &address).await?;
    let filled = run_server(workplace, &place, &sandbox, integration).await?;
    filled.report.check_completed()?;
    // The vendor is not needed any more, and takes no processor from what is measured.
    sandbox.stop().await?;

    let product = Product::start(workplace.portico(), &place, &address).await?;
    let browser = Browser::sign_in(product.address()).await?;
    let pages = catalogue::read(&browser).await.context("read the site")?;
    Ok(Site {
        records,
        product,
        browser,
        pages,
        timed: Vec::new(),
    })
}

/// Measures every page of the sites in turn; a page that several have is asked of one after the other.
async fn measure(sites: &mut [Site], requests: usize) -> Result<()> {
    let mut names: Vec<String> = Vec::new();
    for page in sites.iter().flat_map(|site| &site.pages) {
        if !names.contains(&page.name) {
            names.push(page.name.clone());
        }
    }
    for name in names {
        let mut asked: Vec<(&mut Site, Timed)> = sites
            .iter_mut()
            .filter_map(|site| {
                let page = site.pages.iter().find(|page| page.name == name)?.clone();
                Some((site, Timed::new(page)))
            })
            .collect();
        for round in 0..requests + WARM_UP.min(requests) {
            for (site, timed) in &mut asked {
                let answered = site.browser.get(&timed.page.address).await?;
                if round >= WARM_UP.min(requests) {
                    timed.push(&answered);
                }
            }
        }
        for (site, timed) in asked {
            site.timed.push(timed);
        }
    }
    Ok(())
}
