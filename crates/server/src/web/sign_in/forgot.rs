//! `GET` and `POST /forgot-password`: a link to choose a new password.
//!
//! The answer is the same whether there is such an account, and takes about the same: both ways write a message in one
//! commit, and where there is nobody it is taken out again. After a few
//! requests for one address within an hour no more mail is sent to it, which is not told either; a place that asks for
//! many addresses is told to wait.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::email::email_key;
use domain::id::IdentityId;
use serde_json::json;
use store::audit::{Actor, AuditEntry, insert_entry};
use store::identities::{self, Identity, MembershipStatus};
use store::{Tx, outbox};
use sync::mail::{Receiver, queue_reset_password, queue_welcome};

use super::limit::{Wait, begin_mail};
use super::submit::{too_many, wait_sentence};
use crate::app::App;
use crate::web::access::Visitor;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::{page, page_with};
use crate::web::two_factor::change::client;

/// The row id of no identity.
const NOBODY: IdentityId = IdentityId(0);

#[derive(Template)]
#[template(path = "sign_in/forgot.html")]
struct ForgotPage<'a> {
    csrf: &'a str,
    email: &'a str,
    error: &'a str,
}

#[derive(Template)]
#[template(path = "sign_in/forgot_sent.html")]
struct SentPage<'a> {
    email: &'a str,
}

/// Asks for the address.
///
/// # Errors
/// When the page cannot be rendered.
pub async fn show(visitor: Visitor) -> Answer {
    page(&ForgotPage {
        csrf: &visitor.form_token,
        email: "",
        error: "",
    })
}

/// Sends the link, if there is whom to send it to, and says the same in any case.
///
/// # Errors
/// When the database does not answer.
pub async fn submit(State(app): State<App>, visitor: Visitor, fields: Fields) -> Answer {
    let email = fields.text("email");
    let again = |status: StatusCode, error: &str| {
        page_with(
            status,
            &ForgotPage {
                csrf: &visitor.form_token,
                email,
                error,
            },
        )
    };
    let Some(key) = email_key(email) else {
        return again(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Enter your e-mail address, such as ann@example.com.",
        );
    };
    let account = find_account(&app, email).await?;
    let mut tx = app.store().begin().await?;
    let limit = begin_mail(&mut tx, &key, visitor.client).await?;
    if limit == Wait::None {
        match &account {
            Some((identity, has_password)) => {
                send(&mut tx, &visitor, identity, *has_password).await?
            }
            None => outbox::insert_and_withdraw(&mut tx, email).await?,
        }
    }
    tx.commit().await?;
    if let Wait::Place(wait) = limit {
        let page = again(StatusCode::TOO_MANY_REQUESTS, &wait_sentence(wait))?;
        return too_many(page, wait);
    }
    page(&SentPage { email })
}

/// Queues the link and leaves an entry: somebody asked for a way into this account.
async fn send(
    tx: &mut Tx,
    visitor: &Visitor,
    identity: &Identity,
    has_password: bool,
) -> Result<(), Failure> {
    let to = Receiver {
        identity: identity.id,
        name: &identity.name,
        email: &identity.email,
    };
    match has_password {
        true => queue_reset_password(tx, to, "").await?,
        false => queue_welcome(tx, to, "").await?,
    };
    let entry = AuditEntry {
        actor: &Actor::System,
        action: "password.ask",
        subject_kind: "identity",
        subject_id: identity.uuid.as_str(),
        subject_label: &identity.email,
        before: None,
        after: Some(json!({ "from": client(visitor) })),
    };
    Ok(insert_entry(tx, &entry).await?)
}

/// The person with this address, if it may get a link; and whether a password was set before. Asks the database the same
/// whether there is one.
async fn find_account(app: &App, email: &str) -> Result<Option<(Identity, bool)>, Failure> {
    let identity = identities::find_identity_by_email(app.store(), email).await?;
    let id = identity.as_ref().map_or(NOBODY, |identity| identity.id);
    let staff = identities::find_staff_member(app.store(), id).await?;
    // Imported people are nobody until somebody invites them.
    let may = staff.is_some_and(|staff| {
        matches!(
            staff.status,
            MembershipStatus::Active | MembershipStatus::Invited
        )
    });
    Ok(identity.filter(|_| may).map(|identity| {
        let has_password = identity.password_hash.is_some();
        (identity, has_password)
    }))
}
