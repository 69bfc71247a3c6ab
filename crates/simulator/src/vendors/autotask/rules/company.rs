//! Companies.

use super::{preset, staff};
use crate::state::Record;
use crate::vendors::autotask::change::{Edit, number};
use crate::vendors::autotask::rows::numbers::resource_id;

/// Fills in what may be left out.
pub fn complete(edit: &Edit<'_>, record: &mut Record) {
    preset(record, "isActive", true);
    preset(record, "companyCategoryID", 1);
    preset(record, "isClientPortalActive", false);
    preset(record, "isTaxExempt", false);
    if !edit.actor.through_api {
        preset(record, "companyName", "New Organization");
        preset(record, "companyType", 1);
        preset(record, "ownerResourceID", resource_id(0));
        preset(record, "phone", "+44 117 496 0000");
    }
}

/// What is wrong with a company.
pub fn errors(edit: &Edit<'_>, before: Option<&Record>, record: &Record) -> Vec<String> {
    let mut errors = Vec::new();
    let changed = |name: &str| before.is_none_or(|b| b.get(name) != record.get(name));
    if let Some(owner) = number(record, "ownerResourceID").filter(|_| changed("ownerResourceID")) {
        errors.extend(staff::owner_error(edit, "ownerResourceID", owner));
    }
    if let (Some(parent), Some(id)) = (number(record, "parentCompanyID"), number(record, "id"))
        && parent == id
    {
        errors.push("A company cannot be its own parentCompanyID.".to_owned());
    }
    errors
}
