//! What only a vendor's own places may name: its key. A file elsewhere that names one has to be thought of by whoever adds
//! a vendor, so the few that do are listed here with a reason, and a new one is a problem.
//!
//! In product code one key is enough. In tests, data and default files a key may be an example; a file that names every
//! vendor is a list of them.

use super::{Problem, SourceFile, Tree};

/// Where each vendor with a connector has a folder.
const FOLDERS: &str = "crates/simulator/src/vendors/";

/// The vendor's own places, `{}` standing for its key: a folder, or a file where it has an ending.
const OWN: &[&str] = &[
    "crates/connectors/src/{}/",
    "crates/connectors/tests/behaviour/{}/",
    "crates/connectors/tests/behaviour/{}.rs",
    "crates/domain/src/provider/{}.rs",
    "crates/server/static/providers/{}.svg",
    "crates/server/tests/web/psas/{}.rs",
    "crates/simulator/src/vendors/{}/",
    "crates/simulator/tests/{}/",
    "crates/sync/tests/suite/{}.rs",
    "crates/sync/tests/suite/vendors/{}.rs",
];

/// The files that a new vendor gets a line or two in.
const LISTS: &[&str] = &[
    "crates/connectors/src/lib.rs",
    "crates/connectors/tests/behaviour/main.rs",
    "crates/domain/src/provider.rs",
    "crates/server/tests/web/psas.rs",
    "crates/simulator/src/lib.rs",
    "crates/sync/tests/suite/portal.rs",
];

/// Files that name vendors and that nobody has to think of, with the reason.
const OTHERS: &[(&str, &str)] = &[
    (
        "crates/bench/src/arguments.rs",
        "the vendor that is measured when none is named",
    ),
    (
        "crates/bench/src/pages.rs",
        "a database of one vendor's records, whichever",
    ),
    (
        "crates/bench/src/torture.rs",
        "the vendor with the longest series",
    ),
    (
        "crates/connectors/tests/behaviour/specification/defects.json",
        "known defects of documents, for a vendor whose document has any",
    ),
    (
        "crates/domain/src/advice/tests.rs",
        "tests: what is said to whom, by examples",
    ),
    (
        "crates/domain/src/hint.rs",
        "tests: what is said to whom, by examples",
    ),
    (
        "crates/domain/src/provider/mistaken.rs",
        "tests: whose values are taken for whose, by examples",
    ),
    (
        "crates/server/src/cli/demo/sandboxes.rs",
        "the vendor that the demo connects first",
    ),
    (
        "crates/server/src/config/tests.rs",
        "tests: settings of vendors, by examples",
    ),
    (
        "crates/server/tests/web/import_companies.rs",
        "tests: companies of several vendors at once",
    ),
    (
        "crates/server/tests/web/psas/together.rs",
        "tests: a company of several vendors, each in its own words",
    ),
    (
        "crates/sync/tests/suite/together.rs",
        "tests: two vendors that are silent beside two that answer",
    ),
    (
        "portico.default.toml",
        "its tables are written from provider data by a test",
    ),
];

/// Finds files that name vendors without leave, and leave that is not needed any more.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let keys = keys(tree);
    let mut problems = Vec::new();
    for file in tree.files.iter().filter(|file| concerns(file)) {
        if keys.iter().any(|key| is_own(&file.path, key)) {
            continue;
        }
        let product = file.path.contains("/src/");
        let in_code = product.then(|| named(&code(&file.text), &keys));
        let of_all = named(&file.text, &keys);
        let found = match in_code {
            Some(found) if !found.is_empty() => found,
            _ if of_all.len() == keys.len() => of_all,
            _ => Vec::new(),
        };
        let path = file.path.as_str();
        let allowed = LISTS.contains(&path) || OTHERS.iter().any(|(other, _)| *other == path);
        if !found.is_empty() && !allowed {
            problems.push(format!(
                "{path}: names {}; take what is needed from the vendor's own places (docs/development/adding-a-vendor.md)",
                found.join(", ")
            ));
        }
        if found.is_empty() && allowed {
            problems.push(format!(
                "{path}: names no vendor any more; take it off the list of this check"
            ));
        }
    }
    problems
}

/// The keys of the vendors, by their simulators' folders.
fn keys(tree: &Tree) -> Vec<String> {
    let folders = tree
        .files
        .iter()
        .filter_map(|file| file.path.strip_prefix(FOLDERS));
    let mut keys: Vec<String> = folders
        .filter_map(|rest| Some(rest.split_once('/')?.0.to_owned()))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn concerns(file: &SourceFile) -> bool {
    let here = file.path != "xtask/src/checks/vendors.rs" && !file.is_foreign();
    here && matches!(
        file.extension(),
        "rs" | "toml" | "json" | "sql" | "html" | "css" | "js"
    )
}

fn is_own(path: &str, key: &str) -> bool {
    OWN.iter().any(|place| {
        let place = place.replace("{}", key);
        path == place || (place.ends_with('/') && path.starts_with(&place))
    })
}

/// The text without comments and without the tests at its end.
fn code(text: &str) -> String {
    let lines = text
        .lines()
        .take_while(|line| line.trim() != "#[cfg(test)]");
    let code = lines.filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

/// The keys that a text has as whole words, in small or capital letters.
fn named<'k>(text: &str, keys: &'k [String]) -> Vec<&'k str> {
    let whole = |key: &str| {
        let outside = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        text.match_indices(key).any(|(at, _)| {
            outside(text[..at].chars().next_back())
                && outside(text[at + key.len()..].chars().next())
        })
    };
    let capital = |key: &str| text.contains(&format!("PORTICO__{}__", key.to_uppercase()));
    let found = keys
        .iter()
        .filter(|key| whole(key) || whole(&key.to_uppercase()) || capital(key));
    found.map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::tree;

    #[test]
    fn a_vendor_is_named_in_its_own_places_and_in_listed_files() {
        let mut files = vec![
            ("crates/simulator/src/vendors/one/mod.rs", "one two"),
            ("crates/simulator/src/vendors/two_x/mod.rs", ""),
            ("crates/connectors/src/lib.rs", "mod one;"),
            (
                "crates/connectors/tests/behaviour/one/more.rs",
                "two_x, one",
            ),
            // One is no vendor here: another word, a comment, a test.
            (
                "crates/store/src/a.rs",
                "someone one_by_one\n// one\n#[cfg(test)]\nlet x = \"one\";",
            ),
            ("crates/store/tests/suite/b.rs", "\"one\""),
        ];
        let with_lists = |files: &[(&'static str, &'static str)]| {
            let mut all = files.to_vec();
            let listed = LISTS.iter().chain(OTHERS.iter().map(|(path, _)| path));
            for path in listed {
                if !all.iter().any(|(other, _)| other == path) {
                    all.push((path, "one two_x"));
                }
            }
            check(&tree(&all))
        };
        assert_eq!(with_lists(&files), Vec::<String>::new());
        files.push(("crates/sync/src/c.rs", "match key { \"one\" => 1 }"));
        files.push(("crates/sync/tests/d.rs", "[one, two_x]"));
        files.push(("crates/bench/src/e.rs", "\"PORTICO__TWO_X__BASE_URL\""));
        files.push(("crates/bench/src/pages.rs", "nothing"));
        let found = with_lists(&files);
        assert_eq!(found.len(), 4, "{found:?}");
        for path in [
            "sync/src/c.rs",
            "sync/tests/d.rs",
            "bench/src/e.rs",
            "bench/src/pages.rs",
        ] {
            assert!(
                found.iter().any(|one| one.contains(path)),
                "{path}: {found:?}"
            );
        }
    }
}
