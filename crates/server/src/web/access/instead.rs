//! What is answered to a visitor whom a route's rule does not let to its page: the way to it.

use axum::http::{HeaderMap, header};
use axum::response::Response;

use super::{Rule, Visit};
use crate::app::App;
use crate::web::cookie::CookieKind;
use crate::web::error::Failure;
use crate::web::expired;
use crate::web::form::Fields;
use crate::web::page::see_other;
use crate::web::session::{self, Person};

/// What is answered instead of the page, when the route's rule does not let this visitor to it.
pub(super) fn instead(
    app: &App,
    rule: Rule,
    visit: &Visit,
    headers: &HeaderMap,
    changes: bool,
    fields: &Fields,
) -> Result<Option<Response>, Failure> {
    let had_session = || app.cookies().read(headers, CookieKind::Session).is_some();
    if let Some(person) = &visit.person
        && let Some(lacking) = rule.permissions().find(|one| !person.grants.allow(*one))
    {
        return Err(Failure::forbidden(&lacking.label()));
    }
    match (rule, &visit.person, &visit.halfway) {
        (rule, None, Some(halfway)) if rule.needs_person() => {
            to_stage(visit, headers, halfway, changes).map(Some)
        }
        (rule, None, None) if rule.needs_person() && changes => {
            expired::form_page(app, visit, headers, fields).map(Some)
        }
        (rule, None, None) if rule.needs_person() => {
            to_sign_in(visit, headers, had_session()).map(Some)
        }
        (Rule::Halfway(stage), _, Some(halfway)) if halfway.stage == stage => Ok(None),
        (Rule::Halfway(_), _, Some(halfway)) => {
            see_other(session::stage_page(halfway.stage)).map(Some)
        }
        (Rule::Halfway(_), Some(_), None) => see_other("/").map(Some),
        (Rule::Halfway(_), None, None) => see_other(match had_session() {
            true => "/sign-in?notice=session_expired",
            false => "/sign-in",
        })
        .map(Some),
        _ => Ok(None),
    }
}

/// Where somebody goes whose sign-in is not complete. A form that was sent is not kept: nobody can have opened its page.
fn to_stage(
    visit: &Visit,
    headers: &HeaderMap,
    halfway: &Person,
    changes: bool,
) -> Result<Response, Failure> {
    if is_script(headers) {
        return Err(Failure::unauthorized(
            "Your sign-in is not complete. Reload the page to go on.",
        ));
    }
    let page = session::stage_page(halfway.stage);
    if changes || visit.address == "/" {
        return see_other(page);
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", &visit.address);
    see_other(&format!("{page}?{}", query.finish()))
}

/// Whether a script asks, which would follow a redirect blindly.
fn is_script(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accept.contains("text/event-stream") || headers.contains_key("x-portico-fragment")
}

/// Where a stranger goes who asked for a page; scripts and event streams get a plain 401.
fn to_sign_in(visit: &Visit, headers: &HeaderMap, had_session: bool) -> Result<Response, Failure> {
    if is_script(headers) {
        return Err(Failure::unauthorized(
            "Your session ended. Reload the page to sign in.",
        ));
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if visit.address != "/" {
        query.append_pair("next", &visit.address);
    }
    if had_session {
        query.append_pair("notice", "session_expired");
    }
    let query = query.finish();
    see_other(&if query.is_empty() {
        "/sign-in".to_owned()
    } else {
        format!("/sign-in?{query}")
    })
}
