//! The JSON API: paging, filters, errors.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use portico::web::api::scope::Scope;
use serde_json::Value;

use crate::harness::{Page, Site, key_with};

const LISTS: [&str; 8] = [
    "companies",
    "contacts",
    "contact-groups",
    "tickets",
    "opportunities",
    "integrations",
    "technicians",
    "reference-data",
];

async fn connected() -> (Site, String) {
    let site = Site::start_connected().await;
    let key = key_with(&site, &Scope::ALL).await;
    (site, key)
}

async fn get(site: &Site, key: &str, path: &str) -> Value {
    let page = site.api(&format!("/api/v1/{path}"), key).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    page.json()
}

fn ids(list: &Value) -> Vec<String> {
    list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn lists_are_walked_to_their_end_without_gap_or_repetition() {
    let (site, key) = connected().await;
    for (list, limit) in [
        ("companies", 4),
        ("contacts", 7),
        ("tickets", 40),
        ("opportunities", 5),
        ("technicians", 2),
    ] {
        let whole = get(&site, &key, &format!("{list}?limit=100")).await;
        assert!(whole["next_cursor"].is_null(), "{list}");
        let mut walked = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = get(&site, &key, &format!("{list}?limit={limit}{cursor}")).await;
            walked.extend(ids(&page));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(walked, ids(&whole), "{list}");
        assert!(walked.len() > limit, "{list} has several pages");
        assert_eq!(
            whole["count"]["value"].as_u64(),
            Some(walked.len() as u64),
            "{list}"
        );
        assert_eq!(
            walked.iter().collect::<BTreeSet<_>>().len(),
            walked.len(),
            "{list}"
        );
    }
}

#[tokio::test]
async fn tickets_are_filtered_and_shown() {
    let (site, key) = connected().await;
    let all = get(&site, &key, "tickets?limit=100").await;
    let first = &all["data"][0];
    let queue = first["queue"]["id"].as_str().unwrap();
    let some = get(&site, &key, &format!("tickets?limit=100&queue={queue}")).await;
    let expected: Vec<_> = all["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["queue"]["id"] == queue)
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids(&some), expected);
    let nobody = get(&site, &key, "tickets?limit=100&technician=unassigned").await;
    let expected: Vec<_> = all["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["technician"].is_null())
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids(&nobody), expected);
    let open = get(&site, &key, "tickets?limit=100&closed=false").await;
    assert!(
        open["data"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["closed"] == false)
    );
    let oldest = get(&site, &key, "tickets?sort=created_at&direction=asc&limit=2").await;
    assert!(oldest["data"][0]["created_at"].as_str() <= oldest["data"][1]["created_at"].as_str());
    let company = first["company_id"].as_str().unwrap();
    let of_company = get(&site, &key, &format!("tickets?limit=100&company={company}")).await;
    assert!(
        of_company["data"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["company_id"] == company)
    );
    let id = first["id"].as_str().unwrap();
    let detail = get(&site, &key, &format!("tickets/{id}")).await;
    assert_eq!(
        (&detail["number"], detail["notes"].is_array()),
        (&first["number"], true)
    );
    assert!(get(&site, &key, &format!("tickets/{id}?notes=false")).await["notes"].is_null());
}

/// Whatever a page of Portico shows, the API has: contacts and opportunities whole, every comment, groups with who is in
/// them, what could not be read.
#[tokio::test]
async fn details_comments_groups_and_what_was_set_aside_are_there() {
    let site = Site::start_beside_sandbox().await;
    let ticket = site.sandbox().ids("Tickets")[0];
    for number in 0..30 {
        let note = serde_json::json!({
            "ticketID": ticket, "title": format!("Note {number:02}"), "description": "x", "noteType": 1, "publish": 1,
        });
        site.sandbox().create("TicketNotes", note);
    }
    let group = site.sandbox().ids("ContactGroups")[0];
    let bad = site.sandbox().ids("Contacts")[2];
    let fault = simulator::FaultKind::GarbledRecord {
        id: Some(bad),
        field: "firstName".to_owned(),
    };
    let fault = simulator::Fault::new(fault).on_entity("Contacts");
    site.sandbox().set_fault(fault);
    site.connect().await;
    let key = key_with(&site, &Scope::ALL).await;

    let contacts = get(&site, &key, "contacts?limit=100").await;
    let rows = contacts["data"].as_array().unwrap();
    let listed = &rows[0];
    let id = listed["id"].as_str().unwrap();
    let detail = get(&site, &key, &format!("contacts/{id}")).await;
    assert_eq!(
        (&detail["id"], &detail["name"]),
        (&id.into(), &listed["name"])
    );
    assert!(
        detail["first_name"].is_string() && detail["fields"].is_object(),
        "{detail}"
    );

    let opportunities = get(&site, &key, "opportunities").await;
    let listed = &opportunities["data"][0];
    let id = listed["id"].as_str().unwrap();
    let detail = get(&site, &key, &format!("opportunities/{id}")).await;
    assert_eq!(
        (&detail["title"], &detail["amount_cents"]),
        (&listed["title"], &listed["amount_cents"])
    );
    assert!(
        detail["fields"].is_object() && detail["created_at"].is_string(),
        "{detail}"
    );
    for path in ["contacts", "opportunities"] {
        let nobody = format!("/api/v1/{path}/0196f5a4-0000-7000-8000-000000000000");
        assert_eq!(site.api(&nobody, &key).await.status, StatusCode::NOT_FOUND);
    }

    let tickets = get(&site, &key, "tickets?limit=100").await;
    let rows = tickets["data"].as_array().unwrap();
    let ticket = ticket.to_string();
    let found = rows.iter().find(|row| row["external_id"] == ticket);
    let id = found.unwrap()["id"].as_str().unwrap();
    let newest = get(&site, &key, &format!("tickets/{id}?limit=5")).await;
    assert_eq!(newest["more_notes"], true);
    let whole = get(&site, &key, &format!("tickets/{id}/notes?limit=100")).await;
    let titles = |page: &Value| -> Vec<String> {
        let rows = page["data"].as_array().unwrap().iter();
        rows.map(|row| row["external_id"].as_str().unwrap().to_owned())
            .collect()
    };
    let expected = titles(&whole);
    assert!(
        expected.len() >= 30 && whole["count"]["exact"] == true,
        "{whole}"
    );
    let (mut walked, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = get(&site, &key, &format!("tickets/{id}/notes?limit=7{cursor}")).await;
        walked.extend(titles(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(walked, expected, "every comment once, newest first");

    let groups = get(&site, &key, "contact-groups").await;
    let rows = groups["data"].as_array().unwrap();
    let ids: Vec<_> = rows.iter().map(|row| row["id"].to_string()).collect();
    assert!(ids.contains(&format!("\"{group}\"")), "{groups}");
    let (mut walked, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = get(&site, &key, &format!("contact-groups?limit=1{cursor}")).await;
        assert_eq!(page["data"].as_array().unwrap().len(), 1, "{page}");
        walked.push(page["data"][0].clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(&walked, rows, "every group once, with its members counted");
    assert!(walked.len() > 1, "{groups}");
    let found = rows.iter().find(|row| row["members"] != 0).unwrap();
    let group = found["id"].as_str().unwrap();
    let members = found["members"].as_i64().unwrap();
    assert!(members > 0, "{groups}");
    let integration = found["integration_id"].as_str().unwrap();
    let address = format!("contact-groups/members?integration={integration}&group={group}");
    let page = get(&site, &key, &format!("{address}&limit=1")).await;
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
    assert_eq!(page["next_cursor"].is_string(), members > 1, "{page}");
    let all = get(&site, &key, &format!("{address}&limit=100")).await;
    assert_eq!(
        all["data"].as_array().unwrap().len() as i64,
        members,
        "{all}"
    );

    let runs = get(&site, &key, &format!("integrations/{integration}/runs")).await;
    let run = runs["data"][0]["id"].as_str().unwrap();
    let aside = get(
        &site,
        &key,
        &format!("integrations/{integration}/runs/{run}/set-aside"),
    )
    .await;
    let record = &aside["data"][0];
    assert_eq!(
        (&record["stream"], &record["external_id"], &record["field"]),
        (
            &"contacts".into(),
            &bad.to_string().into(),
            &"firstName".into()
        ),
        "{aside}"
    );
    assert_eq!(
        aside["count"],
        serde_json::json!({ "value": 1, "exact": true, "cut": false })
    );
}

#[tokio::test]
async fn a_value_no_vendor_knows_is_refused_with_those_there_are() {
    let (site, key) = connected().await;
    for (path, told) in [
        ("tickets?status=999999", "status is one of 1 (New)"),
        ("tickets?queue=999999", "queue is one of "),
        ("tickets?priority=999999", "priority is one of "),
        ("tickets?technician=999999", "technician is one of "),
        ("opportunities?stage=999999", "stage is one of "),
        (
            "tickets?company=0196f5a4-0000-7000-8000-000000000000",
            "company is the id of no company",
        ),
        (
            "contacts?company=0196f5a4-0000-7000-8000-000000000000",
            "company is the id of no company",
        ),
        (
            "tickets?sort=colour",
            "sort is one of updated_at, created_at",
        ),
        ("tickets?statsu=1", "statsu is not a parameter here"),
    ] {
        let page = site.api(&format!("/api/v1/{path}"), &key).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}");
        let message = page.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with(told), "{path}: {message}");
    }
}

#[tokio::test]
async fn companies_runs_and_reference_data_are_there() {
    let (site, key) = connected().await;
    let companies = get(&site, &key, "companies").await;
    let id = companies["data"][0]["id"].as_str().unwrap();
    assert_eq!(
        get(&site, &key, &format!("companies/{id}")).await["name"],
        companies["data"][0]["name"]
    );
    let contacts = get(&site, &key, &format!("contacts?company={id}")).await;
    assert!(
        contacts["data"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["company_id"] == id)
    );
    let integrations = get(&site, &key, "integrations").await;
    let integration = &integrations["data"][0];
    assert_eq!(
        (&integration["provider"], &integration["status"]),
        (&"autotask".into(), &"connected".into())
    );
    assert!(integration["freshness_seconds"].is_i64(), "{integration}");
    let id = integration["id"].as_str().unwrap();
    let runs = get(&site, &key, &format!("integrations/{id}/runs")).await;
    let run = runs["data"][0]["id"].as_str().unwrap();
    let detail = get(&site, &key, &format!("integrations/{id}/runs/{run}")).await;
    assert_eq!(detail["run"]["state"], "completed", "{detail}");
    assert!(
        detail["streams"]
            .as_array()
            .unwrap()
            .iter()
            .any(|part| part["stream"] == "tickets" && part["created"] == 90),
        "{detail}"
    );
    let statuses = get(
        &site,
        &key,
        &format!("reference-data?kind=ticket_status&integration={id}&limit=100"),
    )
    .await;
    assert!(
        statuses["data"]
            .as_array()
            .unwrap()
            .iter()
            .any(|item| item["label"] == "Complete"),
        "{statuses}"
    );
    assert!(
        !get(&site, &key, "technicians").await["data"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn mistakes_are_answered_by_parameter() {
    let site = Site::start().await;
    let key = key_with(&site, &Scope::ALL).await;
    let ask = async |path: &str| -> Page { site.api(&format!("/api/v1/{path}"), &key).await };
    for list in LISTS {
        let page = ask(&format!("{list}?colour=red")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{list}");
        let error = &page.json()["error"];
        assert_eq!(
            (&error["code"], &error["details"][0]["parameter"]),
            (&"invalid_parameter".into(), &"colour".into()),
            "{list}"
        );
        assert_eq!(
            error["request_id"].as_str(),
            Some(page.header("x-request-id"))
        );
    }
    for wrong in [
        "tickets?limit=101",
        "tickets?cursor=x",
        "reference-data?cursor=x",
        "reference-data?kind=colours",
        "technicians?cursor=x",
        "tickets?company=7",
        "tickets?closed=maybe",
        "tickets?integration=0196f5a4-0000-7000-8000-000000000000",
    ] {
        assert_eq!(ask(wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    for missing in [
        "tickets/7",
        "tickets/0196f5a4-0000-7000-8000-000000000000",
        "companies/x",
        "integrations/x/runs",
    ] {
        let page = ask(missing).await;
        assert_eq!(
            (page.status, page.json()["error"]["code"].clone()),
            (StatusCode::NOT_FOUND, "not_found".into()),
            "{missing}"
        );
    }
}
