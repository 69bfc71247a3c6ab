//! `bench torture`: the server is killed at random moments during syncs under faults, and has exactly the vendor's
//! records each time it has come back (rules P2, P3, P5, P6, P10, S6).

mod changes;
mod compare;
mod faults;
mod lane;
mod recovery;

use std::cell::Cell;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use serde_json::json;
use simulator::desk::Desk;

use crate::arguments::TortureArguments;
use crate::place::Engine;
use crate::workplace::Workplace;
use lane::{Outcome, Plan};

/// Longest life of a server after it answers: about as long as a sync of the usual vendor takes.
const LIFE: Duration = Duration::from_millis(1_800);

/// The vendor whose series is the longest.
const FIRST: &str = "autotask";

/// Kills for each one that is to meet a sync, at most. About every second does.
const MEETING: u32 = 6;

/// Runs the series; the exit code is 1 when something was wrong.
pub async fn run(workplace: Workplace, arguments: &TortureArguments) -> Result<ExitCode> {
    let start = Instant::now();
    let mut outcomes: Vec<(Engine, Outcome)> = Vec::new();
    let result = series(&workplace, arguments, &mut outcomes).await;
    if let Err(error) = result {
        let kept = workplace.keep();
        return Err(error.context(format!(
            "torture did not come to its end; data and logs are in {}",
            kept.display()
        )));
    }
    let wrong: u32 = outcomes
        .iter()
        .map(|(_, outcome)| u32::from(!outcome.mismatches.is_empty()))
        .sum();
    let ok: u32 = outcomes.iter().map(|(_, outcome)| outcome.ok).sum();
    let in_sync: u32 = outcomes.iter().map(|(_, outcome)| outcome.in_sync).sum();
    let missed = outcomes
        .iter()
        .any(|(_, outcome)| !arguments.short && outcome.in_sync < outcome.wanted);
    let engines: Vec<&str> = arguments
        .engine
        .list()
        .iter()
        .map(|engine| engine.name())
        .collect();
    let takeover = outcomes
        .iter()
        .map(|(_, outcome)| outcome.longest_takeover)
        .max()
        .unwrap_or_default();
    println!(
        "\n{} kills of {} on {}, {in_sync} in the middle of a sync; {ok} with exactly the vendor's records afterwards, {wrong} \
         not; longest takeover {:.1} s",
        ok + wrong,
        arguments.vendors().join(", "),
        engines.join(" and "),
        takeover.as_secs_f64()
    );
    if missed {
        println!("too few kills met a sync: the series proves less than was asked");
    }
    if wrong > 0 {
        println!("data and logs are in {}", workplace.keep().display());
    }
    let kept: Vec<_> = outcomes
        .iter()
        .filter_map(|(_, outcome)| outcome.kept.clone())
        .collect();
    println!(
        "{}",
        json!({
            "vendor": arguments.vendors().join(","),
            "engine": engines.join(","),
            "kills": ok + wrong,
            "in_sync": in_sync,
            "ok": ok,
            "mismatches": wrong,
            "longest_takeover_s": crate::distribution::rounded(takeover.as_secs_f64(), 1),
            "seconds": crate::distribution::rounded(start.elapsed().as_secs_f64(), 0),
            "seed": arguments.seed,
            "kept": kept,
        })
    );
    Ok(if wrong > 0 || missed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn series(
    workplace: &Workplace,
    arguments: &TortureArguments,
    outcomes: &mut Vec<(Engine, Outcome)>,
) -> Result<()> {
    let stop = Cell::new(false);
    let engines = arguments.engine.list();
    let vendors = arguments.vendors();
    let together: Vec<Vec<Plan>> = if arguments.short {
        // Both engines of two vendors at once: PostgreSQL mostly waits for leases to run out.
        let of = |vendor| {
            engines
                .iter()
                .flat_map(move |engine| short(vendor, *engine, arguments.seed))
        };
        vendors
            .chunks(2)
            .map(|some| some.iter().copied().flat_map(of).collect())
            .collect()
    } else {
        let of = |vendor| {
            engines
                .iter()
                .map(move |engine| long(vendor, *engine, arguments))
        };
        vendors.into_iter().flat_map(of).collect()
    };
    for plans in together {
        let lanes = plans.iter().map(|plan| lane::run(workplace, *plan, &stop));
        let done = try_join_all(lanes).await?;
        outcomes.extend(plans.iter().map(|plan| plan.engine).zip(done));
    }
    Ok(())
}

/// What people do at a vendor.
fn desk_of(vendor: &str) -> Result<&'static Desk> {
    let found = simulator::vendor(vendor).map(simulator::Vendor::desk);
    found.with_context(|| format!("there is no sandbox of {vendor}"))
}

fn share(arguments: &TortureArguments, lanes: u32, lane: u32) -> u32 {
    arguments.kills / lanes + u32::from(lane < arguments.kills % lanes)
}

fn long(vendor: &'static str, engine: Engine, arguments: &TortureArguments) -> Vec<Plan> {
    let lanes = arguments.lanes.clamp(1, arguments.kills.max(1));
    let plan = |lane| Plan {
        vendor,
        engine,
        lane,
        kills: share(arguments, lanes, lane),
        at_most: share(arguments, lanes, lane).saturating_mul(MEETING),
        round: arguments.round.max(1),
        tickets: arguments.tickets,
        seed: arguments.seed,
        life: LIFE,
    };
    (0..lanes).map(plan).collect()
}

/// Six kills of the first vendor, spread so that the waits of PostgreSQL overlap, and two of each further one.
fn short(vendor: &'static str, engine: Engine, seed: u64) -> Vec<Plan> {
    let (lanes, kills, tickets) = match (vendor, engine) {
        (FIRST, Engine::Sqlite) => (1, 6, 600),
        (FIRST, Engine::Postgres) => (3, 2, 600),
        // Their comments are read ticket by ticket.
        _ => (1, 2, 150),
    };
    let plan = |lane| Plan {
        vendor,
        engine,
        lane,
        kills,
        at_most: kills,
        round: 3,
        tickets,
        seed,
        life: LIFE,
    };
    (0..lanes).map(plan).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::Engines;

    #[test]
    fn kills_are_shared_by_the_lanes() {
        let arguments = TortureArguments {
            vendor: vec![FIRST.to_owned()],
            engine: Engines::Both,
            kills: 200,
            seed: 1,
            tickets: 100,
            round: 20,
            lanes: 3,
            short: false,
        };
        let plans = long(FIRST, Engine::Sqlite, &arguments);
        assert_eq!(
            plans.iter().map(|plan| plan.kills).collect::<Vec<_>>(),
            [67, 67, 66]
        );
        assert_eq!(
            short(FIRST, Engine::Postgres, 1)
                .iter()
                .map(|plan| plan.kills)
                .sum::<u32>(),
            6
        );
    }
}
