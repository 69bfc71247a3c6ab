//! Comments that wait for a vendor's request limit: putting all of them off, again and again while more come.

use std::path::Path;
use std::time::Instant;

use domain::id::IntegrationId;
use domain::job::{Job, Priority};
use store::Store;
use store::jobs;

use crate::{Outcome, stores};

const PAGE: usize = 500;

/// Measures with this many waiting jobs.
pub async fn run(folder: &Path, waiting: usize) -> Outcome {
    println!("\n{waiting} comments wait for one integration's request limit\n");
    println!(
        "| engine | put in, s | first put off, ms | again, ms (mean of 10) | brought forward, ms |"
    );
    println!("|---|---:|---:|---:|---:|");
    for (engine, store) in stores(folder, "waiting").await? {
        let begun = Instant::now();
        fill(&store, waiting).await?;
        let put_in = begun.elapsed();
        let first = put_off(&store, 1).await?;
        let mut again = 0.0;
        for minute in 2..12 {
            again += put_off(&store, minute).await?;
        }
        let begun = Instant::now();
        let mut tx = store.begin().await?;
        jobs::bring_forward(&mut tx, &notes(0).serial_key()).await?;
        tx.commit().await?;
        println!(
            "| {engine} | {:.1} | {first:.0} | {:.0} | {:.0} |",
            put_in.as_secs_f64(),
            again / 10.0,
            begun.elapsed().as_secs_f64() * 1_000.0
        );
    }
    Ok(())
}

fn notes(ticket: usize) -> Job {
    Job::PullTicketNotes {
        integration: IntegrationId(1),
        ticket: ticket.to_string(),
    }
}

async fn fill(store: &Store, waiting: usize) -> Outcome {
    let now = store.now();
    for page in (0..waiting).step_by(PAGE) {
        let mut tx = store.begin().await?;
        for ticket in page..(page + PAGE).min(waiting) {
            jobs::enqueue(&mut tx, &notes(ticket), Priority::Low, now).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Puts all off until so many minutes from now; answers the milliseconds.
async fn put_off(store: &Store, minutes: i64) -> Outcome<f64> {
    let until = store.now().plus(minutes * 60_000);
    let begun = Instant::now();
    let mut tx = store.begin().await?;
    jobs::put_off_from(&mut tx, &notes(0).serial_key(), Priority::Low as i64, until).await?;
    tx.commit().await?;
    Ok(begun.elapsed().as_secs_f64() * 1_000.0)
}
