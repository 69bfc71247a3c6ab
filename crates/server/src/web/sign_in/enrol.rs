//! `GET` and `POST /sign-in/enrol`: the role asks for a second factor, and the person sets one up before anything else.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::secret::Secret;
use domain::text::has_visible;
use store::sessions::SessionStage;
use store::{Tx, identities, passkeys, sessions, two_factor};

use super::lead_on::with_cookie;
use super::submit::{too_many, wait_sentence};
use crate::app::App;
use crate::web::access::Halfway;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::{page, page_with, safe_next, see_other};
use crate::web::session;
use crate::web::two_factor::ceremony::{self, Answered, Offer};
use crate::web::two_factor::change::Factors;
use crate::web::two_factor::{Checked, change, check_first_code, qr, recovery, totp};

/// The page that sets a second factor up.
#[derive(Template)]
#[template(path = "sign_in/enrol.html")]
struct EnrolPage<'a> {
    csrf: &'a str,
    role: &'a str,
    email: &'a str,
    next: &'a str,
    qr: String,
    key: Secret,
    passkey: Option<Offer>,
    passkey_name: &'a str,
    code_error: String,
    passkey_error: String,
}

/// The recovery codes, the one time they are shown, after a sign-in that enrolled.
#[derive(Template)]
#[template(path = "sign_in/codes.html")]
struct CodesPage<'a> {
    codes: &'a [String],
    download: String,
    next: &'a str,
}

/// Shows how to set a second factor up.
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
    let next = safe_next(query.text("next")).to_owned();
    if two_factor::has_second_factor(app.store(), person.identity).await? {
        let tx = app.store().begin().await?;
        return ask_for_factor(tx, &person, &next).await;
    }
    render(&app, &person, &next, StatusCode::OK, Typed::default()).await
}

#[derive(Default)]
struct Typed<'a> {
    passkey_name: &'a str,
    code_error: String,
    passkey_error: String,
}

/// Switches the second factor on, completes the sign-in and shows the recovery codes.
///
/// # Errors
/// When the database does not answer.
pub async fn submit(State(app): State<App>, person: Halfway, fields: Fields) -> Answer {
    let next = safe_next(fields.text("next")).to_owned();
    if two_factor::has_second_factor(app.store(), person.identity).await? {
        let tx = app.store().begin().await?;
        return ask_for_factor(tx, &person, &next).await;
    }
    if fields.has("credential") {
        return with_passkey(&app, &person, &fields, &next).await;
    }
    let hash = &person.session_hash;
    let pending = two_factor::find_pending_secret(app.store(), person.identity, hash).await?;
    let Some(secret) = pending else {
        return see_other("/sign-in/enrol");
    };
    let code = fields.text("code");
    let again = |code_error: String, status: StatusCode| {
        let typed = Typed {
            code_error,
            ..Typed::default()
        };
        render(&app, &person, &next, status, typed)
    };
    match check_first_code(&app, &person, person.visit(), &secret, code).await? {
        Checked::Wait(wait) => {
            let page = again(wait_sentence(wait), StatusCode::TOO_MANY_REQUESTS).await?;
            too_many(page, wait)
        }
        Checked::Wrong(why) => again(why, StatusCode::UNPROCESSABLE_ENTITY).await,
        Checked::Right(step) => {
            let mut tx = app.store().begin().await?;
            if is_set_up_in(&mut tx, &person).await? {
                return ask_for_factor(tx, &person, &next).await;
            }
            let codes = change::enable_app(&mut tx, &person, person.visit(), &secret, step).await?;
            finish(&app, tx, &person, &codes, &next).await
        }
    }
}

const TAKEN: &str = "This passkey belongs to an account already.";

async fn with_passkey(app: &App, person: &Halfway, fields: &Fields, next: &str) -> Answer {
    let name = fields.text("passkey_name");
    let again = |passkey_error: String| {
        let typed = Typed {
            passkey_name: name,
            passkey_error,
            ..Typed::default()
        };
        render(app, person, next, StatusCode::UNPROCESSABLE_ENTITY, typed)
    };
    if !has_visible(name) || name.chars().count() > 60 {
        return again("Give the passkey a name of at most 60 characters.".to_owned()).await;
    }
    let made = match ceremony::end_making(app, person, fields.text("credential")).await? {
        Answered::Good(made) => made,
        Answered::Refused(why) => return again(why.to_owned()).await,
    };
    if passkeys::find_passkey(app.store(), &made.credential_id)
        .await?
        .is_some()
    {
        return again(TAKEN.to_owned()).await;
    }
    let mut tx = app.store().begin().await?;
    if is_set_up_in(&mut tx, person).await? {
        return ask_for_factor(tx, person, next).await;
    }
    let factors = Factors {
        app: false,
        passkeys: 0,
    };
    let added = change::add_passkey(&mut tx, person, person.visit(), factors, name, &made).await;
    let codes = match added {
        Err(failure) if failure.status == StatusCode::CONFLICT => {
            tx.rollback().await?;
            return again(TAKEN.to_owned()).await;
        }
        other => other?,
    };
    finish(app, tx, person, &codes, next).await
}

/// Whether the person has a second factor by now: another sign-in set one up while this one was at it. It stays so until
/// the commit.
async fn is_set_up_in(tx: &mut Tx, person: &Halfway) -> Result<bool, Failure> {
    identities::find_identity_kept_in(tx, person.identity).await?;
    Ok(two_factor::has_second_factor_in(tx, person.identity).await?)
}

/// Turns the sign-in into one that must give the second factor that is there: the password alone replaces none.
async fn ask_for_factor(mut tx: Tx, person: &Halfway, next: &str) -> Answer {
    let stage = SessionStage::SecondFactor;
    sessions::update_stage(&mut tx, &person.session_hash, stage).await?;
    tx.commit().await?;
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", next);
    let page = session::stage_page(stage);
    see_other(&format!("{page}?{}", query.finish()))
}

/// Completes the sign-in in the same commit.
async fn finish(app: &App, mut tx: Tx, person: &Halfway, codes: &[String], next: &str) -> Answer {
    let started = session::complete(app, &mut tx, person).await?;
    tx.commit().await?;
    let response = page(&CodesPage {
        codes,
        download: recovery::download(codes, &person.email, &app.config().base_address()),
        next,
    })?;
    Ok(with_cookie(response, started))
}

async fn render(
    app: &App,
    person: &Halfway,
    next: &str,
    status: StatusCode,
    typed: Typed<'_>,
) -> Answer {
    let secret = pending(app, person).await?;
    let address = totp::address(&secret, &person.email);
    let qr = address.as_ref().and_then(qr::svg);
    page_with(
        status,
        &EnrolPage {
            csrf: &person.csrf,
            role: &person.role,
            email: &person.email,
            next,
            qr: qr.unwrap_or_default(),
            key: totp::grouped(&secret),
            passkey: ceremony::begin_making(app, person).await?,
            passkey_name: typed.passkey_name,
            code_error: typed.code_error,
            passkey_error: typed.passkey_error,
        },
    )
}

/// The secret being set up: the same at every look of this session at the page, so that a reload does not outdate what
/// was scanned, and another one for every other session, so that nobody is handed a secret somebody else has seen.
async fn pending(app: &App, person: &Halfway) -> Result<Secret, Failure> {
    let hash = &person.session_hash;
    let known = two_factor::find_pending_secret(app.store(), person.identity, hash).await?;
    if let Some(known) = known {
        return Ok(known);
    }
    let new = totp::generate()?;
    let mut tx = app.store().begin().await?;
    two_factor::put_pending_secret(&mut tx, person.identity, hash, &new).await?;
    tx.commit().await?;
    Ok(new)
}
