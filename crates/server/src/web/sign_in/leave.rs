//! `POST /sign-out`.

use axum::extract::State;

use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::error::Answer;
use crate::web::page::see_other;
use crate::web::session;

/// Ends the session here and in the browser.
///
/// # Errors
/// When the database does not answer.
pub async fn leave(State(app): State<App>, person: SignedIn) -> Answer {
    let mut tx = app.store().begin().await?;
    store::sessions::remove_session(&mut tx, &person.session_hash).await?;
    tx.commit().await?;
    let mut response = see_other("/sign-in?notice=signed_out")?;
    session::forget(&app, &mut response);
    Ok(response)
}
