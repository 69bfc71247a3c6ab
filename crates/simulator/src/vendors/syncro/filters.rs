//! Which records a list has: the parameters that each kind understands. Others are passed over, as
//! the vendor does.

use super::params::{list, moment, text, truth, whole};
use super::refusal::Refusal;
use crate::records::base::Base;
use crate::records::fields::flag;
use crate::records::filter::{Expr, Op, Operand, Path, Plain};
use crate::records::schema::Schema;
use crate::state::Record;

/// The pseudo status of everything that is not closed.
const NOT_CLOSED: &str = "Not Closed";

fn test(schema: &Schema, field: &str, op: Op, operands: Vec<Operand>) -> Expr {
    Expr::Test {
        path: Path::Field(schema.position(field).unwrap_or(0)),
        op,
        operands,
    }
}

fn text_operand(text: &str) -> Operand {
    Operand::Text(text.trim().to_lowercase())
}

fn is_text(schema: &Schema, field: &str, value: &str) -> Expr {
    test(schema, field, Op::Eq, vec![text_operand(value)])
}

fn has_text(schema: &Schema, field: &str, part: &str) -> Expr {
    test(schema, field, Op::Contains, vec![text_operand(part)])
}

fn any_of(schema: &Schema, field: &str, numbers: &[String]) -> Expr {
    let numbers = numbers.iter().filter_map(|n| n.trim().parse().ok());
    test(
        schema,
        field,
        Op::In,
        numbers.map(Operand::Number).collect(),
    )
}

/// A search for words in several fields.
fn search(schema: &Schema, fields: &[&str], words: &str) -> Expr {
    let words = words.split_whitespace();
    let each = words.map(|word| {
        let mut tests: Vec<Expr> = fields.iter().map(|f| has_text(schema, f, word)).collect();
        if let (Some(field), Ok(number)) = (schema.position("number"), word.parse::<i64>()) {
            tests.push(Expr::equals(field, number));
        }
        Expr::Or(tests)
    });
    Expr::And(each.collect())
}

/// What of a kind the parameters ask for; `owner` is the user behind the token.
pub fn read(base: Base<'_>, at: usize, params: &Record, owner: i64) -> Result<Expr, Refusal> {
    let schema = base.schema(at);
    let mut parts = Vec::new();
    let equal = |parts: &mut Vec<Expr>, name: &str| {
        if let Some(number) = whole(params, name) {
            parts.push(Expr::equals(schema.position(name).unwrap_or(0), number));
        }
    };
    match schema.about.key {
        "customers" => customers(schema, params, &mut parts),
        "contacts" => equal(&mut parts, "customer_id"),
        "tickets" => {
            for name in ["customer_id", "contact_id", "user_id", "number"] {
                equal(&mut parts, name);
            }
            tickets(base, schema, params, owner, &mut parts)?;
        }
        "comments" => comments(schema, params, &mut parts)?,
        "leads" => leads(schema, params, &mut parts),
        "customer_assets" => {
            equal(&mut parts, "customer_id");
            assets(base, schema, params, &mut parts);
        }
        "portal_users" => {
            equal(&mut parts, "customer_id");
            if let Some(email) = text(params, "email") {
                parts.push(is_text(schema, "email", &email));
            }
        }
        "canned_responses" => {
            if let Some(words) = text(params, "query") {
                parts.push(search(schema, &["title", "body"], &words));
            }
        }
        "rmm_alerts" => {
            let resolved = Operand::Truth(true);
            match text(params, "status").as_deref() {
                Some("all") => {}
                Some("resolved") => {
                    parts.push(test(schema, "resolved", Op::Eq, vec![resolved]));
                }
                _ => parts.push(test(schema, "resolved", Op::Ne, vec![resolved])),
            }
        }
        _ => {}
    }
    Ok(Expr::And(parts))
}

fn customers(schema: &Schema, params: &Record, parts: &mut Vec<Expr>) {
    for name in ["firstname", "lastname", "business_name"] {
        if let Some(part) = text(params, name) {
            parts.push(has_text(schema, name, &part));
        }
    }
    if let Some(email) = text(params, "email") {
        parts.push(is_text(schema, "email", &email));
    }
    if let Some(words) = text(params, "query") {
        let fields = ["business_name", "firstname", "lastname", "email", "phone"];
        parts.push(search(schema, &fields, &words));
    }
    let (wanted, unwanted) = (list(params, "id"), list(params, "not_id"));
    if !wanted.is_empty() {
        parts.push(any_of(schema, "id", &wanted));
    }
    if !unwanted.is_empty() {
        parts.push(Expr::Not(Box::new(any_of(schema, "id", &unwanted))));
    }
    if truth(params, "include_disabled") != Some(true) {
        parts.push(test(schema, "disabled", Op::Ne, vec![Operand::Truth(true)]));
    }
}

fn tickets(
    base: Base<'_>,
    schema: &Schema,
    params: &Record,
    owner: i64,
    parts: &mut Vec<Expr>,
) -> Result<(), Refusal> {
    match text(params, "status") {
        Some(status) if status == NOT_CLOSED => {
            let closed = closed_statuses(base);
            let closed = closed.iter().map(|name| text_operand(name)).collect();
            let is_closed = test(schema, "status", Op::In, closed);
            parts.push(Expr::Not(Box::new(is_closed)));
        }
        Some(status) => parts.push(is_text(schema, "status", &status)),
        None => {}
    }
    for (name, field) in [
        ("created_after", "created_at"),
        ("resolved_after", "resolved_at"),
        ("since_updated_at", "updated_at"),
    ] {
        if let Some(ms) = moment(params, name)? {
            parts.push(test(schema, field, Op::Gt, vec![Operand::Moment(ms)]));
        }
    }
    if let Some(words) = text(params, "query") {
        parts.push(search(schema, &["subject"], &words));
    }
    if truth(params, "mine") == Some(true) {
        parts.push(Expr::equals(schema.position("user_id").unwrap_or(0), owner));
    }
    // The account has no saved searches.
    if whole(params, "ticket_search_id").is_some() {
        parts.push(Expr::Or(Vec::new()));
    }
    Ok(())
}

/// The names of the statuses that close a ticket.
pub fn closed_statuses(base: Base<'_>) -> Vec<String> {
    let Some(at) = base.catalogue.find("ticket_statuses") else {
        return Vec::new();
    };
    let schema = base.schema(at);
    let ids = base.ids(at, &Expr::all(), &Plain);
    ids.into_iter()
        .filter_map(|id| Some(base.find(at, id)?.to_record(schema)))
        .filter(|record| flag(record, "closed"))
        .map(|record| crate::records::fields::text(&record, "name").to_owned())
        .collect()
}

fn comments(schema: &Schema, params: &Record, parts: &mut Vec<Expr>) -> Result<(), Refusal> {
    for (name, field, op) in [
        ("created_after", "created_at", Op::Gt),
        ("created_before", "created_at", Op::Lt),
        ("updated_after", "updated_at", Op::Gt),
        ("updated_before", "updated_at", Op::Lt),
    ] {
        if let Some(ms) = moment(params, name)? {
            parts.push(test(schema, field, op, vec![Operand::Moment(ms)]));
        }
    }
    Ok(())
}

fn leads(schema: &Schema, params: &Record, parts: &mut Vec<Expr>) {
    let mut statuses = list(params, "statuses");
    if let Some(more) = text(params, "status_list") {
        statuses.extend(more.split(',').map(str::to_owned));
    }
    if !statuses.is_empty() {
        let statuses = statuses.iter().map(|s| text_operand(s)).collect();
        parts.push(test(schema, "status", Op::In, statuses));
    }
    for (name, field) in [("users", "user_id"), ("mailbox_ids", "mailbox_id")] {
        let wanted = list(params, name);
        if !wanted.is_empty() {
            parts.push(any_of(schema, field, &wanted));
        }
    }
    if let Some(has) = truth(params, "has_ticket") {
        let none = test(schema, "ticket_id", Op::Eq, vec![Operand::Nothing]);
        parts.push(if has { Expr::Not(Box::new(none)) } else { none });
    }
    if let Some(words) = text(params, "query") {
        let fields = ["ticket_subject", "first_name", "last_name", "email"];
        parts.push(search(schema, &fields, &words));
    }
    parts.push(test(schema, "disabled", Op::Ne, vec![Operand::Truth(true)]));
}

fn assets(base: Base<'_>, schema: &Schema, params: &Record, parts: &mut Vec<Expr>) {
    if let Some(id) = whole(params, "asset_type_id") {
        let name = base
            .catalogue
            .find("asset_types")
            .and_then(|at| base.title(at, id))
            .unwrap_or_default();
        parts.push(is_text(schema, "asset_type", &name));
    }
    if truth(params, "snmp_enabled") == Some(true) {
        parts.push(is_text(schema, "asset_type", "Network Device"));
    }
    if let Some(words) = text(params, "query") {
        parts.push(search(schema, &["name", "asset_serial"], &words));
    }
}
