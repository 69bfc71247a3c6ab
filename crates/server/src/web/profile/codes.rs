//! `/profile/recovery-codes`: new recovery codes, and the one page that shows them.

use askama::Template;
use axum::extract::State;

use super::confirm::{Question, ask};
use super::present;
use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::error::Answer;
use crate::web::form::Fields;
use crate::web::page::{page, see_other};
use crate::web::two_factor::{change, recovery};
use crate::web::view::{Section, Shell};

const REPLACE: Question<'_> = Question {
    title: "Make new recovery codes?",
    sentence: "Ten new codes are made and shown once. The old ones stop working at once.",
    action: "/profile/recovery-codes",
    button: "Make new codes",
    danger: false,
};

#[derive(Template)]
#[template(path = "profile/codes.html")]
struct CodesPage<'a> {
    shell: Shell,
    title: &'a str,
    codes: &'a [String],
    download: String,
}

/// Shows recovery codes, the one time.
///
/// # Errors
/// When the page cannot be rendered.
pub fn show_codes(app: &App, person: &SignedIn, title: &str, codes: &[String]) -> Answer {
    page(&CodesPage {
        shell: person.shell(Section::Elsewhere),
        title,
        codes,
        download: recovery::download(codes, &person.email, &app.config().base_address()),
    })
}

/// Asks before new codes are made.
///
/// # Errors
/// When the database does not answer.
pub async fn ask_replace(person: SignedIn) -> Answer {
    ask(&person, REPLACE, "")
}

/// Makes new codes.
///
/// # Errors
/// When the database does not answer.
pub async fn replace(State(app): State<App>, person: SignedIn, fields: Fields) -> Answer {
    if !change::find_factors(&app, &person).await?.any() {
        return see_other("/profile");
    }
    let error = present::check(&app, &person, &fields).await?;
    if !error.is_empty() {
        return ask(&person, REPLACE, &error);
    }
    let mut tx = app.store().begin().await?;
    let codes = change::replace_codes(&mut tx, &person, person.visit()).await?;
    tx.commit().await?;
    show_codes(&app, &person, "Your new recovery codes", &codes)
}
