//! `GET` and `POST /sign-in/two-factor`: the second factor after a right password.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::lead_on::{arrive, with_cookie};
use super::submit::{too_many, wait_sentence};
use crate::app::App;
use crate::web::access::Halfway;
use crate::web::audit::{self, Subject};
use crate::web::error::{Answer, Failure};
use crate::web::expired::KeptForm;
use crate::web::form::Fields;
use crate::web::page::{page_with, safe_next};
use crate::web::session::{self, Person, Started};
use crate::web::two_factor::ceremony::{self, Answered, Offer};
use crate::web::two_factor::{self as factor, Checked, change, recovery};

/// The page that asks for a second factor.
#[derive(Template)]
#[template(path = "sign_in/two_factor.html")]
struct TwoFactorPage<'a> {
    csrf: &'a str,
    email: &'a str,
    next: &'a str,
    kept: Option<&'a KeptForm>,
    /// Whether an app is set up.
    app: bool,
    /// A passkey ceremony that has begun.
    passkey: Option<Offer>,
    errors: Errors,
}

/// What is wrong with which way; empty texts are fine.
#[derive(Debug, Default)]
struct Errors {
    code: String,
    recovery: String,
    passkey: String,
}

/// Asks for the second factor.
///
/// # Errors
/// When the database does not answer.
pub async fn show(State(app): State<App>, person: Halfway) -> Answer {
    let query = Fields::parse(
        person
            .visit()
            .address
            .split_once('?')
            .map_or("", |(_, query)| query)
            .as_bytes(),
    );
    let next = safe_next(query.text("next"));
    render(
        &app,
        &person,
        &person.csrf,
        next,
        None,
        StatusCode::OK,
        Errors::default(),
    )
    .await
}

/// The page as the answer to a right password, with the form that waits for the sign-in.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn show_to(app: &App, started: &Started, kept: &KeptForm) -> Answer {
    let person = session::find_person_by_hash(app, &started.session_hash).await?;
    let person = person.ok_or_else(|| Failure::unexpected("a session that is gone at once"))?;
    let next = kept.page.as_str();
    render(
        app,
        &person,
        &started.csrf,
        next,
        Some(kept),
        StatusCode::OK,
        Errors::default(),
    )
    .await
}

/// Looks at the second factor, completes the sign-in and leads on.
///
/// # Errors
/// When the database does not answer.
pub async fn submit(State(app): State<App>, person: Halfway, fields: Fields) -> Answer {
    let kept = KeptForm::read(&fields);
    let next = safe_next(fields.text("next"));
    let (errors, wait) = match check(&app, &person, &fields).await? {
        Outcome::Right { recovery } => {
            let mut tx = app.store().begin().await?;
            let started = session::complete(&app, &mut tx, &person).await?;
            tx.commit().await?;
            let told = recovery.then(|| with_notice(next));
            let page = arrive(&started, told.as_deref().unwrap_or(next), kept.as_ref())?;
            return Ok(with_cookie(page, started));
        }
        Outcome::Wrong(errors) => (errors, None),
        Outcome::Wait(errors, wait) => (errors, Some(wait)),
    };
    tracing::info!(client = %person.visit().client, "a second factor was refused");
    let status = match wait {
        Some(_) => StatusCode::TOO_MANY_REQUESTS,
        None => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = render(
        &app,
        &person,
        &person.csrf,
        next,
        kept.as_ref(),
        status,
        errors,
    )
    .await?;
    match wait {
        Some(wait) => too_many(page, wait),
        None => Ok(page),
    }
}

/// The address with the notice that a recovery code was used up.
fn with_notice(next: &str) -> String {
    let joint = if next.contains('?') { '&' } else { '?' };
    format!("{next}{joint}notice=recovery_code_used")
}

enum Outcome {
    Right { recovery: bool },
    Wrong(Errors),
    Wait(Errors, i64),
}

async fn check(app: &App, person: &Halfway, fields: &Fields) -> Result<Outcome, Failure> {
    if fields.has("credential") {
        let credential = fields.text("credential");
        return Ok(
            match ceremony::end_signing(app, person, credential).await? {
                Answered::Good(()) => Outcome::Right { recovery: false },
                Answered::Refused(why) => Outcome::Wrong(Errors {
                    passkey: why.to_owned(),
                    ..Errors::default()
                }),
            },
        );
    }
    if fields.has("recovery_code") {
        return check_recovery(app, person, fields.text("recovery_code")).await;
    }
    let errors = |code: String| Errors {
        code,
        ..Errors::default()
    };
    let code = fields.text("code");
    if code.is_empty() {
        return Ok(Outcome::Wrong(errors(
            "Type the code your app shows.".to_owned(),
        )));
    }
    Ok(
        match factor::check_code(app, person, person.visit(), code).await? {
            Checked::Right(_) => Outcome::Right { recovery: false },
            Checked::Wrong(why) => Outcome::Wrong(errors(why)),
            Checked::Wait(wait) => Outcome::Wait(errors(wait_sentence(wait)), wait),
        },
    )
}

async fn check_recovery(app: &App, person: &Halfway, code: &str) -> Result<Outcome, Failure> {
    let errors = |recovery: &str| Errors {
        recovery: recovery.to_owned(),
        ..Errors::default()
    };
    if code.is_empty() {
        return Ok(Outcome::Wrong(errors("Type one of your recovery codes.")));
    }
    let subjects = factor::subjects(person, person.visit());
    if let Some(wait) = subjects.begin(app).await? {
        return Ok(Outcome::Wait(errors(&wait_sentence(wait)), wait));
    }
    let hash = recovery::hash(person.identity, code);
    let visit = person.visit();
    let client = change::client(visit);
    let mut tx = app.store().begin().await?;
    if !store::two_factor::take_recovery_code(&mut tx, person.identity, &hash).await? {
        tx.rollback().await?;
        return Ok(Outcome::Wrong(errors(
            "This is none of your recovery codes, or it was used already. Each works once.",
        )));
    }
    let subject = Subject::identity(person);
    audit::write(&mut tx, person, "recovery_code.use", subject, None, None).await?;
    sync::mail::queue_two_factor_changed(
        &mut tx,
        change::receiver(person),
        "Somebody signed in with one of your recovery codes. It works no more.",
        change::here(&client, visit.now),
    )
    .await?;
    tx.commit().await?;
    subjects.succeeded(app).await?;
    Ok(Outcome::Right { recovery: true })
}

async fn render(
    app: &App,
    person: &Person,
    csrf: &str,
    next: &str,
    kept: Option<&KeptForm>,
    status: StatusCode,
    errors: Errors,
) -> Answer {
    let factors = change::find_factors(app, person).await?;
    let passkey = ceremony::begin_signing(app, person).await?;
    page_with(
        status,
        &TwoFactorPage {
            csrf,
            email: &person.email,
            next,
            kept,
            app: factors.app,
            passkey,
            errors,
        },
    )
}
