//! What the suite must know about a vendor, and the running stand-in with its connection.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use connectors::connector::RequestCounter;
use connectors::limits::{Permits, Unlimited, Urgency};
use connectors::page::{Beside, Cursor, Page, PageRequest};
use connectors::{Connect, Connector, Error, ErrorKind};
use domain::capability::Capability;
use domain::record::{Batch, ExternalRecord};
use domain::reference::ReferenceKind;
use domain::scope::Scope;
use domain::secret::Secret;
use domain::side_list::{SideList, StoredParts};
use domain::stream::{PullMode, Stream};
use serde_json::Value;
use simulator::{Control, JournalEntry, Sandbox};

use crate::specification::Document;

/// A boxed future.
pub type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A credential the vendor does not know.
pub struct Wrong {
    /// Form field.
    pub field: &'static str,
    /// What stands in it; of the right form.
    pub value: &'static str,
    /// The form field the error must name.
    pub blamed: &'static str,
}

/// A vendor under test.
pub trait Vendor: Send + Sync {
    /// Key of the provider.
    fn key(&self) -> &'static str;

    /// Starts a stand-in with a small world and no limits.
    fn start(&self) -> Boxed<Stand>;

    /// The vendor's entity behind a stream.
    fn entity(&self, stream: Stream) -> &'static str;

    /// The ids a stream has: the entity's own, and what the connector makes of other records.
    fn ids(&self, control: &Control, stream: Stream) -> BTreeSet<String> {
        ids_of(control, self.entity(stream))
    }

    /// Credentials with a value the vendor does not know.
    fn wrong_credentials(&self) -> Vec<Wrong>;

    /// A change to a record of a stream as a person makes it in the vendor's screens.
    fn edit(&self, stream: Stream) -> Value;

    /// For a deletion feed: the entity of which a deleted record appears in it.
    fn deleted(&self, stream: Stream) -> &'static str;

    /// A text field of tickets, as the vendor spells it, that becomes the title.
    fn title(&self) -> &'static str;

    /// The kinds of reference data it has.
    fn reference_kinds(&self) -> &'static [ReferenceKind];

    /// For chained lists: the kind the parents of a kind belong to.
    fn parents(&self, kind: ReferenceKind) -> Option<ReferenceKind> {
        (kind == ReferenceKind::SubIssueType).then_some(ReferenceKind::IssueType)
    }

    /// The ids of the comments of one ticket as the connector hands them over, for vendors that list them by ticket
    /// only.
    fn notes_of(&self, _control: &Control, _ticket: i64) -> BTreeSet<String> {
        BTreeSet::new()
    }

    /// Makes void what a connector found out before it asks: a token, a zone, a codebase. `None` where there is
    /// nothing of the kind.
    fn expire(&self) -> Option<fn(&Control)> {
        None
    }

    /// How the vendor refuses for want of a right, and a word it says then.
    fn missing_right(&self) -> (ErrorKind, &'static str) {
        (ErrorKind::PermissionDenied, "permission")
    }

    /// Words in the vendor's own error body.
    fn error_body(&self, words: &str) -> Value;

    /// Milliseconds between two instants the vendor can tell apart.
    fn resolution(&self) -> i64 {
        1
    }

    /// The smallest page the vendor makes.
    fn smallest_page(&self) -> u32 {
        1
    }

    /// Whether lists come in the order of ids.
    fn in_order_of_ids(&self) -> bool {
        true
    }

    /// Kinds of reference data of which records may carry values that no list has.
    fn free_texts(&self) -> &'static [ReferenceKind] {
        &[]
    }

    /// The entity of a company's locations, its field that names the company, and that of the telephone number; `None`
    /// where there are none.
    fn location(&self) -> Option<(&'static str, &'static str, &'static str)> {
        None
    }

    /// The key of a ticket's contract among its fields; `None` where tickets have none.
    fn contract_field(&self) -> Option<&'static str> {
        None
    }

    /// Makes what the small world lacks, so that every field says something in some record.
    fn fill(&self, _control: &Control) {}

    /// The vendor's document, in the folder of all documents; `None` when there is none to check by.
    fn document(&self, _folder: &Path) -> Option<Box<dyn Document>> {
        None
    }

    /// What only this vendor has.
    fn own_cases(&self) -> Vec<crate::case::Case>;
}

/// What the provider claims.
pub fn capability(vendor: &dyn Vendor) -> &'static Capability {
    &domain::provider::find(vendor.key())
        .expect("a provider")
        .capability
}

/// A running stand-in and good credentials for it.
pub struct Stand {
    sandbox: Sandbox,
    provider: &'static str,
    credentials: BTreeMap<String, Secret>,
}

impl Stand {
    /// A stand-in with credentials by form field.
    pub fn new(provider: &'static str, sandbox: Sandbox, credentials: &[(&str, &str)]) -> Self {
        let credentials = credentials
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Secret::from(*value)))
            .collect();
        Self {
            sandbox,
            provider,
            credentials,
        }
    }

    /// The steering wheel.
    pub fn control(&self) -> &Control {
        self.sandbox.control()
    }

    /// What a connector is built from.
    pub fn connect(&self) -> Connect {
        Connect {
            credentials: self.credentials.clone(),
            public_note_audiences: None,
            contact_type_field: None,
            installation_code: None,
            base_url: Some(self.sandbox.base_url()),
            request_limit: None,
            permits: Arc::new(Unlimited),
            urgency: Urgency::Background,
            memory: Arc::default(),
            requests: Arc::new(RequestCounter::default()),
        }
    }

    /// A connector.
    pub fn connector(&self) -> Arc<dyn Connector> {
        self.build(self.connect())
    }

    /// A connector with one form value replaced.
    pub fn connector_with(&self, field: &str, value: &str) -> Arc<dyn Connector> {
        let mut connect = self.connect();
        connect
            .credentials
            .insert(field.to_owned(), Secret::from(value));
        self.build(connect)
    }

    /// A connector that asks these permits.
    pub fn connector_asking(&self, permits: Arc<dyn Permits>) -> Arc<dyn Connector> {
        self.build(Connect {
            permits,
            ..self.connect()
        })
    }

    fn build(&self, connect: Connect) -> Arc<dyn Connector> {
        connectors::build(self.provider, connect).expect("usable credentials")
    }

    /// Values that must appear nowhere.
    pub fn secrets(&self) -> Vec<String> {
        let form = domain::provider::find(self.provider)
            .expect("a provider")
            .form;
        let secret = form.iter().filter(|field| field.secret);
        secret
            .filter_map(|field| self.credentials.get(field.key))
            .map(|value| value.expose().to_owned())
            .collect()
    }

    /// Requests about an entity so far.
    pub fn requests_about(&self, entity: &str) -> Vec<JournalEntry> {
        let about = |entry: &JournalEntry| entry.entity.as_deref() == Some(entity);
        self.control().journal().into_iter().filter(about).collect()
    }
}

/// Asks for one page of tickets.
pub fn tickets<'a>(
    cursor: Option<&'a Cursor>,
    scope: &'a Scope,
    page_size: u32,
) -> PageRequest<'a> {
    PageRequest {
        stream: Stream::Tickets,
        mode: FULL,
        cursor,
        scope,
        page_size,
    }
}

/// The whole of a stream, page by page.
pub async fn walk(
    connector: &dyn Connector,
    stream: Stream,
    mode: PullMode,
    page_size: u32,
) -> Result<Vec<Page>, Error> {
    walk_within(connector, stream, mode, &Scope::default(), page_size).await
}

/// The same of what a scope lets through.
pub async fn walk_within(
    connector: &dyn Connector,
    stream: Stream,
    mode: PullMode,
    scope: &Scope,
    page_size: u32,
) -> Result<Vec<Page>, Error> {
    let mut pages: Vec<Page> = Vec::new();
    let mut cursor: Option<Cursor> = None;
    loop {
        let page = connector
            .list_page(PageRequest {
                stream,
                mode,
                cursor: cursor.as_ref(),
                scope,
                page_size,
            })
            .await?;
        cursor.clone_from(&page.next);
        pages.push(page);
        assert!(pages.len() < 1_000, "the walk never ends");
        if cursor.is_none() {
            return Ok(pages);
        }
    }
}

/// The whole of a stream.
pub async fn whole(connector: &dyn Connector, stream: Stream) -> Result<Vec<Page>, Error> {
    walk(connector, stream, FULL, 500).await
}

/// Everything.
pub const FULL: PullMode = PullMode::Full { floor: None };

/// The ids of pages.
pub fn ids(pages: &[Page]) -> BTreeSet<String> {
    pages
        .iter()
        .flat_map(|page| batch_ids(&page.batch))
        .collect()
}

/// The ids of a batch, in its order.
pub fn batch_ids(batch: &Batch) -> Vec<String> {
    fn of<R: ExternalRecord>(records: &[R]) -> Vec<String> {
        records
            .iter()
            .map(|record| record.external_id().to_owned())
            .collect()
    }
    match batch {
        Batch::Companies(records) => of(records),
        Batch::Technicians(records) => of(records),
        Batch::Contacts(records) => of(records),
        Batch::ContactGroups(records) => of(records),
        Batch::ContactGroupMembers(records) => of(records),
        Batch::Tickets(records) => of(records),
        Batch::TicketNotes(records) => of(records),
        Batch::Opportunities(records) => of(records),
        Batch::Deletions(records) => records
            .iter()
            .map(|record| record.external_id.clone())
            .collect(),
    }
}

/// Ids the stand-in has, as text.
pub fn ids_of(control: &Control, entity: &str) -> BTreeSet<String> {
    control
        .ids(entity)
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// Puts into a record that was read by itself what only its row in the list has, as storing it does.
pub fn keep_rows(batch: &mut Batch, beside: &[Beside], listed: &Value) {
    let fields = serde_json::from_value(listed["fields"].clone());
    let stored = StoredParts {
        fields: fields.unwrap_or_default(),
        ..StoredParts::default()
    };
    for one in beside.iter().filter(|one| one.list == SideList::Rows) {
        assert!(!one.read, "a record by itself has no row");
        one.list.keep(batch, |_| Some(&stored));
    }
}

/// The first record of the pages' batches with this id, as its JSON.
pub fn record(pages: &[Page], id: &str) -> Value {
    pages
        .iter()
        .find_map(|page| record_of(&page.batch, id))
        .unwrap_or_else(|| panic!("no record {id}"))
}

/// The record of a batch with this id, as its JSON.
pub fn record_of(batch: &Batch, id: &str) -> Option<Value> {
    fn of<R: ExternalRecord>(records: &[R], id: &str) -> Option<Value> {
        let record = records.iter().find(|record| record.external_id() == id)?;
        Some(serde_json::to_value(record).expect("a record as JSON"))
    }
    match batch {
        Batch::Companies(records) => of(records, id),
        Batch::Technicians(records) => of(records, id),
        Batch::Contacts(records) => of(records, id),
        Batch::ContactGroups(records) => of(records, id),
        Batch::ContactGroupMembers(records) => of(records, id),
        Batch::Tickets(records) => of(records, id),
        Batch::TicketNotes(records) => of(records, id),
        Batch::Opportunities(records) => of(records, id),
        Batch::Deletions(_) => None,
    }
}
