//! Bodies that were recorded from live systems or stand in the vendors' documents: what the field page names of them stands
//! in our record. They are no part of the repository: read where `PORTICO_SPECS` names the folder of the documents.

use std::path::PathBuf;

use domain::provider;
use domain::stream::Stream;
use serde_json::Value;

use crate::vendor::Vendor;

/// A file in the folder of the documents, or beside it; `None` where it is not there.
pub fn file(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("PORTICO_SPECS").map(PathBuf::from)?;
    let path = folder.join(path);
    path.exists().then_some(path)
}

/// Whether a value, as sent, is worth looking for.
fn is_sent(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Number(_) => true,
        Value::Object(reference) => reference.contains_key("id"),
        Value::Array(values) => !values.is_empty() && values.iter().all(is_sent),
        _ => false,
    }
}

/// A value of ours as text: a body its text, an id itself.
fn ours(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(body) => body.get("text").map(ours).unwrap_or_default(),
        Value::Array(values) => values.iter().map(ours).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// What a sent value may have become: itself, or the id or the name of what it refers to.
fn theirs(value: &Value) -> Vec<String> {
    match value {
        Value::Object(reference) => ["id", "name"]
            .iter()
            .filter_map(|key| reference.get(*key))
            .map(ours)
            .collect(),
        Value::Array(values) => {
            let names: Vec<String> = values
                .iter()
                .map(|one| theirs(one).pop().unwrap_or_default())
                .collect();
            vec![names.join(", ")]
        }
        plain => vec![ours(plain)],
    }
}

/// The fields of an entity that a source names by themselves: `phone` of `customers.phone`, but none that is found out in
/// another way.
fn plain<'s>(source: &'s str, entity: &str) -> Vec<&'s str> {
    let is_name = |name: &&str| {
        let mut letters = name.chars();
        !name.is_empty() && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let parts = source.split(", ");
    let names = parts.filter_map(|part| part.strip_prefix(entity)?.strip_prefix('.'));
    names.filter(is_name).collect()
}

/// Holds a record against what was sent; answers how many fields were found in both.
pub fn arrives_whole(
    vendor: &dyn Vendor,
    stream: Stream,
    entity: &str,
    sent: &Value,
    record: &Value,
) -> usize {
    let provider = provider::find(vendor.key()).expect("a provider");
    let mut found = 0;
    for field in provider.common.iter().filter(|one| one.stream == stream) {
        // A source of one name is the value itself.
        let [name] = plain(field.source, entity)[..] else {
            continue;
        };
        let alone = field.source.len() == entity.len() + 1 + name.len();
        if !alone || !is_sent(&sent[name]) {
            continue;
        }
        let value = &record[field.key];
        let same = if field.key.ends_with("_at") {
            value.is_number()
        } else {
            theirs(&sent[name]).contains(&ours(value))
        };
        assert!(same, "{entity}.{name}: {} became {value}", sent[name]);
        found += 1;
    }
    for field in provider.catalogue {
        for name in plain(field.source, entity) {
            // Several fields are made of one, such as the means of communication.
            let shared = provider.catalogue.iter();
            let shared = shared.filter(|one| plain(one.source, entity).contains(&name));
            if shared.count() > 1 || !is_sent(&sent[name]) {
                continue;
            }
            let value = &record["fields"][field.key];
            let same = theirs(&sent[name])
                .iter()
                .any(|theirs| ours(value).contains(theirs));
            assert!(same, "{entity}.{name}: {} became {value}", sent[name]);
            found += 1;
        }
    }
    found
}
