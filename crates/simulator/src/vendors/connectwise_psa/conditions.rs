//! The condition language: `board/id in (1,4) and lastUpdated>[2026-03-01T00:00:00Z]`.

use super::refusal::Refusal;
use crate::records::base::Base;
use crate::records::filter::{Element, Expr, Op, Operand, resolve};
use crate::records::schema::{Kind, Schema};
use crate::world::instant;

/// What conditions on custom fields can be about.
const OF_CUSTOM: [&str; 2] = ["caption", "value"];

/// A word of the language.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Comma,
    Op(Op),
    /// A name, number or keyword.
    Word(String),
    /// Text in quotes.
    Quoted(String),
    /// An instant in brackets.
    Bracketed(String),
}

/// A condition before anything is known about its fields.
#[derive(Clone, Debug, PartialEq)]
enum Raw {
    And(Vec<Raw>),
    Or(Vec<Raw>),
    Not(Box<Raw>),
    Test(Vec<String>, Op, Vec<Literal>),
}

#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Nothing,
    Number(f64),
    Truth(bool),
    Text(String),
    Time(i64),
}

/// Reads the `conditions` of a kind.
pub fn read(base: Base<'_>, schema: &Schema, text: &str) -> Result<Expr, Refusal> {
    match parse(text)? {
        Some(raw) => bind(base, schema, &raw),
        None => Ok(Expr::all()),
    }
}

/// Reads `childConditions`: all conditions on one list must fit one of its elements.
pub fn read_child(schema: &Schema, text: &str) -> Result<Expr, Refusal> {
    let Some(raw) = parse(text)? else {
        return Ok(Expr::all());
    };
    let mut root = None;
    let on = element(&raw, &mut |path| {
        let (first, rest) = path
            .split_first()
            .filter(|(_, rest)| !rest.is_empty())
            .ok_or_else(|| unknown(schema, &path.join("/")))?;
        let at = schema
            .position_any_case(first)
            .filter(|at| matches!(schema.fields[*at].kind, Kind::Links(_) | Kind::Tree))
            .ok_or_else(|| unknown(schema, first))?;
        if root.is_some_and(|root| root != at) {
            return Err(Refusal::argument(
                "childConditions can only be set on one child collection.",
            ));
        }
        root = Some(at);
        Ok(rest.to_vec())
    })?;
    let field = root.ok_or_else(|| Refusal::argument("childConditions name no field."))?;
    Ok(Expr::Any { field, on })
}

/// Reads `customFieldConditions`: `caption="Tier" and value="Gold"`.
pub fn read_custom(schema: &Schema, text: &str) -> Result<Expr, Refusal> {
    let Some(raw) = parse(text)? else {
        return Ok(Expr::all());
    };
    let field = schema
        .position("customFields")
        .ok_or_else(|| unknown(schema, "customFields"))?;
    let on = element(&raw, &mut |path| {
        let name = path.join("/");
        if OF_CUSTOM
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
        {
            return Ok(path.to_vec());
        }
        Err(Refusal::argument(format!(
            "customFieldConditions is invalid: '{name}' is neither caption nor value."
        )))
    })?;
    Ok(Expr::Any { field, on })
}

/// Reads conditions on values that are no records: every name is accepted.
pub fn read_loose(text: &str) -> Result<Element, Refusal> {
    match parse(text)? {
        Some(raw) => element(&raw, &mut |path| Ok(path.to_vec())),
        None => Ok(Element::And(Vec::new())),
    }
}

fn unknown(schema: &Schema, field: &str) -> Refusal {
    Refusal::argument(format!(
        "conditions is invalid: no property or field '{field}' exists in type '{}'.",
        schema.about.name
    ))
}

fn parse(text: &str) -> Result<Option<Raw>, Refusal> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens, at: 0 };
    let raw = parser.any_of()?;
    if parser.at < parser.tokens.len() {
        return Err(parser.confused());
    }
    Ok(Some(raw))
}

fn tokens(text: &str) -> Result<Vec<Token>, Refusal> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at).copied() {
        let next = letters.get(at + 1).copied();
        let (token, length) = match (letter, next) {
            (c, _) if c.is_whitespace() => {
                at += 1;
                continue;
            }
            ('(', _) => (Token::Open, 1),
            (')', _) => (Token::Close, 1),
            (',', _) => (Token::Comma, 1),
            ('=', _) => (Token::Op(Op::Eq), 1),
            ('!', Some('=')) => (Token::Op(Op::Ne), 2),
            ('<', Some('=')) => (Token::Op(Op::Le), 2),
            ('<', _) => (Token::Op(Op::Lt), 1),
            ('>', Some('=')) => (Token::Op(Op::Ge), 2),
            ('>', _) => (Token::Op(Op::Gt), 1),
            ('"' | '\'', _) => {
                let (text, length) = quoted(&letters[at..])?;
                (Token::Quoted(text), length)
            }
            ('[', _) => {
                let end = letters[at..].iter().position(|c| *c == ']');
                let length = end.ok_or_else(|| literal("["))?;
                let inner = letters[at + 1..at + length].iter().collect();
                (Token::Bracketed(inner), length + 1)
            }
            (c, _) if is_of_word(c) => {
                let rest = &letters[at..];
                let length = rest.iter().take_while(|c| is_of_word(**c)).count();
                (Token::Word(rest[..length].iter().collect()), length)
            }
            (c, _) => {
                return Err(Refusal::argument(format!(
                    "conditions is invalid: unexpected character '{c}'."
                )));
            }
        };
        tokens.push(token);
        at += length;
    }
    Ok(tokens)
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || "_/.-+:".contains(letter)
}

/// The text up to the closing quote, and how many letters it took.
fn quoted(letters: &[char]) -> Result<(String, usize), Refusal> {
    let mut text = String::new();
    let mut at = 1;
    while let Some(letter) = letters.get(at) {
        match (letter, letters.get(at + 1)) {
            ('\\', Some(next)) if "\"'\\".contains(*next) => {
                text.push(*next);
                at += 2;
            }
            (c, _) if *c == letters[0] => return Ok((text, at + 1)),
            (c, _) => {
                text.push(*c);
                at += 1;
            }
        }
    }
    Err(Refusal::argument(
        "conditions is invalid: a text is not closed.",
    ))
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn confused(&self) -> Refusal {
        let where_ = match self.tokens.get(self.at) {
            Some(Token::Word(word) | Token::Quoted(word) | Token::Bracketed(word)) => word.as_str(),
            Some(Token::Open) => "'('",
            Some(Token::Close) => "')'",
            Some(Token::Comma) => "','",
            Some(Token::Op(_)) => "an operator",
            None => "the end",
        };
        Refusal::argument(format!("conditions is invalid: syntax error at {where_}."))
    }

    /// Takes a keyword when it is next.
    fn keyword(&mut self, keyword: &str) -> bool {
        let there = matches!(self.tokens.get(self.at), Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword));
        self.at += usize::from(there);
        there
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn any_of(&mut self) -> Result<Raw, Refusal> {
        let mut parts = vec![self.all_of()?];
        while self.keyword("or") {
            parts.push(self.all_of()?);
        }
        Ok(one_or(parts, Raw::Or))
    }

    fn all_of(&mut self) -> Result<Raw, Refusal> {
        let mut parts = vec![self.part()?];
        while self.keyword("and") {
            parts.push(self.part()?);
        }
        Ok(one_or(parts, Raw::And))
    }

    fn part(&mut self) -> Result<Raw, Refusal> {
        if self.keyword("not") {
            return Ok(Raw::Not(Box::new(self.part()?)));
        }
        if self.tokens.get(self.at) == Some(&Token::Open) {
            self.at += 1;
            let inner = self.any_of()?;
            return match self.next() {
                Some(Token::Close) => Ok(inner),
                _ => {
                    self.at -= 1;
                    Err(self.confused())
                }
            };
        }
        let Some(Token::Word(field)) = self.tokens.get(self.at).cloned() else {
            return Err(self.confused());
        };
        self.at += 1;
        let path: Vec<String> = field
            .split('/')
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect();
        let negated = self.keyword("not");
        let op = if self.keyword("in") {
            Op::In
        } else if self.keyword("like") {
            Op::Like
        } else if self.keyword("contains") {
            Op::Contains
        } else {
            match self.next() {
                Some(Token::Op(op)) if !negated => op,
                _ => {
                    self.at -= 1;
                    return Err(self.confused());
                }
            }
        };
        let values = if op == Op::In {
            self.list()?
        } else {
            vec![self.value()?]
        };
        let test = Raw::Test(path, op, values);
        Ok(if negated {
            Raw::Not(Box::new(test))
        } else {
            test
        })
    }

    fn list(&mut self) -> Result<Vec<Literal>, Refusal> {
        if self.next() != Some(Token::Open) {
            self.at -= 1;
            return Err(self.confused());
        }
        let mut values = Vec::new();
        loop {
            values.push(self.value()?);
            match self.next() {
                Some(Token::Comma) => {}
                Some(Token::Close) => return Ok(values),
                _ => {
                    self.at -= 1;
                    return Err(self.confused());
                }
            }
        }
    }

    fn value(&mut self) -> Result<Literal, Refusal> {
        match self.next() {
            Some(Token::Quoted(text)) => Ok(Literal::Text(text.to_lowercase())),
            Some(Token::Bracketed(text)) => {
                let ms = instant::parse(&text).ok_or_else(|| literal(&text))?;
                Ok(Literal::Time(ms))
            }
            Some(Token::Word(word)) => match word.to_lowercase().as_str() {
                "true" => Ok(Literal::Truth(true)),
                "false" => Ok(Literal::Truth(false)),
                "null" => Ok(Literal::Nothing),
                lower => lower
                    .parse()
                    .map(Literal::Number)
                    .map_err(|_| literal(&word)),
            },
            _ => {
                self.at -= 1;
                Err(self.confused())
            }
        }
    }
}

fn one_or(mut parts: Vec<Raw>, join: fn(Vec<Raw>) -> Raw) -> Raw {
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        join(parts)
    }
}

fn literal(text: &str) -> Refusal {
    Refusal::argument(format!(
        "conditions is invalid: '{text}' is not a valid value. Strings are in double quotes, date-times in \
         brackets such as [2016-08-01T00:00:00Z], numbers are plain, and True, False and null are words."
    ))
}

/// Finds the fields and checks the literals against them.
fn bind(base: Base<'_>, schema: &Schema, raw: &Raw) -> Result<Expr, Refusal> {
    let all = |parts: &[Raw]| -> Result<Vec<Expr>, Refusal> {
        parts.iter().map(|part| bind(base, schema, part)).collect()
    };
    Ok(match raw {
        Raw::And(parts) => Expr::And(all(parts)?),
        Raw::Or(parts) => Expr::Or(all(parts)?),
        Raw::Not(part) => Expr::Not(Box::new(bind(base, schema, part)?)),
        Raw::Test(names, op, values) => {
            let names: &[String] = match names.split_first() {
                Some((first, rest)) if first == "_info" => rest,
                _ => names,
            };
            let (path, kind) =
                resolve(base, schema, names).ok_or_else(|| unknown(schema, &names.join("/")))?;
            // A record compared with a number is compared by its id.
            let kind = match kind {
                Kind::Link(_) => Kind::Whole,
                kind => kind,
            };
            let operands = values
                .iter()
                .map(|value| operand(&kind, value, &names.join("/")))
                .collect::<Result<_, _>>()?;
            Expr::Test {
                path,
                op: *op,
                operands,
            }
        }
    })
}

fn operand(kind: &Kind, literal_: &Literal, field: &str) -> Result<Operand, Refusal> {
    let plain = match literal_ {
        Literal::Nothing => return Ok(Operand::Nothing),
        Literal::Number(number) => Operand::Number(*number),
        Literal::Truth(truth) => Operand::Truth(*truth),
        Literal::Text(text) => Operand::Text(text.clone()),
        Literal::Time(ms) => Operand::Time(*ms),
    };
    let fits = match kind {
        Kind::Whole | Kind::Number => matches!(plain, Operand::Number(_)),
        Kind::Truth => matches!(plain, Operand::Truth(_)),
        Kind::Text | Kind::Choice(_) => matches!(plain, Operand::Text(_)),
        Kind::Time => matches!(plain, Operand::Time(_)),
        _ => true,
    };
    fits.then_some(plain).ok_or_else(|| {
        Refusal::argument(format!(
            "conditions is invalid: the value for '{field}' is of the wrong type. Strings are in double quotes, \
             date-times in brackets such as [2016-08-01T00:00:00Z], numbers are plain."
        ))
    })
}

/// Turns the path of a condition into the path within an element.
type Within<'f> = dyn FnMut(&[String]) -> Result<Vec<String>, Refusal> + 'f;

fn element(raw: &Raw, path: &mut Within<'_>) -> Result<Element, Refusal> {
    Ok(match raw {
        Raw::And(parts) => {
            let parts: Result<_, _> = parts.iter().map(|part| element(part, path)).collect();
            Element::And(parts?)
        }
        Raw::Or(parts) => {
            let parts: Result<_, _> = parts.iter().map(|part| element(part, path)).collect();
            Element::Or(parts?)
        }
        Raw::Not(part) => Element::Not(Box::new(element(part, path)?)),
        Raw::Test(names, op, values) => {
            let operands = values
                .iter()
                .map(|value| operand(&Kind::Tree, value, &names.join("/")))
                .collect::<Result<_, _>>()?;
            Element::Test(path(names)?, *op, operands)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar() {
        let good = [
            "id=1",
            "lastUpdated>[2026-03-01T00:00:00Z] and board/id in (1,4) and closedFlag=false",
            "summary like \"%it's%\" OR (status/name='New' AND not company/id = 3)",
            "contact/id = null",
            "name not like 'a%' and id NOT IN (1, 2)",
            "summary contains \"say \\\"hi\\\"\"",
            "budgetHours >= 0.5",
        ];
        for text in good {
            assert!(parse(text).unwrap().is_some(), "{text}");
        }
        let bad = [
            "id=",
            "id",
            "id in 1",
            "(id=1",
            "id=1 and",
            "summary=\"x",
            "id=abc",
            "x=[nonsense]",
            "id=1)",
            "id ~ 1",
        ];
        for text in bad {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(parse("  ").unwrap(), None);
    }

    #[test]
    fn and_binds_tighter_than_or() {
        let raw = parse("a=1 or b=2 and c=3").unwrap().unwrap();
        let Raw::Or(parts) = raw else { panic!("no or") };
        assert!(matches!(&parts[1], Raw::And(inner) if inner.len() == 2));
    }
}
