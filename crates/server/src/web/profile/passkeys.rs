//! `/profile/passkeys`: making and removing passkeys.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::text::has_visible;
use store::passkeys::{self, Passkey};

use super::codes::show_codes;
use super::confirm::{Question, ask};
use super::present;
use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::{page_with, see_other};
use crate::web::two_factor::ceremony::{self, Answered, Offer};
use crate::web::two_factor::change;
use crate::web::view::{Section, Shell};

/// Why the last second factor stays.
pub(super) const LAST: &str =
    "Your role asks for a second factor, and this is the only one you have. Set up another first.";

#[derive(Template)]
#[template(path = "profile/passkey_new.html")]
struct NewPage<'a> {
    shell: Shell,
    name: &'a str,
    name_error: &'a str,
    error: &'a str,
}

#[derive(Template)]
#[template(path = "profile/passkey_make.html")]
struct MakePage<'a> {
    shell: Shell,
    name: &'a str,
    offer: Option<Offer>,
    error: &'a str,
}

/// Asks for a name and the password before a passkey is made.
///
/// # Errors
/// When the page cannot be rendered.
pub async fn new(person: SignedIn) -> Answer {
    let suggestion = crate::web::user_agent::describe(&person.visit().user_agent);
    ask_new(&person, StatusCode::OK, &suggestion, "", "")
}

fn ask_new(
    person: &SignedIn,
    status: StatusCode,
    name: &str,
    name_error: &str,
    error: &str,
) -> Answer {
    page_with(
        status,
        &NewPage {
            shell: person.shell(Section::Elsewhere),
            name,
            name_error,
            error,
        },
    )
}

/// Begins the ceremony: the page that answers asks the browser for a passkey.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(State(app): State<App>, person: SignedIn, fields: Fields) -> Answer {
    let name = fields.text("name");
    let name_error = name_problem(name);
    let error = present::check(&app, &person, &fields).await?;
    if !name_error.is_empty() || !error.is_empty() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return ask_new(&person, status, name, name_error, &error);
    }
    make(&app, &person, StatusCode::OK, name, "").await
}

fn name_problem(name: &str) -> &'static str {
    let fine =
        has_visible(name) && name.chars().count() <= 60 && !name.chars().any(char::is_control);
    if fine {
        ""
    } else {
        "Give the passkey a name of at most 60 characters, such as “Work laptop”."
    }
}

async fn make(app: &App, person: &SignedIn, status: StatusCode, name: &str, error: &str) -> Answer {
    page_with(
        status,
        &MakePage {
            shell: person.shell(Section::Elsewhere),
            name,
            offer: ceremony::begin_making(app, person).await?,
            error,
        },
    )
}

const TAKEN: &str = "This passkey belongs to an account already.";

/// Keeps the passkey the browser made.
///
/// # Errors
/// When the database does not answer.
pub async fn create(State(app): State<App>, person: SignedIn, fields: Fields) -> Answer {
    let name = fields.text("name");
    if !name_problem(name).is_empty() {
        return see_other("/profile/passkeys/new");
    }
    let made = match ceremony::end_making(&app, &person, fields.text("credential")).await? {
        Answered::Good(made) => made,
        // The password was asked for at the beginning; a ceremony that ran out must begin there again.
        Answered::Refused(why) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return ask_new(&person, status, name, "", why);
        }
    };
    if passkeys::find_passkey(app.store(), &made.credential_id)
        .await?
        .is_some()
    {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return ask_new(&person, status, name, "", TAKEN);
    }
    let factors = change::find_factors(&app, &person).await?;
    let mut tx = app.store().begin().await?;
    let visit = person.visit();
    let added = change::add_passkey(&mut tx, &person, visit, factors, name, &made).await;
    let codes = match added {
        Err(failure) if failure.status == StatusCode::CONFLICT => {
            tx.rollback().await?;
            return ask_new(&person, StatusCode::UNPROCESSABLE_ENTITY, name, "", TAKEN);
        }
        other => other?,
    };
    tx.commit().await?;
    if codes.is_empty() {
        return see_other("/profile?notice=passkey_added");
    }
    show_codes(&app, &person, "The passkey is set up", &codes)
}

/// Asks before a passkey is removed.
///
/// # Errors
/// When there is no such passkey.
pub async fn ask_remove(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<String>,
) -> Answer {
    let passkey = find(&app, &person, &id).await?;
    ask_to_remove(&person, &passkey, "")
}

fn ask_to_remove(person: &SignedIn, passkey: &Passkey, error: &str) -> Answer {
    let title = format!("Remove the passkey “{}”?", passkey.name);
    let action = format!("/profile/passkeys/{}/remove", passkey.uuid);
    let question = Question {
        title: &title,
        sentence: "It signs you in no more. The passkey itself stays on its device until you delete it there.",
        action: &action,
        button: "Remove",
        danger: true,
    };
    ask(person, question, error)
}

/// Removes a passkey, unless the role asks for a second factor and there is no other.
///
/// # Errors
/// When there is no such passkey, or the database does not answer.
pub async fn remove(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let passkey = find(&app, &person, &id).await?;
    let factors = change::find_factors(&app, &person).await?;
    if person.requires_two_factor && !factors.app && factors.passkeys == 1 {
        return ask_to_remove(&person, &passkey, LAST);
    }
    let error = present::check(&app, &person, &fields).await?;
    if !error.is_empty() {
        return ask_to_remove(&person, &passkey, &error);
    }
    let mut tx = app.store().begin().await?;
    let factors = change::lock_factors(&mut tx, &person).await?;
    if person.requires_two_factor && !factors.app && factors.passkeys == 1 {
        tx.rollback().await?;
        return ask_to_remove(&person, &passkey, LAST);
    }
    let (visit, uuid, name) = (person.visit(), &passkey.uuid, &passkey.name);
    change::remove_passkey(&mut tx, &person, visit, factors, uuid, name).await?;
    tx.commit().await?;
    see_other("/profile?notice=passkey_removed")
}

async fn find(app: &App, person: &SignedIn, id: &str) -> Result<Passkey, Failure> {
    let passkeys = passkeys::list_passkeys(app.store(), person.identity).await?;
    passkeys
        .into_iter()
        .find(|passkey| passkey.uuid.as_str() == id)
        .ok_or_else(|| Failure::not_found("Passkey"))
}
