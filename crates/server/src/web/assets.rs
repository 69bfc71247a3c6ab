//! Stylesheets, scripts and pictures, from memory, compressed at build time.

use std::sync::OnceLock;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use memory_serve::CacheControl;

use crate::app::App;

/// The hash of everything under `static/`, part of the addresses pages use.
pub const VERSION: &str = env!("PORTICO_ASSETS");

/// The files below `/static`.
pub fn files() -> Router<App> {
    // The bytes are part of the binary and the same for every application in the process; making them ready leaks a
    // copy, so it is done once.
    static FILES: OnceLock<Router> = OnceLock::new();
    let ready = FILES.get_or_init(|| {
        memory_serve::load!()
            .index_file(None)
            .cache_control(CacheControl::NoCache)
            .into_router::<()>()
    });
    Router::new().fallback_service(ready.clone().layer(from_fn(keep)))
}

/// A file asked for with the present version never changes; others are revalidated by their ETag.
async fn keep(request: Request, next: Next) -> Response {
    let current = request
        .uri()
        .query()
        .is_some_and(|query| query.strip_prefix("v=") == Some(VERSION));
    let mut response = next.run(request).await;
    if current && response.status().is_success() && !cfg!(debug_assertions) {
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, forever);
    }
    response
}
