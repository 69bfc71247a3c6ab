//! `cargo xtask with-postgres -- CMD ARGS…`: one command with a throwaway PostgreSQL.

use std::ffi::OsString;

use anyhow::{Context, Result, bail};

use crate::postgres::{Cluster, Purpose};
use crate::process::{at_root, describe, exit_code};
use crate::tools::{TEST_CHROMIUM, find_chromium};

/// Where tests find the throwaway server.
pub const TEST_POSTGRES: &str = "PORTICO_TEST_POSTGRES";

/// Runs the command and returns its exit code; `--durable` before `--` keeps every commit flushed to disk.
pub fn run(args: &[OsString]) -> Result<u8> {
    let mut purpose = Purpose::Tests;
    let mut rest = args;
    while let Some((first, tail)) = rest.split_first() {
        match first.to_str() {
            Some("--durable") => purpose = Purpose::Durable,
            Some("--") => {
                rest = tail;
                break;
            }
            Some(flag) if flag.starts_with('-') => bail!("unknown flag {flag}"),
            _ => break,
        }
        rest = tail;
    }
    let Some((program, arguments)) = rest.split_first() else {
        bail!("which command? cargo xtask with-postgres -- CMD ARGS…");
    };
    let cluster = Cluster::start(purpose)?;
    let mut command = at_root(program);
    command.args(arguments).env(TEST_POSTGRES, cluster.url());
    if let Some(browser) = find_chromium() {
        command.env(TEST_CHROMIUM, browser);
    }
    if let Ok(here) = std::env::current_dir() {
        command.current_dir(here);
    }
    let status = command
        .status()
        .with_context(|| format!("could not start `{}`", describe(&command)))?;
    Ok(exit_code(status))
}
