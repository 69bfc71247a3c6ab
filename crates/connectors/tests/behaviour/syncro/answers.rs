//! What Syncro's answers are like.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use connectors::connector::Fetched;
use connectors::limits::{Limits, Permit, Permits, Urgency, Usage};
use connectors::page::PageRequest;
use connectors::{Error, ErrorKind};
use domain::record::{Batch, TicketNoteRecord, Visibility};
use domain::reference::ReferenceKind;
use domain::scope::Scope;
use domain::stream::Stream;
use serde_json::{Value, json};
use simulator::{Fault, FaultKind, JournalEntry};

use super::VENDOR;
use crate::vendor::{FULL, Stand, Vendor, batch_ids, ids, ids_of, record, tickets, walk, whole};

pub async fn repeated_page() {
    let stand = VENDOR.start().await;
    let fault = Fault::new(FaultKind::RepeatPage).on_entity("tickets");
    stand.control().set_fault(fault.after(1).times(1));
    let pages = walk(&*stand.connector(), Stream::Tickets, FULL, 20)
        .await
        .expect("it goes back and on");
    assert_eq!(ids(&pages), ids_of(stand.control(), "tickets"));
}

pub async fn page_repeated_for_good() {
    let stand = VENDOR.start().await;
    stand
        .control()
        .set_fault(Fault::new(FaultKind::RepeatPage).on_entity("tickets"));
    let error = walk(&*stand.connector(), Stream::Tickets, FULL, 20)
        .await
        .expect_err("it does not come to rest");
    assert!(error.is_temporary(), "{error}");
    assert!(stand.requests_about("tickets").len() < 20, "no circles");
}

/// An account that takes no notice of the size asked for.
pub async fn own_pages() {
    let stand = VENDOR.start().await;
    let set = |fields: Value| stand.control().patch("account", 1, fields);
    set(json!({"own_pages": true, "tickets_per_page": 25}));
    let connector = stand.connector();
    for asked in [100, 40, 7] {
        let pages = walk(&*connector, Stream::Tickets, FULL, asked)
            .await
            .expect("pages");
        assert_eq!(
            ids(&pages),
            ids_of(stand.control(), "tickets"),
            "by {asked}"
        );
        assert_eq!(pages.len(), 4, "25 each");
        assert!(pages.iter().all(|page| page.oddity.is_none()));
    }
    for stream in [Stream::Companies, Stream::Contacts] {
        let pages = walk(&*connector, stream, FULL, 7).await.expect("pages");
        assert_eq!(ids(&pages), VENDOR.ids(stand.control(), stream));
    }
    // A new ticket shifts the pages: one comes twice, none is lost.
    let scope = Scope::default();
    let first = connector
        .list_page(tickets(None, &scope, 100))
        .await
        .expect("a page");
    let before = ids_of(stand.control(), "tickets");
    let customer = stand.control().ids("customers")[2];
    stand.control().create(
        "tickets",
        json!({"customer_id": customer, "subject": "New"}),
    );
    let mut seen: BTreeSet<String> = batch_ids(&first.batch).into_iter().collect();
    let mut cursor = first.next;
    while let Some(next) = cursor {
        let page = connector
            .list_page(tickets(Some(&next), &scope, 100))
            .await
            .expect("a page");
        seen.extend(batch_ids(&page.batch));
        cursor = page.next;
    }
    assert_eq!(seen, before);
}

/// Its own size is the one asked for, which a full first page does not tell.
pub async fn own_pages_of_the_size_asked() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    control.patch("account", 1, json!({"own_pages": true}));
    while control.ids("customers").len() < 150 {
        control.create("customers", json!({"business_name": "One of many"}));
    }
    let pages = walk(&*stand.connector(), Stream::Companies, FULL, 100)
        .await
        .expect("pages");
    assert_eq!(ids(&pages), ids_of(control, "customers"));
}

/// Lists without `meta` are read until nothing new comes, whatever the size of their pages.
pub async fn no_meta() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    control.patch("account", 1, json!({"no_meta": true}));
    while control.ids("customers").len() < 150 {
        control.create("customers", json!({"business_name": "One of many"}));
    }
    let ticket = control.ids("tickets")[5];
    for number in 0..25 {
        let comment = json!({"ticket_id": ticket, "subject": "Update", "body": format!("{number}")});
        control.create("comments", comment);
    }
    let connector = stand.connector();
    for own in [false, true] {
        let sizes = json!({"own_pages": own, "tickets_per_page": 25});
        control.patch("account", 1, sizes);
        for stream in [Stream::Companies, Stream::Contacts, Stream::Tickets] {
            for asked in [100, 7] {
                let pages = walk(&*connector, stream, FULL, asked).await.expect("pages");
                let expected = VENDOR.ids(control, stream);
                assert_eq!(ids(&pages), expected, "{stream:?} by {asked}, {own}");
                assert!(pages.iter().all(|page| page.oddity.is_none()));
            }
        }
        let read = notes(&stand, ticket).await;
        let read: BTreeSet<String> = read.into_iter().map(|note| note.external_id).collect();
        assert_eq!(read, VENDOR.notes_of(control, ticket), "{own}");
        let scope = Scope::default();
        let total = connector.total(Stream::Companies, FULL, &scope);
        assert_eq!(total.await.expect("an answer"), None, "it tells none");
    }
}

/// So many requests at once, then none until the next minute.
struct Purse(AtomicI64);

#[async_trait]
impl Permits for Purse {
    async fn acquire(&self, _: &Limits, _: &str, _: Urgency) -> connectors::Result<Permit> {
        if self.0.fetch_sub(1, Ordering::Relaxed) > 0 {
            return Ok(Permit::free());
        }
        let message = "none left in this minute";
        Err(Error::new(
            ErrorKind::RateLimited,
            "wait for a permit",
            message,
        ))
    }

    async fn report(&self, _: &Limits, _: Option<Usage>, _: Option<i64>) {}
}

/// A request for each user, of whom there are more than a minute has requests: a page that is given up is asked for
/// again from its beginning, so that it must fit into what is left beside other work.
pub async fn many_technicians() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    while control.ids("users").len() < 130 {
        control.create("users", json!({"full_name": "One of many"}));
    }
    let connector = stand.connector();
    whole(&*connector, Stream::Technicians)
        .await
        .expect("pages");
    let lists = |entry: &JournalEntry| entry.path.ends_with("/users");
    let lists = control.journal().into_iter().filter(lists).count();
    assert_eq!(lists, 1, "the list once, not for each page of people");
    let purse = Arc::new(Purse(AtomicI64::new(0)));
    let connector = stand.connector_asking(Arc::clone(&purse) as Arc<dyn Permits>);
    let claimed = crate::vendor::capability(VENDOR).stream(Stream::Technicians);
    let page_size = claimed.expect("claimed").page_size;
    let (mut seen, mut cursor, mut minutes) = (BTreeSet::new(), None, 0);
    loop {
        let scope = Scope::default();
        let request = PageRequest {
            stream: Stream::Technicians,
            mode: FULL,
            cursor: cursor.as_ref(),
            scope: &scope,
            page_size,
        };
        match connector.list_page(request).await {
            Ok(page) => {
                seen.extend(batch_ids(&page.batch));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::RateLimited);
                minutes += 1;
                assert!(minutes < 20, "it begins again for ever");
                purse.0.store(40, Ordering::Relaxed);
            }
        }
    }
    assert_eq!(seen, ids_of(control, "users"));
}

pub async fn offsets() {
    let stand = VENDOR.start().await;
    let connector = stand.connector();
    let before = whole(&*connector, Stream::Tickets).await.expect("pages");
    stand
        .control()
        .patch("account", 1, json!({"stamp_offset_minutes": -480}));
    let after = whole(&*connector, Stream::Tickets).await.expect("pages");
    assert_eq!(before[0].batch, after[0].batch);
}

async fn contacts(stand: &Stand) -> Vec<domain::record::ContactRecord> {
    let pages = whole(&*stand.connector(), Stream::Contacts)
        .await
        .expect("pages");
    let mut all = Vec::new();
    for page in pages {
        if let Batch::Contacts(contacts) = page.batch {
            all.extend(contacts);
        }
    }
    all
}

pub async fn main_contact() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let all = contacts(&stand).await;
    assert!(all.iter().any(|c| c.primary) && all.iter().any(|c| !c.primary));
    let other = all
        .iter()
        .find(|c| !c.primary && c.email.is_some())
        .expect("one with an address");
    let customer = other.company_external_id.as_deref().expect("a customer");
    let customer: i64 = customer.parse().expect("a number");
    let email = other.email.clone().expect("an address").to_uppercase();
    control.patch("customers", customer, json!({ "email": email }));
    let of: Vec<_> = contacts(&stand)
        .await
        .into_iter()
        .filter(|c| c.company_external_id == other.company_external_id && c.primary)
        .map(|c| c.external_id)
        // The one that is made of the customer gives way where they are stored.
        .filter(|id| !id.starts_with("customer:"))
        .collect();
    assert_eq!(of, std::slice::from_ref(&other.external_id));
    control.patch("customers", customer, json!({"email": null}));
    let of = contacts(&stand).await;
    let of = of
        .iter()
        .filter(|c| c.company_external_id == other.company_external_id);
    assert_eq!(of.filter(|c| c.primary).count(), 0, "nobody is guessed");
}

pub async fn without_customers() {
    let stand = VENDOR.start().await;
    let right = "Customers - List/Search";
    stand.control().set_security(right, "", "None");
    let all = contacts(&stand).await;
    assert_eq!(all.len(), stand.control().ids("contacts").len());
    assert!(all.iter().all(|c| !c.primary));
}

/// A contact is made of a customer with an address, beside those that have it; by itself only while none has.
pub async fn made_contact() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let customer = control.ids("customers")[6];
    let id = format!("customer:{customer}");
    let set = |fields: Value| control.patch("customers", customer, fields);
    let listed = |pages: &[connectors::page::Page]| {
        let made = pages
            .iter()
            .find_map(|page| crate::vendor::record_of(&page.batch, &id));
        let real = contact_ids(pages, customer, true);
        (made, real)
    };
    let read = || async {
        walk(&*stand.connector(), Stream::Contacts, FULL, 7)
            .await
            .expect("pages")
    };
    let fetch = || async {
        let found = stand.connector().fetch(Stream::Contacts, &id).await;
        found.expect("an answer")
    };
    let (made, real) = listed(&read().await);
    assert_eq!(
        (made.is_some(), real.len()),
        (true, 1),
        "it has a main contact"
    );
    assert_eq!(fetch().await, Fetched::Gone);

    set(json!({"email": "Front.Desk@elsewhere.example", "firstname": "Ida", "lastname": "Moe"}));
    let (made, real) = listed(&read().await);
    let made = made.expect("nobody else has the address");
    assert_eq!(
        (&made["first_name"], &made["last_name"]),
        (&json!("Ida"), &json!("Moe"))
    );
    assert_eq!(made["email"], "Front.Desk@elsewhere.example");
    assert_eq!(made["company_external_id"], customer.to_string());
    assert_eq!(
        (&made["primary"], &made["active"]),
        (&json!(true), &json!(true))
    );
    assert!(real.is_empty(), "no other is the main one");
    let Fetched::Record(alone, _) = fetch().await else {
        panic!("it is there")
    };
    assert_eq!(
        crate::vendor::record_of(&alone, &id),
        Some(made),
        "the same as in the list"
    );

    // A real one appears.
    let one = control.create(
        "contacts",
        json!({"customer_id": customer, "name": "Ida Moe", "email": "front.desk@ELSEWHERE.example"}),
    );
    let (made, real) = listed(&read().await);
    assert!(made.is_some() && real == [one.to_string()]);
    assert_eq!(fetch().await, Fetched::Gone);
    control.delete("contacts", one);
    assert!(matches!(fetch().await, Fetched::Record(..)));

    set(json!({"email": " "}));
    assert_eq!(
        listed(&read().await),
        (None, Vec::new()),
        "nobody to write to"
    );
    assert_eq!(fetch().await, Fetched::Gone);
    control.delete("customers", customer);
    assert_eq!(fetch().await, Fetched::Gone);
}

/// The ids of a customer's contacts that are the main one or not.
fn contact_ids(pages: &[connectors::page::Page], customer: i64, primary: bool) -> Vec<String> {
    let batches = pages.iter().filter_map(|page| match &page.batch {
        Batch::Contacts(contacts) => Some(contacts),
        _ => None,
    });
    let customer = customer.to_string();
    let of = batches.flatten().filter(|c| c.primary == primary);
    let of = of.filter(|c| c.company_external_id.as_deref() == Some(&*customer));
    let real = of.filter(|c| !c.external_id.starts_with("customer:"));
    real.map(|c| c.external_id.clone()).collect()
}

/// One comment that cannot be read costs itself, and the ticket no more than its description.
pub async fn odd_comment() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let all = control.records("comments", -1, 5_000).expect("comments");
    let many = |ticket: &i64| all.iter().filter(|c| c["ticket_id"] == *ticket).count() > 2;
    let ids = control.ids("tickets");
    let ticket = *ids
        .iter()
        .find(|ticket| many(ticket))
        .expect("a ticket with comments");
    let first = all
        .iter()
        .find(|c| c["ticket_id"] == ticket)
        .expect("a first one");
    let first = first["id"].as_i64().expect("a number");
    control.patch("comments", first, json!({"hidden": false}));
    let whole_notes = notes(&stand, ticket).await.len();
    let fault = FaultKind::GarbledRecord {
        id: Some(first),
        field: "body".to_owned(),
    };
    control.set_fault(Fault::new(fault).on_entity("comments"));
    let found = stand
        .connector()
        .fetch(Stream::Tickets, &ticket.to_string())
        .await;
    let Fetched::Record(alone, _) = found.expect("an answer") else {
        panic!("the ticket is kept")
    };
    let alone = crate::vendor::record_of(&alone, &ticket.to_string()).expect("the ticket");
    assert_eq!(
        alone["description"],
        Value::Null,
        "nobody knows what was asked"
    );
    let page = stand
        .connector()
        .ticket_notes(&ticket.to_string())
        .await
        .expect("notes");
    assert_eq!(
        page.batch.len(),
        whole_notes,
        "no reply is taken for the description"
    );
    let aside: Vec<_> = page
        .unreadable
        .iter()
        .map(|one| one.external_id.as_str())
        .collect();
    assert_eq!(aside, [first.to_string()]);
}

pub async fn inactive() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let connector = stand.connector();
    let (customer, user) = (control.ids("customers")[3], control.ids("users")[1]);
    control.patch("customers", customer, json!({"disabled": true}));
    control.patch("users", user, json!({"disabled": true}));
    let companies = whole(&*connector, Stream::Companies).await.expect("pages");
    assert_eq!(record(&companies, &customer.to_string())["active"], false);
    // Who can be assigned is asked once by a connector.
    let users = whole(&*stand.connector(), Stream::Technicians)
        .await
        .expect("pages");
    assert_eq!(record(&users, &user.to_string())["active"], false);
    let Batch::Technicians(all) = &users[0].batch else {
        panic!("technicians")
    };
    assert!(all.iter().any(|one| one.active));
    assert!(
        all.iter().all(|one| one.email.is_some()),
        "asked one by one"
    );
}

async fn notes(stand: &Stand, ticket: i64) -> Vec<TicketNoteRecord> {
    let page = stand.connector().ticket_notes(&ticket.to_string()).await;
    match page.expect("notes").batch {
        Batch::TicketNotes(notes) => notes,
        other => panic!("{other:?}"),
    }
}

pub async fn description() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let customer = control.ids("customers")[3];
    let with = |first: Value| {
        let fields =
            json!({"customer_id": customer, "subject": "Asked", "comments_attributes": [first]});
        control.create("tickets", fields)
    };
    let open = with(json!({"subject": "Initial Issue", "body": "It smokes.", "hidden": false}));
    let secret = with(json!({"subject": "Initial Issue", "body": "They owe us.", "hidden": true}));
    let bare = control.create(
        "tickets",
        json!({"customer_id": customer, "subject": "Bare"}),
    );
    let pages = whole(&*stand.connector(), Stream::Tickets)
        .await
        .expect("pages");
    let described = |id: i64| record(&pages, &id.to_string())["description"]["text"].clone();
    assert_eq!(described(open), "It smokes.");
    assert_eq!(described(secret), Value::Null, "clients must not read it");
    assert_eq!(described(bare), Value::Null);
    assert!(notes(&stand, open).await.is_empty(), "told once");
    let kept = notes(&stand, secret).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].visibility, Visibility::Internal);
    assert!(notes(&stand, bare).await.is_empty());
}

/// More comments than a single ticket is sent with: the first is still the description.
pub async fn many_comments() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let id = control.ids("tickets")[4];
    for number in 0..130 {
        control.advance_clock(1_000);
        control.create(
            "comments",
            json!({"ticket_id": id, "body": format!("Remark {number}")}),
        );
    }
    let pages = whole(&*stand.connector(), Stream::Tickets)
        .await
        .expect("pages");
    let listed = record(&pages, &id.to_string());
    assert!(listed["description"]["text"].is_string());
    let Fetched::Record(mut alone, beside) = stand
        .connector()
        .fetch(Stream::Tickets, &id.to_string())
        .await
        .expect("an answer")
    else {
        panic!("it is there")
    };
    crate::vendor::keep_rows(&mut alone, &beside, &listed);
    assert_eq!(
        crate::vendor::record_of(&alone, &id.to_string()),
        Some(listed)
    );
    let all = notes(&stand, id).await;
    assert_eq!(
        all.iter()
            .map(|note| note.external_id.clone())
            .collect::<BTreeSet<_>>(),
        VENDOR.notes_of(control, id)
    );
    assert!(all.len() >= 130);
    assert!(
        all.windows(2)
            .all(|pair| pair[0].created_at <= pair[1].created_at)
    );
    // A page that does not follow the first sends the walk back to it: the description is no comment then either.
    control.clear_journal();
    let other = json!({"comments": [{"id": 1, "ticket_id": id, "body": "x", "hidden": true}], "meta": {"total_pages": 3}});
    let answer = FaultKind::Status {
        code: 200,
        body: Some(other),
        retry_after: None,
    };
    let fault = Fault::new(answer).on_path("/comments");
    control.set_fault(fault.after(1).times(1));
    let all: BTreeSet<_> = notes(&stand, id)
        .await
        .into_iter()
        .map(|note| note.external_id)
        .filter(|id| id != "1")
        .collect();
    assert_eq!(all, VENDOR.notes_of(control, id));
    let asked = stand.requests_about("comments");
    let first = |entry: &&JournalEntry| entry.query.split('&').any(|part| part == "page=1");
    let first = asked.iter().filter(first);
    assert_eq!(first.count(), 2, "it went back to the beginning");
}

pub async fn hidden() {
    let stand = VENDOR.start().await;
    let all = stand
        .control()
        .records("comments", -1, 5_000)
        .expect("comments");
    let mut seen = BTreeSet::new();
    for ticket in stand.control().ids("tickets") {
        for note in notes(&stand, ticket).await {
            let id: i64 = note.external_id.parse().expect("a number");
            let kept = all.iter().find(|c| c["id"] == id);
            let hidden = kept.expect("a comment")["hidden"] == true;
            assert_eq!(note.visibility == Visibility::Internal, hidden);
            seen.insert(hidden);
        }
    }
    assert_eq!(seen.len(), 2, "the world has both");
}

/// The field that was chosen is the type of a contact and no other field; a position stays one.
pub async fn contact_type() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let with = |field: Option<&str>| {
        let mut connect = stand.connect();
        connect.contact_type_field = field.map(str::to_owned);
        connectors::build("syncro", connect).expect("a connector")
    };
    let read = async |field: Option<&str>| {
        let pages = whole(&*with(field), Stream::Contacts).await;
        pages.expect("pages")
    };
    let (plain, typed) = (read(None).await, read(Some("Contact Type")).await);
    let titled = read(Some("title")).await;
    let mut kinds = BTreeSet::new();
    for number in control.ids("contacts") {
        let id = number.to_string();
        let there = control.get("contacts", number).expect("it")["properties"].clone();
        let before = record(&plain, &id)["fields"].clone();
        assert_eq!(before["udf:Contact Type"], there["Contact Type"], "{id}");
        assert_eq!(before["contact_type"], Value::Null, "nobody chose one");
        let here = record(&typed, &id)["fields"].clone();
        assert_eq!(here["contact_type"], there["Contact Type"], "{id}");
        assert_eq!(here["udf:Contact Type"], Value::Null, "told once");
        kinds.extend(here["contact_type"].as_str().map(str::to_owned));
        let position = record(&titled, &id);
        assert_eq!(position["fields"]["contact_type"], there["title"], "{id}");
        assert_eq!(position["title"], there["title"], "{id}");
    }
    assert!(kinds.len() > 1, "{kinds:?}");
    // One by itself has it, and one that is made of a customer has none.
    let connector = with(Some("Contact Type"));
    let first = control.ids("contacts")[0].to_string();
    let alone = connector.fetch(Stream::Contacts, &first).await.expect("it");
    let Fetched::Record(alone, _) = alone else {
        panic!("a contact")
    };
    let alone = crate::vendor::record_of(&alone, &first).expect("it");
    let listed = record(&typed, &first)["fields"].clone();
    assert_eq!(alone["fields"], listed);
    let made = ids(&typed).into_iter().find(|id| id.starts_with("customer:"));
    let made = record(&typed, &made.expect("one"));
    assert_eq!(made["fields"]["contact_type"], Value::Null);
}

pub async fn renamed_status() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let all = control
        .records("ticket_statuses", -1, 50)
        .expect("statuses");
    let on_hold = all.iter().find(|s| s["name"] == "On Hold").expect("there");
    let id = on_hold["id"].as_i64().expect("a number");
    control.patch("ticket_statuses", id, json!({"name": "Parked"}));
    let items = stand.connector().reference_data().await.expect("items");
    let statuses: Vec<_> = items
        .iter()
        .filter(|item| item.kind == ReferenceKind::TicketStatus)
        .map(|item| (item.external_id.as_str(), item.label.as_str()))
        .collect();
    assert!(statuses.contains(&("Parked", "Parked")), "{statuses:?}");
    assert!(!statuses.iter().any(|(id, _)| *id == "On Hold"));
}

/// The instant may outlive a reopening, so it closes nothing.
pub async fn opened_again() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let ticket = control.ids("tickets")[5];
    for status in ["Resolved", "In Progress"] {
        control.patch("tickets", ticket, json!({ "status": status }));
    }
    let pages = whole(&*stand.connector(), Stream::Tickets).await;
    let read = record(&pages.expect("pages"), &ticket.to_string());
    assert_eq!(read["status_id"], "In Progress");
    assert!(read["closed_at"].is_number(), "{read}");
    assert!(!crate::vendor::capability(VENDOR).completion_closes);
}
