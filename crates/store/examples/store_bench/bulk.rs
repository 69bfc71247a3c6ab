//! The bulk path: a first sync, the same again unchanged, and again with every record changed.

use std::path::Path;
use std::time::{Duration, Instant};

use domain::id::{IntegrationId, StreamRunId};
use domain::record::{Batch, ExternalRecord, TicketRecord};
use domain::settings::IntegrationSettings;
use domain::stream::Stream;
use store::integrations::{NewIntegration, insert_integration};
use store::pages::{Absence, RecordMark, insert_seen, read_known, upsert_records};
use store::{Store, text_search};

use crate::{Outcome, stores, world};

const PAGE: usize = 500;

/// Processor time of this process so far, in seconds, to a hundredth (Linux only; zero elsewhere).
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    ticks as f64 / 100.0
}

/// An integration to store under.
pub async fn integration(store: &Store, name: &str) -> Outcome<IntegrationId> {
    let mut tx = store.begin().await?;
    let new = NewIntegration {
        provider: "autotask",
        name,
        settings: &IntegrationSettings::default(),
    };
    let integration = insert_integration(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(integration.id)
}

/// One page, as `sync` stores it; answers how many records it wrote.
pub async fn page(
    store: &Store,
    integration: IntegrationId,
    run: StreamRunId,
    records: Vec<TicketRecord>,
    generation: i64,
    parts: &mut [Duration; 5],
) -> Outcome<usize> {
    let mut begun = Instant::now();
    let mut part = |index: usize| {
        parts[index] += begun.elapsed();
        begun = Instant::now();
    };
    let mut tx = store.begin().await?;
    let ids: Vec<&str> = records
        .iter()
        .map(|record| record.external_id.as_str())
        .collect();
    let known = read_known(&mut tx, integration, Stream::Tickets, &ids).await?;
    part(0);
    insert_seen(&mut tx, run, &ids).await?;
    part(1);
    let mut marks = Vec::with_capacity(records.len());
    let mut differing = Vec::with_capacity(records.len());
    for record in records {
        let hash = record.content_hash(1, generation);
        let row = known.get(&record.external_id);
        if row.is_some_and(|row| row.content_hash == hash) {
            continue;
        }
        let closed = record.closed_at.is_some();
        marks.push(RecordMark {
            hash,
            known: row.map(|row| row.id),
            absence: Absence::Present,
            closed,
        });
        differing.push(record);
    }
    part(2);
    let written = differing.len();
    let now = store.now();
    upsert_records(
        &mut tx,
        integration,
        &Batch::Tickets(differing),
        &marks,
        now,
    )
    .await?;
    part(3);
    tx.commit().await?;
    part(4);
    Ok(written)
}

/// Prints rows per second of the three passes, and of the search index.
pub async fn run(folder: &Path, rows: usize) -> Outcome {
    println!(
        "{:<12}{:>12}{:>12}{:>12}{:>14}",
        "rows/s", "first", "unchanged", "changed", "search index"
    );
    for (engine, store) in stores(folder, "bulk").await? {
        let integration = integration(&store, "bulk").await?;
        let (mut rates, mut details) = (Vec::new(), Vec::new());
        for (pass, generation) in [(1, 1), (2, 1), (3, 2)] {
            let mut parts = [Duration::ZERO; 5];
            let mut cpu = 0.0;
            for start in (0..rows).step_by(PAGE) {
                let records = (start..rows.min(start + PAGE))
                    .map(|number| world::ticket(number, rows, 1_000))
                    .collect();
                let before = processor();
                page(
                    &store,
                    integration,
                    StreamRunId(pass),
                    records,
                    generation,
                    &mut parts,
                )
                .await?;
                cpu += processor() - before;
            }
            rates.push(rows as f64 / parts.iter().sum::<Duration>().as_secs_f64());
            let wall = parts
                .map(|part| format!("{:.1}", part.as_secs_f64() * 1e6 / rows as f64))
                .join(" ");
            details.push(format!("{wall}; processor {:.1}", cpu * 1e6 / rows as f64));
        }
        let begun = Instant::now();
        while text_search::index_pending(&store, 1_000).await? {}
        let search = rows as f64 / begun.elapsed().as_secs_f64();
        println!(
            "{engine:<12}{:>12.0}{:>12.0}{:>12.0}{search:>14.0}",
            rates[0], rates[1], rates[2]
        );
        for (pass, detail) in ["first", "unchanged", "changed"].iter().zip(&details) {
            println!("  {pass}, microseconds a row: known seen hash upsert commit = {detail}");
        }
        store.close().await;
    }
    Ok(())
}
