//! Crashes: workers are dropped in the middle of whatever they do, processes start again, the vendor misbehaves; in
//! the end exactly the vendor's records are here (rules P2, P6, S6). The long form is `cargo xtask torture`.

use std::time::Duration;

use domain::clock::UtcMillis;
use domain::run::{RunState, Trigger};
use serde_json::json;
use simulator::{Fault, FaultKind};
use sync::request::{RunMode, request_sync};

use crate::portal::{Kind, Portal, ann};

on_both_engines! {
    p2_crashes_at_any_moment_lose_and_double_nothing,
}

/// A number that looks random and is the same in every run of the test.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

async fn p2_crashes_at_any_moment_lose_and_double_nothing(kind: Kind) {
    let mut portal = Portal::start(kind).await;
    let mut dice = Dice(0x5eed_1234_abcd);
    let id = portal.connect().await;
    portal
        .control
        .set_fault(Fault::new(FaultKind::Delay { ms: 8 }).probability(0.5));
    for fault in [
        FaultKind::Cut,
        FaultKind::Html,
        FaultKind::Malformed,
        FaultKind::DuplicateRecord,
    ] {
        portal
            .control
            .set_fault(Fault::new(fault).on_path("/query").probability(0.04));
    }
    let mut crashes = 0;
    for round in 0..60 {
        let engine = portal.engine.clone();
        let work = tokio::spawn(async move { engine.run_until_idle().await });
        tokio::time::sleep(Duration::from_millis(20 + dice.roll(180))).await;
        crashes += usize::from(!work.is_finished());
        work.abort();
        let _aborted = work.await;
        let tickets = portal.control.ids("Tickets");
        let ticket = tickets[usize::try_from(dice.roll(tickets.len() as u64)).expect("small")];
        match round % 6 {
            0 => portal.control.patch(
                "Tickets",
                ticket,
                json!({ "title": format!("Changed in round {round}") }),
            ),
            3 => portal.control.delete("Tickets", ticket),
            _ => {}
        }
        portal.restart().await;
        // What the dead process held comes back: at once on SQLite, after its lease on PostgreSQL.
        portal.engine.take_back_own().await.expect("the reaper");
        portal.advance(16 * UtcMillis::SECOND);
        portal.engine.reap().await.expect("the reaper");
        if portal.last_run(id).await.state.is_over() {
            portal.advance(3 * UtcMillis::MINUTE);
            let mode = if dice.roll(3) == 0 {
                RunMode::Full
            } else {
                RunMode::Incremental
            };
            request_sync(&portal.engine, &ann(), id, Trigger::Resync, mode)
                .await
                .expect("a request");
        }
    }
    assert!(
        crashes > 20,
        "{crashes} workers were dropped while they worked"
    );
    portal.control.clear_faults();
    for _ in 0..12 {
        portal.advance(31 * UtcMillis::MINUTE);
        portal.idle().await;
    }
    portal.sync(id, RunMode::Incremental).await;
    portal.assert_same(id).await;
    portal.sync(id, RunMode::Full).await;
    let last = portal.last_run(id).await;
    assert!(
        matches!(last.state, RunState::Completed | RunState::Partial),
        "{:?}",
        last.message
    );
    portal.assert_equal(id).await;
}
