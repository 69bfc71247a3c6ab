//! Contacts and their groups.

use super::preset;
use crate::state::Record;
use crate::vendors::autotask::change::{Edit, number};
use crate::world::instant::iso;

/// Fills in what may be left out.
pub fn complete(edit: &Edit<'_>, record: &mut Record) {
    preset(record, "primaryContact", false);
    preset(record, "receivesEmailNotifications", true);
    preset(record, "isOptedOutFromBulkEmail", false);
    preset(record, "externalID", "");
    if !edit.actor.through_api {
        preset(record, "companyID", 0);
        preset(record, "firstName", "New");
        preset(record, "lastName", "Contact");
        preset(record, "isActive", 1);
    }
}

/// What is wrong with a contact.
pub fn errors(before: Option<&Record>, record: &Record) -> Vec<String> {
    let mut errors = Vec::new();
    if !matches!(number(record, "isActive"), Some(0 | 1)) {
        errors.push("The value of isActive must be 0 or 1.".to_owned());
    }
    if before.is_some_and(|b| b.get("companyID") != record.get("companyID")) {
        errors.push("The companyID of a contact cannot be changed.".to_owned());
    }
    errors
}

/// Only one contact of a company is the primary one.
pub fn after_write(edit: &mut Edit<'_>, id: i64, record: &Record) {
    let is_primary = |r: &Record| r.get("primaryContact").is_some_and(|p| p == true);
    let Some(company) = number(record, "companyID").filter(|_| is_primary(record)) else {
        return;
    };
    for (other, mut contact) in edit.select("Contacts", "companyID", company) {
        if other != id && is_primary(&contact) {
            contact.insert("primaryContact".to_owned(), false.into());
            contact.insert("lastModifiedDate".to_owned(), iso(edit.now).into());
            edit.store("Contacts", other, contact);
        }
    }
}

/// What is wrong with a membership: nobody is in a group twice.
pub fn membership_errors(edit: &Edit<'_>, record: &Record) -> Vec<String> {
    let Some(contact) = number(record, "contactID") else {
        return Vec::new();
    };
    let twice = edit
        .select("ContactGroupContacts", "contactID", contact)
        .iter()
        .any(|(_, r)| r.get("contactGroupID") == record.get("contactGroupID"));
    if twice {
        vec!["The contact is already a member of this contact group.".to_owned()]
    } else {
        Vec::new()
    }
}
