//! Reading streams whole: every record once, in pages, with totals, by id, whatever the pages are like.

mod odd;

use std::collections::BTreeSet;

use connectors::ErrorKind;
use connectors::connector::Fetched;
use connectors::page::PageRequest;
use domain::capability::NoteListing;
use domain::record::Batch;
use domain::scope::{Scope, TicketFacts};
use domain::stream::Stream;

use crate::case::{Case, Claim};
use crate::vendor::{
    FULL, Stand, Vendor, batch_ids, capability, ids, ids_of, keep_rows, record, record_of, tickets,
    walk, whole,
};

/// The cases of this area.
pub fn cases(vendor: &'static dyn Vendor) -> Vec<Case> {
    let mut cases = Vec::new();
    for claimed in capability(vendor).streams {
        let stream = claimed.stream;
        cases.push(
            Case::new("list", format!("{}_whole", stream.key()), move || {
                whole_stream(vendor, stream)
            })
            .proving([Claim::Stream(stream)])
            .proving(claimed.total.then_some(Claim::Total(stream))),
        );
        if claimed.by_id {
            let name = format!("{}_by_id", stream.key());
            cases.push(
                Case::new("list", name, move || by_id(vendor, stream))
                    .proving([Claim::ById(stream)]),
            );
        }
    }
    if capability(vendor).notes != NoteListing::None {
        cases.push(
            Case::new("list", "notes_of_a_ticket", move || {
                notes_of_a_ticket(vendor)
            })
            .proving([Claim::TicketNotes]),
        );
    }
    cases.push(Case::new(
        "list",
        "a_cursor_survives_a_restart",
        move || restart(vendor),
    ));
    cases.push(Case::new(
        "list",
        "records_that_come_and_go_meanwhile",
        move || meanwhile(vendor),
    ));
    cases.push(Case::new(
        "list",
        "a_page_decoded_only_leads_on",
        move || decoded_only(vendor),
    ));
    cases.push(Case::new("list", "scope_narrows_full_runs", move || {
        scope(vendor)
    }));
    cases.extend(odd::cases(vendor));
    cases
}

/// Whether the vendor tells how many tickets there are.
fn tells_total(vendor: &dyn Vendor) -> bool {
    capability(vendor)
        .stream(Stream::Tickets)
        .is_some_and(|claimed| claimed.total)
}

/// The reference of the benchmark reads the same pages and maps nothing.
async fn decoded_only(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let connector = stand.connector();
    let scope = Scope::default();
    for claimed in capability(vendor).streams {
        fill(vendor, &stand, claimed.stream);
        let (mut read, mut cursor) = (0, None);
        loop {
            let request = PageRequest {
                stream: claimed.stream,
                ..tickets(cursor.as_ref(), &scope, 50)
            };
            let (received, next) = connector.decode_page(request).await.expect("a page");
            read += received;
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        let expected = vendor.ids(stand.control(), claimed.stream);
        assert_eq!(read, expected.len(), "{}", claimed.stream.key());
    }
}

/// Makes sure that a stream has records, deletion feeds among them.
fn fill(vendor: &dyn Vendor, stand: &Stand, stream: Stream) {
    if stream.is_deletion_feed() {
        let entity = vendor.deleted(stream);
        for id in stand.control().ids(entity).into_iter().take(3) {
            stand.control().delete(entity, id);
        }
    }
}

async fn whole_stream(vendor: &'static dyn Vendor, stream: Stream) {
    let stand = vendor.start().await;
    fill(vendor, &stand, stream);
    let expected = vendor.ids(stand.control(), stream);
    assert!(!expected.is_empty(), "the world has none");
    let connector = stand.connector();
    let smallest = vendor.smallest_page();
    for page_size in [500, smallest.max(7), smallest] {
        if page_size == 1 && expected.len() > 50 {
            continue;
        }
        let pages = walk(&*connector, stream, FULL, page_size)
            .await
            .expect("pages");
        assert_eq!(ids(&pages), expected, "page size {page_size}");
        let received: usize = pages.iter().map(|page| page.received as usize).sum();
        assert_eq!(received, expected.len(), "each record once");
        for page in &pages {
            assert!(page.batch.len() <= page_size as usize);
            assert_eq!(
                (page.repeated, &page.oddity, page.unreadable.len()),
                (0, &None, 0)
            );
            let told = page.vendor_time.expect("the vendor's clock").0;
            assert!(
                (stand.control().now_ms() - told).abs() < 60_000,
                "the vendor's clock, not ours"
            );
        }
    }
    let total = connector
        .total(stream, FULL, &Scope::default())
        .await
        .expect("a total");
    let told = capability(vendor)
        .stream(stream)
        .is_some_and(|claimed| claimed.total);
    let counted = ids_of(stand.control(), vendor.entity(stream)).len();
    assert_eq!(total, told.then_some(counted as u64), "its own records");
}

async fn by_id(vendor: &'static dyn Vendor, stream: Stream) {
    let stand = vendor.start().await;
    let connector = stand.connector();
    let pages = whole(&*connector, stream).await.expect("pages");
    for id in ids(&pages).into_iter().take(5) {
        let fetched = connector.fetch(stream, &id).await;
        let Fetched::Record(mut batch, beside) = fetched.expect("an answer") else {
            panic!("{id} is there")
        };
        keep_rows(&mut batch, &beside, &record(&pages, &id));
        assert_eq!(
            record_of(&batch, &id),
            Some(record(&pages, &id)),
            "the same as in the list"
        );
    }
    assert_eq!(
        connector
            .fetch(stream, "987654321")
            .await
            .expect("an answer"),
        Fetched::Gone
    );
}

async fn notes_of_a_ticket(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let connector = stand.connector();
    if capability(vendor).notes == NoteListing::PerTicket {
        return notes_by_ticket(vendor, &stand).await;
    }
    let pages = whole(&*connector, Stream::TicketNotes)
        .await
        .expect("notes");
    let Batch::TicketNotes(all) = &pages[0].batch else {
        panic!("notes")
    };
    let ticket = &all.first().expect("the world has notes").ticket_external_id;
    let expected: Vec<_> = all
        .iter()
        .filter(|note| note.ticket_external_id == *ticket)
        .collect();
    let page = connector
        .ticket_notes(ticket)
        .await
        .expect("the notes of one ticket");
    let Batch::TicketNotes(notes) = &page.batch else {
        panic!("notes")
    };
    assert_eq!(notes.iter().collect::<Vec<_>>(), expected);
    assert_eq!(page.next, None);
    let none = connector
        .ticket_notes("987654321")
        .await
        .expect("a ticket without notes");
    assert!(none.batch.is_empty());
}

/// Every comment of every ticket, and none of a ticket that is not there.
async fn notes_by_ticket(vendor: &'static dyn Vendor, stand: &Stand) {
    let connector = stand.connector();
    let mut seen = 0;
    for ticket in stand.control().ids(vendor.entity(Stream::Tickets)) {
        let expected = vendor.notes_of(stand.control(), ticket);
        let page = connector
            .ticket_notes(&ticket.to_string())
            .await
            .expect("the notes of one ticket");
        let Batch::TicketNotes(notes) = &page.batch else {
            panic!("notes")
        };
        assert!(
            notes
                .iter()
                .all(|note| note.ticket_external_id == ticket.to_string())
        );
        for note in notes {
            let id = note.contact_external_id.is_some() || note.technician_external_id.is_some();
            assert!(id != note.author.is_some(), "an id or a name: {note:?}");
        }
        assert_eq!((&page.next, &page.oddity), (&None, &None));
        assert_eq!(
            batch_ids(&page.batch).into_iter().collect::<BTreeSet<_>>(),
            expected
        );
        assert_eq!(notes.len(), expected.len(), "each once");
        seen += notes.len();
    }
    assert!(seen > 100, "the world has notes");
    // Empty, or told apart from an empty one.
    match connector.ticket_notes("987654321").await {
        Ok(none) => assert!(none.batch.is_empty()),
        Err(error) => assert_eq!(error.kind, ErrorKind::NotFound, "{error}"),
    }
}

async fn restart(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        // A new connector for each page, the cursor taken through text: what a restart does.
        let scope = Scope::default();
        let page = stand
            .connector()
            .list_page(tickets(cursor.as_ref(), &scope, 20))
            .await
            .expect("a page");
        seen.extend(batch_ids(&page.batch));
        let Some(next) = page.next else { break };
        let stored = serde_json::to_string(&next).expect("text");
        cursor = Some(serde_json::from_str(&stored).expect("a cursor"));
    }
    let expected = ids_of(stand.control(), vendor.entity(Stream::Tickets));
    assert_eq!(seen.len(), expected.len());
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected);
}

async fn meanwhile(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let entity = vendor.entity(Stream::Tickets);
    let before = stand.control().ids(entity);
    let connector = stand.connector();
    let scope = Scope::default();
    let first = connector
        .list_page(tickets(None, &scope, 20))
        .await
        .expect("a page");
    let mut seen: Vec<String> = batch_ids(&first.batch);
    // One that was read vanishes: what is counted from the start would now skip one.
    let read = seen[3].parse().expect("a number");
    stand.control().delete(entity, read);
    let mut cursor = first.next;
    while let Some(next) = cursor {
        let page = connector
            .list_page(tickets(Some(&next), &scope, 20))
            .await
            .expect("a page");
        seen.extend(batch_ids(&page.batch));
        cursor = page.next;
    }
    let before: Vec<String> = before.iter().map(ToString::to_string).collect();
    if vendor.in_order_of_ids() {
        assert_eq!(seen, before, "nothing is skipped");
    } else {
        let sorted = |ids: Vec<String>| ids.into_iter().collect::<BTreeSet<_>>();
        assert_eq!(sorted(seen), sorted(before), "nothing is skipped");
    }
}

async fn scope(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let connector = stand.connector();
    let pages = whole(&*connector, Stream::Tickets).await.expect("pages");
    let Batch::Tickets(all) = &pages[0].batch else {
        panic!("tickets")
    };
    // Not every vendor has queues; a scope by one then keeps nothing, wherever it is applied.
    let queue = all[0].queue_id.clone().unwrap_or_else(|| "1".to_owned());
    let status = all[1].status_id.clone().expect("a status");
    // Not every vendor has categories; a scope by one then keeps nothing, wherever it is applied.
    let category = all[0].category_id.clone();
    let scopes = [
        Scope {
            queues: [queue.clone()].into(),
            ..Scope::default()
        },
        Scope {
            exclude_statuses: [status.clone()].into(),
            ..Scope::default()
        },
        Scope {
            queues: [queue].into(),
            categories: category.into_iter().collect(),
            exclude_statuses: [status].into(),
            ..Scope::default()
        },
        Scope {
            queues: ["not a number".to_owned()].into(),
            ..Scope::default()
        },
        Scope {
            categories: (1..=600).map(|id| id.to_string()).collect(),
            ..Scope::default()
        },
    ];
    for scope in scopes {
        let request = tickets(None, &scope, 500);
        let page = connector.list_page(request.clone()).await.expect("a page");
        let found = batch_ids(&page.batch);
        let wanted = all
            .iter()
            .filter(|ticket| scope.check_ticket(TicketFacts::of(ticket)).is_ok());
        for ticket in wanted {
            assert!(
                found.contains(&ticket.external_id),
                "the question may only leave out what the scope leaves out"
            );
        }
        let total = connector
            .total(Stream::Tickets, FULL, &scope)
            .await
            .expect("a total");
        assert_eq!(
            total,
            tells_total(vendor).then_some(found.len() as u64),
            "the total is of the same question"
        );
        // Incremental runs must see what leaves the scope.
        let mode = domain::stream::PullMode::Since {
            since: domain::clock::UtcMillis(0),
        };
        let request = PageRequest { mode, ..request };
        let page = connector.list_page(request).await.expect("a page");
        assert_eq!(page.batch.len(), all.len());
    }
    let cursor = connectors::page::Cursor("of another connector".into());
    let scope = Scope::default();
    assert_eq!(
        connector
            .list_page(tickets(Some(&cursor), &scope, 5))
            .await
            .expect_err("no cursor of ours")
            .kind,
        ErrorKind::Unexpected
    );
}
