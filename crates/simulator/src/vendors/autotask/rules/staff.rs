//! Who may be assigned to what, in which role.

use crate::state::Record;
use crate::vendors::autotask::change::{Edit, number};

/// The licence of users that exist for the API only.
const API_LICENSE: i64 = 7;

/// What is wrong with the assigned resource and role of a ticket.
pub fn assignment_error(edit: &Edit<'_>, record: &Record) -> Option<String> {
    let resource = number(record, "assignedResourceID");
    let role = number(record, "assignedResourceRoleID");
    let (resource, role) = match (resource, role) {
        (None, None) => return None,
        (Some(resource), Some(role)) => (resource, role),
        _ => {
            return Some(
                "If an assignedResourceID is given, an assignedResourceRoleID must be given as well, and vice versa."
                    .to_owned(),
            );
        }
    };
    if let Some(error) = owner_error(edit, "assignedResourceID", resource) {
        return Some(error);
    }
    (!has_role(edit, resource, role)).then(|| {
        format!("The assignedResourceRoleID {role} is not an active role of the assignedResourceID {resource}.")
    })
}

/// Whether a change switches a resource off.
pub fn leaves(before: &Record, after: &Record) -> bool {
    let active = |record: &Record| record.get("isActive").is_some_and(|active| active == true);
    active(before) && !active(after)
}

/// Whether a resource can work in a role.
pub fn has_role(edit: &Edit<'_>, resource: i64, role: i64) -> bool {
    edit.select("ResourceServiceDeskRoles", "resourceID", resource)
        .iter()
        .any(|(_, r)| {
            number(r, "roleID") == Some(role) && r.get("isActive").is_some_and(|a| a == true)
        })
}

/// What is wrong with a resource that should own something.
pub fn owner_error(edit: &Edit<'_>, field: &str, resource: i64) -> Option<String> {
    let record = edit.record("Resources", resource)?;
    if record.get("isActive").is_none_or(|active| active != true) {
        return Some(format!(
            "The field {field} has a reference to an inactive resource: {resource}."
        ));
    }
    (number(&record, "licenseType") == Some(API_LICENSE))
        .then(|| format!("The field {field} cannot reference an API-only resource: {resource}."))
}
