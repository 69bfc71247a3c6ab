//! Opportunities and agreements.

use serde_json::json;

use crate::support::{desk, issues};

#[tokio::test]
async fn an_opportunity_needs_four_things_and_closes_by_status() {
    let desk = desk().await;
    let empty = desk.send("POST", "sales/opportunities", &json!({})).await;
    let fields: Vec<String> = issues(&empty.body).into_iter().map(|i| i.1).collect();
    assert_eq!(fields, ["name", "primarySalesRep", "company", "contact"]);
    let contact = desk.get("company/contacts?pageSize=1").await.body[0].clone();
    let body = json!({"name": "New laptops", "primarySalesRep": {"identifier": "RProsser"}, "company": {"id": contact["company"]["id"]},
        "contact": {"id": contact["id"]}, "stage": {"id": 3}, "type": {"id": 2}, "expectedCloseDate": "2026-04-01T00:00:00Z"});
    let made = desk.send("POST", "sales/opportunities", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(
        (
            &made.body["status"]["name"],
            &made.body["probability"]["name"]
        ),
        (&json!("Open"), &json!("50"))
    );
    let path = format!("sales/opportunities/{}", made.body["id"]);
    let item = json!({"opportunity": {"id": made.body["id"]}, "status": {"id": 1}, "forecastType": "Product", "revenue": 1200.5, "cost": 800, "includeFlag": true});
    let item = desk.send("POST", &format!("{path}/forecast"), &item).await;
    assert_eq!(item.status, 201, "{}", item.body);
    let forecast = desk.get(&format!("{path}/forecast")).await.body;
    assert_eq!(forecast["forecastRevenueTotals"]["revenue"], 1200.5);
    let won = desk
        .send(
            "PATCH",
            &path,
            &json!([{"op": "replace", "path": "status", "value": {"id": 2}}]),
        )
        .await
        .body;
    assert!(won["closedDate"].is_string());
    assert_eq!(
        desk.get(&format!("{path}/forecast")).await.body["wonRevenue"]["revenue"],
        1200.5
    );
    let note = desk
        .send("POST", &format!("{path}/notes"), &json!({"text": "Signed"}))
        .await;
    assert_eq!(note.status, 201, "{}", note.body);
    assert_eq!(desk.get(&format!("{path}/notes")).await.ids().len(), 1);
}

#[tokio::test]
async fn generated_opportunities_have_money_and_agreements_belong_to_clients() {
    let desk = desk().await;
    let all = desk.get("sales/opportunities?pageSize=1000").await;
    assert_eq!(all.ids().len(), 120);
    for id in all.ids().into_iter().take(10) {
        let forecast = desk
            .get(&format!("sales/opportunities/{id}/forecast"))
            .await
            .body;
        assert!(
            !forecast["forecastItems"].as_array().unwrap().is_empty(),
            "{forecast}"
        );
    }
    let ticket = desk
        .list(
            "service/tickets",
            &[("conditions", "agreement/id != null"), ("pageSize", "1")],
        )
        .await
        .body[0]
        .clone();
    let agreement = desk
        .get(&format!("finance/agreements/{}", ticket["agreement"]["id"]))
        .await
        .body;
    assert_eq!(agreement["company"]["id"], ticket["company"]["id"]);
    assert_eq!(
        desk.get("system/userDefinedFields").await.ids(),
        [11, 12, 13, 14, 21, 31, 32, 33]
    );
}
