//! Entity information: what an entity can do, its fields and their values.

use serde_json::{Value, json};

use super::picklists::Choice;
use super::schema::{Field, Schema};
use super::security::Rights;
use super::udfs::{Udf, UdfKind};

/// `{"name": ...}` of an entity, as inside `info`.
pub fn info(schema: &Schema, rights: &Rights) -> Value {
    let writes = schema
        .text
        .child
        .map_or(schema.text.root, |(.., writes)| writes);
    json!({
        "name": schema.text.info,
        "canCreate": writes.contains('C'),
        "canDelete": writes.contains('D'),
        "canQuery": true,
        "canUpdate": writes.contains('U'),
        "userAccessForCreate": rights.shown("create", writes.contains('C')),
        "userAccessForDelete": rights.shown("delete", writes.contains('D')),
        "userAccessForQuery": rights.shown("query", true),
        "userAccessForUpdate": rights.shown("update", writes.contains('U')),
        "hasUserDefinedFields": !schema.udfs.is_empty(),
        "supportsWebhookCallouts": schema.fields.iter().any(|f| f.webhook),
    })
}

/// The fields of an entity.
pub fn fields(schema: &Schema) -> Value {
    let fields: Vec<Value> = schema.fields.iter().map(field).collect();
    json!({"fields": fields})
}

fn field(field: &Field) -> Value {
    let values: Value = match &field.choices {
        Some(choices) => choices
            .iter()
            .zip(1..)
            .map(|(c, order)| choice(c, order))
            .collect(),
        None => Value::Null,
    };
    let parent = match field.name {
        "subIssueType" => "issueType",
        "subIssueTypeID" => "issueTypeID",
        _ => "",
    };
    json!({
        "name": field.name,
        "dataType": field.kind.name(),
        "length": field.length,
        "isRequired": field.required,
        "isReadOnly": field.read_only,
        "isQueryable": field.queryable,
        "isReference": field.reference.is_some(),
        "referenceEntityType": field.reference.map(singular).unwrap_or_default(),
        "isPickList": field.choices.is_some(),
        "picklistValues": values,
        "picklistParentValueField": parent,
        "isSupportedWebhookField": field.webhook,
    })
}

fn choice(choice: &Choice, order: i64) -> Value {
    json!({
        "value": choice.text.map_or_else(|| choice.value.to_string(), str::to_owned),
        "label": choice.label,
        "isDefaultValue": choice.preset,
        "sortOrder": order,
        "parentValue": choice.parent.map(|p| p.to_string()).unwrap_or_default(),
        "isActive": choice.active,
        "isSystem": choice.system,
    })
}

/// The name of one record of an entity, from the name in addresses.
fn singular(route: &str) -> String {
    if let Some(stem) = route.strip_suffix("ies") {
        return format!("{stem}y");
    }
    route.strip_suffix('s').unwrap_or(route).to_owned()
}

/// The user-defined fields of an entity.
pub fn udfs(schema: &Schema) -> Value {
    let fields: Vec<Value> = schema.udfs.iter().map(udf).collect();
    json!({"fields": fields})
}

fn udf(udf: &Udf) -> Value {
    let (kind, length, values) = match udf.kind {
        UdfKind::Text => ("string", 8_000, Value::Null),
        UdfKind::Number => ("double", 0, Value::Null),
        UdfKind::Date => ("datetime", 0, Value::Null),
        UdfKind::List(items) => (
            "string",
            50,
            items
                .iter()
                .zip(1..)
                .map(|(label, number)| choice(&Choice::new(number, label), number))
                .collect(),
        ),
    };
    json!({
        "name": udf.name,
        "label": udf.name,
        "type": kind,
        "length": length,
        "description": "",
        "isRequired": false,
        "isReadOnly": false,
        "isQueryable": true,
        "isReference": false,
        "referenceEntityType": "",
        "isPickList": !values.is_null(),
        "picklistValues": values,
        "picklistParentValueField": "",
        "defaultValue": null,
        "isSupportedWebhookField": true,
    })
}
