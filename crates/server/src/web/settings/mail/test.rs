//! `POST /settings/mail/test`: a message to the own address.

use axum::extract::State;
use sync::mail::queue_test;

use crate::app::App;
use crate::web::access::Staff;
use crate::web::audit::{self, Subject};
use crate::web::error::Answer;
use crate::web::page::see_other;
use crate::web::two_factor::change::receiver;

/// Queues a test message to whoever asks for it; one for a double click.
///
/// # Errors
/// When the database does not answer.
pub async fn test(State(app): State<App>, staff: Staff) -> Answer {
    let mut tx = app.store().begin().await?;
    if audit::find_first_click(&mut tx, &staff, "mail.test")
        .await?
        .is_some()
    {
        tx.rollback().await?;
        return see_other("/settings/mail?notice=test_queued");
    }
    queue_test(&mut tx, receiver(&staff)).await?;
    let subject = Subject::identity(&staff);
    audit::write(&mut tx, &staff, "mail.test", subject, None, None).await?;
    tx.commit().await?;
    see_other("/settings/mail?notice=test_queued")
}
