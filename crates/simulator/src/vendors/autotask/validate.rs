//! Checks that follow from the metadata: required fields, lengths, picklists, references.

use serde_json::Value;

use super::change::Edit;
use super::refusal::Refusal;
use super::schema::{Field, Schema};
use crate::state::Record;

/// Checks a record to be created.
pub fn create(edit: &Edit<'_>, schema: &Schema, record: &Record) -> Result<(), Refusal> {
    let mut errors: Vec<String> = schema
        .fields
        .iter()
        .filter(|f| f.required && is_empty(record.get(f.name)))
        .map(|f| format!("Missing Required Field: {}.", f.name))
        .collect();
    for field in &schema.fields {
        if let Some(value) = record.get(field.name) {
            errors.extend(value_error(edit, field, value, None));
        }
    }
    finish(errors)
}

/// Checks the given fields of a change.
pub fn update(
    edit: &Edit<'_>,
    schema: &Schema,
    given: &Record,
    before: &Record,
    after: &Record,
) -> Result<(), Refusal> {
    let mut errors: Vec<String> = schema
        .fields
        .iter()
        .filter(|f| f.required && given.contains_key(f.name) && is_empty(after.get(f.name)))
        .map(|f| format!("Missing Required Field: {}.", f.name))
        .collect();
    for field in &schema.fields {
        if let Some(value) = given.get(field.name) {
            errors.extend(value_error(edit, field, value, before.get(field.name)));
        }
    }
    finish(errors)
}

fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(_) => false,
    }
}

/// What is wrong with a value; one that is already there is never wrong.
fn value_error(
    edit: &Edit<'_>,
    field: &Field,
    value: &Value,
    before: Option<&Value>,
) -> Option<String> {
    if value.is_null() || Some(value) == before {
        return None;
    }
    if let Some(text) = value.as_str()
        && field.length > 0
        && text.chars().count() > field.length
    {
        return Some(format!(
            "The string length of {} exceeds the maximum of {} characters.",
            field.name, field.length
        ));
    }
    if let Some(choices) = &field.choices {
        let chosen = choices.iter().find(|c| match c.text {
            Some(text) => value.as_str() == Some(text),
            None => value.as_i64() == Some(c.value),
        });
        return match chosen {
            None => Some(format!(
                "{value} is not a valid picklist value for the field {}.",
                field.name
            )),
            Some(c) if !c.active => Some(format!(
                "The picklist value {value} of the field {} is inactive.",
                field.name
            )),
            Some(_) => None,
        };
    }
    let (reference, id) = (field.reference?, value.as_i64()?);
    edit.is_missing(reference, id).then(|| {
        format!(
            "The value {id} of the field {} does not reference an existing entity.",
            field.name
        )
    })
}

fn finish(errors: Vec<String>) -> Result<(), Refusal> {
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal {
            status: 500,
            errors,
        })
    }
}
