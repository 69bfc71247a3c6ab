//! Benchmarks and the torture series, driving the real binary: `cargo xtask bench NAME`, `cargo xtask torture`.
//!
//! A person's table first, one JSON object as the last line. Nothing here asserts a time: a figure is a figure, and
//! only the torture series can fail, on a record that is not what the vendor has.
#![expect(
    clippy::print_stdout,
    reason = "a command line tool talks to the person who started it"
)]

mod arguments;
mod browser;
mod credentials;
mod dice;
mod distribution;
mod form;
mod installation;
mod machine;
mod pages;
mod place;
mod process;
mod product;
mod reference;
mod sandbox;
mod sync_bench;
mod table;
mod torture;
mod web;
mod workplace;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use arguments::{Arguments, Command};

/// The product's allocator, so that the reference is measured with it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode> {
    // Children are started from this thread, which `block_on` runs the given future on.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let workplace =
            || workplace::Workplace::new(arguments.postgres.clone(), arguments.dir.as_deref());
        match &arguments.command {
            Command::Sync(wanted) => sync_bench::run(&workplace()?, wanted).await,
            Command::Pages(wanted) => pages::run(&workplace()?, wanted).await,
            Command::Torture(wanted) => return torture::run(workplace()?, wanted).await,
            Command::Reference(wanted) => {
                let pass = reference::run(&wanted.vendor, wanted.sandbox.clone()).await?;
                println!("{}", serde_json::to_string(&pass)?);
                Ok(())
            }
        }?;
        Ok(ExitCode::SUCCESS)
    })
}
