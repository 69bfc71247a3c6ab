//! Parameters of a call. The vendor's framework reads them from the address and from the body alike,
//! for every method.

use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::exchange::Call;
use crate::records::fields;
use crate::state::Record;
use crate::world::instant;

/// All parameters; those of the body win. `name[]` is an element of a list. The token, which may
/// be among them, is left out.
pub fn read(call: &Call) -> Result<Record, Refusal> {
    let mut params = Map::new();
    take_form(call.query.as_bytes(), &mut params);
    let kind = call.header("content-type").unwrap_or_default();
    let start = call.body.iter().find(|b| !b.is_ascii_whitespace());
    if kind.to_lowercase().contains("form-urlencoded") {
        take_form(&call.body, &mut params);
    } else if start.is_some() {
        let body: Value = serde_json::from_slice(&call.body)
            .map_err(|_| Refusal::malformed("There was a problem in the JSON you submitted"))?;
        if let Value::Object(body) = body {
            params.extend(body);
        }
    }
    params.remove("api_key");
    Ok(params)
}

fn take_form(form: &[u8], params: &mut Record) {
    for (name, value) in url::form_urlencoded::parse(form) {
        match name.strip_suffix("[]") {
            Some(list) => {
                let list = params
                    .entry(list)
                    .or_insert_with(|| Value::Array(Vec::new()));
                if let Some(list) = list.as_array_mut() {
                    list.push(value.into());
                }
            }
            None => {
                params.insert(name.into_owned(), value.into());
            }
        }
    }
}

/// A parameter as text; empty ones count as not given.
pub fn text(params: &Record, name: &str) -> Option<String> {
    let text = match params.get(name)? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.trim().is_empty())
}

/// A parameter as a whole number.
pub fn whole(params: &Record, name: &str) -> Option<i64> {
    fields::whole(params.get(name)?)
}

/// Whether a parameter says yes.
pub fn truth(params: &Record, name: &str) -> Option<bool> {
    let text = text(params, name)?;
    Some(matches!(
        text.trim().to_lowercase().as_str(),
        "true" | "1" | "t" | "yes" | "on"
    ))
}

/// A parameter as a list; a single value is a list of one.
pub fn list(params: &Record, name: &str) -> Vec<String> {
    match params.get(name) {
        Some(Value::Array(elements)) => elements
            .iter()
            .map(|e| e.as_str().map_or_else(|| e.to_string(), str::to_owned))
            .collect(),
        Some(_) => text(params, name).into_iter().collect(),
        None => Vec::new(),
    }
}

/// A parameter as an instant.
pub fn moment(params: &Record, name: &str) -> Result<Option<i64>, Refusal> {
    let Some(text) = text(params, name) else {
        return Ok(None);
    };
    // A plus sign in an address that was not escaped arrives as a blank.
    match instant::parse(&text.trim().replace(' ', "+")).or_else(|| instant::parse(&text)) {
        Some(ms) => Ok(Some(ms)),
        None => Err(Refusal::malformed("invalid date")),
    }
}
