//! `POST /settings/mail/{mail}/retry` and `POST /settings/mail/retry-failed`.

use axum::extract::{Path, State};
use store::outbox;

use super::read::find;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::audit::{self, Subject};
use crate::web::error::Answer;
use crate::web::page::see_other;

/// Sends a message again that was given up.
///
/// # Errors
/// When there is no such message, or the database does not answer.
pub async fn retry(State(app): State<App>, staff: Staff, Path(id): Path<String>) -> Answer {
    let mail = find(&app, &id).await?;
    let mut tx = app.store().begin().await?;
    if !outbox::retry_mail(&mut tx, mail.id).await? {
        tx.rollback().await?;
        return see_other("/settings/mail?notice=mail_not_failed");
    }
    let subject = Subject {
        kind: "mail",
        id: mail.uuid.as_str(),
        label: &mail.recipient,
    };
    audit::write(&mut tx, &staff, "mail.retry", subject, None, None).await?;
    tx.commit().await?;
    see_other("/settings/mail?notice=mail_retried")
}

/// Sends every message again that was given up, as after a wrong password of the mail server.
///
/// # Errors
/// When the database does not answer.
pub async fn retry_all(State(app): State<App>, staff: Staff) -> Answer {
    let mut tx = app.store().begin().await?;
    let again = outbox::retry_all_mail(&mut tx).await?;
    if again == 0 {
        tx.rollback().await?;
        return see_other("/settings/mail?notice=no_mail_failed");
    }
    let subject = Subject {
        kind: "mail",
        id: "",
        label: "every message that was given up",
    };
    let after = Some(serde_json::json!({ "messages": again }));
    audit::write(&mut tx, &staff, "mail.retry", subject, None, after).await?;
    tx.commit().await?;
    see_other("/settings/mail?notice=all_mail_retried")
}
