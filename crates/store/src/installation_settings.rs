//! Settings of the whole installation: JSON values by name.

use domain::clock::UtcMillis;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

/// One setting.
///
/// # Errors
/// `Corrupt` when the stored value is not of this type.
pub async fn find_setting<T: DeserializeOwned>(store: &Store, name: &str) -> Result<Option<T>> {
    let found: Option<(String,)> = read_one!(store, FIND, name)?;
    found
        .map(|(value,)| Ok(serde_json::from_str(&value)?))
        .transpose()
}

/// One setting as this transaction sees it.
///
/// # Errors
/// `Corrupt` when the stored value is not of this type.
pub async fn find_setting_in<T: DeserializeOwned>(tx: &mut Tx, name: &str) -> Result<Option<T>> {
    let found: Option<(String,)> = tx_one!(tx, FIND, name)?;
    found
        .map(|(value,)| Ok(serde_json::from_str(&value)?))
        .transpose()
}

/// All settings by name, as JSON text, with the instant of their last change.
///
/// # Errors
/// As any statement.
pub async fn list_settings(store: &Store) -> Result<Vec<(String, String, UtcMillis)>> {
    let rows: Vec<(String, String, i64)> = read_all!(store, LIST)?;
    Ok(rows
        .into_iter()
        .map(|(name, value, at)| (name, value, UtcMillis(at)))
        .collect())
}

/// Keeps a setting.
///
/// # Errors
/// As any statement.
pub async fn put_setting<T: Serialize + Sync>(tx: &mut Tx, name: &str, value: &T) -> Result<()> {
    let now = tx.store().now();
    let value = serde_json::to_string(value)?;
    execute!(tx, PUT, name, &value, now.0)?;
    tx.tell("setting", 0);
    Ok(())
}

/// Forgets a setting; answers whether there was one.
///
/// # Errors
/// As any statement.
pub async fn remove_setting(tx: &mut Tx, name: &str) -> Result<bool> {
    Ok(execute!(tx, REMOVE, name)? > 0)
}

statements! {
    FIND = "SELECT value FROM installation_setting WHERE name = $1";
    LIST = "SELECT name, value, updated_at FROM installation_setting WHERE name NOT IN ('staff_lock', 'email_key_rules', 'demo') ORDER BY name";
    PUT = "INSERT INTO installation_setting (name, value, updated_at) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";
    REMOVE = "DELETE FROM installation_setting WHERE name = $1";
}
