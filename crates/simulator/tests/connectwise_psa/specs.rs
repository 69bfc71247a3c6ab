//! Answers against the vendor's own description, when `PORTICO_SPECS` names a folder that has it.
//!
//! Checked: every address exists there, every property sent is known there, types, choices and
//! longest lengths fit.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::desk;

/// Properties sent that the description does not have, each with a reason.
const KNOWN_MORE: [(&str, &str); 8] = [
    ("rowNum", "recorded bodies have it in custom fields"),
    (
        "userDefinedFieldRecId",
        "recorded bodies have it in custom fields",
    ),
    ("podId", "recorded bodies have it in custom fields"),
    (
        "podDescription",
        "recorded definitions of custom fields have it",
    ),
    (
        "screenDescription",
        "recorded definitions of custom fields have it",
    ),
    ("level", "priority references carry it in later releases"),
    (
        "sort",
        "status and priority references carry it in later releases",
    ),
    ("departmentIds", "locations carry it in later releases"),
];

fn document() -> Option<Value> {
    let folder = std::env::var_os("PORTICO_SPECS")?;
    let path = PathBuf::from(folder).join("connectwise-psa/psa-2025.1.reconstructed.openapi.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    Some(serde_json::from_str(&text).unwrap())
}

struct Check<'d> {
    document: &'d Value,
    problems: BTreeSet<String>,
    properties: usize,
}

impl Check<'_> {
    fn schema<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let reference = schema["$ref"]
            .as_str()
            .or_else(|| schema["allOf"][0]["$ref"].as_str());
        match reference {
            Some(reference) => {
                let name = reference.rsplit('/').next().unwrap();
                &self.document["components"]["schemas"][name]
            }
            None => schema,
        }
    }

    fn value(&mut self, place: &str, schema: &Value, value: &Value) {
        let schema = self.schema(schema).clone();
        self.properties += 1;
        if let Some(words) = schema["enum"].as_array() {
            if !words.contains(value) {
                self.problems
                    .insert(format!("{place}: {value} is none of {schema}"));
            }
            return;
        }
        let fits = match schema["type"].as_str() {
            Some("string") => value.is_string(),
            Some("integer") => value.is_i64(),
            Some("number") => value.is_number(),
            Some("boolean") => value.is_boolean(),
            Some("array") => value.is_array(),
            Some("object") => value.is_object(),
            _ => true,
        };
        if !fits {
            self.problems
                .insert(format!("{place}: {value} is no {}", schema["type"]));
        }
        if let (Some(longest), Some(text)) = (schema["maxLength"].as_u64(), value.as_str())
            && text.chars().count() as u64 > longest
        {
            self.problems
                .insert(format!("{place}: longer than {longest}"));
        }
        for element in value.as_array().into_iter().flatten() {
            self.value(&format!("{place}[]"), &schema["items"], element);
        }
        if let (Some(object), Some(properties)) =
            (value.as_object(), schema["properties"].as_object())
        {
            for (name, value) in object {
                match properties.get(name) {
                    Some(property) if !value.is_null() => {
                        self.value(&format!("{place}.{name}"), property, value);
                    }
                    Some(_) => {}
                    None if KNOWN_MORE.iter().any(|(known, _)| known == name) => {}
                    None => {
                        self.problems
                            .insert(format!("{place}.{name}: not in the description"));
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn answers_fit_the_vendors_description() {
    let Some(document) = document() else {
        eprintln!("not run: PORTICO_SPECS names no folder with the vendor's description");
        return;
    };
    let desk = desk().await;
    let ticket = desk
        .get("service/tickets?pageSize=1&conditions=contact/id!=null")
        .await
        .ids()[0];
    desk.send(
        "POST",
        &format!("service/tickets/{ticket}/notes"),
        &serde_json::json!({"text": "x"}),
    )
    .await;
    desk.send("POST", "system/callbacks", &serde_json::json!({"url": "https://x.example/?id=", "objectId": 0, "type": "ticket", "level": "owner"})).await;
    let contact = desk.get("company/contacts?pageSize=1").await.ids()[0];
    let lists = [
        ("service/boards", None),
        ("service/boards/{parentId}/statuses", Some(1)),
        ("service/boards/{parentId}/types", Some(1)),
        ("service/boards/{parentId}/subtypes", Some(1)),
        ("service/boards/{parentId}/items", Some(1)),
        ("service/boards/{parentId}/teams", Some(1)),
        (
            "service/boards/{parentId}/typeSubTypeItemAssociations",
            Some(1),
        ),
        ("service/priorities", None),
        ("service/sources", None),
        ("service/severities", None),
        ("service/impacts", None),
        ("service/locations", None),
        ("service/tickets", None),
        ("service/tickets/{parentId}/notes", Some(ticket)),
        ("service/tickets/{parentId}/allNotes", Some(ticket)),
        ("time/entries", None),
        ("time/workTypes", None),
        ("time/workRoles", None),
        ("company/companies", None),
        ("company/companies/{parentId}/sites", Some(252)),
        ("company/companies/statuses", None),
        ("company/companies/{parentId}/typeAssociations", Some(252)),
        ("company/companies/types", None),
        ("company/contacts", None),
        ("company/contacts/{parentId}/communications", Some(contact)),
        (
            "company/contacts/{parentId}/typeAssociations",
            Some(contact),
        ),
        ("company/contacts/types", None),
        ("company/contacts/relationships", None),
        ("company/contacts/departments", None),
        ("company/communicationTypes", None),
        ("company/noteTypes", None),
        ("company/countries", None),
        ("sales/opportunities", None),
        ("sales/opportunities/statuses", None),
        ("sales/opportunities/types", None),
        ("sales/opportunities/ratings", None),
        ("sales/stages", None),
        ("sales/probabilities", None),
        ("finance/agreements", None),
        ("finance/agreements/types", None),
        ("system/members", None),
        ("system/members/types", None),
        ("system/apiMembers", None),
        ("system/securityroles", None),
        ("system/locations", None),
        ("system/departments", None),
        ("system/userDefinedFields", None),
        ("system/integratorTags", None),
        ("system/callbacks", None),
        ("system/info", None),
        ("system/info/members", None),
    ];
    let mut check = Check {
        document: &document,
        problems: BTreeSet::new(),
        properties: 0,
    };
    for (path, parent) in lists {
        let operation = &document["paths"][&format!("/{path}")]["get"];
        if operation.is_null() {
            check.problems.insert(format!("{path}: no such address"));
            continue;
        }
        let content = &operation["responses"]["200"]["content"];
        let schema = content
            .as_object()
            .and_then(|c| c.values().next())
            .map(|c| c["schema"].clone());
        let address = path.replace("{parentId}", &parent.unwrap_or(0).to_string());
        let reply = desk.get(&format!("{address}?pageSize=200")).await;
        assert_eq!(reply.status, 200, "{address}: {}", reply.body);
        check.value(path, &schema.unwrap_or_default(), &reply.body);
    }
    println!(
        "{} addresses, {} values checked",
        lists.len(),
        check.properties
    );
    let all: Vec<String> = check.problems.into_iter().collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}
