//! Boards and what belongs to them, paging, recorded bodies.

use std::collections::BTreeSet;
use std::path::PathBuf;

use connectors::Connect;
use connectors::limits::Urgency;
use connectors::page::{Page, PageRequest};
use domain::record::{Batch, ContactRecord};
use domain::reference::{ReferenceItem, ReferenceKind};
use domain::scope::Scope;
use domain::stream::Stream;
use serde_json::{Value, json};
use simulator::{Fault, FaultKind};

use super::{VENDOR, status};
use crate::recorded;
use crate::vendor::{FULL, Vendor, ids, record, walk, whole};

pub async fn forward_only() {
    let stand = VENDOR.start().await;
    walk(&*stand.connector(), Stream::Tickets, FULL, 50)
        .await
        .expect("pages");
    let pages = stand.requests_about("service/tickets");
    let ids: Vec<_> = pages
        .iter()
        .map(|entry| entry.query.contains("pageId="))
        .collect();
    assert_eq!(ids, [false, true, true], "{pages:?}");
    assert!(pages.iter().all(|entry| !entry.query.contains("page=")));
}

/// Of many companies a hundred are asked about while a person waits, the others at night; and none is taken for one without.
pub async fn many_sites() {
    let stand = VENDOR.start().await;
    let entity = VENDOR.entity(Stream::Companies);
    for number in 0..300 {
        let name = format!("Company {number}");
        let company = json!({"identifier": format!("C{number}"), "name": name, "site": {"name": "Main"}});
        stand.control().create(entity, company);
    }
    let asked = || stand.requests_about("company/companies/sites").len();
    let read = async |urgency| {
        let connect = Connect {
            urgency,
            ..stand.connect()
        };
        let connector = connectors::build("connectwise_psa", connect).expect("a connector");
        let before = asked();
        let pages = walk(&*connector, Stream::Companies, FULL, 25).await;
        (pages.expect("pages"), asked() - before)
    };
    let (at_night, all) = read(Urgency::Background).await;
    assert!(all >= 300, "{all}");
    let told = |pages: &[Page], read| {
        let beside = pages.iter().flat_map(|page| &page.beside);
        beside.filter(|one| one.read == read).count()
    };
    assert_eq!(told(&at_night, false), 0);
    let (waited, some) = read(Urgency::Person).await;
    assert!((100..125).contains(&some), "{some}");
    assert!(told(&waited, true) >= 4 && told(&waited, false) >= 1);
    assert!(waited.len() < at_night.len(), "the others come in large pages");
    assert_eq!(ids(&waited), ids(&at_night));
    let beside = waited.iter().flat_map(|page| &page.beside);
    let missing = beside.filter(|one| one.finding.missing.is_some());
    assert_eq!(missing.count(), 0, "no right is missing");
}

/// Of more companies than a night asks about, each has its turn after some nights, and the others keep what is stored.
pub async fn sites_by_turns() {
    let stand = VENDOR.start().await;
    let entity = VENDOR.entity(Stream::Companies);
    for number in 0..2_050 {
        let name = format!("Company {number}");
        let company = json!({"identifier": format!("C{number}"), "name": name, "site": {"name": "Main"}});
        stand.control().create(entity, company);
    }
    let connect = Connect {
        urgency: Urgency::Background,
        ..stand.connect()
    };
    let night = async || {
        let connector = connectors::build("connectwise_psa", connect.clone());
        let connector = connector.expect("a connector");
        let pages = walk(&*connector, Stream::Companies, FULL, 25).await;
        let pages = pages.expect("pages");
        let with_sites = pages.iter().flat_map(|page| {
            let Batch::Companies(companies) = &page.batch else {
                panic!("companies")
            };
            let over = page.beside.iter().flat_map(|one| &one.passed_over);
            let over: BTreeSet<&String> = over.collect();
            let active = companies.iter().filter(|one| one.active);
            let asked = active.filter(move |one| !over.contains(&one.external_id));
            asked.map(|one| one.external_id.clone())
        });
        (with_sites.collect::<BTreeSet<String>>(), pages)
    };
    let asked = || stand.requests_about("company/companies/sites").len();
    let (first, pages) = night().await;
    let requests = asked();
    assert_eq!(requests, first.len(), "nobody else is asked about");
    assert!((900..1_200).contains(&requests), "{requests}");
    assert!(pages.len() < 60, "as many sites to a page: {}", pages.len());
    stand.control().advance_clock(domain::clock::UtcMillis::DAY);
    let (second, _) = night().await;
    assert!(first.is_disjoint(&second), "the others");
    let all: usize = pages
        .iter()
        .map(|page| match &page.batch {
            Batch::Companies(companies) => companies.iter().filter(|one| one.active).count(),
            _ => 0,
        })
        .sum();
    assert_eq!(first.len() + second.len(), all, "after two nights each");
}

pub async fn deleted_companies() {
    let stand = VENDOR.start().await;
    let entity = VENDOR.entity(Stream::Companies);
    let id = stand.control().ids(entity)[1];
    stand
        .control()
        .patch(entity, id, json!({ "deletedFlag": true }));
    let pages = whole(&*stand.connector(), Stream::Companies)
        .await
        .expect("pages");
    let company = record(&pages, &id.to_string());
    assert_eq!(
        (&company["active"], &company["fields"]["deleted"]),
        (&json!(false), &json!(true))
    );
}

/// A company is inactive by the name of its status, or by one out of use.
pub async fn inactive_companies() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let statuses = control
        .records("company/companies/statuses", 0, 100)
        .expect("statuses");
    let entity = VENDOR.entity(Stream::Companies);
    let companies = control.ids(entity);
    let mut seen = BTreeSet::new();
    for (status, company) in statuses.iter().zip(&companies[1..]) {
        let fields = json!({ "status": { "id": status["id"] }, "deletedFlag": false });
        control.patch(entity, *company, fields);
    }
    let pages = whole(&*stand.connector(), Stream::Companies)
        .await
        .expect("pages");
    for (status, company) in statuses.iter().zip(&companies[1..]) {
        let active = record(&pages, &company.to_string())["active"] == true;
        let expected = status["name"] != "Inactive" && status["inactiveFlag"] == false;
        assert_eq!(active, expected, "{status}");
        seen.insert((status["name"] == "Inactive", active));
    }
    assert_eq!(seen.len(), 3, "by name, by flag, and not at all: {seen:?}");
}

/// A table the member may not see costs only itself.
pub async fn without_a_table() {
    let stand = VENDOR.start().await;
    for entity in ["service/sources", "company/contacts/types"] {
        stand.control().set_security(entity, "query", "None");
    }
    let items = stand.connector().reference_data().await.expect("the rest");
    let has = |kind| items.iter().any(|item| item.kind == kind);
    assert!(has(ReferenceKind::CompanyType) && has(ReferenceKind::TicketPriority));
    assert!(has(ReferenceKind::OpportunityStage) && has(ReferenceKind::Queue));
    assert!(!has(ReferenceKind::TicketSource) && !has(ReferenceKind::ContactType));
}

/// The vendor may give two boards the same status id; each is a status of its own.
pub async fn same_id_in_two_boards() {
    let stand = VENDOR.start().await;
    let of = |board: i64| {
        json!([
            { "id": 7, "name": format!("New on {board}"), "board": { "id": board }, "sortOrder": 1 },
            { "id": 8, "name": ">Closed", "board": { "id": board }, "sortOrder": 2, "closedStatus": true, "inactive": board == 2 },
        ])
    };
    for board in [1, 2] {
        stand.control().set_fault(
            Fault::new(status(200, of(board))).on_path(&format!("service/boards/{board}/statuses")),
        );
    }
    let items = stand
        .connector()
        .reference_data()
        .await
        .expect("reference data");
    let statuses: Vec<_> = items
        .iter()
        .filter(|item| item.kind == ReferenceKind::TicketStatus)
        .filter(|item| matches!(item.parent.as_deref(), Some("1" | "2")))
        .map(|item| {
            (
                item.external_id.as_str(),
                item.label.as_str(),
                item.active,
                item.closes,
            )
        })
        .collect();
    assert_eq!(
        statuses,
        [
            ("1/7", "New on 1", true, false),
            ("1/8", ">Closed", true, true),
            ("2/7", "New on 2", true, false),
            ("2/8", ">Closed", false, true),
        ]
    );
    let unused = |item: &&ReferenceItem| item.kind == ReferenceKind::Queue && !item.active;
    let unused: Vec<&str> = items
        .iter()
        .filter(unused)
        .map(|item| item.external_id.as_str())
        .collect();
    let on_it = |item: &&ReferenceItem| {
        let board = item.parent.as_deref();
        board.is_some_and(|board| unused.contains(&board))
    };
    let on_it: Vec<&ReferenceItem> = items.iter().filter(on_it).collect();
    assert!(on_it.len() > 5, "of boards out of use");
    assert!(on_it.iter().all(|item| !item.active), "no choice either");
}

pub async fn many_statuses() {
    let stand = VENDOR.start().await;
    let page = |number: i64| -> Value {
        (0..1_000)
            .map(|place| json!({ "id": number * 1_000 + place, "name": format!("Status {place}") }))
            .collect()
    };
    // The fault planned first wins, and the address of page 1 is a part of those of pages 10 and 11.
    for number in (1..=11).rev() {
        let path = format!("boards/1/statuses?pageSize=1000&page={number}");
        let answer = if number == 11 {
            json!([])
        } else {
            page(number)
        };
        stand
            .control()
            .set_fault(Fault::new(status(200, answer)).on_path(&path));
    }
    let items = stand
        .connector()
        .reference_data()
        .await
        .expect("reference data");
    let ids: BTreeSet<_> = items
        .iter()
        .filter(|item| item.kind == ReferenceKind::TicketStatus)
        .filter(|item| item.parent.as_deref() == Some("1"))
        .map(|item| &item.external_id)
        .collect();
    assert_eq!(ids.len(), 10_000);
}

/// A page of notes that is capped says by its header that more follow; notes of meetings are among them.
pub async fn capped_notes() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let ticket = control.ids("service/tickets")[0];
    let mut expected = VENDOR.notes_of(control, ticket);
    for n in 0..5 {
        let note = json!({"ticketId": ticket, "text": format!("Met {n}"), "internalAnalysisFlag": true});
        let id = control.create("screens/meetingnotes", note);
        expected.insert(format!("MeetingNote-{id}"));
    }
    let entity = "service/tickets/allnotes";
    control.set_fault(Fault::new(FaultKind::CapPage { max: 2 }).on_entity(entity));
    let connector = stand.connector();
    let page = connector.ticket_notes(&ticket.to_string()).await;
    let page = page.expect("notes");
    let Batch::TicketNotes(notes) = &page.batch else {
        panic!("notes")
    };
    let mut read: BTreeSet<String> = notes.iter().map(|note| note.external_id.clone()).collect();
    // The one that is the ticket's description is no note.
    let missing: Vec<&String> = expected.difference(&read).collect();
    assert!(missing.len() <= 1, "{missing:?}");
    read.extend(missing.into_iter().cloned().collect::<Vec<_>>());
    assert_eq!(read, expected);
    assert!(stand.requests_about(entity).len() > 3);
}

pub async fn renamed_board() {
    let stand = VENDOR.start().await;
    let connector = stand.connector();
    let name = |items: Vec<ReferenceItem>| {
        let board = items
            .into_iter()
            .find(|item| item.kind == ReferenceKind::Queue && item.external_id == "1");
        board.expect("board 1").label
    };
    assert_eq!(
        name(connector.reference_data().await.expect("items")),
        "Help Desk"
    );
    stand
        .control()
        .patch("service/boards", 1, json!({ "name": "Service Desk" }));
    assert_eq!(
        name(connector.reference_data().await.expect("items")),
        "Service Desk",
        "the same id under its new name"
    );
}

pub async fn without_opportunities() {
    let stand = VENDOR.start().await;
    for entity in [
        "sales/stages",
        "sales/opportunities/statuses",
        "system/members",
    ] {
        stand.control().set_security(entity, "query", "None");
    }
    let items = stand.connector().reference_data().await.expect("the rest");
    let has = |kind| items.iter().any(|item| item.kind == kind);
    assert!(has(ReferenceKind::TicketStatus) && has(ReferenceKind::CompanyStatus));
    assert!(!has(ReferenceKind::OpportunityStage) && !has(ReferenceKind::Owner));
}

/// Bodies recorded from live tenants that hold contacts.
const RECORDED: [&str; 5] = [
    "contact-one.json",
    "contacts-by-ids.json",
    "contacts-list.json",
    "contact-with-communications.json",
    "contact-post-response.json",
];

/// Bodies recorded from live tenants, where `PORTICO_SPECS` names their folder: every record is read, and what the
/// catalogue names arrives.
pub async fn recorded_contacts() {
    let folder = std::env::var_os("PORTICO_SPECS").map(PathBuf::from);
    let folder = folder
        .expect("it is not run without")
        .join("connectwise-psa/examples");
    for file in RECORDED {
        let text = std::fs::read_to_string(folder.join(file)).expect("a file");
        let body: Value = serde_json::from_str(&text).expect("JSON");
        let contacts = if body.is_array() { body } else { json!([body]) };
        let stand = VENDOR.start().await;
        stand
            .control()
            .set_fault(Fault::new(status(200, contacts.clone())).on_path("company/contacts?"));
        let scope = Scope::default();
        let request = PageRequest {
            stream: Stream::Contacts,
            mode: FULL,
            cursor: None,
            scope: &scope,
            page_size: 500,
        };
        let page = stand.connector().list_page(request).await.expect("a page");
        let Batch::Contacts(mapped) = &page.batch else {
            panic!("contacts")
        };
        let raw = contacts.as_array().expect("a list");
        assert_eq!(
            (mapped.len(), page.unreadable.len()),
            (raw.len(), 0),
            "{file}"
        );
        for (contact, raw) in mapped.iter().zip(raw) {
            arrives_whole(contact, raw, file);
        }
    }
}

/// What a recorded contact has and the catalogue names stands in our record.
fn arrives_whole(contact: &ContactRecord, raw: &Value, file: &str) {
    let items = raw["communicationItems"].as_array();
    let emails = items.into_iter().flatten().filter_map(|item| {
        (item["communicationType"] == "Email").then(|| item["value"].as_str())?
    });
    let emails: Vec<_> = emails.collect();
    assert_eq!(contact.email.is_some(), !emails.is_empty(), "{file}: {raw}");
    assert!(
        contact
            .email
            .as_deref()
            .is_none_or(|email| emails.contains(&email))
    );
    assert_eq!(
        contact.title.as_deref(),
        raw["title"].as_str().filter(|text| !text.is_empty()),
        "{file}"
    );
    let record = serde_json::to_value(contact).expect("JSON");
    let found = recorded::arrives_whole(VENDOR, Stream::Contacts, "Contact", raw, &record);
    assert!(found > 1, "{file}: only {found} fields were looked at");
}
