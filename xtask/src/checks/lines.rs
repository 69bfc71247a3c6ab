//! Every Rust file opens with `//!`, and no file carries an unfinished mark without an issue number.

use super::{Problem, SourceFile, Tree};

/// Written in two pieces so that this file does not find itself.
const MARKS: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

/// Looks at first lines and at every line of code.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in tree.files.iter().filter(|file| !file.is_foreign()) {
        if file.extension() == "rs" && !opens_with_comment(&file.text) {
            problems.push(format!(
                "{}: opens without `//!`; say what the file is for",
                file.path
            ));
        }
        if is_code(file) {
            marks(file, &mut problems);
        }
    }
    problems
}

fn opens_with_comment(text: &str) -> bool {
    text.lines()
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| line.starts_with("//!"))
}

fn is_code(file: &SourceFile) -> bool {
    matches!(
        file.extension(),
        "rs" | "html" | "css" | "js" | "sql" | "toml" | "sh"
    ) || file.path == ".ci/run"
}

fn marks(file: &SourceFile, problems: &mut Vec<Problem>) {
    for (number, line) in (1..).zip(file.text.lines()) {
        for mark in MARKS {
            if has_word(line, mark) && !has_issue_number(line) {
                problems.push(format!(
                    "{}:{number}: {mark} without an issue number",
                    file.path
                ));
            }
        }
    }
}

fn has_word(line: &str, word: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        !before.is_some_and(joins) && !after.is_some_and(joins)
    })
}

/// `#12` somewhere in the line.
fn has_issue_number(line: &str) -> bool {
    line.match_indices('#')
        .any(|(at, _)| line[at + 1..].starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::tree;

    #[test]
    fn opening_comment_is_required_in_rust_files_only() {
        let files = [
            ("a.rs", "\n//! A.\n"),
            ("b.rs", "use a;\n"),
            ("c.css", "a{}\n"),
            ("x/fixtures/d.rs", "use a;\n"),
        ];
        let found = check(&tree(&files));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("b.rs"), "{found:?}");
    }

    #[test]
    fn marks_need_an_issue_number() {
        let bad = format!(
            "//! A.\n// {}: later\n// {}(#12): later\n",
            MARKS[0], MARKS[1]
        );
        let found = check(&tree(&[("a.rs", &bad)]));
        assert_eq!(
            found,
            [format!("a.rs:2: {} without an issue number", MARKS[0])]
        );
    }

    #[test]
    fn marks_inside_longer_words_are_no_marks() {
        let text = format!("//! A.\nconst {}S: u8 = 1;\n", MARKS[0]);
        assert!(check(&tree(&[("a.rs", &text)])).is_empty());
    }
}
