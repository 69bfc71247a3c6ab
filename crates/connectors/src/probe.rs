//! *Test Connection*, area by area: what is tried, and which right is missing when it is refused.

use std::collections::BTreeSet;

use domain::side_list::SideList;

use crate::error::{Error, ErrorKind, Result};
use crate::page::{Beside, PermissionFinding};

/// An area of a vendor's product that is tried with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// What is asked for: the vendor's entity or route.
    pub entity: &'static str,
    /// As the screens call it.
    pub name: &'static str,
    /// The right that is missing when it is refused, where the screens have it.
    pub right: &'static str,
    /// Whether syncing needs it.
    pub required: bool,
}

impl Area {
    /// An area.
    #[must_use]
    pub const fn new(
        entity: &'static str,
        name: &'static str,
        right: &'static str,
        required: bool,
    ) -> Self {
        Self {
            entity,
            name,
            right,
            required,
        }
    }

    /// What trying it showed.
    #[must_use]
    pub fn finding(&self, refused: bool) -> PermissionFinding {
        PermissionFinding {
            area: self.name.to_owned(),
            missing: refused.then(|| self.right.to_owned()),
            required: self.required,
        }
    }

    /// What a list beside the asked one showed.
    #[must_use]
    pub fn beside(&self, list: SideList, refused: bool) -> Beside {
        Beside {
            list,
            finding: self.finding(refused),
            read: !refused,
            passed_over: BTreeSet::new(),
        }
    }

    /// Whether a failure means a missing right: a refusal, or an optional area this tenant does not have at all.
    ///
    /// # Errors
    /// Any other failure.
    pub fn is_refusal(&self, error: Error) -> Result<bool> {
        match error.kind {
            ErrorKind::PermissionDenied => Ok(true),
            ErrorKind::NotFound | ErrorKind::Invalid if !self.required => Ok(true),
            _ => Err(error),
        }
    }
}

/// `None` for what the credentials may not see or this tenant does not have: it is left out, not an error.
///
/// # Errors
/// Any other failure.
pub fn allowed<T>(outcome: Result<T>) -> Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error)
            if matches!(
                error.kind,
                ErrorKind::PermissionDenied | ErrorKind::NotFound
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
