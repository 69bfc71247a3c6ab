//! `GET` and `POST /profile/password`. All other sessions of the person end with the old password.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use domain::secret::Secret;
use store::identities;
use sync::mail::queue_password_changed;

use super::present;
use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::audit;
use crate::web::error::Answer;
use crate::web::form::Fields;
use crate::web::page::{page_with, see_other};
use crate::web::two_factor::change::{client, here, receiver};
use crate::web::view::{Section, Shell};
use crate::web::{password, session};

#[derive(Template)]
#[template(path = "profile/password.html")]
struct PasswordPage {
    shell: Shell,
    help: &'static str,
    errors: Errors,
}

/// What is wrong with which field; empty texts are fine.
#[derive(Debug, Default, PartialEq, Eq)]
struct Errors {
    current: String,
    password: String,
    repeated: String,
}

/// Asks for the present and the new password.
///
/// # Errors
/// When the page cannot be rendered.
pub async fn show(person: SignedIn) -> Answer {
    render(&person, StatusCode::OK, Errors::default())
}

fn render(person: &SignedIn, status: StatusCode, errors: Errors) -> Answer {
    page_with(
        status,
        &PasswordPage {
            shell: person.shell(Section::Elsewhere),
            help: password::HELP,
            errors,
        },
    )
}

/// Checks the present password, stores the new one, and signs the person's other browsers out.
///
/// # Errors
/// When the database does not answer.
pub async fn change(State(app): State<App>, person: SignedIn, fields: Fields) -> Answer {
    let secret = |name: &str| Secret::from(fields.find(name).unwrap_or_default());
    let new = secret("new_password");
    let mut errors = Errors {
        password: password::problem(&new, &[&person.name, &person.email]).unwrap_or_default(),
        ..Errors::default()
    };
    if errors.password.is_empty() && new != secret("repeated_password") {
        errors.repeated = "The two passwords differ.".to_owned();
    }
    errors.current = present::check(&app, &person, &fields).await?;
    if errors != Errors::default() {
        return render(&person, StatusCode::UNPROCESSABLE_ENTITY, errors);
    }
    let hash = password::hash(&app, new).await?;
    let client = client(person.visit());
    let mut tx = app.store().begin().await?;
    let set_at = identities::update_password(&mut tx, person.identity, hash.expose()).await?;
    store::sessions::remove_sessions(&mut tx, person.identity, None).await?;
    let subject = audit::Subject::identity(&person);
    audit::write(&mut tx, &person, "password.change", subject, None, None).await?;
    queue_password_changed(&mut tx, receiver(&person), here(&client, person.now())).await?;
    tx.commit().await?;
    let visit = person.visit();
    let started = session::start(&app, visit, person.identity, Some(set_at), true).await?;
    let Some(started) = started else {
        return see_other("/sign-in");
    };
    let mut response = see_other("/profile?notice=password_changed")?;
    response
        .headers_mut()
        .append(header::SET_COOKIE, started.cookie);
    Ok(response)
}
