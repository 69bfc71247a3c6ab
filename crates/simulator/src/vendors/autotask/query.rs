//! Queries: reading the request, writing a page, the addresses of the pages around it.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use axum::http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::filter::{self, Expr, key};
use super::refusal::Refusal;
use super::rows::Row;
use super::schema::{Kind, Schema};
use super::store::Reader;
use super::twist::Twist;
use crate::exchange::{Answer, Call};
use crate::fault::Reach;
use crate::records::value::{Val, write_text};

/// Most records in a page.
const LARGEST_PAGE: i64 = 500;
/// Longest address of a query by GET.
const LONGEST_URL: usize = 2_048;
/// Pages one can go back.
const PAGES_BACK: usize = 50;

/// Characters that stay as they are in a query parameter.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A query that was read and found valid.
pub struct Query {
    filter: Expr,
    /// Positions of the fields to send; `None` sends all.
    include: Option<Vec<usize>>,
    page_size: usize,
    after: i64,
    /// Where earlier pages began.
    earlier: Vec<i64>,
    /// The query as sent, to be carried in the addresses of other pages.
    text: String,
}

/// Reads the query of a call.
pub fn read(schema: &Schema, call: &Call) -> Result<Query, Refusal> {
    let paging = match call.parameter("paging") {
        Some(text) => Some(serde_json::from_str::<Value>(&text).map_err(|_| {
            Refusal::with_status(400, "The paging parameter of the address cannot be read.")
        })?),
        None => None,
    };
    let by_post = call.method == Method::POST;
    if let Some(paging) = &paging {
        let began_by_post = paging["method"] == "POST";
        if began_by_post != by_post {
            return Err(Refusal::method(call.method.as_str()));
        }
    }
    let text = query_text(call, by_post, paging.as_ref())?;
    let body: Value = serde_json::from_str(&text)
        .map_err(|e| Refusal::with_status(400, format!("The query is not valid JSON: {e}")))?;
    let page_size = page_size(&body)?;
    let filter = filter::parse(schema, key(&body, "filter").unwrap_or(&Value::Null))?;
    let include = include(schema, &body)?;
    let mut query = Query {
        filter,
        include,
        page_size,
        after: i64::MIN,
        earlier: Vec::new(),
        text,
    };
    if let Some(paging) = paging {
        query.page_size = paging["pageSize"].as_u64().map_or(page_size, |size| {
            (size as usize).clamp(1, LARGEST_PAGE as usize)
        });
        query.after = paging["nextIds"][0].as_i64().unwrap_or(i64::MIN);
        query.earlier = paging["previousIds"]
            .as_array()
            .map(|ids| ids.iter().filter_map(Value::as_i64).collect())
            .unwrap_or_default();
    }
    Ok(query)
}

fn query_text(call: &Call, by_post: bool, paging: Option<&Value>) -> Result<String, Refusal> {
    if !by_post {
        let length = call.path.len() + call.query.len() + 1;
        if paging.is_none() && length > LONGEST_URL {
            return Err(Refusal::with_status(
                404,
                format!("The request URL is longer than {LONGEST_URL} characters. Use POST."),
            ));
        }
        return call
            .parameter("search")
            .ok_or_else(|| Refusal::invalid("The search parameter is missing."));
    }
    let body = String::from_utf8_lossy(&call.body).into_owned();
    if !body.trim().is_empty() {
        return Ok(body);
    }
    paging
        .and_then(|p| p["query"].as_str())
        .map(str::to_owned)
        .ok_or_else(|| Refusal::invalid("Query is missing: the request has no body."))
}

fn page_size(body: &Value) -> Result<usize, Refusal> {
    let size = match key(body, "maxRecords") {
        None | Some(Value::Null) => LARGEST_PAGE,
        Some(value) => value
            .as_i64()
            .or_else(|| value.as_str().and_then(|t| t.parse().ok()))
            .unwrap_or(0),
    };
    if !(1..=LARGEST_PAGE).contains(&size) {
        return Err(Refusal::invalid(format!(
            "The value of maxCountOfRecordsToReturn must be between 1 and {LARGEST_PAGE}."
        )));
    }
    Ok(size as usize)
}

fn include(schema: &Schema, body: &Value) -> Result<Option<Vec<usize>>, Refusal> {
    let Some(Value::Array(names)) = key(body, "includeFields") else {
        return Ok(None);
    };
    if names.is_empty() {
        return Ok(None);
    }
    let mut positions = Vec::with_capacity(names.len());
    for name in names.iter().filter_map(Value::as_str) {
        match schema.position(name) {
            Some(position) => positions.push(position),
            None if name.eq_ignore_ascii_case("userDefinedFields") => {}
            None if schema.udfs.iter().any(|u| u.name == name) => {}
            None => {
                return Err(Refusal::invalid(format!(
                    "Unable to find {name} in the {} Entity.",
                    schema.text.info
                )));
            }
        }
    }
    positions.sort_unstable();
    positions.dedup();
    Ok(Some(positions))
}

/// Answers a query with a page. Where fields were chosen without `id`, there can be no further page.
pub fn page(
    reader: Reader<'_>,
    query: &Query,
    call: &Call,
    origin: &str,
    twist: Twist<'_>,
) -> Answer {
    let asked = query.page_size;
    let size = twist.page_size(asked);
    let again = twist
        .repeats()
        .then(|| page_before(reader, query, size))
        .flatten();
    let (filter, start, end) = match &again {
        Some(page) => (&page.filter, page.after, page.last),
        None => (
            &query.filter,
            twist.page_start(query.after, &query.earlier),
            i64::MAX,
        ),
    };
    let writer = RowWriter::new(reader.schema, query.include.as_deref());
    let mut body = String::with_capacity(1 << 16);
    body.push_str("{\"items\":[");
    let (mut written, mut last, mut more) = (0, query.after, false);
    let mut record = false;
    reader.scan(filter, start, |id, row| {
        if written == size || id > end {
            more = true;
            return ControlFlow::Break(());
        }
        if written > 0 {
            body.push(',');
        }
        twist.write(&writer, id, row, written, &mut body);
        record |= twist.means(&writer, id);
        written += 1;
        last = id;
        ControlFlow::Continue(())
    });
    let has_id = |chosen: &[usize]| {
        chosen
            .iter()
            .any(|at| reader.schema.fields[*at].name == "id")
    };
    if more && !query.include.as_deref().is_none_or(has_id) {
        return Refusal::invalid(
            "IncludeFields must contain id where the result has several pages.",
        )
        .answer();
    }
    // A repeated page leads on from where the true page would have.
    if start != query.after {
        last = query.after.max(last);
    }
    body.push_str("],\"pageDetails\":{\"count\":");
    Val::Int(written as i64).write(&mut body);
    body.push_str(",\"requestCount\":");
    Val::Int(asked as i64).write(&mut body);
    body.push_str(",\"prevPageUrl\":");
    write_url(&mut body, previous_url(reader.schema, query, call, origin));
    body.push_str(",\"nextPageUrl\":");
    write_url(
        &mut body,
        more.then(|| next_url(reader.schema, query, call, origin, last)),
    );
    body.push_str("}}");
    let mut answer = Answer::json_text(200, body).open_to(Reach {
        page: written > 0,
        record,
        total: false,
    });
    answer.records = Some(written);
    answer
}

/// A page that was sent before.
struct PageBefore {
    /// What its records passed.
    filter: Expr,
    /// The id after which it begins.
    after: i64,
    /// Its last id.
    last: i64,
}

/// The page before the one that a client asks for who walks by id, with a query of its own for each page.
fn page_before(reader: Reader<'_>, query: &Query, size: usize) -> Option<PageBefore> {
    if !query.earlier.is_empty() {
        return None;
    }
    let (floor, filter) = query.filter.split_floor(reader.schema)?;
    let mut ids = VecDeque::with_capacity(size);
    reader.scan(&filter, i64::MIN, |id, _| {
        if id > floor {
            return ControlFlow::Break(());
        }
        if ids.len() == size {
            ids.pop_front();
        }
        ids.push_back(id);
        ControlFlow::Continue(())
    });
    Some(PageBefore {
        after: ids.front()?.saturating_sub(1),
        last: *ids.back()?,
        filter,
    })
}

/// Answers a count.
pub fn count(reader: Reader<'_>, query: &Query, twist: Twist<'_>) -> Answer {
    let count = twist.total(reader.count(&query.filter));
    Answer::json(200, &json!({"queryCount": count})).with_total()
}

fn write_url(body: &mut String, url: Option<String>) {
    match url {
        Some(url) => write_text(body, &url),
        None => body.push_str("null"),
    }
}

fn next_url(schema: &Schema, query: &Query, call: &Call, origin: &str, last: i64) -> String {
    let mut earlier = query.earlier.clone();
    earlier.push(query.after);
    if earlier.len() > PAGES_BACK {
        earlier.remove(0);
    }
    url(schema, query, call, origin, "next", &earlier, last)
}

fn previous_url(schema: &Schema, query: &Query, call: &Call, origin: &str) -> Option<String> {
    let (start, earlier) = query.earlier.split_last()?;
    Some(url(
        schema, query, call, origin, "previous", earlier, *start,
    ))
}

fn url(
    schema: &Schema,
    query: &Query,
    call: &Call,
    origin: &str,
    direction: &str,
    earlier: &[i64],
    after: i64,
) -> String {
    let by_post = call.method == Method::POST;
    let mut paging = json!({
        "pageSize": query.page_size,
        "previousIds": earlier,
        "nextIds": [after],
        "method": call.method.as_str(),
    });
    if by_post {
        paging["query"] = query.text.as_str().into();
    }
    let paging = utf8_percent_encode(&paging.to_string(), PLAIN).to_string();
    let mut url = format!(
        "{origin}/atservicesrest/V1.0/{}/query/{direction}?paging={paging}",
        schema.text.route
    );
    if !by_post {
        url.push_str("&search=");
        url.extend(utf8_percent_encode(&query.text, PLAIN));
    }
    url
}

/// Writes records of one entity.
pub struct RowWriter<'s> {
    schema: &'s Schema,
    positions: Vec<usize>,
    /// Whether the bytes of attachments are left out, as everywhere but in one address.
    without_bytes: bool,
}

impl<'s> RowWriter<'s> {
    /// A writer of some or all fields.
    pub fn new(schema: &'s Schema, include: Option<&[usize]>) -> Self {
        let positions = match include {
            Some(positions) => positions.to_vec(),
            None => (0..schema.fields.len()).collect(),
        };
        Self {
            schema,
            positions,
            without_bytes: true,
        }
    }

    /// Sends the bytes of attachments, too.
    pub fn with_bytes(mut self) -> Self {
        self.without_bytes = false;
        self
    }

    /// The name of a field as it is sent, unless there is none or it was not chosen.
    pub fn sends(&self, field: &str) -> Option<&'static str> {
        let at = self.schema.position(field)?;
        let chosen = self.positions.contains(&at);
        chosen.then(|| self.schema.fields[at].name)
    }

    /// Appends a record. `shape` may change each value first.
    pub fn write(
        &self,
        row: &Row<'_>,
        out: &mut String,
        shape: impl for<'v> Fn(&'static str, Val<'v>) -> Val<'v>,
    ) {
        out.push('{');
        for position in &self.positions {
            let field = &self.schema.fields[*position];
            out.push_str(&field.key);
            let value = match field.kind {
                Kind::Bytes if self.without_bytes => Val::Null,
                _ => row.get(self.schema, *position),
            };
            shape(field.name, value).write(out);
            out.push(',');
        }
        out.push_str("\"userDefinedFields\":[");
        for (position, udf) in self.schema.udfs.iter().enumerate() {
            if position > 0 {
                out.push(',');
            }
            out.push_str("{\"name\":");
            write_text(out, udf.name);
            out.push_str(",\"value\":");
            match row.udf(self.schema, position) {
                Some(value) => write_text(out, &value),
                None => out.push_str("null"),
            }
            out.push('}');
        }
        out.push_str("]}");
    }

    /// A record as a JSON tree.
    pub fn tree(&self, row: &Row<'_>) -> Value {
        let mut text = String::new();
        self.write(row, &mut text, |_, value| value);
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }
}
