//! Who is calling and what the security role allows.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::ConnectWisePsaCredentials;
use super::refusal::Refusal;
use crate::exchange::Call;

/// How far a right goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// All records.
    All,
    /// Only what the API member owns or entered; other records are left out without a word.
    My,
    /// Refused.
    None,
}

/// Credentials and security role of the API member.
pub struct Access {
    credentials: ConnectWisePsaCredentials,
    valid: AtomicBool,
    role: RwLock<HashMap<(String, String), Level>>,
}

impl Access {
    /// All rights for the owner of the keys.
    pub fn new(credentials: ConnectWisePsaCredentials) -> Self {
        Self {
            credentials,
            valid: AtomicBool::new(true),
            role: RwLock::default(),
        }
    }

    /// The tenant's company id.
    pub fn company(&self) -> &str {
        &self.credentials.company_id
    }

    /// Makes the keys valid or not.
    pub fn set_valid(&self, valid: bool) {
        self.valid.store(valid, Ordering::Relaxed);
    }

    /// Refuses callers whose keys or client id do not fit.
    pub fn check_caller(&self, call: &Call) -> Result<(), Refusal> {
        let want = &self.credentials;
        let client = call.header("clientid").unwrap_or_default().trim();
        if !client.eq_ignore_ascii_case(&want.client_id) {
            return Err(Refusal::client_id());
        }
        let (company, public, private) = keys(call).ok_or_else(Refusal::keys)?;
        let fits = self.valid.load(Ordering::Relaxed)
            && company.eq_ignore_ascii_case(&want.company_id)
            && public == want.public_key
            && private == want.private_key;
        fits.then_some(()).ok_or_else(Refusal::keys)
    }

    /// Changes a right: `action` is `query`, `create`, `update` or `delete`.
    pub fn set(&self, kind: &str, action: &str, access: &str) {
        let level = match access.to_lowercase().as_str() {
            "none" => Level::None,
            "my" | "mine" | "restricted" => Level::My,
            _ => Level::All,
        };
        let mut role = self.role.write().unwrap_or_else(PoisonError::into_inner);
        role.insert((kind.to_owned(), action.to_owned()), level);
    }

    /// How far a right goes; refuses when it goes nowhere.
    pub fn check(&self, kind: &str, action: &str) -> Result<Level, Refusal> {
        let role = self.role.read().unwrap_or_else(PoisonError::into_inner);
        let level = role.get(&(kind.to_owned(), action.to_owned()));
        match level.copied().unwrap_or(Level::All) {
            Level::None => Err(Refusal::role()),
            level => Ok(level),
        }
    }
}

/// Company, public and private key of the `Authorization` header.
fn keys(call: &Call) -> Option<(String, String, String)> {
    let header = call.header("authorization")?;
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, private) = decoded.split_once(':')?;
    let (company, public) = user.split_once('+')?;
    Some((company.to_owned(), public.to_owned(), private.to_owned()))
}
