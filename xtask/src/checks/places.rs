//! Names that say nothing, paths of one machine, addresses of registries: none of them belongs in the repository.

use super::{Problem, Tree};

const EMPTY_NAMES: [&str; 5] = ["utils", "helpers", "common", "manager", "misc"];

/// Folders of the machines Portico is written on; in pieces so that this file does not find itself.
const MACHINE_FOLDERS: [&str; 2] = [concat!("/wo", "rk/"), concat!("/fa", "rm/")];

/// Where packages are downloaded from is each machine's own business; a mirror's name in a file breaks other machines.
const REGISTRY_HOSTS: [&str; 7] = [
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("registry.", "npmjs.org"),
    concat!("deb.", "debian.org"),
    concat!("files.", "pythonhosted.org"),
    concat!("proxy.", "golang.org"),
    concat!("replace", "-with"),
];

const LOCK_SOURCE: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// Looks at every path and every line.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in &tree.files {
        if let Some(name) = empty_name(&file.path) {
            problems.push(format!(
                "{}: `{name}` says nothing; name the module after what it holds",
                file.path
            ));
        }
        let is_lock = file.name() == "Cargo.lock";
        for (number, line) in (1..).zip(file.text.lines()) {
            let place = || format!("{}:{number}", file.path);
            if let Some(folder) = MACHINE_FOLDERS
                .iter()
                .find(|folder| has_folder(line, folder))
            {
                problems.push(format!("{}: a path of one machine ({folder})", place()));
            }
            if is_lock {
                if line.starts_with("source = ") && line != LOCK_SOURCE {
                    problems.push(format!("{}: a crate that is not from crates.io", place()));
                }
            } else if let Some(host) = REGISTRY_HOSTS.iter().find(|host| line.contains(**host)) {
                problems.push(format!("{}: names a package registry ({host})", place()));
            }
        }
    }
    problems
}

/// A meaningless Rust module, file or folder.
fn empty_name(path: &str) -> Option<&str> {
    if !path.ends_with(".rs") {
        return None;
    }
    let stem = path.strip_suffix(".rs").unwrap_or(path);
    stem.split('/').find(|part| EMPTY_NAMES.contains(part))
}

/// The folder at the start of a path, not in the middle of an address such as `example.com/…`.
fn has_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        !before
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '}' | '>'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::tree;

    #[test]
    fn machine_paths_are_found_and_addresses_are_not() {
        let folder = MACHINE_FOLDERS[0];
        let text = format!(
            "open(\"{folder}main\")\nhttps://example.com{folder}orders\n{{base}}{folder}x\n"
        );
        let found = check(&tree(&[("docs/a.md", &text)]));
        assert_eq!(
            found,
            [format!("docs/a.md:1: a path of one machine ({folder})")]
        );
    }

    #[test]
    fn names_that_say_nothing_are_found_as_file_and_folder() {
        let files = [
            ("crates/a/src/utils.rs", ""),
            ("crates/a/tests/common/mod.rs", ""),
            ("docs/common/a.md", ""),
            ("crates/a/src/commonly.rs", ""),
        ];
        let found = check(&tree(&files));
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn lock_file_may_name_crates_io_only() {
        let lock = format!("{LOCK_SOURCE}\nsource = \"registry+https://mirror.example/index\"\n");
        let found = check(&tree(&[("Cargo.lock", &lock)]));
        assert_eq!(found, ["Cargo.lock:2: a crate that is not from crates.io"]);
    }

    #[test]
    fn registry_hosts_are_found() {
        let text = format!("registry = \"https://{}/\"\n", REGISTRY_HOSTS[0]);
        assert_eq!(check(&tree(&[(".cargo/config.toml", &text)])).len(), 1);
    }
}
