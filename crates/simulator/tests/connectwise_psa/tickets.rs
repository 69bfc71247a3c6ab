//! The service desk: boards and statuses, notes, time, merging, converting.

use serde_json::{Value, json};

use crate::support::{Desk, desk, issues};

async fn new_ticket(desk: &Desk, more: Value) -> Value {
    let contact = desk
        .get("company/contacts?pageSize=1&conditions=defaultFlag=true")
        .await
        .body[0]
        .clone();
    let mut body = json!({"summary": "Printer on fire", "company": {"id": contact["company"]["id"]}, "contact": {"id": contact["id"]}});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let made = desk.send("POST", "service/tickets", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body
}

#[tokio::test]
async fn a_ticket_gets_board_status_and_priority_and_texts_become_notes() {
    let desk = desk().await;
    let ticket = new_ticket(
        &desk,
        json!({
            "initialDescription": "It burns.", "initialInternalAnalysis": "Told them to run.",
        }),
    )
    .await;
    assert_eq!(ticket["board"]["name"], "Help Desk");
    assert_eq!(ticket["status"]["name"], "New");
    assert_eq!(ticket["priority"]["name"], "Priority 3 - Normal Response");
    assert_eq!(ticket["closedFlag"], false);
    assert!(ticket["contactEmailAddress"].is_string() && ticket["initialDescription"].is_null());
    let notes = desk
        .get(&format!("service/tickets/{}/notes", ticket["id"]))
        .await
        .body;
    assert_eq!(notes[0]["text"], "It burns.");
    assert_eq!(
        (&notes[0]["issueFlag"], &notes[0]["detailDescriptionFlag"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(
        (&notes[1]["internalAnalysisFlag"], &notes[1]["internalFlag"]),
        (&json!(true), &json!(true))
    );
}

#[tokio::test]
async fn status_board_and_type_belong_together() {
    let desk = desk().await;
    let ticket = new_ticket(&desk, json!({"type": {"id": 50}})).await;
    let path = format!("service/tickets/{}", ticket["id"]);
    let wrong = json!([{"op": "replace", "path": "status", "value": {"id": 201}}]);
    let reply = desk.send("PATCH", &path, &wrong).await;
    assert_eq!(
        issues(&reply.body),
        [("InvalidField".into(), "status".into())]
    );
    // A new board needs a status of its own in the same request.
    let board_only = json!([{"op": "replace", "path": "board", "value": {"id": 2}}]);
    assert_eq!(desk.send("PATCH", &path, &board_only).await.status, 400);
    let both = json!([
        {"op": "replace", "path": "board", "value": {"id": 2}},
        {"op": "replace", "path": "status", "value": {"name": "In Progress"}},
    ]);
    let by_name = json!([both[0], {"op": "replace", "path": "status", "value": {"id": 202}}]);
    let moved = desk.send("PATCH", &path, &by_name).await;
    assert_eq!(moved.status, 200, "{}", moved.body);
    assert_eq!(
        (&moved.body["status"]["id"], &moved.body["type"]),
        (&json!(202), &Value::Null)
    );

    let close = json!([{"op": "replace", "path": "status/id", "value": 210}]);
    let closed = desk.send("PATCH", &path, &close).await.body;
    assert_eq!(closed["closedFlag"], true, "{closed}");
    assert_eq!(closed["closedBy"], "PorticoAPI");
    assert!(closed["closedDate"].is_string());
    let open = json!([{"op": "replace", "path": "status/id", "value": 202}]);
    let opened = desk.send("PATCH", &path, &open).await.body;
    assert_eq!(
        (&opened["closedFlag"], &opened["closedDate"]),
        (&json!(false), &closed["closedDate"]),
        "when it was closed stays"
    );

    let other = desk
        .get("company/contacts?pageSize=1&orderBy=id desc")
        .await
        .body[0]["id"]
        .clone();
    let reply = desk
        .send(
            "PATCH",
            &path,
            &json!([{"op": "replace", "path": "contact", "value": {"id": other}}]),
        )
        .await;
    assert_eq!(
        issues(&reply.body),
        [("InvalidField".into(), "contact".into())]
    );
    for board in [7, 8] {
        let body = json!({"summary": "x", "company": {"id": 250}, "board": {"id": board}});
        let reply = desk.send("POST", "service/tickets", &body).await;
        assert_eq!(issues(&reply.body)[0].1, "board");
    }
}

#[tokio::test]
async fn a_note_moves_the_ticket_and_shows_among_all_notes() {
    let desk = desk().await;
    let ticket = desk.get("service/tickets/10100").await.body;
    desk.control().advance_clock(60_000);
    let note = json!({"text": "From the portal", "detailDescriptionFlag": true, "contact": ticket["contact"], "customerUpdatedFlag": true, "processNotifications": true});
    let made = desk
        .send("POST", "service/tickets/10100/notes", &note)
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(
        (&made.body["ticketId"], &made.body["internalFlag"]),
        (&json!(10_100), &json!(false))
    );
    let after = desk.get("service/tickets/10100").await.body;
    assert!(after["_info"]["lastUpdated"].as_str() > ticket["_info"]["lastUpdated"].as_str());
    assert_eq!(after["customerUpdatedFlag"], true);
    let since = "lastUpdated > [2026-03-02T12:00:30Z]";
    assert_eq!(desk.ids("service/tickets", since).await, [10_100]);

    let notes = desk
        .get("service/tickets/10100/notes?pageSize=100")
        .await
        .body;
    let times = desk
        .get("service/tickets/10100/timeentries?pageSize=100")
        .await
        .body;
    let all = desk
        .get("service/tickets/10100/allNotes?pageSize=100")
        .await
        .body;
    let shown = times.as_array().unwrap().iter().filter(|t| {
        t["addToDetailDescriptionFlag"] == true || t["addToInternalAnalysisFlag"] == true
    });
    assert_eq!(
        all.as_array().unwrap().len(),
        notes.as_array().unwrap().len() + shown.count()
    );
    assert_eq!(
        all.as_array().unwrap().last().unwrap()["text"],
        "From the portal"
    );
    assert_eq!(notes[0]["issueFlag"], true);

    let id = made.body["id"].as_i64().unwrap();
    let path = format!("service/tickets/10100/notes/{id}");
    let patch = json!([{"op": "replace", "path": "text", "value": "Edited"}]);
    assert_eq!(
        desk.send("PATCH", &path, &patch).await.body["text"],
        "Edited"
    );
    let elsewhere = format!("service/tickets/10101/notes/{id}");
    assert_eq!(desk.get(&elsewhere).await.status, 404);
    assert_eq!(desk.send("DELETE", &path, &json!({})).await.status, 204);
    assert_eq!(
        desk.get("service/tickets/99999999/notes").await.body["message"],
        "Ticket 99999999 not found"
    );
    let empty = desk
        .send(
            "POST",
            "service/tickets/10100/notes",
            &json!({"detailDescriptionFlag": true}),
        )
        .await;
    assert_eq!(issues(&empty.body)[0].1, "text");
}

#[tokio::test]
async fn time_is_charged_to_tickets() {
    let desk = desk().await;
    let body = json!({"chargeToId": 10_100, "chargeToType": "ServiceTicket", "member": {"identifier": "RProsser"},
        "timeStart": "2026-03-02T10:00:00Z", "timeEnd": "2026-03-02T10:45:00Z", "notes": "Looked at it"});
    let made = desk.send("POST", "time/entries", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.body["actualHours"], 0.75);
    let of_ticket = desk
        .ids(
            "time/entries",
            "chargeToId=10100 and chargeToType='ServiceTicket'",
        )
        .await;
    assert!(of_ticket.contains(&made.body["id"].as_i64().unwrap()));
    let mut wrong = body.clone();
    wrong["timeEnd"] = "2026-03-02T09:00:00Z".into();
    let reply = desk.send("POST", "time/entries", &wrong).await;
    assert_eq!(
        issues(&reply.body),
        [("OutOfRange".into(), "timeEnd".into())]
    );
}

#[tokio::test]
async fn tickets_merge_and_convert() {
    let desk = desk().await;
    let child = desk.get("service/tickets/10201").await.body;
    let status = child["board"]["id"].as_i64().unwrap() * 100 + 10;
    let merged = desk
        .send(
            "POST",
            "service/tickets/10200/merge",
            &json!({"mergeTicketIds": [10_201], "status": {"id": status}}),
        )
        .await;
    assert_eq!(merged.status, 200, "{}", merged.body);
    let child = desk.get("service/tickets/10201").await.body;
    assert_eq!(
        (&child["mergedParentTicket"]["id"], &child["closedFlag"]),
        (&json!(10_200), &json!(true))
    );
    let notes = desk
        .get("service/tickets/10202/notes?pageSize=100")
        .await
        .ids();
    assert_eq!(
        desk.send("POST", "service/tickets/10202/convert", &json!({}))
            .await
            .status,
        200
    );
    assert_eq!(desk.get("service/tickets/10202").await.status, 404);
    let project = desk.get("project/tickets/10202").await.body;
    assert_eq!(project["recordType"], "ProjectTicket");
    assert_eq!(
        desk.get("project/tickets/10202/notes?pageSize=100")
            .await
            .ids(),
        notes,
        "the same notes"
    );
    let note = json!({"text": "On"});
    let made = desk
        .send("POST", "project/tickets/10202/notes", &note)
        .await;
    let id = made.body["id"].as_i64().unwrap();
    let service = desk.control().ids("service/tickets/notes");
    assert!(!service.contains(&id), "notes are numbered together");
}

/// The document wants the tickets and the status they get, which has to be one of their board.
#[tokio::test]
async fn a_merge_closes_tickets_with_the_status_it_names() {
    let desk = desk().await;
    let before = desk.get("service/tickets/10090").await.body;
    let board = before["board"]["id"].as_i64().unwrap();
    let path = "service/tickets/10200/merge";
    let (ids, closed) = (json!([10_090]), json!({"id": board * 100 + 11}));
    let other_board = json!({"id": (board % 6 + 1) * 100 + 11});
    for (body, wanted) in [
        (
            json!({}),
            vec![
                ("MissingRequiredField", "mergeTicketIds"),
                ("MissingRequiredField", "status"),
            ],
        ),
        (
            json!({"status": closed}),
            vec![("MissingRequiredField", "mergeTicketIds")],
        ),
        (
            json!({"mergeTicketIds": [], "status": closed}),
            vec![("MissingRequiredField", "mergeTicketIds")],
        ),
        (
            json!({"mergeTicketIds": ids, "statusId": closed["id"]}),
            vec![("MissingRequiredField", "status")],
        ),
        (
            json!({"mergeTicketIds": [10_200], "status": closed}),
            vec![("InvalidField", "mergeTicketIds")],
        ),
        (
            json!({"mergeTicketIds": ids, "status": {"id": 99_999}}),
            vec![("InvalidField", "status")],
        ),
        (
            json!({"mergeTicketIds": ids, "status": other_board}),
            vec![("InvalidField", "status")],
        ),
        (
            json!({"mergeTicketIds": ids, "status": {"id": board * 100 + 2}}),
            vec![("InvalidField", "status")],
        ),
    ] {
        let reply = desk.send("POST", path, &body).await;
        assert_eq!(
            (reply.status, &reply.body["message"]),
            (400, &json!("ticketMerge object is invalid")),
            "{body}"
        );
        let wanted: Vec<(String, String)> = wanted
            .into_iter()
            .map(|(code, field)| (code.into(), field.into()))
            .collect();
        assert_eq!(issues(&reply.body), wanted, "{body}");
    }
    let unknown = json!({"mergeTicketIds": [9], "status": closed});
    let unknown = desk.send("POST", path, &unknown).await;
    assert_eq!(
        (unknown.status, &unknown.body["message"]),
        (404, &json!("Ticket 9 not found"))
    );
    assert_eq!(desk.get("service/tickets/10090").await.body, before);

    let body = json!({"mergeTicketIds": ids, "status": closed});
    let merged = desk.send("POST", path, &body).await;
    assert_eq!(
        (merged.status, &merged.body),
        (200, &json!({"success": true}))
    );
    let child = desk.get("service/tickets/10090").await.body;
    assert_eq!(
        (&child["status"]["id"], &child["closedFlag"]),
        (&closed["id"], &json!(true))
    );
    assert_eq!(child["mergedParentTicket"]["id"], 10_200);
    assert!(child["closedDate"].is_string() && child["closedBy"].is_string());
    let parent = desk.get("service/tickets/10200").await.body;
    assert_eq!(parent["hasMergedChildTicketFlag"], true);
}

#[tokio::test]
async fn tickets_are_put_below_others_and_copied() {
    let desk = desk().await;
    let children = json!({"childTicketIds": [10_211, 10_212]});
    let path = "service/tickets/10210/attachChildren";
    let reply = desk.send("POST", path, &children).await;
    assert_eq!((reply.status, &reply.body["success"]), (200, &json!(true)));
    let child = desk.get("service/tickets/10212").await.body;
    assert_eq!(child["parentTicketId"], 10_210);
    let parent = desk.get("service/tickets/10210").await.body;
    assert_eq!(parent["hasChildTicket"], true);
    let unknown = json!({"childTicketIds": [9]});
    assert_eq!(desk.send("POST", path, &unknown).await.status, 404);

    let copy = desk
        .send("POST", "service/tickets/10210/copy", &json!({}))
        .await;
    assert_eq!(copy.status, 200, "{}", copy.body);
    let id = copy.body["id"].as_i64().unwrap();
    assert!(id > 10_212);
    let made = desk.get(&format!("service/tickets/{id}")).await.body;
    for name in ["summary", "company", "board"] {
        assert_eq!(made[name], parent[name], "{name}");
    }
    assert_eq!(made["closedFlag"], false);
    let opportunity = desk.control().ids("sales/opportunities")[0];
    let team = desk
        .get(&format!("sales/opportunities/{opportunity}/team"))
        .await;
    assert_eq!(team.ids(), Vec::<i64>::new());
}

#[tokio::test]
async fn deleted_tickets_vanish_from_lists_and_counts() {
    let desk = desk().await;
    let before = desk.get("service/tickets/count").await.body["count"]
        .as_i64()
        .unwrap();
    desk.control().delete("service/tickets", 10_300);
    assert_eq!(
        desk.get("service/tickets/count").await.body["count"],
        before - 1
    );
    assert!(
        !desk
            .ids("service/tickets", "id>=10300 and id<10310")
            .await
            .contains(&10_300)
    );
    assert_eq!(desk.get("service/tickets/10300").await.status, 404);
}
