//! Who is calling and what the token may do.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use super::SyncroCredentials;
use super::catalogue::{GLOBAL_ADMIN, VIEW_OWN_TICKETS, VIEW_TICKETS, shape};
use super::refusal::Refusal;
use crate::config::SandboxError;
use crate::exchange::Call;

/// What a caller wants to do with a kind, in the order of [`super::catalogue::Shape::permissions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Read a list.
    List = 0,
    /// Read one record.
    View = 1,
    /// Make one.
    Create = 2,
    /// Change one.
    Edit = 3,
    /// Delete one.
    Delete = 4,
}

/// The token, and the permissions it lacks.
pub struct Access {
    credentials: SyncroCredentials,
    valid: AtomicBool,
    lacks: RwLock<HashSet<String>>,
}

impl Access {
    /// A token with all permissions but the administrator's.
    pub fn new(credentials: SyncroCredentials) -> Self {
        Self {
            credentials,
            valid: AtomicBool::new(true),
            lacks: RwLock::new(HashSet::from([GLOBAL_ADMIN.to_owned()])),
        }
    }

    /// The account's subdomain when it was opened.
    pub fn subdomain(&self) -> &str {
        &self.credentials.subdomain
    }

    /// The token, which the API shows to its owner.
    pub fn token(&self) -> &str {
        &self.credentials.token
    }

    /// Makes the token valid or not.
    pub fn set_valid(&self, valid: bool) {
        self.valid.store(valid, Ordering::Relaxed);
    }

    /// Refuses callers without the token. It comes as `Bearer`, bare, or as a parameter.
    pub fn check_caller(&self, call: &Call) -> Result<(), Refusal> {
        let header = call.header("authorization").map(str::trim);
        let given = match header.filter(|header| !header.is_empty()) {
            Some(header) => match header.split_once(' ') {
                Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                    Some(token.trim().to_owned())
                }
                Some(_) => None,
                None => Some(header.to_owned()),
            },
            None => call.parameter("api_key"),
        };
        let fits = self.valid.load(Ordering::Relaxed)
            && given.as_deref() == Some(self.credentials.token.as_str());
        fits.then_some(()).ok_or_else(Refusal::token)
    }

    /// Gives or takes a permission by its name on the vendor's token screen; or, when `entity` is a
    /// kind, the one that the action needs (`query` is the list, `view` a single record); or, where the vendor asks for none, refuses the kind.
    pub fn set(&self, entity: &str, action: &str, access: &str) -> Result<(), SandboxError> {
        let gives = match access.to_lowercase().as_str() {
            "all" => true,
            "none" => false,
            _ => {
                return Err(SandboxError::Control(format!(
                    "a token has a permission (All) or has it not (None), not {access}"
                )));
            }
        };
        let name = match shape(entity) {
            None => entity.to_owned(),
            Some(shape) => {
                let deed = match action {
                    "query" => Deed::List,
                    "view" => Deed::View,
                    "create" => Deed::Create,
                    "update" => Deed::Edit,
                    "delete" => Deed::Delete,
                    _ => {
                        return Err(SandboxError::Control(format!(
                            "there is no action {action}"
                        )));
                    }
                };
                match shape.permissions[deed as usize] {
                    "" => unnamed(entity, deed),
                    name => name.to_owned(),
                }
            }
        };
        let mut lacks = self.lacks.write().unwrap_or_else(PoisonError::into_inner);
        if gives {
            lacks.remove(&name);
        } else {
            lacks.insert(name);
        }
        Ok(())
    }

    /// Whether the token has a permission; for `settings` and `tickets/settings`, whether they are
    /// shown.
    pub fn has(&self, permission: &str) -> bool {
        let lacks = self.lacks.read().unwrap_or_else(PoisonError::into_inner);
        !lacks.contains(permission)
    }

    /// Refuses what the token may not do. Tickets are open to a lesser permission as well; whether
    /// only that one is there is answered with `true`.
    pub fn check(&self, kind: &str, deed: Deed) -> Result<bool, Refusal> {
        let name = shape(kind).map_or("", |shape| shape.permissions[deed as usize]);
        let granted = if name.is_empty() {
            self.has(&unnamed(kind, deed))
        } else {
            self.has(name)
        };
        match (granted, name) {
            (true, _) => Ok(false),
            (false, VIEW_TICKETS) if self.has(VIEW_OWN_TICKETS) => Ok(true),
            (false, _) => Err(Refusal::permission()),
        }
    }
}

/// A stand-in for the name of a permission where the vendor has none.
fn unnamed(kind: &str, deed: Deed) -> String {
    format!("{kind} {deed:?}")
}
