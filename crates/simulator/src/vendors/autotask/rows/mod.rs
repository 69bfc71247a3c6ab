//! Generated records under the vendor's names and numbers.

mod base;
mod company;
mod contact;
mod note;
pub mod numbers;
mod opportunity;
mod resource;
mod ticket;
mod time_entry;

use super::schema::{Base, Schema};
use crate::records::value::Val;
use crate::state::Record;
use crate::world::World;
use crate::world::instant;

pub use ticket::ticket_number;

pub use base::{contains, count, first_possible, last_id, last_possible, next_id, row};

/// A record: generated, or stored.
pub enum Row<'w> {
    /// A company.
    Company(company::CompanyRow<'w>),
    /// A contact.
    Contact(contact::ContactRow<'w>),
    /// A resource.
    Resource(resource::ResourceRow<'w>),
    /// A ticket.
    Ticket(ticket::TicketRow<'w>),
    /// A ticket note.
    Note(note::NoteRow<'w>),
    /// A time entry.
    TimeEntry(time_entry::TimeEntryRow<'w>),
    /// An opportunity.
    Opportunity(opportunity::OpportunityRow<'w>),
    /// A stored record.
    Stored(&'w Record),
}

/// Reads one field of a generated record.
pub type Getter = for<'a> fn(&'a Row<'a>) -> Val<'a>;

/// The getter of a field; fields that the world knows nothing about are null.
pub fn getter(base: Base, name: &str) -> Getter {
    match base {
        Base::Companies => company::getter(name),
        Base::Contacts => contact::getter(name),
        Base::Resources => resource::getter(name),
        Base::Tickets => ticket::getter(name),
        Base::Notes => note::getter(name),
        Base::TimeEntries => time_entry::getter(name),
        Base::Opportunities => opportunity::getter(name),
        Base::Fixed => |_| Val::Null,
    }
}

/// Defines the getter table of one kind of row.
macro_rules! getters {
    ($variant:ident, $row:ident; $($name:literal => $value:expr,)*) => {
        /// The getter of a field.
        pub fn getter(name: &str) -> super::Getter {
            let found: super::Getter = match name {
                $($name => |row| match row {
                    super::Row::$variant($row) => {
                        // Some fields are the same for every record.
                        let _ = &$row;
                        $value
                    }
                    _ => Val::Null,
                },)*
                _ => |_| Val::Null,
            };
            found
        }
    };
}
use getters;

impl<'w> Row<'w> {
    /// The value of the field at a position of the schema.
    pub fn get<'a>(&'a self, schema: &Schema, position: usize) -> Val<'a>
    where
        'w: 'a,
    {
        match self {
            Self::Stored(record) => stored(record, schema, position),
            generated => (schema.getters[position])(generated),
        }
    }

    /// The value of the user-defined field at a position.
    pub fn udf(&self, schema: &Schema, position: usize) -> Option<String> {
        match self {
            Self::Company(row) => row.udf(position),
            Self::Contact(row) => row.udf(position),
            Self::Ticket(row) => row.udf(position),
            Self::Stored(record) => {
                let name = schema.udfs.get(position)?.name;
                let list = record.get("userDefinedFields")?.as_array()?;
                let found = list.iter().find(|u| u["name"] == name)?;
                found["value"].as_str().map(str::to_owned)
            }
            _ => None,
        }
    }

    /// All fields as a record that can be stored.
    pub fn to_record(&self, schema: &Schema) -> Record {
        if let Self::Stored(record) = self {
            return (*record).clone();
        }
        let mut record = Record::new();
        for (position, field) in schema.fields.iter().enumerate() {
            let value = self.get(schema, position);
            if value != Val::Null {
                record.insert(field.name.to_owned(), value.to_json());
            }
        }
        let udfs: Vec<serde_json::Value> = schema
            .udfs
            .iter()
            .enumerate()
            .filter_map(|(position, udf)| {
                let value = self.udf(schema, position)?;
                Some(serde_json::json!({"name": udf.name, "value": value}))
            })
            .collect();
        if !udfs.is_empty() {
            record.insert("userDefinedFields".to_owned(), udfs.into());
        }
        record
    }
}

fn stored<'a>(record: &'a Record, schema: &Schema, position: usize) -> Val<'a> {
    use serde_json::Value;
    let field = &schema.fields[position];
    match record.get(field.name) {
        None | Some(Value::Null) => Val::Null,
        Some(Value::Bool(truth)) => Val::Bool(*truth),
        Some(Value::Number(number)) => match number.as_i64() {
            Some(whole) if field.kind != super::schema::Kind::Decimal => Val::Int(whole),
            _ => Val::Num(number.as_f64().unwrap_or(0.0)),
        },
        Some(Value::String(text)) if field.kind.is_time() => Val::time(instant::parse(text)),
        Some(Value::String(text)) => Val::text(text),
        Some(_) => Val::Null,
    }
}

/// The instant a record last changed, for incremental queries.
pub fn changed_at(world: &World, schema: &Schema, record: &Record) -> i64 {
    let row = Row::Stored(record);
    schema
        .changed
        .iter()
        .filter_map(|position| match row.get(schema, *position) {
            Val::Time(ms) => Some(ms),
            _ => None,
        })
        .max()
        .unwrap_or(world.base_ms)
}
