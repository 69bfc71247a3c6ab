//! Clocks that differ: the one that stamps a vendor's records from the one that dates its answers, and both from ours.

use domain::clock::UtcMillis;
use domain::settings::IntegrationSettings;
use domain::stream::Stream;
use serde_json::json;
use sync::request::RunMode;

use crate::portal::{Kind, Portal, Setup};
use crate::vendors::Desk;

on_every_vendor!(
    p3_a_change_is_found_whatever_stands_in_the_date,
    s1_the_floor_is_the_vendors_time_of_connection,
);

/// A proxy with the right time before an application that is an hour behind, and the other way round: what changes is
/// stamped by the one, asked for by the other, and found by the next incremental run.
async fn p3_a_change_is_found_whatever_stands_in_the_date(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    for ahead in [UtcMillis::HOUR, -UtcMillis::HOUR] {
        let portal = desk.portal(kind).await;
        portal.control.set_date_ahead(ahead);
        let id = portal.connected().await;
        portal.advance(10 * UtcMillis::MINUTE);
        portal.sync(id, RunMode::Incremental).await;
        let capability = desk.provider().capability;
        let by_change = |stream| capability.stream(stream).is_some_and(|one| one.incremental);
        for (stream, field, words) in desk.edits.iter().filter(|edit| by_change(edit.0)) {
            portal.advance(10 * UtcMillis::MINUTE);
            let all = portal.control.ids(desk.entity(*stream));
            let one = all[all.len() / 2];
            let edit = json!({ *field: words });
            portal.control.patch(desk.entity(*stream), one, edit);
            let run = portal.sync(id, RunMode::Incremental).await;
            let part = portal.part(&run, *stream).await;
            assert_eq!(part.counts.changed, 1, "{stream:?}, {ahead} ms");
            assert!(part.counts.fetched < 20, "{stream:?}: {:?}", part.counts);
        }
    }
}

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
