//! Pages that are not as they should be: capped, doubled, garbled, too long, with a total that shrinks.

use connectors::connector::Fetched;
use domain::record::Batch;
use domain::scope::Scope;
use domain::stream::Stream;
use serde_json::json;
use simulator::{Fault, FaultKind};

use crate::case::Case;
use crate::vendor::{FULL, Vendor, capability, ids, ids_of, record, record_of, whole};

/// The cases.
pub fn cases(vendor: &'static dyn Vendor) -> Vec<Case> {
    let mut cases = Vec::new();
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
    let told = capability(vendor).streams.iter().find(|one| one.total);
    if let Some(stream) = told.map(|one| one.stream) {
        cases.push(Case::new("list", "total_shrinks", move || {
            shrinking(vendor, stream)
        }));
    }
    cases
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
    // A further list of the stream may be empty.
    let with_records = pages.iter().filter(|page| page.received > 0);
    let pages: Vec<_> = with_records.collect();
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
    assert!(
        matches!(mended, Fetched::Record(..)),
        "readable again later"
    );
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

async fn shrinking(vendor: &'static dyn Vendor, stream: Stream) {
    let stand = vendor.start().await;
    let entity = vendor.entity(stream);
    let connector = stand.connector();
    let before = connector
        .total(stream, FULL, &Scope::default())
        .await
        .expect("a total")
        .expect("told");
    stand
        .control()
        .set_fault(Fault::new(FaultKind::ShrinkTotal { by: 5 }).on_entity(entity));
    let after = connector
        .total(stream, FULL, &Scope::default())
        .await
        .expect("a total")
        .expect("told");
    assert_eq!(after, before - 5, "handed over as told; the run judges");
    let pages = whole(&*connector, stream).await.expect("pages");
    assert_eq!(
        ids(&pages).len() as u64,
        before,
        "a total does not shorten the walk"
    );
}
