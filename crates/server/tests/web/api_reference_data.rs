//! Reference data in the JSON API: pages, of all kinds or of one.

use std::collections::BTreeSet;

use portico::web::api::scope::Scope;
use serde_json::Value;

use crate::harness::{Site, key_with};

async fn get(site: &Site, key: &str, path: &str) -> Value {
    let page = site.api(&format!("/api/v1/{path}"), key).await;
    assert_eq!(page.status, 200, "{path}: {}", page.text);
    page.json()
}

/// Every row of a list, read page by page.
async fn walk(site: &Site, key: &str, list: &str, limit: usize) -> Vec<Value> {
    let mut walked = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = get(site, key, &format!("{list}limit={limit}{cursor}")).await;
        let rows = page["data"].as_array().unwrap();
        assert!(rows.len() <= limit, "{list}");
        walked.extend(rows.iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return walked,
        }
    }
}

#[tokio::test]
async fn reference_data_is_read_in_pages_of_all_kinds_or_of_one() {
    let site = Site::start_connected().await;
    let key = key_with(&site, &Scope::ALL).await;
    let all = walk(&site, &key, "reference-data?", 40).await;
    let whole = walk(&site, &key, "reference-data?", 100).await;
    assert_eq!(all, whole);
    assert!(all.len() > 40, "several pages");
    let first = get(&site, &key, "reference-data").await;
    assert_eq!(first["data"].as_array().unwrap().len(), 25);
    assert_eq!(
        (&first["count"]["value"], &first["count"]["exact"]),
        (&all.len().into(), &true.into())
    );
    let known = |row: &Value| (row["kind"].to_string(), row["id"].to_string());
    let distinct: BTreeSet<_> = all.iter().map(known).collect();
    assert_eq!(distinct.len(), all.len());
    let statuses = walk(&site, &key, "reference-data?kind=ticket_status&", 3).await;
    let expected: Vec<_> = all
        .iter()
        .filter(|row| row["kind"] == "ticket_status")
        .cloned()
        .collect();
    assert!(expected.len() > 3, "several pages");
    assert_eq!(statuses, expected);
    let integrations = get(&site, &key, "integrations").await;
    let id = integrations["data"][0]["id"].as_str().unwrap();
    let of_one = walk(
        &site,
        &key,
        &format!("reference-data?integration={id}&"),
        90,
    )
    .await;
    assert_eq!(of_one, all, "there is no other integration");
}
