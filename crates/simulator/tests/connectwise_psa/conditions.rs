//! The condition language against the records themselves.

use serde_json::{Value, json};

use crate::support::{Desk, desk};

async fn all(desk: &Desk, kind: &str) -> Vec<Value> {
    desk.control().records(kind, -1, 5_000).unwrap()
}

fn chosen(records: &[Value], wanted: impl Fn(&Value) -> bool) -> Vec<i64> {
    records
        .iter()
        .filter(|r| wanted(r))
        .map(|r| r["id"].as_i64().unwrap())
        .take(1_000)
        .collect()
}

#[tokio::test]
async fn conditions_choose_the_same_records_as_reading_all() {
    let desk = desk().await;
    let tickets = all(&desk, "service/tickets").await;
    type Wanted = fn(&Value) -> bool;
    let cases: [(&str, Wanted); 16] = [
        ("board/id = 2", |t| t["board"]["id"] == 2),
        ("board/id in (2,4) and closedFlag = false", |t| {
            [json!(2), json!(4)].contains(&t["board"]["id"]) && t["closedFlag"] == false
        }),
        ("board/id not in (1, 2)", |t| {
            ![json!(1), json!(2)].contains(&t["board"]["id"])
        }),
        ("board/name = 'Help Desk' AND NOT priority/id=8", |t| {
            t["board"]["name"] == "Help Desk" && t["priority"]["id"] != 8
        }),
        ("status/name like \">%\"", |t| {
            t["status"]["name"].as_str().unwrap().starts_with('>')
        }),
        ("summary contains \"PRINT\"", |t| {
            t["summary"]
                .as_str()
                .unwrap()
                .to_lowercase()
                .contains("print")
        }),
        ("summary not like '%a%'", |t| {
            !t["summary"].as_str().unwrap().to_lowercase().contains('a')
        }),
        ("contact = null or owner/identifier = \"RProsser\"", |t| {
            t["contact"].is_null() || t["owner"]["identifier"] == "RProsser"
        }),
        ("contact/id = null", |t| t["contact"].is_null()),
        ("owner/id != null", |t| !t["owner"].is_null()),
        (
            "lastUpdated >= [2026-02-01T00:00:00Z] and lastUpdated < [2026-02-15T00:00:00Z]",
            |t| {
                let at = t["_info"]["lastUpdated"].as_str().unwrap();
                ("2026-02-01T00:00:00Z".."2026-02-15T00:00:00Z").contains(&at)
            },
        ),
        ("dateEntered > [2026-02-20]", |t| {
            t["_info"]["dateEntered"].as_str().unwrap() > "2026-02-20T00:00:00Z"
        }),
        ("id > 10100 and id <= 10150", |t| {
            (10_101..=10_150).contains(&t["id"].as_i64().unwrap())
        }),
        ("(id = 10001 or id = 10003) and id != 10003", |t| {
            t["id"] == 10_001
        }),
        ("severity = \"High\" and budgetHours >= 1.5", |t| {
            t["severity"] == "High" && t["budgetHours"].as_f64().unwrap() >= 1.5
        }),
        (
            "company/status/name = \"Active\" and company/deletedFlag = false",
            |_| true,
        ),
    ];
    for (conditions, wanted) in cases {
        let found = desk.ids("service/tickets", conditions).await;
        if conditions.starts_with("company/status") {
            assert!(!found.is_empty());
            continue;
        }
        let expected = chosen(&tickets, wanted);
        assert!(!expected.is_empty(), "{conditions} chooses nothing");
        assert_eq!(found, expected, "{conditions}");
        let count = desk
            .list("service/tickets/count", &[("conditions", conditions)])
            .await;
        let whole = tickets.iter().filter(|t| wanted(t)).count();
        assert_eq!(count.body["count"], whole, "{conditions}");
    }
}

#[tokio::test]
async fn child_conditions_fit_one_element() {
    let desk = desk().await;
    let companies = all(&desk, "company/companies").await;
    let found = desk
        .list(
            "company/companies",
            &[("childConditions", "types/id = 6"), ("pageSize", "1000")],
        )
        .await
        .ids();
    let vip = chosen(&companies, |c| {
        c["types"].as_array().unwrap().iter().any(|t| t["id"] == 6)
    });
    assert!(!vip.is_empty());
    assert_eq!(found, vip);
    let named = desk
        .list(
            "company/companies",
            &[
                ("childConditions", "types/name = 'VIP'"),
                ("pageSize", "1000"),
            ],
        )
        .await;
    assert_eq!(named.ids(), vip);

    let contacts = all(&desk, "company/contacts").await;
    let contact = contacts
        .iter()
        .find(|c| {
            c["communicationItems"]
                .as_array()
                .is_some_and(|i| i.len() > 1 && i[0]["communicationType"] == "Email")
        })
        .unwrap();
    let email = contact["communicationItems"][0]["value"].as_str().unwrap();
    let by_email = |kind: &str| {
        format!(
            "communicationItems/value=\"{email}\" and communicationItems/communicationType=\"{kind}\""
        )
    };
    let found = desk
        .list(
            "company/contacts",
            &[("childConditions", &by_email("Email"))],
        )
        .await;
    assert!(found.ids().contains(&contact["id"].as_i64().unwrap()));
    let other = desk
        .list(
            "company/contacts",
            &[("childConditions", &by_email("Phone"))],
        )
        .await;
    assert_eq!(other.ids(), Vec::<i64>::new());
}

#[tokio::test]
async fn custom_field_conditions() {
    let desk = desk().await;
    let companies = all(&desk, "company/companies").await;
    let gold = chosen(&companies, |c| {
        c["customFields"]
            .as_array()
            .unwrap()
            .iter()
            .any(|f| f["caption"] == "Service Tier" && f["value"] == "Gold")
    });
    let conditions = "caption=\"Service Tier\" AND value=\"Gold\"";
    let found = desk
        .list(
            "company/companies",
            &[("customFieldConditions", conditions), ("pageSize", "1000")],
        )
        .await;
    assert!(!gold.is_empty());
    assert_eq!(found.ids(), gold);
}

/// Conditions on custom fields are about their caption and value, in the grammar of all conditions.
#[tokio::test]
async fn custom_field_conditions_about_anything_else_are_refused() {
    let desk = desk().await;
    let refused = async |kind: &str, conditions: &str| {
        let parameters = [("customFieldConditions", conditions)];
        let reply = desk.list(kind, &parameters).await;
        assert_eq!(reply.status, 400, "{conditions}: {}", reply.body);
        assert_eq!(reply.body["code"], "InvalidArgument", "{conditions}");
    };
    for bad in [
        "nonsense=\"a\"",
        "caption=\"Service Tier\" and nonsense=\"a\"",
        "caption/value=\"a\"",
        "customFields/caption=\"a\"",
        "caption",
        "caption=",
        "caption=\"a",
        "caption=\"a\" value=\"b\"",
    ] {
        refused("company/companies", bad).await;
    }
    refused("service/boards", "caption=\"Service Tier\"").await;
    for good in ["Caption = 'Service Tier' and VALUE != null", "value='Gold'"] {
        let parameters = [("customFieldConditions", good)];
        let reply = desk.list("company/companies", &parameters).await;
        assert!(!reply.ids().is_empty(), "{good}");
    }
}

#[tokio::test]
async fn contacts_of_a_company_and_last_updated_everywhere() {
    let desk = desk().await;
    let contacts = all(&desk, "company/contacts").await;
    let company = contacts[40]["company"]["id"].as_i64().unwrap();
    let found = desk
        .ids("company/contacts", &format!("company/id={company}"))
        .await;
    assert_eq!(found, chosen(&contacts, |c| c["company"]["id"] == company));
    for kind in [
        "company/companies",
        "service/boards",
        "sales/opportunities",
        "system/members",
        "time/entries",
        "finance/agreements",
    ] {
        let reply = desk
            .list(
                kind,
                &[("conditions", "lastUpdated>[2020-01-01T00:00:00Z]")],
            )
            .await;
        assert!(!reply.ids().is_empty(), "{kind}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_refused_with_a_reason() {
    let desk = desk().await;
    for bad in [
        "summary = 5",
        "id = \"5\"",
        "closedFlag = 1",
        "lastUpdated > \"2026-03-01\"",
        "lastUpdated > [soon]",
        "shoeSize = 3",
        "board/shoeSize = 3",
        "id = ",
        "(id = 1",
        "id in 1",
        "summary = \"open",
        "id = 1 id = 2",
        "summary likes 'x'",
        "id == 1",
        "id <> 1",
    ] {
        let reply = desk.list("service/tickets", &[("conditions", bad)]).await;
        assert_eq!(reply.status, 400, "{bad}: {}", reply.body);
        assert_eq!(reply.body["code"], "InvalidArgument", "{bad}");
        assert!(reply.body["message"].as_str().unwrap().len() > 20);
    }
    let bad = desk
        .list("company/companies", &[("childConditions", "name='x'")])
        .await;
    assert_eq!(bad.status, 400);
}

#[tokio::test]
async fn tickets_can_be_searched_by_post() {
    let desk = desk().await;
    let body = json!({"conditions": "board/id=2", "orderBy": "id desc", "childconditions": "", "customfieldconditions": ""});
    let found = desk
        .send("POST", "service/tickets/search?pageSize=1000", &body)
        .await;
    let mut expected = desk.ids("service/tickets", "board/id=2").await;
    expected.reverse();
    assert_eq!(found.ids(), expected);
    assert_eq!(
        desk.send("POST", "company/companies/search", &body)
            .await
            .status,
        405
    );
}
