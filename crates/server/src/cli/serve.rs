//! `portico serve`: web pages, API and, unless another process does it, background work.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use domain::clock::{SharedClock, SystemClock};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Source, connections, logging, stop};
use crate::app::{App, Start};
use crate::web::{onboarding, router};

/// How long requests and jobs may take to come to an end after the first signal.
const PATIENCE: Duration = Duration::from_secs(20);

/// Arguments of `portico serve`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Where to listen, instead of server.listen.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,

    /// Leave background work to other processes (PostgreSQL).
    #[arg(long)]
    no_worker: bool,
}

/// Serves until a signal comes.
///
/// # Errors
/// When Portico cannot start, or fails while running.
pub async fn run(source: &Source, arguments: Arguments) -> anyhow::Result<()> {
    let mut config = source.load(arguments.listen)?;
    logging::start(&config.log)?;
    if arguments.no_worker && !config.uses_postgres() {
        bail!(
            "--no-worker needs PostgreSQL: with SQLite, one process does everything. Leave it out."
        );
    }
    let stop = stop::on_signal()?;
    let listener = listen(config.server.listen).await?;
    // Port 0 takes a free one; from here on the address is the one that was taken.
    config.server.listen = listener.local_addr()?;
    let clock: SharedClock = Arc::new(SystemClock);
    let app = App::open(
        config,
        clock,
        Start {
            stop: stop.clone(),
            ..Start::default()
        },
    )
    .await?;
    tell_setup(&app).await?;
    let tasks = TaskTracker::new();
    if arguments.no_worker {
        app.engine().start_heartbeat(&tasks, stop.clone());
    } else {
        app.engine().start_worker(&tasks, stop.clone());
    }
    serve(&app, listener, &tasks, &stop).await;
    Ok(())
}

/// Binds the address people come to.
///
/// # Errors
/// When it is taken or not ours, with what to do about it.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "Cannot listen on {address}. If another program uses the port, stop it or choose another: \
             --listen {}:8081 (for the demo: --port 8081)",
            address.ip()
        )
    })
}

/// Serves requests until the token is cancelled, then waits for what runs.
pub async fn serve(
    app: &App,
    listener: TcpListener,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) {
    tracing::info!(address = app.config().base_address(), "listening");
    let server = connections::serve(listener, router::build(app), stop, connections::HEAD);
    let deadline = async {
        stop.cancelled().await;
        tokio::time::sleep(PATIENCE).await;
    };
    tokio::select! {
        () = server => {}
        () = deadline => tracing::warn!("some requests did not come to an end"),
    }
    stop.cancel();
    finish(app, tasks).await;
    tracing::info!("stopped");
}

/// Waits for background work, then closes the database.
pub async fn finish(app: &App, tasks: &TaskTracker) {
    tasks.close();
    if tokio::time::timeout(PATIENCE, tasks.wait()).await.is_err() {
        tracing::warn!("some background work did not come to an end; it goes on at the next start");
    }
    app.store().close().await;
}

/// While nobody can sign in: where to create the first administrator.
async fn tell_setup(app: &App) -> anyhow::Result<()> {
    let token = onboarding::setup_token(app)
        .await
        .map_err(|failure| anyhow::anyhow!("{}", failure.title))?;
    if let Some(token) = token {
        let base = app.config().base_address();
        tracing::info!(
            "nobody can sign in yet: create the first administrator at {base}/welcome?token={token}"
        );
    }
    Ok(())
}
