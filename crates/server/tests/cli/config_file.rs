//! The providers' tables in the default configuration file are what provider data says, and are read from wherever a
//! setting may come. With `PORTICO_WRITE_DEFAULTS` set the file is written anew.

use std::collections::HashMap;
use std::path::Path;

use domain::provider;
use portico::config::{Config, DEFAULT, Overrides, load_from};

/// What follows the providers' tables.
const AFTER: &str = "[log]\n";

fn load(environment: &[(&str, &str)]) -> Result<Config, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let environment: HashMap<_, _> = environment.iter().map(owned).collect();
    load_from(None, environment, &Overrides::default()).map_err(|error| format!("{error:#}"))
}

#[test]
fn the_tables_of_providers_are_what_provider_data_says() {
    let mut connectable = provider::ALL.to_vec();
    connectable.retain(|one| one.available);
    connectable.sort_by_key(|one| one.key);
    let first = format!("[{}]\n", connectable[0].key);
    let from = DEFAULT.find(&first).expect("the first table");
    let to = DEFAULT.find(AFTER).expect("what follows");
    let tables: String = connectable
        .iter()
        .map(|one| one.default_settings() + "\n")
        .collect();
    if std::env::var_os("PORTICO_WRITE_DEFAULTS").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../portico.default.toml");
        let text = format!("{}{tables}{}", &DEFAULT[..from], &DEFAULT[to..]);
        std::fs::write(path, text).expect("a file that can be written");
    } else {
        assert_eq!(&DEFAULT[from..to], tables);
    }
}

#[test]
fn every_setting_of_every_provider_is_read() {
    let plain = load(&[]).expect("the defaults");
    for provider in provider::ALL.into_iter().filter(|one| one.available) {
        let of = |config: &Config| {
            let mut all = config.installed.clone().into_iter();
            all.find(|one| one.provider == provider.key)
                .expect("a table")
        };
        let none = of(&plain);
        assert!(none.base_url.is_none() && none.code.is_none() && none.request_limit.is_none());
        let variable = |name: &str| format!("PORTICO__{}__{name}", provider.key).to_uppercase();
        let address = variable("base_url");
        let limit = variable("request_limit");
        let given = load(&[(address.as_str(), "http://127.0.0.1:9/")]).expect("an address");
        assert_eq!(of(&given).base_url.expect("it").port(), Some(9));
        let nonsense = load(&[(address.as_str(), "nowhere")]).expect_err("no address");
        assert!(nonsense.contains("is no address"), "{nonsense}");
        let limited = load(&[(limit.as_str(), "77")]);
        if provider.installation.request_limit.is_empty() {
            let said = limited.expect_err("it has no limit");
            assert!(said.contains("unknown setting"), "{said}");
        } else {
            assert_eq!(of(&limited.expect("a limit")).request_limit, Some(77));
            assert!(load(&[(limit.as_str(), "many")]).is_err());
        }
        if let Some(field) = provider.code_field() {
            let given = load(&[(&variable(field.key), "squeamish")]).expect("a code");
            assert_eq!(of(&given).code.expect("it").expose(), "squeamish");
            assert!(!format!("{given:?}").contains("squeamish"));
        }
        let unknown = load(&[(&variable("colour"), "red")]).expect_err("unknown");
        assert!(unknown.contains("colour"), "{unknown}");
    }
}
