//! The people of one company: its contacts in every tool, of which those with one e-mail address are one person.
//!
//! Only for a company, whose contacts are few: they are read whole for it. The list of all contacts shows each, since a
//! range of an index cannot be grouped without losing its paging by key.

use std::collections::BTreeMap;

use domain::email::email_key;
use domain::id::PublicId;
use domain::text::name_key;
use domain::viewer::Viewer;

use super::ContactRow;
use crate::db::Db;
use crate::error::Result;
use crate::open::Store;

/// A person with the contacts that are this one, never none: one a tool, the one that tells most first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The contacts.
    pub contacts: Vec<ContactRow>,
}

/// The first people of a company.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct People {
    /// By name.
    pub people: Vec<Person>,
    /// How many e-mail addresses and contacts without one there are.
    pub count: u64,
}

row! {
    struct Key {
        person: String,
        found: i64,
    }
}

/// The people of a company, at most `limit` of them. Several contacts of one tool with one address, such as that of an
/// office, are several people when their names differ.
///
/// # Errors
/// As any statement.
pub async fn list_people(
    store: &Store,
    viewer: &Viewer,
    company: &PublicId,
    limit: u32,
) -> Result<People> {
    let (all, identity) = viewer.bind();
    let uuid = company.as_str();
    let keys: Vec<Key> = read_all!(store, KEYS, all, identity, uuid, i64::from(limit))?;
    let count = keys.first().map_or(0, |key| key.found.unsigned_abs());
    let keys: Vec<String> = keys.into_iter().map(|key| key.person).collect();
    let rows: Vec<ContactRow> = match store.db() {
        _ if keys.is_empty() => Vec::new(),
        Db::Lite { r, .. } => {
            let query = sqlx::query_as(PEOPLE_SQLITE).bind(all).bind(identity);
            let query = query.bind(uuid).bind(serde_json::to_string(&keys)?);
            query.fetch_all(r).await?
        }
        Db::Pg(pool) => {
            let query = sqlx::query_as(PEOPLE_POSTGRES).bind(all).bind(identity);
            query.bind(uuid).bind(&keys).fetch_all(pool).await?
        }
    };
    let mut people = group(&keys, rows);
    people.truncate(limit as usize);
    Ok(People { people, count })
}

/// Puts the contacts of each key together, in the order of the keys. Pure.
fn group(keys: &[String], rows: Vec<ContactRow>) -> Vec<Person> {
    let mut of_key: BTreeMap<String, Vec<ContactRow>> = BTreeMap::new();
    for row in rows {
        let key = row.email.as_deref().and_then(email_key);
        let key = key.unwrap_or_else(|| format!("#{}", row.id));
        of_key.entry(key).or_default().push(row);
    }
    let mut people = Vec::new();
    for key in keys {
        let Some(mut contacts) = of_key.remove(key) else {
            continue;
        };
        contacts.sort_by_key(|row| (!row.active, !row.primary, row.integration, row.id));
        let mut tools: Vec<_> = contacts.iter().map(|row| row.integration).collect();
        tools.sort_unstable();
        tools.dedup();
        if tools.len() == contacts.len() {
            people.push(Person { contacts });
            continue;
        }
        let mut by_name: BTreeMap<String, Vec<ContactRow>> = BTreeMap::new();
        for row in contacts {
            by_name.entry(name_key(&row.name)).or_default().push(row);
        }
        people.extend(by_name.into_values().map(|contacts| Person { contacts }));
    }
    people
}

macro_rules! of_company {
    () => {
        "FROM company c JOIN external_company x ON x.company_id = c.id
        JOIN external_contact k ON k.integration_id = x.integration_id AND k.company_external_id = x.external_id"
    };
}

macro_rules! rows {
    ($among:literal) => {
        concat!("SELECT ", contact_columns!(), " ", of_company!(), " JOIN integration i ON i.id = k.integration_id
        WHERE c.uuid = $3 AND k.absent = 0 AND COALESCE(k.email_key, '#' || CAST(k.id AS TEXT)) ", $among, " AND ", company_viewer!("c"), " ORDER BY k.id")
    };
}

statements! {
    KEYS = concat!("SELECT COALESCE(k.email_key, '#' || CAST(k.id AS TEXT)) AS person, CAST(count(*) OVER () AS BIGINT) AS found ", of_company!(), "
        WHERE c.uuid = $3 AND k.absent = 0 AND ", company_viewer!("c"), "
        GROUP BY COALESCE(k.email_key, '#' || CAST(k.id AS TEXT)) ORDER BY min(k.name_key), min(k.id) LIMIT $4");
    PEOPLE_SQLITE for Sqlite = rows!("IN (SELECT value FROM json_each($4))");
    PEOPLE_POSTGRES for Postgres = rows!("= ANY(CAST($4 AS TEXT[]))");
}
