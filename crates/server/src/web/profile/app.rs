//! `/profile/two-factor`: setting an authenticator app up, and removing it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::secret::Secret;
use store::two_factor;

use super::codes::show_codes;
use super::confirm::{Question, ask};
use super::present;
use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::error::Answer;
use crate::web::form::Fields;
use crate::web::page::{page_with, see_other};
use crate::web::sign_in::wait_sentence;
use crate::web::two_factor::{Checked, change, check_first_code, qr, totp};
use crate::web::view::{Section, Shell};

const SET_UP: Question<'_> = Question {
    title: "Set up an authenticator app",
    sentence: "An app on your phone then shows a code that signing in asks for after the password. First, type your current password.",
    action: "/profile/two-factor",
    button: "Continue",
    danger: false,
};

const REMOVE: Question<'_> = Question {
    title: "Remove the authenticator app?",
    sentence: "Its codes are asked for no more, and the recovery codes that came with it stop working. Without another second factor, whoever \
               learns your password can sign in.",
    action: "/profile/two-factor/remove",
    button: "Remove the app",
    danger: true,
};

#[derive(Template)]
#[template(path = "profile/app.html")]
struct AppPage {
    shell: Shell,
    qr: String,
    key: Secret,
    error: String,
}

/// Asks for the password before an app is set up.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(person: SignedIn) -> Answer {
    ask(&person, SET_UP, "")
}

/// Shows the QR code of a new secret.
///
/// # Errors
/// When the database does not answer.
pub async fn scan(State(app): State<App>, person: SignedIn, fields: Fields) -> Answer {
    let error = present::check(&app, &person, &fields).await?;
    if !error.is_empty() {
        return ask(&person, SET_UP, &error);
    }
    let secret = totp::generate()?;
    let mut tx = app.store().begin().await?;
    two_factor::put_pending_secret(&mut tx, person.identity, &person.session_hash, &secret).await?;
    tx.commit().await?;
    show_code(&person, &secret, StatusCode::OK, String::new())
}

fn show_code(person: &SignedIn, secret: &Secret, status: StatusCode, error: String) -> Answer {
    let address = totp::address(secret, &person.email);
    page_with(
        status,
        &AppPage {
            shell: person.shell(Section::Elsewhere),
            qr: address.as_ref().and_then(qr::svg).unwrap_or_default(),
            key: totp::grouped(secret),
            error,
        },
    )
}

/// Looks at the first code of the app and switches it on. Only the session that gave the password for it, a quarter of an
/// hour ago at most, has a key to show or to confirm; any other is asked for the password first.
///
/// # Errors
/// When the database does not answer.
pub async fn confirm(State(app): State<App>, person: SignedIn, fields: Fields) -> Answer {
    let hash = &person.session_hash;
    let pending = two_factor::find_pending_secret(app.store(), person.identity, hash).await?;
    let Some(secret) = pending else {
        return see_other("/profile/two-factor");
    };
    let code = fields.text("code");
    match check_first_code(&app, &person, person.visit(), &secret, code).await? {
        Checked::Wait(wait) => {
            let status = StatusCode::TOO_MANY_REQUESTS;
            show_code(&person, &secret, status, wait_sentence(wait))
        }
        Checked::Wrong(why) => show_code(&person, &secret, StatusCode::UNPROCESSABLE_ENTITY, why),
        Checked::Right(step) => {
            let mut tx = app.store().begin().await?;
            let codes = change::enable_app(&mut tx, &person, person.visit(), &secret, step).await?;
            tx.commit().await?;
            show_codes(&app, &person, "The authenticator app is set up", &codes)
        }
    }
}

/// Asks before the app is removed.
///
/// # Errors
/// When the database does not answer.
pub async fn ask_remove(State(app): State<App>, person: SignedIn) -> Answer {
    let factors = change::find_factors(&app, &person).await?;
    if !factors.app {
        return see_other("/profile");
    }
    ask(&person, REMOVE, "")
}

/// Removes the app, unless the role asks for a second factor and there is no other.
///
/// # Errors
/// When the database does not answer.
pub async fn remove(State(app): State<App>, person: SignedIn, fields: Fields) -> Answer {
    let factors = change::find_factors(&app, &person).await?;
    if person.requires_two_factor && factors.passkeys == 0 {
        return ask(&person, REMOVE, super::passkeys::LAST);
    }
    let error = present::check(&app, &person, &fields).await?;
    if !error.is_empty() {
        return ask(&person, REMOVE, &error);
    }
    let mut tx = app.store().begin().await?;
    let factors = change::lock_factors(&mut tx, &person).await?;
    if person.requires_two_factor && factors.passkeys == 0 {
        tx.rollback().await?;
        return ask(&person, REMOVE, super::passkeys::LAST);
    }
    let codes = change::disable_app(&mut tx, &person, person.visit(), factors).await?;
    tx.commit().await?;
    if codes.is_empty() {
        return see_other("/profile?notice=app_removed");
    }
    show_codes(&app, &person, "The authenticator app is removed", &codes)
}
