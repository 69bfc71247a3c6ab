//! Autotask's own lists of operations and fields.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use simulator::JournalEntry;

use crate::specification::{Checked, Document, read};

/// The lists: operations with method and path, fields by entity.
pub struct Lists {
    operations: BTreeSet<(String, String)>,
    fields: Value,
}

impl Lists {
    /// Reads them.
    pub fn read(folder: &Path) -> Self {
        let operations = read(&folder.join("autotask/autotask-rest-v1.operations-2026-08.json"));
        let operations = list(&operations["operations"]).map(|operation| {
            (
                text(&operation["m"]).to_uppercase(),
                text(&operation["p"]).to_lowercase(),
            )
        });
        Self {
            operations: operations.collect(),
            fields: read(&folder.join("autotask/autotask-entity-fields-2025-02.json")),
        }
    }

    fn names(&self, entity: &str) -> Option<BTreeSet<&str>> {
        let fields = self.fields["entities"][entity]["fields"].as_object()?;
        Some(fields.keys().map(String::as_str).collect())
    }

    /// Names in a question or in the records of an answer that the entity does not have.
    fn unknown(&self, entity: &str, names: BTreeSet<&str>, wrong: &mut Vec<String>) {
        let Some(known) = self.names(entity) else {
            wrong.push(format!("no such entity: {entity}"));
            return;
        };
        let strange = names.into_iter().filter(|name| !known.contains(name));
        wrong.extend(strange.map(|name| format!("{entity} has no field {name}")));
    }
}

impl Document for Lists {
    fn check(&self, entry: &JournalEntry) -> Result<Checked, Vec<String>> {
        let path = entry.path.to_lowercase();
        let path = path.trim_start_matches("/atservicesrest").to_owned();
        let operation = (entry.method.clone(), path.clone());
        let address = format!("{} {path}", entry.method);
        if !self.operations.contains(&operation) {
            return Err(vec![format!("no such operation: {address}")]);
        }
        let mut wrong = Vec::new();
        let mut held = false;
        if let (Some(entity), Ok(query)) = (
            entry.entity.as_deref(),
            serde_json::from_str::<Value>(&entry.body),
        ) {
            let mut names: BTreeSet<&str> = list(&query["IncludeFields"]).map(text).collect();
            filter_names(&query["filter"], &mut names);
            self.unknown(entity, names, &mut wrong);
            let answer = entry.answer.as_deref().unwrap_or_default();
            let answer: Value = serde_json::from_str(answer).unwrap_or_default();
            let records = list(&answer["items"])
                .filter_map(Value::as_object)
                .flatten();
            let names = records
                .map(|(name, _)| name.as_str())
                .filter(|name| *name != "userDefinedFields");
            self.unknown(entity, names.collect(), &mut wrong);
            held = answer["items"].is_array();
        }
        if wrong.is_empty() {
            Ok(Checked {
                address,
                answer: held,
            })
        } else {
            Err(wrong)
        }
    }
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
