//! House checks: what style says and a program can see, over the text of every file of the repository.
//!
//! Each check is a pure function from a [`Tree`] to problems, so its tests need no repository.

mod architecture;
mod crates;
mod documents;
mod lines;
mod migrations;
mod places;
mod size;
mod vendors;

use anyhow::{Result, bail};

use crate::process::{at_root, capture, repo_root};

/// Longer files are data, not text that a person wrote.
const LARGEST_TEXT: u64 = 4 * 1024 * 1024;

/// One file: where it is, from the repository's root, and what it says (empty for binary files).
pub struct SourceFile {
    /// Path with forward slashes.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl SourceFile {
    /// The file name's ending after the last dot.
    pub fn extension(&self) -> &str {
        self.path
            .rsplit_once('.')
            .map_or("", |(_, extension)| extension)
    }

    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Recorded vendor answers and code of others, which follow no rule of ours.
    pub fn is_foreign(&self) -> bool {
        let in_folder = |folder: &str| self.path.split('/').any(|part| part == folder);
        in_folder("fixtures")
            || in_folder("vendor")
            || self.path.ends_with(".min.js")
            || self.path.ends_with(".min.css")
    }
}

/// Every file of the repository that git does not ignore.
pub struct Tree {
    /// Sorted by path.
    pub files: Vec<SourceFile>,
}

impl Tree {
    /// Reads the repository as it stands, committed or not.
    pub fn read() -> Result<Self> {
        // A checkout that belongs to another account is common in CI; git would refuse it.
        let mut git = at_root("git");
        git.args([
            "-c",
            "safe.directory=*",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]);
        let listing = capture(&mut git)?;
        let root = repo_root();
        let mut files = Vec::new();
        for path in listing.split('\0').filter(|path| !path.is_empty()) {
            let full = root.join(path);
            let Ok(meta) = std::fs::symlink_metadata(&full) else {
                continue;
            };
            let text = if meta.is_file() && meta.len() <= LARGEST_TEXT {
                std::fs::read(&full)
                    .ok()
                    .and_then(|bytes| String::from_utf8(bytes).ok())
            } else {
                None
            };
            files.push(SourceFile {
                path: path.to_owned(),
                text: text.unwrap_or_default(),
            });
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Ok(Self { files })
    }

    /// The file at exactly this path.
    pub fn find(&self, path: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// A problem: where, and what to do about it.
type Problem = String;

type Check = fn(&Tree) -> Vec<Problem>;

const CHECKS: &[(&str, Check)] = &[
    ("file sizes", size::check),
    ("opening comments, marks", lines::check),
    ("places and names", places::check),
    ("crate directions", crates::check),
    ("migrations", migrations::check),
    ("ARCHITECTURE.md paths", architecture::check),
    ("decisions and changelog", documents::check),
    ("places that name vendors", vendors::check),
];

/// Runs every check and fails with the number of problems after printing each.
pub fn run() -> Result<String> {
    let tree = Tree::read()?;
    let mut count = 0;
    for (name, check) in CHECKS {
        let problems = check(&tree);
        println!(
            "{name}: {}",
            if problems.is_empty() {
                "ok".to_owned()
            } else {
                format!("{}", problems.len())
            }
        );
        for problem in &problems {
            println!("  {problem}");
        }
        count += problems.len();
    }
    if count > 0 {
        bail!("{count} problems");
    }
    Ok(format!("{} files", tree.files.len()))
}

#[cfg(test)]
fn tree(files: &[(&str, &str)]) -> Tree {
    let files = files.iter().map(|(path, text)| SourceFile {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
    });
    Tree {
        files: files.collect(),
    }
}
