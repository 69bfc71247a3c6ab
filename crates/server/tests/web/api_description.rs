//! The description of the JSON API: it is what exists, and says what is answered.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use portico::web::access::Rule;
use portico::web::api::scope::Scope;
use portico::web::router;
use serde_json::{Value, json};

use crate::harness::{Page, Site, key_with};

#[tokio::test]
async fn the_description_is_what_exists() {
    let site = Site::start().await;
    let mut browser = site.browser();
    let document = browser.get("/api/v1/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    let mounted: BTreeSet<String> = router::routes()
        .into_iter()
        .filter(|route| matches!(route.rule, Rule::Api(_)))
        .map(|route| route.path.to_owned())
        .collect();
    assert_eq!(described, mounted);
    let mut operation_ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let operation = &item["get"];
        assert!(
            operation_ids.insert(operation["operationId"].as_str().unwrap()),
            "{path}: an operation id belongs to one operation"
        );
        assert!(operation["summary"].is_string(), "{path}");
        let scope = operation["security"][0]["api_key"][0].as_str().unwrap();
        let route = router::routes()
            .into_iter()
            .find(|route| route.path == path)
            .unwrap();
        assert_eq!(
            Scope::from_key(scope).map(Rule::Api),
            Some(route.rule),
            "{path}"
        );
        for parameter in path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        {
            let known = operation["parameters"].as_array().unwrap();
            assert!(
                known
                    .iter()
                    .any(|one| one["name"] == parameter && one["in"] == "path"),
                "{path}: {parameter}"
            );
        }
    }
    // What is described as a parameter is what is accepted as one.
    let key = key_with(&site, &Scope::ALL).await;
    for (path, item) in document["paths"].as_object().unwrap() {
        let page = site
            .api(&format!("{}?nonsense=1", address_of(path)), &key)
            .await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}");
        let message = page.json()["error"]["message"].as_str().unwrap().to_owned();
        let (_, accepted) = message.split_once("these are: ").unwrap();
        let accepted: BTreeSet<&str> = accepted.split(", ").filter(|one| !one.is_empty()).collect();
        let described = item["get"]["parameters"].as_array();
        let described = described.into_iter().flatten();
        let described: BTreeSet<&str> = described
            .filter(|one| one["in"] == "query")
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        assert_eq!(accepted, described, "{path}");
    }
    assert_resolved(&document, &document);
    assert_eq!(
        document["components"]["securitySchemes"]["api_key"]["scheme"],
        "bearer"
    );
    let mut admin = site.admin().await;
    let page = admin.get("/api/v1/docs").await;
    assert!(
        mounted.iter().all(|path| page.text.contains(path.as_str())),
        "every operation is on the page"
    );
}

/// Every reference in the document leads somewhere.
fn assert_resolved(document: &Value, part: &Value) {
    match part {
        Value::Object(entries) => {
            if let Some(reference) = entries.get("$ref").and_then(Value::as_str) {
                let pointer = reference.trim_start_matches('#');
                assert!(document.pointer(pointer).is_some(), "{reference}");
            }
            entries
                .values()
                .for_each(|value| assert_resolved(document, value));
        }
        Value::Array(values) => values
            .iter()
            .for_each(|value| assert_resolved(document, value)),
        _ => {}
    }
}

/// The address of an operation, with an id nobody has.
fn address_of(path: &str) -> String {
    let id = "0196f5a4-0000-7000-8000-000000000000";
    let parts = path.split('/');
    let parts: Vec<_> = parts
        .map(|part| if part.starts_with('{') { id } else { part })
        .collect();
    parts.join("/")
}

#[tokio::test]
async fn what_is_described_is_what_is_answered() {
    let site = Site::start_connected().await;
    let mut browser = site.browser();
    let document = browser.get("/api/v1/openapi.json").await;
    assert!(
        !document.text.contains("# Errors"),
        "for readers of the code"
    );
    let document = document.json();
    let all = key_with(&site, &Scope::ALL).await;
    for (path, item) in document["paths"].as_object().unwrap() {
        let operation = &item["get"];
        let (address, names_record) = (address_of(path), path.contains('{'));
        let answers: BTreeSet<&str> = operation["responses"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let mut expected = BTreeSet::from(["200", "400", "401", "403", "429", "500", "503"]);
        expected.extend(names_record.then_some("404"));
        assert_eq!(answers, expected, "{path}");
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let Some(reference) = answer["$ref"].as_str() else {
                assert_eq!(status, "200", "{path}");
                continue;
            };
            let answer = document.pointer(reference.trim_start_matches('#')).unwrap();
            assert_eq!(
                answer["content"]["application/json"]["schema"]["$ref"],
                "#/components/schemas/Error",
                "{path} {status}"
            );
        }
        // Each of them is real.
        let scope = operation["security"][0]["api_key"][0].as_str().unwrap();
        let others: Vec<Scope> = Scope::ALL
            .into_iter()
            .filter(|other| Some(*other) != Scope::from_key(scope))
            .collect();
        let other_key = key_with(&site, &others).await;
        let mut asked = vec![
            (400, format!("{address}?nonsense=1"), all.as_str()),
            (401, address.clone(), "pk_nobody"),
            (403, address.clone(), other_key.as_str()),
        ];
        if names_record {
            asked.push((404, address.clone(), all.as_str()));
        }
        for (status, address, key) in asked {
            let page = site.api(&address, key).await;
            assert_eq!(page.status.as_u16(), status, "{address}: {}", page.text);
            assert_described(&document, &address, &page);
        }
    }
    site.app.store().close().await;
    for path in document["paths"].as_object().unwrap().keys() {
        let page = site.api(&address_of(path), &all).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(page.header("retry-after"), "5", "{path}");
        assert_described(&document, path, &page);
    }
}

/// An answer that is no success has the one shape that is described.
fn assert_described(document: &Value, address: &str, page: &Page) {
    let body = page.json();
    let schemas = &document["components"]["schemas"];
    let is = |value: &Value, schema: &str| {
        let have: BTreeSet<&String> = value.as_object().unwrap().keys().collect();
        let described = schemas[schema]["properties"].as_object().unwrap();
        assert_eq!(have, described.keys().collect(), "{address}: {body}");
    };
    is(&body, "Error");
    is(&body["error"], "ErrorWords");
    for detail in body["error"]["details"].as_array().unwrap() {
        is(detail, "ErrorDetail");
    }
}

#[tokio::test]
async fn parameters_are_described_with_what_they_may_be() {
    let site = Site::start_connected().await;
    let document = site.browser().get("/api/v1/openapi.json").await.json();
    let key = key_with(&site, &Scope::ALL).await;
    let mut words_tried = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for parameter in item["get"]["parameters"].as_array().into_iter().flatten() {
            let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
            let place = format!("{path}: {name}");
            let is_id =
                parameter["in"] == "path" || ["integration", "company", "run"].contains(&name);
            assert_eq!(schema["format"] == "uuid", is_id, "{place}");
            if name == "limit" {
                let bounds = (&schema["minimum"], &schema["maximum"], &schema["default"]);
                assert_eq!(bounds, (&json!(1), &json!(100), &json!(25)), "{place}");
            }
            let has_words = ["sort", "direction", "kind", "state"].contains(&name);
            assert_eq!(schema["enum"].is_array(), has_words, "{place}");
            if path.contains('{') {
                continue;
            }
            for word in schema["enum"].as_array().into_iter().flatten() {
                let word = word.as_str().unwrap();
                let page = site.api(&format!("{path}?{name}={word}"), &key).await;
                assert_eq!(page.status, StatusCode::OK, "{place}={word}: {}", page.text);
                let wrong = format!("{path}?{name}={word}x");
                let page = site.api(&wrong, &key).await;
                assert_eq!(page.status, StatusCode::BAD_REQUEST, "{wrong}");
                words_tried.insert(name);
            }
        }
    }
    assert_eq!(words_tried, BTreeSet::from(["sort", "direction", "kind"]));
    // Ids of answers: as described, and nothing else is called one.
    for (list, schema) in [
        ("companies", "CompanyListed"),
        ("tickets", "Ticket"),
        ("contacts", "Contact"),
        ("integrations", "Integration"),
        ("technicians", "Technician"),
        ("reference-data", "ReferenceItem"),
    ] {
        let fields = fields_of(&document, schema);
        let page = site.api(&format!("/api/v1/{list}?limit=5"), &key).await;
        let page = if list == "integrations" {
            site.api("/api/v1/integrations", &key).await
        } else {
            page
        };
        let rows = page.json()["data"].clone();
        let rows = rows.as_array().unwrap();
        assert!(!rows.is_empty(), "{list}");
        for (name, field) in &fields {
            for value in rows.iter().filter_map(|row| row[name].as_str()) {
                let is_id = value.len() == 36 && value.matches('-').count() == 4;
                assert_eq!(field["format"] == "uuid", is_id, "{list}: {name}: {value}");
            }
        }
    }
}

/// The fields of a schema, those of its parts too.
fn fields_of(document: &Value, schema: &str) -> Vec<(String, Value)> {
    let schema = &document["components"]["schemas"][schema];
    let parts = schema["allOf"].as_array().into_iter().flatten();
    parts
        .chain([schema])
        .filter_map(|part| part["properties"].as_object())
        .flatten()
        .map(|(name, field)| (name.clone(), field.clone()))
        .collect()
}
