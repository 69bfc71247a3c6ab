//! Entities and their fields, read once from compact texts.
//!
//! A field reads `name:type[length][flags][@Reference][#picklist]`. Types: `s` string, `i`
//! integer, `l` long, `h` short, `n` decimal, `b` boolean, `t` date and time, `d` date, `y` bytes.
//! Flags: `!` required, `~` read-only, `^` not queryable, `*` can be subscribed to by webhooks.

mod contracts;
mod crm;
mod desk;
mod hooks;
mod staff;

use std::collections::HashMap;

use super::picklists::{Choice, Picklists};
use super::rows::{Getter, getter};
use super::udfs::{self, Udf};

/// Where the records of an entity come from, besides what was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// A fixed table made at the start, or none.
    Fixed,
    /// The world's companies.
    Companies,
    /// The world's people.
    Contacts,
    /// The world's technicians.
    Resources,
    /// The world's tickets.
    Tickets,
    /// The world's notes.
    Notes,
    /// The world's time entries.
    TimeEntries,
    /// The world's opportunities.
    Opportunities,
}

/// An entity as written in the tables.
pub struct EntityText {
    /// Name in addresses.
    pub route: &'static str,
    /// Name in metadata.
    pub info: &'static str,
    /// Where records come from.
    pub base: Base,
    /// Writes at the root address: `C`reate, `U`pdate, `D`elete.
    pub root: &'static str,
    /// Parent entity, name under it, field that names the parent, writes there.
    pub child: Option<(&'static str, &'static str, &'static str, &'static str)>,
    /// Fields that say when a record last changed.
    pub changed: &'static str,
    /// The fields.
    pub fields: &'static str,
}

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// 32-bit number.
    Integer,
    /// 64-bit number.
    Long,
    /// 16-bit number.
    Short,
    /// Number with a fraction.
    Decimal,
    /// Truth value.
    Boolean,
    /// Date and time.
    DateTime,
    /// Date, sent as midnight.
    Date,
    /// Base64 bytes.
    Bytes,
}

impl Kind {
    /// The name in metadata.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Integer => "integer",
            Self::Long => "long",
            Self::Short => "short",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::DateTime | Self::Date => "datetime",
            Self::Bytes => "byte[]",
        }
    }

    /// Whether values are whole numbers.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Integer | Self::Long | Self::Short)
    }

    /// Whether values are instants.
    pub fn is_time(self) -> bool {
        matches!(self, Self::DateTime | Self::Date)
    }
}

/// A field.
pub struct Field {
    /// Name on the wire.
    pub name: &'static str,
    /// `"name":`, ready to be written.
    pub key: String,
    /// Type.
    pub kind: Kind,
    /// Longest text; 0 for other types.
    pub length: usize,
    /// Must be given on create.
    pub required: bool,
    /// Cannot be written.
    pub read_only: bool,
    /// Can be filtered by.
    pub queryable: bool,
    /// Can be subscribed to.
    pub webhook: bool,
    /// Entity it names a record of.
    pub reference: Option<&'static str>,
    /// Values it may have.
    pub choices: Option<Vec<Choice>>,
    /// The name of its list of values.
    pub picklist: Option<&'static str>,
}

/// An entity.
pub struct Schema {
    /// Its fixed facts.
    pub text: &'static EntityText,
    /// Fields, `id` first.
    pub fields: Vec<Field>,
    /// How to read each field from a generated record.
    pub getters: Vec<Getter>,
    /// Fields that say when a record last changed.
    pub changed: Vec<usize>,
    /// User-defined fields.
    pub udfs: &'static [Udf],
    by_name: HashMap<String, usize>,
}

impl Schema {
    /// The position of a field, by its name without regard to case.
    pub fn position(&self, name: &str) -> Option<usize> {
        if let Some(position) = self.by_name.get(name) {
            return Some(*position);
        }
        self.by_name.get(&name.to_lowercase()).copied()
    }

    /// A field by its name without regard to case.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.position(name).map(|p| &self.fields[p])
    }
}

/// All entities.
pub struct Catalogue {
    schemas: Vec<Schema>,
    by_route: HashMap<String, usize>,
}

impl Catalogue {
    /// Reads the tables.
    pub fn new(picklists: &Picklists) -> Self {
        let texts = [
            crm::ENTITIES.as_slice(),
            staff::ENTITIES.as_slice(),
            desk::ENTITIES.as_slice(),
            hooks::ENTITIES.as_slice(),
            contracts::ENTITIES.as_slice(),
        ];
        let mut schemas: Vec<Schema> = texts
            .concat_refs()
            .into_iter()
            .map(|text| schema(text, picklists))
            .collect();
        webhook_choices(&mut schemas);
        let by_route = schemas
            .iter()
            .enumerate()
            .map(|(at, s)| (s.text.route.to_lowercase(), at))
            .collect();
        Self { schemas, by_route }
    }

    /// All entities in order.
    pub fn all(&self) -> &[Schema] {
        &self.schemas
    }

    /// An entity by the name in addresses, without regard to case.
    pub fn find(&self, route: &str) -> Option<(usize, &Schema)> {
        let at = *self.by_route.get(&route.to_lowercase())?;
        Some((at, &self.schemas[at]))
    }

    /// The child entity under a parent, by the name used there.
    pub fn child(&self, parent: &str, segment: &str) -> Option<(usize, &Schema)> {
        self.schemas.iter().enumerate().find(|(_, s)| {
            s.text.child.is_some_and(|(p, name, ..)| {
                p.eq_ignore_ascii_case(parent) && name.eq_ignore_ascii_case(segment)
            })
        })
    }
}

trait ConcatRefs {
    fn concat_refs(&self) -> Vec<&'static EntityText>;
}

impl ConcatRefs for [&'static [EntityText]; 5] {
    fn concat_refs(&self) -> Vec<&'static EntityText> {
        self.iter().flat_map(|group| group.iter()).collect()
    }
}

fn schema(text: &'static EntityText, picklists: &Picklists) -> Schema {
    let fields: Vec<Field> = text
        .fields
        .split_whitespace()
        .filter_map(|field_text| field(field_text, picklists))
        .collect();
    let mut by_name = HashMap::new();
    for (at, field) in fields.iter().enumerate() {
        by_name.insert(field.name.to_owned(), at);
        by_name.insert(field.name.to_lowercase(), at);
    }
    Schema {
        getters: fields.iter().map(|f| getter(text.base, f.name)).collect(),
        changed: text
            .changed
            .split_whitespace()
            .filter_map(|name| by_name.get(name).copied())
            .collect(),
        udfs: udfs::of(text.route),
        text,
        fields,
        by_name,
    }
}

fn field(text: &'static str, picklists: &Picklists) -> Option<Field> {
    let (name, rest) = text.split_once(':')?;
    let (rest, picklist) = match rest.split_once('#') {
        Some((rest, list)) => (rest, Some(list)),
        None => (rest, None),
    };
    let (rest, reference) = match rest.split_once('@') {
        Some((rest, entity)) => (rest, Some(entity)),
        None => (rest, None),
    };
    let kind = match rest.chars().next()? {
        's' => Kind::Text,
        'i' => Kind::Integer,
        'l' => Kind::Long,
        'h' => Kind::Short,
        'n' => Kind::Decimal,
        'b' => Kind::Boolean,
        't' => Kind::DateTime,
        'd' => Kind::Date,
        _ => Kind::Bytes,
    };
    let length: String = rest.chars().filter(char::is_ascii_digit).collect();
    Some(Field {
        name,
        key: format!("\"{name}\":"),
        kind,
        length: length.parse().unwrap_or(0),
        required: rest.contains('!'),
        read_only: rest.contains('~'),
        queryable: !rest.contains('^'),
        webhook: rest.contains('*'),
        reference,
        choices: picklist.and_then(|list| picklists.get(list)),
        picklist,
    })
}

/// Gives the field lists of webhooks their values: numbers that stand for fields of the entity.
fn webhook_choices(schemas: &mut [Schema]) {
    for at in 0..schemas.len() {
        for place in 0..schemas[at].fields.len() {
            let list = schemas[at].fields[place].picklist.unwrap_or_default();
            let Some((info, what)) = list.split_once('.') else {
                continue;
            };
            let Some(target) = schemas.iter().find(|s| s.text.info == info) else {
                continue;
            };
            let names: Vec<&str> = match what {
                "fields" => target
                    .fields
                    .iter()
                    .filter(|f| f.webhook)
                    .map(|f| f.name)
                    .collect(),
                _ => target.udfs.iter().map(|u| u.name).collect(),
            };
            let choices = names
                .into_iter()
                .zip(1..)
                .map(|(name, number)| Choice::new(webhook_number(info, number), name))
                .collect();
            schemas[at].fields[place].choices = Some(choices);
        }
    }
}

/// Field numbers start elsewhere for each entity, so that mixing them up shows.
fn webhook_number(info: &str, number: i64) -> i64 {
    let start = match info {
        "Company" => 200,
        "ConfigurationItem" => 500,
        "Contact" => 300,
        "TicketNote" => 400,
        _ => 10,
    };
    start + number
}
