//! A page that says what will happen and asks for the present password.

use askama::Template;
use axum::http::StatusCode;

use crate::web::access::SignedIn;
use crate::web::error::Answer;
use crate::web::page::page_with;
use crate::web::view::{Section, Shell};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Heading.
    pub title: &'a str,
    /// What will happen.
    pub sentence: &'a str,
    /// Where the form goes.
    pub action: &'a str,
    /// What the button says.
    pub button: &'a str,
    /// Whether something is lost.
    pub danger: bool,
}

#[derive(Template)]
#[template(path = "profile/confirm.html")]
struct ConfirmPage<'a> {
    shell: Shell,
    question: Question<'a>,
    error: &'a str,
}

/// Asks; `error` is what was wrong with the password, and empty at first.
///
/// # Errors
/// When the page cannot be rendered.
pub fn ask(person: &SignedIn, question: Question<'_>, error: &str) -> Answer {
    let status = match error {
        "" => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    page_with(
        status,
        &ConfirmPage {
            shell: person.shell(Section::Elsewhere),
            question,
            error,
        },
    )
}
