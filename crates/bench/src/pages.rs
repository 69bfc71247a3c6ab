//! `bench pages`: server time of every list, for every offered filter and sort.

mod catalogue;
mod report;

use anyhow::{Context, Result};

use crate::arguments::PagesArguments;
use crate::browser::Browser;
use crate::distribution::Samples;
use crate::installation::Installation;
use crate::machine::Machine;
use crate::product::Product;
use crate::sandbox::Sandbox;
use crate::sync_bench::{phase::run_server, world};
use crate::workplace::Workplace;
use catalogue::Measured;
use report::{Results, Timed};

/// Requests of each page before those that count.
const WARM_UP: usize = 10;

/// Measures one size, or two and compares.
pub async fn run(workplace: &Workplace, arguments: &PagesArguments) -> Result<()> {
    let sizes = if arguments.compare.is_empty() {
        vec![arguments.records]
    } else {
        arguments.compare.clone()
    };
    let mut results = Results::new(arguments.engine, Machine::read());
    for records in sizes {
        results.push(records, one(workplace, arguments, records).await?);
    }
    results.print()
}

/// Fills a database from a sandbox, serves it and measures every page in turn.
async fn one(
    workplace: &Workplace,
    arguments: &PagesArguments,
    records: u32,
) -> Result<Vec<Timed>> {
    let sandbox = Sandbox::start(workplace.portico(), workplace.dir(), world(records)).await?;
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
    let mut timed = Vec::with_capacity(pages.len());
    for page in pages {
        timed.push(measure(&browser, page, arguments.requests).await?);
    }
    product.stop().await?;
    Ok(timed)
}

async fn measure(browser: &Browser, page: Measured, requests: usize) -> Result<Timed> {
    for _ in 0..WARM_UP.min(requests) {
        browser.get(&page.address).await?;
    }
    let (mut server, mut wall) = (Samples::default(), Samples::default());
    let mut bytes = 0;
    for _ in 0..requests.max(1) {
        let answered = browser.get(&page.address).await?;
        server.push(answered.server_ms);
        wall.push(answered.wall_ms);
        bytes = answered.body.len();
    }
    Ok(Timed {
        page,
        server,
        wall,
        bytes,
    })
}
