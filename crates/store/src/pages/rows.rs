//! From records to the values of their rows, in the order of the columns in `table.rs`.

use domain::body::Body;
use domain::email::{email_key, usable_key};
use domain::record::{
    CompanyRecord, ContactGroupMemberRecord, ContactGroupRecord, ContactRecord, ExternalRecord,
    Fields, OpportunityRecord, TechnicianRecord, TicketNoteRecord, TicketRecord,
};
use domain::text::name_key;

use super::RecordMark;
use super::value::Value;
use crate::db::Engine;
use crate::error::Result;

/// A record that has a row.
pub(crate) trait Row: ExternalRecord {
    /// Appends the values of the record's own columns.
    fn push<'a>(
        &'a self,
        mark: &RecordMark,
        engine: Engine,
        row: &mut Vec<Value<'a>>,
    ) -> Result<()>;
}

fn json(fields: &Fields) -> Result<Value<'static>> {
    Ok(if fields.is_empty() {
        Value::from("{}")
    } else {
        Value::from(serde_json::to_string(fields)?)
    })
}

fn list(ids: &[String]) -> Result<Value<'static>> {
    Ok(if ids.is_empty() {
        Value::from("[]")
    } else {
        Value::from(serde_json::to_string(ids)?)
    })
}

fn body(body: Option<&Body>) -> [Value<'_>; 2] {
    [
        Value::from(body.map(|body| body.text.as_str())),
        Value::from(body.map(|body| body.format.key())),
    ]
}

/// The key people are sorted by: first and last name; the e-mail address of somebody without a name.
fn person_key(first: &str, last: &str, email: Option<&str>) -> String {
    let key = name_key(&format!("{first} {last}"));
    if key.is_empty() {
        name_key(email.unwrap_or_default())
    } else {
        key
    }
}

impl Row for CompanyRecord {
    fn push<'a>(&'a self, _: &RecordMark, _: Engine, row: &mut Vec<Value<'a>>) -> Result<()> {
        row.extend([
            (&self.external_id).into(),
            (&self.name).into(),
            name_key(&self.name).into(),
            self.active.into(),
            (&self.type_id).into(),
            list(&self.other_type_ids)?,
            (&self.status_id).into(),
            (&self.phone).into(),
            (&self.website).into(),
            (&self.street).into(),
            (&self.city).into(),
            (&self.state).into(),
            (&self.postal_code).into(),
            (&self.country).into(),
            (&self.parent_external_id).into(),
            (&self.owner_external_id).into(),
            self.created_at.into(),
            self.updated_at.into(),
            json(&self.fields)?,
        ]);
        Ok(())
    }
}

impl Row for TechnicianRecord {
    fn push<'a>(&'a self, _: &RecordMark, _: Engine, row: &mut Vec<Value<'a>>) -> Result<()> {
        row.extend([
            (&self.external_id).into(),
            (&self.first_name).into(),
            (&self.last_name).into(),
            person_key(&self.first_name, &self.last_name, self.email.as_deref()).into(),
            (&self.email).into(),
            self.email.as_deref().and_then(usable_key).into(),
            (&self.title).into(),
            self.active.into(),
            self.person.into(),
            json(&self.fields)?,
        ]);
        Ok(())
    }
}

impl Row for ContactRecord {
    fn push<'a>(&'a self, _: &RecordMark, _: Engine, row: &mut Vec<Value<'a>>) -> Result<()> {
        row.extend([
            (&self.external_id).into(),
            (&self.company_external_id).into(),
            (&self.first_name).into(),
            (&self.last_name).into(),
            person_key(&self.first_name, &self.last_name, self.email.as_deref()).into(),
            (&self.email).into(),
            self.email.as_deref().and_then(email_key).into(),
            (&self.phone).into(),
            (&self.mobile).into(),
            (&self.title).into(),
            self.active.into(),
            self.primary.into(),
            self.created_at.into(),
            self.updated_at.into(),
            json(&self.fields)?,
        ]);
        Ok(())
    }
}

impl Row for ContactGroupRecord {
    fn push<'a>(&'a self, _: &RecordMark, _: Engine, row: &mut Vec<Value<'a>>) -> Result<()> {
        row.extend([
            (&self.external_id).into(),
            (&self.name).into(),
            self.active.into(),
        ]);
        Ok(())
    }
}

impl Row for ContactGroupMemberRecord {
    fn push<'a>(&'a self, _: &RecordMark, _: Engine, row: &mut Vec<Value<'a>>) -> Result<()> {
        row.extend([
            (&self.external_id).into(),
            (&self.group_external_id).into(),
            (&self.contact_external_id).into(),
        ]);
        Ok(())
    }
}

impl Row for TicketRecord {
    fn push<'a>(
        &'a self,
        mark: &RecordMark,
        engine: Engine,
        row: &mut Vec<Value<'a>>,
    ) -> Result<()> {
        let [description, format] = body(self.description.as_ref());
        // Lists are sorted by both instants, so neither may be missing.
        let created = self.created_at.or(self.updated_at).unwrap_or_default();
        let updated = self.updated_at.unwrap_or(created);
        // SQLite has a search index of its own (text_search).
        let search_text = (engine == Engine::Postgres)
            .then(|| format!("{} {}", self.number, self.title).to_lowercase());
        row.extend([
            (&self.external_id).into(),
            (&self.number).into(),
            (&self.title).into(),
            description,
            format,
            (&self.company_external_id).into(),
            (&self.contact_external_id).into(),
            (&self.status_id).into(),
            (&self.queue_id).into(),
            (&self.priority_id).into(),
            (&self.category_id).into(),
            (&self.type_id).into(),
            (&self.source_id).into(),
            (&self.technician_external_id).into(),
            mark.closed.into(),
            self.due_at.into(),
            created.into(),
            self.closed_at.into(),
            updated.into(),
            search_text.into(),
            json(&self.fields)?,
        ]);
        Ok(())
    }
}

impl Row for TicketNoteRecord {
    fn push<'a>(&'a self, _: &RecordMark, _: Engine, row: &mut Vec<Value<'a>>) -> Result<()> {
        row.extend([
            (&self.external_id).into(),
            (&self.ticket_external_id).into(),
            (&self.title).into(),
            (&self.body.text).into(),
            self.body.format.key().into(),
            self.visibility.key().into(),
            self.system.into(),
            self.describes.into(),
            (&self.contact_external_id).into(),
            (&self.technician_external_id).into(),
            (&self.author).into(),
            self.created_at.into(),
            self.updated_at.into(),
        ]);
        Ok(())
    }
}

impl Row for OpportunityRecord {
    fn push<'a>(&'a self, _: &RecordMark, _: Engine, row: &mut Vec<Value<'a>>) -> Result<()> {
        let [description, format] = body(self.description.as_ref());
        let updated = self.updated_at.or(self.created_at).unwrap_or_default();
        row.extend([
            (&self.external_id).into(),
            (&self.title).into(),
            name_key(&self.title).into(),
            description,
            format,
            (&self.company_external_id).into(),
            (&self.contact_external_id).into(),
            (&self.owner_external_id).into(),
            (&self.stage_id).into(),
            (&self.status_id).into(),
            (&self.category_id).into(),
            (&self.type_id).into(),
            self.amount_cents.into(),
            self.probability.into(),
            self.projected_close_at.into(),
            self.created_at.into(),
            self.closed_at.into(),
            updated.into(),
            json(&self.fields)?,
        ]);
        Ok(())
    }
}
