//! Sending what lies in the outbox.

use domain::id::MailId;
use store::outbox;

use crate::engine::Engine;
use crate::error::Result;
use crate::worker::Ended;

/// What an e-mail says about itself while nothing can take it.
const NO_WAY: &str = "No way for mail to leave is configured; set one up in the section [mail] of the configuration, then retry.";

/// Sends one e-mail. As long as no way for mail to leave is configured, it is given up with that reason and can be
/// retried.
pub(crate) async fn send(engine: &Engine, mail: MailId) -> Result<Ended> {
    let mut tx = engine.store().begin().await?;
    outbox::update_mail_failed(&mut tx, mail, NO_WAY, true).await?;
    tx.commit().await?;
    Ok(Ended::Done)
}
