//! Changes as a list of operations, each on a path.

use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::records::schema::{Kind, Schema};
use crate::state::Record;

/// Applies the operations of a body to a record and gives the fields that they touch, with their
/// new values.
pub fn apply(
    schema: &Schema,
    record: &Record,
    body: &Value,
) -> Result<Map<String, Value>, Refusal> {
    let operations = body.as_array().ok_or_else(|| {
        Refusal::argument("The request body must be a JSON array of patch operations.")
    })?;
    let mut changed = Map::new();
    for operation in operations {
        let part = |name: &str| operation[name].as_str().unwrap_or_default();
        let path: Vec<&str> = part("path").split('/').filter(|s| !s.is_empty()).collect();
        let Some((root, rest)) = path.split_first() else {
            return Err(Refusal::argument("A patch operation needs a path."));
        };
        let field = schema
            .field(root)
            .filter(|f| !f.read_only || f.name == "id")
            .ok_or_else(|| bad_path(schema, part("path")))?;
        let before = changed
            .get(field.name)
            .or_else(|| record.get(field.name))
            .cloned()
            .unwrap_or(Value::Null);
        let value = operation.get("value").cloned().unwrap_or(Value::Null);
        let after = match part("op").to_lowercase().as_str() {
            "add" | "replace" if rest.is_empty() => value,
            "remove" if rest.is_empty() => Value::Null,
            "add" | "replace" if matches!(field.kind, Kind::Link(_)) => {
                // Another id, identifier or name means another record altogether.
                let mut link = Map::new();
                link.insert(rest[0].to_owned(), value);
                link.into()
            }
            op @ ("add" | "replace" | "remove") => {
                let mut tree = before;
                set(&mut tree, rest, op, value).ok_or_else(|| bad_path(schema, part("path")))?;
                tree
            }
            other => {
                return Err(Refusal::argument(format!(
                    "'{other}' is not a patch operation; use add, replace or remove."
                )));
            }
        };
        changed.insert(field.name.to_owned(), after);
    }
    changed.remove("id");
    Ok(changed)
}

fn bad_path(schema: &Schema, path: &str) -> Refusal {
    Refusal::argument(format!(
        "The path '{path}' could not be resolved on {}.",
        schema.about.name
    ))
}

fn set(tree: &mut Value, path: &[&str], op: &str, value: Value) -> Option<()> {
    let (first, rest) = path.split_first()?;
    match tree {
        Value::Array(elements) => {
            let at = if *first == "-" {
                elements.len()
            } else {
                first.parse().ok()?
            };
            match (op, rest.is_empty()) {
                ("add", true) if at <= elements.len() => elements.insert(at, value),
                ("replace", true) => *elements.get_mut(at)? = value,
                ("remove", true) => {
                    (at < elements.len()).then(|| elements.remove(at))?;
                }
                (_, false) => return set(elements.get_mut(at)?, rest, op, value),
                _ => return None,
            }
        }
        Value::Object(object) if rest.is_empty() => {
            if op == "remove" {
                object.remove(*first);
            } else {
                object.insert((*first).to_owned(), value);
            }
        }
        Value::Object(object) => return set(object.get_mut(*first)?, rest, op, value),
        Value::Null if op == "add" && (*first == "0" || *first == "-") && rest.is_empty() => {
            *tree = Value::Array(vec![value]);
        }
        _ => return None,
    }
    Some(())
}
