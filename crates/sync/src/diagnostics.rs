//! The redacted bundle of a run: everything that explains it, with what the integration could not read so far, and nothing
//! that is secret or a client's. Safe to attach to a public issue.

use std::collections::BTreeMap;

use domain::hint::Hint;
use domain::id::PublicId;
use domain::provider::{self, Provider};
use domain::secret::Secret;
use serde_json::{Value, json};
use store::integrations;
use store::runs::{self, StreamRun};
use store::set_aside::{self, SetAside};

use crate::connect::form;
use crate::engine::Engine;
use crate::error::Result;

/// Records set aside that a bundle lists of each stream, and of those that are open: more than a run that is worth
/// explaining has.
const SET_ASIDE: i64 = 100_000;

/// The bundle of a run as pretty JSON; `None` when there is no such run.
///
/// # Errors
/// As any statement.
pub async fn bundle(engine: &Engine, run: &PublicId) -> Result<Option<String>> {
    let store = engine.store();
    let Some(run) = runs::find_run_by_uuid(store, run).await? else {
        return Ok(None);
    };
    let Some(integration) = integrations::find_integration(store, run.integration_id).await? else {
        return Ok(None);
    };
    let secrets = form::stored(engine, integration.id).await?;
    let provider = provider::find(&integration.provider);
    let mut parts = Vec::new();
    for part in runs::list_stream_runs(store, run.id).await? {
        let aside =
            set_aside::list_of_stream_run(store, integration.id, part.id, SET_ASIDE).await?;
        let aside = aside.iter().map(aside_json).collect();
        parts.push(part_json(provider, &part, aside));
    }
    // Whatever met them: other runs, some of them swept by now, and looks at one ticket.
    let open = set_aside::list_open(store, integration.id, None, SET_ASIDE).await?;
    let settings = &integration.settings;
    let bundle = json!({
        "portico": { "version": engine.config().version, "database": store.engine().label() },
        "integration": {
            "id": integration.uuid.as_str(),
            "provider": integration.provider,
            "generation": integration.generation,
            "settings_revision": integration.settings_revision,
            "applied_scope_revision": integration.applied_scope_revision,
            "settings": serde_json::to_value(settings).unwrap_or_default(),
            "connected_at": integration.connected_at.map(|at| at.to_rfc3339()),
            "refused_since": integration.refused_since.map(|at| at.to_rfc3339()),
            "refused_message": integration.refused_message,
            "outage_since": integration.outage_since.map(|at| at.to_rfc3339()),
            "outage_message": integration.outage_message,
            "failures_in_row": integration.failures_in_row,
            "missing_permissions": integration.missing_permissions.iter().map(|missing| json!({ "area": missing.area, "right": missing.right })).collect::<Vec<_>>(),
        },
        "run": {
            "id": run.uuid.as_str(),
            "trigger": run.trigger_key.key(),
            "mode": run.mode,
            "state": run.state.key(),
            "generation": run.generation,
            "settings_revision": run.settings_revision,
            "requested_at": run.requested_at.to_rfc3339(),
            "started_at": run.started_at.map(|at| at.to_rfc3339()),
            "finished_at": run.finished_at.map(|at| at.to_rfc3339()),
            "message": run.message,
            "hint": hint(provider, run.hint),
        },
        "streams": parts,
        "open_set_aside": open.iter().map(open_json).collect::<Vec<_>>(),
    });
    Ok(Some(written(bundle, &secrets)))
}

fn part_json(provider: Option<&Provider>, part: &StreamRun, set_aside: Vec<Value>) -> Value {
    json!({
        "stream": part.stream.key(),
        "mode": part.mode,
        "state": part.state.key(),
        "phase": part.phase,
        "counts": {
            "fetched": part.counts.fetched, "created": part.counts.created, "changed": part.counts.changed,
            "unchanged": part.counts.unchanged, "out_of_scope": part.counts.out_of_scope, "set_aside": part.counts.set_aside,
            "removed": part.counts.removed, "repeated": part.counts.repeated, "pages": part.counts.pages, "requests": part.counts.requests,
            "adds_up": part.counts.adds_up(),
        },
        "total_before": part.total_before,
        "total_after": part.total_after,
        "verified": part.verified,
        "next_watermark": part.next_watermark.map(|at| at.to_rfc3339()),
        "stamp_lag_ms": part.stamp_lag,
        "started_at": part.started_at.map(|at| at.to_rfc3339()),
        "finished_at": part.finished_at.map(|at| at.to_rfc3339()),
        "message": part.message,
        "hint": hint(provider, part.hint),
        "oddities": part.oddities,
        "set_aside": set_aside,
    })
}

fn aside_json(record: &SetAside) -> Value {
    json!({
        "external_id": record.external_id,
        "field": record.field,
        "reason": record.reason,
        "attempts": record.attempts,
    })
}

/// One that is open: with its stream, and since when it could not be read.
fn open_json(record: &SetAside) -> Value {
    let mut json = aside_json(record);
    json["stream"] = record.stream.key().into();
    json["first_at"] = record.first_at.to_rfc3339().into();
    json["last_at"] = record.last_at.to_rfc3339().into();
    json
}

fn hint(provider: Option<&Provider>, hint: Option<Hint>) -> Option<String> {
    Some(hint?.sentence(provider?))
}

/// The bundle as text that may leave. Pure.
fn written(mut bundle: Value, secrets: &BTreeMap<String, Secret>) -> String {
    redact(&mut bundle, secrets);
    serde_json::to_string_pretty(&bundle).unwrap_or_default()
}

/// Redacts every text in a value before it is written as JSON, where an escape could be cut in two. Names of fields and
/// numbers are Portico's own, and stay where a credential happens to equal one; a key that is no such name is a text of
/// the vendor, such as a status.
fn redact(value: &mut Value, secrets: &BTreeMap<String, Secret>) {
    match value {
        Value::String(text) => *text = redacted(text, secrets),
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, secrets)),
        Value::Object(fields) => {
            for (key, mut field) in std::mem::take(fields) {
                redact(&mut field, secrets);
                let key = if is_own_name(&key) {
                    key
                } else {
                    redacted(&key, secrets)
                };
                fields.insert(key, field);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn is_own_name(key: &str) -> bool {
    key.chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Takes out stored credentials, whoever quoted them and whether as JSON, and everything that looks like an e-mail
/// address.
fn redacted(text: &str, secrets: &BTreeMap<String, Secret>) -> String {
    let mut text = text.to_owned();
    for secret in secrets.values().filter(|secret| secret.expose().len() >= 4) {
        let quoted = serde_json::to_string(secret.expose()).unwrap_or_default();
        for form in [secret.expose(), quoted.trim_matches('"')] {
            if text.contains(form) {
                text = text.replace(form, "[hidden]");
            }
        }
    }
    let words = text.split_inclusive(|c: char| {
        c.is_whitespace() || matches!(c, '"' | ',' | '<' | '>' | '(' | ')' | ';')
    });
    words
        .map(|word| {
            if is_email(word) {
                word.replacen(bare(word), "[e-mail]", 1)
            } else {
                word.to_owned()
            }
        })
        .collect()
}

fn bare(word: &str) -> &str {
    word.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '"' | ',' | '<' | '>' | '(' | ')' | ';' | '.')
    })
}

fn is_email(word: &str) -> bool {
    domain::email::resembles_email(bare(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_again(bundle: Value) -> Value {
        let secrets = BTreeMap::from([
            ("secret".to_owned(), Secret::from("s3\"cr3t")),
            ("user_name".to_owned(), Secret::from("message")),
            ("tenant".to_owned(), Secret::from("4711")),
        ]);
        serde_json::from_str(&written(bundle, &secrets)).expect("a bundle is JSON")
    }

    #[test]
    fn x1_a_bundle_holds_no_secret_and_no_address_of_a_person() {
        let bundle = json!({
            "message": "user ann.lee@client.example, secret s3\"cr3t refused",
            "streams": [{ "set_aside": [
                { "reason": "\"ann@x.example\" has no \"id\"" },
                { "reason": r#"{"key":"s3\"cr3t","by":"ann@x.example"}"# },
            ] }],
            "stages": { "Waits for ann@x.example": "waiting" },
        });
        let expected = json!({
            "message": "user [e-mail], secret [hidden] refused",
            "streams": [{ "set_aside": [
                { "reason": "\"[e-mail]\" has no \"id\"" },
                { "reason": r#"{"key":"[hidden]","by":"[e-mail]"}"# },
            ] }],
            "stages": { "Waits for [e-mail]": "waiting" },
        });
        assert_eq!(read_again(bundle), expected);
    }

    #[test]
    fn a_credential_that_equals_a_name_or_number_of_ours_leaves_it() {
        let bundle = json!({ "message": "4711 sent no message", "requests": 4711, "at": null });
        let expected =
            json!({ "message": "[hidden] sent no [hidden]", "requests": 4711, "at": null });
        assert_eq!(read_again(bundle), expected);
    }
}
