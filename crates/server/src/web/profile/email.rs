//! `GET` and `POST /profile/email`: another e-mail address, which is also the sign-in name. The old address is told.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;
use store::identities::{self, EmailState, Profile};
use sync::mail::queue_two_factor_changed;

use super::present;
use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::audit;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::{page_with, see_other};
use crate::web::two_factor::change::{client, here, receiver};
use crate::web::view::{Section, Shell};

#[derive(Template)]
#[template(path = "profile/email.html")]
struct EmailPage<'a> {
    shell: Shell,
    typed: &'a str,
    errors: Errors,
}

/// What is wrong with which field; empty texts are fine.
#[derive(Debug, Default, PartialEq, Eq)]
struct Errors {
    email: String,
    current: String,
}

/// Asks for the new address.
///
/// # Errors
/// When the page cannot be rendered.
pub async fn show(person: SignedIn) -> Answer {
    render(&person, StatusCode::OK, "", Errors::default())
}

fn render(person: &SignedIn, status: StatusCode, typed: &str, errors: Errors) -> Answer {
    page_with(
        status,
        &EmailPage {
            shell: person.shell(Section::Elsewhere),
            typed,
            errors,
        },
    )
}

const TAKEN: &str = "Another account has this address. Every account needs its own: choose another, or ask an administrator.";

/// Changes the address and tells the old one.
///
/// # Errors
/// When the database does not answer.
pub async fn change(State(app): State<App>, person: SignedIn, fields: Fields) -> Answer {
    let typed = fields.text("email");
    let mut errors = Errors {
        current: present::check(&app, &person, &fields).await?,
        ..Errors::default()
    };
    let client = client(person.visit());
    let mut tx = app.store().begin().await?;
    // Whoever adds, imports or changes an address waits here, so that no two who look alike pass each other.
    identities::lock_staff(&mut tx).await?;
    let state = identities::email_state_in(&mut tx, typed, Some(person.identity)).await?;
    errors.email = match state {
        EmailState::Free => "",
        EmailState::Invalid => "Enter a valid e-mail address, such as ann@example.com.",
        EmailState::Taken(_) => TAKEN,
        EmailState::LooksLike(_) => {
            "This looks like the address of another account, so the two could be mistaken for each other. Choose another."
        }
    }
    .to_owned();
    if errors != Errors::default() {
        tx.rollback().await?;
        return render(&person, StatusCode::UNPROCESSABLE_ENTITY, typed, errors);
    }
    let known = identities::find_identity_by_uuid_in(&mut tx, &person.uuid).await?;
    let known =
        known.ok_or_else(|| Failure::unexpected("an identity vanished while its session lives"))?;
    let profile = Profile {
        email: typed,
        ..super::update::unchanged(&known)
    };
    if let Err(error) = identities::update_profile(&mut tx, person.identity, &profile).await {
        tx.rollback().await?;
        if !error.is_conflict() {
            return Err(error.into());
        }
        TAKEN.clone_into(&mut errors.email);
        return render(&person, StatusCode::UNPROCESSABLE_ENTITY, typed, errors);
    }
    audit::write(
        &mut tx,
        &person,
        "email.change",
        audit::Subject::identity(&person),
        Some(json!({ "email": person.email })),
        Some(json!({ "email": typed })),
    )
    .await?;
    let what = format!("The e-mail address of your account was changed to {typed}.");
    queue_two_factor_changed(
        &mut tx,
        receiver(&person),
        &what,
        here(&client, person.now()),
    )
    .await?;
    tx.commit().await?;
    see_other("/profile?notice=email_changed")
}
