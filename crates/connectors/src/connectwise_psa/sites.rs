//! Sites of companies, which take a request for each company. Inactive companies are not asked about: there may be many,
//! and nobody looks after them. Where a person waits, a large list of companies is not held up by them: beyond the first
//! hundred, sites come with the nightly run, and with each company that changes. A night asks about so many and no more:
//! where there are more companies, each has its turn after some nights.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use domain::clock::UtcMillis;
use domain::location::{self, Location};
use domain::record::Batch;
use domain::side_list::SideList;
use domain::stream::{PullMode, Stream};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::value::RawValue;
use tokio::sync::OnceCell;

use super::client::{Client, is_missing_record};
use super::stream::path;
use super::wire::CwSite;
use crate::error::{ErrorKind, Result};
use crate::http::decode::{Text, document};
use crate::http::send::Answer;
use crate::limits::Urgency;
use crate::page::Page;
use crate::probe::Area;
use crate::value::{flag, lines, text, whole};

const OPERATION: &str = "list the sites of a company";

/// The name requests are counted by.
pub(super) const ENDPOINT: &str = "company/companies/sites";

/// The right to them, which syncing goes on without.
pub(super) const AREA: Area = Area::new(
    ENDPOINT,
    "Sites",
    "Security role: Companies > Company Maintenance — Inquire All (without it, sites of new companies are not known, and \
     those of others stay as they are)",
    false,
);

/// Companies asked about at once; the permits hold back what the vendor does not want at once.
const AT_ONCE: usize = 3;

/// Companies a person who waits is kept waiting for; asking about these takes some ten seconds.
const WAITED_FOR: usize = 100;

/// Whose sites are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Those of every company.
    Everybody,
    /// Those of the first companies, so many.
    First(usize),
    /// Those of the companies whose turn it is; all have had it after so many nights.
    EveryNights(u64),
}

impl Turn {
    /// Times as many companies on a page, for a page to ask for as many sites as one whose companies all have their turn.
    pub(super) const fn wider(self) -> u64 {
        match self {
            Self::EveryNights(nights) => nights,
            Self::Everybody | Self::First(_) => 1,
        }
    }

    /// Whether a company has its turn on a day. Ids are scattered first: some tenants count in steps.
    fn has(self, company: &str, day: u64) -> bool {
        let Self::EveryNights(nights) = self else {
            return true;
        };
        let id: i64 = company.parse().unwrap_or_default();
        let scattered = id.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        scattered % nights == day % nights
    }
}

/// Whose sites a page of companies is to ask for.
///
/// # Errors
/// As any request: companies are counted once.
pub(super) async fn turn(client: &Client, stream: Stream, mode: PullMode) -> Result<Turn> {
    if client.sender.urgency == Urgency::Person {
        return Ok(Turn::First(WAITED_FOR));
    }
    let Some(turns) = super::capability().stream(stream).and_then(|one| one.turns) else {
        return Ok(Turn::Everybody);
    };
    if !mode.is_full() {
        return Ok(Turn::First(
            usize::try_from(turns.a_night).unwrap_or(usize::MAX),
        ));
    }
    let (_, companies) = path(stream);
    let count = client
        .sites
        .companies
        .get_or_try_init(|| client.count(companies, ""));
    match turns.nights(*count.await?) {
        1 => Ok(Turn::Everybody),
        nights => Ok(Turn::EveryNights(nights)),
    }
}

/// What this connector was told of sites.
#[derive(Debug, Default)]
pub(super) struct Sites {
    /// Whether the API member may not see them.
    refused: AtomicBool,
    /// Whether one of a page could not be read.
    odd: AtomicBool,
    /// Companies that were asked about.
    asked: AtomicUsize,
    /// How many companies there are.
    pub(super) companies: OnceCell<u64>,
}

/// Whether no more companies are asked about in this run.
pub(super) fn are_left(client: &Client, turn: Turn) -> bool {
    let asked = client.sites.asked.load(Ordering::Relaxed);
    matches!(turn, Turn::First(most) if asked >= most)
}

/// Adds their sites to the companies of a page, or that they may not be read.
///
/// # Errors
/// As any request.
pub(super) async fn add(client: &Client, page: &mut Page, turn: Turn) -> Result<()> {
    let now = page
        .vendor_time
        .unwrap_or_else(|| client.sender.clock.now());
    let day = now.0.div_euclid(UtcMillis::DAY).cast_unsigned();
    let Batch::Companies(companies) = &mut page.batch else {
        return Ok(());
    };
    let active: Vec<_> = companies.iter_mut().filter(|one| one.active).collect();
    if active.is_empty() {
        return Ok(());
    }
    let known = &client.sites;
    if are_left(client, turn) {
        let refused = known.refused.load(Ordering::Relaxed);
        let mut beside = AREA.beside(SideList::Locations, refused);
        beside.read = false;
        page.beside.push(beside);
        return Ok(());
    }
    let (active, passed_over): (Vec<_>, Vec<_>) = active
        .into_iter()
        .partition(|one| turn.has(&one.external_id, day));
    let passed_over: BTreeSet<String> = passed_over
        .into_iter()
        .map(|one| one.external_id.clone())
        .collect();
    known.asked.fetch_add(active.len(), Ordering::Relaxed);
    let ids: Vec<String> = active.iter().map(|one| one.external_id.clone()).collect();
    let mut reads: Vec<BoxFuture<'_, Result<Vec<Location>>>> = Vec::with_capacity(ids.len());
    for id in &ids {
        reads.push(Box::pin(of(client, id)));
    }
    let sites: Vec<_> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
    for (company, sites) in active.into_iter().zip(sites) {
        location::put(&mut company.fields, sites);
    }
    let refused = known.refused.load(Ordering::Relaxed);
    let mut beside = AREA.beside(SideList::Locations, refused);
    beside.read &= !known.odd.swap(false, Ordering::Relaxed);
    beside.passed_over = passed_over;
    page.beside.push(beside);
    Ok(())
}

/// <https://developer.connectwise.com/Products/ConnectWise_PSA/REST#/CompanySites>
async fn of(client: &Client, company: &str) -> Result<Vec<Location>> {
    if client.sites.refused.load(Ordering::Relaxed) {
        return Ok(Vec::new());
    }
    let make = |answer: &Answer| {
        let text = Text::of(&answer.body);
        let raw: Vec<&RawValue> = document(OPERATION, text.as_str())?;
        // One that cannot be read costs no other.
        let sites = raw
            .iter()
            .filter_map(|one| serde_json::from_str(one.get()).ok());
        Ok((sites.map(to_location).collect::<Vec<_>>(), raw.len()))
    };
    let path = format!("company/companies/{company}/sites");
    match client
        .numbered(OPERATION, ENDPOINT, &path, Some("id asc"), make)
        .await
    {
        Ok(pages) => Ok(pages.into_iter().flatten().collect()),
        // A company that is gone since has none.
        Err(error) if is_missing_record(&error) => Ok(Vec::new()),
        // What one company's sites come to is no reason to do without the companies; what is stored of the page stays.
        Err(error) if error.kind == ErrorKind::Unexpected => {
            client.sites.odd.store(true, Ordering::Relaxed);
            Ok(Vec::new())
        }
        Err(error) => {
            AREA.is_refusal(error)?;
            client.sites.refused.store(true, Ordering::Relaxed);
            Ok(Vec::new())
        }
    }
}

fn to_location(site: CwSite<'_>) -> Location {
    let state = site.state_reference;
    Location {
        name: whole(site.name),
        phone: text(site.phone_number),
        street: lines([site.address_line_1, site.address_line_2]),
        city: text(site.city),
        state: state.and_then(|state| text(state.identifier).or_else(|| text(state.name))),
        postal_code: text(site.zip),
        country: site.country.and_then(|country| text(country.name)),
        inactive: flag(site.inactive_flag, false),
    }
}
