//! The command line: one file per command.

mod backup;
pub mod connections;
mod create_admin;
mod demo;
mod doctor;
mod logging;
mod lost_key;
mod openapi;
mod output;
mod restore;
mod rotate_key;
mod sandbox;
mod serve;
mod stop;
mod sync;
mod worker;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{self, Config, Overrides};

/// Open, self-hosted portal for managed service providers.
#[derive(Debug, Parser)]
#[command(
    name = "portico",
    version,
    about,
    after_help = "Every setting is described in portico.default.toml."
)]
pub struct Cli {
    /// Configuration file (see portico.default.toml).
    #[arg(long, global = true, env = "PORTICO_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    /// Data folder, instead of storage.data_dir.
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// Run Portico: web pages, API and background work.
    Serve(serve::Arguments),
    /// Do background work only (PostgreSQL).
    Worker,
    /// Try Portico: starts it with a generated MSP in sandboxes of all four PSAs on this machine, connected and synced.
    Demo(demo::Arguments),
    /// Start a stand-in for a vendor's API on this machine.
    #[command(subcommand)]
    Sandbox(sandbox::Chosen),
    /// Create an administrator, or give an existing one a new password.
    CreateAdmin(create_admin::Arguments),
    /// Look at configuration, database, keys and workers, and say what is wrong.
    Doctor,
    /// Write a copy of the SQLite database, also while Portico runs. The key file is not part of it.
    Backup(backup::Arguments),
    /// Put a backup in the place of the database.
    Restore(restore::Arguments),
    /// Make a new master key and seal every stored secret with it.
    RotateKey(rotate_key::Arguments),
    /// Ask for a sync of an integration, such as autotask. With SQLite only while Portico does not run; press Resync otherwise.
    Sync(sync::Arguments),
    /// Print the OpenAPI document of the JSON API.
    Openapi,
}

/// Runs a command. What went wrong is told on standard error, as a sentence with its causes.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    // One provider for the whole process; a second installation would only happen in tests.
    let _installed_before = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            return fail(&anyhow::Error::from(error).context("The runtime cannot be started"));
        }
    };
    let result = runtime.block_on(dispatch(cli));
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match result {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    output::complain(&format!("portico: {}", told(error)));
    ExitCode::FAILURE
}

/// An error with its causes, each once: some name theirs themselves.
fn told(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

async fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let source = Source {
        file: cli.config,
        data: cli.data,
    };
    match cli.command {
        Command::Serve(arguments) => serve::run(&source, arguments).await?,
        Command::Worker => worker::run(&source).await?,
        Command::Demo(arguments) => demo::run(&source, arguments).await?,
        Command::Sandbox(vendor) => sandbox::run(vendor).await?,
        Command::CreateAdmin(arguments) => create_admin::run(&source, arguments).await?,
        Command::Doctor => return doctor::run(&source).await,
        Command::Backup(arguments) => backup::run(&source, arguments).await?,
        Command::Restore(arguments) => restore::run(&source, arguments).await?,
        Command::RotateKey(arguments) => rotate_key::run(&source, arguments).await?,
        Command::Sync(arguments) => return sync::run(&source, arguments).await,
        Command::Openapi => openapi::run()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Where a command's configuration comes from.
#[derive(Debug)]
struct Source {
    file: Option<PathBuf>,
    data: Option<PathBuf>,
}

impl Source {
    fn load(&self, listen: Option<SocketAddr>) -> anyhow::Result<Config> {
        let overrides = Overrides {
            listen,
            data_dir: self.data.clone(),
            ..Overrides::default()
        };
        config::load(self.file.as_deref(), &overrides)
    }
}

/// Serves an application on a listener until the token is cancelled, without background work, for tests.
pub async fn serve_for_test(
    app: crate::app::App,
    listener: tokio::net::TcpListener,
    stop: tokio_util::sync::CancellationToken,
) {
    serve::serve(&app, listener, &tokio_util::task::TaskTracker::new(), &stop).await;
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_cause_is_told_once() {
        let error = anyhow::anyhow!("(code: 11) malformed");
        let error = error
            .context("the file is damaged: (code: 11) malformed")
            .context("Not restored");
        let expected = "Not restored: the file is damaged: (code: 11) malformed";
        assert_eq!(super::told(&error), expected);
    }
}
