//! What a client has that lists leave out: its web site, its domain, who is its main contact, and which of its people are
//! contacts of a type at its sites. It takes a request for each client and one for each of its sites, so a run asks about
//! some: those whose row is new or changed, and those that were not asked about for a day. They take turns in the order of
//! the list, the next run going on where the last one had to stop; some requests are kept for the new and changed, whose turn
//! may be far. The others keep what is stored. Nothing of this holds up the clients themselves: one that cannot be asked
//! about keeps what is stored as well.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::clock::UtcMillis;
use domain::record::{Batch, CompanyRecord};
use domain::side_list::SideList;
use domain::stream::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;

use super::beside::Sites;
use super::client::Client;
use super::contact_types::{self, Told, Types};
use super::map::some_id;
use super::query::by_id;
use super::wire::HaloClient;
use crate::error::{ErrorKind, Result};
use crate::http::decode::{Text, document};
use crate::http::exchange::{Api as _, read};
use crate::http::send::Answer;
use crate::page::Page;
use crate::probe::Area;
use crate::value::text;

/// Requests a run asks with, but for what the last client takes beyond: a good minute's, and a sixth of those of five.
/// They do for twenty-five clients with a site each.
const A_RUN: usize = 50;

/// How many of them are kept for clients that are new or changed.
const NEWS: usize = 10;

/// After so many failures in a row a run asks no more: something is wrong that is not one client's.
const FAILURES: usize = 3;

/// Clients asked about at once.
const AT_ONCE: usize = 3;

/// How long a client whose row stays the same is not asked about again.
const GOOD_FOR: i64 = UtcMillis::DAY;

/// What is told beside the list. The right is that to clients, whose list was read.
const AREA: Area = Area::new("Client", "Client details", "", false);

/// The details of a client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Details {
    website: Option<String>,
    domain: Option<String>,
    /// Its main contact.
    pub(super) main_contact: Option<i64>,
    /// Its main site, whose address it has, and whose main contact where it names none itself.
    pub(super) main_site: Option<i64>,
    /// The types of its contacts; `None` as long as nobody knows them.
    pub(super) types: Option<Arc<Types>>,
}

impl Details {
    /// Those of a client that was asked for by its id.
    pub(super) fn of(client: &mut HaloClient<'_>) -> Self {
        Self {
            website: text(client.website.take()),
            domain: text(client.domain.take()),
            main_contact: some_id(client.main_contact),
            main_site: some_id(client.main_site),
            types: None,
        }
    }

    /// Puts them into a company, with the address of its main site.
    pub(super) fn put(self, company: &mut CompanyRecord, sites: &Sites) {
        company.website = self.website;
        if let Some(domain) = self.domain {
            company
                .fields
                .insert("domain".into(), Value::String(domain));
        }
        if let Some(sites) = sites.get(&id_of(company)) {
            sites.put_address(self.main_site, company);
        }
    }
}

fn id_of(company: &CompanyRecord) -> i64 {
    company.external_id.parse().unwrap_or_default()
}

/// The requests a client takes.
fn cost(sites: &Sites, client: i64) -> usize {
    1 + contact_types::sites_of(sites, client, None).len()
}

/// What this process knows of a client.
#[derive(Debug, Clone)]
struct Known {
    /// The hash of its row in the list.
    row: u64,
    at: UtcMillis,
    details: Details,
}

/// What this process knows of all clients.
#[derive(Debug, Default)]
struct State {
    clients: BTreeMap<i64, Known>,
    /// Those that were never asked about and will have their turn.
    waiting: BTreeSet<i64>,
    /// Whether their list was read to its end.
    walked: bool,
    /// How far the turns have come.
    place: i64,
    /// Whether the last run had to stop there for want of requests.
    stopped: bool,
}

/// What this process knows of all clients, kept between runs.
#[derive(Debug, Default)]
pub(super) struct AllKnown(Mutex<State>);

impl AllKnown {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The details of a client, where they were asked for.
    pub(super) fn find(&self, client: i64) -> Option<Details> {
        let state = self.state();
        state
            .clients
            .get(&client)
            .map(|known| known.details.clone())
    }

    /// The types of a client's contacts, as far as anybody knows.
    pub(super) fn types(&self, client: i64) -> Option<Arc<Types>> {
        let state = self.state();
        state.clients.get(&client)?.details.types.clone()
    }

    /// Whether nobody knows yet who is a client's main contact, and somebody will.
    fn is_open(&self, client: i64) -> bool {
        let state = self.state();
        match state.walked {
            true => state.waiting.contains(&client),
            false => !state.clients.contains_key(&client),
        }
    }

    /// The first page of a run: the turns go on where they stopped, else from the front.
    fn begin(&self) {
        let mut state = self.state();
        if !std::mem::take(&mut state.stopped) {
            state.place = i64::MIN;
        }
    }
}

/// What a connector asked about in its run.
#[derive(Debug, Default)]
pub(super) struct Asked {
    begun: AtomicBool,
    in_turn: AtomicUsize,
    news: AtomicUsize,
    /// Failures in a row.
    failures: AtomicUsize,
    /// Whether it was refused.
    refused: AtomicBool,
}

impl Asked {
    fn is_over(&self) -> bool {
        self.refused.load(Relaxed) || self.failures.load(Relaxed) >= FAILURES
    }
}

/// Takes some of so many requests: the last ones may be more than there are.
fn take(taken: &AtomicUsize, some: usize, of: usize) -> bool {
    taken.fetch_add(some, Relaxed) < of
}

/// Whether a client is asked about, and what is put into its record otherwise.
enum Turn {
    Ask,
    Take(Details),
    PassOver,
}

fn turn(
    asked: &Asked,
    known: &AllKnown,
    company: &CompanyRecord,
    (row, cost): (u64, usize),
    now: UtcMillis,
) -> Turn {
    let id = id_of(company);
    let mut state = known.state();
    state.waiting.remove(&id);
    if asked.refused.load(Relaxed) {
        return Turn::PassOver;
    }
    let found = state.clients.get(&id);
    let same = found.is_some_and(|known| known.row == row);
    let details = found.map(|known| known.details.clone());
    if !company.active {
        // These are never asked about.
        return details.map_or(Turn::PassOver, Turn::Take);
    }
    if let Some(known) = found
        && same
        && now.since(known.at) < GOOD_FOR
    {
        return Turn::Take(known.details.clone());
    }
    if !asked.is_over() {
        if id > state.place {
            if take(&asked.in_turn, cost, A_RUN - NEWS) {
                state.place = id;
                return Turn::Ask;
            }
            state.stopped = true;
        }
        if !same && take(&asked.news, cost, NEWS) {
            return Turn::Ask;
        }
    }
    match details {
        Some(details) => Turn::Take(details),
        None => {
            state.waiting.insert(id);
            Turn::PassOver
        }
    }
}

fn hash(company: &CompanyRecord) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(company)
        .unwrap_or_default()
        .hash(&mut hasher);
    hasher.finish()
}

/// Adds their details to the clients of a page, or that they keep those that are stored. With them goes the address of one
/// that has several sites: nobody knows yet which is its main one.
///
/// # Errors
/// `AuthFailed` and `RateLimited`; anything else is no error of the clients.
pub(super) async fn add(client: &Client, sites: &Sites, page: &mut Page) -> Result<()> {
    let last = page.next.is_none();
    let Batch::Companies(companies) = &mut page.batch else {
        return Ok(());
    };
    let (known, asked) = (client.known_clients(), &client.details_asked);
    if !asked.begun.swap(true, Relaxed) {
        known.begin();
    }
    let now = client.sender().clock.now();
    let (mut passed_over, mut of_several) = (BTreeSet::new(), BTreeSet::new());
    let mut pass = |company: &CompanyRecord| {
        passed_over.insert(company.external_id.clone());
        let places = sites.get(&id_of(company)).map_or(0, |of| of.places.len());
        if places > 1 {
            of_several.insert(company.external_id.clone());
        }
    };
    let mut to_ask = Vec::new();
    for company in companies {
        let row = hash(company);
        let cost = cost(sites, id_of(company));
        match turn(asked, &known, company, (row, cost), now) {
            Turn::Ask => to_ask.push((company, row)),
            Turn::Take(details) => details.put(company, sites),
            Turn::PassOver => pass(company),
        }
    }
    let ids: Vec<(i64, u64)> = to_ask
        .iter()
        .map(|(company, row)| (id_of(company), *row))
        .collect();
    let mut reads: Vec<BoxFuture<'_, Result<Option<Details>>>> = Vec::with_capacity(ids.len());
    for (id, row) in ids {
        reads.push(Box::pin(ask(client, sites, &known, (id, row))));
    }
    let told: Vec<_> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
    for ((company, _), told) in to_ask.into_iter().zip(told) {
        match told {
            Some(details) => details.put(company, sites),
            None => pass(company),
        }
    }
    known.state().walked |= last;
    pass_over(page, SideList::Details, passed_over);
    pass_over(page, SideList::Sites, of_several);
    Ok(())
}

/// Says of which contacts nobody knows whether they are their client's main one, and of which their types: its details were
/// not asked for yet.
pub(super) fn tell_of_contacts(client: &Client, page: &mut Page) {
    let Batch::Contacts(contacts) = &page.batch else {
        return;
    };
    let known = client.known_clients();
    let those = |unknown: &dyn Fn(i64) -> bool| -> BTreeSet<String> {
        let of_client = contacts.iter().filter(|contact| {
            let company = contact.company_external_id.as_ref();
            let id = company.and_then(|id| id.parse::<i64>().ok());
            id.is_some_and(unknown)
        });
        of_client
            .map(|contact| contact.external_id.clone())
            .collect()
    };
    let no_main_contact = those(&|client| known.is_open(client));
    let no_types = those(&|client| known.types(client).is_none());
    pass_over(page, SideList::MainContacts, no_main_contact);
    pass_over(page, SideList::ContactTypes, no_types);
}

fn pass_over(page: &mut Page, list: SideList, passed_over: BTreeSet<String>) {
    if passed_over.is_empty() {
        return;
    }
    let mut beside = AREA.beside(list, false);
    beside.passed_over = passed_over;
    page.beside.push(beside);
}

/// Asks about one client and remembers what came; `None` where its details cannot be had now.
///
/// # Errors
/// As [`add`].
async fn ask(
    client: &Client,
    sites: &Sites,
    known: &AllKnown,
    (id, row): (i64, u64),
) -> Result<Option<Details>> {
    let asked = &client.details_asked;
    if !asked.is_over() {
        match of(client, id).await {
            Ok(mut details) => {
                let told = contact_types::read(client, sites, id, details.main_site).await?;
                if matches!(told, Told::Failed) {
                    asked.failures.fetch_add(1, Relaxed);
                } else {
                    asked.failures.store(0, Relaxed);
                }
                // What was known of them stays known.
                details.types = match told {
                    Told::Types(types) => Some(Arc::new(types)),
                    Told::Failed | Told::Nothing => known.types(id),
                };
                let at = client.sender().clock.now();
                let found = details.clone();
                known.state().clients.insert(
                    id,
                    Known {
                        row,
                        at,
                        details: found,
                    },
                );
                return Ok(Some(details));
            }
            Err(error) if matches!(error.kind, ErrorKind::AuthFailed | ErrorKind::RateLimited) => {
                return Err(error);
            }
            Err(error) if error.kind == ErrorKind::PermissionDenied => {
                asked.refused.store(true, Relaxed);
            }
            // Gone since, or one that nobody can read: no sign of trouble with others.
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Unexpected) => {}
            Err(_) => {
                asked.failures.fetch_add(1, Relaxed);
            }
        }
    }
    let mut state = known.state();
    if !asked.refused.load(Relaxed) && !state.clients.contains_key(&id) {
        state.waiting.insert(id);
    }
    Ok(None)
}

/// <https://haloacademy.halopsa.com/apidoc/resources/client>
async fn of(client: &Client, id: i64) -> Result<Details> {
    let call = by_id(Stream::Companies, id);
    let make = |answer: &Answer| {
        let text = Text::of(&answer.body);
        let mut client: HaloClient<'_> = document(call.operation, text.as_str())?;
        Ok(Details::of(&mut client))
    };
    read(client, &call, make).await
}

impl Client {
    /// What this process knows of clients.
    pub(super) fn known_clients(&self) -> Arc<AllKnown> {
        let key = self.key("clients");
        let known = self.memory.kept(&key, UtcMillis(i64::MIN));
        known.unwrap_or_else(|| {
            let none = Arc::new(AllKnown::default());
            self.memory
                .keep(key, self.sender().clock.now(), Arc::clone(&none));
            none
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One run over clients with such ids: who is asked about.
    fn run(known: &AllKnown, ids: &[i64], now: UtcMillis) -> Vec<i64> {
        let asked = Asked::default();
        known.begin();
        let mut found = Vec::new();
        for id in ids {
            let company = CompanyRecord {
                external_id: id.to_string(),
                active: true,
                ..CompanyRecord::default()
            };
            let row = hash(&company);
            // With one site.
            if matches!(turn(&asked, known, &company, (row, 2), now), Turn::Ask) {
                let details = Details::default();
                let at = now;
                known
                    .state()
                    .clients
                    .insert(*id, Known { row, at, details });
                found.push(*id);
            }
        }
        found
    }

    #[test]
    fn everybody_has_a_turn_each_day_and_who_is_new_at_once() {
        let known = AllKnown::default();
        let mut ids: Vec<i64> = (1..=300).collect();
        for day in 0..3 {
            let mut told = BTreeSet::new();
            for hour in 0..24 {
                let now = UtcMillis(0).plus(day * UtcMillis::DAY + (hour + day) * UtcMillis::HOUR);
                let asked = run(&known, &ids, now);
                assert!(asked.len() <= A_RUN / 2, "{}", asked.len());
                told.extend(asked);
            }
            assert_eq!(told.len(), ids.len(), "day {day}");
        }
        // So many that their turns never end.
        ids = (1..=1_300).collect();
        let mut told = BTreeSet::new();
        for hour in 0..70 {
            let now = UtcMillis(0).plus(10 * UtcMillis::DAY + hour * UtcMillis::HOUR);
            told.extend(run(&known, &ids, now));
        }
        assert_eq!(told.len(), ids.len());
        ids.push(9_999);
        let now = UtcMillis(0).plus(16 * UtcMillis::DAY);
        assert!(run(&known, &ids, now).contains(&9_999));
    }
}
