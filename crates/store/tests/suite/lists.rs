//! Lists: every row once, in order, in both directions, under every filter.

use domain::id::IntegrationId;
use domain::record::{Batch, OpportunityRecord, TicketRecord};
use domain::reference::{ReferenceItem, ReferenceKind};
use domain::viewer::Viewer;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::Store;
use store::companies::{self, CompanyFilter, CompanySort, FieldRule};
use store::contacts::{self, ContactFilter};
use store::listing::{Count, Direction, PageKey};
use store::opportunities::{self, OpportunityFilter, OpportunitySort};
use store::pages::Absence;
use store::reference_items::{list_reference_items, replace_reference_items};
use store::tickets::{self, TicketFilter, TicketRow, TicketSort};

use crate::harness::{both, execute, integration};
use crate::records::{company, contact, store_companies, store_page, store_tickets, ticket};

const STAFF: Viewer = Viewer::ApiKey(1);
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
async fn walk(
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

fn item(kind: ReferenceKind, id: &str, label: &str) -> ReferenceItem {
    ReferenceItem {
        kind,
        external_id: id.into(),
        label: label.into(),
        parent: None,
        active: true,
        sort_order: 0,
        system: false,
    }
}

#[test]
fn rows_carry_labels_and_names() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        store_companies(&store, at, &[company("1", "One")]).await;
        store_page(
            &store,
            at,
            &[contact("5", "1", "Ann", "Lee")],
            Batch::Contacts,
            Absence::Present,
        )
        .await;
        let mut tx = store.begin().await.unwrap();
        let items = [
            item(ReferenceKind::TicketStatus, "1", "New"),
            item(ReferenceKind::Queue, "8", "Help Desk"),
            item(ReferenceKind::IssueType, "10", "Hardware"),
        ];
        let changes = replace_reference_items(&mut tx, at, &items).await.unwrap();
        assert_eq!((changes.written, changes.removed), (3, 0));
        let changes = replace_reference_items(&mut tx, at, &items[..2])
            .await
            .unwrap();
        assert_eq!(
            (changes.written, changes.removed),
            (0, 0),
            "a kind of which nothing is given stays"
        );
        let changes = replace_reference_items(
            &mut tx,
            at,
            &[
                item(ReferenceKind::TicketStatus, "2", "Done"),
                items[1].clone(),
            ],
        )
        .await
        .unwrap();
        assert_eq!((changes.written, changes.removed), (1, 1));
        tx.commit().await.unwrap();
        let statuses = list_reference_items(&store, at, Some(ReferenceKind::TicketStatus))
            .await
            .unwrap();
        assert_eq!(
            statuses
                .iter()
                .map(|item| (item.label.as_str(), item.removed_at.is_some()))
                .collect::<Vec<_>>(),
            [("Done", false), ("New", true)]
        );
        let mut first = ticket("1", "1", 1);
        first.contact_external_id = Some("5".into());
        first
            .fields
            .insert("issue_type".into(), serde_json::json!("10"));
        let mut second = ticket("2", "77", 2);
        second.status_id = Some("9".into());
        store_tickets(&store, at, &[first, second]).await;
        let rows = all_tickets(&store, &STAFF).await;
        assert_eq!(
            rows[0].status.as_ref().unwrap().text(),
            "New",
            "a value the vendor no longer lists still has its label"
        );
        assert_eq!(
            rows[0].queue.as_ref().unwrap().label.as_deref(),
            Some("Help Desk")
        );
        assert_eq!(
            (rows[0].company.as_deref(), rows[0].contact.as_deref()),
            (Some("One"), Some("Ann Lee"))
        );
        assert_eq!(
            (
                rows[1].status.as_ref().unwrap().text(),
                rows[1].company.as_deref()
            ),
            ("9", None)
        );
        let found = tickets::find_for_viewer(&store, &STAFF, &rows[0].uuid)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (
                found.origin.provider.as_str(),
                found.origin.external_id.as_str()
            ),
            ("autotask", "1")
        );
        assert_eq!(found.fields[0].label.as_deref(), Some("Hardware"));
        // The parent that comes later is there at once, without any repair (rule P8).
        store_companies(&store, at, &[company("77", "Late")]).await;
        assert_eq!(
            all_tickets(&store, &STAFF).await[1].company.as_deref(),
            Some("Late")
        );
        store.close().await;
    });
}

#[test]
fn companies_contacts_and_opportunities_are_listed() {
    both(async |home| {
        let store = home.open().await;
        let (at, other) = (
            integration(&store, "a").await,
            integration(&store, "b").await,
        );
        let names = ["beta", "Alpha", "alpha", "Gamma", "émile"];
        let records: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(index, name)| company(&index.to_string(), name))
            .collect();
        store_companies(&store, at, &records).await;
        let list = async |filter: CompanyFilter, sort, direction, limit| {
            let mut names = Vec::new();
            let mut key: Option<PageKey> = None;
            loop {
                let page = companies::list_for_viewer(
                    &store,
                    &STAFF,
                    &filter,
                    sort,
                    direction,
                    key.as_ref(),
                    limit,
                )
                .await
                .unwrap();
                names.extend(page.rows.into_iter().map(|row| row.name));
                key = page.next;
                if key.is_none() {
                    return (names, page.count);
                }
            }
        };
        let everything = CompanyFilter::default();
        let (ascending, count) = list(
            everything.clone(),
            CompanySort::Name,
            Direction::Ascending,
            2,
        )
        .await;
        assert_eq!(
            (ascending, count),
            (
                ["Alpha", "alpha", "beta", "Gamma", "émile"]
                    .map(String::from)
                    .into(),
                Count::Exact(5)
            )
        );
        let (descending, _) = list(everything, CompanySort::Name, Direction::Descending, 3).await;
        assert_eq!(descending, ["émile", "Gamma", "beta", "alpha", "Alpha"]);
        let of = |integration| CompanyFilter {
            integration: Some(integration),
            ..CompanyFilter::default()
        };
        assert_eq!(
            list(of(at), CompanySort::Created, Direction::Ascending, 9)
                .await
                .0
                .len(),
            5
        );
        assert_eq!(
            list(of(other), CompanySort::Name, Direction::Ascending, 9).await,
            (Vec::new(), Count::Exact(0))
        );
        execute(
            &home,
            "UPDATE company SET removed_at = 1, removed_reason = 'blocked' WHERE name = 'Gamma'",
        )
        .await;
        let removed = CompanyFilter {
            removed: true,
            ..CompanyFilter::default()
        };
        assert_eq!(
            list(removed, CompanySort::Created, Direction::Descending, 9).await,
            (vec!["Gamma".into()], Count::Exact(1))
        );

        let mut contacts_ = vec![
            contact("1", "0", "Zoe", "A"),
            contact("2", "1", "Ann", "B"),
            contact("3", "0", "", ""),
        ];
        contacts_[1].active = false;
        store_page(&store, at, &contacts_, Batch::Contacts, Absence::Present).await;
        let people = async |filter: ContactFilter| {
            let page =
                contacts::list_for_viewer(&store, &STAFF, &filter, Direction::Ascending, None, 10)
                    .await
                    .unwrap();
            assert_eq!(page.count, Count::Exact(page.rows.len() as u64));
            page.rows
                .into_iter()
                .map(|row| row.external_id)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            people(ContactFilter::default()).await,
            ["3", "2", "1"],
            "somebody without a name is sorted by e-mail"
        );
        assert_eq!(
            people(ContactFilter {
                active: Some(false),
                ..ContactFilter::default()
            })
            .await,
            ["2"]
        );
        let beta = companies::list_for_viewer(
            &store,
            &STAFF,
            &CompanyFilter::default(),
            CompanySort::Created,
            Direction::Ascending,
            None,
            1,
        )
        .await
        .unwrap();
        let beta = &beta.rows[0];
        assert_eq!(
            people(ContactFilter {
                company: Some(beta.uuid.clone()),
                ..ContactFilter::default()
            })
            .await,
            ["3", "1"]
        );
        assert_eq!(
            beta.links
                .iter()
                .map(|link| link.external_id.as_str())
                .collect::<Vec<_>>(),
            ["0"]
        );

        let sale = |id: &str, title: &str, stage: &str, at| OpportunityRecord {
            external_id: id.into(),
            title: title.into(),
            company_external_id: Some("0".into()),
            stage_id: Some(stage.into()),
            updated_at: Some(domain::clock::UtcMillis(at)),
            ..OpportunityRecord::default()
        };
        let sales = [
            sale("1", "Firewall", "s1", 3),
            sale("2", "backup", "s2", 2),
            sale("3", "Laptops", "s1", 1),
        ];
        store_page(&store, at, &sales, Batch::Opportunities, Absence::Present).await;
        let sold = async |filter: OpportunityFilter, sort, direction| {
            let page =
                opportunities::list_for_viewer(&store, &STAFF, &filter, sort, direction, None, 10)
                    .await
                    .unwrap();
            page.rows
                .into_iter()
                .map(|row| row.external_id)
                .collect::<Vec<_>>()
        };
        let all = OpportunityFilter::default();
        assert_eq!(
            sold(all.clone(), OpportunitySort::Updated, Direction::Descending).await,
            ["1", "2", "3"]
        );
        assert_eq!(
            sold(all, OpportunitySort::Title, Direction::Ascending).await,
            ["2", "1", "3"]
        );
        let staged = OpportunityFilter {
            stage: Some("s1".into()),
            ..OpportunityFilter::default()
        };
        assert_eq!(
            sold(staged, OpportunitySort::Title, Direction::Descending).await,
            ["3", "1"]
        );
        store.close().await;
    });
}

#[test]
fn a_company_says_where_its_fields_come_from() {
    both(async |home| {
        let store = home.open().await;
        let (at, other) = (
            integration(&store, "a").await,
            integration(&store, "b").await,
        );
        let mut first = company("1", "One");
        first.phone = Some("1".into());
        store_companies(&store, at, &[first]).await;
        let mut second = company("9", "One elsewhere");
        (second.phone, second.city) = (Some("2".into()), Some("Berlin".into()));
        store_page(&store, other, &[second], Batch::Companies, Absence::Present).await;
        execute(&home, "UPDATE external_company SET company_id = (SELECT id FROM company) WHERE external_id = '9'").await;
        store_page(
            &store,
            at,
            &[contact("5", "1", "Ann", "Lee")],
            Batch::Contacts,
            Absence::Present,
        )
        .await;
        store_tickets(&store, at, &[ticket("1", "1", 1)]).await;
        store_tickets(&store, other, &[ticket("1", "9", 2)]).await;
        let uuid = all_tickets(&store, &STAFF).await[1]
            .company_uuid
            .clone()
            .unwrap();
        let found = companies::find_for_viewer(&store, &STAFF, &uuid)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (found.contacts, found.open_tickets),
            (Count::Exact(1), Count::Exact(2))
        );
        assert_eq!(found.externals.len(), 2);
        let fields: Vec<_> = found
            .fields
            .iter()
            .map(|field| {
                (
                    field.key,
                    field.value.as_str(),
                    field.rule,
                    field.origin.integration,
                )
            })
            .collect();
        assert_eq!(
            fields,
            [
                ("phone", "1", FieldRule::Primary, at),
                ("city", "Berlin", FieldRule::Another, other)
            ]
        );
        let filter = TicketFilter {
            company: Some(uuid),
            ..TicketFilter::default()
        };
        let ids = walk(
            &store,
            &STAFF,
            &filter,
            TicketSort::Updated,
            Direction::Descending,
            1,
        )
        .await;
        assert_eq!(ids.len(), 2, "one company, two vendors, one list");
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
