//! Every list under every filter and sort, at two sizes: the median of the first page and of one in the middle.

use std::path::Path;
use std::time::Instant;

use domain::id::{IdentityId, IntegrationId, StreamRunId};
use domain::record::{Batch, ContactRecord, ExternalRecord};
use domain::viewer::Viewer;
use store::companies::{self, CompanyFilter, CompanySort};
use store::contacts::{self, ContactFilter};
use store::listing::{Count, Direction, Listing, PageKey};
use store::pages::{RecordMark, upsert_records};
use store::tickets::{self, TicketFilter, TicketSort};
use store::{Database, Store, company_adoption, text_search};

use crate::bulk::{integration, page};
use crate::{Outcome, stores, world};

const STAFF: Viewer = Viewer::Staff(IdentityId(1));
const TIMES: usize = 15;
const LIMIT: u32 = 50;

async fn batch<R: ExternalRecord>(
    store: &Store,
    at: IntegrationId,
    records: Vec<R>,
    batch: fn(Vec<R>) -> Batch,
) -> Outcome {
    let marks: Vec<RecordMark> = records
        .iter()
        .map(|record| RecordMark {
            hash: record.content_hash(1, 1),
            ..RecordMark::default()
        })
        .collect();
    let mut tx = store.begin().await?;
    let now = store.now();
    upsert_records(&mut tx, at, &batch(records), &marks, now).await?;
    tx.commit().await?;
    Ok(())
}

/// An MSP with that many tickets, and a tenth as many companies and contacts; one ticket in five belongs to one company.
async fn fill(store: &Store, total: usize) -> Outcome {
    let at = integration(store, "lists").await?;
    let count = total / 10;
    for start in (0..count).step_by(500) {
        let numbers = start..count.min(start + 500);
        batch(
            store,
            at,
            numbers.clone().map(world::company).collect(),
            Batch::Companies,
        )
        .await?;
        let ids: Vec<String> = numbers
            .clone()
            .map(|number| (number + 1).to_string())
            .collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut tx = store.begin().await?;
        company_adoption::adopt(&mut tx, at, &ids).await?;
        tx.commit().await?;
        let contact = |number: usize| ContactRecord {
            external_id: number.to_string(),
            company_external_id: Some((number % count + 1).to_string()),
            first_name: ["Ann", "Bob", "Cid", "Dora"][number % 4].into(),
            last_name: format!("Person {number}"),
            email: Some(format!("person{number}@example.com")),
            active: !number.is_multiple_of(50),
            ..ContactRecord::default()
        };
        batch(store, at, numbers.map(contact).collect(), Batch::Contacts).await?;
    }
    let mut parts = Default::default();
    for start in (0..total).step_by(500) {
        let tickets = (start..total.min(start + 500)).map(|number| {
            let mut ticket = world::ticket(number, total, count);
            if number.is_multiple_of(5) {
                ticket.company_external_id = Some("1".into());
            }
            ticket
        });
        page(store, at, StreamRunId(1), tickets.collect(), 1, &mut parts).await?;
    }
    while text_search::index_pending(store, 2_000).await? {}
    // What autovacuum does in time. On SQLite nobody runs ANALYZE.
    if let Database::Postgres(url) = &store.config().database {
        use sqlx::Connection;
        let mut connection = sqlx::PgConnection::connect(url.expose()).await?;
        sqlx::query("VACUUM ANALYZE")
            .execute(&mut connection)
            .await?;
    }
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Milliseconds of the first page and of the eleventh, and the count.
async fn measure<T, F>(list: F) -> Outcome<(f64, f64, Count)>
where
    F: AsyncFn(Option<PageKey>) -> store::Result<Listing<T>>,
{
    let timed = async |key: Option<PageKey>| -> Outcome<f64> {
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let begun = Instant::now();
            list(key.clone()).await?;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        Ok(median(times))
    };
    let first = list(None).await?;
    let mut key = first.next.clone();
    for _ in 0..10 {
        let Some(at) = key.clone() else { break };
        let Some(next) = list(Some(at)).await?.next else {
            break;
        };
        key = Some(next);
    }
    Ok((timed(None).await?, timed(key).await?, first.count))
}

type Figures = Vec<(String, f64, f64, Count)>;

async fn every_list(store: &Store) -> Outcome<Figures> {
    let mut figures = Vec::new();
    let company = async |search: &str| -> Outcome<Option<domain::id::PublicId>> {
        let filter = CompanyFilter {
            search: Some(search.into()),
            ..CompanyFilter::default()
        };
        let found = companies::list_for_viewer(
            store,
            &STAFF,
            &filter,
            CompanySort::Created,
            Direction::Ascending,
            None,
            500,
        )
        .await?;
        Ok(found
            .rows
            .into_iter()
            .find(|row| row.name.ends_with(search))
            .map(|row| row.uuid))
    };
    let text = |text: &str| Some(text.to_owned());
    let none = TicketFilter::default;
    let mut filters = vec![
        ("all", none()),
        (
            "open",
            TicketFilter {
                closed: Some(false),
                ..none()
            },
        ),
        (
            "closed",
            TicketFilter {
                closed: Some(true),
                ..none()
            },
        ),
        (
            "status frequent",
            TicketFilter {
                status: text("5"),
                ..none()
            },
        ),
        (
            "status rare",
            TicketFilter {
                status: text("99"),
                ..none()
            },
        ),
        (
            "status middling, open",
            TicketFilter {
                status: text("8"),
                closed: Some(false),
                ..none()
            },
        ),
        (
            "queue frequent",
            TicketFilter {
                queue: text("8"),
                ..none()
            },
        ),
        (
            "queue, open",
            TicketFilter {
                queue: text("8"),
                closed: Some(false),
                ..none()
            },
        ),
        (
            "queue rare",
            TicketFilter {
                queue: text("6"),
                ..none()
            },
        ),
        (
            "priority",
            TicketFilter {
                priority: text("3"),
                ..none()
            },
        ),
        (
            "technician",
            TicketFilter {
                technician: text("29682890"),
                ..none()
            },
        ),
        (
            "technician, open",
            TicketFilter {
                technician: text("29682890"),
                closed: Some(false),
                ..none()
            },
        ),
        (
            "status and queue",
            TicketFilter {
                status: text("8"),
                queue: text("6"),
                ..none()
            },
        ),
        (
            "status and technician",
            TicketFilter {
                status: text("5"),
                technician: text("29682890"),
                ..none()
            },
        ),
        (
            "queue and priority",
            TicketFilter {
                queue: text("8"),
                priority: text("2"),
                ..none()
            },
        ),
        (
            "nobody's and priority",
            TicketFilter {
                technician: text("none"),
                priority: text("3"),
                ..none()
            },
        ),
        (
            "queue without priority",
            TicketFilter {
                queue: text("8"),
                priority: text("none"),
                ..none()
            },
        ),
        (
            "search frequent",
            TicketFilter {
                search: text("printer"),
                ..none()
            },
        ),
        (
            "search rare",
            TicketFilter {
                search: text("floor 96"),
                ..none()
            },
        ),
        (
            "search number",
            TicketFilter {
                search: text("T20260000012.0007"),
                ..none()
            },
        ),
    ];
    for (name, search) in [("company large", " 0"), ("company small", " 700")] {
        let company = company(search).await?;
        filters.push((
            name,
            TicketFilter {
                company: company.clone(),
                ..none()
            },
        ));
        if search == " 0" {
            filters.push((
                "company large and priority",
                TicketFilter {
                    company: company.clone(),
                    priority: text("2"),
                    ..none()
                },
            ));
        }
        filters.push((
            if search == " 0" {
                "company large, open"
            } else {
                "company small, open"
            },
            TicketFilter {
                company,
                closed: Some(false),
                ..none()
            },
        ));
    }
    for (name, filter) in &filters {
        for (sort, direction) in [
            (TicketSort::Updated, Direction::Descending),
            (TicketSort::Updated, Direction::Ascending),
            (TicketSort::Created, Direction::Descending),
            (TicketSort::Created, Direction::Ascending),
        ] {
            let (first, middle, count) = measure(async |key| {
                tickets::list_for_viewer(
                    store,
                    &STAFF,
                    filter,
                    sort,
                    direction,
                    key.as_ref(),
                    LIMIT,
                )
                .await
            })
            .await?;
            figures.push((
                format!("tickets {name} {sort:?} {direction:?}"),
                first,
                middle,
                count,
            ));
        }
    }
    for (name, filter) in [
        ("all", CompanyFilter::default()),
        (
            "integration",
            CompanyFilter {
                integration: Some(IntegrationId(1)),
                ..CompanyFilter::default()
            },
        ),
        (
            "search",
            CompanyFilter {
                search: text("zebra"),
                ..CompanyFilter::default()
            },
        ),
    ] {
        for sort in [CompanySort::Name, CompanySort::Created] {
            let (first, middle, count) = measure(async |key| {
                companies::list_for_viewer(
                    store,
                    &STAFF,
                    &filter,
                    sort,
                    Direction::Ascending,
                    key.as_ref(),
                    LIMIT,
                )
                .await
            })
            .await?;
            figures.push((format!("companies {name} {sort:?}"), first, middle, count));
        }
    }
    for (name, filter) in [
        ("all", ContactFilter::default()),
        (
            "inactive",
            ContactFilter {
                active: Some(false),
                ..ContactFilter::default()
            },
        ),
        (
            "search",
            ContactFilter {
                search: text("person 77"),
                ..ContactFilter::default()
            },
        ),
    ] {
        let (first, middle, count) = measure(async |key| {
            contacts::list_for_viewer(
                store,
                &STAFF,
                &filter,
                Direction::Ascending,
                key.as_ref(),
                LIMIT,
            )
            .await
        })
        .await?;
        figures.push((format!("contacts {name}"), first, middle, count));
    }
    Ok(figures)
}

/// Prints the figures of both sizes side by side.
pub async fn run(folder: &Path, small: usize, large: usize) -> Outcome {
    let mut by_size: Vec<Vec<(&'static str, Figures)>> = Vec::new();
    for size in [small, large] {
        let mut here = Vec::new();
        for (engine, store) in stores(folder, &format!("lists{size}")).await? {
            fill(&store, size).await?;
            here.push((engine, every_list(&store).await?));
            store.close().await;
        }
        by_size.push(here);
    }
    for ((engine, small_figures), (_, large_figures)) in by_size[0].iter().zip(&by_size[1]) {
        println!(
            "\n{engine}, milliseconds, {LIMIT} rows a page: first page and eleventh, of {small} and of {large} tickets"
        );
        let mut medians = [Vec::new(), Vec::new()];
        for ((name, first, middle, _), (_, large_first, large_middle, count)) in
            small_figures.iter().zip(large_figures)
        {
            println!(
                "{name:<48}{first:>7.2}{middle:>7.2}{large_first:>8.2}{large_middle:>7.2}{:>6.2}  {count:?}",
                large_first / first
            );
            medians[0].extend([*first, *middle]);
            medians[1].extend([*large_first, *large_middle]);
        }
        let worst = medians[1].iter().copied().fold(0.0, f64::max);
        let [small_median, large_median] = medians.map(median);
        println!(
            "median {small_median:.2} and {large_median:.2} ms: {:.2} times; slowest of the large {worst:.2} ms",
            large_median / small_median
        );
    }
    Ok(())
}
