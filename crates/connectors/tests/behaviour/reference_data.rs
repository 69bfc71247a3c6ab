//! Reference data: every kind is there, labelled, and what records carry can be looked up.

use std::collections::{BTreeMap, BTreeSet};

use domain::record::Batch;
use domain::reference::ReferenceKind;
use domain::stream::Stream;
use simulator::{Fault, FaultKind};

use crate::case::Case;
use crate::vendor::{Stand, Vendor, whole};

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
        cases.push(Case::new(
            "reference_data",
            "unreadable_person_costs_no_other",
            move || {
                let entity = vendor.entity(Stream::Technicians);
                unreadable_one_costs_no_other(vendor, entity, ReferenceKind::Owner)
            },
        ));
    }
    cases
}

/// Kinds and ids of all reference data.
async fn known(stand: &Stand) -> BTreeSet<(ReferenceKind, String)> {
    let items = stand.connector().reference_data().await;
    let items = items.expect("reference data").into_iter();
    items.map(|item| (item.kind, item.external_id)).collect()
}

/// One record of a list with an id that is none: it is left out, and all else is there.
pub async fn unreadable_one_costs_no_other(
    vendor: &'static dyn Vendor,
    entity: &'static str,
    kind: ReferenceKind,
) {
    let stand = vendor.start().await;
    let mut expected = known(&stand).await;
    let bad = expected.iter().find(|(of, _)| *of == kind);
    let bad = bad.expect("one of this kind").clone();
    let fault = FaultKind::GarbledRecord {
        id: Some(bad.1.parse().expect("a number")),
        field: "id".to_owned(),
    };
    let fault = Fault::new(fault).on_entity(entity);
    stand.control().set_fault(fault);
    expected.remove(&bad);
    assert_eq!(known(&stand).await, expected);
}

/// Pages smaller than asked: the list is read to its end all the same.
pub async fn capped_pages_are_read_to_the_end(vendor: &'static dyn Vendor, entity: &'static str) {
    let stand = vendor.start().await;
    let expected = known(&stand).await;
    let before = stand.requests_about(entity).len();
    let fault = Fault::new(FaultKind::CapPage { max: 2 }).on_entity(entity);
    stand.control().set_fault(fault);
    assert_eq!(known(&stand).await, expected);
    let asked = stand.requests_about(entity).len() - before;
    assert!(asked > before, "there was more than one page: {asked}");
}

/// A list of more statuses than anybody wants is read to its end. `make` makes so many more.
pub async fn many_statuses(vendor: &'static dyn Vendor, make: fn(&Stand, usize)) {
    let stand = vendor.start().await;
    let statuses = async || {
        let items = stand.connector().reference_data().await;
        let items = items.expect("reference data").into_iter();
        let of = items.filter(|item| item.kind == ReferenceKind::TicketStatus);
        of.map(|item| (item.parent, item.external_id))
            .collect::<BTreeSet<_>>()
    };
    stand.control().keep_answers();
    let before = statuses().await.len();
    make(&stand, 10_000);
    assert_eq!(statuses().await.len(), before + 10_000);
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
