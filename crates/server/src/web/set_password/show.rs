//! `GET /set-password/{token}`.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::account::LinkPurpose;

use super::{Open, closed_page, look_up, secret_address};
use crate::app::App;
use crate::web::access::{Visit, Visitor};
use crate::web::error::Answer;
use crate::web::page::page_with;
use crate::web::password;

/// The form for a new password.
#[derive(Template)]
#[template(path = "set_password/show.html")]
struct SetPasswordPage<'a> {
    csrf: &'a str,
    /// First sign-in, or a forgotten password.
    welcome: bool,
    name: &'a str,
    email: &'a str,
    help: &'static str,
    /// Somebody else is signed in in this browser.
    other: Option<&'a str>,
    errors: Errors,
    warning: Option<&'a str>,
}

/// What is wrong with which field; empty texts are fine.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Errors {
    /// Password.
    pub(super) password: String,
    /// Its repetition.
    pub(super) repeated: String,
}

/// Shows the form, or why there is none. Spends nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn show(State(app): State<App>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    match look_up(&app, &token).await? {
        Ok(open) => render(&visitor, &open, StatusCode::OK, Errors::default()),
        Err(closed) => closed_page(closed, &visitor),
    }
}

/// The form, also shown again with messages.
pub(super) fn render(visit: &Visit, open: &Open, status: StatusCode, errors: Errors) -> Answer {
    let other = visit
        .person
        .as_ref()
        .filter(|person| person.identity != open.identity.id);
    secret_address(page_with(
        status,
        &SetPasswordPage {
            csrf: &visit.form_token,
            welcome: open.link.purpose == LinkPurpose::Welcome,
            name: &open.identity.name,
            email: &open.identity.email,
            help: password::HELP,
            other: other.map(|person| person.name.as_str()),
            errors,
            warning: visit.warning.as_deref(),
        },
    )?)
}
