//! Every request we send, checked against the vendor's own lists of operations and fields.
//!
//! The lists are not part of the repository: the check runs where `PORTICO_SPECS` names their folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use domain::clock::UtcMillis;
use domain::scope::Scope;
use domain::stream::{PullMode, Stream};
use serde_json::Value;

use crate::autotask::Autotask;
use crate::case::Case;
use crate::vendor::{FULL, Vendor, capability, walk};

/// Where the lists are.
fn folder() -> Option<PathBuf> {
    std::env::var_os("PORTICO_SPECS").map(PathBuf::from)
}

/// The case; *not run* without the lists.
pub fn case() -> Case {
    if folder().is_none() {
        println!("requests_fit_the_vendors_specification: not run, PORTICO_SPECS names no folder");
    }
    Case::new(
        "completeness",
        "requests_fit_the_vendors_specification",
        check,
    )
    .needing(folder().is_some())
}

/// Sends every request the connector has and looks each one up.
async fn check() {
    let folder = folder().expect("PORTICO_SPECS names the folder of the lists");
    let operations = read(&folder.join("autotask/autotask-rest-v1.operations-2026-08.json"));
    let known: BTreeSet<(String, String)> = list(&operations["operations"])
        .map(|operation| {
            (
                text(&operation["m"]).to_uppercase(),
                text(&operation["p"]).to_lowercase(),
            )
        })
        .collect();
    let fields = read(&folder.join("autotask/autotask-entity-fields-2025-02.json"));

    let stand = Autotask.start().await;
    let connector = stand.connector();
    connector.test_connection().await.expect("good credentials");
    connector.reference_data().await.expect("reference data");
    let scope = Scope {
        queues: ["8".into()].into(),
        categories: ["3".into()].into(),
        exclude_statuses: ["5".into()].into(),
    };
    for claimed in capability(&Autotask).streams {
        let since = PullMode::Since {
            since: UtcMillis(stand.control().now_ms()),
        };
        for mode in [FULL, since] {
            walk(&*connector, claimed.stream, mode, 500)
                .await
                .expect("pages");
            connector
                .total(claimed.stream, mode, &scope)
                .await
                .expect("a total");
        }
        if claimed.by_id {
            connector
                .fetch(claimed.stream, "1")
                .await
                .expect("an answer");
        }
    }
    connector.ticket_notes("1").await.expect("notes");
    for _ in 0..200 {
        connector
            .total(Stream::ContactGroups, FULL, &scope)
            .await
            .expect("a total");
    }

    let mut asked = BTreeSet::new();
    for entry in stand.control().journal() {
        let path = entry.path.to_lowercase();
        let path = path.trim_start_matches("/atservicesrest").to_owned();
        assert!(
            known.contains(&(entry.method.clone(), path.clone())),
            "no such operation: {} {path}",
            entry.method
        );
        asked.insert(path);
        let (Some(entity), Ok(query)) = (entry.entity, serde_json::from_str::<Value>(&entry.body))
        else {
            continue;
        };
        let of_entity: BTreeSet<&str> = fields["entities"][&entity]["fields"]
            .as_object()
            .unwrap_or_else(|| panic!("no such entity: {entity}"))
            .keys()
            .map(String::as_str)
            .collect();
        let mut names: BTreeSet<&str> = list(&query["IncludeFields"]).map(text).collect();
        filter_names(&query["filter"], &mut names);
        for name in names {
            assert!(of_entity.contains(name), "{entity} has no field {name}");
        }
    }
    assert!(asked.len() > 30, "only {asked:?}");
    println!(
        "requests_fit_the_vendors_specification: {} addresses looked up",
        asked.len()
    );
}

fn read(path: &Path) -> Value {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn filter_names<'a>(filter: &'a Value, names: &mut BTreeSet<&'a str>) {
    for condition in list(filter) {
        names.extend(condition["field"].as_str());
        filter_names(&condition["items"], names);
    }
}
