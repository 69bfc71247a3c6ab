//! Connections: each has a time within which a request's head must arrive, so that nobody holds one for ever by sending
//! a byte a minute, and each comes to an end when Portico stops.
//!
//! `axum::serve` knows no such time. HTTP/1 only, as there: a reverse proxy speaks it to us, and telling versions apart
//! would be one more wait without an end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// How long the head of a request may take to arrive, also the next one on a connection that is kept.
pub const HEAD: Duration = Duration::from_secs(30);

/// Pause when no connection can be accepted, as when the process has no file handle left.
const BREATH: Duration = Duration::from_millis(100);

/// Serves requests until the token is cancelled, then waits for those that run.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: &CancellationToken,
    head: Duration,
) {
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => attend(stream, peer, router.clone(), &graceful, head),
            Err(error) => {
                tracing::debug!(%error, "a connection could not be accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

/// Attends to one connection in the background.
fn attend(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    graceful: &GracefulShutdown,
    head: Duration,
) {
    // Answers are small and people wait for them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "answers may be delayed");
    }
    let service = service_fn(move |request: Request<Incoming>| {
        let router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let answered: Result<_, Infallible> = router.oneshot(request).await;
            answered
        }
    });
    let connection = Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
    });
}
