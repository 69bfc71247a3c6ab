//! Ticket notes.

use super::{is_null, preset, ticket};
use crate::state::Record;
use crate::vendors::autotask::change::{Edit, number};

/// The publish value that clients see.
const EVERYBODY: i64 = 1;

/// Fills in what a person at the screen need not give.
pub fn complete(edit: &Edit<'_>, record: &mut Record) {
    if edit.actor.through_api {
        return;
    }
    preset(record, "title", "Note");
    preset(record, "description", "");
    preset(record, "noteType", 3);
    preset(record, "publish", EVERYBODY);
}

/// What is wrong with a note.
pub fn errors(record: &Record) -> Vec<String> {
    let mut errors = Vec::new();
    if is_null(record, "title") {
        errors.push("Missing Required Field: title.".to_owned());
    }
    if !is_null(record, "createdByContactID") && number(record, "publish") != Some(EVERYBODY) {
        errors.push(
            "A note with a createdByContactID must be published to All Autotask Users.".to_owned(),
        );
    }
    errors
}

/// Remembers who changed a note on behalf of whom.
pub fn before_update(edit: &Edit<'_>, after: &mut Record) {
    if let Some(api) = edit.actor.impersonator {
        after.insert("impersonatorUpdaterResourceID".to_owned(), api.into());
    }
}

/// A note moves the ticket's activity.
pub fn after_write(edit: &mut Edit<'_>, record: &Record) {
    if let Some(id) = number(record, "ticketID") {
        let visible = number(record, "publish") == Some(EVERYBODY);
        ticket::touch(edit, id, visible, !is_null(record, "createdByContactID"));
    }
}
