//! `portico demo`: all of Portico with a generated MSP, on this machine, in one command.
//!
//! A sandbox of every vendor with a connector runs in the same process on loopback, all showing the same MSP, and only
//! process configuration points the connectors at them. All is kept in the data folder (database, key, sandbox state,
//! sign-in), so that a second start goes on where the first ended. With `--database` the records are in a PostgreSQL
//! database of the demo's own instead. Nothing made up ever reaches another database, whatever is configured: the one of an
//! installation least of all. What it sets itself is not even read, so that a configuration that is wrong there holds no
//! demo up.

mod account;
mod database;
mod links;
mod progress;
mod sandboxes;
mod world;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::clock::{SharedClock, SystemClock};
use domain::secret::Secret;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Source, logging, output, serve, stop};
use crate::app::{App, Start, make_private_folder};

const USUAL_PORT: u16 = 8080;

/// Arguments of `portico demo`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Start with nothing connected, and print the sandboxes' credentials to try the connect form with.
    #[arg(long)]
    empty: bool,
    /// Port of the web pages; 0 takes a free one. When not given: 8080, or a free one when that is taken.
    #[arg(long)]
    port: Option<u16>,
    /// Give the demo's administrator a new password, made up and printed: for when the one chosen since is forgotten.
    #[arg(long)]
    new_password: bool,
    /// Keep the records in this PostgreSQL database instead of a file: postgres://user@host/database. One of the demo's
    /// own, created when it is missing; one that holds anything else is refused.
    #[arg(long, value_name = "ADDRESS")]
    database: Option<Secret>,
    #[command(flatten)]
    world: world::WorldArguments,
}

/// Runs the demo until a signal comes.
///
/// # Errors
/// When it cannot start, with what to do about it.
pub async fn run(source: &Source, arguments: Arguments) -> anyhow::Result<()> {
    let folder = source
        .data
        .clone()
        .unwrap_or_else(|| PathBuf::from("portico-data/demo"));
    let (mut config, place) = database::choose(source, &folder, arguments.database).await?;
    if config.log.level == "info" {
        // The demo tells what matters itself.
        "warn".clone_into(&mut config.log.level);
    }
    logging::start(&config.log)?;
    make_private_folder(&folder)?;
    let stop = stop::on_signal()?;
    let listener = listen(arguments.port).await?;
    config.server.listen = listener.local_addr()?;
    config.server.base_address = address_to_open(config.server.listen).await;
    // From here on no other demo is in this folder.
    let sandboxes = sandboxes::start(&folder, &arguments.world).await?;
    place.prepare(&config).await?;
    let addresses = sandboxes::addresses(&sandboxes);
    let start = Start {
        base_urls: addresses.clone(),
        request_limits: sandboxes::request_limits(&sandboxes),
        read_outbox: true,
        stop: stop.clone(),
    };
    let clock: SharedClock = Arc::new(SystemClock);
    let app = App::open(config, clock, start).await?;
    place.claim(app.store()).await?;
    let sign_in = account::prepare(app.store(), &folder, arguments.new_password).await?;
    let tasks = TaskTracker::new();
    app.engine().start_worker(&tasks, stop.clone());
    let connected = if arguments.empty {
        Vec::new()
    } else {
        sandboxes::connect(&app, &sandboxes).await?
    };
    output::say(&welcome(&app, &sign_in, &folder, &place));
    if connected.is_empty() {
        output::say(&format!("\n{}", sandboxes::describe(&sandboxes)));
    }
    let (followed, here) = (app.clone(), stop.clone());
    drop(tasks.spawn(async move {
        if let Err(error) = sandboxes::follow(&followed, &addresses).await {
            tracing::warn!(
                cause = format!("{error:#}"),
                "addresses were not read again"
            );
        }
        progress::show(followed.clone(), connected.clone(), here.clone()).await;
        links::link(followed, connected, here).await;
    }));
    serve::serve(&app, listener, &tasks, &stop).await;
    for running in sandboxes {
        running.sandbox.stop().await;
    }
    output::say("The demo has ended. The same command goes on from here.");
    Ok(())
}

/// The address people open: the port asked for, else the usual one, else a free one.
async fn listen(port: Option<u16>) -> anyhow::Result<TcpListener> {
    let loopback = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    match port {
        Some(port) => serve::listen(loopback(port)).await,
        None => match TcpListener::bind(loopback(USUAL_PORT)).await {
            Ok(listener) => Ok(listener),
            Err(_) => {
                output::complain(&format!(
                    "Port {USUAL_PORT} is taken by another program, so the demo takes a free one."
                ));
                serve::listen(loopback(0)).await
            }
        },
    }
}

/// The address that is printed: by the name `localhost` where that is this machine, since passkeys belong to a host name
/// and not to a number; else none, which means the number.
async fn address_to_open(listen: SocketAddr) -> String {
    let named = tokio::net::lookup_host(("localhost", listen.port())).await;
    let reached = named.is_ok_and(|mut found| found.any(|one| one == listen));
    if reached {
        format!("http://localhost:{}", listen.port())
    } else {
        String::new()
    }
}

/// The block that says where to go and how to get in.
fn welcome(app: &App, sign_in: &account::SignIn, folder: &Path, place: &database::Place) -> String {
    format!(
        "\n  Portico is running\n\n    \
         Open       {}\n    \
         {}\n  \
         Data in {}{}. Ctrl-C ends it, the same command goes on.\n",
        app.config().base_address(),
        sign_in.lines(),
        folder.display(),
        place.beside()
    )
}

/// Waits for the token or the time, whichever comes first; tells whether to go on.
async fn pause(stop: &CancellationToken, time: std::time::Duration) -> bool {
    tokio::time::timeout(time, stop.cancelled()).await.is_err()
}
