//! `GET /api/v1/docs`: the operations on a page of our own, from the same description that is served.

use askama::Template;
use axum::extract::State;
use serde_json::Value;

use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::error::{Answer, Failure};
use crate::web::page::page;
use crate::web::router;
use crate::web::view::{Section, Shell};

#[derive(Template)]
#[template(path = "api/reference.html")]
struct ReferencePage {
    shell: Shell,
    base_address: String,
    operations: Vec<Operation>,
    schemas: Vec<Schema>,
}

struct Operation {
    path: String,
    summary: String,
    scope: String,
    answer: String,
    parameters: Vec<Described>,
}

struct Schema {
    name: String,
    fields: Vec<Described>,
}

struct Described {
    name: String,
    kind: String,
    description: String,
}

/// Lists every operation with its scope, parameters and answer.
///
/// # Errors
/// When the page cannot be rendered.
pub async fn show(State(app): State<App>, person: SignedIn) -> Answer {
    let document = serde_json::to_value(router::document()).map_err(Failure::internal)?;
    page(&ReferencePage {
        shell: person.shell(Section::Settings),
        base_address: app.config().base_address(),
        operations: entries(&document["paths"])
            .map(|(path, item)| to_operation(path, &item["get"]))
            .collect(),
        schemas: entries(&document["components"]["schemas"])
            .map(|(name, schema)| to_schema(name, schema))
            .collect(),
    })
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn to_operation(path: &str, operation: &Value) -> Operation {
    let content = &operation["responses"]["200"]["content"]["application/json"]["schema"];
    Operation {
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        scope: text(&operation["security"][0]["api_key"][0]),
        answer: kind_of(content),
        parameters: operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| Described {
                name: text(&parameter["name"]),
                kind: format!(
                    "{}, {}",
                    text(&parameter["in"]),
                    kind_of(&parameter["schema"])
                ),
                description: text(&parameter["description"]),
            })
            .collect(),
    }
}

fn to_schema(name: &str, schema: &Value) -> Schema {
    // An object that holds another one's fields lists them as parts.
    let parts = schema["allOf"]
        .as_array()
        .into_iter()
        .flatten()
        .chain(std::iter::once(schema));
    let fields = parts
        .flat_map(|part| entries(&part["properties"]))
        .map(|(name, field)| Described {
            name: name.clone(),
            kind: kind_of(field),
            description: text(&field["description"]),
        });
    Schema {
        name: name.to_owned(),
        fields: fields.collect(),
    }
}

/// The type of a schema in a word: `string`, `Ticket`, `array of Ticket`, `string or null`.
fn kind_of(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(choices) = schema["oneOf"]
        .as_array()
        .or_else(|| schema["anyOf"].as_array())
    {
        return choices.iter().map(kind_of).collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => format!("array of {}", kind_of(&schema["items"])),
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(" or "),
        _ => "any".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn kinds() {
        assert_eq!(
            kind_of(&json!({ "type": ["string", "null"] })),
            "string or null"
        );
        assert_eq!(
            kind_of(
                &json!({ "type": "array", "items": { "$ref": "#/components/schemas/Ticket" } })
            ),
            "array of Ticket"
        );
        assert_eq!(
            kind_of(&json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/x/Note" }] })),
            "null or Note"
        );
    }
}
