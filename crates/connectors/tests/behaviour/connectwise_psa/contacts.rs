//! Contacts of releases whose lists leave out how they are reached.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use connectors::Result;
use connectors::limits::{Limits, Permit, Permits, Urgency, Usage};
use connectors::connector::Fetched;
use domain::record::Batch;
use domain::stream::Stream;
use serde_json::{Value, json};

use super::VENDOR;
use crate::vendor::{FULL, Stand, Vendor, ids, record, walk, whole};

const COMMUNICATIONS: &str = "company/contacts/communications";

/// The release says nothing of it in lists.
fn leave_out(stand: &Stand, left_out: bool) {
    let release = json!({ "leanLists": left_out });
    stand.control().patch("screens/release", 1, release);
}

/// Contacts come out the same whether their lists say how they are reached or not, on pages of a hundred at most.
pub async fn without_communications() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let company = control.ids("company/companies")[2];
    for n in 0..120 {
        let contact = json!({
            "firstName": "Ada", "lastName": format!("Number {n}"), "company": {"id": company},
            "communicationItems": [
                {"type": {"id": 1}, "value": format!("ada{n}@example.com"), "defaultFlag": true},
            ],
        });
        control.create("company/contacts", contact);
    }
    // One nobody can reach.
    control.create("company/contacts", json!({"firstName": "Ann", "company": {"id": company}}));
    let told = whole(&*stand.connector(), Stream::Contacts).await;
    let told = told.expect("pages");
    assert_eq!(stand.requests_about(COMMUNICATIONS).len(), 0);
    leave_out(&stand, true);
    let connector = stand.connector();
    let pages = walk(&*connector, Stream::Contacts, FULL, 500).await;
    let pages = pages.expect("pages");
    assert!(pages.iter().all(|page| page.received <= 100), "small pages");
    assert_eq!(ids(&pages), ids(&told));
    assert_eq!(stand.requests_about(COMMUNICATIONS).len(), ids(&told).len());
    for id in ids(&told) {
        assert_eq!(record(&pages, &id), record(&told, &id));
    }
    let of = |pages: &[connectors::page::Page]| {
        let records = ids(pages).into_iter().map(|id| record(pages, &id));
        records.filter(|one| one["email"] != Value::Null).count()
    };
    assert!(of(&pages) > 120);
    let id = ids(&told).pop_last().expect("one");
    let fetched = connector.fetch(Stream::Contacts, &id).await;
    let Fetched::Record(Batch::Contacts(alone), _) = fetched.expect("an answer") else {
        panic!("it is there")
    };
    assert_eq!(
        serde_json::to_value(&alone[0]).expect("JSON"),
        record(&told, &id)
    );
}

/// What a contact is reached by makes no sense or cannot be had: it is set aside with the field, and the others come. Where
/// none can be had it is the vendor's trouble.
pub async fn unreadable_communications() {
    let stand = VENDOR.start().await;
    leave_out(&stand, true);
    let contact = stand.control().ids("company/contacts")[1];
    let path = format!("contacts/{contact}/communications");
    let nonsense = super::status(200, json!([{ "value": {"no": "text"} }]));
    for kind in [nonsense, super::status(500, json!({}))] {
        stand.control().clear_faults();
        let fault = simulator::Fault::new(kind).on_path(&path);
        stand.control().set_fault(fault);
        let pages = whole(&*stand.connector(), Stream::Contacts).await;
        let pages = pages.expect("pages");
        let unreadable: Vec<_> = pages.iter().flat_map(|page| &page.unreadable).collect();
        assert_eq!(unreadable.len(), 1, "{unreadable:?}");
        assert_eq!(
            (&unreadable[0].external_id, unreadable[0].field.as_deref()),
            (&contact.to_string(), Some("communicationItems"))
        );
        let all = stand.control().ids("company/contacts").len();
        assert_eq!(ids(&pages).len(), all - 1);
    }
    let fault = simulator::Fault::new(super::status(500, json!({}))).on_path("/communications");
    stand.control().set_fault(fault);
    let error = whole(&*stand.connector(), Stream::Contacts).await;
    assert_eq!(
        error.expect_err("none of them").kind,
        connectors::ErrorKind::Unavailable
    );
}

/// Notes what slots are asked for.
#[derive(Default)]
struct Slots(Mutex<BTreeSet<(String, String)>>);

#[async_trait]
impl Permits for Slots {
    async fn acquire(&self, limits: &Limits, endpoint: &str, _urgency: Urgency) -> Result<Permit> {
        if limits.concurrency.is_some() {
            let place = (limits.account_key.clone(), endpoint.to_owned());
            self.0.lock().expect("unpoisoned").insert(place);
        }
        Ok(Permit::free())
    }

    async fn report(&self, _limits: &Limits, _usage: Option<Usage>, _blocked_for: Option<i64>) {}
}

/// The vendor minds how much a tenant is asked at once, whatever it is asked for.
pub async fn one_count_for_a_tenant() {
    let stand = VENDOR.start().await;
    let slots = Arc::new(Slots::default());
    let connector = stand.connector_asking(slots.clone());
    connector.test_connection().await.expect("a report");
    whole(&*connector, Stream::Companies).await.expect("pages");
    let places = slots.0.lock().expect("unpoisoned");
    assert_eq!(places.len(), 1, "{places:?}");
}
