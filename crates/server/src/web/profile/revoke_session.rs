//! `POST /profile/sessions/{session}/revoke` and `POST /profile/sessions/revoke-others`.

use axum::extract::{Path, State};
use domain::id::PublicId;

use crate::app::App;
use crate::web::access::SignedIn;
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
    store::sessions::remove_session_by_uuid(&mut tx, person.identity, &id).await?;
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
    store::sessions::remove_sessions(&mut tx, person.identity, Some(&person.session_hash)).await?;
    tx.commit().await?;
    see_other("/profile?notice=sessions_revoked")
}
