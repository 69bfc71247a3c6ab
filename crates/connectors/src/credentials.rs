//! Form values as people type and paste them: what comes along is removed, what cannot be used is refused at its field.

use std::collections::BTreeMap;

use domain::provider;
use domain::secret::Secret;
use reqwest::header::HeaderValue;

use crate::error::{Error, ErrorKind, Result};

/// A form value without the white space and line breaks that come along when it is copied; empty when there is none.
#[must_use]
pub fn typed(credentials: &BTreeMap<String, Secret>, key: &str) -> String {
    credentials
        .get(key)
        .map(|value| trimmed(value.expose()))
        .unwrap_or_default()
}

/// A text without what comes along when it is copied.
#[must_use]
pub fn trimmed(value: &str) -> String {
    value
        .chars()
        .filter(|c| !matches!(c, '\r' | '\n' | '\0' | '\u{feff}' | '\u{200b}'))
        .collect::<String>()
        .trim()
        .to_owned()
}

/// A form value that must be there.
///
/// # Errors
/// `Invalid` at the field with `missing`.
pub fn required(
    credentials: &BTreeMap<String, Secret>,
    key: &'static str,
    missing: &str,
) -> Result<String> {
    let value = typed(credentials, key);
    if value.is_empty() {
        return Err(refused(key, missing));
    }
    Ok(value)
}

/// A value as a header that no log shows.
///
/// # Errors
/// `Invalid` at the field when it cannot be sent.
pub fn header(key: &'static str, value: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| {
        refused(
            key,
            "This holds characters that cannot be sent. Copy it again.",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Refuses the address of another product, before anything of what was typed goes there.
///
/// # Errors
/// `Invalid` at the field, with the product's name and what to enter instead.
pub fn not_of_another(
    own: &'static str,
    key: &'static str,
    host: &str,
    instead: &str,
) -> Result<()> {
    match provider::of_host(host) {
        Some(other) if other.key != own => {
            let message = format!("This is the address of {}. {instead}", other.name);
            Err(refused(key, &message))
        }
        _ => Ok(()),
    }
}

/// A form value that cannot be used, and why.
#[must_use]
pub fn refused(key: &'static str, message: &str) -> Error {
    Error::new(ErrorKind::Invalid, "check the credentials", message)
        .with_field(key)
        .without_effect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_another_product_is_called_by_its_name() {
        let check = |own, host| not_of_another(own, "url", host, "Enter ours.");
        check("halo_psa", "acme.halopsa.com").expect("its own");
        check("halo_psa", "halo.acme.example").expect("nobody's");
        let error = check("halo_psa", "acme.syncromsp.com").expect_err("of another");
        assert_eq!(error.message, "This is the address of Syncro. Enter ours.");
        assert_eq!((error.kind, error.field), (ErrorKind::Invalid, Some("url")));
    }

    #[test]
    fn what_comes_along_with_a_copy_is_removed() {
        let credentials = BTreeMap::from([("key".to_owned(), Secret::from("\u{feff} a\r\nb\t"))]);
        assert_eq!(typed(&credentials, "key"), "ab");
        assert_eq!(typed(&credentials, "other"), "");
        let error = required(&credentials, "other", "Enter it.").expect_err("missing");
        assert_eq!(
            (error.kind, error.field, error.no_effect),
            (ErrorKind::Invalid, Some("other"), true)
        );
        assert_eq!(
            header("key", "a\u{1}b").expect_err("cannot be sent").field,
            Some("key")
        );
        let shown = format!("{:?}", header("key", "hush").expect("it can be sent"));
        assert!(!shown.contains("hush"), "{shown}");
    }
}
