//! What follows a right password: the second factor, its enrolment, or the page that was asked for.

use axum::http::{StatusCode, header};
use axum::response::Response;
use domain::clock::UtcMillis;
use domain::id::IdentityId;
use store::sessions::SessionStage;

use super::two_factor;
use crate::app::App;
use crate::web::access::Visit;
use crate::web::error::{Answer, Failure};
use crate::web::expired::{KeptForm, resume_page};
use crate::web::page::{safe_next, see_other};
use crate::web::session::{self, Started};

/// Starts the session of somebody whose password, set at `password_changed_at`, was right and leads on. A form that waits
/// goes along. `None` when the password was changed meanwhile, or the person switched off.
///
/// # Errors
/// When the database does not answer.
pub async fn lead_on(
    app: &App,
    visit: &Visit,
    identity: IdentityId,
    password_changed_at: Option<UtcMillis>,
    next: &str,
    kept: Option<&KeptForm>,
) -> Result<Option<Response>, Failure> {
    let started = session::start(app, visit, identity, password_changed_at, false).await?;
    let Some(started) = started else {
        return Ok(None);
    };
    let next = safe_next(next);
    let response = match (started.stage, kept) {
        (SessionStage::Full, _) => arrive(&started, next, kept)?,
        // The form that waits is in the page itself, so this page is the answer and not a redirect to it.
        (SessionStage::SecondFactor, Some(kept)) => {
            two_factor::show_to(app, &started, kept).await?
        }
        // Enrolling takes a while and another look at things: the form is given up, its page is gone back to.
        (stage, _) => {
            let page = session::stage_page(stage);
            match next {
                "/" => see_other(page)?,
                next => {
                    let mut query = url::form_urlencoded::Serializer::new(String::new());
                    query.append_pair("next", next);
                    see_other(&format!("{page}?{}", query.finish()))?
                }
            }
        }
    };
    Ok(Some(with_cookie(response, started)))
}

/// The page somebody arrives at who is fully signed in: the one asked for, or the form that waited.
///
/// # Errors
/// When a page cannot be rendered.
pub fn arrive(started: &Started, next: &str, kept: Option<&KeptForm>) -> Answer {
    match kept {
        None => see_other(safe_next(next)),
        Some(kept) => resume_page(StatusCode::OK, kept, "", &started.csrf),
    }
}

/// The answer with the session's cookie.
#[must_use]
pub fn with_cookie(mut response: Response, started: Started) -> Response {
    response
        .headers_mut()
        .append(header::SET_COOKIE, started.cookie);
    response
}
