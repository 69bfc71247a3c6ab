//! Taking in what clients send: types, lengths, choices, links by id, identifier or name.

use serde_json::{Map, Value, json};

use super::edit::refuse_any;
use super::refusal::{Issue, Refusal};
use crate::records::base::{Base, Row, title_of};
pub use crate::records::fields::whole;
use crate::records::filter::{Expr, Plain};
use crate::records::schema::{Field, Kind, Schema};
use crate::records::value::Val;
use crate::state::Record;
use crate::world::instant;

/// Reads the fields of a body. Nulls stay, to clear. Names that mean nothing are passed over, as
/// are fields that clients cannot write, unless `screens` says that a person sits at the product.
pub fn take(
    base: Base<'_>,
    schema: &Schema,
    body: &Map<String, Value>,
    screens: bool,
) -> Result<Record, Refusal> {
    let mut record = Record::new();
    let mut issues = Vec::new();
    let board = body.get("board").and_then(|b| b["id"].as_i64());
    for field in &schema.fields {
        if field.name == "id" || (field.read_only && !screens) {
            continue;
        }
        let given = body.get(field.name).or_else(|| {
            body.iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(field.name))
                .map(|(_, value)| value)
        });
        let Some(given) = given else { continue };
        match value(base, field, given, board) {
            Ok(value) => {
                record.insert(field.name.to_owned(), value);
            }
            Err((code, message)) => {
                issues.push(Issue::new(schema.about.name, field.name, code, message));
            }
        }
    }
    refuse_any(schema.about.name, issues)?;
    Ok(record)
}

type Wrong = (&'static str, String);

fn value(base: Base<'_>, field: &Field, given: &Value, board: Option<i64>) -> Result<Value, Wrong> {
    if given.is_null() {
        return Ok(Value::Null);
    }
    let name = field.name;
    let wrong = || {
        (
            "InvalidField",
            format!("The value for {name} is not valid."),
        )
    };
    match &field.kind {
        Kind::Whole => whole(given).map(Value::from).ok_or_else(wrong),
        Kind::Number => given
            .as_f64()
            .or_else(|| given.as_str()?.trim().parse().ok())
            .map(Value::from)
            .ok_or_else(wrong),
        Kind::Truth => match given {
            Value::Bool(_) => Ok(given.clone()),
            Value::String(text) => text
                .trim()
                .to_lowercase()
                .parse::<bool>()
                .map(Value::from)
                .map_err(|_| wrong()),
            _ => Err(wrong()),
        },
        Kind::Text => {
            let text = match given {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => return Err(wrong()),
            };
            if field.longest > 0 && text.chars().count() > field.longest {
                return Err((
                    "InvalidField",
                    format!(
                        "The field {name} must be a string with a maximum length of {}.",
                        field.longest
                    ),
                ));
            }
            Ok(text.into())
        }
        Kind::Time => given
            .as_str()
            .and_then(instant::parse)
            .map(|ms| instant::iso(ms).into())
            .ok_or_else(wrong),
        Kind::Choice(words) => given
            .as_str()
            .and_then(|text| words.iter().find(|w| w.eq_ignore_ascii_case(text.trim())))
            .map(|word| (*word).into())
            .ok_or_else(wrong),
        Kind::Link(kind) => match link(base, kind, given, board) {
            Some(id) => Ok(json!({"id": id})),
            None => Err((
                "InvalidField",
                format!("{name}/id is not valid: there is no such record."),
            )),
        },
        Kind::Links(kind) => {
            let elements = given.as_array().ok_or_else(wrong)?;
            let ids = elements
                .iter()
                .map(|element| link(base, kind, element, None));
            let ids: Option<Vec<Value>> = ids.map(|id| Some(json!({"id": id?}))).collect();
            ids.map(Value::from).ok_or_else(wrong)
        }
        Kind::Tree => match given {
            Value::Array(_) | Value::Object(_) => Ok(given.clone()),
            _ => Err(wrong()),
        },
    }
}

/// The id that a reference means. Names of what belongs to a board are looked for on that board.
pub fn link(base: Base<'_>, key: &str, given: &Value, board: Option<i64>) -> Option<i64> {
    let kind = base.catalogue.find(key)?;
    let exists = |id: i64| base.find(kind, id).is_some();
    if let Some(id) = whole(given).or_else(|| whole(&given["id"])) {
        return Some(id).filter(|id| exists(*id));
    }
    let schema = base.schema(kind);
    let identifier = given["identifier"].as_str();
    let name = identifier.or_else(|| given["name"].as_str())?;
    let field = if identifier.is_some() {
        "identifier"
    } else {
        ""
    };
    let fits = |row: &Row<'_>| {
        let have = match row.named(schema, field) {
            Val::Str(text) => text.into_owned(),
            _ => title_of(schema, row),
        };
        let on_board = match (board, row.named(schema, "board")) {
            (Some(board), Val::Link(have)) => board == have,
            _ => true,
        };
        on_board && have.eq_ignore_ascii_case(name)
    };
    let mut found = None;
    base.scan(kind, &Expr::all(), i64::MIN, &Plain, |id, row| {
        if fits(row) {
            found = Some(id);
            return std::ops::ControlFlow::Break(());
        }
        std::ops::ControlFlow::Continue(())
    });
    found
}

/// Refuses a record that lacks a field it needs; `more` are needed besides.
pub fn check_required(schema: &Schema, record: &Record, more: &[&str]) -> Result<(), Refusal> {
    let is_empty = |name: &str| match record.get(name) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(_) => false,
    };
    let issues = schema
        .fields
        .iter()
        .filter(|field| field.required || more.contains(&field.name))
        .filter(|field| is_empty(field.name))
        .map(|field| Issue::missing(schema.about.name, field.name))
        .collect();
    refuse_any(schema.about.name, issues)
}
