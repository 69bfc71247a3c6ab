//! The parameters of a list: conditions, order, fields, page; and the `Link` header that leads to
//! the pages around it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::conditions;
use super::refusal::Refusal;
use crate::exchange::Call;
use crate::records::base::Base;
use crate::records::filter::{Expr, Path, resolve};
use crate::records::schema::Schema;

/// Records in a page when nothing is said.
const USUAL_PAGE: usize = 25;
/// Most records in a page.
const LARGEST_PAGE: usize = 1_000;
/// Longest address that is accepted.
const LONGEST_ADDRESS: usize = 8_192;

/// Characters that stay as they are in a query parameter.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// How a client walks through pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// By number, from 1.
    Page(usize),
    /// By the id after which the page begins.
    After(i64),
}

/// A list that was asked for.
pub struct Query {
    /// Which records.
    pub expr: Expr,
    /// In which order: where to look, and whether downwards.
    pub order: Vec<(Path, bool)>,
    /// Which fields, as paths; `None` for all.
    pub fields: Option<Vec<Vec<String>>>,
    /// Records in a page.
    pub size: usize,
    /// Which page.
    pub paging: Paging,
    /// What decides which records come in which order, as text.
    pub key: String,
}

/// The part of a list that was asked for, whatever its elements are.
pub struct Asked {
    /// Elements in a page.
    pub size: usize,
    /// Which page.
    pub paging: Paging,
    /// Which fields, as paths; `None` for all.
    pub fields: Option<Vec<Vec<String>>>,
}

/// The conditions of a list, from the address or from the body of a search.
#[derive(Default)]
struct Wanted {
    conditions: String,
    child: String,
    custom: String,
    order: String,
}

/// Reads the parameters of a call.
pub fn read(base: Base<'_>, schema: &Schema, call: &Call, search: bool) -> Result<Query, Refusal> {
    if call.path.len() + call.query.len() > LONGEST_ADDRESS {
        return Err(Refusal::argument("The request URL is too long."));
    }
    let wanted = if search {
        from_body(call)?
    } else {
        let part = |name: &str| call.parameter(name).unwrap_or_default();
        Wanted {
            conditions: part("conditions"),
            child: part("childConditions"),
            custom: part("customFieldConditions"),
            order: part("orderBy"),
        }
    };
    let expr = Expr::And(vec![
        conditions::read(base, schema, &wanted.conditions)?,
        conditions::read_child(schema, &wanted.child)?,
        conditions::read_custom(schema, &wanted.custom)?,
    ]);
    let Asked {
        size,
        paging,
        fields,
    } = asked(call)?;
    Ok(Query {
        expr,
        order: order(base, schema, &wanted.order)?,
        fields,
        size,
        paging,
        key: format!(
            "{}\n{}\n{}\n{}",
            wanted.conditions, wanted.child, wanted.custom, wanted.order
        ),
    })
}

/// Reads page and fields.
///
/// # Errors
/// A refusal when one of them is no number or out of range.
pub fn asked(call: &Call) -> Result<Asked, Refusal> {
    let size = number(call, "pageSize")?.unwrap_or(USUAL_PAGE as i64);
    let size = usize::try_from(size)
        .ok()
        .filter(|size| (1..=LARGEST_PAGE).contains(size))
        .ok_or_else(|| {
            let message = format!("pageSize must be between 1 and {LARGEST_PAGE}.");
            Refusal::out_of_range("pageSize", message)
        })?;
    let page_id = number(call, "pageId")?;
    let forward = call
        .header("pagination-type")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("forward-only"));
    let paging = if forward || page_id.is_some() {
        Paging::After(page_id.unwrap_or(0))
    } else {
        let page = number(call, "page")?.unwrap_or(1);
        let page = usize::try_from(page).ok().filter(|page| *page > 0);
        Paging::Page(page.ok_or_else(|| Refusal::argument("page must be 1 or more."))?)
    };
    let fields = call.parameter("fields").filter(|f| !f.trim().is_empty());
    Ok(Asked {
        size,
        paging,
        fields: fields.map(|list| paths(&list)),
    })
}

fn from_body(call: &Call) -> Result<Wanted, Refusal> {
    let body: Value = serde_json::from_slice(&call.body)
        .map_err(|_| Refusal::argument("The request body is not valid JSON."))?;
    let part = |name: &str| {
        let found = body.as_object().and_then(|body| {
            body.iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .and_then(|(_, value)| value.as_str())
        });
        found.unwrap_or_default().to_owned()
    };
    Ok(Wanted {
        conditions: part("conditions"),
        child: part("childConditions"),
        custom: part("customFieldConditions"),
        order: part("orderBy"),
    })
}

fn number(call: &Call, name: &str) -> Result<Option<i64>, Refusal> {
    match call.parameter(name) {
        None => Ok(None),
        Some(text) if text.trim().is_empty() => Ok(None),
        Some(text) => match text.trim().parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Refusal::argument(format!("{name} must be a whole number."))),
        },
    }
}

fn paths(list: &str) -> Vec<Vec<String>> {
    list.split(',')
        .map(|path| {
            path.trim()
                .split('/')
                .filter(|s| !s.is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter(|path| !path.is_empty())
        .collect()
}

/// Reads an order: paths, each with whether it goes downwards.
///
/// # Errors
/// A refusal of a direction that is none.
pub fn directions(text: &str) -> Result<Vec<(Vec<String>, bool)>, Refusal> {
    let mut order = Vec::new();
    for part in text.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let (field, direction) = part
            .split_once(char::is_whitespace)
            .unwrap_or((part, "asc"));
        let down = match direction.trim().to_lowercase().as_str() {
            "asc" | "ascending" => false,
            "desc" | "descending" => true,
            other => {
                return Err(Refusal::argument(format!(
                    "orderBy is invalid: '{other}' is no direction."
                )));
            }
        };
        order.push((paths(field).pop().unwrap_or_default(), down));
    }
    Ok(order)
}

fn order(base: Base<'_>, schema: &Schema, text: &str) -> Result<Vec<(Path, bool)>, Refusal> {
    let resolved = directions(text)?.into_iter().map(|(names, down)| {
        let (path, _) = resolve(base, schema, &names).ok_or_else(|| {
            Refusal::argument(format!(
                "orderBy is invalid: no property or field '{}' exists in type '{}'.",
                names.join("/"),
                schema.about.name
            ))
        })?;
        Ok((path, down))
    });
    resolved.collect()
}

/// The address of the list as it was called, with all parameters but those of the page.
fn address(call: &Call, origin: &str) -> String {
    let mut address = format!("{origin}{}?", call.path);
    for (name, value) in url::form_urlencoded::parse(call.query.as_bytes()) {
        if ["page", "pageid"].contains(&name.to_lowercase().as_str()) {
            continue;
        }
        address.extend(utf8_percent_encode(&name, PLAIN));
        address.push('=');
        address.extend(utf8_percent_encode(&value, PLAIN));
        address.push('&');
    }
    address
}

/// The `Link` header around a numbered page; none when there is only one page.
pub fn page_links(call: &Call, origin: &str, page: usize, pages: usize) -> Option<String> {
    if pages <= 1 {
        return None;
    }
    let address = address(call, origin);
    let to = |page: usize, name: &str| format!("<{address}page={page}>; rel=\"{name}\"");
    let mut links = Vec::new();
    if page < pages {
        links.push(to(page + 1, "next"));
        links.push(to(pages, "last"));
    }
    if page > 1 {
        links.push(to(page - 1, "prev"));
        links.push(to(1, "first"));
    }
    Some(links.join(", "))
}

/// The `Link` header behind a page that began after an id; empty on the last page.
pub fn next_link(call: &Call, origin: &str, last: Option<i64>) -> String {
    match last {
        Some(id) => format!("<{}pageId={id}>; rel=\"next\"", address(call, origin)),
        None => String::new(),
    }
}
