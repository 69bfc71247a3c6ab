//! Conditions on records, and testing records with them.

use std::cmp::Ordering;

use serde_json::Value;

use super::base::{Base, Row};
use super::schema::{Kind, Schema};
use super::value::Val;
use crate::world::instant;

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Text contains.
    Contains,
    /// Text fits a pattern with `%` for anything and `_` for one letter.
    Like,
    /// One of a list.
    In,
}

/// A value to compare with.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// Nothing.
    Nothing,
    /// A number.
    Number(f64),
    /// A truth value.
    Truth(bool),
    /// A text in lower case.
    Text(String),
    /// An instant, to the second.
    Time(i64),
    /// An instant, to the millisecond.
    Moment(i64),
}

/// Where a condition looks.
#[derive(Clone, Debug, PartialEq)]
pub enum Path {
    /// A field of the record.
    Field(usize),
    /// The title of a linked record: position of the link, position of its kind.
    Title(usize, usize),
    /// Something in a linked record: position of the link, position of its kind.
    Through(usize, usize, Box<Path>),
    /// Something in a list or object.
    Inside(usize, Vec<String>),
}

impl Path {
    /// The field it begins at.
    pub fn root(&self) -> usize {
        match self {
            Self::Field(at) | Self::Title(at, _) | Self::Through(at, ..) | Self::Inside(at, _) => {
                *at
            }
        }
    }
}

/// A condition or several.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// All parts hold.
    And(Vec<Expr>),
    /// At least one part holds.
    Or(Vec<Expr>),
    /// The part does not hold.
    Not(Box<Expr>),
    /// A comparison.
    Test {
        /// Where it looks.
        path: Path,
        /// The comparison.
        op: Op,
        /// The values to compare with.
        operands: Vec<Operand>,
    },
    /// At least one element of the list in a field fits all by itself.
    Any {
        /// The field.
        field: usize,
        /// Conditions on the element.
        on: Element,
    },
}

/// Conditions on an element of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Element {
    /// All parts hold.
    And(Vec<Element>),
    /// At least one part holds.
    Or(Vec<Element>),
    /// The part does not hold.
    Not(Box<Element>),
    /// A comparison: path within the element, comparison, values.
    Test(Vec<String>, Op, Vec<Operand>),
}

/// Turns a tree's links into what the vendor shows, so that conditions can look into it.
pub trait Expand {
    /// The value of a field as it is sent.
    fn expand(&self, base: Base<'_>, schema: &Schema, position: usize, tree: Value) -> Value;
}

/// Shows trees as they are stored.
pub struct Plain;

impl Expand for Plain {
    fn expand(&self, _: Base<'_>, _: &Schema, _: usize, tree: Value) -> Value {
        tree
    }
}

impl Expr {
    /// Everything passes.
    pub fn all() -> Self {
        Self::And(Vec::new())
    }

    /// A field equals a whole number.
    pub fn equals(position: usize, number: i64) -> Self {
        Self::Test {
            path: Path::Field(position),
            op: Op::Eq,
            operands: vec![Operand::Number(number as f64)],
        }
    }

    /// Whether a record passes.
    pub fn passes(
        &self,
        base: Base<'_>,
        schema: &Schema,
        row: &Row<'_>,
        expand: &dyn Expand,
    ) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|p| p.passes(base, schema, row, expand)),
            Self::Or(parts) => parts.iter().any(|p| p.passes(base, schema, row, expand)),
            Self::Not(part) => !part.passes(base, schema, row, expand),
            Self::Test { path, op, operands } => match path {
                Path::Inside(at, inside) => {
                    let tree = tree(base, schema, row, *at, expand);
                    let mut found = Vec::new();
                    collect(&tree, inside, &mut found);
                    if found.is_empty() {
                        return compare(&Val::Null, *op, operands);
                    }
                    found.iter().any(|v| compare(&json_val(v), *op, operands))
                }
                path => compare(&value(base, schema, row, path), *op, operands),
            },
            Self::Any { field, on } => match tree(base, schema, row, *field, expand) {
                Value::Array(elements) => elements.iter().any(|element| on.passes(element)),
                _ => false,
            },
        }
    }
}

impl Element {
    /// Whether a value passes.
    pub fn passes(&self, element: &Value) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|p| p.passes(element)),
            Self::Or(parts) => parts.iter().any(|p| p.passes(element)),
            Self::Not(part) => !part.passes(element),
            Self::Test(path, op, operands) => {
                let mut found = Vec::new();
                collect(element, path, &mut found);
                found.iter().any(|v| compare(&json_val(v), *op, operands))
            }
        }
    }
}

fn tree(base: Base<'_>, schema: &Schema, row: &Row<'_>, at: usize, expand: &dyn Expand) -> Value {
    match row.get(schema, at) {
        Val::Tree(tree) => expand.expand(base, schema, at, tree),
        _ => Value::Null,
    }
}

/// The values that a path leads to; lists on the way are searched in full.
fn collect<'v>(value: &'v Value, path: &[String], found: &mut Vec<&'v Value>) {
    match (value, path.split_first()) {
        (Value::Array(elements), _) => elements.iter().for_each(|e| collect(e, path, found)),
        (value, None) => found.push(value),
        (Value::Object(object), Some((name, rest))) => {
            let inner = object
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name));
            if let Some((_, inner)) = inner {
                collect(inner, rest, found);
            }
        }
        _ => {}
    }
}

fn json_val(value: &Value) -> Val<'_> {
    match value {
        Value::Bool(truth) => Val::Bool(*truth),
        Value::Number(number) => Val::Num(number.as_f64().unwrap_or(0.0)),
        Value::String(text) => Val::text(text),
        _ => Val::Null,
    }
}

/// The value that a path leads to, outside lists and objects.
pub fn value<'a>(base: Base<'a>, schema: &Schema, row: &'a Row<'a>, path: &Path) -> Val<'a> {
    match path {
        Path::Field(at) | Path::Inside(at, _) => row.get(schema, *at),
        Path::Title(at, kind) => match row.get(schema, *at) {
            Val::Link(id) => base.title(*kind, id).map_or(Val::Null, Val::owned),
            _ => Val::Null,
        },
        Path::Through(at, kind, rest) => match row.get(schema, *at) {
            // The id itself needs no look-up.
            Val::Link(id) if **rest == Path::Field(0) => Val::Int(id),
            Val::Link(id) => {
                let target = base.schema(*kind);
                base.find(*kind, id)
                    .map_or(Val::Null, |row| own(value(base, target, &row, rest)))
            }
            _ => Val::Null,
        },
    }
}

/// A value that borrows nothing.
pub fn own(value: Val<'_>) -> Val<'static> {
    match value {
        Val::Null => Val::Null,
        Val::Int(number) => Val::Int(number),
        Val::Num(number) => Val::Num(number),
        Val::Bool(truth) => Val::Bool(truth),
        Val::Str(text) => Val::owned(text.into_owned()),
        Val::Time(ms) => Val::Time(ms),
        Val::Link(id) => Val::Link(id),
        Val::Tree(tree) => Val::Tree(tree),
    }
}

fn compare(value: &Val<'_>, op: Op, operands: &[Operand]) -> bool {
    let Some(first) = operands.first() else {
        return false;
    };
    let order = || order_of(value, first);
    match op {
        Op::In => operands
            .iter()
            .any(|o| order_of(value, o) == Some(Ordering::Equal)),
        Op::Eq => order() == Some(Ordering::Equal),
        Op::Ne => order() != Some(Ordering::Equal),
        Op::Lt => order() == Some(Ordering::Less),
        Op::Le => order().is_some_and(Ordering::is_le),
        Op::Gt => order() == Some(Ordering::Greater),
        Op::Ge => order().is_some_and(Ordering::is_ge),
        Op::Contains | Op::Like => match (value, first) {
            (Val::Str(text), Operand::Text(pattern)) => {
                let text = text.to_lowercase();
                if op == Op::Contains {
                    text.contains(pattern.trim_matches('%'))
                } else {
                    like(&text, pattern)
                }
            }
            _ => false,
        },
    }
}

/// How a value stands to an operand; nothing when they cannot be compared.
fn order_of(value: &Val<'_>, operand: &Operand) -> Option<Ordering> {
    match (value, operand) {
        (Val::Null, Operand::Nothing) => Some(Ordering::Equal),
        (Val::Int(have), Operand::Number(want)) => (*have as f64).partial_cmp(want),
        (Val::Link(have), Operand::Number(want)) => (*have as f64).partial_cmp(want),
        (Val::Num(have), Operand::Number(want)) => have.partial_cmp(want),
        (Val::Bool(have), Operand::Truth(want)) => Some(have.cmp(want)),
        (Val::Time(have), Operand::Time(want)) => {
            // Some vendors' wires have whole seconds.
            Some(have.div_euclid(1_000).cmp(&want.div_euclid(1_000)))
        }
        (Val::Time(have), Operand::Moment(want)) => Some(have.cmp(want)),
        (Val::Str(have), Operand::Text(want)) => {
            Some(have.trim_end().to_lowercase().as_str().cmp(want))
        }
        (Val::Str(have), Operand::Time(want) | Operand::Moment(want)) => {
            instant::parse(have).map(|ms| ms.cmp(want))
        }
        _ => None,
    }
}

/// Whether a text fits a pattern.
fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let pattern: Vec<char> = pattern.chars().collect();
    let (mut at, mut place) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(place) {
            Some('%') => {
                star = Some((place, at));
                place += 1;
            }
            Some(letter) if *letter == '_' || *letter == text[at] => {
                at += 1;
                place += 1;
            }
            _ => match star {
                Some((behind, from)) => {
                    star = Some((behind, from + 1));
                    at = from + 1;
                    place = behind + 1;
                }
                None => return false,
            },
        }
    }
    pattern[place..].iter().all(|c| *c == '%')
}

/// Compares two values of one field for sorting; nothing comes first.
pub fn sort_order(a: &Val<'_>, b: &Val<'_>) -> Ordering {
    match (a, b) {
        (Val::Int(a) | Val::Link(a) | Val::Time(a), Val::Int(b) | Val::Link(b) | Val::Time(b)) => {
            a.cmp(b)
        }
        (Val::Num(a), Val::Num(b)) => a.total_cmp(b),
        (Val::Bool(a), Val::Bool(b)) => a.cmp(b),
        (Val::Str(a), Val::Str(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
        (Val::Null, Val::Null) => Ordering::Equal,
        (Val::Null, _) => Ordering::Less,
        (_, Val::Null) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

/// Finds the field that a path of names leads to. `None` when there is none.
pub fn resolve(base: Base<'_>, schema: &Schema, names: &[String]) -> Option<(Path, Kind)> {
    let (first, rest) = names.split_first()?;
    let at = schema.position_any_case(first)?;
    let kind = schema.fields[at].kind.clone();
    if rest.is_empty() {
        return Some((Path::Field(at), kind));
    }
    match kind {
        Kind::Link(key) => {
            let target = base.catalogue.find(key)?;
            let target_schema = base.schema(target);
            let is_title = rest.len() == 1 && rest[0].eq_ignore_ascii_case("name");
            match resolve(base, target_schema, rest) {
                Some((path, kind)) => Some((Path::Through(at, target, Box::new(path)), kind)),
                None if is_title => Some((Path::Title(at, target), Kind::Text)),
                None => None,
            }
        }
        Kind::Links(_) | Kind::Tree => Some((Path::Inside(at, rest.to_vec()), Kind::Tree)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert!(like("printer down", "print%"));
        assert!(like("printer down", "%er%do%"));
        assert!(like("abc", "a_c"));
        assert!(!like("abc", "a_"));
        assert!(like("", "%"));
        assert!(!like("abc", ""));
        assert!(like("aXbXc".to_lowercase().as_str(), "%x%x%"));
    }

    #[test]
    fn comparisons() {
        assert!(compare(
            &Val::Int(3),
            Op::In,
            &[Operand::Number(1.0), Operand::Number(3.0)]
        ));
        assert!(compare(
            &Val::text("New "),
            Op::Eq,
            &[Operand::Text("new".into())]
        ));
        assert!(compare(&Val::Null, Op::Eq, &[Operand::Nothing]));
        assert!(compare(&Val::Int(1), Op::Ne, &[Operand::Nothing]));
        assert!(!compare(&Val::Null, Op::Lt, &[Operand::Number(1.0)]));
        assert!(compare(&Val::Time(1_500), Op::Eq, &[Operand::Time(1_000)]));
    }
}
