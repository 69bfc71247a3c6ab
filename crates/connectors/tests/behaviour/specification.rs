//! The contract with the vendors' own documents: every request a connector sends is looked up there, every answer of
//! the stand-in is held against the schema where the document has a usable one.
//!
//! The documents are not part of the repository: the check runs where `PORTICO_SPECS` names their folder. What is known
//! to be wrong in them stands in `specification/defects.json`, each with its reason.

pub mod open_api;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use domain::capability::NoteListing;
use domain::clock::UtcMillis;
use domain::scope::Scope;
use domain::stream::{PullMode, Stream};
use libtest_mimic::Trial;
use serde::Deserialize;
use serde_json::Value;
use simulator::JournalEntry;

use crate::case::Case;
use crate::vendor::{FULL, Stand, Vendor, batch_ids, capability, ids, walk, walk_within, whole};

/// A vendor's document.
pub trait Document: Send + Sync {
    /// Looks a request and its answer up; answers the address it was found under.
    ///
    /// # Errors
    /// What does not fit, in words.
    fn check(&self, entry: &JournalEntry) -> Result<Checked, Vec<String>>;
}

/// A request that fits.
pub struct Checked {
    /// The address as the document writes it, with the method.
    pub address: String,
    /// Whether the document has a schema the answer could be held against.
    pub answer: bool,
}

/// Something that is wrong in a document.
#[derive(Debug, Deserialize)]
pub struct Defect {
    /// Key of the vendor.
    pub vendor: String,
    /// What the check says, or a part of it.
    pub says: String,
    /// Why the document is wrong and not we.
    pub reason: String,
}

static DEFECTS: LazyLock<Vec<Defect>> = LazyLock::new(|| {
    let defects: Vec<Defect> =
        serde_json::from_str(include_str!("specification/defects.json")).expect("defects");
    assert!(defects.iter().all(|defect| !defect.reason.is_empty()));
    defects
});

/// Where the documents are.
fn folder() -> Option<PathBuf> {
    std::env::var_os("PORTICO_SPECS").map(PathBuf::from)
}

/// A body without what the document requires is noticed, and one that has it is not.
pub fn required_fields() -> Trial {
    let name = "every_vendor::completeness::a_body_without_what_is_required_is_noticed";
    Trial::test(name, || {
        let document = serde_json::json!({"paths": {"/Note": {"post": {
            "requestBody": {"content": {"application/json": {"schema": {
                "type": "object", "required": ["text"],
                "properties": {"text": {"type": "string"}, "by": {"type": "object", "required": ["id"],
                    "properties": {"id": {"type": "integer"}}}},
            }}}},
            "responses": {},
        }}}});
        let document = open_api::OpenApi::of(document);
        let wrong = |body: &str| {
            let entry = serde_json::json!({
                "sequence": 1, "at_ms": 0, "method": "POST", "path": "/note", "query": "", "body": body,
                "entity": null, "acting_for": null, "status": 201, "records": null, "fault": null,
            });
            let entry = serde_json::from_value(entry).map_err(|error| error.to_string())?;
            Ok::<_, String>(document.check(&entry).err().unwrap_or_default())
        };
        let missing = wrong(r#"{"by":{}}"#)?;
        let expected = [
            "post /Note body.by.id: required and not sent",
            "post /Note body.text: required and not sent",
        ];
        let mut missing: Vec<&str> = missing.iter().map(String::as_str).collect();
        missing.sort_unstable();
        if missing != expected {
            return Err(format!("{missing:?}").into());
        }
        match wrong(r#"{"text":"Hello","by":{"id":1}}"#)?.as_slice() {
            [] => Ok(()),
            wrong => Err(format!("{wrong:?}").into()),
        }
    })
}

/// The case of a vendor; *not run* without the documents.
pub fn case(vendor: &'static dyn Vendor) -> Case {
    if folder().is_none() {
        println!(
            "{}::completeness::requests_fit_the_vendors_specification: not run, PORTICO_SPECS names no folder",
            vendor.key()
        );
    }
    Case::new(
        "completeness",
        "requests_fit_the_vendors_specification",
        move || check(vendor),
    )
    .needing(folder().is_some())
}

/// Sends every request the connector has and looks each one up.
async fn check(vendor: &'static dyn Vendor) {
    let folder = folder().expect("PORTICO_SPECS names the folder of the documents");
    let Some(document) = vendor.document(&folder) else {
        panic!("{} has no document to check by", vendor.key())
    };
    let stand = vendor.start().await;
    stand.control().keep_answers();
    everything(vendor, &stand).await;

    let (mut asked, mut answers, mut wrong) = (BTreeSet::new(), 0, BTreeSet::new());
    let mut met = BTreeSet::new();
    for entry in stand.control().journal() {
        match document.check(&entry) {
            Ok(checked) => {
                asked.insert(checked.address);
                answers += usize::from(checked.answer);
            }
            Err(words) => {
                for words in words {
                    let defect = DEFECTS
                        .iter()
                        .position(|d| d.vendor == vendor.key() && words.contains(&d.says));
                    match defect {
                        Some(place) => {
                            met.insert(place);
                        }
                        None => {
                            wrong.insert(words);
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let told = DEFECTS.iter().enumerate();
    let idle: Vec<_> = told
        .filter(|(place, defect)| defect.vendor == vendor.key() && !met.contains(place))
        .map(|(_, defect)| &defect.says)
        .collect();
    assert!(idle.is_empty(), "defects nobody meets any more: {idle:?}");
    assert!(asked.len() > 5, "only {asked:?}");
    assert!(
        answers > 5,
        "answers of {} are held against nothing",
        vendor.key()
    );
    println!(
        "{}::completeness::requests_fit_the_vendors_specification: {} operations looked up, {} requests, {answers} \
         answers held against a schema, {} known defects met",
        vendor.key(),
        asked.len(),
        stand.control().request_count(),
        met.len()
    );
}

/// Every question a connector can ask.
async fn everything(vendor: &'static dyn Vendor, stand: &Stand) {
    let connector = stand.connector();
    connector.test_connection().await.expect("good credentials");
    connector.reference_data().await.expect("reference data");
    let items = connector.reference_data().await.expect("reference data");
    let of = |kind: domain::reference::ReferenceKind| {
        let fitting = items.iter().filter(move |item| item.kind == kind);
        fitting.map(|item| item.external_id.clone()).take(2)
    };
    vendor.fill(stand.control());
    let scope = Scope {
        queues: of(domain::reference::ReferenceKind::Queue).collect(),
        categories: of(domain::reference::ReferenceKind::TicketCategory).collect(),
        exclude_statuses: of(domain::reference::ReferenceKind::TicketStatus).collect(),
        ..Scope::default()
    };
    for claimed in capability(vendor).streams {
        let since = PullMode::Since {
            since: UtcMillis(stand.control().now_ms()),
        };
        for mode in [FULL, since] {
            walk(&*connector, claimed.stream, mode, 500)
                .await
                .expect("pages");
            // What a scope narrows it narrows in lists as in numbers.
            walk_within(&*connector, claimed.stream, mode, &scope, 500)
                .await
                .expect("pages of the scope");
            connector
                .total(claimed.stream, mode, &scope)
                .await
                .expect("a total");
        }
        if claimed.by_id {
            let pages = whole(&*connector, claimed.stream).await.expect("pages");
            let ids = ids(&pages);
            // Ids that are made of another record's come last.
            let (first, last) = (ids.first().cloned(), ids.last().cloned());
            let none = "987654321".to_owned();
            for id in first.iter().chain(&last).chain([&none]) {
                connector
                    .fetch(claimed.stream, id)
                    .await
                    .expect("an answer");
            }
        }
    }
    if capability(vendor).notes != NoteListing::None {
        // The first, and the last: in another list where the vendor has one for some.
        let tickets = whole(&*connector, Stream::Tickets).await.expect("pages");
        let mut tickets = tickets.iter().flat_map(|page| batch_ids(&page.batch));
        let first = tickets.next().expect("a ticket");
        for ticket in [first, tickets.last().expect("another")] {
            connector.ticket_notes(&ticket).await.expect("notes");
        }
    }
    for _ in 0..200 {
        connector
            .total(Stream::Companies, FULL, &scope)
            .await
            .expect("a total");
    }
}

/// A document as JSON.
pub fn read(path: &Path) -> Value {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}
