//! `POST /profile/sessions/{session}/revoke` and `POST /profile/sessions/revoke-others`.

use axum::extract::{Path, State};
use domain::id::PublicId;
use serde_json::{Value, json};
use store::Tx;

use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::audit::{self, Subject};
use crate::web::error::{Answer, Failure};
use crate::web::page::see_other;
use crate::web::session;

/// Signs one browser of the person out.
///
/// # Errors
/// When the database does not answer, or the person has no such session.
pub async fn revoke_session(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<String>,
) -> Answer {
    let id: PublicId = id.parse().map_err(|_| Failure::not_found("Session"))?;
    let mut tx = app.store().begin().await?;
    if store::sessions::remove_session_by_uuid(&mut tx, person.identity, &id).await? {
        note(&mut tx, &person, &json!({ "session": id.as_str() })).await?;
    }
    tx.commit().await?;
    if id == person.session {
        let mut response = see_other("/sign-in?notice=signed_out")?;
        session::forget(&app, &mut response);
        return Ok(response);
    }
    see_other("/profile?notice=sessions_revoked")
}

/// Signs every other browser of the person out.
///
/// # Errors
/// When the database does not answer.
pub async fn revoke_others(State(app): State<App>, person: SignedIn) -> Answer {
    let mut tx = app.store().begin().await?;
    let others = Some(person.session_hash.as_str());
    let ended = store::sessions::remove_sessions(&mut tx, person.identity, others).await?;
    if ended > 0 {
        note(&mut tx, &person, &json!({ "sessions": ended })).await?;
    }
    tx.commit().await?;
    see_other("/profile?notice=sessions_revoked")
}

/// Ending a session is a change of access (rule X4).
async fn note(tx: &mut Tx, person: &SignedIn, ended: &Value) -> Result<(), Failure> {
    let subject = Subject::identity(person);
    audit::write(
        tx,
        person,
        "session.revoke",
        subject,
        Some(ended.clone()),
        None,
    )
    .await
}
