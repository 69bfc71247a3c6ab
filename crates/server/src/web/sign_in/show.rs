//! `GET /sign-in`.

use askama::Template;
use axum::extract::State;

use crate::app::App;
use crate::web::access::Visitor;
use crate::web::error::Answer;
use crate::web::expired::KeptForm;
use crate::web::form::Fields;
use crate::web::onboarding;
use crate::web::page::{page, safe_next, see_other};
use crate::web::view::Notice;

/// The sign-in page, also shown again with a message.
#[derive(Template)]
#[template(path = "sign_in/show.html")]
pub struct SignInPage<'a> {
    /// The form token.
    pub csrf: &'a str,
    /// Where to go afterwards.
    pub next: &'a str,
    /// What was typed as e-mail address.
    pub email: &'a str,
    /// What went wrong.
    pub error: &'a str,
    /// What happened before.
    pub notice: Option<Notice>,
    /// A warning about the installation.
    pub warning: Option<&'a str>,
    /// A form that waits for the person to be signed in again.
    pub kept: Option<&'a KeptForm>,
}

/// Shows the form; whoever is signed in already goes on, and before the first start is done, the way leads there.
///
/// # Errors
/// When the database does not answer.
pub async fn show(State(app): State<App>, visitor: Visitor) -> Answer {
    let query = visitor
        .address
        .split_once('?')
        .map_or("", |(_, query)| query);
    let query = Fields::parse(query.as_bytes());
    let next = safe_next(query.text("next"));
    if visitor.person.is_some() {
        return see_other(next);
    }
    if onboarding::is_open(&app).await? {
        return see_other("/welcome");
    }
    page(&SignInPage {
        csrf: &visitor.form_token,
        next,
        email: "",
        error: "",
        notice: query.find("notice").and_then(Notice::find),
        warning: visitor.warning.as_deref(),
        kept: None,
    })
}
