//! Pages, caps, counts, and lists that are never paged.

use serde_json::{Value, json};
use simulator::{Fault, FaultKind};

use crate::support::{desk, small, start};

#[tokio::test]
async fn ticket_pages_are_capped_without_a_word() {
    let desk = desk().await;
    let first = desk
        .get("Tickets?domain=reqs&pageinate=true&page_size=500&page_no=1")
        .await;
    assert_eq!(first.ids().len(), 100);
    assert_eq!(
        (&first.body["page_size"], &first.body["record_count"]),
        (&100.into(), &1_500.into())
    );
    let last = desk
        .get("Tickets?domain=reqs&pageinate=true&page_size=100&page_no=15")
        .await;
    assert_eq!(last.ids().len(), 100);
    let beyond = desk
        .get("Tickets?domain=reqs&pageinate=true&page_size=100&page_no=16")
        .await;
    assert_eq!(
        (beyond.ids().len(), &beyond.body["record_count"]),
        (0, &1_500.into())
    );
    let users = desk
        .get("Users?pageinate=true&page_size=999&page_no=1&includeinactive=true")
        .await;
    let count = users.body["record_count"].as_u64().unwrap();
    assert_eq!(
        users.rows().len() as u64,
        count,
        "people are not capped at 100"
    );
}

#[tokio::test]
async fn without_pages_a_count_decides() {
    let desk = desk().await;
    let plain = desk.get("Users").await;
    assert_eq!(plain.ids().len(), 50);
    assert_eq!(
        (&plain.body["page_no"], &plain.body["page_size"]),
        (&Value::Null, &Value::Null)
    );
    assert!(plain.body["record_count"].as_u64().unwrap() > 400);
    assert_eq!(desk.get("Users?count=7").await.ids().len(), 7);
    let wrong = desk.get("Users?pageinate=true&page_size=many").await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.body["page_size"].is_array());
}

/// Rows with nothing but ids, all of them: the vendor's description says that pages do not go with it.
#[tokio::test]
async fn ids_alone_come_all_at_once() {
    let desk = desk().await;
    for (list, name) in [
        ("Client", "clients"),
        ("Site", "sites"),
        ("Users", "users"),
        ("Asset", "assets"),
    ] {
        let every = desk.all(list).await;
        let ids: Vec<i64> = every.iter().filter_map(|row| row["id"].as_i64()).collect();
        let wanted: Value = ids.iter().map(|id| json!({"id": id})).collect();
        for pages in ["", "&pageinate=true&page_size=10&page_no=2"] {
            let path = format!("{list}?idonly=true&order=id{pages}");
            let short = desk.get(&path).await.body;
            assert_eq!(short[name], wanted, "{path}");
            assert_eq!(short["record_count"], ids.len(), "{path}");
            assert_eq!(short["page_no"], Value::Null, "{path}");
            let besides = match list {
                "Users" => json!(ids),
                _ => Value::Null,
            };
            assert_eq!(short["user_ids"], besides, "{path}");
        }
        let some = desk.get(&format!("{list}?idonly=true&count=3")).await;
        assert_eq!(some.body[name].as_array().unwrap().len(), 3, "{list}");
        let full = desk.get(&format!("{list}?idonly=false&count=1")).await;
        assert!(full.rows()[0].as_object().unwrap().len() > 1, "{list}");
    }
    for list in ["Tickets?domain=reqs", "Opportunities?x=y", "Projects?x=y"] {
        let every = desk.all(list).await;
        let path = format!("{list}&ticketidonly=true&order=id&pageinate=true&page_size=10");
        let short = desk.get(&path).await;
        assert_eq!(short.rows().len(), every.len(), "{list}");
        for (row, whole) in short.rows().iter().zip(&every) {
            let left: Vec<&String> = row.as_object().unwrap().keys().collect();
            assert_eq!(
                left,
                ["client_id", "client_name", "id", "sla_id", "status_id"]
            );
            assert!(left.iter().all(|name| row[*name] == whole[*name]), "{row}");
        }
    }
    // A parameter of other lists is none of tickets.
    let full = desk.get("Tickets?idonly=true&count=1").await;
    assert!(full.rows()[0]["summary"].is_string());
}

#[tokio::test]
async fn pages_together_are_the_whole_list_once() {
    let desk = desk().await;
    for (path, kind) in [
        ("Client?includeinactive=true", "client"),
        ("Site?includeinactive=true", "site"),
        (
            "Users?includeinactive=true&exclude_generaluser=true&exclude_agents=true&includenonserviceaccount=true",
            "users",
        ),
        ("Tickets?domain=reqs", "tickets"),
        ("Opportunities?x=y", "opportunities"),
        ("Projects?x=y", "projects"),
    ] {
        let ids: Vec<i64> = desk
            .all(path)
            .await
            .iter()
            .map(|r| r["id"].as_i64().unwrap())
            .collect();
        assert_eq!(ids, desk.control().ids(kind), "{path}");
    }
}

#[tokio::test]
async fn sales_and_projects_are_tickets_too() {
    let desk = desk().await;
    let count = |reply: crate::support::Reply| reply.body["record_count"].as_u64().unwrap();
    let of = |domain: &str| format!("Tickets?domain={domain}&count=1");
    let parts = [of("reqs"), of("opps"), of("prjs")];
    let mut sum = 0;
    for part in &parts {
        sum += count(desk.get(part).await);
    }
    assert_eq!(count(desk.get("Tickets?count=1").await), sum);
    assert_eq!(sum, 1_500 + 120 + 6);
    let sale = desk.get("Opportunities?count=1").await.ids()[0];
    let by_number = desk.get(&format!("Tickets/{sale}")).await.body;
    assert_eq!(by_number["is_opportunity"], true);
}

#[tokio::test]
async fn configuration_comes_as_bare_lists() {
    let desk = desk().await;
    for path in [
        "Status",
        "TicketType",
        "Priority",
        "Team",
        "SLA",
        "Outcome",
        "Category",
        "Lookup",
        "UserRoles",
        "Roles",
        "Webhook",
        "Notification",
        "FieldInfo",
        "Agent",
    ] {
        let reply = desk.get(path).await;
        assert!(
            reply.status == 200 && reply.body.is_array(),
            "{path}: {}",
            reply.body
        );
    }
    let lookup = desk.get("Lookup?lookupid=11").await.rows();
    assert!(!lookup.is_empty() && lookup.iter().all(|row| row["lookupid"] == 11));
    // Another release answers paged agents in an object, and writes ids as decimals and texts.
    desk.control().set_zone_moved(true);
    let agents = desk
        .get("Agent?pageinate=true&page_size=100&page_no=1")
        .await;
    assert!(agents.body["results"].is_array());
    assert!(desk.get("Agent").await.body.is_array());
    let row = &desk.get("Tickets?domain=reqs&count=1").await.rows()[0];
    assert!(row["id"].is_f64() && row["client_id"].is_string(), "{row}");
}

#[tokio::test]
async fn rows_come_in_the_order_asked_for() {
    let desk = desk().await;
    let down = desk
        .get("Tickets?domain=reqs&order=id&orderdesc=true&count=3")
        .await
        .ids();
    assert_eq!(down, [1_001_500, 1_001_499, 1_001_498]);
    // Without a domain tickets, sales and projects are one list, and in one order.
    let mut all = desk.get("Tickets?order=id&count=5000").await.ids();
    assert!(all.is_sorted() && all[0] < 1_000_000 && all.last() > Some(&400_000_000));
    all.reverse();
    let down = desk
        .get("Tickets?order=id&orderdesc=true&count=5000")
        .await
        .ids();
    assert_eq!(down, all);
    let rows = desk.get("Client?order=name&count=100").await.rows();
    let names: Vec<String> = rows
        .iter()
        .map(|r| r["name"].as_str().unwrap().to_lowercase())
        .collect();
    assert!(names.is_sorted());
}

#[tokio::test]
async fn caps_and_usual_rows_are_the_instances() {
    let desk = desk().await;
    let shown = desk.get("InstanceInfo").await;
    assert!(shown.body[0].get("ticket_cap").is_none(), "{}", shown.body);
    let control = desk.control();
    control.patch(
        "instanceinfo",
        1,
        json!({"ticket_cap": 30, "list_cap": 20, "usual_rows": 7}),
    );
    let tickets = "Tickets?pageinate=true&page_size=100&page_no=1";
    for (path, rows) in [
        (tickets, 30),
        ("Client?pageinate=true&page_size=999&page_no=1", 20),
        ("Client?pageinate=true&page_no=1", 7),
        ("Users", 7),
        ("Users?count=9", 9),
    ] {
        assert_eq!(desk.get(path).await.ids().len(), rows, "{path}");
    }
    control.patch("instanceinfo", 1, json!({"bare_lists": true}));
    let bare = desk.get(tickets).await;
    assert!(bare.body.is_array(), "{}", bare.body);
    assert_eq!(bare.ids().len(), 30);
}

#[tokio::test]
async fn many_clients_come_in_pages_and_a_row_may_move_between_them() {
    let mut config = small();
    config.world.companies = 140;
    config.world.contacts_per_company = 2;
    let desk = start(config).await;
    let page = |number: u32| {
        format!("Client?pageinate=true&page_size=100&page_no={number}&includeinactive=true")
    };
    let (first, second) = (desk.get(&page(1)).await, desk.get(&page(2)).await);
    let total = first.body["record_count"].as_u64().unwrap();
    assert!(total > 130, "{total}");
    assert_eq!((first.ids().len() + second.ids().len()) as u64, total);
    for (by, expected) in [(1, first.ids()[99]), (-1, second.ids()[1])] {
        desk.control()
            .set_fault(Fault::new(FaultKind::ShiftPage { by }));
        let moved = desk.get(&page(2)).await;
        desk.control().clear_faults();
        assert_eq!(moved.ids()[0], expected, "{by}");
        assert_eq!(moved.body["record_count"], total);
    }
}
