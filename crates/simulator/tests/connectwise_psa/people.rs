//! Contacts: means of communication, types, the default contact.

use serde_json::{Value, json};

use crate::support::{Desk, desk};

fn defaults(contact: &Value, sort: &str) -> Vec<String> {
    contact["communicationItems"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|i| i["communicationType"] == sort && i["defaultFlag"] == true)
        .map(|i| i["value"].as_str().unwrap().to_owned())
        .collect()
}

async fn new_contact(desk: &Desk, company: i64) -> Value {
    let body = json!({"firstName": "Estella", "lastName": "Mcdowell", "company": {"id": company}, "communicationItems": [
        {"type": {"id": "1"}, "value": "estella@acme.example", "defaultFlag": true, "communicationType": "Email"},
        {"type": {"id": "2"}, "value": "+380001000", "defaultFlag": true, "communicationType": "Phone"},
        {"type": {"id": "3"}, "value": "+99969", "defaultFlag": true, "communicationType": "Fax"},
    ]});
    let made = desk.send("POST", "company/contacts", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body
}

#[tokio::test]
async fn items_are_changed_by_index_and_each_sort_has_one_default() {
    let desk = desk().await;
    let contact = new_contact(&desk, 252).await;
    assert_eq!(contact["communicationItems"][0]["domain"], "@acme.example");
    assert_eq!(contact["communicationItems"][0]["type"]["name"], "Email");
    assert_eq!(contact["defaultPhoneNbr"], "+380001000");
    let path = format!("company/contacts/{}", contact["id"]);
    let patch = json!([
        {"op": "replace", "path": "/communicationItems/1/value", "value": "+380111358"},
        {"op": "add", "path": "/communicationItems/3", "value": {"type": {"id": "3"}, "value": "+77767", "defaultFlag": true, "communicationType": "Fax"}},
    ]);
    let changed = desk.send("PATCH", &path, &patch).await.body;
    assert_eq!(changed["communicationItems"][1]["value"], "+380111358");
    assert_eq!(
        changed["communicationItems"][1]["id"],
        contact["communicationItems"][1]["id"]
    );
    assert_eq!(defaults(&changed, "Fax"), ["+77767"]);
    assert_eq!(defaults(&changed, "Phone"), ["+380111358"]);

    let items = desk.get(&format!("{path}/communications")).await;
    assert_eq!(items.ids().len(), 4);
    assert_eq!(items.body[0]["contactId"], contact["id"]);
    let more = json!({"type": {"id": 13}, "value": "e@home.example", "communicationType": "Email", "defaultFlag": true});
    let made = desk
        .send("POST", &format!("{path}/communications"), &more)
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    let now = desk.get(&path).await.body;
    assert_eq!(defaults(&now, "Email"), ["e@home.example"]);
    let item = format!("{path}/communications/{}", made.body["id"]);
    let patch = json!([{"op": "replace", "path": "value", "value": "new@home.example"}]);
    assert_eq!(
        desk.send("PATCH", &item, &patch).await.body["value"],
        "new@home.example"
    );
    assert_eq!(desk.send("DELETE", &item, &json!({})).await.status, 204);
    assert_eq!(desk.get(&item).await.status, 404);
    let bad = json!([{"op": "replace", "path": "communicationItems/9/value", "value": "x"}]);
    assert_eq!(desk.send("PATCH", &path, &bad).await.status, 400);
}

#[tokio::test]
async fn one_contact_of_a_company_is_the_default() {
    let desk = desk().await;
    let company = desk
        .get("company/companies?conditions=defaultContact!=null&pageSize=1")
        .await
        .body[0]
        .clone();
    let id = company["id"].as_i64().unwrap();
    let contact = new_contact(&desk, id).await;
    let conditions = format!("company/id={id} and defaultFlag=true");
    let before = desk.ids("company/contacts", &conditions).await;
    assert_eq!(before, [company["defaultContact"]["id"].as_i64().unwrap()]);
    let path = format!("company/contacts/{}", contact["id"]);
    let patch = json!([{"op": "replace", "path": "defaultFlag", "value": true}]);
    assert_eq!(desk.send("PATCH", &path, &patch).await.status, 200);
    let new = contact["id"].as_i64().unwrap();
    assert_eq!(desk.ids("company/contacts", &conditions).await, [new]);
    let named = desk.get(&format!("company/companies/{id}")).await.body;
    assert_eq!(named["defaultContact"]["id"], new);
    assert_eq!(desk.send("DELETE", &path, &json!({})).await.status, 204);
    let named = desk.get(&format!("company/companies/{id}")).await.body;
    assert!(named["defaultContact"].is_null());
}

#[tokio::test]
async fn contacts_in_use_stay_and_types_are_links() {
    let desk = desk().await;
    let ticket = desk
        .list(
            "service/tickets",
            &[("conditions", "contact/id != null"), ("pageSize", "1")],
        )
        .await
        .body[0]
        .clone();
    let used = format!("company/contacts/{}", ticket["contact"]["id"]);
    assert_eq!(desk.send("DELETE", &used, &json!({})).await.status, 409);
    let contact = new_contact(&desk, 252).await;
    let path = format!("company/contacts/{}/typeAssociations", contact["id"]);
    let made = desk.send("POST", &path, &json!({"type": {"id": 4}})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(
        desk.send("POST", &path, &json!({"type": {"id": 4}}))
            .await
            .body["errors"][0]["code"],
        "ObjectExists"
    );
    let shown = desk
        .get(&format!("company/contacts/{}", contact["id"]))
        .await
        .body;
    assert_eq!(shown["types"][0]["name"], "Approver");
    assert_eq!(
        desk.get(&path).await.ids(),
        [made.body["id"].as_i64().unwrap()]
    );
    assert_eq!(
        desk.send("DELETE", &format!("{path}/{}", made.body["id"]), &json!({}))
            .await
            .status,
        204
    );
    assert_eq!(desk.get(&path).await.ids(), Vec::<i64>::new());
}

#[tokio::test]
async fn some_contacts_lack_an_address_or_its_flag() {
    let desk = desk().await;
    let contacts = desk
        .control()
        .records("company/contacts", -1, 1_000)
        .unwrap();
    let emails = |c: &Value| -> Vec<Value> {
        let items = c["communicationItems"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        items
            .into_iter()
            .filter(|i| i["communicationType"] == "Email")
            .collect()
    };
    assert!(contacts.iter().any(|c| emails(c).is_empty()));
    assert!(
        contacts
            .iter()
            .any(|c| !emails(c).is_empty() && defaults(c, "Email").is_empty())
    );
    assert!(contacts.iter().any(|c| c["inactiveFlag"] == true));
    // Doubled people share their address.
    let mut seen = std::collections::BTreeMap::new();
    for contact in &contacts {
        for email in defaults(contact, "Email") {
            *seen
                .entry((contact["company"]["id"].as_i64(), email.to_lowercase()))
                .or_insert(0) += 1;
        }
    }
    assert!(seen.values().any(|count| *count > 1));
}
