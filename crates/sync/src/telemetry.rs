//! Counters of the engine, under stable names; `server::web::metrics` describes them.

use domain::run::{Counts, RunState};
use domain::stream::Stream;

/// Names of the metrics.
pub mod names {
    /// Records by provider, stream and what became of them.
    pub const RECORDS: &str = "portico_sync_records_total";
    /// Pages stored, by provider and stream.
    pub const PAGES: &str = "portico_sync_pages_total";
    /// Requests to vendors, by provider.
    pub const REQUESTS: &str = "portico_vendor_requests_total";
    /// Runs ended, by state.
    pub const RUNS: &str = "portico_sync_runs_total";
    /// Jobs ended, by kind and outcome.
    pub const JOBS: &str = "portico_jobs_total";
    /// Jobs that lost their lease while running.
    pub const LEASES_LOST: &str = "portico_job_leases_lost_total";
}

/// Counts a stored page.
pub fn page(provider: &'static str, stream: Stream, counts: &Counts) {
    metrics::counter!(names::PAGES, "provider" => provider, "stream" => stream.key()).increment(1);
    for (what, amount) in [
        ("created", counts.created),
        ("changed", counts.changed),
        ("unchanged", counts.unchanged),
        ("out_of_scope", counts.out_of_scope),
        ("set_aside", counts.set_aside),
    ] {
        if let Ok(amount @ 1..) = u64::try_from(amount) {
            metrics::counter!(names::RECORDS, "provider" => provider, "stream" => stream.key(), "what" => what)
                .increment(amount);
        }
    }
}

/// Counts requests to a vendor.
pub fn requests(provider: &'static str, amount: i64) {
    if let Ok(amount @ 1..) = u64::try_from(amount) {
        metrics::counter!(names::REQUESTS, "provider" => provider).increment(amount);
    }
}

/// Counts a run that ended.
pub fn run(state: RunState) {
    metrics::counter!(names::RUNS, "state" => state.key()).increment(1);
}

/// Counts a job that ended.
pub fn job(kind: &'static str, outcome: &'static str) {
    metrics::counter!(names::JOBS, "kind" => kind, "outcome" => outcome).increment(1);
    if outcome == "lease_lost" {
        metrics::counter!(names::LEASES_LOST).increment(1);
    }
}
