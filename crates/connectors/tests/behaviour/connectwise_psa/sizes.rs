//! Servers that make no pages as large as others do.

use connectors::ErrorKind;
use domain::stream::Stream;
use serde_json::json;
use simulator::{Fault, FaultKind};

use super::{VENDOR, status};
use crate::vendor::{FULL, Stand, Vendor, ids, walk};

/// How the vendor refuses the size of a page.
fn refused() -> FaultKind {
    let message = "pageSize must be between 1 and 250.";
    let issue =
        json!({ "code": "OutOfRange", "message": message, "resource": "", "field": "pageSize" });
    status(
        400,
        json!({ "code": "InvalidArgument", "message": message, "errors": [issue] }),
    )
}

fn refusals(stand: &Stand) -> usize {
    let journal = stand.control().journal();
    journal.iter().filter(|entry| entry.status == 400).count()
}

/// An older server refuses pages of a thousand and of five hundred: all is read by smaller ones, which are asked for from the
/// beginning once that is known.
pub async fn older_servers() {
    let stand = VENDOR.start().await;
    let usual = stand.connector();
    let items = usual.reference_data().await.expect("reference data");
    let tickets = walk(&*usual, Stream::Tickets, FULL, 500).await;
    let tickets = ids(&tickets.expect("pages"));
    for size in [1_000, 500] {
        let path = format!("pageSize={size}");
        stand
            .control()
            .set_fault(Fault::new(refused()).on_path(&path));
    }
    let connector = stand.connector();
    let pages = walk(&*connector, Stream::Tickets, FULL, 500).await;
    let pages = pages.expect("pages");
    assert_eq!(ids(&pages), tickets);
    assert!(pages.iter().all(|page| page.oddity.is_none()));
    assert_eq!(refusals(&stand), 1, "the first page of five hundred");
    let read = connector.reference_data().await.expect("reference data");
    assert_eq!(read, items);
    assert_eq!(refusals(&stand), 1, "it is known by now");
    // One of another process that begins with the tables finds out there.
    let other = stand.connector();
    assert_eq!(other.reference_data().await.expect("the same"), items);
    let ticket = tickets.first().expect("one");
    other.ticket_notes(ticket).await.expect("notes");
    let known = refusals(&stand);
    assert!(known > 1);
    other.reference_data().await.expect("the same");
    assert_eq!(refusals(&stand), known);
}

/// What a connector found out the next one of the process knows: each part of a run and each ticket's notes have their own.
/// Other connections find out for themselves.
pub async fn size_shared() {
    let stand = VENDOR.start().await;
    for size in [1_000, 500] {
        let path = format!("pageSize={size}");
        stand
            .control()
            .set_fault(Fault::new(refused()).on_path(&path));
    }
    let connect = stand.connect();
    let another = || connectors::build("connectwise_psa", connect.clone()).expect("a connector");
    let before = another();
    let tickets = walk(&*another(), Stream::Tickets, FULL, 500).await;
    let tickets = ids(&tickets.expect("pages"));
    assert_eq!(refusals(&stand), 1);
    let ticket = tickets.first().expect("one");
    for connector in [another(), before] {
        connector.ticket_notes(ticket).await.expect("notes");
        connector.reference_data().await.expect("tables");
        assert_eq!(refusals(&stand), 1, "it is known by now");
    }
    let walked = walk(&*stand.connector(), Stream::Tickets, FULL, 500).await;
    assert_eq!(ids(&walked.expect("pages")), tickets);
    assert_eq!(refusals(&stand), 2, "with a memory of its own");
}

/// Where no size will do, the server is asked a few times and no more.
pub async fn no_size_will_do() {
    let stand = VENDOR.start().await;
    stand
        .control()
        .set_fault(Fault::new(refused()).on_path("pageSize="));
    let error = walk(&*stand.connector(), Stream::Tickets, FULL, 500).await;
    let error = error.expect_err("no page");
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(error.message.contains("pageSize must be"), "{error:?}");
    assert_eq!(refusals(&stand), 4, "500, 250, 125, 62");
}
