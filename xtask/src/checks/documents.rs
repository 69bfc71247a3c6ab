//! Decision records are short and numbered without gaps; changelog fragments say by name what kind of change they are.

use super::{Problem, Tree};

const DECISIONS: &str = "docs/decisions/";
const DECISION_LINES: usize = 80;
const FRAGMENTS: &str = "changelog.d/";
const FRAGMENT_KINDS: [&str; 5] = ["feature", "change", "fix", "security", "removal"];

/// Looks at both folders; a `README.md` in either is free.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = decisions(tree);
    problems.extend(fragments(tree));
    problems
}

fn decisions(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut expected = 1;
    for file in tree
        .files
        .iter()
        .filter(|file| file.path.starts_with(DECISIONS) && file.name() != "README.md")
    {
        let lines = file.text.lines().count();
        if lines > DECISION_LINES {
            problems.push(format!(
                "{}: {lines} lines, at most {DECISION_LINES}",
                file.path
            ));
        }
        match decision_number(file.name()) {
            None => problems.push(format!("{}: name it NNNN-title.md", file.path)),
            Some(number) => {
                if number != expected {
                    problems.push(format!("{}: number {expected:04} was expected", file.path));
                }
                expected = number + 1;
            }
        }
    }
    problems
}

fn decision_number(name: &str) -> Option<u32> {
    let (digits, title) = name.strip_suffix(".md")?.split_once('-')?;
    if digits.len() == 4 && is_slug(title) {
        digits.parse().ok()
    } else {
        None
    }
}

fn fragments(tree: &Tree) -> Vec<Problem> {
    let of_fragment = |path: &str| {
        let name = path.strip_prefix(FRAGMENTS)?;
        (name != "README.md").then_some(name.to_owned())
    };
    tree.files
        .iter()
        .filter_map(|file| Some((file, of_fragment(&file.path)?)))
        .filter(|(file, name)| !is_fragment_name(name) || file.text.trim().is_empty())
        .map(|(file, _)| {
            format!(
                "{}: name it what-changed.KIND.md, KIND one of {FRAGMENT_KINDS:?}, not empty",
                file.path
            )
        })
        .collect()
}

fn is_fragment_name(name: &str) -> bool {
    name.strip_suffix(".md")
        .and_then(|stem| stem.rsplit_once('.'))
        .is_some_and(|(slug, kind)| is_slug(slug) && FRAGMENT_KINDS.contains(&kind))
}

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::tree;

    #[test]
    fn gaps_long_records_and_odd_names_are_found() {
        let long = "x\n".repeat(81);
        let files = [
            ("docs/decisions/0001-a.md", "x"),
            ("docs/decisions/0003-b.md", "x"),
            ("docs/decisions/0004-c.md", long.as_str()),
            ("docs/decisions/README.md", "x"),
            ("docs/decisions/later.md", "x"),
        ];
        assert_eq!(check(&tree(&files)).len(), 3);
    }

    #[test]
    fn fragments_name_their_kind() {
        let files = [
            ("changelog.d/README.md", "x"),
            ("changelog.d/halo_psa.feature.md", "Connects HaloPSA."),
            ("changelog.d/12.md", "x"),
            ("changelog.d/empty.fix.md", " "),
        ];
        assert_eq!(check(&tree(&files)).len(), 2);
    }
}
