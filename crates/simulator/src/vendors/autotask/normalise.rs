//! Reading the fields of a request body: names without regard to case, values by type.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::schema::{Field, Kind, Schema};
use crate::state::Record;
use crate::world::instant;

/// Reads the fields of a body. Names the entity lacks are ignored, as the vendor does. Read-only
/// fields are kept only when `read_only` says so.
///
/// # Errors
/// When a value has the wrong type; the vendor answers this before any other check.
pub fn fields(schema: &Schema, body: &Value, read_only: bool) -> Result<Record, Refusal> {
    let Value::Object(given) = body else {
        return Err(Refusal::invalid("The request body must be a JSON object."));
    };
    let mut record = Record::new();
    let mut errors = Vec::new();
    for (name, value) in given {
        if name.eq_ignore_ascii_case("userDefinedFields") {
            match udfs(schema, value) {
                Ok(list) => drop(record.insert("userDefinedFields".to_owned(), list)),
                Err(error) => errors.push(error),
            }
            continue;
        }
        let Some(field) = schema.field(name) else {
            continue;
        };
        if field.name == "id" || (field.read_only && !read_only) {
            continue;
        }
        match typed(field, value) {
            Ok(value) => drop(record.insert(field.name.to_owned(), value)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        Ok(record)
    } else {
        Err(Refusal {
            status: 500,
            errors,
        })
    }
}

/// The id in a body.
pub fn id(body: &Value) -> Result<i64, Refusal> {
    match super::filter::key(body, "id") {
        Some(Value::Number(number)) => number
            .as_i64()
            .ok_or_else(|| Refusal::invalid("The value of id must be a whole number.")),
        Some(Value::String(_)) => Err(Refusal::invalid(
            "Error converting the value of id: a number was expected, but a string was found.",
        )),
        _ => Err(Refusal::invalid("Missing Required Field: id.")),
    }
}

fn typed(field: &Field, value: &Value) -> Result<Value, String> {
    let wrong = |expected: &str| {
        format!(
            "Error converting the value of {}: a {expected} was expected, but {value} was found.",
            field.name
        )
    };
    Ok(match (field.kind, value) {
        (_, Value::Null) => Value::Null,
        (_, Value::Array(_) | Value::Object(_)) => return Err(wrong(field.kind.name())),
        (kind, Value::Bool(truth)) if kind.is_whole() => i64::from(*truth).into(),
        (kind, Value::Number(number)) if kind.is_whole() => match number.as_f64() {
            Some(fraction) if fraction.fract() == 0.0 => json!(fraction as i64),
            _ => return Err(wrong("whole number")),
        },
        (kind, Value::String(_)) if kind.is_whole() => return Err(wrong("number")),
        // Clients that calculate with decimal types send them as texts.
        (Kind::Decimal, Value::String(text)) => match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => json!(number),
            _ => return Err(wrong("number")),
        },
        (Kind::Decimal, Value::Number(number)) => json!(number.as_f64().unwrap_or(0.0)),
        (Kind::Boolean, Value::Bool(_)) => value.clone(),
        (Kind::Boolean, Value::Number(number)) => (number.as_f64() != Some(0.0)).into(),
        (Kind::Boolean, Value::String(text)) => match text.to_lowercase().as_str() {
            "true" => true.into(),
            "false" => false.into(),
            _ => return Err(wrong("boolean")),
        },
        (Kind::DateTime, Value::String(text)) => {
            instant::iso(instant::parse(text).ok_or_else(|| wrong("date and time"))?).into()
        }
        (Kind::Date, Value::String(text)) => {
            let ms = instant::parse(text).ok_or_else(|| wrong("date"))?;
            instant::iso(instant::midnight(ms)).into()
        }
        (Kind::Text | Kind::Bytes, Value::String(_)) => value.clone(),
        (Kind::Text, other) => other.to_string().into(),
        _ => return Err(wrong(field.kind.name())),
    })
}

fn udfs(schema: &Schema, value: &Value) -> Result<Value, String> {
    let Value::Array(given) = value else {
        return Ok(json!([]));
    };
    let mut list = Vec::new();
    for udf in given {
        let name = super::filter::key(udf, "name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if !schema.udfs.iter().any(|u| u.name == name) {
            return Err(format!(
                "The user-defined field '{name}' does not exist in the {} Entity.",
                schema.text.info
            ));
        }
        let value = match super::filter::key(udf, "value") {
            None | Some(Value::Null) => Value::Null,
            Some(Value::String(text)) => text.as_str().into(),
            Some(other) => other.to_string().into(),
        };
        list.push(json!({"name": name, "value": value}));
    }
    Ok(list.into())
}
