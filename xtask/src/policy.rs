//! Which crates may enter the build: licences, banned crates, and crates that must exist in one version only.
//!
//! The list comes from `cargo tree`, which knows the features that are really on; `cargo metadata` names optional
//! crates such as `ring` that nobody builds. cargo-deny answers the same questions, but would be compiled for minutes
//! on every bare CI machine; this takes a second. Only the host's target is asked: others would download crates that
//! are never built here.

mod spdx;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};

use crate::process::{capture, cargo};

/// Licences that ask for no more than a notice, and with their reasons the few that ask for a little more.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    // Data licence of the Mozilla root certificates, as permissive as MIT.
    "CDLA-Permissive-2.0",
    // Copyleft per file: we use these crates unchanged, and their source is on crates.io (cssparser, by way of ammonia).
    "MPL-2.0",
];

/// Crates that must not be built, and why.
const BANNED: &[(&str, &str)] = &[
    (
        "ring",
        "the one cryptography provider is aws-lc-rs; with two, rustls panics at the first connection",
    ),
    ("openssl", "TLS is rustls"),
    ("openssl-sys", "TLS is rustls"),
    ("native-tls", "TLS is rustls"),
    ("rusqlite", "sqlx brings SQLite; both cannot be linked"),
    ("sqlx-mysql", "two engines are enough"),
];

/// Crates that cost minutes, megabytes or correctness when two versions are built.
const ONE_VERSION: &[&str] = &[
    "aws-lc-rs",
    "axum",
    "hyper",
    "libsqlite3-sys",
    "reqwest",
    "rustls",
    "sqlx-core",
    "tokio",
];

/// A crate in the build.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
    licence: String,
}

/// Checks every crate of the build and fails with each problem printed.
pub fn run() -> Result<String> {
    let mut tree = cargo();
    tree.args([
        "tree",
        "--workspace",
        "--locked",
        "--prefix",
        "none",
        "--format",
        "{p}\t{l}",
    ]);
    let packages = parse(&capture(&mut tree)?)?;
    let problems = judge(&packages);
    for problem in &problems {
        println!("{problem}");
    }
    let doubles = versions(&packages)
        .values()
        .filter(|versions| versions.len() > 1)
        .count();
    println!(
        "{} crates, {doubles} of them in more than one version",
        packages.len()
    );
    if !problems.is_empty() {
        bail!("{} problems", problems.len());
    }
    Ok(format!("{} crates, {doubles} doubled", packages.len()))
}

/// Lines are `name vVERSION (extras)`, a tab, the licence, and `(*)` where the crate was printed before.
fn parse(listing: &str) -> Result<BTreeSet<Package>> {
    let mut packages = BTreeSet::new();
    for line in listing.lines().filter(|line| !line.trim().is_empty()) {
        let (package, licence) = line
            .split_once('\t')
            .with_context(|| format!("cargo tree printed {line:?}"))?;
        let mut words = package.split_whitespace();
        let name = words.next().unwrap_or_default().to_owned();
        let version = words
            .next()
            .unwrap_or_default()
            .trim_start_matches('v')
            .to_owned();
        let licence = licence.trim().trim_end_matches("(*)").trim().to_owned();
        packages.insert(Package {
            name,
            version,
            licence,
        });
    }
    Ok(packages)
}

fn judge(packages: &BTreeSet<Package>) -> Vec<String> {
    let mut problems = Vec::new();
    for Package {
        name,
        version,
        licence,
    } in packages
    {
        if let Some((_, reason)) = BANNED.iter().find(|(banned, _)| banned == name) {
            problems.push(format!(
                "{name} {version} is banned: {reason}; see `cargo tree -i {name}`"
            ));
        }
        match spdx::is_satisfied(licence, LICENCES) {
            Ok(true) => {}
            Ok(false) => problems.push(format!(
                "{name} {version}: licence `{licence}` is not on the list"
            )),
            Err(error) => problems.push(format!("{name} {version}: licence `{licence}`: {error}")),
        }
    }
    for (name, versions) in versions(packages) {
        if versions.len() > 1 && ONE_VERSION.contains(&name) {
            let list: Vec<&str> = versions.into_iter().collect();
            problems.push(format!(
                "{name} is built in {} versions: {}",
                list.len(),
                list.join(", ")
            ));
        }
    }
    problems
}

fn versions(packages: &BTreeSet<Package>) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut map: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        map.entry(&package.name)
            .or_default()
            .insert(&package.version);
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(listing: &str) -> Vec<String> {
        judge(&parse(listing).unwrap())
    }

    #[test]
    fn listing_is_read_with_its_marks() {
        let listing = "serde_derive v1.0.2 (proc-macro)\tMIT OR Apache-2.0\n\nserde_derive v1.0.2 (proc-macro)\tMIT OR Apache-2.0 (*)\n";
        let packages = parse(listing).unwrap();
        assert_eq!(packages.len(), 1);
        let package = packages.first().unwrap();
        assert_eq!(
            (package.version.as_str(), package.licence.as_str()),
            ("1.0.2", "MIT OR Apache-2.0")
        );
    }

    #[test]
    fn banned_licence_and_doubles_are_found() {
        let found = problems(
            "ring v0.17.1\tApache-2.0 AND ISC\nx v1.0.0\tGPL-3.0-only\nnone v1.0.0\t\n\
             hyper v0.14.0\tMIT\nhyper v1.0.0\tMIT\nsyn v1.0.0\tMIT\nsyn v2.0.0\tMIT\n",
        );
        assert_eq!(found.len(), 4, "{found:?}");
    }
}
