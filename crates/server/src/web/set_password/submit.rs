//! `POST /set-password/{token}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::account::LinkPurpose;
use domain::clock::UtcMillis;
use domain::secret::Secret;
use store::account_links::take_link;
use store::audit::{Actor, AuditEntry, insert_entry};
use store::identities::{self, MembershipStatus};
use store::{sessions, staff};
use sync::mail::{Receiver, queue_password_changed};

use super::show::{Errors, render};
use super::{Closed, Open, closed_page, look_up};
use crate::app::App;
use crate::web::access::{Visit, Visitor};
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::see_other;
use crate::web::two_factor::change::{client, here};
use crate::web::{password, sign_in, token};

/// Sets the password, once, signs the person out everywhere else and in here, as far as the password alone goes.
///
/// # Errors
/// When the database does not answer.
pub async fn submit(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    fields: Fields,
) -> Answer {
    let open = match look_up(&app, &token).await? {
        Ok(open) => open,
        Err(closed) => return closed_page(closed, &visitor),
    };
    let identity = &open.identity;
    let given = Secret::from(fields.find("password").unwrap_or_default());
    let mut errors = Errors {
        password: password::problem(&given, &[&identity.name, &identity.email]).unwrap_or_default(),
        ..Errors::default()
    };
    if errors.password.is_empty() && given.expose() != fields.find("repeated").unwrap_or_default() {
        errors.repeated = "The two passwords differ.".to_owned();
    }
    if errors != Errors::default() {
        return render(&visitor, &open, StatusCode::UNPROCESSABLE_ENTITY, errors);
    }
    let hash = password::hash(&app, given).await?;
    let Some(set_at) = set(&app, &visitor, &open, &token, &hash).await? else {
        // Two forms at once: the other one was faster.
        return closed_page(Closed::Used, &visitor);
    };
    tracing::info!(
        purpose = open.link.purpose.key(),
        "a password was chosen with a link"
    );
    sign_in::lead_on(&app, &visitor, identity.id, Some(set_at), "/", None)
        .await?
        .map_or_else(|| see_other("/sign-in"), Ok)
}

/// All in one commit: the link is spent, the password set, other sessions end, an invited person becomes active. Answers
/// when the password was set.
async fn set(
    app: &App,
    visit: &Visit,
    open: &Open,
    token: &str,
    hash: &Secret,
) -> Result<Option<UtcMillis>, Failure> {
    let identity = &open.identity;
    let status = identities::find_staff_member(app.store(), identity.id)
        .await?
        .map(|staff| staff.status);
    let mut tx = app.store().begin().await?;
    if take_link(&mut tx, &token::hash(token)).await?.is_none() {
        tx.rollback().await?;
        return Ok(None);
    }
    let set_at = identities::update_password(&mut tx, identity.id, hash.expose()).await?;
    sessions::remove_sessions(&mut tx, identity.id, None).await?;
    let was = status.filter(|was| *was == MembershipStatus::Invited || was.waits_for_welcome());
    if was.is_some() {
        staff::set_staff_status(&mut tx, identity.id, MembershipStatus::Active).await?;
    }
    let actor = Actor::Person {
        id: identity.id,
        name: identity.name.clone(),
    };
    let entry = AuditEntry {
        actor: &actor,
        action: "password.set",
        subject_kind: "identity",
        subject_id: identity.uuid.as_str(),
        subject_label: &identity.email,
        before: None,
        after: Some(serde_json::json!({ "link": open.link.purpose.key() })),
    };
    insert_entry(&mut tx, &entry).await?;
    if open.link.purpose == LinkPurpose::ResetPassword {
        let client = client(visit);
        let to = Receiver {
            identity: identity.id,
            name: &identity.name,
            email: &identity.email,
        };
        queue_password_changed(&mut tx, to, here(&client, visit.now)).await?;
    }
    tx.commit().await?;
    Ok(Some(set_at))
}
