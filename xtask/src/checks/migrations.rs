//! Migrations are hashed byte by byte: LF line ends, one number each, and every file built into the store.

use std::collections::BTreeMap;

use super::{Problem, SourceFile, Tree};

const FOLDER: &str = "crates/store/migrations/";

/// Looks at the migrations folder and at who embeds it.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut by_number: BTreeMap<u64, &str> = BTreeMap::new();
    let sources: Vec<&SourceFile> = tree
        .files
        .iter()
        .filter(|file| file.path.starts_with("crates/store/src/") && file.extension() == "rs")
        .collect();
    let embeds_all = sources.iter().any(|file| file.text.contains("migrate!("));
    for file in tree
        .files
        .iter()
        .filter(|file| file.path.starts_with(FOLDER) && file.extension() == "sql")
    {
        let path = &file.path;
        if file.text.contains('\r') {
            problems.push(format!(
                "{path}: has a carriage return; its checksum would differ between machines"
            ));
        }
        match number(file.name()) {
            None => problems.push(format!("{path}: name it NNNN_what_it_does.sql")),
            Some(number) => {
                if let Some(other) = by_number.insert(number, path) {
                    problems.push(format!("{path}: has the number of {other}"));
                }
            }
        }
        let stem = file.name().trim_end_matches(".sql");
        if !embeds_all && !sources.iter().any(|source| source.text.contains(stem)) {
            problems.push(format!(
                "{path}: not built in; no file in crates/store/src names it"
            ));
        }
    }
    problems
}

fn number(name: &str) -> Option<u64> {
    let (digits, words) = name.strip_suffix(".sql")?.split_once('_')?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if words.is_empty() || !words.chars().all(plain) || !digits.chars().all(|c| c.is_ascii_digit())
    {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::tree;

    #[test]
    fn carriage_returns_doubles_and_odd_names_are_found() {
        let files = [
            (
                "crates/store/src/migrate.rs",
                "sqlx::migrate!(\"migrations\")",
            ),
            (
                "crates/store/migrations/0001_users.sql",
                "CREATE TABLE users (id TEXT);\r\n",
            ),
            ("crates/store/migrations/0001_jobs.sql", ""),
            ("crates/store/migrations/later.sql", ""),
        ];
        assert_eq!(check(&tree(&files)).len(), 3);
    }

    #[test]
    fn a_migration_that_nobody_embeds_is_found() {
        let files = [
            (
                "crates/store/src/migrate.rs",
                "include_str!(\"../migrations/0001_users.sql\")",
            ),
            ("crates/store/migrations/0001_users.sql", ""),
            ("crates/store/migrations/0002_jobs.sql", ""),
        ];
        let found = check(&tree(&files));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("0002_jobs.sql"), "{found:?}");
    }
}
