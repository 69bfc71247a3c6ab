//! Answers against the vendor's own description, when `PORTICO_SPECS` names a folder that has it.
//!
//! The description has sample bodies, hardly any schemas. Checked: every address and every parameter
//! the fact sheet needs exists there; each answer has the keys of its sample, no others, with the
//! same JSON types where the sample has a value.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::desk;

/// Keys sent that the samples do not have, each with a reason.
const KNOWN_MORE: [(&str, &str); 13] = [
    (
        "processed_phone",
        "seen live, and in the sample of a refusal",
    ),
    (
        "processed_mobile",
        "seen live, and in the sample of a refusal",
    ),
    ("ticket_matching_emails", "seen live"),
    ("ticket_links", "seen live in single customers"),
    ("invoice_links", "seen live in single customers"),
    ("phones", "seen live in single customers"),
    ("contracts", "seen live in single customers"),
    ("addresses", "seen live in single customers"),
    ("prepay_hours", "seen live in single customers"),
    ("emails", "seen live in single leads"),
    ("attachments", "seen live in single leads"),
    ("appointments", "seen live in single leads"),
    ("meta", "seen live in lists of assets"),
];

/// Places whose keys belong to the account, or whose sample is of another release.
const FREE: [&str; 3] = ["properties", "triggers", "ticket_types"];

struct Check {
    problems: BTreeSet<String>,
    values: usize,
}

impl Check {
    fn value(&mut self, place: &str, sample: &Value, value: &Value) {
        self.values += 1;
        match (sample, value) {
            (Value::Null, _) | (_, Value::Null) => {}
            (Value::Object(sample), Value::Object(object)) => {
                if sample.is_empty() || FREE.iter().any(|free| place.ends_with(free)) {
                    return;
                }
                let have: BTreeSet<&String> = object.keys().collect();
                let want: BTreeSet<&String> = sample.keys().collect();
                for missing in want.difference(&have) {
                    self.problems.insert(format!("{place}.{missing}: not sent"));
                }
                for more in have.difference(&want) {
                    if !KNOWN_MORE.iter().any(|(known, _)| known == more) {
                        self.problems
                            .insert(format!("{place}.{more}: not in the sample"));
                    }
                }
                for (name, value) in object {
                    if let Some(sample) = sample.get(name) {
                        self.value(&format!("{place}.{name}"), sample, value);
                    }
                }
            }
            // Pairs: each place has its own type.
            (Value::Array(sample), Value::Array(elements)) if is_pair(sample) => {
                assert_eq!(sample.len(), elements.len(), "{place}");
                for (sample, element) in sample.iter().zip(elements) {
                    self.value(&format!("{place}[]"), sample, element);
                }
            }
            (Value::Array(sample), Value::Array(elements)) => {
                if let Some(sample) = sample.first() {
                    for element in elements {
                        self.value(&format!("{place}[]"), sample, element);
                    }
                }
            }
            (sample, value) => {
                let same = std::mem::discriminant(sample) == std::mem::discriminant(value);
                if !same {
                    self.problems
                        .insert(format!("{place}: {value} where the sample has {sample}"));
                }
            }
        }
    }
}

fn is_pair(sample: &[Value]) -> bool {
    matches!(sample, [Value::Number(_), Value::String(_)])
}

/// The sample of a successful answer.
fn sample(operation: &Value) -> Option<Value> {
    let content = operation["responses"]["200"]["content"].as_object()?;
    let content = content.values().next()?;
    let plain = content.get("example").cloned();
    plain.or_else(|| Some(content["examples"]["example_0"]["value"].clone()))
}

#[tokio::test]
async fn answers_fit_the_vendors_description() {
    let Some(folder) = std::env::var_os("PORTICO_SPECS") else {
        eprintln!("not run: PORTICO_SPECS names no folder with the vendor's description");
        return;
    };
    let path = PathBuf::from(folder).join("syncro/syncro-v1-openapi.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let document: Value = serde_json::from_str(&text).unwrap();
    let desk = desk().await;
    desk.control().set_security("Global Admin", "", "All");
    let first = |kind: &str| desk.control().ids(kind)[5];
    let assigned = desk.ticket(|t| t["user_id"].is_i64() && t["contact_id"].is_i64());
    let lists = [
        ("/me", None),
        ("/settings", None),
        ("/tickets/settings", None),
        ("/customers", None),
        ("/customers/latest", None),
        ("/customers/autocomplete", None),
        ("/customers/{id}", Some(first("customers"))),
        ("/customers/{customer_id}/phones", Some(first("customers"))),
        ("/contacts", None),
        ("/users", None),
        ("/users/{id}", Some(first("users"))),
        ("/tickets", None),
        ("/tickets/{id}", Some(assigned)),
        ("/tickets/{id}/comments", Some(assigned)),
        ("/leads", None),
        ("/leads/{id}", Some(first("leads"))),
        ("/customer_assets", None),
        ("/portal_users", None),
        ("/contracts", None),
        ("/canned_responses", None),
        ("/rmm_alerts", None),
        ("/rmm_alerts/{id}", Some(first("rmm_alerts"))),
    ];
    let mut check = Check {
        problems: BTreeSet::new(),
        values: 0,
    };
    for (path, id) in lists {
        let operation = &document["paths"][path]["get"];
        if operation.is_null() {
            check.problems.insert(format!("{path}: no such address"));
            continue;
        }
        let address = match (path.split_once('{'), id) {
            (Some((before, rest)), Some(id)) => {
                let after = rest.split_once('}').unwrap().1;
                format!("{before}{id}{after}")
            }
            _ => path.to_owned(),
        };
        let reply = desk.get(&address[1..]).await;
        assert_eq!(reply.status, 200, "{address}: {}", reply.body);
        check.value(path, &sample(operation).unwrap_or_default(), &reply.body);
    }
    println!("{} addresses, {} values checked", lists.len(), check.values);
    let all: Vec<String> = check.problems.into_iter().collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}
