//! The HTTP server: connections, bodies, the faults that concern the wire, the journal.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use futures_util::{StreamExt, stream};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tower_http::decompression::RequestDecompression;

use crate::control_routes;
use crate::exchange::{Answer, Call};
use crate::fault::{FaultKind, Reach, RetryAfter, Strike};
use crate::host::Host;
use crate::journal::{JournalEntry, body_text};
use crate::raw_quotes::{RawQuotes, restore};

/// Largest body accepted: an attachment of 7 MB in Base64 with room around it.
const MAX_BODY: usize = 24 * 1024 * 1024;

/// Why a connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("connection closed on purpose")]
struct Dropped;

/// Accepts connections until told to stop.
pub async fn serve(listener: TcpListener, host: Arc<Host>, stop: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let _ = stream.set_nodelay(true);
                tokio::spawn(connection(stream, peer, Arc::clone(&host), stop.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "sandbox could not accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, host: Arc<Host>, stop: CancellationToken) {
    let service = service_fn(move |request| answer(request, peer, Arc::clone(&host)));
    let served = hyper::server::conn::http1::Builder::new()
        // Clients keep idle connections for minutes; closing them would look like a fault.
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(RawQuotes::new(stream)), service);
    tokio::select! {
        () = stop.cancelled() => {}
        // A client that goes away is its own business; a dropped answer is planned.
        _ = served => {}
    }
}

async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    host: Arc<Host>,
) -> Result<Response<Body>, Dropped> {
    let call = match read(request).await {
        Ok(call) => call,
        Err(answer) => return Ok(respond(&host, answer, None)),
    };
    if control_routes::concerns(&call.path) {
        let answer = if peer.ip().is_loopback() {
            control_routes::answer(&host, &call)
        } else {
            Answer::json(
                403,
                &json!({"error": "control routes are for this machine only"}),
            )
        };
        return Ok(respond(&host, answer, None));
    }
    let entity = host.vendor.entity_of(&call);
    let target = format!("{}?{}", call.path, call.query);
    let strike = host.faults.strike(
        call.method.as_str(),
        &target,
        entity.as_deref(),
        host.vendor.expects(&call),
    );
    let mut entry = JournalEntry {
        sequence: 0,
        at_ms: host.clock.now_ms(),
        method: call.method.to_string(),
        path: call.path.clone(),
        query: call.query.clone(),
        body: body_text(&call.body),
        entity,
        acting_for: host.vendor.acting_for(&call),
        status: 0,
        records: None,
        fault: None,
        answer: None,
    };
    let result = perform(&host, &call, strike, &mut entry).await;
    host.journal.note(entry);
    result
}

/// Admits, delays, answers and applies the faults of the wire.
async fn perform(
    host: &Host,
    call: &Call,
    strike: Strike,
    entry: &mut JournalEntry,
) -> Result<Response<Body>, Dropped> {
    let admission = host.vendor.admit(call);
    if admission.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(admission.delay_ms)).await;
    }
    // Held until the answer is ready.
    let _place = admission.place;
    let refused = admission.refusal.is_some();
    let answer = match (admission.refusal, &strike.kind) {
        (Some(refusal), _) => refusal,
        (None, Some(FaultKind::Status { code, body, .. })) => {
            let body = body.clone();
            match body.unwrap_or_else(|| host.vendor.error_body(*code)) {
                serde_json::Value::String(page) => Answer::html(*code, page),
                body => Answer::json(*code, &body),
            }
        }
        (None, Some(FaultKind::Html)) => Answer::html(502, BAD_GATEWAY.to_owned()),
        (None, Some(FaultKind::Delay { ms })) => {
            tokio::time::sleep(Duration::from_millis(*ms)).await;
            host.vendor.respond(call, None)
        }
        (None, Some(FaultKind::Hold)) => {
            host.faults.hold().await;
            host.vendor.respond(call, None)
        }
        (None, shaped) => host.vendor.respond(call, shaped.as_ref()),
    };
    entry.status = answer.status;
    entry.records = answer.records;
    if host.journal.keeps_answers() {
        entry.answer = Some(String::from_utf8_lossy(&answer.body).into_owned());
    }
    let reach = if refused {
        Reach::default()
    } else {
        answer.reach
    };
    let fault = host.faults.settle(strike, reach);
    entry.fault = fault.as_ref().map(|fault| format!("{fault:?}"));
    let fault = fault.filter(|_| !refused);
    match &fault {
        Some(FaultKind::LoseAnswer) => {
            entry.status = 0;
            return Err(Dropped);
        }
        Some(FaultKind::Malformed) => {
            entry.status = 200;
            let mut broken = answer;
            broken.status = 200;
            let end = broken.body.len().saturating_sub(7) * 2 / 3;
            broken
                .body
                .truncate(floor_boundary(&broken.body, end).max(1));
            return Ok(respond(host, broken, None));
        }
        _ => {}
    }
    Ok(respond(host, answer, fault.as_ref()))
}

const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
<h1>Server Error</h1><p>The gateway got no usable answer from the application behind it.</p>\r\n\
</body>\r\n</html>\r\n";

/// The start of the UTF-8 sequence at a place.
fn floor_boundary(text: &[u8], mut at: usize) -> usize {
    while at > 0 && text.get(at).is_some_and(|byte| byte & 0xC0 == 0x80) {
        at -= 1;
    }
    at
}

fn respond(host: &Host, answer: Answer, fault: Option<&FaultKind>) -> Response<Body> {
    let length = answer.body.len();
    let cut = matches!(fault, Some(FaultKind::Cut));
    let body = if cut {
        let half = Bytes::from(answer.body).slice(..length / 2);
        // The half must be on its way before the connection goes, or nothing arrives at all.
        let end = stream::once(async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            Err(Dropped)
        });
        Body::from_stream(stream::once(async { Ok(half) }).chain(end))
    } else {
        Body::from(answer.body)
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&answer.content_type) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    for (name, value) in &answer.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.append(*name, value);
        }
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if cut {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    if let Ok(date) = HeaderValue::from_str(&host.clock.http_date()) {
        headers.insert(header::DATE, date);
    }
    let retry = match fault {
        Some(FaultKind::Status {
            retry_after: Some(RetryAfter::Seconds(s)),
            ..
        }) => Some(s.to_string()),
        Some(FaultKind::Status {
            retry_after: Some(RetryAfter::Date(s)),
            ..
        }) => {
            let at = host.clock.date_ms() + i64::from(*s) * 1_000;
            Some(crate::clock::Clock::starting_at(at).http_date())
        }
        _ => answer.retry_after.map(|s| s.to_string()),
    };
    if let Some(retry) = retry.and_then(|r| HeaderValue::from_str(&r).ok()) {
        headers.insert(header::RETRY_AFTER, retry);
    }
    response
}

async fn read(request: Request<Incoming>) -> Result<Call, Answer> {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let query = restore(request.uri().query().unwrap_or_default());
    let headers = request.headers().clone();
    let body = if headers.contains_key(header::CONTENT_ENCODING) {
        unpack(request).await
    } else {
        to_bytes(Body::new(request.into_body()), MAX_BODY)
            .await
            .ok()
    };
    let Some(body) = body else {
        return Err(Answer::json(
            400,
            &json!({"errors": ["The request body could not be read."]}),
        ));
    };
    Ok(Call {
        method,
        path,
        query,
        headers,
        body,
    })
}

/// Reads a body that came with a content encoding.
async fn unpack(request: Request<Incoming>) -> Option<Bytes> {
    let collect = tower::service_fn(|request: Request<_>| async move {
        let bytes = to_bytes(Body::new(request.into_body()), MAX_BODY).await;
        let (status, body) = match bytes {
            Ok(bytes) => (StatusCode::OK, Body::from(bytes)),
            Err(_) => (StatusCode::BAD_REQUEST, Body::empty()),
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        Ok::<_, Infallible>(response)
    });
    let response = RequestDecompression::new(collect)
        .oneshot(request)
        .await
        .ok()?;
    if response.status() != StatusCode::OK {
        return None;
    }
    to_bytes(Body::new(response.into_body()), MAX_BODY)
        .await
        .ok()
}
