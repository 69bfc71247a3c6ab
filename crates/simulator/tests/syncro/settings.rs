//! Settings: statuses, problem types and priorities are texts without ids.

use serde_json::json;

use crate::support::desk;

#[tokio::test]
async fn texts_come_in_the_order_of_the_account() {
    let desk = desk().await;
    let tickets = desk.get("tickets/settings").await.body;
    assert_eq!(
        tickets["ticket_status_list"],
        json!([
            "New",
            "In Progress",
            "Resolved",
            "Invoiced",
            "Waiting for Parts",
            "Waiting on Customer",
            "Scheduled",
            "Customer Reply",
            "On Hold",
            "Waiting on Vendor"
        ])
    );
    assert_eq!(tickets["ticket_types"].as_array().unwrap().len(), 3);
    let all = desk.get("settings").await.body;
    assert_eq!(
        all["ticket"]["priorities"],
        json!(["", "0 Urgent", "1 High", "2 Normal", "3 Low"])
    );
    assert_eq!(all["ticket"]["problem_types"][0], "Virus");
    assert_eq!(all["locale"]["time_zone"], "Europe/London");
    assert!(all.get("settings").is_none(), "settings are not wrapped");
}

#[tokio::test]
async fn a_status_can_be_renamed_added_and_removed() {
    let desk = desk().await;
    let control = desk.control();
    let named = |name: &str| {
        let all = control.records("ticket_statuses", -1, 50).unwrap();
        let found = all.iter().find(|s| s["name"] == name);
        found.map(|s| s["id"].as_i64().unwrap())
    };
    control.patch(
        "ticket_statuses",
        named("Scheduled").unwrap(),
        json!({"name": "Parked"}),
    );
    control.create("ticket_statuses", json!({"name": "Closed", "closed": true}));
    control.delete("ticket_statuses", named("Invoiced").unwrap());
    let list = desk.get("tickets/settings").await.body["ticket_status_list"].clone();
    let list: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s.as_str().unwrap())
        .collect();
    assert!(list.contains(&"Parked") && list.contains(&"Closed"));
    assert!(!list.contains(&"Scheduled") && !list.contains(&"Invoiced"));
    // Tickets keep the text they had.
    assert!(control.count("tickets", Some(json!({"status": "Scheduled"}))) > 0);
    let id = desk.ticket(|t| t["status"] == "Scheduled");
    let done = desk
        .send(
            "PUT",
            &format!("tickets/{id}"),
            &json!({"status": "Closed"}),
        )
        .await;
    assert!(done.body["ticket"]["resolved_at"].is_string());
}
