//! `POST /profile/password`. All other sessions of the person end with the old password.

use axum::extract::State;
use axum::http::{StatusCode, header};
use domain::secret::Secret;
use store::identities;

use super::show::{Errors, Typed, render};
use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::audit;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::see_other;
use crate::web::sign_in::Subjects;
use crate::web::{password, session};

/// Checks the present password, stores the new one, and signs the person's other browsers out.
///
/// # Errors
/// When the database does not answer.
pub async fn change_password(State(app): State<App>, person: SignedIn, fields: Fields) -> Answer {
    let secret = |name: &str| Secret::from(fields.find(name).unwrap_or_default());
    let (current, new) = (secret("current_password"), secret("new_password"));
    let mut errors = Errors {
        password: password::problem(&new, &[&person.name, &person.email]).unwrap_or_default(),
        ..Errors::default()
    };
    if errors.password.is_empty() && new != secret("repeated_password") {
        errors.repeated = "The two passwords differ.".to_owned();
    }
    errors.current = check_present(&app, &person, current).await?;
    if [&errors.current, &errors.password, &errors.repeated]
        .into_iter()
        .any(|error| !error.is_empty())
    {
        return render(
            &app,
            &person,
            StatusCode::UNPROCESSABLE_ENTITY,
            Typed::default(),
            errors,
        )
        .await;
    }
    let hash = password::hash(&app, new).await?;
    let mut tx = app.store().begin().await?;
    identities::update_password(&mut tx, person.identity, hash.expose()).await?;
    store::sessions::remove_sessions(&mut tx, person.identity, None).await?;
    audit::write(
        &mut tx,
        &person,
        "password.change",
        audit::Subject::identity(&person),
        None,
        None,
    )
    .await?;
    tx.commit().await?;
    let cookie = session::start(&app, person.visit(), person.identity).await?;
    let mut response = see_other("/profile?notice=password_changed")?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// What is wrong with the present password. Guessing it here is slowed down as on the sign-in page.
async fn check_present(app: &App, person: &SignedIn, current: Secret) -> Result<String, Failure> {
    let subjects = Subjects::new(&person.email, person.visit().client);
    if subjects.begin(app).await?.is_some() {
        return Ok("Too many attempts went wrong. Wait a few minutes and try again.".to_owned());
    }
    let identity = identities::find_identity(app.store(), person.identity).await?;
    let stored = identity
        .and_then(|identity| identity.password_hash)
        .map(Secret::from);
    if !password::verify(app, current, stored).await? {
        return Ok("This is not your present password.".to_owned());
    }
    subjects.succeeded(app).await?;
    Ok(String::new())
}
