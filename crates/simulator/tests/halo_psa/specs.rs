//! Answers against the vendor's own description, when `PORTICO_SPECS` names a folder that has it. It describes no
//! answers, but the records that requests carry: every field sent must be known there, with its type.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::desk;

/// Fields that are sent and that the description does not have, each with a reason.
const KNOWN_MORE: [(&str, &str); 9] = [
    ("email2", "lists of users carry it in later releases"),
    ("email3", "lists of users carry it in later releases"),
    (
        "lastupdate",
        "lists of users carry it in later releases; answers to changes of tickets too",
    ),
    ("role_ids", "lists of users carry it in later releases"),
    ("who", "clients known to run against the product rely on it"),
    ("jobtitle", "declared for lists of agents only"),
    ("team", "declared for lists of agents only"),
    ("webhook_id", "declared with another type"),
    ("value2", "lookups carry it"),
];

fn document() -> Option<Value> {
    let folder = std::env::var_os("PORTICO_SPECS")?;
    let path = PathBuf::from(folder).join("halo-psa/halo-api-v2-openapi-2025-03.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    Some(serde_json::from_str(&text).unwrap())
}

fn fits(schema: &Value, value: &Value) -> bool {
    match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        _ => true,
    }
}

#[tokio::test]
async fn rows_fit_the_vendors_description() {
    let Some(document) = document() else {
        eprintln!("not run: PORTICO_SPECS names no folder with the vendor's description");
        return;
    };
    let desk = desk().await;
    let lists = [
        ("Client?count=50", "Area_List"),
        ("Site?count=50", "Site_List"),
        ("Users?count=50", "Users_List"),
        ("Agent", "Uname_List"),
        ("Tickets?count=50&includestatus=true", "Faults_List"),
        ("Opportunities?count=50", "Faults_List"),
        ("Actions?ticket_id=1000001", "Actions"),
        ("Status", "TStatus"),
        ("TicketType", "RequestType"),
        ("Priority", "Policy"),
        ("Team", "SectionDetail"),
        ("Category", "CategoryDetail"),
        ("Outcome", "TOutcome"),
        ("UserRoles", "UserRoles"),
        ("Lookup", "Lookup"),
    ];
    let (mut problems, mut checked) = (BTreeSet::new(), 0);
    for (path, name) in lists {
        let address = format!("/{}", path.split('?').next().unwrap());
        assert!(document["paths"][&address]["get"].is_object(), "{address}");
        let properties = &document["components"]["schemas"][name]["properties"];
        for row in desk.get(path).await.rows() {
            for (field, value) in row.as_object().unwrap() {
                checked += 1;
                let declared = &properties[field];
                let known = KNOWN_MORE.iter().any(|(more, _)| more == field);
                if declared.is_null() && !known {
                    problems.insert(format!("{name}.{field}: not in the description"));
                } else if !value.is_null() && !known && !fits(declared, value) {
                    problems.insert(format!(
                        "{name}.{field}: {value} is no {}",
                        declared["type"]
                    ));
                }
            }
        }
    }
    println!("{} lists, {checked} values checked", lists.len());
    let all: Vec<String> = problems.into_iter().collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}
