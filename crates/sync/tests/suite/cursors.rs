//! Cursors that an older version left behind.

use domain::clock::UtcMillis;
use domain::run::{RunState, Trigger};
use domain::stream::Stream;
use simulator::{Fault, FaultKind};
use store::runs::{self, StreamProgress};
use sync::request::{RunMode, request_sync};

use crate::portal::{Kind, Portal, Setup, ann};
use crate::vendors::Desk;

on_every_vendor!(a_cursor_nobody_can_read_begins_its_list_anew,);

/// A list that was being read when Portico was replaced is read from its beginning, and counted as if it had never begun.
async fn a_cursor_nobody_can_read_begins_its_list_anew(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    let setup = Setup {
        page_size: 8,
        ..desk.setup()
    };
    let portal = Portal::with(kind, setup).await;
    let id = portal.connected().await;
    let down = FaultKind::Status {
        code: 503,
        body: None,
        retry_after: None,
    };
    let contacts = desk.entity(Stream::Contacts);
    let down = Fault::new(down).on_entity(contacts).after(4);
    portal.control.set_fault(down);
    portal.advance(3 * UtcMillis::MINUTE);
    request_sync(&portal.engine, &ann(), id, Trigger::Resync, RunMode::Full)
        .await
        .expect("a request");
    portal.idle().await;
    let run = portal.last_run(id).await;
    let part = portal.part(&run, Stream::Contacts).await;
    assert!(part.cursor.is_some(), "{part:?}");
    assert!(part.counts.fetched > 0 && !part.state.is_over(), "{part:?}");

    let old = Some("contacts/7,12/page of an older version".to_owned());
    let mut tx = portal.store().begin().await.expect("a transaction");
    let progress = StreamProgress::at(old, part.phase);
    assert!(
        runs::save_progress(&mut tx, part.id, &progress)
            .await
            .expect("saved")
    );
    tx.commit().await.expect("kept");
    portal.control.clear_faults();
    portal.advance(UtcMillis::HOUR);
    portal.idle().await;

    let run = portal.last_run(id).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    let part = portal.part(&run, Stream::Contacts).await;
    let here = portal.present(id, Stream::Contacts).await.len();
    assert_eq!(
        (part.counts.fetched, part.counts.repeated, part.verified),
        (i64::try_from(here).expect("few"), 0, Some(true)),
        "{part:?}"
    );
}
