//! The field pages in `docs/fields` are what the catalogues say. With `PORTICO_WRITE_FIELD_PAGES` set they are written
//! anew.

use std::path::PathBuf;

use domain::provider::{ALL, Provider};

fn page(provider: &Provider) -> String {
    let name = provider.name;
    let mut text = format!(
        "# Fields of {name}\n\n\
         Further fields of the vendor's records: where the vendor has them and what they become here. Made from the field\n\
         catalogue by the test `field_pages`; the common fields (name, status, e-mail address) are not listed.\n\n\
         | In {name} | Key here | Shown as | Section | Company users see it |\n|---|---|---|---|---|\n"
    );
    for field in provider.catalogue {
        let seen = if field.sensitive { "no" } else { "yes" };
        text.push_str(&format!(
            "| `{}` | `{}` | {} | {} | {seen} |\n",
            field.source, field.key, field.label, field.section
        ));
    }
    text
}

#[test]
fn field_pages() {
    let write = std::env::var_os("PORTICO_WRITE_FIELD_PAGES").is_some();
    for provider in ALL.into_iter().filter(|provider| provider.available) {
        let file = format!("{}.md", provider.key.replace('_', "-"));
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/fields");
        let path = path.join(file);
        let expected = page(provider);
        if write {
            std::fs::write(&path, &expected).expect("a page that can be written");
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, expected, "{}", path.display());
        let keys: std::collections::BTreeSet<_> =
            provider.catalogue.iter().map(|field| field.key).collect();
        assert_eq!(
            keys.len(),
            provider.catalogue.len(),
            "{}: a key twice",
            provider.key
        );
    }
}
