//! Values of a row on their way into a bulk statement.

use std::borrow::Cow;

use domain::clock::UtcMillis;
use sqlx::Arguments;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;

use crate::error::{ErrorKind, Result, StoreError};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `BIGINT`.
    Int,
    /// `TEXT`.
    Text,
}

/// One value; texts are borrowed from the record wherever that is possible.
#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    Int(Option<i64>),
    Text(Option<Cow<'a, str>>),
}

impl<'a> From<i64> for Value<'a> {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl<'a> From<Option<i64>> for Value<'a> {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl<'a> From<bool> for Value<'a> {
    fn from(value: bool) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}

impl<'a> From<UtcMillis> for Value<'a> {
    fn from(value: UtcMillis) -> Self {
        Self::Int(Some(value.0))
    }
}

impl<'a> From<Option<UtcMillis>> for Value<'a> {
    fn from(value: Option<UtcMillis>) -> Self {
        Self::Int(value.map(|instant| instant.0))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(Some(Cow::Borrowed(value)))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(Some(Cow::Borrowed(value)))
    }
}

impl<'a> From<String> for Value<'a> {
    fn from(value: String) -> Self {
        Self::Text(Some(Cow::Owned(value)))
    }
}

impl<'a> From<Option<String>> for Value<'a> {
    fn from(value: Option<String>) -> Self {
        Self::Text(value.map(Cow::Owned))
    }
}

impl<'a> From<&'a Option<String>> for Value<'a> {
    fn from(value: &'a Option<String>) -> Self {
        Self::Text(value.as_deref().map(Cow::Borrowed))
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(value: Option<&'a str>) -> Self {
        Self::Text(value.map(Cow::Borrowed))
    }
}

/// Values of whole rows, one after another, as the arguments of a multi-row `VALUES`.
pub(crate) fn row_arguments(values: &mut [Value<'_>]) -> Result<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(values.len(), 0);
    for value in values {
        match value {
            Value::Int(number) => arguments.add(*number),
            Value::Text(text) => arguments.add(text.take()),
        }
        .map_err(not_encoded)?;
    }
    Ok(arguments)
}

/// The same values turned on their side: one array per column, as the arguments of `UNNEST`.
pub(crate) fn column_arguments(values: &[Value<'_>], kinds: &[Kind]) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
    for (column, kind) in kinds.iter().enumerate() {
        let cells = values.iter().skip(column).step_by(kinds.len());
        match kind {
            Kind::Int => arguments.add(cells.map(Value::number).collect::<Vec<Option<i64>>>()),
            Kind::Text => arguments.add(cells.map(Value::text).collect::<Vec<Option<&str>>>()),
        }
        .map_err(not_encoded)?;
    }
    Ok(arguments)
}

impl Value<'_> {
    fn number(&self) -> Option<i64> {
        match self {
            Self::Int(number) => *number,
            Self::Text(_) => None,
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Int(_) => None,
            Self::Text(text) => text.as_deref(),
        }
    }
}

fn not_encoded(error: sqlx::error::BoxDynError) -> StoreError {
    StoreError::new(
        ErrorKind::Unexpected,
        "a value cannot be sent to the database",
    )
    .because(error)
}

/// A list of texts as one JSON bind, which SQLite unfolds with `json_each`.
pub(crate) fn json_list<T: serde::Serialize>(items: &[T]) -> Result<String> {
    Ok(serde_json::to_string(items)?)
}
