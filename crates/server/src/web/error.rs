//! Failures: a sentence for the person and a cause for the log, never mixed.
//!
//! Which to use where: a handler answers `Result<Response, Failure>` and turns store and sync errors into a `Failure`
//! with `?`; a form with mistakes is no failure but the same page again with status 422. Nothing below `web` knows
//! this type. A `Failure` becomes a page in [`super::layers`], in the viewer's layout, or a JSON object under
//! `/api/`; its cause is logged there, once, and is in neither.

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// What a handler answers.
pub type Answer = Result<Response, Failure>;

/// A request that did not work.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The status.
    pub status: StatusCode,
    /// Heading of the page.
    pub title: Cow<'static, str>,
    /// What happened and what to do, for the person.
    pub message: Cow<'static, str>,
    /// Stable word for API clients.
    pub code: &'static str,
    /// What is wrong with which parameter, for API clients.
    pub details: Vec<(String, String)>,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u64>,
    /// The cause, for the log only.
    pub cause: Option<Arc<anyhow::Error>>,
}

impl Failure {
    /// A failure with a message for the person.
    #[must_use]
    pub fn new(
        status: StatusCode,
        code: &'static str,
        title: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            title: title.into(),
            message: message.into(),
            code,
            details: Vec::new(),
            retry_after: None,
            cause: None,
        }
    }

    /// The same with a cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.cause = Some(Arc::new(cause.into()));
        self
    }

    /// The same with what is wrong about one parameter.
    #[must_use]
    pub fn about(mut self, parameter: impl Into<String>, problem: impl Into<String>) -> Self {
        self.details.push((parameter.into(), problem.into()));
        self
    }

    /// 400: the address or form cannot be understood.
    #[must_use]
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "bad_request",
            "That request cannot be understood",
            message,
        )
    }

    /// 400: a form body that is no form.
    #[must_use]
    pub fn unreadable_form() -> Self {
        Self::bad_request(
            "The form arrived incomplete. Go back, check what you typed and send it again.",
        )
    }

    /// 401, for scripts and API clients; people are led to the sign-in page instead.
    #[must_use]
    pub fn unauthorized(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "Sign in first",
            message,
        )
    }

    /// 403: the role lacks a right, named so that an administrator can be asked for it.
    #[must_use]
    pub fn forbidden(right: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "Your role does not allow this",
            format!(
                "This page needs the right “{right}”. Ask an administrator to give it to your role."
            ),
        )
    }

    /// 403: the form did not come from one of Portico's own pages.
    #[must_use]
    pub fn forged() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forged_form",
            "This form was not sent from a current page of Portico",
            "Nothing was changed. Go back, reload the page and send the form again. If this keeps happening behind a \
             proxy, set server.base_address to the address you type.",
        )
    }

    /// 404: nothing here, or nothing this viewer may know of.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("{what} not found"),
            "It may have been removed, the address may be mistyped, or you may not have access to it.",
        )
    }

    /// 409: what is there now does not allow it, or somebody else changed the same thing.
    #[must_use]
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "conflict",
            "This cannot be done now",
            message,
        )
    }

    /// 413.
    #[must_use]
    pub fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "Form too large",
            "A form may hold at most 2 MB. Nothing was changed: go back, shorten the text and send it again.",
        )
    }

    /// 429, with the time to wait.
    #[must_use]
    pub fn too_many(message: impl Into<Cow<'static, str>>, wait_seconds: u64) -> Self {
        let mut failure = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "Too many requests",
            message,
        );
        failure.retry_after = Some(wait_seconds.max(1));
        failure
    }

    /// 500 with a cause for the log.
    #[must_use]
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong here",
            "The fault is Portico's, not yours, and it is in the log under the number below. Try again; if it happens \
             again, tell whoever runs this server that number.",
        )
        .because(cause)
    }

    /// 500 for a state that the code says cannot be.
    #[must_use]
    pub fn unexpected(what: &'static str) -> Self {
        Self::internal(anyhow::anyhow!(what))
    }

    /// 503: the database does not answer.
    #[must_use]
    pub fn unavailable(cause: impl Into<anyhow::Error>) -> Self {
        let mut failure = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "The database does not answer",
            "Nothing was changed. Wait a moment and try again; “portico doctor” shows what is wrong.",
        )
        .because(cause);
        failure.retry_after = Some(5);
        failure
    }
}

/// An empty answer that carries the failure; `layers::present` gives it its body.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after
            && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
        {
            response
                .headers_mut()
                .insert(HeaderName::from_static("retry-after"), value);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let value = HeaderValue::from_static("Bearer realm=\"Portico API\"");
            response
                .headers_mut()
                .insert(HeaderName::from_static("www-authenticate"), value);
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Self::internal(error)
    }
}

impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Self {
        if error.is_temporary() {
            Self::unavailable(error)
        } else if error.is_conflict() || error.is_reference() {
            Self::conflict(
                "Somebody else changed the same thing at this very moment, so nothing was saved. Go back, load the page \
                 again and see what is there now.",
            )
            .because(error)
        } else {
            Self::internal(error)
        }
    }
}

impl From<sync::Error> for Failure {
    fn from(error: sync::Error) -> Self {
        match error {
            sync::Error::Store(error) => Self::from(error),
            other => Self::internal(other),
        }
    }
}
