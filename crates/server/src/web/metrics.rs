//! `/metrics`, in Prometheus' text format. Open to this machine, elsewhere only with the configured token. Labels
//! carry routes, kinds and outcomes, never ids or names.

use std::sync::OnceLock;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use subtle::ConstantTimeEq;
use sync::telemetry::names;

use super::address::peer_address;
use super::error::{Answer, Failure};
use crate::app::App;

/// Upper bounds of the buckets of request times, in seconds.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Where metrics are collected. The `metrics` facade knows one recorder per process, so applications in one process
/// share it.
#[derive(Clone)]
pub struct Recorder(PrometheusHandle);

impl Recorder {
    /// The process's recorder, installed by the first call.
    #[must_use]
    pub fn install() -> Self {
        static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
        Self(HANDLE.get_or_init(build).clone())
    }
}

fn build() -> PrometheusHandle {
    let name = Matcher::Full("portico_http_request_seconds".to_owned());
    let builder = PrometheusBuilder::new();
    let builder = builder
        .set_buckets_for_metric(name, &SECONDS)
        .unwrap_or_else(|_| PrometheusBuilder::new());
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    if ::metrics::set_global_recorder(recorder).is_err() {
        tracing::warn!("another part of this process collects metrics; /metrics stays empty");
    }
    describe();
    handle
}

/// Every metric and what it says.
pub const METRICS: [(Kind, &str, &str); 12] = [
    (
        Kind::Counter,
        "portico_http_requests_total",
        "HTTP requests by method, route and status",
    ),
    (
        Kind::Histogram,
        "portico_http_request_seconds",
        "Time to answer by route",
    ),
    (
        Kind::Counter,
        names::RECORDS,
        "Records read by provider, stream and what became of them",
    ),
    (
        Kind::Counter,
        names::PAGES,
        "Pages stored by provider and stream",
    ),
    (Kind::Counter, names::RUNS, "Runs ended by state"),
    (
        Kind::Counter,
        names::REQUESTS,
        "Requests sent to vendors by provider",
    ),
    (Kind::Counter, names::JOBS, "Jobs ended by kind and outcome"),
    (
        Kind::Counter,
        names::LEASES_LOST,
        "Jobs whose lease was lost while running",
    ),
    (Kind::Gauge, "portico_jobs", "Jobs by state"),
    (
        Kind::Gauge,
        "portico_oldest_due_job_seconds",
        "How long the oldest due job has been waiting",
    ),
    (
        Kind::Gauge,
        "portico_database_connections",
        "Database connections by pool: in use, idle, and the most there may be",
    ),
    (
        Kind::Gauge,
        "portico_nodes",
        "Nodes whose heartbeat is fresh",
    ),
];

/// Kind of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by size.
    Histogram,
}

fn describe() {
    for (kind, name, text) in METRICS {
        match kind {
            Kind::Counter => ::metrics::describe_counter!(name, text),
            Kind::Gauge => ::metrics::describe_gauge!(name, text),
            Kind::Histogram => ::metrics::describe_histogram!(name, text),
        }
    }
    // Rare, so that it is there before it first happens.
    ::metrics::counter!(names::LEASES_LOST).absolute(0);
}

/// Lets through what comes from this machine directly, or carries the token.
///
/// # Errors
/// 403 for everybody else.
pub async fn guard(app: &App, request: Request, next: Next) -> Answer {
    let token = &app.config().metrics.token;
    let sent = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .unwrap_or_default();
    let known = !token.is_empty() && bool::from(sent.as_bytes().ct_eq(token.expose().as_bytes()));
    // A proxy on this machine makes the whole world look like loopback. It names whom it speaks for, or the address
    // people type leads to it.
    let forwarded = request.headers().contains_key("x-forwarded-for")
        || request.headers().contains_key("forwarded");
    let direct = app.config().serves_this_machine() && !forwarded;
    if known || (peer_address(request.extensions()).is_loopback() && direct) {
        return Ok(next.run(request).await);
    }
    Err(Failure::new(
        StatusCode::FORBIDDEN,
        "forbidden",
        "Metrics are for this machine",
        "Set metrics.token and send it as a bearer token to read metrics from elsewhere.",
    ))
}

/// `GET /metrics`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(State(app): State<App>) -> Result<Response, Failure> {
    super::health::measure(&app).await?;
    let text = app.recorder().0.render();
    Ok((
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text,
    )
        .into_response())
}
