//! What differs between releases. It stands in the one record of a kind that the API does not show; a control call changes
//! it like any other record.

use crate::records::base::Base;
use crate::records::fields::flag;

/// The release as it is now.
pub struct Release {
    /// Whether lists of contacts leave out their means of communication, as older releases do.
    pub lean_lists: bool,
    /// Whether the list of all notes of a ticket has no time of ticket notes but that of their last change.
    pub bare_notes: bool,
    /// Whether the list of all notes of a ticket says which are internal, as its document does not.
    pub marked_notes: bool,
}

impl Release {
    /// Reads the record.
    pub fn read(base: Base<'_>) -> Self {
        let at = base.catalogue.find("screens/release");
        let record = at
            .and_then(|at| Some(base.find(at, 1)?.to_record(base.schema(at))))
            .unwrap_or_default();
        Self {
            lean_lists: flag(&record, "leanLists"),
            bare_notes: flag(&record, "bareNotes"),
            marked_notes: flag(&record, "markedNotes"),
        }
    }
}
