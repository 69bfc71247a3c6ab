//! Who is calling: the token endpoint, the tokens it gave out, scopes, and what the agent's role allows.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::HaloPsaCredentials;
use super::refusal::Refusal;
use crate::exchange::{Answer, Call};

/// How far a right goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// All records.
    All,
    /// The agent is restricted: lists are empty, without a word.
    Empty,
    /// Refused.
    None,
}

/// What a token was given out for.
#[derive(Clone)]
pub struct Grant {
    expires_ms: i64,
    scopes: Vec<String>,
}

/// Application, tokens and the role of its agent.
pub struct Access {
    credentials: HaloPsaCredentials,
    /// What the application's Permissions tab grants, separated by spaces.
    granted: RwLock<String>,
    valid: AtomicBool,
    issued: Mutex<HashMap<String, Grant>>,
    serial: AtomicI64,
    role: RwLock<HashMap<(String, String), Level>>,
}

/// The scopes one of which a kind needs; configuration lists need none.
fn needed(kind: &str) -> &'static [&'static str] {
    match kind {
        "client" | "site" => &["customers"],
        "users" => &["customers", "crm"],
        "tickets" | "actions" | "attachment" => &["tickets"],
        "opportunities" => &["sales"],
        "projects" => &["projects"],
        "asset" => &["assets"],
        "appointment" => &["calendar"],
        "webhook" | "notification" | "webhookevent" => &["admin:webhooks"],
        _ => &[],
    }
}

impl Access {
    /// All rights for the owner of the secret.
    pub fn new(credentials: HaloPsaCredentials) -> Self {
        Self {
            granted: RwLock::new(credentials.scopes.clone()),
            credentials,
            valid: AtomicBool::new(true),
            issued: Mutex::default(),
            serial: AtomicI64::new(0),
            role: RwLock::default(),
        }
    }

    /// The tenant.
    pub fn tenant(&self) -> &str {
        &self.credentials.tenant
    }

    /// Id of the application.
    pub fn client_id(&self) -> &str {
        &self.credentials.client_id
    }

    /// Makes the secret and all tokens valid or not.
    pub fn set_valid(&self, valid: bool) {
        self.valid.store(valid, Ordering::Relaxed);
    }

    fn issued(&self) -> MutexGuard<'_, HashMap<String, Grant>> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request for a token.
    pub fn token(&self, call: &Call, now_ms: i64) -> Result<Answer, Refusal> {
        let asked = Asked::read(call);
        if asked.part("grant_type") != "client_credentials" {
            return Err(Refusal::oauth(
                400,
                "unsupported_grant_type",
                "The specified 'grant_type' is not supported.",
            ));
        }
        let want = &self.credentials;
        let tenant = asked.part("tenant");
        if !tenant.is_empty() && !tenant.eq_ignore_ascii_case(&want.tenant) {
            return Err(Refusal::oauth(
                400,
                "invalid_request",
                "The tenant could not be found.",
            ));
        }
        let fits = self.valid.load(Ordering::Relaxed)
            && asked
                .part("client_id")
                .eq_ignore_ascii_case(&want.client_id)
            && asked.part("client_secret") == want.client_secret;
        if !fits {
            return Err(Refusal::oauth(
                401,
                "invalid_client",
                "The specified client credentials are invalid.",
            ));
        }
        let scope = match asked.part("scope") {
            "" => "all",
            scope => scope,
        };
        let scopes: Vec<String> = scope.split_whitespace().map(str::to_lowercase).collect();
        let granted = self.granted.read().unwrap_or_else(PoisonError::into_inner);
        let granted: Vec<&str> = granted.split_whitespace().collect();
        let refused = scopes
            .iter()
            .find(|scope| !is_known(scope) || !covers(&granted, scope));
        if refused.is_some() {
            return Err(Refusal::oauth(
                400,
                "invalid_scope",
                "The client application is not allowed to use the specified scope.",
            ));
        }
        let token = self.new_token(now_ms);
        let grant = Grant {
            expires_ms: now_ms + i64::from(want.token_seconds) * 1_000,
            scopes,
        };
        let mut issued = self.issued();
        issued.retain(|_, grant| grant.expires_ms > now_ms);
        issued.insert(token.clone(), grant);
        Ok(Answer::json(
            200,
            &json!({
                "scope": scope, "token_type": "Bearer", "access_token": token,
                "expires_in": want.token_seconds, "id_token": format!("portal-{}", self.tenant()),
            }),
        ))
    }

    /// A text that nobody guesses: not secret in a sandbox, but as long as the vendor's.
    fn new_token(&self, now_ms: i64) -> String {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let seed = format!("{}:{now_ms}:{serial}", self.credentials.client_secret);
        URL_SAFE_NO_PAD.encode(Sha256::digest(seed.as_bytes()))
    }

    /// What a caller's token was given out for; an API key is good for all that the application is granted.
    pub fn check_caller(&self, call: &Call, now_ms: i64) -> Result<Grant, Refusal> {
        if let Some(given) = call.header("x-halo-api-key") {
            let want = &self.credentials.api_key;
            let fits = !want.is_empty() && given == want && self.valid.load(Ordering::Relaxed);
            let granted = self.granted.read().unwrap_or_else(PoisonError::into_inner);
            let scopes = granted.split_whitespace().map(str::to_lowercase).collect();
            let grant = Grant {
                expires_ms: i64::MAX,
                scopes,
            };
            return fits.then_some(grant).ok_or_else(Refusal::token);
        }
        let header = call.header("authorization").unwrap_or_default();
        let (scheme, token) = header.split_once(' ').unwrap_or_default();
        let grant = self.issued().get(token.trim()).cloned();
        grant
            .filter(|grant| scheme.eq_ignore_ascii_case("bearer") && grant.expires_ms > now_ms)
            .filter(|_| self.valid.load(Ordering::Relaxed))
            .ok_or_else(Refusal::token)
    }

    /// Changes what the application is granted; tokens given out before keep what they have.
    pub fn grant(&self, scopes: &str) {
        let mut granted = self.granted.write().unwrap_or_else(PoisonError::into_inner);
        scopes.clone_into(&mut granted);
    }

    /// Changes what the agent's role allows: `action` is `query`, `create`, `update` or `delete`.
    pub fn set(&self, kind: &str, action: &str, access: &str) {
        let level = match access.to_lowercase().as_str() {
            "none" => Level::None,
            "empty" | "my" | "restricted" => Level::Empty,
            _ => Level::All,
        };
        let mut role = self.role.write().unwrap_or_else(PoisonError::into_inner);
        role.insert((kind.to_owned(), action.to_owned()), level);
    }

    /// How far a right goes; refuses when it goes nowhere.
    pub fn check(&self, grant: &Grant, kind: &str, action: &str) -> Result<Level, Refusal> {
        let verb = if action == "query" { "read" } else { "edit" };
        let needed = needed(kind);
        let scopes: Vec<&str> = grant.scopes.iter().map(String::as_str).collect();
        let has_scope = needed.is_empty()
            || needed.iter().any(|area| {
                let scope = match area.contains(':') {
                    true => (*area).to_owned(),
                    false => format!("{verb}:{area}"),
                };
                covers(&scopes, &scope)
            });
        let role = self.role.read().unwrap_or_else(PoisonError::into_inner);
        let level = role.get(&(kind.to_owned(), action.to_owned())).copied();
        match level.unwrap_or(Level::All) {
            Level::None => Err(Refusal::role()),
            _ if !has_scope => Err(Refusal::role()),
            level => Ok(level),
        }
    }
}

/// Scopes that stand for themselves.
const WHOLE: [&str; 7] = [
    "all",
    "all:standard",
    "all:teams",
    "admin",
    "admin:webhooks",
    "access:chat",
    "access:adpasswordreset",
];

/// Areas with a scope to read and one to edit.
const PAIRS: [&str; 22] = [
    "tickets",
    "calendar",
    "customers",
    "crm",
    "contracts",
    "suppliers",
    "items",
    "projects",
    "sales",
    "quotes",
    "sos",
    "pos",
    "invoices",
    "reporting",
    "software",
    "softwarelicensing",
    "kb",
    "assets",
    "distributionlists",
    "mailcampaign",
    "events",
    "timesheets",
];

/// Whether the product knows a scope.
fn is_known(scope: &str) -> bool {
    let area = ["read:", "edit:"]
        .iter()
        .find_map(|kind| scope.strip_prefix(kind));
    match area {
        Some(area) => PAIRS.contains(&area),
        None => WHOLE.contains(&scope) || scope == "editmine:timesheets",
    }
}

/// Whether one of the scopes held covers the one wanted: `all` does, `admin` its own, `edit` also reads.
fn covers(held: &[&str], wanted: &str) -> bool {
    held.iter().any(|have| {
        *have == wanted
            || *have == "all"
            || (*have == "admin" && wanted.starts_with("admin:"))
            || wanted
                .strip_prefix("read:")
                .is_some_and(|area| have.strip_prefix("edit:") == Some(area))
    })
}

/// What a token request says, in the query, the body (form or JSON) and the header.
struct Asked(HashMap<String, String>);

impl Asked {
    fn read(call: &Call) -> Self {
        let mut parts = HashMap::new();
        let is_json = call
            .header("content-type")
            .is_some_and(|kind| kind.contains("json"));
        if is_json {
            let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
            for (name, value) in body.as_object().into_iter().flatten() {
                parts.insert(
                    name.to_lowercase(),
                    value.as_str().unwrap_or_default().to_owned(),
                );
            }
        } else {
            for (name, value) in url::form_urlencoded::parse(&call.body) {
                parts.insert(name.to_lowercase(), value.into_owned());
            }
        }
        if let Some(tenant) = call.parameter("tenant") {
            parts.insert("tenant".to_owned(), tenant);
        }
        if let Some((id, secret)) = basic(call) {
            parts.insert("client_id".to_owned(), id);
            parts.insert("client_secret".to_owned(), secret);
        }
        Self(parts)
    }

    fn part(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |part| part.as_str())
    }
}

/// Id and secret of a basic `Authorization` header.
fn basic(call: &Call) -> Option<(String, String)> {
    let (scheme, encoded) = call.header("authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edit_reads_and_all_does_everything() {
        assert!(covers(&["all"], "admin:webhooks"));
        assert!(covers(&["edit:tickets"], "read:tickets"));
        assert!(!covers(&["read:tickets"], "edit:tickets"));
        assert!(!covers(&["read:tickets"], "all"));
        assert!(covers(&["admin"], "admin:webhooks"));
    }
}
