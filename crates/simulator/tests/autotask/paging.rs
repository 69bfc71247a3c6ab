//! Pages, in every way clients walk through them.

use serde_json::{Value, json};

use crate::support::{Desk, desk, everything, ids_of};

async fn json_of(request: reqwest::RequestBuilder) -> Value {
    request.send().await.unwrap().json().await.unwrap()
}

async fn walk(
    desk: &Desk,
    first: Value,
    next: impl Fn(&Desk, &str) -> reqwest::RequestBuilder,
) -> Vec<i64> {
    let mut ids = ids_of(&first);
    let mut page = first;
    while let Some(url) = page["pageDetails"]["nextPageUrl"].as_str() {
        page = json_of(next(desk, url)).await;
        ids.extend(ids_of(&page));
    }
    assert_eq!(page["pageDetails"]["nextPageUrl"], Value::Null);
    ids
}

#[tokio::test]
async fn four_styles_see_the_same_records() {
    let desk = desk().await;
    let expected: Vec<i64> = (1..=1_500).collect();
    let body = json!({"MaxRecords": 400, "IncludeFields": ["id"], "filter": [{"op": "gt", "field": "id", "value": 0}]});
    let url = desk.url("Tickets/query");

    let first = json_of(desk.request("POST", &url).json(&body)).await;
    assert_eq!(first["pageDetails"]["count"], 400);
    assert_eq!(first["pageDetails"]["requestCount"], 400);
    let same_body = body.clone();
    let got = walk(&desk, first.clone(), move |d, u| {
        d.request("POST", u).json(&same_body)
    })
    .await;
    assert_eq!(got, expected, "the same body again");

    let got = walk(&desk, first, |d, u| {
        d.request("POST", u).header("content-length", "0")
    })
    .await;
    assert_eq!(got, expected, "an empty body");

    let search = desk
        .http
        .get(&url)
        .query(&[("search", body.to_string())])
        .build()
        .unwrap();
    let first = json_of(desk.request("GET", search.url().as_str())).await;
    let got = walk(&desk, first, |d, u| d.request("GET", u)).await;
    assert_eq!(got, expected, "by GET");

    let mut got = Vec::new();
    loop {
        let last = got.last().copied().unwrap_or(0);
        let filter = json!([{"op": "gt", "field": "id", "value": last}]);
        let page = desk.ids("Tickets", filter).await;
        if page.is_empty() {
            break;
        }
        got.extend(page);
    }
    assert_eq!(got, expected, "by id");
}

#[tokio::test]
async fn other_methods_are_refused_and_one_can_go_back() {
    let desk = desk().await;
    let body = json!({"maxRecords": 10, "filter": everything()});
    let first = json_of(desk.request("POST", &desk.url("Tickets/query")).json(&body)).await;
    let next = first["pageDetails"]["nextPageUrl"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(next.starts_with(desk.sandbox.base_url().as_str()));
    let wrong = desk.request("GET", &next).send().await.unwrap();
    assert_eq!(wrong.status(), 405);
    assert!(wrong.text().await.unwrap().contains("does not support"));
    assert_eq!(first["pageDetails"]["prevPageUrl"], Value::Null);

    let second = json_of(desk.request("POST", &next).json(&body)).await;
    let third_url = second["pageDetails"]["nextPageUrl"].as_str().unwrap();
    let third = json_of(desk.request("POST", third_url).json(&body)).await;
    let back_url = third["pageDetails"]["prevPageUrl"].as_str().unwrap();
    let back = json_of(desk.request("POST", back_url).json(&body)).await;
    assert_eq!(ids_of(&back), ids_of(&second));
    let start_url = back["pageDetails"]["prevPageUrl"].as_str().unwrap();
    let start = json_of(desk.request("POST", start_url).json(&body)).await;
    assert_eq!(ids_of(&start), ids_of(&first));
}

#[tokio::test]
async fn rows_come_and_go_during_a_walk() {
    let desk = desk().await;
    let body = json!({"filter": everything(), "IncludeFields": ["id"]});
    let first = json_of(desk.request("POST", &desk.url("Tickets/query")).json(&body)).await;
    desk.control().delete("Tickets", 900);
    let new = desk
        .control()
        .create("Tickets", json!({"title": "late", "companyID": 174}));
    let ids = walk(&desk, first, |d, u| d.request("POST", u)).await;
    assert!(!ids.contains(&900));
    assert_eq!(ids.last(), Some(&new));
    assert_eq!(ids.len(), 1_500);
}

/// What the address of the next page says can be typed: no page is larger for it than the vendor's largest.
#[tokio::test]
async fn a_page_size_in_an_address_is_held_to_the_largest() {
    let desk = desk().await;
    let body = json!({"MaxRecords": 20, "filter": everything()});
    let first = json_of(desk.request("POST", &desk.url("Tickets/query")).json(&body)).await;
    let next = first["pageDetails"]["nextPageUrl"].as_str().unwrap();
    for (typed, count) in [("100000", 500), ("0", 1), ("30", 30)] {
        let sized = next.replace("pageSize%22%3A20", &format!("pageSize%22%3A{typed}"));
        assert_ne!(sized, next);
        let page = json_of(desk.request("POST", &sized).json(&body)).await;
        assert_eq!(ids_of(&page).len(), count, "{typed}");
    }
}

#[tokio::test]
async fn raw_and_long_addresses() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let desk = desk().await;
    let url = desk.sandbox.base_url();
    let address = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let login = simulator::AutotaskCredentials::default();
    let head = format!(
        "GET /atservicesrest/V1.0/Companies/query?search={{\"MaxRecords\":2,\"filter\":[{{\"op\":\"eq\",\"field\":\"id\",\"value\":0}}]}} HTTP/1.1\r\nHost: x\r\nUserName: {}\r\nSecret: {}\r\nApiIntegrationCode: {}\r\nConnection: close\r\n\r\n",
        login.user_name, login.secret, login.integration_code
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("Harbourline"));

    let long =
        json!({"filter": [{"op": "in", "field": "id", "value": (0..400).collect::<Vec<_>>()}]});
    let get = desk
        .request("GET", &desk.url("Tickets/query"))
        .query(&[("search", long.to_string())]);
    assert_eq!(get.send().await.unwrap().status(), 404);
    assert_eq!(
        desk.send("POST", "Tickets/query", &long).await.1["pageDetails"]["count"],
        399
    );
}

#[tokio::test]
async fn unknown_keys_are_ignored_and_bodies_may_be_packed() {
    let desk = desk().await;
    let body = json!({"sort": "id desc", "page": 3, "pageSize": 7, "maxRecords": 2, "filter": everything()});
    let (status, page) = desk.send("POST", "Resources/query", &body).await;
    assert_eq!(
        (status, page["pageDetails"]["count"].as_i64()),
        (200, Some(2))
    );
    assert_eq!(page["items"][0]["userDefinedFields"], json!([]));
    // {"filter":[{"op":"eq","field":"id","value":0}]} packed with gzip.
    const PACKED: &str =
        "H4sIAAAAAAACA6tWSsvMKUktUrKKrlbKL1CyUkotVNIBCqbmpAA5mSlATlliTmmqkpVBbWwtAM0f+vYvAAAA";
    let packed =
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, PACKED).unwrap();
    let request = desk
        .request("POST", &desk.url("Companies/query"))
        .header("content-encoding", "gzip")
        .header("content-type", "application/json")
        .body(packed);
    assert_eq!(ids_of(&json_of(request).await), [0]);
}

#[tokio::test]
async fn only_the_fields_asked_for() {
    let desk = desk().await;
    let body = json!({"MaxRecords": 1, "IncludeFields": ["ID", "Title"], "filter": everything()});
    let (_, page) = desk.send("POST", "Tickets/query", &body).await;
    let item = page["items"][0].as_object().unwrap();
    let names: Vec<&String> = item.keys().collect();
    assert_eq!(names, ["id", "title", "userDefinedFields"]);
    assert_eq!(
        page["items"][0]["userDefinedFields"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[tokio::test]
async fn chosen_fields_without_the_id_lead_to_no_second_page() {
    let desk = desk().await;
    let ask = |fields: Value, size: u32| json!({"filter": [{"op": "exist", "field": "id"}], "IncludeFields": fields, "MaxRecords": size});
    let (status, answer) = desk
        .send("POST", "Roles/query", &ask(json!(["name"]), 2))
        .await;
    assert_eq!(status, 500, "{answer}");
    assert!(
        answer["errors"][0]
            .as_str()
            .unwrap()
            .contains("IncludeFields"),
        "{answer}"
    );
    let (status, answer) = desk
        .send("POST", "Roles/query", &ask(json!(["name"]), 500))
        .await;
    assert_eq!(
        (status, answer["items"][0]["name"].is_string()),
        (200, true),
        "{answer}"
    );
    let (status, answer) = desk
        .send("POST", "Roles/query", &ask(json!(["id", "name"]), 2))
        .await;
    assert_eq!(
        (status, answer["pageDetails"]["nextPageUrl"].is_string()),
        (200, true),
        "{answer}"
    );
}
