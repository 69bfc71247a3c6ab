//! Zone look-up, credentials, addresses, metadata, rights.

use serde_json::{Value, json};
use simulator::AutotaskCredentials;

use crate::support::{desk, errors, everything};

#[tokio::test]
async fn zone_needs_no_headers_and_names_this_server() {
    let desk = desk().await;
    let base = desk.sandbox.base_url();
    let user = AutotaskCredentials::default().user_name.replace('@', "%40");
    for version in ["v1.0", "V1.0", "1.0"] {
        let url = format!("{base}atservicesrest/{version}/zoneInformation?user={user}");
        let zone: Value = desk
            .http
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!(zone["url"], format!("{base}atservicesrest/"));
        assert!(zone["ci"].is_number() && zone["webUrl"].is_string());
    }
    let versions: Value = desk
        .http
        .get(format!("{base}ATServicesRest/VersionInformation"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(versions, json!({"apiVersions": ["V1.0"]}));
    let unknown = format!("{base}atservicesrest/v1.0/zoneInformation?user=nobody");
    assert_eq!(desk.http.get(unknown).send().await.unwrap().status(), 500);
}

#[tokio::test]
async fn each_header_is_checked() {
    let desk = desk().await;
    let url = desk.url("Companies/0");
    let good = AutotaskCredentials::default();
    for wrong in ["UserName", "Secret", "ApiIntegrationCode"] {
        let value = |name: &str, value: &str| {
            if name == wrong {
                "wrong".to_owned()
            } else {
                value.to_owned()
            }
        };
        let response = desk
            .http
            .get(&url)
            .header("username", value("UserName", &good.user_name))
            .header("SECRET", value("Secret", &good.secret))
            .header(
                "apiintegrationcode",
                value("ApiIntegrationCode", &good.integration_code),
            )
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 401, "{wrong}");
        let body: Value = response.json().await.unwrap();
        assert!(!errors(&body).is_empty());
    }
    assert_eq!(desk.http.get(&url).send().await.unwrap().status(), 401);
    desk.control().set_credentials_valid(false);
    assert_eq!(desk.get("Companies/0").await.0, 401);
    desk.control().set_credentials_valid(true);
    assert_eq!(desk.get("Companies/0").await.0, 200);
}

#[tokio::test]
async fn addresses_are_forgiving() {
    let desk = desk().await;
    let base = desk.sandbox.base_url();
    for path in [
        "atservicesrest/V1.0/Companies/0",
        "ATServicesRest/v1.0/companies/0/",
        "V1.0/COMPANIES/0",
        "/v1.0//Companies//0",
        "atservicesrest//V1.0/Companies/0/",
    ] {
        let response = desk
            .request("GET", &format!("{base}{path}"))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["item"]["companyName"], "Harbourline IT Services Ltd");
    }
    for (method, path, status) in [
        ("GET", "Nonsense/query", 404),
        ("POST", "Contacts", 404),
        ("POST", "TicketNotes", 404),
        ("PATCH", "Contacts", 404),
        ("PATCH", "Tickets/1", 405),
        ("PUT", "Tickets/1", 405),
        ("DELETE", "Tickets/1", 405),
        ("GET", "Tickets", 405),
        ("POST", "Resources", 405),
    ] {
        let url = desk.url(path);
        let response = desk.request(method, &url).body("{}").send().await.unwrap();
        assert_eq!(response.status(), status, "{method} {path}");
        let html = response.headers()["content-type"]
            .to_str()
            .unwrap()
            .contains("html");
        assert_eq!(html, status == 404, "{method} {path}");
    }
    assert_eq!(desk.get("Tickets/99999999").await.0, 404);
}

#[tokio::test]
async fn a_moved_zone_answers_401_at_the_old_place() {
    let desk = desk().await;
    let user = AutotaskCredentials::default().user_name;
    desk.control().set_zone_moved(true);
    assert_eq!(desk.get("Companies/0").await.0, 401);
    let zone: Value = desk
        .http
        .get(desk.url(&format!("zoneInformation?user={user}")))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let moved = format!("{}V1.0/Companies/0", zone["url"].as_str().unwrap());
    assert_eq!(
        desk.request("GET", &moved).send().await.unwrap().status(),
        200
    );
    let query = format!("{}V1.0/Companies/query", zone["url"].as_str().unwrap());
    let page: Value = desk
        .request("POST", &query)
        .json(&json!({"maxRecords": 1, "filter": everything()}))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let next = page["pageDetails"]["nextPageUrl"].as_str().unwrap();
    assert!(next.starts_with(zone["url"].as_str().unwrap()), "{next}");
}

#[tokio::test]
async fn metadata_describes_tickets() {
    let desk = desk().await;
    let (_, info) = desk.get("Tickets/entityInformation").await;
    assert_eq!(info["info"]["name"], "Ticket");
    assert_eq!(info["info"]["userAccessForCreate"], "All");
    assert_eq!(info["info"]["canDelete"], false);
    let (_, fields) = desk.get("tickets/EntityInformation/Fields").await;
    let find = |name: &str| {
        fields["fields"]
            .as_array()
            .unwrap()
            .iter()
            .find(|f| f["name"] == name)
            .unwrap()
            .clone()
    };
    let status = find("status");
    let complete = status["picklistValues"]
        .as_array()
        .unwrap()
        .iter()
        .find(|v| v["label"] == "Complete")
        .unwrap()
        .clone();
    assert_eq!(complete["value"], "5");
    assert_eq!(complete["isSystem"], true);
    assert_eq!(find("title")["length"], 255);
    assert_eq!(find("title")["picklistValues"], Value::Null);
    assert_eq!(find("creatorType")["isQueryable"], false);
    assert_eq!(find("contactID")["referenceEntityType"], "Contact");
    assert_eq!(
        find("subIssueType")["picklistParentValueField"],
        "issueType"
    );
    let (_, udfs) = desk
        .get("Companies/entityInformation/userDefinedFields")
        .await;
    assert_eq!(udfs["fields"][0]["name"], "Contract Tier");
    let (_, none) = desk
        .get("Resources/entityInformation/userDefinedFields")
        .await;
    assert_eq!(none, json!({"fields": []}));
    let (_, all) = desk.get("EntityInformation").await;
    assert!(all["entityDescriptions"].as_array().unwrap().len() > 40);
    let (_, hooks) = desk
        .get("TicketWebhookFields/entityInformation/fields")
        .await;
    let values = hooks["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["name"] == "fieldID")
        .unwrap()["picklistValues"]
        .clone();
    assert!(
        values
            .as_array()
            .unwrap()
            .iter()
            .any(|v| v["label"] == "status")
    );
}

#[tokio::test]
async fn rights_can_be_taken_away() {
    let desk = desk().await;
    desk.control().set_security("Tickets", "query", "None");
    desk.control().set_security("Tickets", "create", "None");
    let (_, info) = desk.get("Tickets/entityInformation").await;
    assert_eq!(info["info"]["userAccessForCreate"], "None");
    assert_eq!(info["info"]["userAccessForUpdate"], "All");
    let (status, body) = desk.query("Tickets", everything()).await;
    assert_eq!(status, 403);
    assert!(errors(&body).contains("adequate permissions"));
    let (status, body) = desk.send("POST", "Tickets", &json!({"title": "x"})).await;
    assert_eq!(status, 500);
    assert!(errors(&body).contains("adequate permissions"));
    assert_eq!(desk.query("Companies", everything()).await.0, 200);
}

#[tokio::test]
async fn the_date_header_is_the_sandbox_clock() {
    let desk = desk().await;
    desk.control().advance_clock(86_400_000 * 30);
    let response = desk
        .request("GET", &desk.url("Version"))
        .send()
        .await
        .unwrap();
    let date = response.headers()["date"].to_str().unwrap();
    assert!(date.starts_with("Wed, 01 Apr 2026 12:"), "{date}");
}
