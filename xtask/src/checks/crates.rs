//! Crates depend in a straight line: server → sync → { connectors, store } → domain; simulator stands alone; SQL stays
//! in store.

use std::collections::BTreeSet;

use super::{Problem, Tree};

/// Each crate and the crates of ours it may use. The simulator may be added to anyone's dev-dependencies.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("connectors", &["domain"]),
    ("store", &["domain"]),
    ("sync", &["connectors", "store", "domain"]),
    // Pages never see a connector; the simulator is what `portico demo` and `portico sandbox` start.
    ("portico", &["sync", "store", "domain", "simulator"]),
    ("simulator", &[]),
    // Measures from outside and from inside.
    (
        "bench",
        &[
            "portico",
            "sync",
            "connectors",
            "store",
            "domain",
            "simulator",
        ],
    ),
    ("xtask", &[]),
];

const SIMULATOR: &str = "simulator";
const STORE: &str = "store";
const SQL_LIBRARY: &str = "sqlx";

/// Reads every `Cargo.toml` and the `sqlx::` paths in Rust files.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let manifests: Vec<Manifest> = tree
        .files
        .iter()
        .filter(|file| file.name() == "Cargo.toml" && file.path != "Cargo.toml")
        .map(|file| Manifest::parse(&file.path, &file.text))
        .collect();
    let ours: BTreeSet<&str> = manifests
        .iter()
        .map(|manifest| manifest.name.as_str())
        .collect();
    let mut problems: Vec<Problem> = manifests
        .iter()
        .flat_map(|manifest| judge(manifest, &ours))
        .collect();
    let path_start = format!("{SQL_LIBRARY}::");
    for file in &tree.files {
        let elsewhere = file.path.starts_with("crates/") && !file.path.starts_with("crates/store/");
        if elsewhere && file.extension() == "rs" && file.text.contains(&path_start) {
            problems.push(format!(
                "{}: uses {SQL_LIBRARY}; SQL stands only in crates/store",
                file.path
            ));
        }
    }
    problems
}

fn judge(manifest: &Manifest, ours: &BTreeSet<&str>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (name, path) = (manifest.name.as_str(), &manifest.path);
    let Some((_, allowed)) = MAY_USE.iter().find(|(of, _)| *of == name) else {
        return vec![format!(
            "{path}: crate `{name}` has no place in the line; see xtask/src/checks/crates.rs"
        )];
    };
    for dependency in &manifest.dependencies {
        let used = dependency.name.as_str();
        if used == SQL_LIBRARY && name != STORE {
            problems.push(format!(
                "{path}: depends on {SQL_LIBRARY}; SQL stands only in crates/store"
            ));
        }
        let free = dependency.dev && (used == SIMULATOR || used == name);
        if ours.contains(used) && !free && !allowed.contains(&used) {
            problems.push(format!("{path}: `{name}` must not depend on `{used}`"));
        }
    }
    problems
}

struct Dependency {
    name: String,
    dev: bool,
}

/// The part of a manifest that matters here.
struct Manifest {
    path: String,
    name: String,
    dependencies: Vec<Dependency>,
}

impl Manifest {
    /// Reads the shapes a manifest really has: `name.workspace = true`, `name = …`, `[dependencies.name]`, and
    /// `package = "…"` where a dependency was renamed.
    fn parse(path: &str, text: &str) -> Self {
        let mut manifest = Self {
            path: path.to_owned(),
            name: String::new(),
            dependencies: Vec::new(),
        };
        let mut section = String::new();
        for line in text
            .lines()
            .map(|line| line.split(" #").next().unwrap_or(line).trim())
        {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            if let Some(title) = line.strip_prefix('[') {
                section = title.trim_matches(['[', ']']).to_owned();
                if let Some((kind, name)) = section.rsplit_once('.')
                    && let Some(dev) = dependency_kind(kind)
                {
                    manifest.dependencies.push(Dependency {
                        name: name.trim_matches('"').to_owned(),
                        dev,
                    });
                }
                continue;
            }
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            if section == "package" && key.trim() == "name" {
                manifest.name = value.trim().trim_matches('"').to_owned();
            } else if let Some(dev) = dependency_kind(&section) {
                let key = key
                    .trim()
                    .split('.')
                    .next()
                    .unwrap_or_default()
                    .trim_matches('"');
                let renamed = value
                    .split_once("package")
                    .and_then(|(_, rest)| rest.split('"').nth(1));
                manifest.dependencies.push(Dependency {
                    name: renamed.unwrap_or(key).to_owned(),
                    dev,
                });
            }
        }
        manifest
    }
}

/// Whether the section lists dependencies, and if so whether for tests only.
fn dependency_kind(section: &str) -> Option<bool> {
    match section.rsplit('.').next() {
        Some("dependencies" | "build-dependencies") => Some(false),
        Some("dev-dependencies") => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::tree;

    fn problems(store: &str, domain: &str) -> Vec<Problem> {
        let store = format!("[package]\nname = \"store\"\n{store}");
        let domain = format!("[package]\nname = \"domain\"\n{domain}");
        let simulator = "[package]\nname = \"simulator\"\n";
        check(&tree(&[
            ("crates/store/Cargo.toml", store.as_str()),
            ("crates/domain/Cargo.toml", domain.as_str()),
            ("crates/simulator/Cargo.toml", simulator),
        ]))
    }

    #[test]
    fn straight_line_passes() {
        let store = "[dependencies]\ndomain.workspace = true\nsqlx.workspace = true\n[dev-dependencies]\nsimulator.workspace = true\n";
        assert_eq!(
            problems(store, "[dependencies]\nserde.workspace = true\n"),
            Vec::<Problem>::new()
        );
    }

    #[test]
    fn pointing_back_is_found_in_every_shape() {
        for shape in [
            "[dependencies]\nstore.workspace = true\n",
            "[dependencies]\nstore = { path = \"../store\" }\n",
            "[dependencies.store]\npath = \"../store\"\n",
            "[target.'cfg(unix)'.dependencies]\nstore = { workspace = true }\n",
            "[build-dependencies]\nstore.workspace = true\n",
            "[dev-dependencies]\nstore.workspace = true\n",
            "[dependencies]\nstorage = { package = \"store\", path = \"../store\" }\n",
        ] {
            assert_eq!(
                problems("", shape),
                ["crates/domain/Cargo.toml: `domain` must not depend on `store`"],
                "{shape}"
            );
        }
    }

    #[test]
    fn simulator_is_for_tests_and_sql_for_store() {
        assert_eq!(
            problems("[dependencies]\nsimulator.workspace = true\n", "").len(),
            1
        );
        assert_eq!(
            problems("", "[dev-dependencies]\nsqlx.workspace = true\n").len(),
            1
        );
    }

    #[test]
    fn unknown_crates_and_sql_in_code_are_found() {
        let files = [
            ("crates/extra/Cargo.toml", "[package]\nname = \"extra\"\n"),
            ("crates/sync/src/a.rs", "use sqlx::Row;"),
        ];
        assert_eq!(check(&tree(&files)).len(), 2);
    }
}
