//! Creating and changing, and how the vendor refuses.

use serde_json::{Value, json};

use crate::support::desk;

#[tokio::test]
async fn a_ticket_begins_with_its_first_comment() {
    let desk = desk().await;
    let contact = desk.control().records("contacts", -1, 1).unwrap()[0].clone();
    let last = *desk.control().ids("tickets").last().unwrap();
    let body = json!({
        "customer_id": contact["customer_id"], "contact_id": contact["id"],
        "subject": "Printer offline", "problem_type": "Hardware", "priority": "2 Normal",
        "properties": {"Room": "4"}, "tag_list": ["portal"], "line_items": [{"name": "x"}],
        "comments_attributes": [{
            "subject": "Initial Issue", "body": "Since this morning.", "hidden": false,
            "do_not_email": true, "tech": "Ann Client (portal)",
        }],
    });
    let reply = desk.send("POST", "tickets", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let ticket = &reply.body["ticket"];
    assert_eq!(ticket["id"], last + 1);
    assert_eq!(ticket["status"], "New");
    assert_eq!(ticket["line_items"], json!([]));
    assert_eq!(ticket["tag_list"], json!(["portal"]));
    let comment = &ticket["comments"][0];
    assert_eq!(comment["tech"], "Ann Client (portal)");
    let owner = desk.get("me").await.body["user_id"].clone();
    assert_eq!(
        comment["user_id"], owner,
        "comments by token are the owner's"
    );
    assert!(comment.get("do_not_email").is_none());
    let row = desk.get("tickets").await.body["tickets"][0].clone();
    assert_eq!(row["subject"], "Printer offline");
    assert_eq!(row["contact_fullname"], contact["name"]);
    assert_eq!(desk.control().count("emails", None), 0);
}

#[tokio::test]
async fn comments_are_mailed_unless_told_otherwise() {
    let desk = desk().await;
    let with_email: Vec<i64> = desk
        .control()
        .records("customers", -1, 200)
        .unwrap()
        .iter()
        .filter(|c| c["email"].is_string())
        .map(|c| c["id"].as_i64().unwrap())
        .collect();
    let id = desk.ticket(|t| with_email.contains(&t["customer_id"].as_i64().unwrap()));
    let path = format!("tickets/{id}/comment");
    let before = desk.control().get("tickets", id).unwrap()["updated_at"].clone();
    let mut mails = Vec::new();
    for (hidden, quiet) in [
        (Some(false), Some(true)),
        (Some(true), None),
        (Some(false), None),
        (None, None),
    ] {
        let mut body = json!({"subject": "Update", "body": "Text"});
        if let Some(hidden) = hidden {
            body["hidden"] = hidden.into();
        }
        if let Some(quiet) = quiet {
            body["do_not_email"] = quiet.into();
        }
        let reply = desk.send("POST", &path, &body).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.body["comment"]["hidden"], hidden.unwrap_or(false));
        mails.push(desk.control().count("emails", None));
    }
    assert_eq!(mails, [0, 0, 1, 2]);
    let after = desk.control().get("tickets", id).unwrap()["updated_at"].clone();
    assert!(
        after.as_str() > before.as_str(),
        "a comment touches its ticket"
    );
    let refused = desk.send("POST", &path, &json!({"hidden": false})).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.body["success"], false);
    assert_eq!(
        refused.body["message"],
        json!(["Body can't be blank", "Subject can't be blank"])
    );
}

#[tokio::test]
async fn refusals_come_in_the_vendors_shapes() {
    let desk = desk().await;
    let customer = desk.control().ids("customers")[4];
    let contact = desk.control().ids("contacts")[0];
    let ticket = desk.control().ids("tickets")[0];
    let alert = desk.control().ids("rmm_alerts")[0];
    let cases = [
        (
            "POST",
            "tickets".to_owned(),
            json!({"subject": "x"}),
            422,
            json!({"error": "Customer required field"}),
        ),
        (
            "POST",
            "tickets".to_owned(),
            json!({"customer_id": 5, "subject": "x"}),
            404,
            json!({"message": "Not found"}),
        ),
        (
            "PUT",
            format!("tickets/{ticket}"),
            json!({"subject": ""}),
            422,
            json!({"success": false, "message": ["Subject can't be blank"], "params": {"subject": ""}}),
        ),
        (
            "POST",
            "customers".to_owned(),
            json!({"business_name": "B", "email": "not one"}),
            422,
            json!({"success": false, "message": ["Email is not an email", "Email Only able to parse up to \"not one\""],
                "params": {"business_name": "B", "email": "not one"}}),
        ),
        (
            "POST",
            "contacts".to_owned(),
            json!({"customer_id": 5, "name": "A"}),
            404,
            json!({"message": "Not found"}),
        ),
        (
            "POST",
            format!("tickets/{ticket}/attach_file_url"),
            json!({}),
            422,
            json!({"error": "Missing files param - or not an array like [{'url':'http://foo','filename': 'test'}]"}),
        ),
        (
            "POST",
            "customer_assets".to_owned(),
            json!({"name": "No type"}),
            422,
            json!({"success": false, "message": ["Asset type can't be blank", "Name You must have an asset type first, please go create one"],
                "params": {"name": "No type"}}),
        ),
        (
            "POST",
            "leads".to_owned(),
            json!({"from_check_in": true}),
            422,
            json!({"success": false, "message": ["Ticket description can't be blank"], "params": {"from_check_in": true}}),
        ),
        (
            "POST",
            format!("rmm_alerts/{alert}/mute"),
            json!({"mute_for": "a while"}),
            422,
            json!({"errors": {"mute_for": ["is invalid"]}}),
        ),
        (
            "DELETE",
            "leads/2210001".to_owned(),
            json!({}),
            404,
            json!({"message": "Not found"}),
        ),
        (
            "DELETE",
            "customer_assets/12310001".to_owned(),
            json!({}),
            404,
            json!({"message": "Not found"}),
        ),
    ];
    for (method, path, body, status, answer) in cases {
        let reply = desk.send(method, &path, &body).await;
        assert_eq!(
            (reply.status, &reply.body),
            (status, &answer),
            "{method} {path}"
        );
    }
    let bad = desk
        .send(
            "PUT",
            &format!("contacts/{contact}"),
            &json!({"name": "A", "email": "xxx"}),
        )
        .await;
    assert_eq!(
        (bad.status, &bad.body["errors"]),
        (422, &json!("Email is not an email"))
    );
    assert_eq!(bad.body["record"]["id"], contact);
    let nameless = desk
        .send("PUT", &format!("contacts/{contact}"), &json!({"name": ""}))
        .await;
    assert_eq!(nameless.body["errors"], "Name can't be blank");
    let path = format!("contacts/{contact}");
    let left_out = desk.send("PUT", &path, &json!({"phone": "1"})).await;
    assert_eq!(
        (left_out.status, &left_out.body["errors"]),
        (422, &json!("Name can't be blank")),
        "a change needs it too"
    );
    let orphan = desk.send("POST", "contacts", &json!({"name": "A"})).await;
    assert_eq!(
        (orphan.status, &orphan.body["record"]["id"]),
        (422, &Value::Null)
    );
    let request = desk
        .request("POST", "tickets")
        .header("Content-Type", "application/json")
        .body("{not json");
    assert_eq!(desk.reply(request).await.status, 400);
    // Nothing of all that was stored.
    assert_eq!(
        desk.control().ids("customers").len() as u64,
        desk.control().count("customers", None)
    );
    assert!(desk.control().get("customers", customer).is_some());
}

#[tokio::test]
async fn deleting_a_customer_takes_everything_along() {
    let desk = desk().await;
    let ticket = desk.control().records("tickets", -1, 1).unwrap()[0].clone();
    let customer = ticket["customer_id"].as_i64().unwrap();
    let path = format!("customers/{customer}");
    let gone = desk.send("DELETE", &path, &json!({})).await;
    assert_eq!(
        gone.body,
        json!({"message": "Customer was deleted from the system."})
    );
    assert_eq!(desk.get(&path).await.status, 404);
    assert_eq!(
        desk.get(&format!("tickets/{}", ticket["id"])).await.status,
        404
    );
    let of = desk.get(&format!("contacts?customer_id={customer}")).await;
    assert!(of.rows("contacts").is_empty());
    let other = desk.control().ids("tickets")[0];
    let gone = desk
        .send("DELETE", &format!("tickets/{other}"), &json!({}))
        .await;
    assert_eq!(
        gone.body,
        json!({"message": "Ticket was successfully deleted. "})
    );
}

#[tokio::test]
async fn leads_keep_amounts_to_themselves_and_devices_ignore_first_properties() {
    let desk = desk().await;
    let customer = desk.control().ids("customers")[4];
    let lead = json!({"customer_id": customer, "ticket_subject": "New server",
        "opportunity_amount_dollars": 900.5, "likelihood": 40, "status": "Opportunity"});
    let reply = desk.send("POST", "leads", &lead).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let made = &reply.body["lead"];
    assert_eq!(made["status"], "Opportunity");
    assert!(made.get("likelihood").is_none() && made.get("opportunity_amount_dollars").is_none());
    let retired = desk
        .send(
            "PUT",
            &format!("leads/{}", made["id"]),
            &json!({"disabled": true}),
        )
        .await;
    assert_eq!(retired.status, 200);
    assert!(
        !desk
            .get("leads")
            .await
            .ids("leads")
            .contains(&made["id"].as_i64().unwrap())
    );
    let device = json!({"name": "PC-1", "customer_id": customer, "asset_type_name": "Server", "properties": {"OS": "9"}});
    let made = desk.send("POST", "customer_assets", &device).await.body["asset"].clone();
    assert_eq!(
        (&made["properties"], &made["asset_type"]),
        (&json!({}), &json!("Server"))
    );
    let path = format!("customer_assets/{}", made["id"]);
    let set = desk
        .send("PUT", &path, &json!({"properties": {"OS": "9"}}))
        .await
        .body["asset"]
        .clone();
    assert_eq!(set["properties"]["OS"], "9");
}

#[tokio::test]
async fn answers_of_the_smaller_kinds() {
    let desk = desk().await;
    let customer = desk.control().ids("customers")[4];
    let alert = desk
        .send(
            "POST",
            "rmm_alerts",
            &json!({"customer_id": customer, "description": "Disk"}),
        )
        .await;
    assert_eq!((alert.status, &alert.body["success"]), (201, &json!(true)));
    let path = format!("rmm_alerts/{}", alert.body["alert"]["id"]);
    assert_eq!(
        desk.get(&path).await.body["rmm_alert"]["description"],
        "Disk"
    );
    assert_eq!(
        desk.send("DELETE", &path, &json!({})).await.body,
        json!({"success": "true"})
    );
    let canned = desk
        .send(
            "POST",
            "canned_responses",
            &json!({"title": "T", "body": "B"}),
        )
        .await;
    assert_eq!(canned.status, 201);
    let path = format!("canned_responses/{}", canned.body["id"]);
    assert_eq!(
        desk.send("PATCH", &path, &json!({"title": "U"})).await.body["title"],
        "U"
    );
    assert_eq!(desk.send("DELETE", &path, &json!({})).await.status, 204);
    let contract = desk
        .send("POST", "contracts", &json!({"name": "No one's"}))
        .await;
    assert_eq!(
        (contract.status, &contract.body["errors"]),
        (422, &json!("Customer can't be blank"))
    );
    let found = desk.get("search?query=walkin").await;
    assert_eq!(found.body["results"][0]["table"]["_type"], "customer");
    let files = json!({"files": [{"url": "https://x.example/a.png", "filename": "a.png"}]});
    let ticket = desk.control().ids("tickets")[0];
    assert_eq!(
        desk.send("POST", &format!("tickets/{ticket}/attach_file_url"), &files)
            .await
            .status,
        200
    );
    let one = desk.get(&format!("tickets/{ticket}")).await.body["ticket"].clone();
    assert_eq!(one["attachments"][0]["file_name"], "a.png");
}
