//! Reading what changed: exactly that, inclusive at the boundary, and what was deleted.

use connectors::Connector;
use domain::clock::UtcMillis;
use domain::record::Batch;
use domain::scope::Scope;
use domain::stream::{PullMode, Stream};

use crate::case::{Case, Claim};
use crate::vendor::{FULL, Vendor, capability, ids, record, walk, whole};

/// The cases of this area.
pub fn cases(vendor: &'static dyn Vendor) -> Vec<Case> {
    let mut cases = Vec::new();
    for claimed in capability(vendor)
        .streams
        .iter()
        .filter(|claimed| claimed.incremental)
    {
        let stream = claimed.stream;
        let case = if stream.is_deletion_feed() {
            Case::new(
                "incremental",
                format!("{}_tells", stream.key()),
                move || deletion(vendor, stream),
            )
        } else {
            let name = format!("{}_boundary", stream.key());
            cases.push(Case::new("incremental", name, move || {
                boundary(vendor, stream)
            }));
            Case::new(
                "incremental",
                format!("{}_changed", stream.key()),
                move || changed(vendor, stream),
            )
        };
        cases.push(case.proving([Claim::Incremental(stream)]));
    }
    cases.push(Case::new(
        "incremental",
        "a_floor_leaves_old_tickets_out",
        move || floor(vendor),
    ));
    cases
}

fn tells_total(vendor: &dyn Vendor, stream: Stream) -> bool {
    let claimed = capability(vendor).stream(stream);
    claimed.is_some_and(|claimed| claimed.total)
}

fn incremental(vendor: &dyn Vendor, stream: Stream) -> bool {
    let claimed = capability(vendor).stream(stream);
    claimed.is_some_and(|claimed| claimed.incremental)
}

async fn since(
    connector: &dyn Connector,
    stream: Stream,
    since: UtcMillis,
) -> Vec<connectors::page::Page> {
    walk(connector, stream, PullMode::Since { since }, 50)
        .await
        .expect("pages")
}

async fn changed(vendor: &'static dyn Vendor, stream: Stream) {
    let stand = vendor.start().await;
    let control = stand.control();
    let connector = stand.connector();
    control.advance_clock(UtcMillis::HOUR);
    let watermark = UtcMillis(control.now_ms());
    assert!(
        ids(&since(&*connector, stream, watermark).await).is_empty(),
        "nothing changed yet"
    );
    control.advance_clock(UtcMillis::MINUTE);
    let entity = vendor.entity(stream);
    let all = control.ids(entity);
    let touched = [all[all.len() / 3], all[all.len() / 2]];
    for id in touched {
        control.patch(entity, id, vendor.edit(stream));
    }
    let pages = since(&*connector, stream, watermark).await;
    let found = ids(&pages);
    assert_eq!(
        found,
        touched.map(|id| id.to_string()).into(),
        "what changed and nothing else"
    );
    let stamps: Vec<UtcMillis> = pages.iter().flat_map(|page| page.batch.changes()).collect();
    assert_eq!(stamps.len(), 2, "each tells when it changed");
    assert!(stamps.iter().all(|at| *at >= watermark), "{stamps:?}");
    let expected = whole(&*connector, stream).await.expect("pages");
    for id in &found {
        assert_eq!(
            record(&pages, id),
            record(&expected, id),
            "the same record as in a full run"
        );
    }
    let mode = PullMode::Since { since: watermark };
    let total = connector
        .total(stream, mode, &Scope::default())
        .await
        .expect("a total");
    assert_eq!(total, tells_total(vendor, stream).then_some(2));
}

/// Two records that changed in the same instant, and a watermark at exactly that instant: both come.
async fn boundary(vendor: &'static dyn Vendor, stream: Stream) {
    let stand = vendor.start().await;
    let control = stand.control();
    let connector = stand.connector();
    control.advance_clock(UtcMillis::HOUR);
    let entity = vendor.entity(stream);
    let all = control.ids(entity);
    let touched = [all[all.len() / 3], all[all.len() / 2]];
    for id in touched {
        control.patch(entity, id, vendor.edit(stream));
    }
    let pages = whole(&*connector, stream).await.expect("pages");
    let at = touched.map(|id| {
        UtcMillis(
            record(&pages, &id.to_string())["updated_at"]
                .as_i64()
                .expect("when it changed"),
        )
    });
    let found = ids(&since(&*connector, stream, at[0].min(at[1])).await);
    assert_eq!(
        found,
        touched.map(|id| id.to_string()).into(),
        "at the very instant"
    );
    let later = at[0].max(at[1]).plus(vendor.resolution());
    let found = ids(&since(&*connector, stream, later).await);
    assert!(found.is_empty(), "later: {found:?}");
}

async fn deletion(vendor: &'static dyn Vendor, stream: Stream) {
    let stand = vendor.start().await;
    let control = stand.control();
    let connector = stand.connector();
    control.advance_clock(UtcMillis::HOUR);
    let watermark = UtcMillis(control.now_ms());
    assert!(ids(&since(&*connector, stream, watermark).await).is_empty());
    let entity = vendor.deleted(stream);
    let id = control.ids(entity)[1];
    let ticket = match stream {
        Stream::DeletedTickets => id.to_string(),
        _ => {
            let pages = whole(&*connector, Stream::TicketNotes)
                .await
                .expect("notes");
            record(&pages, &id.to_string())["ticket_external_id"]
                .as_str()
                .expect("its ticket")
                .to_owned()
        }
    };
    control.delete(entity, id);
    let pages = since(&*connector, stream, watermark).await;
    let Batch::Deletions(entries) = &pages[0].batch else {
        panic!("deletions")
    };
    assert_eq!(entries.len(), 1);
    assert_eq!(
        entries[0].ticket_external_id.as_deref(),
        Some(ticket.as_str())
    );
    assert!(entries[0].deleted_at.is_some_and(|at| at >= watermark));
}

async fn floor(vendor: &'static dyn Vendor) {
    let stand = vendor.start().await;
    let connector = stand.connector();
    let pages = whole(&*connector, Stream::Tickets).await.expect("pages");
    let Batch::Tickets(all) = &pages[0].batch else {
        panic!("tickets")
    };
    let mut active: Vec<_> = all.iter().filter_map(|ticket| ticket.updated_at).collect();
    active.sort_unstable();
    let floor = active[active.len() / 2];
    let mode = PullMode::Full { floor: Some(floor) };
    let found = ids(&walk(&*connector, Stream::Tickets, mode, 50)
        .await
        .expect("pages"));
    let expected = all
        .iter()
        .filter(|ticket| ticket.updated_at.is_some_and(|at| at >= floor));
    assert_eq!(
        found,
        expected.map(|ticket| ticket.external_id.clone()).collect()
    );
    let total = connector
        .total(Stream::Tickets, mode, &Scope::default())
        .await
        .expect("a total");
    assert_eq!(
        total,
        tells_total(vendor, Stream::Tickets).then_some(found.len() as u64)
    );
    // What has no time of change knows no floor.
    if incremental(vendor, Stream::Technicians) {
        return;
    }
    let everybody = walk(&*connector, Stream::Technicians, mode, 50)
        .await
        .expect("pages");
    let whole = walk(&*connector, Stream::Technicians, FULL, 50)
        .await
        .expect("pages");
    assert_eq!(ids(&everybody), ids(&whole));
}
