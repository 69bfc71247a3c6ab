//! Merging companies.

use serde_json::{Value, json};

use crate::support::{Desk, desk, issues};

/// What belongs to a company and is listed by it.
const KINDS: [&str; 5] = [
    "company/contacts",
    "service/tickets",
    "sales/opportunities",
    "time/entries",
    "finance/agreements",
];

/// Two clients with a main contact, tickets and an agreement.
async fn two(desk: &Desk) -> (i64, i64) {
    let named = "defaultContact/id != null and deletedFlag = false";
    let mut busy = Vec::new();
    for id in desk.ids("company/companies", named).await {
        let of = format!("company/id = {id}");
        let tickets = desk.ids("service/tickets", &of).await;
        let agreements = desk.ids("finance/agreements", &of).await;
        if !tickets.is_empty() && !agreements.is_empty() {
            busy.push(id);
        }
        if let [from, to] = busy.as_slice() {
            return (*from, *to);
        }
    }
    panic!("there are no two such clients");
}

async fn of(desk: &Desk, kind: &str, company: i64) -> Vec<i64> {
    desk.ids(kind, &format!("company/id = {company}")).await
}

async fn company(desk: &Desk, id: i64) -> Value {
    let reply = desk.get(&format!("company/companies/{id}")).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

async fn sites(desk: &Desk, company: i64) -> Vec<i64> {
    desk.get(&format!("company/companies/{company}/sites?pageSize=100"))
        .await
        .ids()
}

async fn merge(desk: &Desk, from: i64, body: Value) {
    let path = format!("company/companies/{from}/merge");
    let reply = desk.send("POST", &path, &body).await;
    assert_eq!(
        (reply.status, &reply.body),
        (200, &json!({"success": true}))
    );
}

fn together(mut some: Vec<i64>, others: &[i64]) -> Vec<i64> {
    some.extend(others);
    some.sort_unstable();
    // A page holds no more.
    some.truncate(1_000);
    some
}

#[tokio::test]
async fn a_merged_company_disappears_and_all_of_it_goes_to_the_other() {
    let desk = desk().await;
    let (from, to) = two(&desk).await;
    let third = desk.ids("company/companies", "id != 2").await;
    let third = third.into_iter().find(|id| ![from, to].contains(id));
    let third = format!("company/companies/{}", third.unwrap());
    let parent = json!([{"op": "replace", "path": "parentCompany", "value": {"id": from}}]);
    assert_eq!(desk.send("PATCH", &third, &parent).await.status, 200);
    let note = format!("company/companies/{from}/notes");
    let note = desk
        .send("POST", &note, &json!({"text": "Pays late"}))
        .await;
    assert_eq!(note.status, 201, "{}", note.body);
    let survivor = company(&desk, to).await;
    let companies = desk.get("company/companies/count").await.body["count"].clone();
    let (mut expected, mut moved) = (Vec::new(), Vec::new());
    for kind in KINDS {
        let (own, others) = (of(&desk, kind, from).await, of(&desk, kind, to).await);
        expected.push(together(others, &own));
        moved.push(own);
    }
    let both = together(sites(&desk, from).await, &sites(&desk, to).await);
    desk.control().advance_clock(60_000);

    merge(&desk, from, json!({"toCompanyId": to})).await;

    let gone = desk.get(&format!("company/companies/{from}")).await;
    assert_eq!(
        (gone.status, &gone.body["code"]),
        (404, &json!("NotFound")),
        "{}",
        gone.body
    );
    let listed = desk.ids("company/companies", &format!("id = {from}")).await;
    assert_eq!(listed, Vec::<i64>::new());
    let after = desk.get("company/companies/count").await.body["count"].clone();
    assert_eq!(after.as_i64(), companies.as_i64().map(|before| before - 1));
    for (kind, expected) in KINDS.into_iter().zip(&expected) {
        assert_eq!(&of(&desk, kind, to).await, expected, "{kind}");
        assert_eq!(of(&desk, kind, from).await, Vec::<i64>::new(), "{kind}");
    }
    assert_eq!(sites(&desk, to).await, both);
    let notes = desk.get(&format!("company/companies/{to}/notes")).await;
    assert!(notes.ids().contains(&note.body["id"].as_i64().unwrap()));
    assert_eq!(desk.get(&third).await.body["parentCompany"]["id"], to);
    // What went over has changed, so that a client that asks for changes hears of it.
    let recent = format!("company/id = {to} and lastUpdated > [2026-03-02T12:00:30Z]");
    assert_eq!(desk.ids("service/tickets", &recent).await, moved[1]);

    // The survivor keeps its own, and has one main contact and one main site.
    let now = company(&desk, to).await;
    for name in ["name", "identifier", "defaultContact", "site", "types"] {
        assert_eq!(now[name], survivor[name], "{name}");
    }
    let main = format!("company/id = {to} and defaultFlag = true");
    let main = desk.ids("company/contacts", &main).await;
    assert_eq!(main, [now["defaultContact"]["id"].as_i64().unwrap()]);
    let main = format!("company/companies/{to}/sites");
    let main = desk.ids(&main, "primaryAddressFlag = true").await;
    assert_eq!(main, [now["site"]["id"].as_i64().unwrap()]);
    let trail = format!("system/audittrail?type=Company&id={from}");
    let trail = desk.get(&trail).await.body;
    let last = trail.as_array().unwrap().last().unwrap();
    assert_eq!(last["auditSubType"], "Deleted");
}

#[tokio::test]
async fn a_merge_takes_what_it_chooses_and_discards_what_it_is_told_to() {
    let desk = desk().await;
    let (from, to) = two(&desk).await;
    let (merged, survivor) = (company(&desk, from).await, company(&desk, to).await);
    let tickets = of(&desk, "service/tickets", from).await;
    let kept = of(&desk, "service/tickets", to).await;
    merge(
        &desk,
        from,
        json!({
            "toCompanyId": to, "name": "From", "primaryContact": "From", "phone": "To",
            "services": "Discard", "contacts": "Merge",
        }),
    )
    .await;
    let now = company(&desk, to).await;
    assert_eq!(now["name"], merged["name"]);
    assert_eq!(now["defaultContact"]["id"], merged["defaultContact"]["id"]);
    for name in ["identifier", "phoneNumber"] {
        assert_eq!(now[name], survivor[name], "{name}");
    }
    let main = format!("company/id = {to} and defaultFlag = true");
    let main = desk.ids("company/contacts", &main).await;
    assert_eq!(main, [merged["defaultContact"]["id"].as_i64().unwrap()]);
    assert_eq!(of(&desk, "service/tickets", to).await, kept);
    let gone = desk.get(&format!("service/tickets/{}", tickets[0])).await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn a_merge_needs_another_company() {
    let desk = desk().await;
    let (from, to) = two(&desk).await;
    let path = format!("company/companies/{from}/merge");
    for (body, code, field) in [
        (json!({}), "MissingRequiredField", "toCompanyId"),
        (
            json!({"toCompanyId": 99_999}),
            "InvalidField",
            "toCompanyId",
        ),
        (json!({"toCompanyId": from}), "InvalidField", "toCompanyId"),
        (
            json!({"toCompanyId": to, "name": "Both"}),
            "InvalidField",
            "name",
        ),
        (
            json!({"toCompanyId": to, "sites": "From"}),
            "InvalidField",
            "sites",
        ),
    ] {
        let reply = desk.send("POST", &path, &body).await;
        assert_eq!(reply.status, 400, "{body}");
        assert_eq!(issues(&reply.body), [(code.into(), field.into())], "{body}");
    }
    assert_eq!(company(&desk, from).await["id"], from, "nothing happened");
    let unknown = json!({"toCompanyId": to});
    let unknown = desk
        .send("POST", "company/companies/99999/merge", &unknown)
        .await;
    assert_eq!(
        (unknown.status, &unknown.body["message"]),
        (404, &json!("Company 99999 not found"))
    );
}
