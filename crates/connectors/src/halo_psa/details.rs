//! What a client has that lists of clients leave out: its web site, its domain and who is its main contact. It takes a
//! request for each client, so a run asks about some: those whose row is new or changed, and those that were not asked about
//! for a day. The others keep what is stored, and have their turn with a later run.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::clock::UtcMillis;
use domain::record::{Batch, CompanyRecord, Fields};
use domain::side_list::SideList;
use domain::stream::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;

use super::client::Client;
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

/// Most clients a run asks about: a good minute's requests, and a sixth of those of five.
const A_RUN: usize = 50;

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
    /// Its main site, whose main contact it is where it names none itself.
    pub(super) main_site: Option<i64>,
}

impl Details {
    /// Those of a client that was asked for by its id.
    pub(super) fn of(client: &mut HaloClient<'_>) -> Self {
        Self {
            website: text(client.website.take()),
            domain: text(client.domain.take()),
            main_contact: some_id(client.main_contact),
            main_site: some_id(client.main_site),
        }
    }

    /// Puts them into a company.
    pub(super) fn put(self, website: &mut Option<String>, fields: &mut Fields) {
        *website = self.website;
        if let Some(domain) = self.domain {
            fields.insert("domain".into(), Value::String(domain));
        }
    }
}

/// What this process knows of a client.
#[derive(Debug, Clone)]
struct Known {
    /// The hash of its row in the list.
    row: u64,
    at: UtcMillis,
    details: Details,
}

/// The clients this process knows, by id.
#[derive(Debug, Default)]
pub(super) struct AllKnown(Mutex<BTreeMap<i64, Known>>);

impl AllKnown {
    fn all(&self) -> MutexGuard<'_, BTreeMap<i64, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The details of a client, where they were asked for.
    pub(super) fn find(&self, client: i64) -> Option<Details> {
        self.all().get(&client).map(|known| known.details.clone())
    }
}

/// What a connector asked about in its run.
#[derive(Debug, Default)]
pub(super) struct Asked {
    clients: AtomicUsize,
    /// Whether it was refused.
    refused: AtomicBool,
}

/// Whether a client is asked about, and what is put into its record otherwise.
enum Turn {
    Ask,
    Take(Details),
    PassOver,
}

fn turn(
    client: &Client,
    known: &AllKnown,
    company: &CompanyRecord,
    row: u64,
    now: UtcMillis,
) -> Turn {
    if !company.active || client.details_asked.refused.load(Ordering::Relaxed) {
        return Turn::PassOver;
    }
    let id = company.external_id.parse().unwrap_or_default();
    let known = known.all().get(&id).cloned();
    match known {
        Some(known) if known.row == row && now.since(known.at) < GOOD_FOR => {
            Turn::Take(known.details)
        }
        _ if client.details_asked.clients.fetch_add(1, Ordering::Relaxed) < A_RUN => Turn::Ask,
        Some(known) => Turn::Take(known.details),
        None => Turn::PassOver,
    }
}

fn hash(company: &CompanyRecord) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(company)
        .unwrap_or_default()
        .hash(&mut hasher);
    hasher.finish()
}

/// Adds their details to the clients of a page, or that they keep those that are stored.
///
/// # Errors
/// As any request. A missing right is none.
pub(super) async fn add(client: &Client, page: &mut Page) -> Result<()> {
    let Batch::Companies(companies) = &mut page.batch else {
        return Ok(());
    };
    let now = client.sender().clock.now();
    let known = client.known_clients();
    let mut passed_over = BTreeSet::new();
    let mut asked = Vec::new();
    for company in companies {
        let row = hash(company);
        match turn(client, &known, company, row, now) {
            Turn::Ask => asked.push((company, row)),
            Turn::Take(details) => details.put(&mut company.website, &mut company.fields),
            Turn::PassOver => {
                passed_over.insert(company.external_id.clone());
            }
        }
    }
    let ids: Vec<i64> = asked
        .iter()
        .map(|(company, _)| company.external_id.parse().unwrap_or_default())
        .collect();
    let mut reads: Vec<BoxFuture<'_, Result<Option<Details>>>> = Vec::with_capacity(ids.len());
    for id in &ids {
        reads.push(Box::pin(of(client, *id)));
    }
    let told: Vec<_> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
    for ((company, row), told) in asked.into_iter().zip(told) {
        let Some(details) = told else {
            passed_over.insert(company.external_id.clone());
            continue;
        };
        let id = company.external_id.parse().unwrap_or_default();
        let at = now;
        let found = Known {
            row,
            at,
            details: details.clone(),
        };
        known.all().insert(id, found);
        details.put(&mut company.website, &mut company.fields);
    }
    pass_over(page, SideList::Details, passed_over);
    Ok(())
}

/// Says of which contacts nobody knows whether they are their client's main one: its details were not asked for yet.
pub(super) fn tell_of_contacts(client: &Client, page: &mut Page) {
    let Batch::Contacts(contacts) = &page.batch else {
        return;
    };
    let known = client.known_clients();
    let known = known.all();
    let unknown = contacts.iter().filter(|contact| {
        let company = contact.company_external_id.as_ref();
        let id = company.and_then(|id| id.parse::<i64>().ok());
        id.is_some_and(|id| !known.contains_key(&id))
    });
    let unknown = unknown.map(|contact| contact.external_id.clone()).collect();
    pass_over(page, SideList::MainContacts, unknown);
}

fn pass_over(page: &mut Page, list: SideList, passed_over: BTreeSet<String>) {
    if passed_over.is_empty() {
        return;
    }
    let mut beside = AREA.beside(list, false);
    beside.passed_over = passed_over;
    page.beside.push(beside);
}

/// <https://haloacademy.halopsa.com/apidoc/resources/client>; `None` where a client's details cannot be had.
async fn of(client: &Client, id: i64) -> Result<Option<Details>> {
    if client.details_asked.refused.load(Ordering::Relaxed) {
        return Ok(None);
    }
    let call = by_id(Stream::Companies, id);
    let make = |answer: &Answer| {
        let text = Text::of(&answer.body);
        let mut client: HaloClient<'_> = document(call.operation, text.as_str())?;
        Ok(Details::of(&mut client))
    };
    match read(client, &call, make).await {
        Ok(details) => Ok(Some(details)),
        // Gone since, or nothing anybody can read: what is stored stays.
        Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Unexpected) => Ok(None),
        Err(error) if error.kind == ErrorKind::PermissionDenied => {
            client.details_asked.refused.store(true, Ordering::Relaxed);
            Ok(None)
        }
        Err(error) => Err(error),
    }
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
