//! Clocks that differ: the one that stamps a vendor's records from the one that dates its answers, and both from ours.

use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::run::RunState;
use domain::settings::IntegrationSettings;
use domain::stream::Stream;
use serde_json::json;
use sync::request::RunMode;

use crate::portal::{Kind, Portal, Setup};
use crate::vendors::Desk;

on_every_vendor!(
    sqlite:
    s1_the_floor_is_the_vendors_time_of_connection,
    p3_stamps_of_another_clock_lose_no_change,
    p3_a_clock_that_is_set_is_measured_anew,
);

/// *Initial import* off: what was last active before the connection stays out, what is active after it stays under the
/// eyes of full runs, whichever way our clock is off.
async fn s1_the_floor_is_the_vendors_time_of_connection(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    let tickets = desk.entity(Stream::Tickets);
    for ahead in [UtcMillis::HOUR, -UtcMillis::HOUR] {
        let settings = IntegrationSettings {
            initial_import: false,
            ..IntegrationSettings::default()
        };
        let setup = Setup {
            settings: Some(settings),
            ahead,
            ..desk.setup()
        };
        let portal = Portal::with(kind, setup).await;
        let [before, after] = [0, 1].map(|place| portal.control.ids(tickets)[place]);
        let touch = |ticket, words: &str| {
            let title = json!({ desk.title: words });
            portal.control.patch(tickets, ticket, title);
        };
        touch(before, "Before");
        portal.advance(20 * UtcMillis::MINUTE);
        let id = portal.connected().await;
        let here = || async { portal.present(id, Stream::Tickets).await };
        assert!(here().await.is_empty(), "our clock {ahead} ms ahead");
        portal.advance(10 * UtcMillis::MINUTE);
        touch(after, "After");
        for mode in [RunMode::Incremental, RunMode::Full] {
            portal.sync(id, mode).await;
            assert_eq!(here().await, [after.to_string()].into(), "{mode:?}");
        }
        portal.control.delete(tickets, after);
        portal.sync(id, RunMode::Full).await;
        assert!(here().await.is_empty(), "gone there, gone here");
    }
}

/// Streams the vendor lists by change, with the vendor's entity and a field that a person edits.
fn by_change(desk: &'static Desk) -> Vec<(Stream, &'static str, &'static str)> {
    let streams = desk.provider().capability.streams.iter();
    let incremental = streams.filter(|stream| stream.incremental);
    incremental
        .filter_map(|claimed| {
            let edit = desk.edits.iter().find(|(of, ..)| *of == claimed.stream)?;
            Some((claimed.stream, desk.entity(claimed.stream), edit.1))
        })
        .collect()
}

/// One record of each such stream changes; the next sync brings exactly that.
async fn change_and_find(portal: &Portal, id: IntegrationId, desk: &'static Desk, turn: usize) {
    for (_, entity, field) in by_change(desk) {
        let all = portal.control.ids(entity);
        let words = json!({ field: format!("Turn {turn}") });
        portal
            .control
            .patch(entity, all[(2 + turn) % all.len()], words);
    }
    let run = portal.sync(id, RunMode::Incremental).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    for (stream, ..) in by_change(desk) {
        let counts = portal.part(&run, stream).await.counts;
        assert_eq!(counts.changed, 1, "{stream:?}, turn {turn}: {counts:?}");
    }
}

/// A tenant whose records are stamped an hour behind the date of its answers, or an hour ahead of it: each change comes
/// with the next sync, once, and when nothing changes nothing is asked for twice.
async fn p3_stamps_of_another_clock_lose_no_change(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    assert!(!by_change(desk).is_empty(), "it lists something by change");
    let mut idle = Vec::new();
    for ahead in [0, UtcMillis::HOUR, -UtcMillis::HOUR] {
        let portal = desk.portal(kind).await;
        portal.control.set_date_ahead(ahead);
        let id = portal.connected().await;
        // Beyond the hour, in steps that are longer than the overlap.
        for turn in 0..5 {
            portal.advance(16 * UtcMillis::MINUTE);
            change_and_find(&portal, id, desk, turn).await;
        }
        // Long enough for what is ahead to be behind, and for the overlap.
        portal.advance(2 * UtcMillis::HOUR);
        portal.sync(id, RunMode::Incremental).await;
        portal.advance(10 * UtcMillis::MINUTE);
        let run = portal.sync(id, RunMode::Incremental).await;
        let mut requests = Vec::new();
        for (stream, ..) in by_change(desk) {
            let counts = portal.part(&run, stream).await.counts;
            assert_eq!(counts.fetched, 0, "{stream:?}, {ahead} ms: {counts:?}");
            requests.push(counts.requests);
        }
        idle.push(requests);
    }
    assert_eq!(
        [&idle[1], &idle[2]],
        [&idle[0]; 2],
        "as with clocks that agree"
    );
}

/// Stamps that begin to lag show nothing to who asks by them. A run that reads everything measures the lag anew.
async fn p3_a_clock_that_is_set_is_measured_anew(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    let portal = desk.portal(kind).await;
    let id = portal.connected().await;
    portal.advance(10 * UtcMillis::MINUTE);
    change_and_find(&portal, id, desk, 0).await;
    portal.control.set_date_ahead(UtcMillis::HOUR);
    portal.sync(id, RunMode::Full).await;
    for turn in 1..4 {
        portal.advance(10 * UtcMillis::MINUTE);
        change_and_find(&portal, id, desk, turn).await;
    }
}
