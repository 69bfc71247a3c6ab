//! Health, readiness, and the measurements that are taken when metrics are asked for.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::clock::UtcMillis;
use serde_json::json;

use super::error::Failure;
use crate::app::App;

/// A heartbeat older than this is a node that is gone.
pub const FRESH: i64 = 30 * UtcMillis::SECOND;

/// `GET /healthz`: the process answers.
pub async fn health() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers, its migrations are done (the store opens no other), and a worker, here or on
/// another node, has a fresh heartbeat. A node that only serves pages is none.
pub async fn ready(State(app): State<App>) -> Response {
    let after = app.clock().now().plus(-FRESH);
    match store::nodes::has_worker(app.store(), after).await {
        Ok(worker) => answer(true, worker),
        Err(error) => {
            tracing::warn!(
                cause = format!("{:#}", anyhow::Error::from(error)),
                "not ready"
            );
            answer(false, false)
        }
    }
}

fn answer(database: bool, worker: bool) -> Response {
    let status = if database && worker {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let word = |fine: bool| if fine { "ok" } else { "missing" };
    (status, Json(json!({ "database": word(database), "migrations": word(database), "worker": word(worker) }))).into_response()
}

/// Takes the measurements that nobody counts along the way.
///
/// # Errors
/// When the database does not answer.
pub async fn measure(app: &App) -> Result<(), Failure> {
    let counts = store::jobs::count_jobs(app.store()).await?;
    let states = [
        ("due", counts.due),
        ("later", counts.later),
        ("running", counts.running),
        ("dead", counts.dead),
    ];
    for (state, jobs) in states {
        metrics::gauge!("portico_jobs", "state" => state).set(gauge(jobs));
    }
    for usage in app.store().pool_usage() {
        for (state, connections) in [
            ("in_use", usage.in_use),
            ("idle", usage.idle),
            ("max", usage.max),
        ] {
            metrics::gauge!("portico_database_connections", "pool" => usage.pool, "state" => state)
                .set(f64::from(connections));
        }
    }
    let now = app.clock().now();
    let oldest = counts.oldest_due.map_or(0, |due| now.since(due).max(0));
    metrics::gauge!("portico_oldest_due_job_seconds").set(gauge(oldest) / 1000.0);
    let nodes = store::nodes::list_nodes(app.store()).await?;
    let fresh = nodes
        .iter()
        .filter(|node| now.since(node.heartbeat_at) < FRESH)
        .count();
    metrics::gauge!("portico_nodes").set(gauge(i64::try_from(fresh).unwrap_or(i64::MAX)));
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "gauges are floating point; counts of this size are exact in it"
)]
const fn gauge(count: i64) -> f64 {
    count as f64
}
