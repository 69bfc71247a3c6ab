//! Tickets and their comments.

use serde_json::{Value, json};

use crate::support::{Desk, START_MS, desk};

async fn comments(desk: &Desk, ticket: i64, query: &str) -> Vec<Value> {
    let path = format!("tickets/{ticket}/comments?{query}");
    desk.get(&path).await.rows("comments").clone()
}

/// A ticket with several comments, hidden ones among them.
async fn talked_about(desk: &Desk) -> i64 {
    for id in desk.control().ids("tickets") {
        let all = comments(desk, id, "per_page=100").await;
        if all.len() >= 4 && all.iter().any(|c| c["hidden"] == true) {
            return id;
        }
    }
    panic!("no ticket has enough comments");
}

#[tokio::test]
async fn lists_show_the_first_comment_and_single_tickets_all() {
    let desk = desk().await;
    let id = talked_about(&desk).await;
    let row = |list: &Value| {
        let rows = list["tickets"].as_array().unwrap();
        rows.iter().find(|t| t["id"] == id).unwrap().clone()
    };
    let number = desk.control().get("tickets", id).unwrap()["number"].clone();
    let short = row(&desk.get(&format!("tickets?number={number}")).await.body);
    assert_eq!(short["comments"].as_array().unwrap().len(), 1);
    assert_eq!(short["comments"][0]["subject"], "Initial Issue");
    let path = format!("tickets?number={number}&all_comments=true");
    let long = row(&desk.get(&path).await.body);
    let all = comments(&desk, id, "per_page=100").await;
    assert_eq!(long["comments"].as_array().unwrap().len(), all.len());
    desk.control()
        .patch("account", 1, json!({"all_comments": false}));
    let short = row(&desk.get(&path).await.body);
    assert_eq!(
        short["comments"].as_array().unwrap().len(),
        1,
        "the parameter is gone"
    );
    let one = desk.get(&format!("tickets/{id}")).await.body["ticket"].clone();
    assert_eq!(one["comments"].as_array().unwrap().len(), all.len());
    assert!(one.get("contact_id").is_none() && one.get("sla_id").is_none());
    assert_eq!(one["customer"]["id"], short["customer_id"]);
    assert_eq!(one["contact"]["id"], short["contact_id"]);
    desk.control()
        .patch("account", 1, json!({"detail_comments": 2}));
    let one = desk.get(&format!("tickets/{id}")).await.body["ticket"].clone();
    assert_eq!(one["comments"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn comments_come_newest_first_in_pages_of_ten() {
    let desk = desk().await;
    let id = desk.control().ids("tickets")[0];
    for number in 0..25 {
        desk.control().advance_clock(1_000);
        desk.control().create(
            "comments",
            json!({"ticket_id": id, "body": format!("Remark {number}"), "hidden": number % 2 == 0}),
        );
    }
    let path = format!("tickets/{id}/comments");
    let first = desk.get(&path).await;
    assert_eq!(first.rows("comments").len(), 10);
    assert_eq!(first.rows("comments")[0]["body"], "Remark 24");
    let meta = first.body["meta"].as_object().unwrap();
    let keys: Vec<&String> = meta.keys().collect();
    assert_eq!(keys, ["page", "per_page", "total_pages"]);
    let all = comments(
        &desk,
        id,
        "sort_by=created_at&sort_direction=ASC&per_page=100",
    )
    .await;
    assert!(all.len() >= 26);
    assert_eq!(all[0]["subject"], "Initial Issue");
    assert!(
        all.windows(2)
            .all(|p| p[0]["created_at"].as_str() <= p[1]["created_at"].as_str())
    );
    let at = all[all.len() - 3]["created_at"].as_str().unwrap();
    let later = comments(&desk, id, &format!("created_after={at}")).await;
    assert_eq!(later.len(), 2, "strictly later");
    let walked = desk.walk(&path, "comments").await;
    assert_eq!(walked.len(), all.len());
}

/// One ticket has more comments than a page holds, and more than come with it, of all kinds.
#[tokio::test]
async fn a_ticket_was_talked_about_at_length() {
    let desk = desk().await;
    let number = desk.control().ids("tickets")[11];
    let all = comments(
        &desk,
        number,
        "per_page=100&sort_by=created_at&sort_direction=ASC",
    )
    .await;
    assert!(all.len() > 25, "{}", all.len());
    let count = |fits: fn(&Value) -> bool| all.iter().filter(|one| fits(one)).count();
    assert!(count(|one| one["hidden"] == true) > 2);
    assert!(count(|one| one["subject"] == "Customer Reply") > 2);
    assert!(count(|one| one["subject"] == "Update") > 2);
    let initial = all.iter().filter(|one| one["subject"] == "Initial Issue");
    assert_eq!(
        (initial.count(), &all[0]["subject"]),
        (1, &json!("Initial Issue"))
    );
    let usual = desk.get(&format!("tickets/{number}/comments")).await;
    assert_eq!(usual.rows("comments").len(), 10);
    assert!(usual.body["meta"]["total_pages"].as_i64() > Some(2));
}

#[tokio::test]
async fn filters_by_instant_are_strict_to_the_millisecond() {
    let desk = desk().await;
    let id = desk.control().ids("tickets")[9];
    desk.control().advance_clock(60_000);
    desk.control()
        .patch("tickets", id, json!({"subject": "Changed now"}));
    let ticket = desk.control().get("tickets", id).unwrap();
    let stamp = ticket["updated_at"].as_str().unwrap();
    let since = async |stamp: &str| {
        desk.get(&format!("tickets?since_updated_at={stamp}"))
            .await
            .ids("tickets")
    };
    assert_eq!(since(stamp).await, Vec::<i64>::new());
    let before = chrono_less(stamp);
    assert_eq!(since(&before).await, [id]);
    assert_eq!(since("2019-02-25").await.len(), 50);
    let reply = desk.get("tickets?since_updated_at=recently").await;
    assert_eq!(reply.status, 400);
    let of_customer = desk
        .get(&format!("tickets?customer_id={}", ticket["customer_id"]))
        .await;
    assert!(of_customer.ids("tickets").contains(&id));
}

/// The instant a millisecond earlier.
fn chrono_less(stamp: &str) -> String {
    let ms: jiff::Timestamp = stamp.parse().unwrap();
    (ms - jiff::Span::new().milliseconds(1)).to_string()
}

#[tokio::test]
async fn open_tickets_have_a_status_of_their_own() {
    let desk = desk().await;
    let open = desk
        .reply(
            desk.request("GET", "tickets")
                .query(&[("status", "Not Closed"), ("per_page", "100")]),
        )
        .await;
    assert!(!open.rows("tickets").is_empty());
    for ticket in open.rows("tickets") {
        assert!(ticket["resolved_at"].is_null(), "{ticket}");
        assert!(!["Resolved", "Invoiced"].contains(&ticket["status"].as_str().unwrap()));
    }
    let resolved = desk.get("tickets?status=Resolved").await;
    assert!(
        resolved
            .rows("tickets")
            .iter()
            .all(|t| t["status"] == "Resolved")
    );
    let after = "2026-02-20T00:00:00.000Z";
    let lately = desk.get(&format!("tickets?resolved_after={after}")).await;
    assert!(!lately.rows("tickets").is_empty());
    assert!(
        lately
            .rows("tickets")
            .iter()
            .all(|t| t["resolved_at"].as_str() > Some(after))
    );
}

#[tokio::test]
async fn a_status_that_closes_dates_the_ticket() {
    let desk = desk().await;
    let id = desk.ticket(|t| t["resolved_at"].is_null());
    desk.control().advance_clock(5_000);
    let path = format!("tickets/{id}");
    let done = desk
        .send("PUT", &path, &json!({"status": "Resolved"}))
        .await
        .body["ticket"]
        .clone();
    assert!(done["resolved_at"].is_string());
    assert_eq!(done["resolved_at"], done["updated_at"]);
    let again = desk
        .send("PUT", &path, &json!({"status": "In Progress"}))
        .await
        .body["ticket"]
        .clone();
    assert_eq!(again["status"], "In Progress");
    assert_eq!(again["resolved_at"], done["resolved_at"], "it stays");
    // Any text is a status, unless the account is stricter.
    assert_eq!(
        desk.send("PUT", &path, &json!({"status": "Parked"}))
            .await
            .status,
        200
    );
    desk.control()
        .patch("account", 1, json!({"strict_statuses": true}));
    let refused = desk.send("PUT", &path, &json!({"status": "Nowhere"})).await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.body["message"][0],
        "Status is not included in the list"
    );
}

#[tokio::test]
async fn what_customers_write_has_no_user_and_sets_the_status() {
    let desk = desk().await;
    let id = desk.ticket(|t| t["status"] == "Waiting on Customer");
    desk.control().create(
        "comments",
        json!({"ticket_id": id, "body": "Still broken", "user_id": null, "tech": "Ann Client"}),
    );
    let ticket = desk.control().get("tickets", id).unwrap();
    assert_eq!(ticket["status"], "Customer Reply");
    assert_eq!(ticket["customer_reply"], true);
    let newest = comments(&desk, id, "").await[0].clone();
    assert_eq!(
        (&newest["user_id"], &newest["tech"]),
        (&Value::Null, &json!("Ann Client"))
    );
}

#[tokio::test]
async fn times_have_milliseconds_and_may_have_an_offset() {
    let desk = desk().await;
    let at = |reply: &Value| {
        reply["tickets"][0]["created_at"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let plain = at(&desk.get("tickets").await.body);
    assert!(plain.len() == 24 && plain.ends_with('Z'), "{plain}");
    desk.control()
        .patch("account", 1, json!({"stamp_offset_minutes": -480}));
    let shifted = at(&desk.get("tickets").await.body);
    assert!(shifted.ends_with("-08:00"), "{shifted}");
    let (a, b): (jiff::Timestamp, jiff::Timestamp) =
        (plain.parse().unwrap(), shifted.parse().unwrap());
    assert_eq!(a, b);
    assert!(a.as_millisecond() <= START_MS);
}
