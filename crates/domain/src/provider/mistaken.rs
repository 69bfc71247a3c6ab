//! Values that were put into the wrong form, or the wrong field of a form: what they look like tells where they belong.

use std::collections::BTreeMap;

use super::{ALL, Provider};
use crate::field::{FormField, Looks};

/// What is said about a value of a refused form that does not look like those of its field; `None` when nothing can be
/// told. A generated secret may read like an address by accident, so it is called a user name only where the field of
/// that name holds the same, or nothing that could be one.
#[must_use]
pub fn mistaken(
    provider: &Provider,
    field: &FormField,
    form: &BTreeMap<String, String>,
) -> Option<String> {
    let typed = |key: &str| form.get(key).map(|value| value.trim()).unwrap_or_default();
    let value = typed(field.key);
    if value.is_empty() || field.looks.is_some_and(|looks| looks.fits(value)) {
        return None;
    }
    let found = Looks::of(value);
    let in_its_place = |one: &FormField| {
        let there = typed(one.key);
        one.looks
            .is_some_and(|looks| looks == Looks::Email && looks.fits(there))
            && there != value
    };
    if field.secret && found == Some(Looks::Email) && provider.form.iter().any(in_its_place) {
        return None;
    }
    if let Some(found) = found {
        if let Some(label) = called(provider, found) {
            return Some(format!(
                "This looks like the {label}, which has a field of its own."
            ));
        }
        if let Some(others) = elsewhere(found) {
            return Some(format!("This looks like the {others}."));
        }
    }
    match field.looks {
        Some(Looks::Guid) => Some(format!(
            "A {} has 32 letters and digits in five groups, such as {}.",
            field.label, field.example
        )),
        _ => None,
    }
}

/// The same of what is merely likely: a generated value may look like that of another product by accident. For a value of
/// which nothing is told for certain.
#[must_use]
pub fn likely_mistaken(
    provider: &Provider,
    field: &FormField,
    form: &BTreeMap<String, String>,
) -> Option<String> {
    let value = form.get(field.key).map(|value| value.trim())?;
    let found = Looks::likely(value).filter(|found| !found.is_sure())?;
    let of_this = field.looks.is_some_and(|looks| looks.fits(value));
    if of_this || mistaken(provider, field, form).is_some() || called(provider, found).is_some() {
        return None;
    }
    let others = elsewhere(found)?;
    Some(format!(
        "This could be the {others}: check that it was copied from {}.",
        provider.name
    ))
}

/// What the fields of a provider whose values look so are called.
fn called(provider: &Provider, looks: Looks) -> Option<String> {
    let fields = provider
        .form
        .iter()
        .filter(|field| field.looks == Some(looks));
    let labels: Vec<&str> = fields.map(|field| field.label).collect();
    (!labels.is_empty()).then(|| labels.join(" or "))
}

/// The products that have such a value, with what they call it.
fn elsewhere(looks: Looks) -> Option<String> {
    let others: Vec<(String, &str)> = ALL
        .into_iter()
        .filter_map(|other| Some((called(other, looks)?, other.name)))
        .collect();
    let (label, _) = others.first()?;
    let names: Vec<&str> = others.iter().map(|(_, name)| *name).collect();
    Some(format!("{label} of {}", names.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider;

    fn told(provider: &str, key: &str, value: &str) -> Option<String> {
        told_beside(provider, key, &[(key, value)])
    }

    fn told_beside(provider: &str, key: &str, form: &[(&str, &str)]) -> Option<String> {
        let provider = provider::find(provider).expect("there");
        let form = form
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let field = provider
            .form
            .iter()
            .find(|field| field.key == key)
            .expect("a field");
        mistaken(provider, field, &form.collect())
    }

    #[test]
    fn a_secret_beside_its_user_name_is_not_called_one() {
        const USER: (&str, &str) = ("user_name", "api.user@acme.example");
        let told = |form: &[(&str, &str)]| told_beside("autotask", "secret", form);
        let by_accident = ("secret", "4tW9.K7x@e9.Kx");
        assert_eq!(told(&[USER, by_accident]), None);
        let is_user_name = Some("This looks like the API Username, which has a field of its own.");
        for form in [
            [USER, ("secret", USER.1)],
            [("user_name", "5t$WJ*e9#Kb2"), ("secret", USER.1)],
        ] {
            assert_eq!(told(&form).as_deref(), is_user_name, "{form:?}");
        }
    }

    #[test]
    fn a_value_of_another_product_or_field_is_recognised() {
        const GUID: &str = "0f4b7d2a-93c1-4e6f-8a75-d1c2b3e4f506";
        const CODE: &str = "HLN4QZX7TB2WKD6MVRP3SJC8YAE";
        const USER: &str = "api.user@acme.example";
        for (provider, key, value, says) in [
            (
                "connectwise_psa",
                "public_key",
                USER,
                "the API Username of Autotask.",
            ),
            (
                "connectwise_psa",
                "private_key",
                CODE,
                "the Integration code of Autotask.",
            ),
            (
                "connectwise_psa",
                "private_key",
                GUID,
                "the Client ID, which has a field of its own.",
            ),
            (
                "syncro",
                "api_key",
                GUID,
                "the Client ID of Halo PSA or ConnectWise Manage.",
            ),
            (
                "autotask",
                "secret",
                CODE,
                "the Integration code, which has a field of its own.",
            ),
            (
                "autotask",
                "integration_code",
                GUID,
                "the Client ID of Halo PSA or ConnectWise Manage.",
            ),
            (
                "halo_psa",
                "client_id",
                USER,
                "the API Username of Autotask.",
            ),
            (
                "autotask",
                "secret",
                "T5c1f0b7d2e8a4f9731-3d0c9be2a47f81336ae0d4c2b795f108",
                "the API Key of Syncro.",
            ),
            (
                "syncro",
                "api_key",
                "b7e1a9c4-5d20-4f38-96ab-72cd18e0f345-2e9d",
                "the Client Secret of Halo PSA.",
            ),
            (
                "halo_psa",
                "client_id",
                "b7e1a9c4-5d20-4f38-96ab-72cd18e0f345-2e9d",
                "the Client Secret, which has a field of its own.",
            ),
        ] {
            let expected = format!("This looks like {says}");
            assert_eq!(
                told(provider, key, value),
                Some(expected),
                "{provider} {key}"
            );
        }
        let halo = told("halo_psa", "client_id", "portico").expect("no Client ID");
        assert!(halo.contains("32 letters and digits"), "{halo}");
        for (provider, key, value) in [
            ("halo_psa", "client_id", GUID),
            (
                "halo_psa",
                "client_secret",
                "b7e1a9c4-5d20-4f38-96ab-72cd18e0f345-2e9d",
            ),
            ("autotask", "user_name", USER),
            ("autotask", "secret", "5t$WJ*e9#Kb2"),
            ("autotask", "secret", "4t$W@e9.Kb"),
            ("autotask", "secret", "4tW@e9.K7"),
            (
                "syncro",
                "api_key",
                "T5c1f0b7d2e8a4f9731-3d0c9be2a47f81336ae0d4c2b795f108",
            ),
            ("connectwise_psa", "public_key", "Tq4vZ8mKxW2sRb7N"),
            ("connectwise_psa", "client_id", ""),
        ] {
            assert_eq!(told(provider, key, value), None, "{provider} {key}");
        }
    }

    #[test]
    fn what_is_merely_likely_is_a_hint() {
        const KEY: &str = "Tq4vZ8mKxW2sRb7N";
        const SECRET: &str = "5t$WJ*e9#Kb2";
        let hint = |provider: &str, key: &str, value: &str| {
            let provider = provider::find(provider).expect("there");
            let field = provider.form.iter().find(|field| field.key == key);
            let form = [(key.to_owned(), value.to_owned())].into();
            likely_mistaken(provider, field.expect("a field"), &form)
        };
        for (provider, key, value, says) in [
            (
                "autotask",
                "secret",
                KEY,
                "This could be the Public Key or Private Key of ConnectWise Manage: check that it was copied from Autotask.",
            ),
            (
                "connectwise_psa",
                "private_key",
                SECRET,
                "This could be the API Secret of Autotask: check that it was copied from ConnectWise Manage.",
            ),
        ] {
            let found = hint(provider, key, value);
            assert_eq!(found.as_deref(), Some(says), "{provider} {key}");
            assert_eq!(told(provider, key, value), None, "no more than a hint");
        }
        for (provider, key, value) in [
            ("connectwise_psa", "public_key", KEY),
            ("autotask", "secret", SECRET),
            ("autotask", "user_name", SECRET),
            ("syncro", "api_key", "HLN4QZX7TB2WKD6MVRP3SJC8YAE"),
            ("syncro", "api_key", ""),
        ] {
            assert_eq!(hint(provider, key, value), None, "{provider} {key}");
        }
    }
}
