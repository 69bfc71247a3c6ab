//! `/metrics`, in Prometheus' text format. Open to this machine, elsewhere only with the configured token. Labels
//! carry routes, kinds and outcomes, never ids or names.

use std::sync::OnceLock;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use subtle::ConstantTimeEq;

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

fn describe() {
    use ::metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!(
        "portico_http_requests_total",
        "HTTP requests by method, route and status"
    );
    describe_histogram!("portico_http_request_seconds", "Time to answer by route");
    describe_counter!(
        "portico_sync_records_total",
        "Records read by stream and what became of them"
    );
    describe_counter!("portico_sync_pages_total", "Pages stored by stream");
    describe_counter!("portico_sync_runs_total", "Runs ended by state");
    describe_counter!(
        "portico_vendor_requests_total",
        "Requests sent to vendors by provider"
    );
    describe_counter!("portico_jobs_total", "Jobs ended by kind and outcome");
    describe_counter!(
        "portico_job_leases_lost_total",
        "Jobs whose lease was lost while running"
    );
    describe_gauge!("portico_jobs", "Jobs by state");
    describe_gauge!(
        "portico_oldest_due_job_seconds",
        "How long the oldest due job has been waiting"
    );
    describe_gauge!(
        "portico_database_connections",
        "Open database connections by pool and state"
    );
    describe_gauge!("portico_nodes", "Nodes whose heartbeat is fresh");
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
    // A proxy on this machine makes the whole world look like loopback; it names whom it speaks for.
    let forwarded = request.headers().contains_key("x-forwarded-for")
        || request.headers().contains_key("forwarded");
    if known || (peer_address(request.extensions()).is_loopback() && !forwarded) {
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
