//! Answers of every odd shape: repeated, full to the brim, in old spellings, with values that make no sense.

use connectors::ErrorKind;
use domain::record::{Batch, Visibility};
use domain::stream::Stream;
use serde_json::{Value, json};
use simulator::{Fault, FaultKind};

use super::{VENDOR, status};
use crate::recorded;
use crate::vendor::{FULL, Stand, Vendor, ids, ids_of, record, walk, whole};

/// The page of the vendor's own records up to `count`, as it would answer a first page.
fn first_page(stand: &Stand, count: usize, more: bool) -> Value {
    let items = stand
        .control()
        .records("Tickets", i64::MIN, count)
        .expect("tickets");
    let next = more.then_some(
        "https://webservices3.autotask.net/atservicesrest/V1.0/Tickets/query/next?paging=x",
    );
    json!({ "items": items, "pageDetails": { "count": count, "requestCount": count, "prevPageUrl": null, "nextPageUrl": next } })
}

/// Portico walks by id, with a query of its own for each page: the sandbox sends the page before once more.
pub async fn repeated_page() {
    let stand = VENDOR.start().await;
    stand.control().set_fault(
        Fault::new(FaultKind::RepeatPage)
            .on_path("Tickets/query")
            .after(1)
            .times(2),
    );
    let pages = walk(&*stand.connector(), Stream::Tickets, FULL, 50)
        .await
        .expect("it went on in the end");
    assert_eq!(
        ids(&pages),
        ids_of(stand.control(), "Tickets"),
        "nothing is lost"
    );
    let came: usize = pages.iter().map(|page| page.batch.len()).sum();
    assert_eq!(came, ids(&pages).len(), "nothing comes twice");
    let odd: Vec<_> = pages.iter().filter(|page| page.oddity.is_some()).collect();
    assert_eq!(odd.len(), 2, "noticed each time");
    assert!(
        odd.iter()
            .all(|page| page.repeated == 50 && page.batch.is_empty())
    );
}

pub async fn page_repeated_for_good() {
    let stand = VENDOR.start().await;
    stand
        .control()
        .set_fault(Fault::new(FaultKind::RepeatPage).on_path("Tickets/query"));
    let error = walk(&*stand.connector(), Stream::Tickets, FULL, 50)
        .await
        .expect_err("no endless loop");
    assert_eq!(error.kind, ErrorKind::Unavailable);
    assert!(stand.requests_about("Tickets").len() <= 6);
}

pub async fn full_page_goes_on() {
    let stand = VENDOR.start().await;
    let first = first_page(&stand, 50, false);
    stand.control().set_fault(
        Fault::new(status(200, first))
            .on_path("Tickets/query")
            .times(1),
    );
    let pages = walk(&*stand.connector(), Stream::Tickets, FULL, 50)
        .await
        .expect("pages");
    assert_eq!(
        ids(&pages),
        ids_of(stand.control(), "Tickets"),
        "a full page is never the last"
    );
}

/// The folder of the facts that were gathered about the vendor, beside that of the documents.
pub const FACTS: &str = "../vendors/autotask.md";

/// The ticket that stands among the facts, as a live tenant answered it: every field of it that is kept arrives.
pub async fn recorded_ticket() {
    let path = recorded::file(FACTS).expect("it is not run without");
    let text = std::fs::read_to_string(path).expect("a file");
    let blocks = text.split("```json").skip(1);
    let mut blocks = blocks.filter_map(|rest| serde_json::from_str(rest.split("```").next()?).ok());
    let body: Value = blocks
        .find(|body: &Value| body["item"]["ticketNumber"].is_string())
        .expect("the shape of a ticket");
    let stand = VENDOR.start().await;
    let page = json!({"items": [body["item"]], "pageDetails": {"count": 1}});
    stand
        .control()
        .set_fault(Fault::new(status(200, page)).on_entity("Tickets"));
    let pages = whole(&*stand.connector(), Stream::Tickets)
        .await
        .expect("it");
    let record = record(&pages, &body["item"]["id"].to_string());
    let found = recorded::arrives_whole(VENDOR, Stream::Tickets, "Tickets", &body["item"], &record);
    assert!(found > 12, "only {found} fields were looked at");
    println!("autotask: {found} fields of a recorded ticket arrive");
}

pub async fn own_company() {
    let stand = VENDOR.start().await;
    let pages = whole(&*stand.connector(), Stream::Companies)
        .await
        .expect("pages");
    let Batch::Companies(companies) = &pages[0].batch else {
        panic!("companies")
    };
    let own: Vec<_> = companies
        .iter()
        .filter(|company| company.fields.contains_key("own_company"))
        .collect();
    assert_eq!(
        own.iter()
            .map(|company| company.external_id.as_str())
            .collect::<Vec<_>>(),
        ["0"]
    );
}

pub async fn contact_activity() {
    let stand = VENDOR.start().await;
    let contact = |id: i64, active: Value| json!({ "id": id, "companyID": 1, "firstName": "A", "lastName": "B", "isActive": active });
    let items = [json!(1), json!(0), json!(true), json!(false)]
        .into_iter()
        .enumerate();
    let items: Vec<_> = items
        .map(|(at, active)| contact(at as i64 + 1, active))
        .collect();
    let page = json!({ "items": items, "pageDetails": { "count": 4, "requestCount": 500, "nextPageUrl": null } });
    stand
        .control()
        .set_fault(Fault::new(status(200, page)).on_path("Contacts/query"));
    let pages = whole(&*stand.connector(), Stream::Contacts)
        .await
        .expect("pages");
    let Batch::Contacts(contacts) = &pages[0].batch else {
        panic!("contacts")
    };
    assert_eq!(
        contacts
            .iter()
            .map(|contact| contact.active)
            .collect::<Vec<_>>(),
        [true, false, true, false]
    );
}

pub async fn note_audiences() {
    let stand = VENDOR.start().await;
    let raw = stand
        .control()
        .records("TicketNotes", i64::MIN, 500)
        .expect("notes");
    let publish = |id: &str| {
        raw.iter()
            .find(|note| note["id"].as_i64() == id.parse().ok())
            .map(|note| note["publish"].to_string())
    };
    let visibilities = |pages: &[connectors::page::Page]| {
        let Batch::TicketNotes(notes) = pages[0].batch.clone() else {
            panic!("notes")
        };
        notes
            .into_iter()
            .map(|note| (publish(&note.external_id).expect("a note"), note.visibility))
            .collect::<Vec<_>>()
    };
    let connector = stand.connector();
    let by_label = visibilities(
        &whole(&*connector, Stream::TicketNotes)
            .await
            .expect("pages"),
    );
    assert!(
        by_label
            .iter()
            .all(|(publish, visibility)| (publish == "1") == (*visibility == Visibility::Public)),
        "{by_label:?}"
    );
    whole(&*connector, Stream::TicketNotes)
        .await
        .expect("pages");
    let read = stand
        .requests_about("TicketNotes")
        .iter()
        .filter(|entry| entry.path.ends_with("/fields"))
        .count();
    assert_eq!(read, 1, "the picklist is read once");

    let mut connect = stand.connect();
    connect.public_note_audiences = Some(vec!["2".into()]);
    let chosen = connectors::build("autotask", connect).expect("a connector");
    let by_choice = visibilities(&whole(&*chosen, Stream::TicketNotes).await.expect("pages"));
    assert!(
        by_choice
            .iter()
            .all(|(publish, visibility)| (publish == "2") == (*visibility == Visibility::Public))
    );
}

pub async fn bad_values() {
    let stand = VENDOR.start().await;
    let items = json!([
        { "id": 1, "title": "ok", "amount": 0.1, "projectedCloseDate": "2026-04-30T00:00:00Z" },
        { "id": 2, "title": "amount", "amount": "a lot" },
        { "id": 3, "title": "date", "createDate": "10000-01-01T00:00:00Z" },
        { "id": 4, "title": "date", "lastActivity": "31.12.2026" },
        { "title": "no id" },
    ]);
    let page = json!({ "items": items, "pageDetails": { "count": 5, "requestCount": 500, "nextPageUrl": null } });
    stand
        .control()
        .set_fault(Fault::new(status(200, page)).on_path("Opportunities/query"));
    let pages = whole(&*stand.connector(), Stream::Opportunities)
        .await
        .expect("pages");
    assert_eq!(record(&pages, "1")["amount_cents"], json!(10));
    let mut aside: Vec<_> = pages[0]
        .unreadable
        .iter()
        .map(|one| {
            (
                one.external_id.as_str(),
                one.field.as_deref().unwrap_or_default(),
            )
        })
        .collect();
    aside.sort_unstable();
    assert_eq!(
        aside,
        [
            ("", "id"),
            ("2", "amount"),
            ("3", "createDate"),
            ("4", "lastActivity")
        ]
    );
}

pub async fn system_values() {
    let stand = VENDOR.start().await;
    let items = stand
        .connector()
        .reference_data()
        .await
        .expect("reference data");
    assert!(items.iter().any(|item| item.system));
}

/// Makes so many more statuses: the list as it was answered, longer.
pub fn more_statuses(stand: &Stand, count: usize) {
    let path = "Tickets/entityInformation/fields";
    let journal = stand.control().journal();
    let mut answers = journal
        .iter()
        .filter(|entry| entry.path.ends_with(path))
        .filter_map(|entry| entry.answer.as_deref());
    let answer = answers.next_back().expect("an answer");
    let mut body: Value = serde_json::from_str(answer).expect("JSON");
    let mut fields = body["fields"].as_array_mut().into_iter().flatten();
    let status = fields.find(|field| field["name"] == "status");
    let list = status.and_then(|field| field["picklistValues"].as_array_mut());
    list.expect("a list").extend((0..count).map(|number| {
        json!({
            "value": (1_000 + number).to_string(), "label": format!("Status {number}"),
            "isDefaultValue": false, "sortOrder": 100 + number, "parentValue": "",
            "isActive": true, "isSystem": false,
        })
    }));
    let kind = FaultKind::Status {
        code: 200,
        body: Some(body),
        retry_after: None,
    };
    stand.control().set_fault(Fault::new(kind).on_path(path));
}
