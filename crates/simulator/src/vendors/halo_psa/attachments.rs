//! Attachments: uploaded as Base64 within JSON, downloaded as bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::edit::Edit;
use super::refusal::Refusal;
use crate::exchange::Answer;
use crate::records::base::{Base, Row};
use crate::records::fields::{number, text};
use crate::records::value::Val;
use crate::state::Record;
use crate::world::instant::iso;

/// Fills in a new attachment from its data, a `data:` address or bare Base64.
pub fn complete(edit: &Edit<'_>, record: &mut Record) -> Result<(), Refusal> {
    let ticket = number(record, "ticket_id").unwrap_or(0);
    edit.ticket_kind(ticket).ok_or_else(Refusal::not_found)?;
    let data = text(record, "data_base64");
    let encoded = data.rsplit(',').next().unwrap_or(data);
    let bytes = STANDARD
        .decode(encoded)
        .map_err(|_| Refusal::rule("The attachment could not be read."))?;
    let is_image = data.starts_with("data:image/");
    record.insert("filesize".to_owned(), bytes.len().into());
    record.insert("isimage".to_owned(), is_image.into());
    record.insert("datecreated".to_owned(), iso(edit.now).into());
    Ok(())
}

/// The bytes of an attachment.
pub fn download(base: Base<'_>, kind: usize, row: &Row<'_>) -> Answer {
    let schema = base.schema(kind);
    let data = match row.named(schema, "data_base64") {
        Val::Str(data) => data.into_owned(),
        _ => String::new(),
    };
    let encoded = data.rsplit(',').next().unwrap_or_default();
    let kind = data
        .strip_prefix("data:")
        .and_then(|rest| rest.split(';').next())
        .unwrap_or("application/octet-stream");
    let mut answer = Answer::json_text(200, String::new());
    answer.content_type = kind.to_owned().into();
    answer.body = STANDARD.decode(encoded).unwrap_or_default();
    answer
}
