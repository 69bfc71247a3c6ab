//! Values that are not what they look like: of tickets that were opened again, of custom fields, and of
//! notes without a time or without a word about who may read them.

use connectors::page::Page;
use domain::record::{Batch, TicketNoteRecord, Visibility};
use domain::side_list::SideList;
use domain::stream::Stream;
use serde_json::{Value, json};
use simulator::Fault;

use super::projects::plan;
use super::{VENDOR, status};
use crate::vendor::{Vendor, ids, record, whole};

/// A ticket that is opened again still has the date it was closed at, and is open all the same.
pub async fn opened_again() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let entity = VENDOR.entity(Stream::Tickets);
    let id = control.create(
        entity,
        json!({ "summary": "Again", "company": {"id": control.ids("company/companies")[2]} }),
    );
    let closed_at = async |status: i64| {
        control.patch(entity, id, json!({ "status": {"id": status} }));
        let pages = whole(&*stand.connector(), Stream::Tickets).await;
        record(&pages.expect("pages"), &id.to_string())["closed_at"].clone()
    };
    assert_ne!(closed_at(110).await, Value::Null, "closed");
    assert_eq!(closed_at(102).await, Value::Null, "opened again");
    let sent = control.get(entity, id).expect("a ticket");
    assert_eq!(sent["closedFlag"], false);
    assert!(sent["closedDate"].is_string(), "{sent}");
    assert_ne!(closed_at(110).await, Value::Null, "closed again");
}

/// Custom fields of the type *Password* may come in clear; no value of one is in a record, and none of a button, which is none.
pub async fn passwords() {
    let stand = VENDOR.start().await;
    let connector = stand.connector();
    for stream in [Stream::Companies, Stream::Tickets] {
        let sent = stand.control().records(VENDOR.entity(stream), -1, 1_000);
        let sent = sent.expect("records");
        let fields = sent.iter().filter_map(|one| one["customFields"].as_array());
        let (hidden, others): (Vec<&Value>, Vec<&Value>) = fields
            .flatten()
            .filter(|field| field["value"].is_string())
            .partition(|field| {
                ["Password", "Button"].contains(&field["type"].as_str().unwrap_or_default())
            });
        assert!(hidden.len() > 5 && others.len() > 5, "{stream:?}");
        let pages = whole(&*connector, stream).await.expect("pages");
        let read: String = ids(&pages)
            .iter()
            .map(|id| record(&pages, id).to_string())
            .collect();
        for field in hidden {
            let value = field["value"].as_str().expect("a text");
            assert!(!read.contains(value), "{field}");
        }
        for field in others {
            let key = format!("udf:{}", field["caption"].as_str().expect("a caption"));
            assert!(read.contains(&key), "{key}");
        }
    }
}

/// Where the list of all notes tells no more than when they were changed, the list of the ticket's own notes is asked for
/// once; notes of time entries are dated by when the time began. An edit moves no note.
pub async fn undated_notes() {
    const OWN: &str = "service/tickets/notes";
    let stand = VENDOR.start().await;
    let control = stand.control();
    let entry = &control.records("time/entries", -1, 1).expect("entries")[0];
    let ticket = entry["chargeToId"].to_string();
    let read = async || {
        let page = stand.connector().ticket_notes(&ticket).await;
        let Batch::TicketNotes(notes) = page.expect("notes").batch else {
            panic!("notes")
        };
        notes
    };
    control.patch("screens/release", 1, json!({ "markedNotes": true }));
    let dated = read().await;
    assert!(dated.len() > 1);
    assert_eq!(stand.requests_about(OWN).len(), 0, "nothing is missing");
    control.patch("screens/release", 1, json!({ "bareNotes": true }));
    control.advance_clock(60_000);
    for note in control.records(OWN, -1, 100_000).expect("notes") {
        if note["ticketId"].as_i64() == ticket.parse().ok() {
            let id = note["id"].as_i64().expect("a number");
            control.patch(OWN, id, json!({ "text": "Edited" }));
        }
    }
    let bare = read().await;
    assert_eq!(stand.requests_about(OWN).len(), 1);
    assert!(bare.iter().any(|note| note.updated_at > note.created_at));
    assert_eq!(bare.len(), dated.len());
    for (bare, dated) in bare.iter().zip(&dated) {
        assert!(bare.created_at.is_some(), "{bare:?}");
        if !bare.external_id.contains('-') {
            assert_eq!(bare.created_at, dated.created_at, "{bare:?}");
        }
        assert_eq!(bare.describes, dated.describes, "{bare:?}");
    }
}

/// The list of all notes does not say which are internal; that of the ticket's own does, and is asked for once. Where it is
/// refused, or does not have a note, nobody at the client reads that one.
pub async fn internal_notes() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let service = control.ids("service/tickets")[0];
    for (own, ticket) in [
        ("service/tickets/notes", service),
        ("project/tickets/notes", plan(&stand, 1)[0]),
    ] {
        control.patch("screens/release", 1, json!({ "markedNotes": false }));
        let add = |internal: bool| {
            let note = json!({
                "ticketId": ticket, "text": format!("Internal: {internal}"), "detailDescriptionFlag": true,
                "internalAnalysisFlag": false, "internalFlag": internal,
            });
            control.create(own, note).to_string()
        };
        let (hidden, shown) = (add(true), add(false));
        let asked = || stand.requests_about(own).len();
        // Whether clients read the two.
        let read = async || {
            let page = stand.connector().ticket_notes(&ticket.to_string()).await;
            let Batch::TicketNotes(notes) = page.expect("notes").batch else {
                panic!("notes")
            };
            [&hidden, &shown].map(|id| {
                let note = notes.iter().find(|note| note.external_id == *id);
                let note = note.expect("listed");
                assert!(
                    note.visibility == Visibility::Public || !note.describes,
                    "{note:?}"
                );
                note.visibility == Visibility::Public
            })
        };
        let before = asked();
        assert_eq!(read().await, [false, true], "{own}");
        assert_eq!(asked() - before, 1, "{own}");
        let no_route = json!({"code": "ConnectWiseApi", "message": "The endpoint does not exist."});
        for refusal in [
            status(403, json!({"code": "Forbidden", "message": "No."})),
            status(404, no_route),
            status(200, json!([])),
        ] {
            control.set_fault(Fault::new(refusal).on_entity(own));
            assert_eq!(read().await, [false, false], "{own}");
            control.clear_faults();
        }
        let before = asked();
        control.patch("screens/release", 1, json!({ "markedNotes": true }));
        assert_eq!(read().await, [false, true], "{own}");
        assert_eq!(asked(), before, "it was said at once");
    }
}

fn notes_of(page: &Page) -> &[TicketNoteRecord] {
    let Batch::TicketNotes(notes) = &page.batch else {
        panic!("notes")
    };
    notes
}

/// Where the list of the ticket's own notes is refused, all notes come with what the other list tells. It is asked for once,
/// whatever the ticket, and the right is named; after a test of the connection it is asked for anew.
pub async fn refused_notes() {
    const OWN: &str = "service/tickets/notes";
    let stand = VENDOR.start().await;
    let control = stand.control();
    let release = json!({ "bareNotes": true, "markedNotes": false });
    control.patch("screens/release", 1, release);
    let tickets = control.ids("service/tickets");
    let tickets = &tickets[..3];
    for ticket in tickets {
        let note = json!({"ticketId": ticket, "text": "Fixed", "resolutionFlag": true});
        control.create(OWN, note);
    }
    let connector = stand.connector();
    let read = async |ticket: i64| {
        let page = connector.ticket_notes(&ticket.to_string()).await;
        page.expect("notes")
    };
    let asked = || stand.requests_about(OWN).len();
    let mut whole = Vec::new();
    for ticket in tickets {
        whole.push(read(*ticket).await);
    }
    let before = asked();
    assert_eq!(before, tickets.len());
    let forbidden = json!({"code": "Forbidden", "message": "No."});
    control.set_fault(Fault::new(status(403, forbidden)).on_entity(OWN));
    for (ticket, whole) in tickets.iter().zip(&whole) {
        assert_eq!(whole.beside, [], "nothing is missing");
        let page = read(*ticket).await;
        assert_eq!(notes_of(&page).len(), notes_of(whole).len());
        let mut undated = Vec::new();
        for (note, known) in notes_of(&page).iter().zip(notes_of(whole)) {
            if note.external_id.contains('-') {
                assert_eq!(note, known, "it is none of the ticket itself");
                continue;
            }
            let expected = TicketNoteRecord {
                visibility: Visibility::Internal,
                describes: false,
                created_at: known.updated_at,
                ..known.clone()
            };
            assert_eq!(note, &expected);
            undated.push(&note.external_id);
        }
        let [beside] = &page.beside[..] else {
            panic!("{:?}", page.beside)
        };
        assert_eq!(beside.list, SideList::OwnNotes);
        let right = beside.finding.missing.as_deref().unwrap_or_default();
        assert!(right.contains("Resource/Notes"), "{right}");
        undated.sort();
        let kept: Vec<&String> = beside.passed_over.iter().collect();
        assert_eq!(kept, undated);
    }
    assert_eq!(asked() - before, 1, "one tells for all");
    control.clear_faults();
    let report = connector.test_connection().await.expect("a report");
    let mut told = report.permissions.iter();
    let told = told.find(|one| one.area == "Ticket notes");
    assert!(told.is_some_and(|one| one.missing.is_none() && !one.required));
    assert_eq!(read(tickets[0]).await.batch, whole[0].batch);
}
