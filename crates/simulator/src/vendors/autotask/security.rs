//! Who is calling and what the security level allows.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use super::AutotaskCredentials;
use super::refusal::Refusal;
use crate::exchange::Call;

/// What the security level says about one entity; what is absent is allowed.
#[derive(Clone, Debug, Default)]
pub struct Rights(HashMap<String, String>);

impl Rights {
    /// The access shown in metadata for an action that the entity supports or not.
    pub fn shown(&self, action: &str, supported: bool) -> &str {
        if !supported {
            return "None";
        }
        self.0.get(action).map_or("All", String::as_str)
    }
}

/// Credentials and rights of the API user.
pub struct Security {
    credentials: AutotaskCredentials,
    valid: AtomicBool,
    rights: RwLock<HashMap<String, Rights>>,
}

impl Security {
    /// All rights for the owner of the credentials.
    pub fn new(credentials: AutotaskCredentials) -> Self {
        Self {
            credentials,
            valid: AtomicBool::new(true),
            rights: RwLock::new(HashMap::new()),
        }
    }

    /// Makes the credentials valid or not.
    pub fn set_valid(&self, valid: bool) {
        self.valid.store(valid, Ordering::Relaxed);
    }

    /// Whether the API user exists, for the zone look-up.
    pub fn knows(&self, user: &str) -> bool {
        user.eq_ignore_ascii_case(&self.credentials.user_name)
    }

    /// Refuses callers whose three headers do not fit.
    pub fn check_credentials(&self, call: &Call) -> Result<(), Refusal> {
        let fits = |name: &str, want: &str| call.header(name).is_some_and(|have| have == want);
        let user = call.header("username").is_some_and(|have| self.knows(have));
        let good = self.valid.load(Ordering::Relaxed)
            && user
            && fits("secret", &self.credentials.secret)
            && fits("apiintegrationcode", &self.credentials.integration_code);
        good.then_some(()).ok_or_else(|| {
            Refusal::with_status(
                401,
                "The user name, secret or API integration code is not valid. Authorization denied.",
            )
        })
    }

    /// Changes a right.
    pub fn set(&self, entity: &str, action: &str, access: &str) {
        let mut rights = self.rights.write().unwrap_or_else(PoisonError::into_inner);
        let of_entity = rights.entry(entity.to_lowercase()).or_default();
        of_entity.0.insert(action.to_lowercase(), access.to_owned());
    }

    /// The rights for an entity.
    pub fn rights(&self, entity: &str) -> Rights {
        let rights = self.rights.read().unwrap_or_else(PoisonError::into_inner);
        rights
            .get(&entity.to_lowercase())
            .cloned()
            .unwrap_or_default()
    }

    /// Refuses what the security level does not allow.
    pub fn check(&self, entity: &str, action: &str) -> Result<(), Refusal> {
        if self
            .rights(entity)
            .shown(action, true)
            .eq_ignore_ascii_case("None")
        {
            let status = if action == "query" { 403 } else { 500 };
            return Err(Refusal::with_status(
                status,
                format!(
                    "The logged in Resource does not have the adequate permissions to {action} this entity type: {entity}."
                ),
            ));
        }
        Ok(())
    }
}
