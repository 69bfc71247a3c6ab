//! Reading streams whole: every record once, in pages, with totals, by id, whatever the pages are like.

use connectors::ErrorKind;
use connectors::connector::Fetched;
use connectors::page::PageRequest;
use domain::record::Batch;
use domain::scope::Scope;
use domain::stream::Stream;
use serde_json::json;
use simulator::{Fault, FaultKind};

use crate::case::{Case, Claim};
use crate::vendor::{
    FULL, Stand, Vendor, batch_ids, capability, ids, ids_of, record, record_of, tickets, walk,
    whole,
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
            .proving([Claim::Stream(stream), Claim::Total(stream)]),
        );
        if claimed.by_id {
            let name = format!("{}_by_id", stream.key());
            cases.push(
                Case::new("list", name, move || by_id(vendor, stream))
                    .proving([Claim::ById(stream)]),
            );
        }
    }
    cases.push(
        Case::new("list", "notes_of_a_ticket", move || {
            notes_of_a_ticket(vendor)
        })
        .proving([Claim::TicketNotes]),
    );
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
    cases.push(Case::new("list", "capped_page", move || capped(vendor)));
    cases.push(Case::new("list", "duplicate_in_a_page", move || {
        duplicate(vendor)
    }));
    cases.push(Case::new("list", "garbled_record", move || garbled(vendor)));
    cases.push(Case::new("list", "nul_characters", move || nul(vendor)));
    cases.push(Case::new("list", "names_of_300_characters", move || {
        overlong(vendor)
    }));
    cases.push(Case::new("list", "emoji_and_html_verbatim", move || {
        verbatim(vendor)
    }));
    cases.push(Case::new("list", "total_shrinks", move || {
        shrinking(vendor)
    }));
    cases.push(Case::new("list", "scope_narrows_full_runs", move || {
        scope(vendor)
    }));
    cases
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
    let expected = ids_of(stand.control(), vendor.entity(stream));
    assert!(!expected.is_empty(), "the world has none");
    let connector = stand.connector();
    for page_size in [500, 7, 1] {
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
    assert_eq!(total, Some(expected.len() as u64));
}

async fn by_id(vendor: &'static dyn Vendor, stream: Stream) {
    let stand = vendor.start().await;
    let connector = stand.connector();
    let pages = whole(&*connector, stream).await.expect("pages");
    for id in ids(&pages).into_iter().take(5) {
        let Fetched::Record(batch) = connector.fetch(stream, &id).await.expect("an answer") else {
            panic!("{id} is there")
        };
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
    assert_eq!(
        seen.into_iter().collect::<std::collections::BTreeSet<_>>(),
        expected
    );
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
    // One that was read vanishes: what is counted from the start would now skip one.
    stand.control().delete(entity, before[3]);
    let mut seen: Vec<String> = batch_ids(&first.batch);
    let mut cursor = first.next;
    while let Some(next) = cursor {
        let page = connector
            .list_page(tickets(Some(&next), &scope, 20))
            .await
            .expect("a page");
        seen.extend(batch_ids(&page.batch));
        cursor = page.next;
    }
    assert_eq!(
        seen,
        before.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "nothing is skipped"
    );
}

async fn capped(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let entity = vendor.entity(Stream::Tickets);
    stand
        .control()
        .set_fault(Fault::new(FaultKind::CapPage { max: 9 }).on_entity(entity));
    let pages = whole(&*stand.connector(), Stream::Tickets)
        .await
        .expect("pages");
    assert_eq!(
        ids(&pages),
        ids_of(stand.control(), entity),
        "a small page is not the last"
    );
    let (last, others) = pages.split_last().expect("pages");
    assert!(
        others.iter().all(|page| page.oddity.is_some()),
        "it is noticed"
    );
    assert_eq!(last.oddity, None);
}

async fn duplicate(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let entity = vendor.entity(Stream::Tickets);
    stand.control().set_fault(
        Fault::new(FaultKind::DuplicateRecord)
            .on_entity(entity)
            .times(1),
    );
    let pages = whole(&*stand.connector(), Stream::Tickets)
        .await
        .expect("pages");
    let expected = ids_of(stand.control(), entity);
    assert_eq!(ids(&pages), expected);
    assert_eq!(pages.iter().map(|page| page.repeated).sum::<u32>(), 1);
    assert_eq!(
        pages.iter().map(|page| page.batch.len()).sum::<usize>(),
        expected.len(),
        "once in the batch"
    );
    assert_eq!(
        pages
            .iter()
            .map(|page| page.received as usize)
            .sum::<usize>(),
        expected.len() + 1,
        "twice as received"
    );
}

async fn garbled(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let entity = vendor.entity(Stream::Tickets);
    let all = stand.control().ids(entity);
    let bad = all[all.len() / 2];
    let field = vendor.title();
    let fault = FaultKind::GarbledRecord {
        id: Some(bad),
        field: field.to_owned(),
    };
    stand
        .control()
        .set_fault(Fault::new(fault).on_entity(entity));
    let connector = stand.connector();
    let pages = whole(&*connector, Stream::Tickets)
        .await
        .expect("the others go on");
    let mut expected = ids_of(stand.control(), entity);
    expected.remove(&bad.to_string());
    assert_eq!(ids(&pages), expected);
    let aside: Vec<_> = pages.iter().flat_map(|page| &page.unreadable).collect();
    assert_eq!(aside.len(), 1);
    assert_eq!(
        (aside[0].external_id.as_str(), aside[0].field.as_deref()),
        (bad.to_string().as_str(), Some(field))
    );
    assert!(!aside[0].reason.is_empty());
    let alone = connector
        .fetch(Stream::Tickets, &bad.to_string())
        .await
        .expect("an answer");
    assert!(matches!(alone, Fetched::Unreadable(one) if one.external_id == bad.to_string()));
    stand.control().clear_faults();
    let mended = connector
        .fetch(Stream::Tickets, &bad.to_string())
        .await
        .expect("an answer");
    assert!(matches!(mended, Fetched::Record(_)), "readable again later");
}

async fn nul(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    for claimed in capability(vendor).streams {
        let entity = vendor.entity(claimed.stream);
        stand.control().clear_faults();
        stand
            .control()
            .set_fault(Fault::new(FaultKind::NullByte).on_entity(entity));
        let pages = whole(&*stand.connector(), claimed.stream)
            .await
            .expect("pages");
        for id in ids(&pages) {
            if let Some(record) = pages.iter().find_map(|page| record_of(&page.batch, &id)) {
                assert!(
                    !record.to_string().contains("\\u0000"),
                    "{}: {record}",
                    claimed.stream.key()
                );
            }
        }
    }
}

async fn overlong(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let entity = vendor.entity(Stream::Tickets);
    stand
        .control()
        .set_fault(Fault::new(FaultKind::Overlong).on_entity(entity));
    let pages = whole(&*stand.connector(), Stream::Tickets)
        .await
        .expect("pages");
    let Batch::Tickets(tickets) = &pages[0].batch else {
        panic!("tickets")
    };
    assert_eq!(tickets[0].title.chars().count(), 300, "kept whole");
    assert_eq!(ids(&pages), ids_of(stand.control(), entity));
}

async fn verbatim(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let entity = vendor.entity(Stream::Tickets);
    let id = stand.control().ids(entity)[0];
    let title = "  <b>Drücker</b> &amp; \"Fax\" 🖨️👩🏽‍💻 \u{202e}rtl\t\\u0041 ";
    stand
        .control()
        .patch(entity, id, json!({ vendor.title(): title }));
    let pages = whole(&*stand.connector(), Stream::Tickets)
        .await
        .expect("pages");
    assert_eq!(record(&pages, &id.to_string())["title"], json!(title));
}

async fn shrinking(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let entity = vendor.entity(Stream::Tickets);
    let connector = stand.connector();
    let before = connector
        .total(Stream::Tickets, FULL, &Scope::default())
        .await
        .expect("a total")
        .expect("told");
    stand
        .control()
        .set_fault(Fault::new(FaultKind::ShrinkTotal { by: 5 }).on_entity(entity));
    let after = connector
        .total(Stream::Tickets, FULL, &Scope::default())
        .await
        .expect("a total")
        .expect("told");
    assert_eq!(after, before - 5, "handed over as told; the run judges");
    let pages = whole(&*connector, Stream::Tickets).await.expect("pages");
    assert_eq!(
        ids(&pages).len() as u64,
        before,
        "a total does not shorten the walk"
    );
}

async fn scope(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let connector = stand.connector();
    let pages = whole(&*connector, Stream::Tickets).await.expect("pages");
    let Batch::Tickets(all) = &pages[0].batch else {
        panic!("tickets")
    };
    let (queue, status) = (
        all[0].queue_id.clone().expect("a queue"),
        all[1].status_id.clone().expect("a status"),
    );
    let category = all[0].category_id.clone().expect("a category");
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
            categories: [category].into(),
            exclude_statuses: [status].into(),
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
        let wanted = all.iter().filter(|ticket| {
            let [queue, category, status] =
                [&ticket.queue_id, &ticket.category_id, &ticket.status_id].map(Option::as_deref);
            scope.check_ticket(queue, category, status).is_ok()
        });
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
            Some(found.len() as u64),
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
