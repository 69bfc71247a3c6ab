//! Normal forms of e-mail addresses in bulk: brought up to date once when their rule changed, and looked up for many
//! contacts at once.
//!
//! An identity is found by the normal form of its address. When the rule of that form changes, what an older Portico
//! wrote would no longer be found, so the first start recomputes all of it. Two addresses that are one by the new rule
//! stay as they are: only a person can tell whose account goes on. The log and `portico doctor` name them.

use std::collections::HashMap;

use domain::email::{email_key, email_skeleton, usable_key};
use domain::id::{CompanyId, IdentityId};
use domain::text::name_key;

use crate::db::Db;
use crate::decode::{optional, plain};
use crate::error::Result;
use crate::identities::lock_staff;
use crate::identities::memberships::{copy_name, copy_sign_in};
use crate::installation_settings::{find_setting, put_setting};
use crate::open::Store;
use crate::text_search::update_indexed_in;
use crate::tx::Tx;

/// The rule this Portico computes normal forms by. Grows with every change of `domain::email`.
const RULES: i64 = 2;
/// Where the rule is remembered that all rows have.
const SETTING: &str = "email_key_rules";

row! {
    struct Row {
        id: i64,
        email: String,
        name: String,
        email_key: String,
    }
}

row! {
    struct TechnicianRow {
        id: i64,
        email: String,
        email_key: Option<String>,
    }
}

/// Completes the copies and keys of rows that an older Portico wrote. Called at start.
pub(crate) async fn complete(store: &Store) -> Result<()> {
    let rules: Option<i64> = find_setting(store, SETTING).await?;
    if rules.is_none_or(|rules| rules < RULES) {
        let mut tx = store.begin().await?;
        recompute(&mut tx).await?;
        put_setting(&mut tx, SETTING, &RULES).await?;
        tx.commit().await?;
    }
    let rows: Vec<Row> = read_all!(store, INCOMPLETE)?;
    let names: Vec<(i64, String)> = read_all!(store, UNNAMED)?;
    if rows.is_empty() && names.is_empty() {
        return Ok(());
    }
    let mut tx = store.begin().await?;
    for row in rows {
        put_key(&mut tx, &row, &row.email_key, &email_skeleton(&row.email)).await?;
    }
    for (id, name) in names {
        execute!(tx, PUT_NAME_KEY, id, name_key(&name))?;
        update_indexed_in(&mut tx, "identity", &[id]).await?;
    }
    tx.commit().await
}

/// Writes the keys of an identity and what is copied from it.
async fn put_key(tx: &mut Tx, row: &Row, key: &str, skeleton: &str) -> Result<()> {
    execute!(tx, PUT_KEY, row.id, key, skeleton)?;
    update_indexed_in(tx, "identity", &[row.id]).await?;
    copy_name(tx, IdentityId(row.id), &row.name, key).await?;
    copy_sign_in(tx, IdentityId(row.id)).await
}

async fn recompute(tx: &mut Tx) -> Result<()> {
    lock_staff(tx).await?;
    let technicians: Vec<TechnicianRow> = tx_all!(tx, TECHNICIANS)?;
    for row in technicians {
        let key = usable_key(&row.email);
        if key != row.email_key {
            execute!(tx, PUT_TECHNICIAN_KEY, row.id, key)?;
        }
    }
    let rows: Vec<Row> = tx_all!(tx, ALL)?;
    let (moves, stuck) = plan(&rows);
    for (row, key) in moves {
        put_key(tx, row, &key, &email_skeleton(&row.email)).await?;
    }
    for row in stuck {
        tracing::warn!(
            identity = row.id,
            "the e-mail address of this person is none, or another person's in another spelling; change it in Settings, Users"
        );
    }
    Ok(())
}

/// Which rows get which new key, in an order in which no key is anybody else's; and those that cannot have theirs. Pure.
fn plan(rows: &[Row]) -> (Vec<(&Row, String)>, Vec<&Row>) {
    let mut owners: HashMap<String, i64> = rows
        .iter()
        .map(|row| (row.email_key.clone(), row.id))
        .collect();
    let (mut moves, mut stuck, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        match email_key(&row.email) {
            Some(key) if key == row.email_key => {}
            Some(key) => waiting.push((row, key)),
            None => stuck.push(row),
        }
    }
    loop {
        let before = waiting.len();
        let mut left = Vec::new();
        for (row, key) in waiting {
            if owners.contains_key(&key) {
                left.push((row, key));
                continue;
            }
            owners.remove(&row.email_key);
            owners.insert(key.clone(), row.id);
            moves.push((row, key));
        }
        waiting = left;
        if waiting.is_empty() || waiting.len() == before {
            stuck.extend(waiting.into_iter().map(|(row, _key)| row));
            return (moves, stuck);
        }
    }
}

/// Addresses of people who cannot be found by them: those that are none, or somebody else's in another spelling.
///
/// # Errors
/// As any statement.
pub async fn list_unreachable(store: &Store) -> Result<Vec<String>> {
    let rows: Vec<Row> = read_all!(store, ALL)?;
    Ok(rows
        .into_iter()
        .filter(|row| email_key(&row.email).as_deref() != Some(&*row.email_key))
        .map(|row| row.email)
        .collect())
}

row! {
    /// Somebody who has an address that was asked for or one that may look like it, and one of the memberships.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Alike {
        /// The identity.
        pub id: IdentityId = i64 => plain(IdentityId),
        /// The normal form of its address.
        pub email_key: String,
        /// A company it is a member of, whatever the status; one row for each.
        pub company: Option<CompanyId> = Option<i64> => optional(CompanyId),
    }
}

/// Who has one of these addresses, by normal form, or one of the same looks, by skeleton; with their memberships.
///
/// # Errors
/// As any statement.
pub async fn list_alike(
    store: &Store,
    keys: &[String],
    skeletons: &[String],
) -> Result<Vec<Alike>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    Ok(match store.db() {
        Db::Lite { r, .. } => {
            sqlx::query_as(ALIKE_SQLITE)
                .bind(serde_json::to_string(keys)?)
                .bind(serde_json::to_string(skeletons)?)
                .fetch_all(r)
                .await?
        }
        Db::Pg(pool) => {
            sqlx::query_as(ALIKE_POSTGRES)
                .bind(keys)
                .bind(skeletons)
                .fetch_all(pool)
                .await?
        }
    })
}

macro_rules! alike {
    ($keys:literal, $skeletons:literal) => {
        concat!(
            "SELECT i.id, i.email_key, m.company_id AS company FROM identity i LEFT JOIN company_membership m ON m.identity_id = i.id
            WHERE i.id IN (SELECT k.id FROM identity k WHERE k.email_key ",
            $keys,
            " UNION SELECT s.id FROM identity s WHERE s.email_skeleton ",
            $skeletons,
            ") ORDER BY i.id"
        )
    };
}

statements! {
    ALL = "SELECT id, email, name, email_key FROM identity ORDER BY id";
    INCOMPLETE = "SELECT id, email, name, email_key FROM identity WHERE email_skeleton IS NULL ORDER BY id";
    UNNAMED = "SELECT id, name FROM identity WHERE name_key IS NULL ORDER BY id";
    PUT_NAME_KEY = "UPDATE identity SET name_key = $2 WHERE id = $1";
    PUT_KEY = "UPDATE identity SET email_key = $2, email_skeleton = $3 WHERE id = $1";
    TECHNICIANS = "SELECT id, email, email_key FROM technician WHERE email IS NOT NULL ORDER BY id";
    PUT_TECHNICIAN_KEY = "UPDATE technician SET email_key = $2 WHERE id = $1";
    ALIKE_SQLITE for Sqlite = alike!("IN (SELECT value FROM json_each($1))", "IN (SELECT value FROM json_each($2))");
    ALIKE_POSTGRES for Postgres = alike!("= ANY(CAST($1 AS TEXT[]))", "= ANY(CAST($2 AS TEXT[]))");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, email: &str, key: &str) -> Row {
        Row {
            id,
            email: email.to_owned(),
            name: String::new(),
            email_key: key.to_owned(),
        }
    }

    #[test]
    fn keys_move_only_where_nobody_else_is() {
        let rows = [
            row(1, "Ann@München.de", "ann@münchen.de"),
            row(2, "bo@example.com", "bo@example.com"),
            row(3, "ann@xn--mnchen-3ya.de", "ann@xn--mnchen-3ya.de"),
            row(4, "Cy@Zürich.ch", "cy@zürich.ch"),
            row(5, "not an address", "not an address"),
        ];
        let (moves, stuck) = plan(&rows);
        let moves: Vec<(i64, &str)> = moves.iter().map(|(row, key)| (row.id, &**key)).collect();
        assert_eq!(moves, [(4, "cy@xn--zrich-kva.ch")]);
        let mut stuck: Vec<i64> = stuck.iter().map(|row| row.id).collect();
        stuck.sort_unstable();
        assert_eq!(stuck, [1, 5]);
    }
}
