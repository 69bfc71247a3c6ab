//! Paths that `ARCHITECTURE.md` names in backticks exist, so that the map stays true to the land.

use super::{Problem, Tree};

const DOCUMENT: &str = "ARCHITECTURE.md";

/// Endings that make a word without a known first folder a path nonetheless. A lone `.toml` name is often a file that
/// the person who runs Portico writes.
const ENDINGS: [&str; 7] = [".rs", ".sql", ".md", ".html", ".css", ".js", "/"];

/// Looks up each backticked word that looks like a path of this repository.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let Some(document) = tree.find(DOCUMENT) else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    let mut fenced = false;
    for (number, line) in (1..).zip(document.text.lines()) {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if fenced {
            continue;
        }
        for word in line.split('`').skip(1).step_by(2) {
            if looks_like_path(tree, word) && !exists(tree, known_part(word)) {
                problems.push(format!("{DOCUMENT}:{number}: `{word}` does not exist"));
            }
        }
    }
    problems
}

fn looks_like_path(tree: &Tree, word: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '=' | ',' | ';' | ':');
    if word.contains(odd) || word.starts_with(['/', '-']) || ENDINGS.contains(&word) {
        return false;
    }
    let known_folder = word.split_once('/').is_some_and(|(first, _)| {
        let folder = format!("{first}/");
        tree.files.iter().any(|file| file.path.starts_with(&folder))
    });
    known_folder || ENDINGS.iter().any(|ending| word.ends_with(ending))
}

/// The path up to the first part that stands for many: `<vendor>`, `*`, `{a,b}`, `NNNN`, `…`.
fn known_part(word: &str) -> &str {
    let many = |part: &str| {
        part.contains(['<', '*', '{', '…']) || part.contains("NNNN") || part.contains("...")
    };
    let mut end = 0;
    for part in word.split_inclusive('/') {
        if many(part) {
            break;
        }
        end += part.len();
    }
    word[..end].trim_end_matches('/')
}

/// A file, a folder, or the end of a path: `store/src/jobs.rs` stands for `crates/store/src/jobs.rs`.
fn exists(tree: &Tree, path: &str) -> bool {
    if path.is_empty() {
        return true;
    }
    let (folder, end, middle) = (format!("{path}/"), format!("/{path}"), format!("/{path}/"));
    tree.files.iter().any(|file| {
        let full = file.path.as_str();
        full == path || full.starts_with(&folder) || full.ends_with(&end) || full.contains(&middle)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::tree;

    #[test]
    fn missing_paths_are_found_and_other_words_are_left_alone() {
        let text = "See `crates/store/src/jobs.rs`, `store/src/jobs.rs`, `crates/connectors/src/<vendor>/mod.rs`, \
                    `POST /webhooks/x`, `text/html`, `store::jobs`, `/settings/users`, `jobs.rs`, `.rs`, `portico.toml`,\n\
                    `http://localhost:8080/`, `.ci/run`.\n\
                    Gone: `crates/store/src/gone.rs`, `gone.rs`, `crates/gone/`, `.ci/gone`.\n";
        let files = [
            ("ARCHITECTURE.md", text),
            ("crates/store/src/jobs.rs", ""),
            (".ci/run", ""),
            ("crates/connectors/src/halo_psa/mod.rs", ""),
        ];
        let found = check(&tree(&files));
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(
            found.iter().all(|problem| problem.contains("gone")),
            "{found:?}"
        );
    }
}
