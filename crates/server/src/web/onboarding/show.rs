//! `GET /welcome`.

use askama::Template;
use axum::extract::{Request, State};

use super::{is_local, is_open};
use crate::app::App;
use crate::web::access::Visitor;
use crate::web::address::peer_address;
use crate::web::error::Answer;
use crate::web::form::Fields;
use crate::web::page::{page, see_other};

/// The form for the first administrator.
#[derive(Template)]
#[template(path = "onboarding/show.html")]
pub struct WelcomePage<'a> {
    /// The form token.
    pub csrf: &'a str,
    /// Whether the setup token is asked for.
    pub asks_token: bool,
    /// The setup token, from the address in the log or as typed.
    pub token: &'a str,
    /// Name as typed.
    pub name: &'a str,
    /// E-mail address as typed.
    pub email: &'a str,
    /// Messages beside the fields.
    pub errors: Errors,
    /// A warning about the installation.
    pub warning: Option<&'a str>,
}

/// What is wrong with which field; empty texts are fine.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Errors {
    /// Setup token.
    pub token: String,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: String,
    /// Its repetition.
    pub repeated: String,
}

/// Shows the form while nobody can sign in; afterwards the way leads to the sign-in page.
///
/// # Errors
/// When the database does not answer.
pub async fn show(State(app): State<App>, visitor: Visitor, request: Request) -> Answer {
    if !is_open(&app).await? {
        return see_other("/sign-in");
    }
    let query = Fields::parse(request.uri().query().unwrap_or_default().as_bytes());
    let local = is_local(
        &app,
        peer_address(request.extensions()),
        &visitor,
        request.headers(),
    );
    page(&WelcomePage {
        csrf: &visitor.form_token,
        asks_token: !local,
        token: query.text("token"),
        name: "",
        email: "",
        errors: Errors::default(),
        warning: visitor.warning.as_deref(),
    })
}
