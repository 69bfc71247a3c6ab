//! Attachments.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{preset, ticket};
use crate::state::Record;
use crate::vendors::autotask::change::{Edit, number, text};
use crate::vendors::autotask::refusal::Refusal;

/// Largest file.
const LARGEST: usize = 7 * 1024 * 1024;
/// Most bytes in five minutes.
const MOST_IN_TIME: usize = 10_000_000;

/// Reads size and type from the data.
pub fn complete(edit: &Edit<'_>, record: &mut Record) -> Result<(), Refusal> {
    preset(record, "attachmentType", "FILE_ATTACHMENT");
    let is_file = text(record, "attachmentType") == "FILE_ATTACHMENT";
    let bytes = STANDARD
        .decode(text(record, "data"))
        .map_err(|_| Refusal::invalid("The data of the attachment is not valid Base64."))?;
    if is_file && bytes.is_empty() && edit.actor.through_api {
        return Err(Refusal::invalid("Missing Required Field: data."));
    }
    if bytes.len() > LARGEST {
        return Err(Refusal::invalid(format!(
            "The attachment exceeds the maximum size of {LARGEST} bytes."
        )));
    }
    if !edit
        .app
        .take_attachment_bytes(bytes.len(), edit.now, MOST_IN_TIME)
    {
        return Err(Refusal::invalid(format!(
            "More than {MOST_IN_TIME} bytes of attachments were sent in five minutes. Try again in five minutes."
        )));
    }
    if !edit.actor.through_api {
        preset(record, "title", "attachment.txt");
        preset(record, "publish", 1);
    }
    let title = text(record, "title").to_owned();
    preset(record, "fullPath", title.clone());
    preset(record, "contentType", content_type(&title));
    preset(record, "fileSize", bytes.len() as i64);
    let parent = number(record, "ticketNoteID").or_else(|| number(record, "ticketID"));
    if let Some(parent) = parent {
        preset(record, "parentID", parent);
    }
    Ok(())
}

/// An attachment moves the ticket's activity.
pub fn after_write(edit: &mut Edit<'_>, record: &Record) {
    if let Some(id) = number(record, "ticketID") {
        ticket::touch(edit, id, number(record, "publish") == Some(1), false);
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().map(str::to_lowercase).as_deref() {
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("pdf") => "application/pdf",
        Some("txt" | "log") => "text/plain",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _ => "application/octet-stream",
    }
}
