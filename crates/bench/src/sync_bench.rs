//! `bench sync`: the first sync, the same data again, an idle cycle, and the reference around the first.

pub mod phase;
mod real_limits;
mod report;

use std::time::Duration;

use anyhow::{Context, Result};
use domain::run::Trigger;
use domain::stream::Stream;
use simulator::WorldConfig;
use sync::request::RunMode;

use crate::arguments::SyncArguments;
use crate::installation::{Installation, pace};
use crate::machine::Machine;
use crate::reference::{self, Pass};
use crate::sandbox::{Sandbox, World};
use crate::workplace::Workplace;
use phase::{Phase, run_server};
use report::{Idle, Results, Size};

/// Tickets for each client company, so that lists of companies and contacts grow with the tickets.
const TICKETS_PER_COMPANY: u32 = 100;
/// The clock of a run's rows counts milliseconds; a phase begins in a millisecond of its own.
const TICK: Duration = Duration::from_millis(20);

/// The world of a size.
pub fn world(tickets: u32) -> World {
    World {
        seed: 42,
        companies: (tickets / TICKETS_PER_COMPANY).max(40),
        contacts_per_company: 15,
        technicians: WorldConfig::default().technicians,
        tickets,
        opportunities: (tickets / 40).max(50),
    }
}

/// Measures every size asked for.
pub async fn run(workplace: &Workplace, arguments: &SyncArguments) -> Result<()> {
    let mut results = Results::new(&arguments.vendor, arguments.engine, Machine::read());
    if arguments.limits {
        results.limits = Some(real_limits::measure(workplace, &arguments.vendor).await?);
    }
    for &records in &arguments.records {
        results.push(one(workplace, arguments, records).await?);
    }
    results.print()
}

async fn one(workplace: &Workplace, arguments: &SyncArguments, records: u32) -> Result<Size> {
    let engine = arguments.engine;
    let (portico, dir) = (workplace.portico(), workplace.dir());
    let sandbox = Sandbox::start(portico, dir, &arguments.vendor, world(records)).await?;
    let address = sandbox.address();
    let place = workplace.place(engine)?;
    let integration = Installation::connect(&place, &address).await?;

    let before = reference(workplace, &sandbox).await?;
    let asked_before = sandbox.stats().await?.request_count;
    let first = run_server(workplace, &place, &sandbox, integration).await?;
    first.report.check_completed()?;
    let first_requests = sandbox.stats().await?.request_count - asked_before;
    let notes_by_ticket = notes_by_ticket(&place, integration, &first).await?;
    let after = reference(workplace, &sandbox).await?;

    let installation = Installation::open(&place, &address).await?;
    tokio::time::sleep(TICK).await;
    let since = installation.store().now();
    installation
        .ask(Trigger::Reconciliation, RunMode::Full)
        .await?;
    installation.close().await;
    let again = run_server(workplace, &place, &sandbox, integration).await?;
    again.report.check_completed()?;

    let installation = Installation::open(&place, &address).await?;
    let mut written = 0;
    for stream in Stream::ALL
        .into_iter()
        .filter(|stream| !stream.is_deletion_feed())
    {
        written +=
            store::pages::count_written_since(installation.store(), integration, stream, since)
                .await?;
    }
    installation
        .ask(Trigger::Schedule, RunMode::Incremental)
        .await?;
    installation.close().await;
    sandbox.clear_journal().await?;
    let idle = run_server(workplace, &place, &sandbox, integration).await?;
    idle.report.check_completed()?;
    let idle = Idle::of(&sandbox.journal().await?, &idle.report);
    sandbox.stop().await?;

    let ticket_pace = |phase: &Phase| {
        let part = phase.report.stream(Stream::Tickets);
        part.map(pace).context("the run read no tickets")
    };
    Ok(Size {
        records,
        reference: [before, after],
        first_pace: ticket_pace(&first)?,
        again_pace: ticket_pace(&again)?,
        first,
        first_requests,
        notes_by_ticket,
        again,
        rows_written_again: written,
        idle,
        file_mb: place.file_mb(),
    })
}

/// Comments that were read ticket by ticket, beside the streams of the run.
async fn notes_by_ticket(
    place: &crate::place::Place,
    integration: domain::id::IntegrationId,
    first: &Phase,
) -> Result<u64> {
    if first.report.stream(Stream::TicketNotes).is_some() {
        return Ok(0);
    }
    let store = place.look().await?;
    let notes = store::pages::count_shown(&store, integration, Stream::TicketNotes).await?;
    store.close().await;
    Ok(notes)
}

/// One pass of the reference, and the sandbox's processor seconds for it.
async fn reference(workplace: &Workplace, sandbox: &Sandbox) -> Result<(Pass, f64)> {
    let before = sandbox.stats().await?.cpu_seconds;
    let pass = reference::measure(workplace.bench(), workplace.dir(), &sandbox.address()).await?;
    Ok((pass, sandbox.stats().await?.cpu_seconds - before))
}
