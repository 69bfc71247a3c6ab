//! The filter language: reading a filter against an entity, and testing records with it.

use serde_json::Value;

use super::refusal::Refusal;
use super::rows::Row;
use super::schema::{Kind, Schema};
use crate::records::value::Val;
use crate::world::instant;

/// Most conditions in one query, counting the values of `in` lists.
const MOST_CONDITIONS: usize = 500;

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Equal.
    Eq,
    /// Not equal.
    NotEq,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Text begins with.
    BeginsWith,
    /// Text ends with.
    EndsWith,
    /// Text contains.
    Contains,
    /// Has a value.
    Exist,
    /// Has none.
    NotExist,
    /// One of a list.
    In,
    /// None of a list.
    NotIn,
}

/// What a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A field by position.
    Field(usize),
    /// A user-defined field by position.
    Udf(usize),
}

/// A value to compare with, already of the field's type.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A whole number, or an instant in milliseconds.
    Whole(i64),
    /// A number with a fraction.
    Number(f64),
    /// A truth value.
    Truth(bool),
    /// A text in lower case.
    Text(String),
    /// Something that no value of the field equals.
    Nothing,
}

/// A filter or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// All parts hold.
    And(Vec<Expr>),
    /// At least one part holds.
    Or(Vec<Expr>),
    /// A condition.
    Test {
        /// What it looks at.
        target: Target,
        /// The comparison.
        op: Op,
        /// The values to compare with.
        operands: Vec<Operand>,
    },
}

impl Expr {
    /// The id that all records must be above, and what else must hold: how a client asks that walks by id.
    pub fn split_floor(&self, schema: &Schema) -> Option<(i64, Self)> {
        let Self::And(parts) = self else { return None };
        let floor = |part: &Self| match part {
            Self::Test {
                target: Target::Field(at),
                op: Op::Gt,
                operands,
            } if schema.fields[*at].name == "id" => match operands.as_slice() {
                [Operand::Whole(id)] => Some(*id),
                _ => None,
            },
            _ => None,
        };
        let (at, id) = parts
            .iter()
            .enumerate()
            .find_map(|(at, part)| Some((at, floor(part)?)))?;
        let mut rest = parts.clone();
        rest.remove(at);
        Some((id, Self::And(rest)))
    }
}

/// Reads the `filter` list of a query.
pub fn parse(schema: &Schema, filter: &Value) -> Result<Expr, Refusal> {
    let mut reader = Reader {
        schema,
        conditions: 0,
        udfs: 0,
    };
    let parts = match filter {
        Value::Array(items) => items
            .iter()
            .map(|item| reader.part(item))
            .collect::<Result<Vec<_>, _>>()?,
        Value::Object(_) => vec![reader.part(filter)?],
        _ => Vec::new(),
    };
    if parts.is_empty() {
        return Err(Refusal::invalid(
            "Query is missing: at least one filter condition is needed.",
        ));
    }
    if reader.conditions > MOST_CONDITIONS {
        return Err(Refusal::invalid(format!(
            "The query has more than {MOST_CONDITIONS} OR conditions, which is the most allowed."
        )));
    }
    if reader.udfs > 1 {
        return Err(Refusal::invalid(
            "A query can only use one user-defined field.",
        ));
    }
    Ok(Expr::And(parts))
}

struct Reader<'s> {
    schema: &'s Schema,
    conditions: usize,
    udfs: usize,
}

impl Reader<'_> {
    fn part(&mut self, item: &Value) -> Result<Expr, Refusal> {
        let Value::Object(_) = item else {
            return Err(Refusal::invalid("A filter condition must be an object."));
        };
        let op_name = key(item, "op")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_lowercase();
        if op_name == "and" || op_name == "or" {
            let items = key(item, "items")
                .and_then(Value::as_array)
                .filter(|items| !items.is_empty())
                .ok_or_else(|| Refusal::invalid(format!("The {op_name} group has no items.")))?;
            let parts = items
                .iter()
                .map(|i| self.part(i))
                .collect::<Result<_, _>>()?;
            return Ok(if op_name == "and" {
                Expr::And(parts)
            } else {
                Expr::Or(parts)
            });
        }
        let op = op(&op_name).ok_or_else(|| {
            Refusal::invalid(format!(
                "Unable to find the operator '{op_name}' in the query."
            ))
        })?;
        let name = key(item, "field")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let udf = key(item, "udf").is_some_and(|u| {
            u.as_bool()
                .unwrap_or_else(|| u.as_str().is_some_and(|t| t.eq_ignore_ascii_case("true")))
        });
        let value = key(item, "value");
        if udf {
            return self.udf(name, op, value);
        }
        let position = self.schema.position(name).ok_or_else(|| {
            Refusal::invalid(format!(
                "Unable to find {name} in the {} Entity.",
                self.schema.text.info
            ))
        })?;
        let field = &self.schema.fields[position];
        if !field.queryable {
            return Err(Refusal::invalid(format!(
                "The field {} cannot be used in a query.",
                field.name
            )));
        }
        self.test(
            Target::Field(position),
            field.kind,
            field.choices.is_some(),
            field.name,
            op,
            value,
        )
    }

    fn udf(&mut self, name: &str, op: Op, value: Option<&Value>) -> Result<Expr, Refusal> {
        self.udfs += 1;
        let position = self
            .schema
            .udfs
            .iter()
            .position(|u| u.name == name)
            .ok_or_else(|| {
                Refusal::invalid(format!(
                    "Unable to find the user-defined field {name} in the {} Entity.",
                    self.schema.text.info
                ))
            })?;
        // Lists may be asked for by number or by label.
        let label = match (self.schema.udfs[position].kind, value) {
            (super::udfs::UdfKind::List(items), Some(Value::String(text))) => items
                .iter()
                .position(|item| item.eq_ignore_ascii_case(text))
                .map(|at| Value::String((at + 1).to_string())),
            (_, Some(Value::Number(number))) => Some(Value::String(number.to_string())),
            _ => None,
        };
        self.test(
            Target::Udf(position),
            Kind::Text,
            false,
            name,
            op,
            label.as_ref().or(value),
        )
    }

    fn test(
        &mut self,
        target: Target,
        kind: Kind,
        picklist: bool,
        name: &str,
        op: Op,
        value: Option<&Value>,
    ) -> Result<Expr, Refusal> {
        if matches!(op, Op::Exist | Op::NotExist) {
            self.conditions += 1;
            return Ok(Expr::Test {
                target,
                op,
                operands: Vec::new(),
            });
        }
        if matches!(op, Op::BeginsWith | Op::EndsWith | Op::Contains) && kind != Kind::Text {
            return Err(Refusal::invalid(format!(
                "The operator cannot be used with the field {name} of type {}.",
                kind.name()
            )));
        }
        let values: Vec<&Value> = match (op, value) {
            (Op::In | Op::NotIn, Some(Value::Array(values))) => values.iter().collect(),
            (_, None) => {
                return Err(Refusal::invalid(format!(
                    "The condition on {name} has no value."
                )));
            }
            (_, Some(Value::Null)) if matches!(op, Op::Eq | Op::NotEq) => {
                self.conditions += 1;
                let op = if op == Op::Eq {
                    Op::NotExist
                } else {
                    Op::Exist
                };
                return Ok(Expr::Test {
                    target,
                    op,
                    operands: Vec::new(),
                });
            }
            (_, Some(value)) => vec![value],
        };
        self.conditions += values.len().max(1);
        let operands = values
            .into_iter()
            .map(|value| operand(kind, picklist, name, value))
            .collect::<Result<_, _>>()?;
        Ok(Expr::Test {
            target,
            op,
            operands,
        })
    }
}

/// A property of an object, its name without regard to case.
pub fn key<'v>(object: &'v Value, name: &str) -> Option<&'v Value> {
    let map = object.as_object()?;
    map.get(name).or_else(|| {
        map.iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

fn op(name: &str) -> Option<Op> {
    Some(match name {
        "eq" => Op::Eq,
        "noteq" => Op::NotEq,
        "gt" => Op::Gt,
        "gte" => Op::Gte,
        "lt" => Op::Lt,
        "lte" => Op::Lte,
        "beginswith" => Op::BeginsWith,
        "endswith" => Op::EndsWith,
        "contains" => Op::Contains,
        "exist" => Op::Exist,
        "notexist" => Op::NotExist,
        "in" => Op::In,
        "notin" => Op::NotIn,
        _ => return None,
    })
}

fn operand(kind: Kind, picklist: bool, name: &str, value: &Value) -> Result<Operand, Refusal> {
    let wrong = |what: &str| {
        Refusal::invalid(format!(
            "Conversion failed when converting the varchar value '{}' of the field {name} to data type {what}.",
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        ))
    };
    Ok(match (kind, value) {
        (_, Value::Array(_) | Value::Object(_)) => return Err(wrong(kind.name())),
        (Kind::Text | Kind::Bytes, Value::String(text)) => Operand::Text(text.to_lowercase()),
        (Kind::Text | Kind::Bytes, other) => Operand::Text(other.to_string()),
        (Kind::DateTime | Kind::Date, Value::String(text)) => {
            Operand::Whole(instant::parse(text).ok_or_else(|| wrong("datetime"))?)
        }
        (Kind::DateTime | Kind::Date, _) => return Err(wrong("datetime")),
        (Kind::Boolean, Value::Bool(truth)) => Operand::Truth(*truth),
        (Kind::Boolean, Value::Number(number)) => Operand::Truth(number.as_f64() != Some(0.0)),
        (Kind::Boolean, Value::String(text)) => match text.to_lowercase().as_str() {
            "true" | "1" => Operand::Truth(true),
            "false" | "0" => Operand::Truth(false),
            _ => return Err(wrong("bit")),
        },
        (Kind::Decimal, Value::Number(number)) => Operand::Number(number.as_f64().unwrap_or(0.0)),
        (Kind::Decimal, Value::String(text)) => {
            Operand::Number(text.parse().map_err(|_| wrong("decimal"))?)
        }
        (_, Value::Number(number)) => match number.as_i64() {
            Some(whole) => Operand::Whole(whole),
            None => Operand::Number(number.as_f64().unwrap_or(0.0)),
        },
        (_, Value::Bool(truth)) => Operand::Whole(i64::from(*truth)),
        // The vendor reads numbers from texts for picklists only; elsewhere nothing is found.
        (_, Value::String(text)) if picklist => {
            Operand::Whole(text.trim().parse().map_err(|_| wrong("int"))?)
        }
        _ => Operand::Nothing,
    })
}

impl Expr {
    /// Whether a record passes.
    pub fn passes(&self, schema: &Schema, row: &Row<'_>) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.passes(schema, row)),
            Self::Or(parts) => parts.iter().any(|part| part.passes(schema, row)),
            Self::Test {
                target,
                op,
                operands,
            } => {
                let value = match target {
                    Target::Field(position) => row.get(schema, *position),
                    Target::Udf(position) => {
                        row.udf(schema, *position).map_or(Val::Null, Val::owned)
                    }
                };
                holds(&value, *op, operands)
            }
        }
    }
}

fn holds(value: &Val<'_>, op: Op, operands: &[Operand]) -> bool {
    let empty = matches!(value, Val::Null);
    let compare = |test: fn(std::cmp::Ordering) -> bool| {
        operands
            .first()
            .and_then(|o| order(value, o))
            .is_some_and(test)
    };
    let text = |test: fn(&str, &str) -> bool| match (value, operands.first()) {
        (Val::Str(have), Some(Operand::Text(want))) => test(&have.to_lowercase(), want),
        _ => false,
    };
    let equals_one = || {
        operands
            .iter()
            .any(|o| order(value, o).is_some_and(std::cmp::Ordering::is_eq))
    };
    match op {
        Op::Exist => !empty,
        Op::NotExist => empty,
        // As in SQL, nothing is neither equal nor unequal to something.
        _ if empty => false,
        Op::Eq | Op::In => equals_one(),
        Op::NotEq | Op::NotIn => !equals_one(),
        Op::Gt => compare(std::cmp::Ordering::is_gt),
        Op::Gte => compare(std::cmp::Ordering::is_ge),
        Op::Lt => compare(std::cmp::Ordering::is_lt),
        Op::Lte => compare(std::cmp::Ordering::is_le),
        Op::BeginsWith => text(|have, want| have.starts_with(want)),
        Op::EndsWith => text(|have, want| have.ends_with(want)),
        Op::Contains => text(|have, want| have.contains(want)),
    }
}

fn order(value: &Val<'_>, operand: &Operand) -> Option<std::cmp::Ordering> {
    match (value, operand) {
        (Val::Int(have) | Val::Time(have), Operand::Whole(want)) => Some(have.cmp(want)),
        (Val::Int(have), Operand::Number(want)) => (*have as f64).partial_cmp(want),
        (Val::Num(have), Operand::Number(want)) => have.partial_cmp(want),
        (Val::Num(have), Operand::Whole(want)) => have.partial_cmp(&(*want as f64)),
        (Val::Bool(have), Operand::Truth(want)) => Some(have.cmp(want)),
        (Val::Int(have), Operand::Truth(want)) => Some((*have != 0).cmp(want)),
        (Val::Str(have), Operand::Text(want)) => Some(have.to_lowercase().as_str().cmp(want)),
        _ => None,
    }
}
