//! Both ways of paging, with their `Link` headers.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Desk, desk};

/// The address with a relation in a `Link` header.
fn link(header: &str, relation: &str) -> Option<String> {
    header.split(", ").find_map(|part| {
        let (address, name) = part.split_once("; ")?;
        (name == format!("rel=\"{relation}\"")).then(|| address.trim_matches(['<', '>']).to_owned())
    })
}

#[tokio::test]
async fn numbered_pages_carry_all_parameters_with_the_page_last() {
    let desk = desk().await;
    let reply = desk
        .list(
            "service/tickets",
            &[
                ("conditions", "id > 10010"),
                ("page", "2"),
                ("pageSize", "100"),
            ],
        )
        .await;
    assert_eq!(reply.ids()[0], 10_111);
    let header = reply.header("link").unwrap();
    let next = link(header, "next").unwrap();
    assert!(next.ends_with("&page=3"), "{next}");
    assert!(next.contains("conditions=id%20%3E%2010010"), "{next}");
    assert!(link(header, "last").unwrap().ends_with("&page=15"));
    assert!(link(header, "prev").unwrap().ends_with("&page=1"));
    assert!(link(header, "first").unwrap().ends_with("&page=1"));
    let followed = desk.reply(desk.request("GET", &next)).await;
    assert_eq!(followed.ids()[0], 10_211);
    let last = desk
        .reply(desk.request("GET", &link(header, "last").unwrap()))
        .await;
    assert!(link(last.header("link").unwrap(), "next").is_none());
    assert_eq!(last.ids().len(), 90);
    // A single page needs no links; a page past the end is empty.
    assert!(desk.get("service/boards").await.header("link").is_none());
    assert_eq!(
        desk.get("service/boards?page=9").await.ids(),
        Vec::<i64>::new()
    );
}

#[tokio::test]
async fn a_page_has_25_records_and_at_most_1000() {
    let desk = desk().await;
    assert_eq!(desk.get("service/tickets").await.ids().len(), 25);
    for bad in [
        "pageSize=1001",
        "pageSize=0",
        "page=0",
        "pageSize=many",
        "pageId=x",
    ] {
        let reply = desk.get(&format!("service/tickets?{bad}")).await;
        assert_eq!(
            (reply.status, reply.body["code"].as_str().unwrap()),
            (400, "InvalidArgument"),
            "{bad}"
        );
    }
    let beyond = desk.get("service/tickets?pageSize=1001").await;
    let issue = &beyond.body["errors"][0];
    assert_eq!(
        (&issue["code"], &issue["field"]),
        (&"OutOfRange".into(), &"pageSize".into())
    );
}

async fn walk_forward(desk: &Desk, path: &str, size: usize) -> (Vec<i64>, usize) {
    let mut url = format!("{}?pageSize={size}", desk.url(path));
    let (mut ids, mut pages) = (Vec::new(), 0);
    loop {
        let request = desk
            .request("GET", &url)
            .header("pagination-type", "forward-only");
        let reply = desk.reply(request).await;
        ids.extend(reply.ids());
        pages += 1;
        match link(reply.header("link").expect("always there"), "next") {
            Some(next) => {
                assert!(next.contains("pageId="), "{next}");
                url = next;
            }
            None => return (ids, pages),
        }
    }
}

#[tokio::test]
async fn forward_only_pages_go_by_id_to_the_end() {
    let desk = desk().await;
    let (ids, pages) = walk_forward(&desk, "service/tickets", 250).await;
    assert_eq!(pages, 6);
    assert_eq!(ids, desk.control().ids("service/tickets"));
    let (contacts, _) = walk_forward(&desk, "company/contacts", 100).await;
    assert_eq!(contacts, desk.control().ids("company/contacts"));
    let small = desk
        .reply(
            desk.request("GET", &desk.url("service/boards"))
                .header("Pagination-Type", "forward-only"),
        )
        .await;
    assert_eq!(small.header("link"), Some(""));
}

#[tokio::test]
async fn an_order_holds_over_all_pages() {
    let desk = desk().await;
    let mut seen = Vec::new();
    for page in 1..=15 {
        let page = page.to_string();
        let parameters = [
            ("orderBy", "lastUpdated asc"),
            ("page", &page),
            ("pageSize", "100"),
            ("fields", "id,_info"),
        ];
        let reply = desk.list("service/tickets", &parameters).await;
        for ticket in reply.body.as_array().unwrap() {
            seen.push((
                ticket["_info"]["lastUpdated"].as_str().unwrap().to_owned(),
                ticket["id"].as_i64().unwrap(),
            ));
        }
    }
    assert_eq!(seen.len(), 1_500);
    assert!(seen.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    let two = desk
        .list("system/members", &[("orderBy", "lastName desc, id asc")])
        .await;
    let names: Vec<&str> = two
        .body
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["lastName"].as_str().unwrap())
        .collect();
    assert!(
        names
            .windows(2)
            .all(|pair| pair[0].to_lowercase() >= pair[1].to_lowercase()),
        "{names:?}"
    );
    let bad = desk
        .list("system/members", &[("orderBy", "shoeSize")])
        .await;
    assert_eq!(bad.status, 400);
}

#[tokio::test]
async fn fields_cut_records_down() {
    let desk = desk().await;
    let reply = desk
        .list(
            "service/tickets",
            &[
                ("fields", "id,summary,board/name,company"),
                ("pageSize", "3"),
            ],
        )
        .await;
    let ticket = &reply.body[0];
    let names: Vec<&String> = ticket.as_object().unwrap().keys().collect();
    assert_eq!(names, ["board", "company", "id", "summary"]);
    assert_eq!(ticket["board"].as_object().unwrap().len(), 1);
    assert!(ticket["company"]["identifier"].is_string());

    // What stands in `_info` too.
    let fields = [("fields", "id,_info/lastUpdated"), ("pageSize", "3")];
    let listed = desk.list("service/tickets", &fields).await.body[0].clone();
    let whole = desk
        .get(&format!("service/tickets/{}", listed["id"]))
        .await
        .body;
    let narrow =
        json!({"id": whole["id"], "_info": {"lastUpdated": whole["_info"]["lastUpdated"]}});
    assert_eq!(listed, narrow);
    let path = format!("service/tickets/{}", listed["id"]);
    assert_eq!(desk.list(&path, &fields).await.body, narrow);
    let all = desk.list(&path, &[("fields", "_info")]).await.body;
    assert_eq!(all["_info"], whole["_info"]);
}

/// Below a record too: with `Link` headers both ways, fields, an order, conditions and the same limits.
#[tokio::test]
async fn lists_below_a_record_are_lists() {
    let desk = desk().await;
    let ticket = 10_090;
    for n in 0..3 {
        let note =
            json!({"ticketId": ticket, "text": format!("Met {n}"), "detailDescriptionFlag": true});
        desk.control().create("screens/meetingnotes", note);
    }
    let contacts = desk.control().records("company/contacts", 0, 100);
    let contacts = contacts.expect("contacts");
    let several = |one: &&Value| {
        one["communicationItems"]
            .as_array()
            .is_some_and(|all| all.len() > 1)
    };
    let contact = contacts.iter().find(several).expect("one");
    let lists = [
        format!("service/tickets/{ticket}/allNotes"),
        format!("service/tickets/{ticket}/notes"),
        format!("company/contacts/{}/communications", contact["id"]),
    ];
    for path in &lists {
        let all = desk.get(&format!("{path}?pageSize=1000")).await.ids();
        assert!(all.len() > 1, "{path}: {all:?}");
        assert_eq!(
            desk.get(&format!("{path}/count")).await.body["count"],
            all.len()
        );
        // By number.
        let mut url = format!("{}?pageSize=1", desk.url(path));
        let mut seen = Vec::new();
        loop {
            let reply = desk.reply(desk.request("GET", &url)).await;
            seen.extend(reply.ids());
            match reply.header("link").and_then(|header| link(header, "next")) {
                Some(next) => url = next,
                None => break,
            }
        }
        assert_eq!(seen, all, "{path}");
        // By id, with a header behind the last page too.
        let (mut seen, pages) = walk_forward(&desk, path, 1).await;
        let mut sorted = all.clone();
        seen.sort_unstable();
        sorted.sort_unstable();
        assert_eq!((seen, pages > 1), (sorted.clone(), true), "{path}");
        let order = [("orderBy", "id desc"), ("fields", "id")];
        let reply = desk.list(path, &order).await;
        sorted.reverse();
        assert_eq!(reply.ids(), sorted, "{path}");
        assert_eq!(reply.body[0].as_object().unwrap().len(), 1, "{path}");
        for (bad, code) in [
            ("pageSize=5000", "OutOfRange"),
            ("pageSize=abc", ""),
            ("page=0", ""),
            ("orderBy=id sideways", ""),
            ("conditions=id ~ 3", ""),
        ] {
            let reply = desk.get(&format!("{path}?{bad}")).await;
            assert_eq!(reply.status, 400, "{path}?{bad}: {}", reply.body);
            let issue = reply.body["errors"][0]["code"].as_str();
            assert_eq!(issue.unwrap_or_default(), code, "{path}?{bad}");
        }
    }
    let notes = desk.get(&lists[0]).await.body;
    let kinds: BTreeSet<&str> = (notes.as_array().unwrap().iter())
        .map(|note| note["noteType"].as_str().unwrap())
        .collect();
    assert!(kinds.contains("MeetingNote") && kinds.contains("TicketNote"));
    let only = [("conditions", "noteType=\"MeetingNote\"")];
    assert_eq!(desk.list(&lists[0], &only).await.ids().len(), 3);
    // What the screens alone know has no address.
    assert_eq!(desk.get("screens/meetingnotes").await.status, 404);
}
