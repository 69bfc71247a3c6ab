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
    /// For documents without answers: the list at an address, the key its rows stand under where it is not bare, and
    /// the component that has a row's fields.
    rows: &'static [(&'static str, &'static str, &'static str)],
    /// Places of samples whose keys belong to a tenant.
    free: &'static [&'static str],
}

impl OpenApi {
    /// Reads a document.
    pub fn read(path: &Path, prefixes: &[&str], outside: &[&str]) -> Self {
        let lower = |texts: &[&str]| texts.iter().map(|text| text.to_lowercase()).collect();
        Self {
            prefixes: lower(prefixes),
            outside: lower(outside),
            ..Self::of(read(path))
        }
    }

    /// A document with addresses as it has them.
    pub fn of(document: Value) -> Self {
        Self {
            document,
            prefixes: Vec::new(),
            outside: Vec::new(),
            rows: &[],
            free: &[],
        }
    }

    /// The same with what the rows of some lists have, for a document that describes no answers.
    pub fn with_rows(
        mut self,
        rows: &'static [(&'static str, &'static str, &'static str)],
    ) -> Self {
        self.rows = rows;
        self
    }

    /// The same with places of its samples whose keys are a tenant's own.
    pub fn with_free(mut self, free: &'static [&'static str]) -> Self {
        self.free = free;
        self
    }

    /// Holds an answer against a component by its rows, or against the document's sample. `false` where it has neither.
    fn against_others(
        &self,
        address: &str,
        operation: &Value,
        answer: &Value,
        wrong: &mut Vec<String>,
    ) -> bool {
        if let Some((_, key, component)) = self.rows.iter().find(|(list, ..)| *list == address) {
            let rows = answer.as_array().or_else(|| answer[*key].as_array());
            let known = &self.document["components"]["schemas"][*component]["properties"];
            assert!(known.is_object(), "the document has no {component}");
            let Some(rows) = rows else {
                wrong.push(format!("{address} answer: no rows under {key}"));
                return true;
            };
            for (name, value) in rows.iter().filter_map(Value::as_object).flatten() {
                match known.get(name) {
                    None => wrong.push(format!("{address} answer.{name}: unknown")),
                    Some(of) if value.is_null() || fits(of, value) => {}
                    Some(of) => {
                        wrong.push(format!(
                            "{address} answer.{name}: not of type {}",
                            of["type"]
                        ));
                    }
                }
            }
            return true;
        }
        let content = operation["responses"]["200"]["content"].as_object();
        let content = content.and_then(|kinds| kinds.values().next());
        let sample = content.and_then(|content| {
            let plain = content.get("example");
            plain.or_else(|| content["examples"].get("example_0")?.get("value"))
        });
        let Some(sample) = sample.filter(|sample| !sample.is_null()) else {
            return false;
        };
        self.against_sample(&format!("{address} answer"), sample, answer, wrong);
        true
    }

    /// Keys a sample does not have, and values of another JSON type where it has one.
    fn against_sample(&self, place: &str, sample: &Value, value: &Value, wrong: &mut Vec<String>) {
        match (sample, value) {
            (Value::Null, _) | (_, Value::Null) => {}
            (Value::Object(sample), Value::Object(members)) => {
                if sample.is_empty() || self.free.iter().any(|free| place.ends_with(free)) {
                    return;
                }
                for (name, value) in members {
                    let place = format!("{place}.{name}");
                    match sample.get(name) {
                        Some(sample) => self.against_sample(&place, sample, value, wrong),
                        None => wrong.push(format!("{place}: unknown")),
                    }
                }
            }
            (Value::Array(sample), Value::Array(elements)) => {
                if self.free.iter().any(|free| place.ends_with(free)) {
                    return;
                }
                // Pairs have a type for each place, lists one for all.
                let pair = matches!(sample.as_slice(), [Value::Number(_), Value::String(_)]);
                for (at, element) in elements.iter().enumerate() {
                    if let Some(sample) = sample.get(if pair { at } else { 0 }) {
                        self.against_sample(&format!("{place}[]"), sample, element, wrong);
                    }
                }
            }
            (sample, value) => {
                if std::mem::discriminant(sample) != std::mem::discriminant(value) {
                    wrong.push(format!("{place}: not as in the sample"));
                }
            }
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
        if !fits(schema, value) {
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
        // Answers leave out what is empty; what is sent may not.
        if place.contains(" body") {
            let required = schema["required"].as_array().into_iter().flatten();
            let missing = required
                .filter_map(Value::as_str)
                .filter(|name| !members.contains_key(*name));
            wrong.extend(missing.map(|name| format!("{place}.{name}: required and not sent")));
        }
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
            (None, Some(Ok(answer))) if entry.status == 200 => {
                self.against_others(&address, operation, &answer, &mut wrong)
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

/// Whether a value has the JSON type a schema wants.
fn fits(schema: &Value, value: &Value) -> bool {
    match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}
