//! Portico's build, test and measurement commands: `cargo xtask help` lists them.
#![expect(
    clippy::print_stdout,
    reason = "a command line tool talks to the person who started it"
)]

mod account;
mod bench;
mod checks;
mod policy;
mod postgres;
mod process;
mod test;
mod tools;
mod with_postgres;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
Usage: cargo xtask COMMAND

  test                         everything CI runs; --only STEP, --skip STEP, --list, --verbose
  with-postgres -- CMD ARGS…   run a command with a throwaway PostgreSQL in PORTICO_TEST_POSTGRES; --durable before -- keeps
                               every commit flushed
  bench NAME ARGS…             release build, then one benchmark; --no-fsync for a PostgreSQL that does not flush
  torture ARGS…                release build, then the crash and fault series; --durable for a PostgreSQL that flushes
  screenshots                  the pictures in docs/screenshots, from the browser test
";

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    match dispatch(&args) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a command and returns the exit code.
fn dispatch(args: &[OsString]) -> Result<u8> {
    let Some((name, rest)) = args.split_first() else {
        println!("{HELP}");
        return Ok(2);
    };
    match name.to_str() {
        Some("test") if rest.iter().any(|word| word == "--help" || word == "-h") => {
            println!("{HELP}");
            Ok(0)
        }
        Some("test") => test::run(rest),
        Some("bench") => bench::bench(rest),
        Some("torture") => bench::torture(rest),
        Some("screenshots") => bench::screenshots(rest),
        Some("with-postgres") => with_postgres::run(rest),
        Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            Ok(0)
        }
        _ => bail!(
            "unknown command {}; `cargo xtask help` lists them",
            name.to_string_lossy()
        ),
    }
}
