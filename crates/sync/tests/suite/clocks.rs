//! Clocks that differ: the one that stamps a vendor's records from the one that dates its answers, and both from ours.

use domain::clock::UtcMillis;
use domain::settings::IntegrationSettings;
use domain::stream::Stream;
use serde_json::json;
use sync::request::RunMode;

use crate::portal::{Kind, Portal, Setup};
use crate::vendors::Desk;

on_every_vendor!(s1_the_floor_is_the_vendors_time_of_connection,);

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
