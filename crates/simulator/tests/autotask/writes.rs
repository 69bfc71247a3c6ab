//! Creating, changing and deleting.

use serde_json::{Value, json};

use crate::support::{Desk, desk, errors};

async fn field(desk: &Desk, entity: &str, id: i64, name: &str) -> Value {
    desk.get(&format!("{entity}/{id}")).await.1["item"][name].clone()
}

fn ticket(more: Value) -> Value {
    let mut body = json!({
        "id": 0, "title": "Printer down", "companyID": 174, "status": 1, "priority": 2,
        "dueDateTime": "2026-03-05T17:00:00Z", "queueID": 8,
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

#[tokio::test]
async fn a_ticket_lives() {
    let desk = desk().await;
    let body = ticket(
        json!({"Description": "Paper jam", "createdByContactID": 30682,
        "userDefinedFields": [{"name": "Affected Site", "value": "Dock 4"}]}),
    );
    let (status, answer) = desk.send("POST", "Tickets", &body).await;
    assert_eq!((status, &answer), (200, &json!({"itemId": 1501})));
    let (_, read) = desk.get("Tickets/1501").await;
    let item = &read["item"];
    let number = item["ticketNumber"].as_str().unwrap();
    assert!(number.starts_with("T20260302."), "{number}");
    assert_eq!(item["description"], "Paper jam");
    assert_eq!(item["creatorType"], 2);
    assert_eq!(item["ticketCategory"], 3);
    assert_eq!(
        item["userDefinedFields"][0],
        json!({"name": "Affected Site", "value": "Dock 4"})
    );
    assert_eq!(item["completedDate"], Value::Null);

    let (_, second) = desk.send("POST", "Tickets", &ticket(json!({}))).await;
    let other = field(
        &desk,
        "Tickets",
        second["itemId"].as_i64().unwrap(),
        "ticketNumber",
    )
    .await;
    assert_ne!(other, number);
    let all = desk.control().records("Tickets", 0, 5_000).unwrap();
    assert_eq!(all.iter().filter(|t| t["ticketNumber"] == other).count(), 1);

    desk.control().advance_clock(60_000);
    let (status, _) = desk
        .send("PATCH", "Tickets", &json!({"id": 1501, "status": 5}))
        .await;
    assert_eq!(status, 200);
    let completed = field(&desk, "Tickets", 1501, "completedDate").await;
    assert!(completed.as_str().unwrap() > "2026-03-02T12:01");
    assert_eq!(
        field(&desk, "Tickets", 1501, "lastActivityDate").await,
        completed
    );
    assert_eq!(
        field(&desk, "Tickets", 1501, "description").await,
        "Paper jam"
    );
    desk.send(
        "PATCH",
        "Tickets",
        &json!({"id": 1501, "status": 8, "description": null}),
    )
    .await;
    assert_eq!(
        field(&desk, "Tickets", 1501, "completedDate").await,
        Value::Null
    );
    assert_eq!(
        field(&desk, "Tickets", 1501, "description").await,
        Value::Null
    );

    let history = desk
        .query(
            "TicketHistory",
            json!([{"op": "eq", "field": "ticketID", "value": 1501}]),
        )
        .await
        .1;
    assert!(history["items"].to_string().contains("status: 1 -> 5"));
}

#[tokio::test]
async fn generated_records_change_and_are_found_by_time() {
    let desk = desk().await;
    desk.control().advance_clock(3_600_000);
    let since = "2026-03-02T12:30:00Z";
    let changed = json!([{"op": "gte", "field": "lastActivityDate", "value": since}]);
    assert!(desk.ids("Tickets", changed.clone()).await.is_empty());
    desk.send("PATCH", "Tickets", &json!({"id": 12, "title": "New title"}))
        .await;
    assert_eq!(desk.ids("Tickets", changed).await, [12]);
    assert_eq!(field(&desk, "Tickets", 12, "title").await, "New title");
    let edited = json!([{"op": "gte", "field": "lastTrackedModifiedDateTime", "value": since}]);
    desk.send("PATCH", "Companies", &json!({"id": 174, "phone": "+44 1"}))
        .await;
    assert_eq!(desk.ids("Companies", edited).await, [174]);
}

#[tokio::test]
async fn tickets_are_validated_as_the_vendor_does() {
    let desk = desk().await;
    let resources = desk.control().records("Resources", 0, 100).unwrap();
    let api = resources.iter().find(|r| r["licenseType"] == 7).unwrap()["id"].clone();
    let first = resources[0]["id"].clone();
    let role = resources[0]["defaultServiceDeskRoleID"].clone();
    let contacts = desk.control().records("Contacts", 0, 1_000).unwrap();
    let inactive = contacts.iter().find(|c| c["isActive"] == 0).unwrap()["id"].clone();
    let cases = [
        (json!({"title": null}), "Missing Required Field: title"),
        (
            json!({"companyID": null}),
            "Missing Required Field: companyID",
        ),
        (json!({"title": "x".repeat(256)}), "exceeds the maximum"),
        (
            json!({"companyID": 999_999}),
            "does not reference an existing entity",
        ),
        (json!({"companyID": "174"}), "a number was expected"),
        (json!({"status": 999}), "not a valid picklist value"),
        (json!({"status": 16}), "inactive"),
        (json!({"contactID": inactive}), "inactive contact"),
        (
            json!({"assignedResourceID": first}),
            "assignedResourceRoleID must be given",
        ),
        (
            json!({"assignedResourceID": first, "assignedResourceRoleID": 29_683_398}),
            "not an active role",
        ),
        (
            json!({"assignedResourceID": api, "assignedResourceRoleID": role}),
            "API-only",
        ),
        (
            json!({"ticketCategory": 102, "dueDateTime": null}),
            "Missing Required Field: dueDateTime",
        ),
        (
            json!({"userDefinedFields": [{"name": "affected site", "value": "x"}]}),
            "affected site",
        ),
    ];
    for (more, text) in cases {
        let (status, answer) = desk.send("POST", "Tickets", &ticket(more.clone())).await;
        assert_eq!(status, 500, "{more}: {answer}");
        assert!(errors(&answer).contains(text), "{more}: {answer}");
    }
    let good = ticket(json!({"assignedResourceID": first, "assignedResourceRoleID": role}));
    assert_eq!(desk.send("POST", "Tickets", &good).await.0, 200);
    let (status, answer) = desk
        .send("PATCH", "Tickets", &json!({"id": 88_888_888, "status": 5}))
        .await;
    assert_eq!(status, 500);
    assert!(errors(&answer).contains("No matching records found"));
    let (status, answer) = desk
        .send("PATCH", "Tickets", &json!({"id": "5", "status": 5}))
        .await;
    assert_eq!(status, 500, "{answer}");
}

#[tokio::test]
async fn notes_time_and_attachments_move_the_ticket() {
    let desk = desk().await;
    let note = json!({"title": "Reply", "description": "Hello <b>", "noteType": 3, "publish": 1, "createdByContactID": 30682});
    desk.control().advance_clock(60_000);
    let (status, answer) = desk.send("POST", "Tickets/20/Notes", &note).await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["itemId"].as_i64().unwrap();
    let (_, list) = desk.get("Tickets/20/Notes").await;
    assert!(
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|n| n["id"] == id)
    );
    let touched = field(&desk, "Tickets", 20, "lastActivityDate").await;
    assert!(touched.as_str().unwrap() >= "2026-03-02T12:01");
    assert_eq!(field(&desk, "TicketNotes", id, "ticketID").await, 20);
    for (wrong, text) in [
        (json!({"title": null}), "title"),
        (json!({"publish": null}), "publish"),
        (json!({"publish": 2}), "All Autotask Users"),
        (json!({"noteType": 999}), "picklist"),
    ] {
        let mut body = note.clone();
        for (name, value) in wrong.as_object().unwrap() {
            body[name] = value.clone();
        }
        let (status, answer) = desk.send("POST", "Tickets/20/Notes", &body).await;
        assert_eq!(status, 500);
        assert!(errors(&answer).contains(text), "{answer}");
    }
    let change = json!({"id": id, "description": "Edited"});
    assert_eq!(desk.send("PATCH", "Tickets/20/Notes", &change).await.0, 200);
    assert_eq!(desk.send("PATCH", "Tickets/21/Notes", &change).await.0, 500);
    assert_eq!(
        field(&desk, "TicketNotes", id, "description").await,
        "Edited"
    );

    let resource = desk.control().ids("Resources")[0];
    let role =
        desk.control().get("Resources", resource).unwrap()["defaultServiceDeskRoleID"].clone();
    let mut entry = json!({"resourceID": resource, "ticketID": 20, "summaryNotes": "Fixed it",
        "startDateTime": "2026-03-02T10:00:00Z", "endDateTime": "2026-03-02T10:30:00Z"});
    let (status, answer) = desk.send("POST", "TimeEntries", &entry).await;
    assert_eq!(status, 500);
    assert!(errors(&answer).contains("must have a roleID"));
    entry["roleID"] = role;
    let (status, answer) = desk.send("POST", "TimeEntries", &entry).await;
    assert_eq!(status, 200, "{answer}");
    let time = answer["itemId"].as_i64().unwrap();
    assert_eq!(field(&desk, "TimeEntries", time, "hoursWorked").await, 0.5);
    assert_eq!(
        desk.send("DELETE", &format!("TimeEntries/{time}"), &json!({}))
            .await
            .0,
        200
    );
    let log = desk
        .query(
            "DeletedTicketActivityLogs",
            json!([{"op": "eq", "field": "ticketID", "value": 20}]),
        )
        .await
        .1;
    assert_eq!(log["items"][0]["typeID"], 2);

    let file = json!({"id": 0, "attachmentType": "FILE_ATTACHMENT", "title": "a.png", "fullPath": "a.png", "publish": 1, "data": "aGVsbG8="});
    let (status, answer) = desk.send("POST", "Tickets/20/Attachments", &file).await;
    assert_eq!(status, 200, "{answer}");
    let (_, list) = desk.get("Tickets/20/Attachments").await;
    assert_eq!(list["items"][0]["data"], Value::Null);
    assert_eq!(list["items"][0]["fileSize"], 5);
    let one = desk
        .get(&format!("Tickets/20/Attachments/{}", answer["itemId"]))
        .await
        .1;
    assert_eq!(one["items"][0]["data"], "aGVsbG8=");
    let large = json!({"attachmentType": "FILE_ATTACHMENT", "title": "b", "fullPath": "b", "publish": 1, "data": "A".repeat(10_000_000)});
    let (status, answer) = desk.send("POST", "Tickets/20/Attachments", &large).await;
    assert_eq!(status, 500);
    assert!(errors(&answer).contains("maximum size"));
}

#[tokio::test]
async fn contacts_belong_to_companies() {
    let desk = desk().await;
    let body = json!({"firstName": "Zoë", "lastName": "Test", "isActive": true, "emailAddress": "zoe@x.example", "primaryContact": true});
    let (status, answer) = desk.send("POST", "Companies/175/Contacts", &body).await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["itemId"].as_i64().unwrap();
    assert_eq!(field(&desk, "Contacts", id, "companyID").await, 175);
    assert_eq!(field(&desk, "Contacts", id, "isActive").await, 1);
    let primary = desk
        .ids("Contacts", json!([{"op": "eq", "field": "companyID", "value": 175}, {"op": "eq", "field": "primaryContact", "value": true}]))
        .await;
    assert_eq!(primary, [id]);
    let move_away = json!({"id": id, "companyID": 176, "title": "Boss"});
    assert_eq!(
        desk.send("PATCH", "Companies/175/Contacts", &move_away)
            .await
            .0,
        200
    );
    assert_eq!(field(&desk, "Contacts", id, "companyID").await, 175);
    let too_long = json!({"firstName": "x".repeat(21), "lastName": "y", "isActive": 1});
    assert_eq!(
        desk.send("POST", "Companies/175/Contacts", &too_long)
            .await
            .0,
        500
    );

    let (status, _) = desk
        .send(
            "POST",
            "ContactGroups/1/Contacts",
            &json!({"contactID": id}),
        )
        .await;
    assert_eq!(status, 200);
    let (status, _) = desk
        .send(
            "POST",
            "ContactGroups/1/Contacts",
            &json!({"contactID": id}),
        )
        .await;
    assert_eq!(status, 500);
    let path = format!("Companies/175/Contacts/{id}");
    assert_eq!(desk.send("DELETE", &path, &json!({})).await.0, 200);
    assert_eq!(desk.send("DELETE", &path, &json!({})).await.0, 500);
    assert_eq!(desk.get(&format!("Contacts/{id}")).await.0, 404);
}

#[tokio::test]
async fn companies_and_opportunities() {
    let desk = desk().await;
    let owner = desk.control().ids("Resources")[0];
    let company = json!({"companyName": "New & Co", "companyType": 1, "ownerResourceID": owner, "phone": "1"});
    let (status, answer) = desk.send("POST", "Companies", &company).await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["itemId"].as_i64().unwrap();
    assert_eq!(field(&desk, "Companies", id, "isActive").await, true);
    let missing = desk
        .send("POST", "Companies", &json!({"companyName": "x"}))
        .await
        .1;
    assert_eq!(missing["errors"].as_array().unwrap().len(), 3, "{missing}");

    let mut deal = json!({"title": "Refresh", "companyID": id, "ownerResourceID": owner, "stage": 10, "status": 1,
        "startDate": "2026-03-02", "projectedCloseDate": "2026-03-01T15:00:00Z", "probability": 50,
        "amount": 1000, "cost": 10.5, "useQuoteTotals": false});
    let (status, answer) = desk.send("POST", "Opportunities", &deal).await;
    assert_eq!(status, 500);
    assert!(errors(&answer).contains("projectedCloseDate"));
    deal["projectedCloseDate"] = json!("2026-04-01T15:00:00Z");
    let (status, answer) = desk.send("POST", "Opportunities", &deal).await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["itemId"].as_i64().unwrap();
    assert_eq!(
        field(&desk, "Opportunities", id, "projectedCloseDate").await,
        "2026-04-01T00:00:00Z"
    );
    let put = json!({"id": id, "title": "Only this", "companyID": 174, "ownerResourceID": owner, "stage": 11, "status": 1,
        "startDate": "2026-03-02", "projectedCloseDate": "2026-05-01", "probability": 60, "amount": 1, "cost": 1,
        "useQuoteTotals": true});
    assert_eq!(desk.send("PUT", "Opportunities", &put).await.0, 200);
    assert_eq!(
        field(&desk, "Opportunities", id, "opportunityCategoryID").await,
        Value::Null
    );
}

#[tokio::test]
async fn deleting_in_the_screens_leaves_logs() {
    let desk = desk().await;
    let number = field(&desk, "Tickets", 700, "ticketNumber").await;
    desk.control().delete("Tickets", 700);
    assert_eq!(desk.get("Tickets/700").await.0, 404);
    let log = desk
        .query(
            "DeletedTicketLogs",
            json!([{"op": "eq", "field": "ticketID", "value": 700}]),
        )
        .await
        .1;
    assert_eq!(log["items"][0]["ticketNumber"], number);
    assert!(
        desk.ids(
            "TicketNotes",
            json!([{"op": "eq", "field": "ticketID", "value": 700}])
        )
        .await
        .is_empty()
    );
    let note = desk.control().ids("TicketNotes")[0];
    let ticket = field(&desk, "TicketNotes", note, "ticketID").await;
    desk.control().delete("TicketNotes", note);
    let log = desk
        .query(
            "DeletedTicketActivityLogs",
            json!([{"op": "eq", "field": "ticketID", "value": ticket}]),
        )
        .await
        .1;
    assert_eq!(log["items"][0]["typeID"], 1);
    desk.control().delete("Companies", 180);
    assert_eq!(desk.get("Companies/180").await.0, 404);
    assert_eq!(desk.control().count("Companies", None), 40);
    assert!(desk.control().get("Companies", 180).is_none());
}

#[tokio::test]
async fn impersonation_counts_for_the_resource() {
    let desk = desk().await;
    let resources = desk.control().records("Resources", 0, 100).unwrap();
    let api = resources.iter().find(|r| r["licenseType"] == 7).unwrap()["id"]
        .as_i64()
        .unwrap();
    let gone = resources.iter().find(|r| r["isActive"] == false).unwrap()["id"].clone();
    let send = |resource: String| {
        desk.request("POST", &desk.url("Tickets"))
            .header("ImpersonationResourceId", resource)
            .json(&ticket(json!({})))
            .send()
    };
    let answer: Value = send(resources[1]["id"].to_string())
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let id = answer["itemId"].as_i64().unwrap();
    assert_eq!(
        field(&desk, "Tickets", id, "creatorResourceID").await,
        resources[1]["id"]
    );
    assert_eq!(
        field(&desk, "Tickets", id, "impersonatorCreatorResourceID").await,
        api
    );
    assert_eq!(send(gone.to_string()).await.unwrap().status(), 403);
    let acted: Vec<Option<i64>> = desk
        .control()
        .journal()
        .iter()
        .map(|e| e.acting_for)
        .collect();
    assert!(acted.contains(&resources[1]["id"].as_i64()));
}
