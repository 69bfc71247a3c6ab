//! Files stay small: none over 800 lines, 95 of 100 at most 500.

use super::{Problem, SourceFile, Tree};

const MAXIMUM: usize = 800;
const PERCENTILE_95: usize = 500;

/// Counts the lines of source, template, style and script files.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut sizes: Vec<(usize, &str)> = tree
        .files
        .iter()
        .filter(|file| counts(file))
        .map(|file| (file.text.lines().count(), file.path.as_str()))
        .collect();
    sizes.sort_unstable();
    let mut problems: Vec<Problem> = sizes
        .iter()
        .filter(|(lines, _)| *lines > MAXIMUM)
        .map(|(lines, path)| format!("{path}: {lines} lines, at most {MAXIMUM}; split it by verb"))
        .collect();
    // Nearest rank: the smallest size that at least 95 of 100 files do not exceed.
    let rank = (sizes.len() * 95).div_ceil(100);
    if let Some((lines, path)) = rank.checked_sub(1).and_then(|index| sizes.get(index))
        && *lines > PERCENTILE_95
    {
        problems.push(format!(
            "95th percentile is {lines} lines ({path}), at most {PERCENTILE_95}"
        ));
    }
    problems
}

fn counts(file: &SourceFile) -> bool {
    matches!(file.extension(), "rs" | "html" | "css" | "js") && !file.is_foreign()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::tree;

    fn problems(sizes: &[usize]) -> Vec<Problem> {
        let files: Vec<(String, String)> = sizes
            .iter()
            .enumerate()
            .map(|(n, lines)| (format!("crates/a/src/f{n}.rs"), "x\n".repeat(*lines)))
            .collect();
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        check(&tree(&files))
    }

    #[test]
    fn eight_hundred_lines_pass_and_one_more_fails() {
        let mut sizes = vec![10; 40];
        sizes.push(800);
        assert!(problems(&sizes).is_empty());
        sizes.push(801);
        let found = problems(&sizes);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("f41.rs: 801 lines"), "{found:?}");
    }

    #[test]
    fn percentile_fails_when_more_than_five_in_a_hundred_are_long() {
        let mut sizes = vec![10; 95];
        sizes.extend([501; 5]);
        assert!(problems(&sizes).is_empty());
        sizes[0] = 501;
        assert_eq!(problems(&sizes).len(), 1);
    }

    #[test]
    fn fixtures_and_other_kinds_are_not_counted() {
        let long = "x\n".repeat(900);
        let files = [
            ("crates/a/fixtures/page.html", long.as_str()),
            ("docs/a.md", &long),
            ("static/a.min.js", &long),
        ];
        assert!(check(&tree(&files)).is_empty());
    }
}
