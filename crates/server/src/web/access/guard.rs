//! The guard in front of every handler: it checks a request against its route's rule, and leaves what it found out.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use store::sessions::SessionStage;

use super::{Rule, Visit, instead};
use crate::app::App;
use crate::web::address::client_address;
use crate::web::cookie::CookieKind;
use crate::web::error::Failure;
use crate::web::form::{Fields, MAX_BODY};
use crate::web::view::Notice;
use crate::web::{api, csrf, expired, metrics, session, token};

/// Checks a request against its route's rule before the handler sees it.
pub async fn guard(rule: Rule, request: Request, next: Next) -> Response {
    let Some(app) = request.extensions().get::<App>().cloned() else {
        return Failure::unexpected("the router was built without its layers").into_response();
    };
    let result = match rule {
        Rule::Open => Ok(next.run(request).await),
        Rule::Metrics => metrics::guard(&app, request, next).await,
        Rule::Api(scope) => api::key::guard(&app, scope, request, next).await,
        Rule::Public
        | Rule::Halfway(_)
        | Rule::SignedIn
        | Rule::Staff(_)
        | Rule::StaffOfBoth(..) => page_guard(&Gate { app, rule }, request, next).await,
    };
    result.unwrap_or_else(IntoResponse::into_response)
}

/// Answers a request that no route takes, in the layout of whoever is signed in.
pub async fn refuse(app: &App, request: Request, failure: Failure) -> Response {
    let mut response = failure.into_response();
    let (parts, _) = request.into_parts();
    let is_page =
        !parts.uri.path().starts_with("/api/") && !parts.uri.path().starts_with("/static/");
    let gate = Gate {
        app: app.clone(),
        rule: Rule::Public,
    };
    // Who it is decides only how the refusal looks, so a database that does not answer is no matter here.
    if is_page && let Ok((visit, _)) = look(&gate, &parts).await {
        response.extensions_mut().insert(Arc::new(visit));
    }
    response
}

struct Gate {
    app: App,
    rule: Rule,
}

async fn page_guard(gate: &Gate, request: Request, next: Next) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let changes = !matches!(parts.method, Method::GET | Method::HEAD);
    if changes && !csrf::is_own_site(&parts.headers, &gate.app.config().base_address()) {
        return Err(Failure::forged());
    }
    let (visit, new_form_token) = look(gate, &parts).await?;
    let visit = Arc::new(visit);
    let mut response = match admit(gate, &visit, parts, body).await {
        Ok(Admission::Handler(mut request)) => {
            request.extensions_mut().insert(Arc::clone(&visit));
            next.run(*request).await
        }
        Ok(Admission::Instead(response)) => response,
        Err(failure) => failure.into_response(),
    };
    if new_form_token
        && let Some(cookie) =
            gate.app
                .cookies()
                .set(CookieKind::Form, &visit.form_token, 12 * 60 * 60)
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response.extensions_mut().insert(visit);
    Ok(response)
}

enum Admission {
    Handler(Box<Request>),
    Instead(Response),
}

async fn admit(gate: &Gate, visit: &Visit, parts: Parts, body: Body) -> Result<Admission, Failure> {
    let changes = !matches!(parts.method, Method::GET | Method::HEAD);
    let (body, fields) = if changes {
        read_form(&parts.headers, body).await?
    } else {
        (body, Fields::default())
    };
    let headers = &parts.headers;
    if let Some(response) =
        instead::instead(&gate.app, gate.rule, visit, headers, changes, &fields)?
    {
        return Ok(Admission::Instead(response));
    }
    if changes && !csrf::has_token(headers, &fields, &visit.form_token) {
        // A sign-in form that was opened before the person signed in in another tab carries the older token.
        let older = gate
            .app
            .cookies()
            .read(headers, CookieKind::Form)
            .unwrap_or_default();
        if gate.rule != Rule::Public || !csrf::has_token(headers, &fields, &older) {
            return match expired::other_session_page(&gate.app, visit, headers, &fields)? {
                Some(page) => Ok(Admission::Instead(page)),
                None => Err(Failure::forged()),
            };
        }
    }
    Ok(Admission::Handler(Box::new(Request::from_parts(
        parts, body,
    ))))
}

/// Reads who is there. The flag tells that the form token is new and its cookie is to be set.
async fn look(gate: &Gate, parts: &Parts) -> Result<(Visit, bool), Failure> {
    let app = &gate.app;
    let headers = &parts.headers;
    let now = app.clock().now();
    let person = match app.cookies().read(headers, CookieKind::Session) {
        Some(token) => session::find_person(app, &token).await?,
        None => None,
    };
    // The one place that tells a complete sign-in from one that is not.
    let (person, halfway) = match person {
        Some(person) if person.stage == SessionStage::Full => (Some(person), None),
        other => (None, other),
    };
    let known = person.as_ref().or(halfway.as_ref());
    let (form_token, new) = match (known, app.cookies().read(headers, CookieKind::Form)) {
        (Some(person), _) => (person.csrf.clone(), false),
        (None, Some(token)) if token.len() == 43 => (token, false),
        (None, _) => (token::random()?, true),
    };
    let query = parts.uri.query().unwrap_or_default();
    let notice = Fields::parse(query.as_bytes())
        .find("notice")
        .and_then(Notice::find);
    let user_agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let visit = Visit {
        rule: gate.rule,
        person: person.map(Arc::new),
        halfway: halfway.map(Arc::new),
        form_token,
        client: client_address(
            &parts.extensions,
            headers,
            &app.config().server.trusted_proxies,
        ),
        user_agent: user_agent.chars().take(200).collect(),
        address: parts
            .uri
            .path_and_query()
            .map_or_else(|| "/".to_owned(), ToString::to_string),
        now,
        warning: app.warning().map(str::to_owned),
        notice,
    };
    Ok((visit, new))
}

/// Takes the body in, at most 2 MB, and reads it as a form; the handler gets it again.
async fn read_form(headers: &HeaderMap, body: Body) -> Result<(Body, Fields), Failure> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    if text(header::CONTENT_LENGTH)
        .parse::<usize>()
        .is_ok_and(|length| length > MAX_BODY)
    {
        return Err(Failure::too_large());
    }
    let bytes = to_bytes(body, MAX_BODY)
        .await
        .map_err(|error| match is_too_long(&error) {
            true => Failure::too_large(),
            false => Failure::unreadable_form(),
        })?;
    let is_form = text(header::CONTENT_TYPE).starts_with("application/x-www-form-urlencoded");
    let fields = if is_form {
        Fields::parse(&bytes)
    } else {
        Fields::default()
    };
    Ok((Body::from(bytes), fields))
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains("length limit exceeded") {
            return true;
        }
        cause = error.source();
    }
    false
}
