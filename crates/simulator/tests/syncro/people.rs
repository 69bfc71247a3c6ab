//! Customers, contacts and users.

use serde_json::{Value, json};

use crate::support::desk;

#[tokio::test]
async fn customers_are_wrapped_and_contacts_are_not() {
    let desk = desk().await;
    let listed = desk.get("customers").await.body["customers"][5].clone();
    let id = listed["id"].as_i64().unwrap();
    let one = desk.get(&format!("customers/{id}")).await.body;
    assert_eq!(one["customer"]["business_name"], listed["business_name"]);
    assert!(one["customer"]["phones"].is_array() && listed["phones"].is_null());
    let business = listed["business_name"].as_str().unwrap();
    assert_eq!(listed["business_then_name"], business);
    let full = listed["fullname"].as_str().unwrap();
    assert_eq!(
        listed["business_and_full_name"],
        format!("{business} - {full}")
    );
    let contact = listed["contacts"][0].clone();
    let alone = desk.get(&format!("contacts/{}", contact["id"])).await.body;
    assert_eq!(alone, contact);
    for missing in ["customers/7", "contacts/7", "users/7", "tickets/7"] {
        let reply = desk.get(missing).await;
        assert_eq!(
            (reply.status, reply.body),
            (404, json!({"message": "Not found"})),
            "{missing}"
        );
    }
}

#[tokio::test]
async fn lists_can_be_narrowed() {
    let desk = desk().await;
    let all = desk.get("customers?include_disabled=true").await;
    let usual = |c: &&Value| c["business_name"].is_string() && c["email"].is_string();
    let rows = all.rows("customers").iter();
    let one = rows.skip(3).find(usual).unwrap().clone();
    let id = one["id"].as_i64().unwrap();
    let by_id = desk.get(&format!("customers?id[]={id}&id[]=9")).await;
    assert_eq!(by_id.ids("customers"), [id]);
    let without = desk.get(&format!("customers?not_id[]={id}")).await;
    assert!(!without.ids("customers").contains(&id));
    let business = one["business_name"].as_str().unwrap();
    let part = business.split(' ').next().unwrap();
    let found = desk
        .reply(
            desk.request("GET", "customers")
                .query(&[("business_name", part)]),
        )
        .await;
    assert!(found.ids("customers").contains(&id));
    let by_email = desk
        .reply(
            desk.request("GET", "customers")
                .query(&[("email", one["email"].as_str().unwrap())]),
        )
        .await;
    assert!(by_email.ids("customers").contains(&id));
    let completed = desk
        .reply(
            desk.request("GET", "customers/autocomplete")
                .query(&[("query", part)]),
        )
        .await;
    assert!(completed.ids("customers").contains(&id));
    let sorted = desk.get("customers?sort=city%20DESC").await;
    let cities: Vec<String> = sorted
        .rows("customers")
        .iter()
        .map(|c| c["city"].as_str().unwrap_or_default().to_lowercase())
        .collect();
    assert!(
        cities.windows(2).all(|pair| pair[0] >= pair[1]),
        "{cities:?}"
    );
    let of_customer = desk.get(&format!("contacts?customer_id={id}")).await;
    assert_eq!(
        of_customer.rows("contacts"),
        one["contacts"].as_array().unwrap()
    );
    let latest = desk.get("customers/latest").await.body["customer"]["id"].clone();
    assert_eq!(latest, *desk.control().ids("customers").last().unwrap());
}

#[tokio::test]
async fn users_are_pairs_and_only_those_at_work_can_be_assigned() {
    let desk = desk().await;
    let pairs = desk.get("users").await.body["users"].clone();
    let pairs = pairs.as_array().unwrap();
    assert_eq!(pairs.len(), 14);
    assert!(pairs.iter().all(|p| p[0].is_i64() && p[1].is_string()));
    let first = pairs[0][0].as_i64().unwrap();
    let user = desk.get(&format!("users/{first}")).await.body["user"].clone();
    assert_eq!(user["full_name"], pairs[0][1]);
    assert_eq!(user["group"], "Admins");
    assert!(user.get("disabled").is_none(), "the vendor does not tell");
    let assignable = async || -> Vec<Value> {
        let settings = desk.get("tickets/settings").await.body;
        let users = settings["users"].as_array().unwrap().iter();
        users.map(|u| u["id"].clone()).collect()
    };
    assert_eq!(assignable().await.len(), 13, "one left");
    desk.control()
        .patch("users", first, json!({"disabled": true}));
    assert!(!assignable().await.contains(&first.into()));
    assert_eq!(
        desk.get("users").await.body["users"]
            .as_array()
            .unwrap()
            .len(),
        14
    );
}

#[tokio::test]
async fn phones_keep_their_digits() {
    let desk = desk().await;
    let id = desk.control().ids("customers")[5];
    let created = desk
        .send(
            "POST",
            "contacts",
            &json!({"customer_id": id, "name": "Ann Roe", "phone": "+44 (117) 496-0101", "title": "Clerk"}),
        )
        .await;
    assert_eq!(created.status, 200, "{}", created.body);
    assert_eq!(created.body["phone"], "441174960101");
    assert_eq!(created.body["properties"], json!({"title": "Clerk"}));
    let path = format!("contacts/{}", created.body["id"]);
    let changed = desk
        .send(
            "PUT",
            &path,
            &json!({"name": "Ann Roe", "title": "Head clerk"}),
        )
        .await;
    assert_eq!(changed.body["properties"]["title"], "Head clerk");
    assert!(changed.body.get("title").is_none());
    let gone = desk.send("DELETE", &path, &json!({})).await;
    assert_eq!((gone.status, gone.body), (200, json!({"success": true})));
    assert_eq!(desk.get(&path).await.status, 404);
    let phones = desk.get(&format!("customers/{id}/phones")).await;
    assert_eq!(phones.rows("phones")[0]["label"], "Phone");
}
