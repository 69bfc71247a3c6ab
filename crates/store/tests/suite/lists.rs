//! Lists: every row once, in order, in both directions, under every filter.

use domain::id::IntegrationId;
use domain::record::TicketRecord;
use domain::viewer::Viewer;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::Store;
use store::listing::{Count, Direction, PageKey};
use store::tickets::{self, TicketFilter, TicketRow, TicketSort};

use crate::harness::{both, execute, integration};
use crate::records::{company, store_companies, store_tickets, ticket};

pub const STAFF: Viewer = Viewer::ApiKey(1);
const DIRECTIONS: [Direction; 2] = [Direction::Ascending, Direction::Descending];

/// The first tickets a viewer gets, oldest change first.
pub async fn all_tickets(store: &Store, viewer: &Viewer) -> Vec<TicketRow> {
    let filter = TicketFilter::default();
    tickets::list_for_viewer(
        store,
        viewer,
        &filter,
        TicketSort::Updated,
        Direction::Ascending,
        None,
        500,
    )
    .await
    .unwrap()
    .rows
}

/// Walks a list to its end and back; answers the external ids in order.
pub async fn walk(
    store: &Store,
    viewer: &Viewer,
    filter: &TicketFilter,
    sort: TicketSort,
    direction: Direction,
    limit: u32,
) -> Vec<String> {
    let page = async |key: Option<&PageKey>| {
        tickets::list_for_viewer(store, viewer, filter, sort, direction, key, limit)
            .await
            .unwrap()
    };
    let ids = |rows: &[TicketRow]| {
        rows.iter()
            .map(|row| row.external_id.clone())
            .collect::<Vec<_>>()
    };
    let mut forward = Vec::new();
    let mut pages = vec![page(None).await];
    assert_eq!(pages[0].previous, None);
    loop {
        let last = pages.last().unwrap();
        forward.extend(ids(&last.rows));
        let Some(next) = last.next.clone() else { break };
        assert_eq!(
            last.rows.len(),
            limit as usize,
            "only the last page is short"
        );
        pages.push(page(Some(&next)).await);
    }
    let mut backward = Vec::new();
    let mut last = pages.pop().unwrap();
    loop {
        backward.splice(0..0, ids(&last.rows));
        let Some(previous) = last.previous.clone() else {
            break;
        };
        last = page(Some(&previous)).await;
    }
    assert_eq!(forward, backward, "the way back is the way there");
    assert_eq!(
        pages.first().map_or(last.count, |page| page.count),
        Count::Exact(forward.len() as u64)
    );
    forward
}

fn sorted(tickets: &[&TicketRecord], sort: TicketSort, direction: Direction) -> Vec<i64> {
    let key = |ticket: &&TicketRecord| {
        if sort == TicketSort::Updated {
            ticket.updated_at
        } else {
            ticket.created_at
        }
        .unwrap()
        .0
    };
    let mut keys: Vec<i64> = tickets.iter().map(key).collect();
    keys.sort_unstable();
    if direction == Direction::Descending {
        keys.reverse();
    }
    keys
}

#[test]
fn a_walk_visits_every_ticket_once() {
    both(async |home| {
        let store = home.open().await;
        let integrations = [
            integration(&store, "a").await,
            integration(&store, "b").await,
        ];
        for at in integrations {
            store_companies(&store, at, &[company("1", "One"), company("2", "Two")]).await;
        }
        let handle = tokio::runtime::Handle::current();
        let shape = proptest::collection::vec(
            (
                0_i64..4,
                0_i64..4,
                0_usize..2,
                1_u8..3,
                0_u8..2,
                any::<bool>(),
            ),
            0..25,
        );
        let mut runner = TestRunner::new(Config {
            cases: 12,
            failure_persistence: None,
            ..Config::default()
        });
        let outcome = runner.run(&(shape, 1_u32..5), |(shape, limit)| {
            tokio::task::block_in_place(|| {
                handle.block_on(check(&home, &store, integrations, &shape, limit))
            });
            Ok(())
        });
        outcome.unwrap();
        store.close().await;
    });
}

type Shape = (i64, i64, usize, u8, u8, bool);

async fn check(
    home: &crate::harness::Home,
    store: &Store,
    integrations: [IntegrationId; 2],
    shape: &[Shape],
    limit: u32,
) {
    execute(home, "DELETE FROM ticket").await;
    let tickets: Vec<(usize, TicketRecord)> = shape
        .iter()
        .enumerate()
        .map(|(number, (created, updated, at, company, status, _))| {
            let mut ticket = ticket(&number.to_string(), &company.to_string(), *updated);
            ticket.created_at = Some(domain::clock::UtcMillis(*created));
            ticket.status_id = Some(status.to_string());
            (*at, ticket)
        })
        .collect();
    for (index, at) in integrations.into_iter().enumerate() {
        let here: Vec<_> = tickets
            .iter()
            .filter(|(at, _)| *at == index)
            .map(|(_, ticket)| ticket.clone())
            .collect();
        store_tickets(store, at, &here).await;
    }
    let filters = [
        TicketFilter::default(),
        TicketFilter {
            status: Some("1".into()),
            ..TicketFilter::default()
        },
        TicketFilter {
            integration: Some(integrations[1]),
            ..TicketFilter::default()
        },
        TicketFilter {
            integration: Some(integrations[0]),
            status: Some("0".into()),
            queue: Some("8".into()),
            ..TicketFilter::default()
        },
        TicketFilter {
            queue: Some("9".into()),
            ..TicketFilter::default()
        },
    ];
    for filter in &filters {
        let expected: Vec<&TicketRecord> = tickets
            .iter()
            .filter(|(at, ticket)| {
                filter.integration.is_none_or(|id| id == integrations[*at])
                    && filter
                        .status
                        .as_ref()
                        .is_none_or(|status| ticket.status_id.as_ref() == Some(status))
                    && filter
                        .queue
                        .as_ref()
                        .is_none_or(|queue| ticket.queue_id.as_ref() == Some(queue))
            })
            .map(|(_, ticket)| ticket)
            .collect();
        for sort in [TicketSort::Updated, TicketSort::Created] {
            for direction in DIRECTIONS {
                let ids = walk(store, &STAFF, filter, sort, direction, limit).await;
                let mut distinct = ids.clone();
                distinct.sort();
                let mut wanted: Vec<_> = expected
                    .iter()
                    .map(|ticket| ticket.external_id.clone())
                    .collect();
                wanted.sort();
                assert_eq!(distinct, wanted, "every row once: {filter:?}");
                let keys: Vec<i64> = ids
                    .iter()
                    .map(|id| {
                        let ticket = &tickets[id.parse::<usize>().unwrap()].1;
                        if sort == TicketSort::Updated {
                            ticket.updated_at
                        } else {
                            ticket.created_at
                        }
                        .unwrap()
                        .0
                    })
                    .collect();
                assert_eq!(keys, sorted(&expected, sort, direction), "in order");
            }
        }
    }
}

/// However many tickets a filter has, and whichever of several filters leads, a list has every one of them in order.
#[test]
fn filters_are_combined_in_every_way() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        store_companies(&store, at, &[company("1", "Large"), company("2", "Small")]).await;
        let total = 3_600_i64;
        let tickets: Vec<_> = (0..total)
            .map(|number| {
                let mut ticket = ticket(
                    &number.to_string(),
                    if number % 100 == 7 { "2" } else { "1" },
                    number * 7_919 % total,
                );
                // Those who left have the oldest tickets only, so that they lie far away from the newest.
                ticket.technician_external_id = if number < 1_200 {
                    Some("left".into())
                } else {
                    (number / 4 % 2 == 0).then(|| "here".into())
                };
                ticket.status_id = Some((number % 3).to_string());
                ticket.priority_id = Some((number % 2).to_string());
                ticket.queue_id = Some(if number % 500 == 0 { "rare" } else { "8" }.into());
                ticket.created_at = Some(domain::clock::UtcMillis(number / 3));
                ticket
            })
            .collect();
        store_tickets(&store, at, &tickets).await;
        let rows = all_tickets(&store, &STAFF).await;
        let company = |name: &str| {
            rows.iter()
                .find(|row| row.company.as_deref() == Some(name))
                .unwrap()
                .company_uuid
                .clone()
        };
        let chosen = |number: u32, bit: u32, value: &str| {
            (number & (1 << bit) != 0).then(|| value.to_owned())
        };
        // Beyond 32 the technician is chosen to be none.
        for number in 1..48 {
            let technician = if number % 2 == 0 { "left" } else { "here" };
            let filter = TicketFilter {
                company: (number & 1 != 0)
                    .then(|| company(if number % 3 == 0 { "Small" } else { "Large" }))
                    .flatten(),
                status: chosen(number, 1, "1"),
                queue: chosen(number, 2, if number % 5 == 0 { "rare" } else { "8" }),
                priority: chosen(number, 3, "0"),
                technician: chosen(number, 4, technician),
                unassigned: number & 32 != 0,
                ..TicketFilter::default()
            };
            let same =
                |asked: &Option<String>, has: &Option<String>| asked.is_none() || asked == has;
            let id = filter
                .company
                .as_ref()
                .map(|_| if number % 3 == 0 { "2" } else { "1" }.to_owned());
            let expected: Vec<&TicketRecord> = tickets
                .iter()
                .filter(|ticket| {
                    same(&id, &ticket.company_external_id)
                        && same(&filter.status, &ticket.status_id)
                        && same(&filter.queue, &ticket.queue_id)
                        && same(&filter.priority, &ticket.priority_id)
                        && same(&filter.technician, &ticket.technician_external_id)
                        && !(filter.unassigned && ticket.technician_external_id.is_some())
                })
                .collect();
            for sort in [TicketSort::Updated, TicketSort::Created] {
                let direction = DIRECTIONS[number as usize % 2];
                let ids = walk(&store, &STAFF, &filter, sort, direction, 500).await;
                let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
                assert_eq!(
                    (ids.len(), distinct.len()),
                    (expected.len(), expected.len()),
                    "{filter:?}"
                );
                let keys: Vec<i64> = ids
                    .iter()
                    .map(|id| {
                        let ticket = &tickets[id.parse::<usize>().unwrap()];
                        if sort == TicketSort::Updated {
                            ticket.updated_at
                        } else {
                            ticket.created_at
                        }
                        .unwrap()
                        .0
                    })
                    .collect();
                assert_eq!(keys, sorted(&expected, sort, direction), "{filter:?}");
            }
        }
        store.close().await;
    });
}

/// A company with more tickets than are counted is found in the list of all tickets, and nobody can tell.
#[test]
fn counts_end_at_ten_thousand_and_pages_do_not() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        store_companies(&store, at, &[company("1", "Large"), company("2", "Small")]).await;
        let total = 10_150_i64;
        let tickets: Vec<_> = (0..total)
            .map(|number| {
                let mut ticket = ticket(
                    &number.to_string(),
                    if number % 100 == 7 { "2" } else { "1" },
                    total - number,
                );
                ticket.created_at = Some(domain::clock::UtcMillis(number / 3));
                ticket
            })
            .collect();
        for page in tickets.chunks(2_000) {
            store_tickets(&store, at, page).await;
        }
        let rows = all_tickets(&store, &STAFF).await;
        let uuid = |name: &str| {
            rows.iter()
                .find(|row| row.company.as_deref() == Some(name))
                .unwrap()
                .company_uuid
                .clone()
        };
        for (name, id, count) in [
            ("Large", "1", Count::MoreThan(10_000)),
            ("Small", "2", Count::Exact(102)),
        ] {
            let filter = TicketFilter {
                company: uuid(name),
                ..TicketFilter::default()
            };
            for direction in DIRECTIONS {
                let mut expected: Vec<&TicketRecord> = tickets
                    .iter()
                    .filter(|ticket| ticket.company_external_id.as_deref() == Some(id))
                    .collect();
                if direction == Direction::Descending {
                    expected.reverse();
                }
                let mut key = None;
                for number in 0..3 {
                    let list = tickets::list_for_viewer(
                        &store,
                        &STAFF,
                        &filter,
                        TicketSort::Created,
                        direction,
                        key.as_ref(),
                        40,
                    );
                    let page = list.await.unwrap();
                    let expected: Vec<&str> = expected
                        .iter()
                        .skip(number * 40)
                        .take(40)
                        .map(|ticket| ticket.external_id.as_str())
                        .collect();
                    assert_eq!(
                        page.rows
                            .iter()
                            .map(|row| row.external_id.as_str())
                            .collect::<Vec<_>>(),
                        expected,
                        "{name} {direction:?}"
                    );
                    assert_eq!(page.count, count);
                    key = page.next;
                }
            }
        }
        let all = tickets::count_for_viewer(&store, &STAFF, &TicketFilter::default())
            .await
            .unwrap();
        assert_eq!(all, Count::MoreThan(10_000));
        store.close().await;
    });
}
