//! The filter language.

use serde_json::{Value, json};

use crate::support::{desk, errors, everything};

#[tokio::test]
async fn operators_agree_with_counting_by_hand() {
    let desk = desk().await;
    let all = desk.control().records("Companies", -1, 500).unwrap();
    let ids = |test: &dyn Fn(&Value) -> bool| -> Vec<i64> {
        all.iter()
            .filter(|c| test(c))
            .map(|c| c["id"].as_i64().unwrap())
            .collect()
    };
    let name = |c: &Value| c["companyName"].as_str().unwrap().to_lowercase();
    let kind = |c: &Value| c["companyType"].as_i64().unwrap();
    let cases: Vec<(Value, Vec<i64>)> = vec![
        (
            json!({"op": "eq", "field": "companyType", "value": 3}),
            ids(&|c| kind(c) == 3),
        ),
        (
            json!({"op": "EQ", "Field": "COMPANYTYPE", "Value": "3"}),
            ids(&|c| kind(c) == 3),
        ),
        (
            json!({"op": "noteq", "field": "companyType", "value": 1}),
            ids(&|c| kind(c) != 1),
        ),
        (
            json!({"op": "in", "field": "companyType", "value": [2, 3]}),
            ids(&|c| [2, 3].contains(&kind(c))),
        ),
        (
            json!({"op": "notIn", "field": "companyType", "value": [1, 2]}),
            ids(&|c| ![1, 2].contains(&kind(c))),
        ),
        (
            json!({"op": "gt", "field": "companyType", "value": 3}),
            ids(&|c| kind(c) > 3),
        ),
        (
            json!({"op": "lte", "field": "companyType", "value": 2}),
            ids(&|c| kind(c) <= 2),
        ),
        (
            json!({"op": "beginsWith", "field": "companyName", "value": "CAFÉ"}),
            ids(&|c| name(c).starts_with("café")),
        ),
        (
            json!({"op": "endsWith", "field": "companyName", "value": "llp"}),
            ids(&|c| name(c).ends_with("llp")),
        ),
        (
            json!({"op": "contains", "field": "companyName", "value": "'s "}),
            ids(&|c| name(c).contains("'s ")),
        ),
        (
            json!({"op": "exist", "field": "parentCompanyID"}),
            ids(&|c| !c["parentCompanyID"].is_null()),
        ),
        (
            json!({"op": "notExist", "field": "parentCompanyID"}),
            ids(&|c| c["parentCompanyID"].is_null()),
        ),
        (
            json!({"op": "eq", "field": "isActive", "value": false}),
            ids(&|c| c["isActive"] == false),
        ),
        (
            json!({"op": "eq", "field": "isActive", "value": 0}),
            ids(&|c| c["isActive"] == false),
        ),
        (
            json!({"op": "or", "items": [
                {"op": "eq", "field": "companyType", "value": 4},
                {"op": "and", "items": [
                    {"op": "eq", "field": "companyType", "value": 1},
                    {"op": "eq", "field": "isActive", "value": false}]}]}),
            ids(&|c| kind(c) == 4 || (kind(c) == 1 && c["isActive"] == false)),
        ),
        (
            json!({"op": "eq", "field": "Contract Tier", "udf": true, "value": "Gold"}),
            ids(&|c| c["userDefinedFields"][0]["value"] == "1"),
        ),
    ];
    for (condition, expected) in cases {
        let got = desk.ids("Companies", json!([condition])).await;
        assert_eq!(got, expected, "{condition}");
        let (_, count) = desk
            .send(
                "POST",
                "Companies/query/count",
                &json!({"filter": [condition]}),
            )
            .await;
        assert_eq!(count["queryCount"], expected.len());
    }
}

#[tokio::test]
async fn what_the_vendor_refuses() {
    let desk = desk().await;
    let many: Vec<i64> = (0..501).collect();
    let cases = [
        (json!({"filter": []}), 500, "filter"),
        (json!({}), 500, "filter"),
        (
            json!({"filter": [{"op": "eq", "field": "nonsense", "value": 1}]}),
            500,
            "Unable to find nonsense",
        ),
        (
            json!({"filter": [{"op": "eq", "field": "creatorType", "value": 1}]}),
            500,
            "creatorType",
        ),
        (
            json!({"filter": [{"op": "eq", "field": "lastActivityPersonType", "value": 1}]}),
            500,
            "cannot be used",
        ),
        (
            json!({"filter": [{"op": "eq", "field": "status", "value": "Complete"}]}),
            500,
            "Conversion failed when converting the varchar value",
        ),
        (
            json!({"filter": [{"op": "contains", "field": "status", "value": "1"}]}),
            500,
            "status",
        ),
        (
            json!({"filter": [{"op": "like", "field": "status", "value": "1"}]}),
            500,
            "operator",
        ),
        (
            json!({"filter": [{"op": "in", "field": "id", "value": many}]}),
            500,
            "500",
        ),
        (
            json!({"filter": [{"op": "gte", "field": "createDate", "value": "soon"}]}),
            500,
            "datetime",
        ),
        (
            json!({"MaxRecords": 0, "filter": everything()}),
            500,
            "maxCountOfRecordsToReturn",
        ),
        (
            json!({"maxRecords": 501, "filter": everything()}),
            500,
            "between 1 and 500",
        ),
        (
            json!({"includeFields": ["id", "wrong"], "filter": everything()}),
            500,
            "wrong",
        ),
        (
            json!({"filter": [
                {"op": "eq", "field": "Affected Site", "udf": true, "value": "x"},
                {"op": "eq", "field": "Asset Tag", "udf": true, "value": "x"}]}),
            500,
            "one user-defined field",
        ),
    ];
    for (body, status, text) in cases {
        let (got, answer) = desk.send("POST", "Tickets/query", &body).await;
        assert_eq!(got, status, "{body}");
        assert!(errors(&answer).contains(text), "{body}: {answer}");
    }
    let bad = desk
        .request("POST", &desk.url("Tickets/query"))
        .body("{nope")
        .send()
        .await
        .unwrap();
    assert_eq!(bad.status(), 400);
}

#[tokio::test]
async fn strings_against_long_ids_find_nothing() {
    let desk = desk().await;
    assert!(
        desk.ids(
            "Tickets",
            json!([{"op": "eq", "field": "id", "value": "17"}])
        )
        .await
        .is_empty()
    );
    assert_eq!(
        desk.ids("Tickets", json!([{"op": "eq", "field": "id", "value": 17}]))
            .await,
        [17]
    );
}

#[tokio::test]
async fn contacts_are_active_by_number_or_truth() {
    let desk = desk().await;
    let by_number = desk
        .ids(
            "Contacts",
            json!([{"op": "eq", "field": "isActive", "value": 1}]),
        )
        .await;
    let by_truth = desk
        .ids(
            "Contacts",
            json!([{"op": "eq", "field": "isActive", "value": true}]),
        )
        .await;
    assert_eq!(by_number, by_truth);
    assert!(by_number.len() > 400);
    let (_, one) = desk.get(&format!("Contacts/{}", by_number[0])).await;
    assert_eq!(one["item"]["isActive"], 1);
}

#[tokio::test]
async fn seeking_by_time_and_parent_finds_what_a_scan_finds() {
    let desk = desk().await;
    let notes = desk.control().records("TicketNotes", -1, 5_000).unwrap();
    let after = "2026-02-20T00:00:00Z";
    let expected: Vec<i64> = notes
        .iter()
        .filter(|n| n["lastActivityDate"].as_str().unwrap() >= after)
        .map(|n| n["id"].as_i64().unwrap())
        .collect();
    let got = desk
        .ids(
            "TicketNotes",
            json!([{"op": "gte", "field": "lastActivityDate", "value": after}]),
        )
        .await;
    assert!(!expected.is_empty() && expected.len() < 500);
    assert_eq!(got, expected);
    let of_two: Vec<i64> = notes
        .iter()
        .filter(|n| n["ticketID"] == 70 || n["ticketID"] == 1_400)
        .map(|n| n["id"].as_i64().unwrap())
        .collect();
    let got = desk
        .ids(
            "TicketNotes",
            json!([{"op": "in", "field": "ticketID", "value": [1400, 70]}]),
        )
        .await;
    assert_eq!(got, of_two);

    let tickets = desk.control().records("Tickets", -1, 5_000).unwrap();
    let expected: Vec<i64> = tickets
        .iter()
        .filter(|t| {
            ["lastActivityDate", "lastTrackedModificationDateTime"]
                .iter()
                .any(|f| t[*f].as_str().unwrap() >= after)
        })
        .map(|t| t["id"].as_i64().unwrap())
        .collect();
    let got = desk
        .ids(
            "Tickets",
            json!([{"op": "or", "items": [
                {"op": "gte", "field": "lastActivityDate", "value": after},
                {"op": "gte", "field": "lastTrackedModificationDateTime", "value": after}]}]),
        )
        .await;
    assert_eq!(got, expected);
    let early = "2025-02-20T00:00:00Z";
    let expected = tickets
        .iter()
        .filter(|t| t["createDate"].as_str().unwrap() < early)
        .count();
    let got = desk.control().count(
        "Tickets",
        Some(json!([{"op": "lt", "field": "createDate", "value": early}])),
    );
    assert_eq!(got, expected as u64);
}
