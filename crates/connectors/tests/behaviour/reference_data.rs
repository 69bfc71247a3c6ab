//! Reference data: every kind is there, labelled, and what records carry can be looked up.

use std::collections::{BTreeMap, BTreeSet};

use domain::record::Batch;
use domain::reference::ReferenceKind;
use domain::stream::Stream;

use crate::case::Case;
use crate::vendor::{Vendor, whole};

/// The cases of this area.
pub fn cases(vendor: &'static dyn Vendor) -> Vec<Case> {
    let mut cases = vec![
        Case::new(
            "reference_data",
            "is_whole_and_labelled",
            move || async move {
                let stand = vendor.start().await;
                let items = stand
                    .connector()
                    .reference_data()
                    .await
                    .expect("reference data");
                let mut by_kind: BTreeMap<ReferenceKind, BTreeSet<&str>> = BTreeMap::new();
                for item in &items {
                    assert!(
                        !item.label.is_empty() && !item.external_id.is_empty(),
                        "{item:?}"
                    );
                    let fresh = by_kind
                        .entry(item.kind)
                        .or_default()
                        .insert(&item.external_id);
                    assert!(fresh, "twice: {item:?}");
                }
                let has: BTreeSet<_> = by_kind.keys().copied().collect();
                let expected = vendor.reference_kinds().iter().copied();
                assert_eq!(has, expected.collect());
            },
        ),
        Case::new(
            "reference_data",
            "explains_every_ticket",
            move || async move {
                let stand = vendor.start().await;
                let connector = stand.connector();
                let items = connector.reference_data().await.expect("reference data");
                let known: BTreeSet<_> = items
                    .iter()
                    .map(|item| (item.kind, item.external_id.as_str()))
                    .collect();
                let pages = whole(&*connector, Stream::Tickets).await.expect("pages");
                let Batch::Tickets(tickets) = &pages[0].batch else {
                    panic!("tickets")
                };
                for ticket in tickets {
                    let values = [
                        (ReferenceKind::Queue, &ticket.queue_id),
                        (ReferenceKind::TicketStatus, &ticket.status_id),
                        (ReferenceKind::TicketPriority, &ticket.priority_id),
                        (ReferenceKind::TicketCategory, &ticket.category_id),
                        (ReferenceKind::TicketType, &ticket.type_id),
                        (ReferenceKind::TicketSource, &ticket.source_id),
                    ];
                    let listed = values.into_iter();
                    let listed = listed.filter(|(kind, _)| !vendor.free_texts().contains(kind));
                    for (kind, id) in listed {
                        assert!(
                            id.as_deref().is_none_or(|id| known.contains(&(kind, id))),
                            "{} {id:?}",
                            kind.key()
                        );
                    }
                }
            },
        ),
        Case::new(
            "reference_data",
            "chained_lists_name_their_parents",
            move || async move {
                let stand = vendor.start().await;
                let items = stand
                    .connector()
                    .reference_data()
                    .await
                    .expect("reference data");
                let there: BTreeSet<_> = items
                    .iter()
                    .map(|item| (item.kind, item.external_id.as_str()))
                    .collect();
                for item in &items {
                    let Some(kind) = vendor.parents(item.kind) else {
                        continue;
                    };
                    let parent = item.parent.as_deref().unwrap_or_default();
                    assert!(there.contains(&(kind, parent)), "{item:?}");
                }
            },
        ),
    ];
    if vendor.reference_kinds().contains(&ReferenceKind::Owner) {
        cases.push(Case::new(
            "reference_data",
            "only_people_may_own",
            move || only_people_may_own(vendor),
        ));
    }
    cases
}

async fn only_people_may_own(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let connector = stand.connector();
    let items = connector.reference_data().await.expect("reference data");
    let owners: BTreeSet<_> = items
        .into_iter()
        .filter(|item| item.kind == ReferenceKind::Owner)
        .map(|item| item.external_id)
        .collect();
    let pages = whole(&*connector, Stream::Technicians)
        .await
        .expect("pages");
    let Batch::Technicians(all) = &pages[0].batch else {
        panic!("technicians")
    };
    let people = all
        .iter()
        .filter(|one| one.active && one.person)
        .map(|one| one.external_id.clone());
    assert_eq!(owners, people.collect());
    assert!(
        all.iter().any(|one| !one.person),
        "the world has an API user"
    );
}
