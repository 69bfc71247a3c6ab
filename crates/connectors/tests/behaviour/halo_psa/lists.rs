//! What is particular about Halo's records.

use std::collections::BTreeSet;

use connectors::ErrorKind;
use connectors::connector::Fetched;
use domain::record::{Batch, Visibility};
use domain::reference::ReferenceKind;
use domain::scope::Scope;
use domain::side_list::SideList;
use domain::stream::Stream;
use serde_json::{Value, json};
use simulator::{Fault, FaultKind};

use super::HaloPsa;
use crate::vendor::{FULL, Vendor, batch_ids, ids, ids_of, record, whole};

pub async fn other_release() {
    let stand = HaloPsa.start().await;
    let connector = stand.connector();
    let mut before = Vec::new();
    let streams = [
        Stream::Companies,
        Stream::Technicians,
        Stream::Contacts,
        Stream::Tickets,
        Stream::Opportunities,
    ];
    for stream in streams {
        before.push(whole(&*connector, stream).await.expect("pages"));
    }
    let lists = connector.reference_data().await.expect("reference data");
    stand.control().set_zone_moved(true);
    let connector = stand.connector();
    for (stream, before) in streams.into_iter().zip(before) {
        let after = whole(&*connector, stream).await.expect("pages");
        let batches = |pages: Vec<connectors::page::Page>| -> Vec<Batch> {
            pages.into_iter().map(|page| page.batch).collect()
        };
        assert_eq!(batches(after), batches(before), "{}", stream.key());
    }
    assert_eq!(
        connector.reference_data().await.expect("reference data"),
        lists
    );
}

pub async fn no_contacts() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let all = control.records("users", -1, 10_000).expect("users");
    let pages = whole(&*stand.connector(), Stream::Contacts)
        .await
        .expect("pages");
    let contacts = ids(&pages);
    let mut left_out = 0;
    for user in all {
        let person = user["name"] != "General User"
            && user["isserviceaccount"] == false
            && user["linked_agent_id"] == 0;
        assert_eq!(contacts.contains(&user["id"].to_string()), person, "{user}");
        left_out += usize::from(!person);
    }
    assert!(left_out > 10);
    let agents = whole(&*stand.connector(), Stream::Technicians)
        .await
        .expect("pages");
    let Batch::Technicians(agents) = &agents[0].batch else {
        panic!("agents")
    };
    assert!(
        agents.iter().all(|agent| agent.external_id != "1"),
        "nobody is no agent"
    );
    assert_eq!(agents.iter().filter(|agent| !agent.person).count(), 1);
    assert_eq!(agents.iter().filter(|agent| !agent.active).count(), 1);
}

pub async fn main_contacts() {
    let stand = HaloPsa.start().await;
    let connector = stand.connector();
    let pages = whole(&*connector, Stream::Contacts).await.expect("pages");
    let Batch::Contacts(contacts) = &pages[0].batch else {
        panic!("contacts")
    };
    let mut clients = BTreeSet::new();
    for contact in contacts.iter().filter(|contact| contact.primary) {
        assert!(
            clients.insert(contact.company_external_id.clone()),
            "one for each client"
        );
    }
    assert!(clients.len() > 8, "{}", clients.len());
    let pages = whole(&*connector, Stream::Companies).await.expect("pages");
    let Batch::Companies(companies) = &pages[0].batch else {
        panic!("companies")
    };
    let known = companies.iter().filter(|company| company.street.is_some());
    assert!(known.count() > 8);
    let unknown = record(&pages, "1");
    assert_eq!(
        (&unknown["active"], &unknown["fields"]["built_in"]),
        (&json!(false), &json!(true))
    );
}

/// The product may count its own entries among the actions it does not send.
pub async fn more_counted_than_sent() {
    let stand = HaloPsa.start().await;
    let ticket = stand.control().ids("tickets")[5];
    let body = json!({"ticket_id": ticket, "record_count": 3, "actions": [
        {"id": 2, "ticket_id": ticket, "outcome": "Note", "note": "Seen to", "hiddenfromuser": false},
    ]});
    let answer = FaultKind::Status {
        code: 200,
        body: Some(body),
        retry_after: None,
    };
    stand
        .control()
        .set_fault(Fault::new(answer).on_entity("actions"));
    let page = stand
        .connector()
        .ticket_notes(&ticket.to_string())
        .await
        .expect("what came is kept");
    assert_eq!(batch_ids(&page.batch), [format!("{ticket}-2")]);
    assert!(
        page.oddity
            .is_some_and(|oddity| oddity.contains("counts 3"))
    );
    let asked = stand.requests_about("actions");
    assert_eq!(asked.len(), 2, "once more for all of them");
}

pub async fn comments() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let ticket = control.ids("tickets")[5];
    for (text, hidden) in [("For all to see", false), ("Among us", true)] {
        control.create(
            "actions",
            json!({"ticket_id": ticket, "outcome_id": 2, "note": text, "hiddenfromuser": hidden}),
        );
    }
    let page = stand
        .connector()
        .ticket_notes(&ticket.to_string())
        .await
        .expect("notes");
    let Batch::TicketNotes(notes) = &page.batch else {
        panic!("notes")
    };
    let of = |text: &str| {
        let found = notes.iter().find(|note| note.body.text.contains(text));
        found.unwrap_or_else(|| panic!("no {text}")).visibility
    };
    assert_eq!(of("For all to see"), Visibility::Public);
    assert_eq!(of("Among us"), Visibility::Internal);
    // The same id stands in every ticket; ours do not clash.
    let other = control.ids("tickets")[6];
    let elsewhere = stand
        .connector()
        .ticket_notes(&other.to_string())
        .await
        .expect("notes");
    let here = batch_ids(&page.batch);
    assert!(
        batch_ids(&elsewhere.batch)
            .iter()
            .all(|id| !here.contains(id))
    );
}

/// An agent who may see no actions is told of none; a ticket that nobody wrote to has its *Ticket Logged* still, unless
/// somebody took that away too, which is no missing right.
pub async fn hidden_comments() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let client = control.ids("client")[3];
    // The product itself writes *Ticket Logged* to each.
    let fields = json!({
        "summary": "Quiet", "details": "Nothing yet", "client_id": client, "tickettype_id": 1,
    });
    let quiet = control.create("tickets", fields);
    let notes = |ticket: i64| {
        let connector = stand.connector();
        async move { connector.ticket_notes(&ticket.to_string()).await }
    };
    assert!(notes(quiet).await.expect("none").batch.is_empty());
    let report = stand.connector().test_connection().await.expect("a report");
    assert_eq!(report.missing_required().count(), 0, "{report:?}");
    let stripped = control.ids("tickets")[7];
    for action in control.ids("actions") {
        let record = control.get("actions", action).expect("an action");
        if record["ticket_id"].as_i64() == Some(stripped) {
            control.delete("actions", action);
        }
    }
    assert!(notes(stripped).await.expect("none").batch.is_empty());
    control.set_security("actions", "query", "Restricted");
    let error = notes(quiet).await.expect_err("hidden");
    assert_eq!(error.kind, ErrorKind::PermissionDenied, "{error}");
    assert!(
        notes(987_654_321)
            .await
            .expect("not there")
            .batch
            .is_empty()
    );
    let report = stand.connector().test_connection().await.expect("a report");
    let missing: Vec<_> = report.missing_required().collect();
    assert_eq!(missing.len(), 1, "{report:?}");
    assert_eq!(missing[0].area, "Ticket notes");
}

/// Where lists leave closed ones out unless they are asked for, they are asked for: in whole lists, for what changed, and one
/// by one.
pub async fn closed_too() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let connector = stand.connector();
    let mut all = Vec::new();
    for stream in [Stream::Tickets, Stream::Opportunities] {
        all.push(ids_of(control, HaloPsa.entity(stream)));
    }
    let rows = control.records("tickets", -1, 1_000).expect("tickets");
    let listed = |row: &Value| all[0].contains(&row["id"].to_string());
    let mut rows = rows.iter();
    let closed = rows.find(|row| row["hasbeenclosed"] == true && listed(row));
    let closed = closed.and_then(|row| row["id"].as_i64()).expect("one");
    control.patch("instanceinfo", 1, json!({ "open_lists": true }));
    for (stream, all) in [Stream::Tickets, Stream::Opportunities]
        .into_iter()
        .zip(all)
    {
        let pages = whole(&*connector, stream).await.expect("pages");
        assert_eq!(ids(&pages), all, "{stream:?}");
    }
    let one = connector.fetch(Stream::Tickets, &closed.to_string()).await;
    let one = one.expect("an answer");
    assert!(matches!(one, Fetched::Record(..)), "{one:?}");
}

pub async fn sales() {
    let stand = HaloPsa.start().await;
    let connector = stand.connector();
    let tickets = ids(&whole(&*connector, Stream::Tickets).await.expect("pages"));
    let sales = ids(&whole(&*connector, Stream::Opportunities)
        .await
        .expect("pages"));
    assert!(!sales.is_empty() && tickets.is_disjoint(&sales));
    assert_eq!(tickets, ids_of(stand.control(), "tickets"));
    // A deleted ticket is gone, though its number still answers.
    let id = stand.control().ids("tickets")[3];
    stand.control().delete("tickets", id);
    let fetched = connector
        .fetch(Stream::Tickets, &id.to_string())
        .await
        .expect("an answer");
    assert_eq!(fetched, connectors::connector::Fetched::Gone);
}

/// Nothing says which line of an address is the city: all but the postcode are the street, of the client as of its sites.
pub async fn addresses() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let sites = control.records("site", -1, 10_000).expect("sites");
    let full = |site: &&Value| site["delivery_address_line2"].is_string();
    let site = sites.iter().find(full).expect("an address");
    let line = |number: u8| site[format!("delivery_address_line{number}")].as_str();
    let lines: Vec<&str> = (1..=4)
        .filter_map(line)
        .filter(|line| !line.is_empty())
        .collect();
    assert!(lines.len() > 2, "{site}");
    let pages = whole(&*stand.connector(), Stream::Companies).await;
    let client = site["client_id"].as_f64().expect("a client");
    let company = record(&pages.expect("pages"), &format!("{client:.0}"));
    for place in [&company, &company["fields"]["locations"][0]] {
        assert_eq!(place["street"], lines.join("\n"), "{place}");
        assert_eq!(place["postal_code"].as_str(), line(5), "{place}");
        for none in ["city", "state", "country"] {
            assert_eq!(place[none], Value::Null, "{place}");
        }
    }
}

/// A client's type is its first relationship; the other field that is called a type counts by other numbers.
pub async fn types() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let clients = control.ids("client");
    let without = clients[3];
    control.patch("client", without, json!({"customer_relationship": []}));
    let pages = whole(&*stand.connector(), Stream::Companies).await;
    let pages = pages.expect("pages");
    for id in clients {
        let there = control.get("client", id).expect("a client");
        let kind = &there["customer_relationship"][0]["id"];
        let here = record(&pages, &id.to_string());
        let kind = kind.as_i64().map(|kind| kind.to_string());
        assert_eq!(here["type_id"].as_str(), kind.as_deref(), "{there}");
    }
    assert_eq!(record(&pages, &without.to_string())["type_id"], Value::Null);
    let there = control.get("client", without).expect("a client");
    assert_ne!(there["customertype"], 0);
}

/// A ticket that is opened again keeps its date in Halo, and is not closed here.
pub async fn opened_again() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let ticket = control.ids("tickets")[4];
    let to = async |status: i64| {
        control.patch("tickets", ticket, json!({ "status_id": status }));
        let pages = whole(&*stand.connector(), Stream::Tickets).await;
        record(&pages.expect("pages"), &ticket.to_string())["closed_at"].clone()
    };
    to(2).await;
    assert!(to(9).await.is_number(), "closed");
    assert_eq!(to(2).await, Value::Null, "opened again");
    let there = control.get("tickets", ticket).expect("a ticket");
    assert_ne!(there["dateclosed"], "1900-01-01T00:00:00");
    assert!(to(9).await.is_number(), "closed again");
}

/// Lists that come bare, in pages smaller than asked for, are read to their end, sites among them.
pub async fn uncounted() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let streams = [
        Stream::Companies,
        Stream::Contacts,
        Stream::Tickets,
        Stream::Opportunities,
    ];
    let counted = whole(&*stand.connector(), Stream::Companies).await;
    let counted = counted.expect("pages");
    let caps = json!({"bare_lists": true, "list_cap": 5, "ticket_cap": 9});
    control.patch("instanceinfo", 1, caps);
    for stream in streams {
        let connector = stand.connector();
        let pages = whole(&*connector, stream).await.expect("pages");
        let all = ids_of(control, HaloPsa.entity(stream));
        assert_eq!(ids(&pages), all, "{}", stream.key());
        let received: u32 = pages.iter().map(|page| page.received).sum();
        assert_eq!(received as usize, all.len(), "{}: each once", stream.key());
        let total = connector.total(stream, FULL, &Scope::default()).await;
        assert_eq!(total.expect("an answer"), None, "{}", stream.key());
        if stream == Stream::Companies {
            for id in &all {
                assert_eq!(record(&pages, id), record(&counted, id), "with its sites");
            }
        }
    }
}

/// A list whose rows are null is empty, and one request is all it takes to know.
pub async fn null_rows() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    for (stream, key) in [
        (Stream::Companies, "clients"),
        (Stream::Contacts, "users"),
        (Stream::Tickets, "tickets"),
        (Stream::Opportunities, "tickets"),
    ] {
        let entity = HaloPsa.entity(stream);
        let body = FaultKind::Status {
            code: 200,
            body: Some(json!({"record_count": 0, key: null})),
            retry_after: None,
        };
        control.clear_faults();
        control.set_fault(Fault::new(body).on_entity(entity));
        let before = stand.requests_about(entity).len();
        let pages = whole(&*stand.connector(), stream).await.expect("no rows");
        assert!(ids(&pages).is_empty(), "{}", stream.key());
        assert_eq!(stand.requests_about(entity).len() - before, 1);
    }
}

/// Answers a list with this body.
fn answered(body: Value) -> Fault {
    Fault::new(FaultKind::Status {
        code: 200,
        body: Some(body),
        retry_after: None,
    })
}

/// A row that has a field under both of its names is read.
pub async fn both_spellings() {
    let stand = HaloPsa.start().await;
    let row = json!({
        "id": 7001, "summary": "Both", "client_id": 2, "last_update": null, "lastupdate": "2029-12-31T10:00:00",
        "category_1": "Hardware", "category1": "Software", "user_email": "", "useremail": "a@b.example",
    });
    let body = json!({"record_count": 1, "tickets": [row]});
    stand
        .control()
        .set_fault(answered(body).on_entity(HaloPsa.entity(Stream::Tickets)));
    let pages = whole(&*stand.connector(), Stream::Tickets).await;
    let pages = pages.expect("pages");
    assert!(pages.iter().all(|page| page.unreadable.is_empty()));
    assert!(ids(&pages).contains("7001"));
}

/// Configuration lists are read whatever their rows are called, and one without any is told.
pub async fn another_name() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let rows = json!([{"id": 71, "priorityid": 71, "name": "Of an object"}]);
    for (path, key, kind) in [
        ("Team", "teams", ReferenceKind::Queue),
        ("Status", "statuses", ReferenceKind::TicketStatus),
        ("Priority", "priorities", ReferenceKind::TicketPriority),
    ] {
        control.clear_faults();
        control.set_fault(answered(json!({"record_count": 1, key: rows.clone()})).on_path(path));
        let items = stand.connector().reference_data().await.expect("lists");
        let of_kind = items.iter().filter(|item| item.kind == kind);
        let found: Vec<_> = of_kind.map(|item| item.external_id.as_str()).collect();
        assert_eq!(found, ["71"], "{path}");
        control.clear_faults();
        control.set_fault(answered(json!({"record_count": 1})).on_path(path));
        let error = stand.connector().reference_data().await;
        let error = error.expect_err("no list");
        assert_eq!(error.kind, ErrorKind::Unexpected, "{path}");
        if path == "Status" {
            stand
                .connector()
                .test_connection()
                .await
                .expect_err("statuses cannot be read");
        }
    }
}

/// Rows of tickets and opportunities have no custom fields but those they are asked for, by ids that are read once.
pub async fn custom_fields() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let sale = control.ids("opportunities")[0];
    let budget = json!([
        {"id": 142, "name": "CFBudget", "label": "Budget", "type": 0, "value": "Large", "display": "Large"},
    ]);
    control.patch("opportunities", sale, json!({ "customfields": budget }));
    let connect = stand.connect();
    let connector = || connectors::build("halo_psa", connect.clone()).expect("a connector");
    let pages = whole(&*connector(), Stream::Tickets).await.expect("pages");
    let mut with = 0;
    for id in control.ids("tickets") {
        let there = control.get("tickets", id).expect("a ticket");
        let room = &there["customfields"][0]["value"];
        let here = record(&pages, &id.to_string());
        assert_eq!(here["fields"]["udf:Room"], *room, "{there}");
        with += usize::from(room.is_string());
    }
    assert!(with > 10, "{with}");
    let pages = whole(&*connector(), Stream::Opportunities).await;
    let here = record(&pages.expect("pages"), &sale.to_string());
    assert_eq!(here["fields"]["udf:Budget"], "Large");
    assert_eq!(stand.requests_about("fieldinfo").len(), 1, "read once");
}

/// Where nobody tells which custom fields there are, the records come without and keep what is stored; a right that is
/// missing is told, and the next connector asks again.
pub async fn custom_fields_unread() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let connect = stand.connect();
    let read = async |stream: Stream| {
        let connector = connectors::build("halo_psa", connect.clone()).expect("a connector");
        let pages = whole(&*connector, stream).await.expect("all the same");
        assert_eq!(ids(&pages), ids_of(control, HaloPsa.entity(stream)));
        let one = |page: &connectors::page::Page| {
            let mut beside = page.beside.iter();
            let fields = beside.find(|one| one.list == SideList::OwnFields);
            let fields = fields.expect("told with each page");
            assert!(fields.passed_over.is_empty());
            (fields.read, fields.finding.missing.is_some())
        };
        let told: BTreeSet<_> = pages.iter().map(one).collect();
        told.into_iter().collect::<Vec<_>>()
    };
    let streams = [Stream::Tickets, Stream::Opportunities];
    for access in ["None", "Restricted"] {
        control.set_security("fieldinfo", "query", access);
        for stream in streams {
            assert_eq!(read(stream).await, [(false, access == "None")], "{access}");
        }
    }
    control.set_security("fieldinfo", "query", "All");
    for (code, refused) in [(400, true), (404, true), (500, false)] {
        let fault = FaultKind::Status {
            code,
            body: None,
            retry_after: None,
        };
        control.set_fault(Fault::new(fault).on_entity("fieldinfo"));
        assert_eq!(read(Stream::Tickets).await, [(false, refused)], "{code}");
        let report = stand.connector().test_connection().await;
        let report = report.expect("no error");
        let mut areas = report.permissions.iter();
        let fields = areas.find(|one| one.area == "Custom fields").expect("it");
        assert_eq!(fields.missing.is_some(), refused, "{code}");
        control.clear_faults();
    }
    for stream in streams {
        assert_eq!(read(stream).await, [(true, false)], "no refusal is kept");
    }
}

pub async fn renamed_team() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let team = |pages: &[connectors::page::Page], id: &str| record(pages, id)["queue_id"].clone();
    let pages = whole(&*stand.connector(), Stream::Tickets)
        .await
        .expect("pages");
    let id = batch_ids(&pages[0].batch)[0].clone();
    let before = team(&pages, &id);
    let number = before
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("a team");
    control.patch("team", number, json!({"name": "Renamed"}));
    control.patch(
        "tickets",
        id.parse().expect("an id"),
        json!({"team": "Renamed"}),
    );
    let pages = whole(&*stand.connector(), Stream::Tickets)
        .await
        .expect("pages");
    assert_eq!(team(&pages, &id), before, "what was chosen goes on");
    let items = stand
        .connector()
        .reference_data()
        .await
        .expect("reference data");
    assert!(
        items
            .iter()
            .any(|item| item.kind == ReferenceKind::Queue && item.label == "Renamed")
    );
}

/// Sites are read whole with the list of clients; for contacts those of a while ago will do, also of another connector of
/// the process. An answer without its count is not the end of the list.
pub async fn sites_kept() {
    let stand = HaloPsa.start().await;
    let control = stand.control();
    let client = control.ids("client")[3];
    for number in 0..520 {
        let name = format!("Depot {number}");
        control.create("site", json!({"name": name, "client_id": client}));
    }
    let connect = stand.connect();
    let connector = || connectors::build("halo_psa", connect.clone()).expect("a connector");
    // Single sites are asked for with the details of their client.
    let asked = || {
        let all = stand.requests_about("site");
        let lists = all
            .iter()
            .filter(|one| !one.path.to_lowercase().contains("/site/"));
        lists.count()
    };
    let clients = whole(&*connector(), Stream::Companies).await;
    let counted = clients.expect("pages");
    let pages = asked();
    assert!(pages >= 2, "{pages}");
    for _ in 0..3 {
        whole(&*connector(), Stream::Contacts).await.expect("pages");
    }
    assert_eq!(asked(), pages, "not for each part");
    whole(&*connector(), Stream::Companies)
        .await
        .expect("pages");
    assert_eq!(asked(), 2 * pages, "anew with the clients");
    control.set_fault(Fault::new(FaultKind::ShrinkTotal { by: 100_000 }).on_entity("site"));
    let uncounted = whole(&*connector(), Stream::Companies)
        .await
        .expect("pages");
    let street = |pages: &[connectors::page::Page], id: &str| record(pages, id)["street"].clone();
    for id in control.ids("client") {
        let id = id.to_string();
        assert_eq!(street(&uncounted, &id), street(&counted, &id), "{id}");
    }
}
