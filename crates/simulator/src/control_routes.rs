//! Steering a sandbox over HTTP, under `/_control/`, for other processes on the same machine.

use std::borrow::Cow;

use axum::http::Method;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::config::SandboxError;
use crate::control::SandboxStats;
use crate::exchange::{Answer, Call};
use crate::fault::Fault;
use crate::host::Host;

/// Whether a path is a control route.
pub fn concerns(path: &str) -> bool {
    path == "/_control" || path.starts_with("/_control/")
}

/// Answers a control request.
pub fn answer(host: &Host, call: &Call) -> Answer {
    match route(host, call) {
        Ok(value) => Answer::json(200, &value),
        Err(Refusal::Unknown) => Answer::json(404, &json!({"error": "no such control route"})),
        Err(Refusal::Bad(text)) => Answer::json(400, &json!({"error": text})),
    }
}

enum Refusal {
    Unknown,
    Bad(String),
}

impl From<SandboxError> for Refusal {
    fn from(error: SandboxError) -> Self {
        Self::Bad(error.to_string())
    }
}

fn route(host: &Host, call: &Call) -> Result<Value, Refusal> {
    // Some vendors' names of entities have slashes of their own, which arrive encoded.
    let segments: Vec<Cow<'_, str>> = call
        .path
        .split('/')
        .filter(|s| !s.is_empty())
        .skip(1)
        .map(|s| percent_decode_str(s).decode_utf8_lossy())
        .collect();
    let segments: Vec<&str> = segments.iter().map(Cow::as_ref).collect();
    let vendor = &host.vendor;
    match (&call.method, segments.as_slice()) {
        (&Method::GET, ["stats"]) => Ok(to_value(&stats(host))),
        (&Method::GET, ["clock"]) => Ok(json!({"now_ms": host.clock.now_ms()})),
        (&Method::POST, ["clock"]) => {
            let body = body(call)?;
            let (advance, date_ahead) = (&body["advance_ms"], &body["date_ahead_ms"]);
            if let Some(ms) = date_ahead.as_i64() {
                host.clock.set_date_ahead(ms);
            }
            if date_ahead.is_null() || !advance.is_null() {
                let ms = advance
                    .as_i64()
                    .ok_or_else(|| Refusal::Bad("advance_ms must be a number".to_owned()))?;
                host.clock.advance(ms);
                vendor.clock_moved();
            }
            Ok(json!({"now_ms": host.clock.now_ms()}))
        }
        (&Method::POST, ["faults"]) => {
            let fault = Fault::read(&call.body).map_err(Refusal::Bad)?;
            Ok(json!({"id": host.plan(fault)?}))
        }
        (&Method::DELETE, ["faults"]) => {
            host.faults.clear();
            Ok(json!({}))
        }
        (&Method::GET, ["journal"]) => Ok(to_value(&host.journal.entries())),
        (&Method::DELETE, ["journal"]) => {
            host.journal.clear();
            Ok(json!({}))
        }
        (&Method::POST, ["credentials"]) => {
            let valid = body(call)?["valid"].as_bool().unwrap_or(true);
            vendor.set_credentials_valid(valid);
            Ok(json!({"valid": valid}))
        }
        (&Method::POST, ["zone"]) => {
            let moved = body(call)?["moved"].as_bool().unwrap_or(true);
            vendor.set_zone_moved(moved);
            Ok(json!({"moved": moved}))
        }
        (&Method::POST, ["security"]) => {
            let body = body(call)?;
            let part = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
            vendor.set_security(&part("entity"), &part("action"), &part("access"))?;
            Ok(json!({}))
        }
        (&Method::POST, ["requests"]) => {
            let count = body(call)?["count"].as_u64().unwrap_or(0);
            vendor.spend_requests(usize::try_from(count).unwrap_or(usize::MAX));
            Ok(json!({}))
        }
        (&Method::POST, ["webhooks", "deliver"]) => {
            Ok(json!({"waiting": vendor.deliver_webhooks_now()}))
        }
        (&Method::POST, ["webhooks", "disorder"]) => {
            let disorder = serde_json::from_slice(&call.body)
                .map_err(|e| Refusal::Bad(format!("no disorder: {e}")))?;
            vendor.disturb_webhooks(disorder)?;
            Ok(json!({}))
        }
        (&Method::GET, ["ids", entity]) => Ok(json!({"ids": vendor.ids(entity)?})),
        (&Method::GET, ["count", entity]) => Ok(json!({"count": vendor.count(entity, None)?})),
        (&Method::POST, ["count", entity]) => {
            let filter = body(call)?;
            Ok(json!({"count": vendor.count(entity, Some(&filter))?}))
        }
        (&Method::GET, ["records", entity]) => {
            let number = |name: &str| call.parameter(name).and_then(|v| v.parse::<i64>().ok());
            let limit = usize::try_from(number("limit").unwrap_or(500)).unwrap_or(500);
            let after = number("after").unwrap_or(-1);
            Ok(json!({"records": vendor.records(entity, after, limit.min(5_000))?}))
        }
        (&Method::GET, ["records", entity, id]) => {
            Ok(json!({"record": vendor.get(entity, parse_id(id)?)?}))
        }
        (&Method::POST, [entity]) => Ok(json!({"id": vendor.create(entity, body(call)?)?})),
        (&Method::PATCH, [entity, id]) => {
            vendor.patch(entity, parse_id(id)?, body(call)?)?;
            Ok(json!({}))
        }
        (&Method::DELETE, [entity, id]) => {
            vendor.delete(entity, parse_id(id)?)?;
            Ok(json!({}))
        }
        _ => Err(Refusal::Unknown),
    }
}

fn stats(host: &Host) -> SandboxStats {
    SandboxStats {
        request_count: host.journal.count(),
        cpu_seconds: crate::control::process_cpu_seconds().unwrap_or(0.0),
        now_ms: host.clock.now_ms(),
    }
}

fn parse_id(text: &str) -> Result<i64, Refusal> {
    text.parse()
        .map_err(|_| Refusal::Bad("the id must be a number".to_owned()))
}

fn body(call: &Call) -> Result<Value, Refusal> {
    serde_json::from_slice(&call.body).map_err(|e| Refusal::Bad(format!("not JSON: {e}")))
}

fn to_value<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}
