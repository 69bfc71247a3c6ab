//! Around every request: its id, its log line, its time, its metrics, and the body of a failure.

use std::sync::Arc;
use std::time::Instant;

use askama::Template;
use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::access::{Visit, shell};
use super::api::shared::Error;
use super::error::Failure;
use super::page::page_with;
use super::view::{Link, Section, Shell};
use crate::app::App;

/// The id under which a request appears in the log and on failure pages.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Gives the request an id, times it, logs it, counts it.
pub async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let start = Instant::now();
    let id = RequestId(domain::id::PublicId::new(app.clock().now()).to_string());
    let method = request.method().clone();
    let route = route(&request);
    let is_api = request.uri().path().starts_with("/api/");
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", id = %id.0, %method, %route);
    async {
        let response = next.run(request).await;
        let mut response = present(response, &id, is_api);
        let seconds = start.elapsed().as_secs_f64();
        let status = response.status().as_u16();
        tracing::debug!(status, milliseconds = seconds * 1000.0, "answered");
        count(&method, &route, status, seconds);
        let headers = response.headers_mut();
        if let Ok(value) = HeaderValue::from_str(&id.0) {
            headers.insert(HeaderName::from_static("x-request-id"), value);
        }
        if let Ok(value) = HeaderValue::from_str(&format!("app;dur={:.2}", seconds * 1000.0)) {
            headers.insert(HeaderName::from_static("server-timing"), value);
        }
        response
    }
    .instrument(span)
    .await
}

/// The template of the route that takes the request.
fn route(request: &Request) -> String {
    match request.extensions().get::<MatchedPath>() {
        Some(path) => path.as_str().to_owned(),
        None if request.uri().path().starts_with("/static/") => "/static".to_owned(),
        None => "unmatched".to_owned(),
    }
}

/// Labels are the route's template, never the path: no ids in metrics.
fn count(method: &Method, route: &str, status: u16, seconds: f64) {
    let method = match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    };
    let labels = [
        ("method", method.to_owned()),
        ("route", route.to_owned()),
        ("status", status.to_string()),
    ];
    metrics::counter!("portico_http_requests_total", &labels).increment(1);
    metrics::histogram!("portico_http_request_seconds", "route" => route.to_owned())
        .record(seconds);
}

#[derive(Template)]
#[template(path = "failure/signed_in.html")]
struct SignedInPage<'a> {
    shell: Shell,
    back: Option<Link>,
    failure: &'a Failure,
    id: &'a str,
}

#[derive(Template)]
#[template(path = "failure/anonymous.html")]
struct PlainPage<'a> {
    failure: &'a Failure,
    id: &'a str,
}

/// Logs a failure's cause and gives the answer its body: a page in the viewer's layout, or JSON for the API.
fn present(mut response: Response, id: &RequestId, is_api: bool) -> Response {
    let Some(failure) = response.extensions_mut().remove::<Failure>() else {
        return response;
    };
    match (&failure.cause, failure.status.is_server_error()) {
        (Some(cause), true) => tracing::error!(
            code = failure.code,
            cause = format!("{cause:#}"),
            "request failed"
        ),
        (Some(cause), false) => tracing::info!(
            code = failure.code,
            cause = format!("{cause:#}"),
            "request refused"
        ),
        (None, _) => {}
    }
    let visit = response.extensions_mut().remove::<Arc<Visit>>();
    let body = if is_api {
        Ok(Json(Error::of(&failure, &id.0)).into_response())
    } else {
        match visit
            .as_ref()
            .and_then(|visit| Some((visit, visit.person.as_ref()?)))
        {
            Some((visit, person)) => {
                let shell = shell(visit, person, Section::Elsewhere);
                page_with(
                    failure.status,
                    &SignedInPage {
                        back: shell.way_back(&visit.address),
                        shell,
                        failure: &failure,
                        id: &id.0,
                    },
                )
            }
            None => page_with(
                failure.status,
                &PlainPage {
                    failure: &failure,
                    id: &id.0,
                },
            ),
        }
    };
    let Ok(body) = body else {
        tracing::error!("the failure page cannot be rendered");
        return response;
    };
    let (old, _) = response.into_parts();
    let (new, content) = body.into_parts();
    let mut headers = old.headers;
    headers.remove("content-length");
    for (name, value) in &new.headers {
        headers.insert(name, value.clone());
    }
    let mut presented = Response::new(content);
    *presented.status_mut() = failure.status;
    *presented.headers_mut() = headers;
    presented
}
