//! What a kind of record is: its fields, where its records come from, how others name it.

use std::collections::HashMap;

use super::value::Val;
use crate::world::item::Item;
use crate::world::listing::Listing;

/// Reads one field of a generated record.
pub type Getter = for<'a> fn(&'a Item<'a>) -> Val<'a>;

/// Defines the getter table of one kind: the facts it reads, names for item and facts, and for
/// each field its value.
macro_rules! getters {
    ($facts:pat, $item:ident; $($($name:literal)|+ => $value:expr,)*) => {
        /// The getter of a field.
        pub fn getter(name: &str) -> Option<crate::records::schema::Getter> {
            let found: crate::records::schema::Getter = match name {
                $($($name)|+ => {
                    #[allow(unused_variables, reason = "some fields are the same for every record")]
                    |$item| match &$item.facts {
                        $facts => $value,
                        _ => crate::records::value::Val::Null,
                    }
                })*
                _ => return None,
            };
            Some(found)
        }
    };
}
pub(crate) use getters;

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number.
    Whole,
    /// Any number.
    Number,
    /// A truth value.
    Truth,
    /// A text.
    Text,
    /// An instant.
    Time,
    /// One of these words.
    Choice(Vec<&'static str>),
    /// A record of the kind with this key.
    Link(&'static str),
    /// Records of the kind with this key.
    Links(&'static str),
    /// A list or an object.
    Tree,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name.
    pub name: &'static str,
    /// `"name":`, ready to be written.
    pub key: String,
    /// Type.
    pub kind: Kind,
    /// Whether a new record needs it.
    pub required: bool,
    /// Longest text; 0 for any.
    pub longest: usize,
    /// Whether clients cannot write it.
    pub read_only: bool,
    /// Whether it is never sent.
    pub write_only: bool,
}

/// What a vendor says about a kind, as constants.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Its key: the address without ids.
    pub key: &'static str,
    /// Name of one record, in lower camel case.
    pub name: &'static str,
    /// Key of the kind it hangs off and the field that holds the id of that record.
    pub parent: Option<(&'static str, &'static str)>,
    /// Where generated records come from, and what is added to a number to make an id.
    pub made: Option<(Listing, i64)>,
    /// The field whose id decides which numbers a generated record can have, and the kind that
    /// id is of.
    pub span: Option<(&'static str, &'static str)>,
    /// What clients may do: some of `C`, `U`, `D`; reading goes without saying.
    pub verbs: &'static str,
    /// Field names that together are what other records call it.
    pub title: &'static [&'static str],
    /// Its fields, in the notation of [`Schema::new`].
    pub fields: &'static str,
}

/// A kind that hangs off no other and is not generated.
pub const fn kind(
    key: &'static str,
    name: &'static str,
    verbs: &'static str,
    title: &'static [&'static str],
    fields: &'static str,
) -> About {
    About {
        key,
        name,
        parent: None,
        made: None,
        span: None,
        verbs,
        title,
        fields,
    }
}

impl About {
    /// Hangs off another kind, whose id is in `field`.
    pub const fn under(mut self, parent: &'static str, field: &'static str) -> Self {
        self.parent = Some((parent, field));
        self
    }

    /// Comes from the world.
    pub const fn made(mut self, listing: Listing, offset: i64) -> Self {
        self.made = Some((listing, offset));
        self
    }

    /// Has numbers decided by the record whose id is in `field`.
    pub const fn within(mut self, field: &'static str, kind: &'static str) -> Self {
        self.span = Some((field, kind));
        self
    }
}

/// A kind.
pub struct Schema {
    /// What the vendor says about it.
    pub about: About,
    /// Fields in the order they are sent.
    pub fields: Vec<Field>,
    /// Getters of the fields for generated records.
    pub getters: Vec<Getter>,
    /// Position of the field that says when a record was last changed.
    pub changed: Option<usize>,
    positions: HashMap<&'static str, usize>,
}

impl Schema {
    /// Reads a list of fields, separated by white space: `name:type` with the types `i` (whole
    /// number), `n` (number), `b` (truth), `s` (text, a longest length may follow), `d` (instant),
    /// `m` (list or object), `e(A|B)` (one of these words), `@key` (a record) and `[key` (records
    /// of the kind with this key), then `!` for required, `*` for read only, `-` for never sent.
    ///
    /// `hidden` are fields that every kind of the vendor has; a kind's own field of the same name
    /// wins.
    pub fn new(
        about: About,
        hidden: &[&'static str],
        changed: &str,
        getter: impl Fn(&str) -> Getter,
    ) -> Self {
        let mut fields: Vec<Field> = about.fields.split_whitespace().map(field).collect();
        for hidden in hidden.iter().map(|text| field(text)) {
            if fields.iter().all(|f| f.name != hidden.name) {
                fields.push(hidden);
            }
        }
        let getters = fields.iter().map(|f| getter(f.name)).collect();
        let positions: HashMap<_, _> = fields
            .iter()
            .enumerate()
            .map(|(at, f)| (f.name, at))
            .collect();
        Self {
            about,
            changed: positions.get(changed).copied(),
            fields,
            getters,
            positions,
        }
    }

    /// The position of a field.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }

    /// The position of a field, whatever its case.
    pub fn position_any_case(&self, name: &str) -> Option<usize> {
        self.position(name).or_else(|| {
            self.fields
                .iter()
                .position(|f| f.name.eq_ignore_ascii_case(name))
        })
    }

    /// A field.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.position(name).map(|at| &self.fields[at])
    }
}

fn field(text: &'static str) -> Field {
    let (name, kind) = text.split_once(':').unwrap_or((text, "s"));
    let kind_end = kind.find(['!', '*', '-']).unwrap_or(kind.len());
    let (kind, marks) = kind.split_at(kind_end);
    let rest = kind.get(1..).unwrap_or_default();
    let mut longest = 0;
    let parsed = match kind.as_bytes().first() {
        Some(b'i') => Kind::Whole,
        Some(b'n') => Kind::Number,
        Some(b'b') => Kind::Truth,
        Some(b'd') => Kind::Time,
        Some(b'm') => Kind::Tree,
        Some(b'@') => Kind::Link(rest),
        Some(b'[') => Kind::Links(rest),
        Some(b'e') => Kind::Choice(rest.trim_matches(['(', ')']).split('|').collect()),
        _ => {
            longest = rest.parse().unwrap_or(0);
            Kind::Text
        }
    };
    Field {
        name,
        key: format!("\"{name}\":"),
        kind: parsed,
        required: marks.contains('!'),
        longest,
        read_only: marks.contains('*'),
        write_only: marks.contains('-'),
    }
}

/// All kinds of a vendor.
pub struct Catalogue {
    schemas: Vec<Schema>,
    positions: HashMap<String, usize>,
}

impl Catalogue {
    /// A catalogue of these kinds.
    pub fn new(schemas: Vec<Schema>) -> Self {
        let positions = schemas
            .iter()
            .enumerate()
            .map(|(at, schema)| (schema.about.key.to_lowercase(), at))
            .collect();
        Self { schemas, positions }
    }

    /// All kinds.
    pub fn all(&self) -> &[Schema] {
        &self.schemas
    }

    /// The position of a kind by its key, whatever the case.
    pub fn find(&self, key: &str) -> Option<usize> {
        match self.positions.get(key) {
            Some(at) => Some(*at),
            None => self.positions.get(&key.to_lowercase()).copied(),
        }
    }

    /// The kind at a position.
    pub fn get(&self, at: usize) -> &Schema {
        &self.schemas[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notation_is_read() {
        let about = About {
            key: "a/b",
            name: "b",
            parent: None,
            made: None,
            span: None,
            verbs: "",
            title: &["name"],
            fields: "id:i* name:s50! size:e(Small|Large) owner:@x/y! tags:[x/z secret:s-",
        };
        let schema = Schema::new(about, &[], "id", |_| |_| Val::Null);
        assert_eq!(
            schema.field("name").map(|f| (f.longest, f.required)),
            Some((50, true))
        );
        assert_eq!(
            schema.field("size").map(|f| f.kind.clone()),
            Some(Kind::Choice(vec!["Small", "Large"]))
        );
        assert_eq!(
            schema.field("owner").map(|f| f.kind.clone()),
            Some(Kind::Link("x/y"))
        );
        assert!(schema.field("secret").is_some_and(|f| f.write_only));
        assert_eq!(schema.position_any_case("NAME"), Some(1));
        assert_eq!(schema.changed, Some(0));
    }
}
