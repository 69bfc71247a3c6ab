//! `cargo xtask bench`, `torture` and `screenshots`: release builds and browsers, each with what it needs started.

use std::ffi::{OsStr, OsString};

use anyhow::{Context, Result, bail};

use crate::postgres::{Cluster, Purpose};
use crate::process::{at_root, cargo, describe, exit_code, repo_root, run, target_dir};
use crate::tools::{TEST_CHROMIUM, find_chromium};

/// Where the bench binary finds a PostgreSQL to measure.
pub const BENCH_POSTGRES: &str = "PORTICO_BENCH_POSTGRES";

const DURABLE: &str = "--durable";
const NO_FSYNC: &str = "--no-fsync";

/// `cargo xtask bench NAME ARGS…`: PostgreSQL flushes every commit, unless `--no-fsync` is given.
pub fn bench(args: &[OsString]) -> Result<u8> {
    if args.is_empty() {
        bail!("which benchmark? cargo xtask bench NAME ARGS…");
    }
    start(&[], args, Purpose::Durable)
}

/// `cargo xtask torture ARGS…`: on both engines, unless `--engine` names one. PostgreSQL does not flush, unless
/// `--durable` is given.
pub fn torture(args: &[OsString]) -> Result<u8> {
    let mut args = args.to_vec();
    if !names_engine(&args) {
        args.extend(["--engine", "both"].map(OsString::from));
    }
    start(&["torture"], &args, Purpose::Tests)
}

fn names_engine(args: &[OsString]) -> bool {
    args.iter()
        .filter_map(|arg| arg.to_str())
        .any(|arg| arg == "--engine" || arg.starts_with("--engine="))
}

fn start(first: &[&str], args: &[OsString], default: Purpose) -> Result<u8> {
    run(cargo().args([
        "build",
        "--release",
        "--locked",
        "-p",
        "portico",
        "-p",
        "bench",
    ]))?;
    let mut command = at_root(target_dir().join("release/bench"));
    command.args(first).args(
        args.iter()
            .filter(|arg| *arg != DURABLE && *arg != NO_FSYNC),
    );
    let mut purpose = default;
    if args.iter().any(|arg| arg == DURABLE) {
        purpose = Purpose::Durable;
    } else if args.iter().any(|arg| arg == NO_FSYNC) {
        purpose = Purpose::Tests;
    }
    let cluster = if wants_postgres(args) {
        Some(Cluster::start(purpose)?)
    } else {
        None
    };
    if let Some(cluster) = &cluster {
        command.env(BENCH_POSTGRES, cluster.url());
    }
    let shown = describe(&command);
    println!("$ {shown}");
    let status = command
        .status()
        .with_context(|| format!("could not start `{shown}`"))?;
    Ok(exit_code(status))
}

/// `--engine postgres`, `--engine=postgres`, or an engine name that includes both.
fn wants_postgres(args: &[OsString]) -> bool {
    let names = |value: &str| {
        value
            .split(',')
            .any(|name| matches!(name, "postgres" | "both" | "all"))
    };
    let after_flag = args
        .windows(2)
        .any(|pair| pair[0] == "--engine" && pair[1].to_str().is_some_and(names));
    after_flag
        || args.iter().any(|arg| {
            arg.to_str()
                .and_then(|arg| arg.strip_prefix("--engine="))
                .is_some_and(names)
        })
}

/// `cargo xtask screenshots`: the browser tests that walk the pages and the wizard of each PSA, storing pictures for the
/// documentation.
pub fn screenshots(args: &[OsString]) -> Result<u8> {
    let browser =
        find_chromium().context("no Chromium found; run `cargo xtask test --only tools`")?;
    let mut command = cargo();
    command
        .args([
            "test",
            "--workspace",
            "--locked",
            "--test",
            "e2e",
            "--",
            "screenshots",
            "psa_walk",
        ])
        .args(args);
    command
        .env(TEST_CHROMIUM, browser)
        .env(crate::test::REQUIRE_ALL, "1");
    command.env("PORTICO_SCREENSHOTS", repo_root().join("docs/screenshots"));
    let cluster = Cluster::start(Purpose::Tests)?;
    run(command.env(
        OsStr::new(crate::with_postgres::TEST_POSTGRES),
        cluster.url(),
    ))?;
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_is_read_in_both_shapes() {
        let wants =
            |words: &[&str]| wants_postgres(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert!(wants(&["sync", "--engine", "postgres"]));
        assert!(wants(&["sync", "--engine=sqlite,postgres"]));
        assert!(names_engine(&["--engine=both".into()]) && !names_engine(&["--kills".into()]));
        assert!(!wants(&["sync", "--engine", "sqlite"]));
        assert!(!wants(&["postgres"]));
    }
}
