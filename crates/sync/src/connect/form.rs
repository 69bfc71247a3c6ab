//! The connect form: from what a person typed, and what is stored, to credentials.

use std::collections::BTreeMap;

use domain::field::FormField;
use domain::id::IntegrationId;
use domain::provider::Provider;
use domain::secret::Secret;
use store::{Tx, secrets};

use super::message;
use super::outcome::Refusal;
use crate::engine::Engine;
use crate::error::Result;

/// Credentials by field key.
pub type Credentials = BTreeMap<String, Secret>;

/// Reads a form: values trimmed (a space copied along is the most common wrong secret), unknown keys dropped, an
/// empty secret replaced by the stored one, unless its box takes that back. A value the installation may have for all
/// its connections is asked for where it has none (`installed`). Pure.
///
/// # Errors
/// The fields that are missing or too long, all of them.
pub fn read(
    provider: &Provider,
    form: &BTreeMap<String, String>,
    stored: &Credentials,
    installed: bool,
) -> std::result::Result<Credentials, Refusal> {
    let mut credentials = Credentials::new();
    let mut problems = Vec::new();
    for field in provider.form {
        let typed = field.tidy(form);
        if typed.chars().count() > field.max_length {
            let limit = field.max_length;
            let message = format!("{} is longer than {limit} characters.", field.label);
            problems.push((field.key, message));
            continue;
        }
        let value = match stored.get(field.key) {
            Some(kept) if typed.is_empty() && field.secret && !removes(form, field) => kept.clone(),
            _ => Secret::from(domain::text::without_nul(typed)),
        };
        if value.is_empty() {
            let lacking = field.without_installation.is_some() && !installed;
            if field.required || lacking {
                problems.push((field.key, format!("{} is missing.", field.label)));
            }
            continue;
        }
        credentials.insert(field.key.to_owned(), value);
    }
    message::fields(problems).map_or(Ok(credentials), Err)
}

/// The name of the box that removes a stored secret.
#[must_use]
pub fn removal_of(key: &str) -> String {
    format!("remove.{key}")
}

/// Whether a form takes back a stored secret: only one that may be left empty.
fn removes(form: &BTreeMap<String, String>, field: &FormField) -> bool {
    !field.required && form.contains_key(&removal_of(field.key))
}

/// The stored credentials of an integration; empty when it has none.
pub(crate) async fn stored(engine: &Engine, integration: IntegrationId) -> Result<Credentials> {
    let owner = secrets::integration_owner(integration);
    Ok(secrets::find_secrets(engine.store(), &owner).await?)
}

/// The same as a transaction sees them; through the pool it would wait for a second connection while it holds locks.
pub(crate) async fn stored_in(tx: &mut Tx, integration: IntegrationId) -> Result<Credentials> {
    let owner = secrets::integration_owner(integration);
    Ok(secrets::find_secrets_in(tx, &owner).await?)
}

/// What a connect form of an existing integration is filled with: values of fields that are no secret. A secret is
/// never shown again (rule X1); the page says that one is stored.
///
/// # Errors
/// As any read.
pub async fn stored_values(
    engine: &Engine,
    provider: &Provider,
    integration: IntegrationId,
) -> Result<BTreeMap<&'static str, StoredValue>> {
    let stored = stored(engine, integration).await?;
    let values = provider.form.iter().filter_map(|field| {
        let value = stored.get(field.key)?;
        let shown = if field.secret {
            StoredValue::Hidden
        } else {
            StoredValue::Shown(value.expose().to_owned())
        };
        Some((field.key, shown))
    });
    Ok(values.collect())
}

/// Whether a form has, secrets included, just what is stored of an integration: the second of two clicks.
///
/// # Errors
/// As any read.
pub async fn is_stored(
    engine: &Engine,
    provider: &Provider,
    integration: IntegrationId,
    form: &BTreeMap<String, String>,
) -> Result<bool> {
    let stored = stored(engine, integration).await?;
    let typed = read(provider, form, &Credentials::new(), true);
    Ok(typed.is_ok_and(|typed| {
        let mut fields = provider.form.iter();
        fields.all(|field| typed.get(field.key) == stored.get(field.key))
    }))
}

/// A stored form value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredValue {
    /// A value that may be shown.
    Shown(String),
    /// A secret is stored.
    Hidden,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(values: &[(&str, &str)]) -> BTreeMap<String, String> {
        values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn values_are_trimmed_and_an_empty_secret_keeps_the_stored_one() {
        let provider = domain::provider::find("autotask").expect("known provider");
        let none = Credentials::new();
        let typed = form(&[("user_name", " u "), ("secret", "\ts\n"), ("unknown", "x")]);
        let credentials = read(provider, &typed, &none, true).expect("whole form");
        assert_eq!(credentials["user_name"], Secret::from("u"));
        assert_eq!(credentials["secret"], Secret::from("s"));
        assert_eq!(credentials.len(), 2);

        let without = form(&[("user_name", "u"), ("secret", " ")]);
        assert_eq!(
            read(provider, &without, &none, true)
                .expect_err("no secret")
                .field,
            Some("secret")
        );
        let nothing = read(provider, &form(&[]), &none, true).expect_err("an empty form");
        assert_eq!(nothing.field, Some("user_name"));
        assert_eq!(nothing.others.len(), 1, "both are told at once");
        assert_eq!(nothing.others[0].0, "secret");
        let alone = read(provider, &form(&[]), &none, false).expect_err("no code either");
        let others: Vec<_> = alone.others.iter().map(|(key, _)| *key).collect();
        assert_eq!(others, ["secret", "integration_code"]);
        let kept = read(provider, &without, &credentials, true).expect("stored secret");
        assert_eq!(kept["secret"], Secret::from("s"));

        let with_code = form(&[
            ("user_name", "u"),
            ("secret", "s"),
            ("integration_code", "c"),
        ]);
        let stored = read(provider, &with_code, &none, true).expect("whole form");
        let empty = form(&[("user_name", "u"), ("secret", ""), ("integration_code", "")]);
        let kept = read(provider, &empty, &stored, true).expect("stored secrets");
        assert_eq!(kept, stored);
        let mut taken_back = empty;
        taken_back.insert(removal_of("integration_code"), "1".to_owned());
        taken_back.insert(removal_of("secret"), "1".to_owned());
        let left = read(provider, &taken_back, &stored, true).expect("a required one stays");
        assert_eq!(left.keys().collect::<Vec<_>>(), ["secret", "user_name"]);

        let long = "x".repeat(201);
        let overlong = form(&[("user_name", long.as_str()), ("secret", "s")]);
        assert_eq!(
            read(provider, &overlong, &none, true)
                .expect_err("too long")
                .field,
            Some("user_name")
        );
    }
}
