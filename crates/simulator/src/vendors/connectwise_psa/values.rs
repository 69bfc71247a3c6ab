//! Lists below a record whose elements are no records of their own: means of communication, type links, merged notes. They
//! are filtered, ordered, cut to fields and walked as lists of records are.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::ConnectWisePsa;
use super::conditions;
use super::query::{self, Asked, Paging};
use super::refusal::Refusal;
use super::route::Address;
use crate::exchange::{Answer, Call};
use crate::fault::FaultKind;
use crate::records::twist::Twist;

impl ConnectWisePsa {
    /// A page of values that are no records, or their count.
    pub(super) fn values(
        &self,
        values: Vec<Value>,
        address: &Address,
        call: &Call,
        fault: Option<&FaultKind>,
    ) -> Result<Answer, Refusal> {
        let asked = query::asked(call)?;
        let twist = Twist(fault);
        let wanted = conditions::read_loose(&call.parameter("conditions").unwrap_or_default())?;
        let mut values: Vec<Value> = values.into_iter().filter(|v| wanted.passes(v)).collect();
        if address.count {
            let count = json!({"count": twist.total(values.len())});
            return Ok(Answer::json(200, &count).with_total());
        }
        let size = twist.page_size(asked.size);
        let (shown, link) = match asked.paging {
            Paging::Page(page) => {
                let order = query::directions(&call.parameter("orderBy").unwrap_or_default())?;
                sort(&mut values, &order);
                let read = if twist.repeats() {
                    page.max(2) - 1
                } else {
                    page
                };
                let start = (read - 1).saturating_mul(size).min(values.len());
                let pages = values.len().div_ceil(size);
                let end = values.len().min(start + size);
                let link = query::page_links(call, &self.origin, page, pages);
                (&values[start..end], link)
            }
            Paging::After(after) => {
                values.sort_by_key(id);
                let start = values.partition_point(|value| id(value) <= after);
                let mut end = values.len().min(start + size);
                // Ids are only good within one kind of note: those of one id stay together, or the next page would
                // begin behind one that was not sent.
                while end < values.len() && end > start && id(&values[end]) == id(&values[end - 1])
                {
                    end += 1;
                }
                let last = values[start..end].last().map(id);
                let last = last.filter(|_| end < values.len());
                let link = query::next_link(call, &self.origin, last);
                (&values[start..end], Some(link))
            }
        };
        let mut body = String::from("[");
        for (place, value) in shown.iter().enumerate() {
            if place > 0 {
                body.push(',');
            }
            let start = body.len();
            body.push_str(&narrowed(value, &asked).to_string());
            twist.shape(id(value), place, start, &mut body);
        }
        body.push(']');
        let ids: Vec<i64> = shown.iter().map(id).collect();
        let mut answer = Answer::json_text(200, body).open_to(twist.reach(&ids));
        answer.records = Some(shown.len());
        answer.headers.extend(link.map(|link| ("link", link)));
        Ok(answer)
    }
}

fn id(value: &Value) -> i64 {
    value["id"].as_i64().unwrap_or(0)
}

/// Puts values into an order; equal ones stay as they are.
fn sort(values: &mut [Value], order: &[(Vec<String>, bool)]) {
    values.sort_by(|a, b| {
        let each = order.iter().map(|(path, down)| {
            let ordering = compare(part(a, path), part(b, path));
            if *down { ordering.reverse() } else { ordering }
        });
        each.fold(Ordering::Equal, Ordering::then)
    });
}

/// What a path leads to.
fn part<'v>(value: &'v Value, path: &[String]) -> &'v Value {
    path.iter().fold(value, |value, name| {
        let object = value.as_object().into_iter().flatten();
        let mut found = object.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map_or(&Value::Null, |(_, inner)| inner)
    })
}

/// Nothing comes first, then texts without regard to case, numbers and flags by their size.
fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
        (Value::Number(_), Value::Number(_)) => {
            let number = |value: &Value| value.as_f64().unwrap_or(0.0);
            number(a).total_cmp(&number(b))
        }
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (a, b) => b.is_null().cmp(&a.is_null()),
    }
}

/// A value with the fields that were asked for.
fn narrowed(value: &Value, asked: &Asked) -> Value {
    let Some(fields) = &asked.fields else {
        return value.clone();
    };
    let mut kept = Value::Object(Map::new());
    for path in fields {
        keep(value, path, &mut kept);
    }
    kept
}

fn keep(from: &Value, path: &[String], to: &mut Value) {
    let Some((name, rest)) = path.split_first() else {
        to.clone_from(from);
        return;
    };
    let object = from.as_object().into_iter().flatten();
    for (key, inner) in object.filter(|(key, _)| key.eq_ignore_ascii_case(name)) {
        keep(inner, rest, &mut to[key.as_str()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_kept_with_what_leads_to_them() {
        let value = json!({"id": 7, "type": {"id": 1, "name": "Cell"}, "value": "555"});
        let asked = |fields: &[&[&str]]| Asked {
            size: 25,
            paging: Paging::Page(1),
            fields: Some(
                fields
                    .iter()
                    .map(|path| path.iter().map(ToString::to_string).collect())
                    .collect(),
            ),
        };
        let kept = narrowed(&value, &asked(&[&["ID"], &["type", "name"], &["none"]]));
        assert_eq!(kept, json!({"id": 7, "type": {"name": "Cell"}}));
    }

    #[test]
    fn an_order_may_go_downwards_and_nothing_comes_first() {
        let mut values = vec![
            json!({"id": 1, "text": "b"}),
            json!({"id": 2}),
            json!({"id": 3, "text": "A"}),
        ];
        let by = |name: &str, down| [(vec![name.to_owned()], down)];
        let ids = |values: &[Value]| values.iter().map(id).collect::<Vec<_>>();
        sort(&mut values, &by("text", false));
        assert_eq!(ids(&values), [2, 3, 1]);
        sort(&mut values, &by("id", true));
        assert_eq!(ids(&values), [3, 2, 1]);
    }
}
