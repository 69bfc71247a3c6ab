//! Creating, changing and deleting through the API, and what follows.

use serde_json::{Value, json};

use crate::support::{Desk, Reply, desk};

fn ticket() -> Value {
    json!({
        "summary": "Printer offline", "details_html": "<p>Since <b>this</b> morning.</p>", "tickettype_id": 1,
        "client_id": 13, "category_1": "Printing & Scanning", "impact": 3, "urgency": 2, "agent_id": 1,
    })
}

async fn made(desk: &Desk) -> i64 {
    let reply = desk.post("Tickets", ticket()).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.body["id"].as_i64().unwrap()
}

async fn delete(desk: &Desk, path: &str) -> Reply {
    desk.reply(desk.request("DELETE", &desk.url(path))).await
}

#[tokio::test]
async fn a_ticket_is_made_changed_and_closed() {
    let desk = desk().await;
    let reply = desk.post("Tickets", ticket()).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    // The answer has other names for some fields than lists have.
    assert!(reply.body["lastupdate"].is_string() && reply.body.get("last_update").is_none());
    assert_eq!(reply.body["category1"], "Printing & Scanning");
    let id = reply.body["id"].as_i64().unwrap();
    let one = desk
        .get(&format!("Tickets/{id}?includedetails=true"))
        .await
        .body;
    assert_eq!(
        (&one["details"], &one["status_id"], &one["agent_id"]),
        (&json!("Since this morning."), &json!(1), &json!(1))
    );
    assert_eq!(one["site_id"], 59);
    let closed = desk
        .post("Tickets", json!({"id": id, "status_id": 9}))
        .await;
    assert_eq!(
        (&closed.body["hasbeenclosed"], &closed.body["summary"]),
        (&json!(true), &json!("Printer offline"))
    );
    let again = desk
        .post("Tickets", json!({"id": id.to_string(), "status_id": "2"}))
        .await;
    assert_eq!(
        (&again.body["hasbeenclosed"], &again.body["dateclosed"]),
        (&json!(false), &closed.body["dateclosed"]),
        "opened again it keeps the date"
    );
    assert_ne!(again.body["dateclosed"], "1900-01-01T00:00:00");
    assert_eq!(
        desk.post("Tickets", json!({"id": 5, "summary": "x"}))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn bodies_are_lists_and_the_last_record_comes_back() {
    let desk = desk().await;
    let bare = desk.request("POST", &desk.url("Tickets")).json(&ticket());
    let refused = desk.reply(bare).await;
    assert_eq!(refused.status, 400);
    assert!(refused.body["errors"]["$"].is_array());
    let mut second = ticket();
    second["summary"] = "Second".into();
    let two = json!([ticket(), second]);
    let reply = desk
        .reply(desk.request("POST", &desk.url("Tickets")).json(&two))
        .await;
    assert_eq!(reply.body["summary"], "Second");
    let all = desk
        .request("POST", &desk.url("Tickets?returnall=true"))
        .json(&two);
    assert_eq!(desk.reply(all).await.body.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn wrong_values_are_refused_in_several_shapes() {
    let desk = desk().await;
    let with = |name: &str, value: Value| {
        let mut body = ticket();
        body[name] = value;
        body
    };
    for (body, place) in [
        (with("client_id", json!(13.5)), "[0].client_id"),
        (with("client_id", json!(99_999)), "[0].client_id"),
        (with("tickettype_id", Value::Null), "[0].tickettype_id"),
        (with("summary", json!("")), "[0].summary"),
    ] {
        let reply = desk.post("Tickets", body).await;
        assert_eq!(reply.status, 400);
        assert!(reply.body[place].is_array(), "{place}: {}", reply.body);
    }
    let raw = format!(
        "[{}]",
        ticket()
            .to_string()
            .replace("\"client_id\":13", "\"client_id\":13.0")
    );
    let decimal = desk
        .request("POST", &desk.url("Tickets"))
        .header("content-type", "application/json")
        .body(raw);
    assert!(desk.reply(decimal).await.body["[0].client_id"].is_array());
    let change = desk.post("Tickets", with("tickettype_id", json!(2))).await;
    assert!(change.body.as_str().unwrap().starts_with("CODE:APP03/2"));
    let impact = desk.post("Tickets", with("impact", Value::Null)).await;
    assert!(impact.body.as_str().unwrap().contains("Impact"));
    let mut unchecked = with("impact", Value::Null);
    unchecked["_novalidate"] = true.into();
    assert_eq!(desk.post("Tickets", unchecked).await.status, 201);
    let user = desk
        .get("Users?client_id=13&exclude_generaluser=true")
        .await
        .ids()[0];
    let no_site = desk.post("Tickets", with("user_id", json!(user))).await;
    assert!(no_site.body["[0].site_id"].is_array(), "{}", no_site.body);
}

#[tokio::test]
async fn actions_need_an_outcome_and_change_their_ticket() {
    let desk = desk().await;
    let id = made(&desk).await;
    let action = |outcome: Value| json!({"ticket_id": id, "outcome_id": outcome, "note_html": "<p>Done &amp; dusted</p>", "hiddenfromuser": false});
    let none = desk.post("Actions", action(Value::Null)).await;
    assert_eq!(
        (none.status, &none.body),
        (400, &json!("An Outcome must be entered for this Action"))
    );
    let refused = desk.post("Actions", action(json!(12))).await;
    assert_eq!(
        refused.body,
        "You do not have access to this Action at the moment"
    );
    let private = desk
        .post(
            "Actions",
            json!({"ticket_id": id, "outcome": "Private Note", "note": "Between us"}),
        )
        .await;
    assert_eq!(
        (
            private.status,
            &private.body["hiddenfromuser"],
            &private.body["id"]
        ),
        (201, &json!(true), &json!(2))
    );
    let mut public = action(json!(2));
    public["new_status"] = 4.into();
    let public = desk.post("Actions", public).await.body;
    assert_eq!(
        (&public["id"], &public["new_status_name"]),
        (&json!(3), &json!("With User"))
    );
    assert_eq!(
        public["actionby_application_id"],
        "0f4b7d2a-93c1-4e6f-8a75-d1c2b3e4f506"
    );
    let one = desk.get(&format!("Tickets/{id}")).await.body;
    assert_eq!(one["status_id"], 4);
    let close = desk.post("Actions", action(json!(6))).await;
    assert_eq!(close.status, 201);
    assert_eq!(
        desk.get(&format!("Tickets/{id}")).await.body["hasbeenclosed"],
        true
    );
    let ids = desk.get(&format!("Actions?ticket_id={id}")).await.ids();
    assert_eq!(ids, [1, 2, 3, 4]);
}

#[tokio::test]
async fn deleted_tickets_are_out_of_sight_and_come_back() {
    let desk = desk().await;
    let id = made(&desk).await;
    let gone = delete(&desk, &format!("Tickets/{id}")).await;
    assert_eq!((gone.status, &gone.body["id"]), (200, &json!(id)));
    assert!(
        !desk
            .get(&format!("Tickets?ticketids={id}"))
            .await
            .ids()
            .contains(&id)
    );
    assert_eq!(
        desk.get(&format!("Tickets?ticketids={id}&deleted=true"))
            .await
            .ids(),
        [id]
    );
    let back = desk
        .post("Tickets", json!({"id": id, "_recover": true}))
        .await;
    assert_eq!(back.status, 201);
    assert_eq!(
        desk.get(&format!("Tickets?ticketids={id}")).await.ids(),
        [id]
    );
}

#[tokio::test]
async fn clients_sites_and_users() {
    let desk = desk().await;
    let client = desk
        .post(
            "Client",
            json!({"name": "New Client", "newclient_contactname": "Ann Other"}),
        )
        .await;
    let id = client.body["id"].as_i64().unwrap();
    let users = desk.get(&format!("Users?client_id={id}")).await.rows();
    assert_eq!(users.len(), 2, "the general user and the contact");
    let no_site = desk.post("Users", json!({"name": "Lost"})).await;
    assert!(no_site.body["[0].site_id"].is_array());
    let site = desk.get(&format!("Client/{id}")).await.body["main_site_id"].clone();
    let user = desk
        .post(
            "Users",
            json!({"name": "Found", "site_id": site, "emailaddress": "found@new.example"}),
        )
        .await;
    assert_eq!((user.status, &user.body["client_id"]), (201, &json!(id)));
    let inactive = desk
        .post("Users", json!({"id": user.body["id"], "inactive": true}))
        .await;
    assert_eq!(inactive.body["inactive"], true);
    let gone = delete(&desk, &format!("Client/{id}")).await;
    assert_eq!(gone.body["name"], "New Client");
    assert_eq!(desk.get(&format!("Client/{id}")).await.status, 404);
    assert_eq!(
        desk.get(&format!("Users?client_id={id}"))
            .await
            .rows()
            .len(),
        0
    );
}

#[tokio::test]
async fn sales_are_made_by_their_type() {
    let desk = desk().await;
    let sale = desk
        .post(
            "Opportunities",
            json!({"summary": "Firewall", "client_id": 13, "oppvalue": 900.5}),
        )
        .await;
    assert_eq!(
        (
            sale.status,
            &sale.body["is_opportunity"],
            &sale.body["status_id"]
        ),
        (201, &json!(true), &json!(31)),
        "{}",
        sale.body
    );
    let other = desk
        .post(
            "Tickets",
            json!({"summary": "Switch", "client_id": 13, "tickettype_id": 30}),
        )
        .await;
    let id = other.body["id"].as_i64().unwrap();
    assert!(
        desk.get(&format!("Opportunities?ticketids={id}"))
            .await
            .ids()
            .contains(&id)
    );
    let project = desk
        .post("Projects", json!({"summary": "Move", "client_id": 13}))
        .await;
    assert_eq!(
        (&project.body["is_project"], &project.body["tickettype_id"]),
        (&json!(true), &json!(22))
    );
}

#[tokio::test]
async fn attachments_are_bytes() {
    let desk = desk().await;
    let id = made(&desk).await;
    let sent = desk.post("Attachment", json!({"ticket_id": id, "filename": "a.txt", "data_base64": "data:text/plain;base64,aGVsbG8="})).await;
    assert_eq!(
        (sent.status, &sent.body["filesize"]),
        (201, &json!(5)),
        "{}",
        sent.body
    );
    let got = desk.get(&format!("Attachment/{}", sent.body["id"])).await;
    assert_eq!(
        (got.header("content-type"), &got.body),
        (Some("text/plain"), &json!("hello"))
    );
    assert_eq!(
        desk.get(&format!("Attachment?ticket_id={id}"))
            .await
            .ids()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_bare_object_is_taken_by_a_lenient_instance_only() {
    let desk = desk().await;
    let bare = || async {
        let request = desk.request("POST", &desk.url("Tickets"));
        desk.reply(request.json(&ticket())).await
    };
    assert_eq!(bare().await.status, 400);
    desk.control()
        .patch("instanceinfo", 1, json!({"lenient": true}));
    let taken = bare().await;
    assert_eq!(
        (taken.status, &taken.body["summary"]),
        (201, &json!("Printer offline"))
    );
    let text = desk.request("POST", &desk.url("Tickets")).json(&"text");
    assert_eq!(desk.reply(text).await.status, 400, "a text is neither");
}

#[tokio::test]
async fn assets_are_listed_made_and_changed() {
    let desk = desk().await;
    let listed = desk.get("Asset?count=500").await;
    let before = listed.ids().len();
    assert!(before > 60, "{before}");
    let client = desk
        .get(&format!("Client/{}", listed.rows()[0]["client_id"]))
        .await;
    assert_eq!(client.status, 200, "{}", client.body);
    let made = desk
        .post(
            "Asset",
            json!({"inventory_number": "NB-77", "client_id": 13, "site_id": 59}),
        )
        .await;
    assert_eq!(
        (made.status, &made.body["inventory_number"]),
        (201, &json!("NB-77")),
        "{}",
        made.body
    );
    let changed = desk
        .post("Asset", json!({"id": made.body["id"], "inactive": true}))
        .await;
    assert_eq!(
        (changed.status, &changed.body["inactive"]),
        (201, &json!(true))
    );
    assert_eq!(desk.get("Asset?count=500").await.ids().len(), before + 1);
    let nameless = desk.post("Asset", json!({"client_id": 13})).await;
    assert_eq!(nameless.status, 400, "{}", nameless.body);
}
