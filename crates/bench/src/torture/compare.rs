//! Whether Portico has exactly the vendor's records.
//!
//! Twice, in different ways. Every stream is read again from the vendor, and each record's hash must be the one that
//! is stored; as many rows must be present as the vendor has records, so that nothing is there that should be gone.
//! Tickets are also compared as a person sees them: the list's rows with the sandbox's own records, past the connector.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context, Result};
use connectors::connector::{Memory, RequestCounter};
use connectors::limits::{Unlimited, Urgency};
use connectors::page::{Page, PageRequest};
use connectors::{Connect, Connector};
use domain::email::email_key;
use domain::id::IdentityId;
use domain::record::{Batch, ContactRecord, ExternalRecord};
use domain::scope::Scope;
use domain::secret::Secret;
use domain::side_list::SITE_CONTACT_TYPES;
use domain::stream::{PullMode, Stream};
use domain::viewer::Viewer;
use serde_json::Value;
use simulator::desk::{Column, Desk, Kind};
use store::integrations::Integration;
use store::listing::Direction;
use store::pages::{self, Absence};
use store::tickets::{self, TicketFilter, TicketRow, TicketSort};
use store::{Store, integrations};

use crate::credentials;
use crate::installation::Installation;
use crate::sandbox::{Address, Sandbox};

/// Mismatches told of one kind; one mistake seldom comes alone.
const TOLD: usize = 10;

/// What was found.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Records compared.
    pub records: u64,
    /// What differs, in words.
    pub mismatches: Vec<String>,
}

impl Comparison {
    fn note(&mut self, mismatch: String) {
        self.mismatches.push(mismatch);
    }

    /// The first few, for a person.
    pub fn told(&self) -> String {
        let more = self.mismatches.len().saturating_sub(TOLD);
        let mut text = self
            .mismatches
            .iter()
            .take(TOLD)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n  ");
        if more > 0 {
            text.push_str(&format!("\n  and {more} more"));
        }
        text
    }
}

/// Compares everything. The sandbox has no faults meanwhile, and nothing changes there.
pub async fn compare(installation: &Installation, sandbox: &Sandbox) -> Result<Comparison> {
    let store = installation.store();
    let integration = integrations::find_integration(store, installation.integration).await?;
    let integration = integration.context("the integration is gone")?;
    let memory = Arc::new(Memory::default());
    learn_by_turns(&integration, sandbox, &memory).await?;
    let connector = connector(&integration, sandbox.address(), &memory)?;
    let mut found = Comparison::default();
    let streams = connector.capability().streams.iter();
    let listed = streams
        .map(|claimed| claimed.stream)
        .filter(|stream| !stream.is_deletion_feed());
    for stream in listed {
        compare_stream(store, &integration, connector.as_ref(), stream, &mut found).await?;
    }
    let desk = super::desk_of(&sandbox.address().vendor)?;
    let tickets = desk.entity(Kind::Ticket).context("no tickets")?;
    let tickets = visible(sandbox, tickets).await?;
    if connector.capability().stream(Stream::TicketNotes).is_none() {
        compare_notes(
            store,
            &integration,
            connector.as_ref(),
            &tickets,
            &mut found,
        )
        .await?;
    }
    compare_tickets(store, desk, &tickets, &mut found).await?;
    Ok(found)
}

/// Lists companies until no more is learned of them: what takes a request for each comes by turns.
async fn learn_by_turns(
    integration: &Integration,
    sandbox: &Sandbox,
    memory: &Arc<Memory>,
) -> Result<()> {
    let mut before = usize::MAX;
    loop {
        let connector = connector(integration, sandbox.address(), memory)?;
        let pages = list(connector.as_ref(), Stream::Companies).await?;
        let beside = pages.iter().flat_map(|page| &page.beside);
        let left: usize = beside.map(|one| one.passed_over.len()).sum();
        if left == 0 || left >= before {
            return Ok(());
        }
        before = left;
    }
}

fn connector(
    integration: &Integration,
    sandbox: Address,
    memory: &Arc<Memory>,
) -> Result<Arc<dyn Connector>> {
    let form = credentials::form(&sandbox.vendor).into_iter();
    let connect = Connect {
        credentials: form
            .map(|(key, value)| (key, Secret::from(value)))
            .collect(),
        public_note_audiences: Some(
            integration
                .settings
                .public_note_audiences
                .iter()
                .cloned()
                .collect(),
        ),
        contact_type_field: integration.settings.contact_type_field.clone(),
        installation_code: None,
        base_url: Some(sandbox.url),
        request_limit: None,
        permits: Arc::new(Unlimited),
        urgency: Urgency::Background,
        memory: Arc::clone(memory),
        requests: Arc::new(RequestCounter::default()),
    };
    Ok(connectors::build(&integration.provider, connect)?)
}

/// Every page of a stream.
async fn list(connector: &dyn Connector, stream: Stream) -> Result<Vec<Page>> {
    let scope = Scope::default();
    let (mut cursor, mut pages) = (None, Vec::new());
    loop {
        let request = PageRequest {
            stream,
            mode: PullMode::Full { floor: None },
            cursor: cursor.as_ref(),
            scope: &scope,
            page_size: 500,
        };
        let page = connector.list_page(request).await?;
        let next = page.next.clone();
        pages.push(page);
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(pages),
        }
    }
}

async fn compare_stream(
    store: &Store,
    integration: &Integration,
    connector: &dyn Connector,
    stream: Stream,
    found: &mut Comparison,
) -> Result<()> {
    let pages = list(connector, stream).await?;
    let mut batches: Vec<Batch> = pages.into_iter().map(|page| page.batch).collect();
    let claimed = connector.capability().stream(stream);
    let made = claimed.map_or("", |claimed| claimed.made_ids);
    let mut others = one_main_contact(made, &mut batches);
    others.extend(without_types(&batches));
    let others = hashes(
        &Batch::Contacts(others),
        connector.mapper_version(),
        integration.generation,
    );
    let also = others.into_iter().collect();
    let mut at_vendor = 0_u64;
    for batch in &batches {
        at_vendor +=
            compare_batch(store, integration, connector, stream, batch, &also, found).await?;
    }
    count(store, integration, stream, at_vendor, found).await
}

/// Takes out what the connector makes for companies that have a contact of the same address. Answers the contacts of which
/// several have it, without the mark: one of them has it, and which one is the run's to say.
fn one_main_contact(made: &str, batches: &mut [Batch]) -> Vec<ContactRecord> {
    let addressed = |contact: &ContactRecord| {
        let address = contact.email.as_deref().and_then(email_key);
        contact.company_external_id.clone().zip(address)
    };
    let is_made = |contact: &ContactRecord| contact.external_id.starts_with(made);
    let mut people: BTreeMap<_, Vec<ContactRecord>> = BTreeMap::new();
    if made.is_empty() {
        return Vec::new();
    }
    for batch in batches.iter() {
        let Batch::Contacts(contacts) = batch else {
            continue;
        };
        let marked = contacts.iter().filter(|one| one.primary && !is_made(one));
        for contact in marked {
            if let Some(place) = addressed(contact) {
                people.entry(place).or_default().push(contact.clone());
            }
        }
    }
    for batch in batches {
        if let Batch::Contacts(contacts) = batch {
            contacts.retain(|one| {
                !is_made(one) || addressed(one).is_none_or(|place| !people.contains_key(&place))
            });
        }
    }
    let several = people.into_values().filter(|people| people.len() > 1);
    several
        .flatten()
        .map(|contact| ContactRecord {
            primary: false,
            ..contact
        })
        .collect()
}

/// Contacts as they are while nobody asked for their types: these come with their company's turn, and who was read before it
/// has them with the next full run.
fn without_types(batches: &[Batch]) -> Vec<ContactRecord> {
    let contacts = batches.iter().flat_map(|batch| match batch {
        Batch::Contacts(contacts) => contacts.as_slice(),
        _ => &[],
    });
    let typed = contacts.filter(|contact| contact.fields.contains_key(SITE_CONTACT_TYPES));
    typed
        .cloned()
        .map(|mut contact| {
            contact.fields.remove(SITE_CONTACT_TYPES);
            contact
        })
        .collect()
}

/// The records the vendor shows: some keep deleted ones out of sight.
async fn visible(sandbox: &Sandbox, entity: &str) -> Result<Vec<Value>> {
    let ids: BTreeSet<i64> = sandbox.ids(entity).await?.into_iter().collect();
    let mut records = sandbox.records(entity).await?;
    records.retain(|record| record["id"].as_i64().is_some_and(|id| ids.contains(&id)));
    Ok(records)
}

/// Comments of a vendor that lists them by ticket only.
async fn compare_notes(
    store: &Store,
    integration: &Integration,
    connector: &dyn Connector,
    tickets: &[Value],
    found: &mut Comparison,
) -> Result<()> {
    let (stream, mut at_vendor) = (Stream::TicketNotes, 0);
    for ticket in tickets {
        let page = connector.ticket_notes(&text(ticket, "id")).await?;
        let (batch, also) = (&page.batch, BTreeMap::new());
        at_vendor +=
            compare_batch(store, integration, connector, stream, batch, &also, found).await?;
    }
    count(store, integration, stream, at_vendor, found).await
}

/// Each record of a page with what is stored, by its hash or the other one it may have; answers how many the page has.
async fn compare_batch(
    store: &Store,
    integration: &Integration,
    connector: &dyn Connector,
    stream: Stream,
    batch: &Batch,
    also: &BTreeMap<String, i64>,
    found: &mut Comparison,
) -> Result<u64> {
    let expected = hashes(batch, connector.mapper_version(), integration.generation);
    let ids: Vec<&str> = expected.iter().map(|(id, _)| id.as_str()).collect();
    let known = pages::read_known_before(store, integration.id, stream, &ids).await?;
    for (id, hash) in &expected {
        let place = || format!("{} {id}", stream.key());
        match known.get(id) {
            None => found.note(format!("{} is missing", place())),
            Some(row) if row.absence != Absence::Present => {
                found.note(format!(
                    "{} is marked {:?} and the vendor has it",
                    place(),
                    row.absence
                ));
            }
            Some(row) if row.content_hash != *hash && also.get(id) != Some(&row.content_hash) => {
                found.note(format!("{} is not what the vendor has", place()));
            }
            Some(_) => {}
        }
    }
    Ok(expected.len() as u64)
}

/// As many rows are present as the vendor has records.
async fn count(
    store: &Store,
    integration: &Integration,
    stream: Stream,
    at_vendor: u64,
    found: &mut Comparison,
) -> Result<()> {
    let here = pages::count_shown(store, integration.id, stream).await?;
    if here != at_vendor {
        found.note(format!(
            "{}: {here} here, {at_vendor} at the vendor",
            stream.key()
        ));
    }
    found.records += at_vendor;
    Ok(())
}

/// Ids and hashes of the records of a page.
fn hashes(batch: &Batch, version: u32, generation: i64) -> Vec<(String, i64)> {
    fn of<R: ExternalRecord>(records: &[R], version: u32, generation: i64) -> Vec<(String, i64)> {
        let one = |record: &R| {
            (
                record.external_id().to_owned(),
                record.content_hash(version, generation),
            )
        };
        records.iter().map(one).collect()
    }
    match batch {
        Batch::Companies(records) => of(records, version, generation),
        Batch::Technicians(records) => of(records, version, generation),
        Batch::Contacts(records) => of(records, version, generation),
        Batch::ContactGroups(records) => of(records, version, generation),
        Batch::ContactGroupMembers(records) => of(records, version, generation),
        Batch::Tickets(records) => of(records, version, generation),
        Batch::TicketNotes(records) => of(records, version, generation),
        Batch::Opportunities(records) => of(records, version, generation),
        Batch::Deletions(_) => Vec::new(),
    }
}

/// Every ticket as the list shows it, against the sandbox's own record.
async fn compare_tickets(
    store: &Store,
    desk: &Desk,
    tickets: &[Value],
    found: &mut Comparison,
) -> Result<()> {
    let mut shown = list_tickets(store, found).await?;
    for record in tickets {
        let id = text(record, "id");
        let Some(row) = shown.remove(&id) else {
            found.note(format!("ticket {id} is not in the list"));
            continue;
        };
        for (column, there) in (desk.shown)(record) {
            let here = shown_in(&row, column);
            if here != there {
                found.note(format!(
                    "ticket {id}, {column:?}: {here:?} here, {there:?} at the vendor"
                ));
            }
        }
    }
    for id in shown.keys() {
        found.note(format!(
            "ticket {id} is in the list and the vendor has no such ticket"
        ));
    }
    Ok(())
}

/// What a row of the list has in a column.
fn shown_in(row: &TicketRow, column: Column) -> String {
    let label = |value: &Option<tickets::Labelled>| {
        value
            .as_ref()
            .map(|value| value.id.clone())
            .unwrap_or_default()
    };
    match column {
        Column::Number => row.number.clone(),
        Column::Title => row.title.clone(),
        Column::Status => label(&row.status),
        Column::Queue => label(&row.queue),
        Column::Priority => label(&row.priority),
    }
}

/// The whole list, page after page, as a person would go through it.
async fn list_tickets(
    store: &Store,
    found: &mut Comparison,
) -> Result<BTreeMap<String, TicketRow>> {
    let viewer = Viewer::Staff(IdentityId(0));
    let (filter, sort) = (TicketFilter::default(), TicketSort::Created);
    let (mut all, mut place) = (BTreeMap::new(), None);
    loop {
        let direction = Direction::Ascending;
        let listing = tickets::list_for_viewer(
            store,
            &viewer,
            &filter,
            sort,
            direction,
            place.as_ref(),
            500,
        )
        .await?;
        for row in listing.rows {
            let id = row.external_id.clone();
            if all.insert(id.clone(), row).is_some() {
                found.note(format!("ticket {id} is in the list twice"));
            }
        }
        match listing.next {
            Some(next) => place = Some(next),
            None => return Ok(all),
        }
    }
}

/// The value of a record's field as text.
fn text(record: &Value, field: &str) -> String {
    match &record[field] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
