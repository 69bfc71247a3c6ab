//! What a record's page tells, the JSON API tells too: each value on the page is looked for in the answer.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use portico::web::api::scope::Scope;
use serde_json::Value;

use crate::harness::{Site, key_with};

/// Values that the API writes otherwise than people read them, with the field that has them.
const OTHERWISE: [(&str, &str); 9] = [
    ("Created", "created_at"),
    ("Closed", "closed_at"),
    ("Last activity", "updated_at"),
    ("Changed there", "updated_at"),
    ("Due", "due_at"),
    ("Stored here", "stored_at"),
    ("Amount", "amount_cents"),
    ("Probability", "probability"),
    ("Projected close", "projected_close"),
];

/// Label and value of each fact on a page, as a person reads them.
fn facts(html: &str) -> Vec<(String, String)> {
    let read = |text: &str| {
        let mut words = String::new();
        for part in text.split('<') {
            words.push_str(part.split_once('>').map_or(part, |(_, text)| text));
        }
        [
            ("&#38;", "&"),
            ("&#60;", "<"),
            ("&#62;", ">"),
            ("&#34;", "\""),
            ("&#39;", "'"),
        ]
        .iter()
        .fold(words, |words, (from, to)| words.replace(from, to))
        .trim()
        .to_owned()
    };
    html.split("<dt>")
        .skip(1)
        .filter_map(|part| {
            let (label, rest) = part.split_once("</dt>")?;
            let (_, rest) = rest.split_once('>')?;
            let (value, _) = rest.split_once("</dd>")?;
            let value = value.split("<span class=\"origin\">").next()?;
            Some((read(label), read(value)))
        })
        .collect()
}

/// An amount in a field of the vendor's, which is as the vendor sent it in the answer, as a page writes it.
fn as_amount(number: f64) -> String {
    portico::web::view::number::amount((number * 100.0).round() as i64)
}

/// Every value in an answer, as a page would write it.
fn values(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => entries.values().for_each(|value| values(value, found)),
        Value::Array(items) => {
            items.iter().for_each(|value| values(value, found));
            let words: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            found.insert(words.join(", "));
        }
        Value::String(text) => {
            found.insert(text.trim().to_owned());
            found.extend(text.trim().parse().ok().map(as_amount));
        }
        Value::Bool(on) => {
            found.insert(if *on { "yes" } else { "no" }.to_owned());
        }
        Value::Number(number) => {
            found.insert(number.to_string());
            found.extend(number.as_f64().map(as_amount));
        }
        Value::Null => {}
    }
}

#[tokio::test]
async fn what_a_records_page_tells_the_api_tells() {
    let site = Site::start_connected().await;
    let key = key_with(&site, &Scope::ALL).await;
    let mut browser = site.admin().await;
    let get = async |path: String| {
        let page = site.api(&path, &key).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        page.json()
    };
    let integrations = get("/api/v1/integrations".to_owned()).await;
    for list in ["companies", "contacts", "tickets", "opportunities"] {
        let rows = get(format!("/api/v1/{list}?limit=20")).await;
        let mut compared = 0;
        for row in rows["data"].as_array().unwrap() {
            let id = row["id"].as_str().unwrap();
            let record = get(format!("/api/v1/{list}/{id}")).await;
            let mut known = BTreeSet::from(["nobody".to_owned()]);
            values(&record, &mut known);
            values(&integrations, &mut known);
            let page = browser.get(&format!("/{list}/{id}")).await;
            for (label, value) in facts(&page.text) {
                let otherwise = OTHERWISE.iter().find(|(words, _)| *words == label);
                match otherwise {
                    Some((_, field)) => {
                        let told = value == "not told" || !record[field].is_null();
                        assert!(told, "{list}: {label} is not in {record}");
                    }
                    // The product as a whole, not this record in it.
                    None if label == "There" => {
                        let from = record["integration_id"].as_str().unwrap();
                        let from = get(format!("/api/v1/integrations/{from}")).await;
                        assert!(from["web_url"].is_string(), "{from}");
                    }
                    None => assert!(
                        known.contains(&value),
                        "{list}: {label}: {value} is not in {record}"
                    ),
                }
                compared += 1;
            }
        }
        assert!(compared > 40, "{list}: {compared} values");
    }
}

#[tokio::test]
async fn a_ticket_and_a_company_have_their_page_at_the_vendor() {
    let site = Site::start_connected().await;
    let key = key_with(&site, &Scope::ALL).await;
    let mut browser = site.admin().await;
    for list in ["tickets", "companies"] {
        let rows = site.api(&format!("/api/v1/{list}"), &key).await.json();
        let id = rows["data"][0]["id"].as_str().unwrap();
        let record = site.api(&format!("/api/v1/{list}/{id}"), &key).await.json();
        let page = browser.get(&format!("/{list}/{id}")).await.text;
        let told = match list {
            "tickets" => &record["web_url"],
            _ => &record["links"][0]["web_url"],
        };
        // The sandbox is plain http on loopback, which is linked to; the page escapes what stands between.
        let told = told.as_str().map(|address| address.replace('&', "&#38;"));
        match told {
            Some(address) => assert!(page.contains(&address), "{address}"),
            None => assert!(!page.contains("target=\"_blank\""), "{list}: {page}"),
        }
    }
}
