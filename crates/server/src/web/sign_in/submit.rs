//! `POST /sign-in`.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::clock::UtcMillis;
use domain::secret::Secret;
use store::identities::{self, Identity, MembershipStatus};

use super::lead_on::lead_on;
use super::limit::Subjects;
use super::show::SignInPage;
use crate::app::App;
use crate::web::access::Visitor;
use crate::web::error::{Answer, Failure};
use crate::web::expired::KeptForm;
use crate::web::form::Fields;
use crate::web::page::{page_with, safe_next};
use crate::web::password;

/// Said whatever was wrong, so that nobody learns which addresses exist.
const WRONG: &str = "The e-mail address or the password is wrong.";

/// Signs a person in and leads on, or shows the form that waited for it.
///
/// # Errors
/// When the database does not answer.
pub async fn submit(State(app): State<App>, visitor: Visitor, fields: Fields) -> Answer {
    let email = fields.text("email");
    let kept = KeptForm::read(&fields);
    let again = |status: StatusCode, error: &str| {
        page_with(
            status,
            &SignInPage {
                csrf: &visitor.form_token,
                next: safe_next(fields.text("next")),
                email,
                error,
                notice: None,
                warning: visitor.warning.as_deref(),
                kept: kept.as_ref(),
            },
        )
    };
    let given = Secret::from(fields.find("password").unwrap_or_default());
    if email.is_empty() || given.is_empty() {
        return again(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Fill in both the e-mail address and the password.",
        );
    }
    let subjects = Subjects::new(email, visitor.client);
    if let Some(wait) = subjects.begin(&app).await? {
        return too_many(
            again(
                StatusCode::TOO_MANY_REQUESTS,
                &format!("{} {NOT_WAITING}", wait_sentence(wait)),
            )?,
            wait,
        );
    }
    let account = find_account(&app, email).await?;
    let stored = account
        .as_ref()
        .and_then(|account| account.password_hash.as_deref())
        .map(Secret::from);
    let right = password::verify(&app, given, stored).await?;
    let Some(account) = account.filter(|_| right) else {
        tracing::info!(client = %visitor.client, "sign-in refused");
        return again(StatusCode::UNPROCESSABLE_ENTITY, WRONG);
    };
    subjects.succeeded(&app).await?;
    let led = lead_on(
        &app,
        &visitor,
        account.id,
        account.password_changed_at,
        fields.text("next"),
        kept.as_ref(),
    )
    .await?;
    match led {
        Some(response) => Ok(response),
        None => again(StatusCode::UNPROCESSABLE_ENTITY, WRONG),
    }
}

/// The person with this address, if it is staff that may sign in.
async fn find_account(app: &App, email: &str) -> Result<Option<Identity>, Failure> {
    let Some(identity) = identities::find_identity_by_email(app.store(), email).await? else {
        return Ok(None);
    };
    let staff = identities::find_staff_member(app.store(), identity.id).await?;
    Ok(staff
        .is_some_and(|staff| staff.status == MembershipStatus::Active)
        .then_some(identity))
}

/// Said beside the time to wait: others can make an account wait, and its owner need not.
const NOT_WAITING: &str = "If you did not try, or do not want to wait, “Forgot your password?” sends a link to the \
    address of the account.";

/// The answer with the time to wait in its header.
pub(super) fn too_many(mut response: Response, wait: i64) -> Answer {
    let seconds = ((wait + UtcMillis::SECOND - 1) / UtcMillis::SECOND).to_string();
    let value = HeaderValue::from_str(&seconds).map_err(Failure::internal)?;
    response.headers_mut().insert(header::RETRY_AFTER, value);
    Ok(response)
}

/// How long to wait, in words.
#[must_use]
pub fn wait_sentence(wait: i64) -> String {
    let length = crate::web::view::time::length_of(wait);
    format!("Too many attempts went wrong. Wait {length} and try again.")
}
