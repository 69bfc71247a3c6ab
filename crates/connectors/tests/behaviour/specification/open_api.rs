//! Requests and answers against an OpenAPI document.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};
use simulator::JournalEntry;

use super::{Checked, Document, read};

/// Deepest nesting of a schema that is followed; they refer to each other in circles.
const DEEPEST: usize = 6;

/// An OpenAPI document with what a vendor's addresses need.
pub struct OpenApi {
    document: Value,
    /// What stands before the document's paths in ours: `/v4_6_release/apis/3.0`; compared without regard to case.
    prefixes: Vec<String>,
    /// Addresses outside the document that are no part of it.
    outside: Vec<String>,
}

impl OpenApi {
    /// Reads a document.
    pub fn read(path: &Path, prefixes: &[&str], outside: &[&str]) -> Self {
        let lower = |texts: &[&str]| texts.iter().map(|text| text.to_lowercase()).collect();
        Self {
            document: read(path),
            prefixes: lower(prefixes),
            outside: lower(outside),
        }
    }

    /// What a reference leads to.
    fn at<'a>(&'a self, value: &'a Value) -> &'a Value {
        let reference = value["$ref"]
            .as_str()
            .or_else(|| value["allOf"].get(0)?["$ref"].as_str());
        match reference.and_then(|reference| reference.strip_prefix('#')) {
            Some(pointer) => self.document.pointer(pointer).unwrap_or(value),
            None => value,
        }
    }

    /// The path of the document a path stands for; the one with the fewest variables wins.
    fn path_of(&self, path: &str) -> Option<(&String, &Value)> {
        let wanted: Vec<&str> = segments(path).collect();
        let paths = self.document["paths"].as_object()?;
        let fitting = paths.iter().filter(|(pattern, _)| {
            let parts: Vec<&str> = segments(pattern).collect();
            parts.len() == wanted.len()
                && parts.iter().zip(&wanted).all(|(part, have)| {
                    (part.starts_with('{') && have.parse::<i64>().is_ok())
                        || part.eq_ignore_ascii_case(have)
                })
        });
        fitting.min_by_key(|(pattern, _)| pattern.matches('{').count())
    }

    fn parameters<'a>(&'a self, path: &'a Value, operation: &'a Value) -> BTreeSet<String> {
        let lists = [&path["parameters"], &operation["parameters"]];
        let all = lists.into_iter().filter_map(Value::as_array).flatten();
        all.map(|parameter| self.at(parameter))
            .filter(|parameter| parameter["in"] == "query")
            .filter_map(|parameter| parameter["name"].as_str())
            .map(str::to_lowercase)
            .collect()
    }

    /// The JSON schema of a content map, whatever its media type is called.
    fn schema_of<'a>(&'a self, content: &'a Value) -> Option<&'a Value> {
        let schemas = content.as_object()?;
        let (_, json) = schemas.iter().find(|(kind, _)| kind.contains("json"))?;
        json.get("schema")
    }

    /// What of a value does not fit a schema: types, choices, properties it does not know.
    fn differences(
        &self,
        place: &str,
        schema: &Value,
        value: &Value,
        depth: usize,
        wrong: &mut Vec<String>,
    ) {
        let schema = self.at(schema);
        if depth == 0 || value.is_null() {
            return;
        }
        if let Some(choices) = schema["enum"].as_array() {
            if !choices.contains(value) {
                wrong.push(format!("{place}: none of its choices"));
            }
            return;
        }
        let fits = match schema["type"].as_str() {
            Some("string") => value.is_string(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("number") => value.is_number(),
            Some("boolean") => value.is_boolean(),
            Some("array") => value.is_array(),
            Some("object") => value.is_object(),
            _ => true,
        };
        if !fits {
            wrong.push(format!("{place}: not of type {}", schema["type"]));
            return;
        }
        match value {
            Value::Array(elements) => {
                // Unlike elements differ in the same places: a few tell what all would.
                for element in elements.iter().take(50) {
                    self.differences(place, &schema["items"], element, depth - 1, wrong);
                }
            }
            Value::Object(members) => self.members(place, schema, members, depth, wrong),
            _ => {}
        }
    }

    fn members(
        &self,
        place: &str,
        schema: &Value,
        members: &Map<String, Value>,
        depth: usize,
        wrong: &mut Vec<String>,
    ) {
        let Some(known) = schema["properties"].as_object() else {
            return;
        };
        for (name, value) in members {
            match known.get(name) {
                Some(of) => {
                    self.differences(&format!("{place}.{name}"), of, value, depth - 1, wrong);
                }
                None if schema["additionalProperties"].is_object() => {}
                None => wrong.push(format!("{place}.{name}: unknown")),
            }
        }
    }
}

impl Document for OpenApi {
    fn check(&self, entry: &JournalEntry) -> Result<Checked, Vec<String>> {
        let path = entry.path.to_lowercase();
        if let Some(outside) = self.outside.iter().find(|start| path.starts_with(*start)) {
            return Ok(Checked {
                address: outside.clone(),
                answer: false,
            });
        }
        let below = self
            .prefixes
            .iter()
            .find_map(|prefix| path.strip_prefix(prefix.as_str()))
            .unwrap_or(&path);
        let method = entry.method.to_lowercase();
        let found = self
            .path_of(below)
            .and_then(|(pattern, path)| Some((pattern, path, path.get(&method)?)));
        let Some((pattern, described, operation)) = found else {
            return Err(vec![format!("no such operation: {method} {below}")]);
        };
        let address = format!("{method} {pattern}");
        let mut wrong = Vec::new();
        let known = self.parameters(described, operation);
        for (name, _) in url::form_urlencoded::parse(entry.query.as_bytes()) {
            if !known.contains(&name.to_lowercase()) {
                wrong.push(format!("{address}: unknown parameter {name}"));
            }
        }
        let body = self.at(&operation["requestBody"]);
        if let (Some(schema), Ok(sent)) = (
            self.schema_of(&body["content"]),
            serde_json::from_str(&entry.body),
        ) {
            self.differences(
                &format!("{address} body"),
                schema,
                &sent,
                DEEPEST,
                &mut wrong,
            );
        }
        let response = self.at(&operation["responses"][entry.status.to_string()]);
        let schema = self.schema_of(&response["content"]);
        let answer = entry.answer.as_deref().map(serde_json::from_str::<Value>);
        let held = match (schema, answer) {
            (Some(schema), Some(Ok(answer))) => {
                self.differences(
                    &format!("{address} answer"),
                    schema,
                    &answer,
                    DEEPEST,
                    &mut wrong,
                );
                true
            }
            _ => false,
        };
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

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}
