//! Putting a message into the outbox, in the transaction of what made it necessary.

use domain::clock::UtcMillis;
use domain::id::{IdentityId, MailId};
use domain::mail::MailKind;
use store::{Tx, outbox};

use super::text::Params;
use crate::error::{Error, Result};

/// Whom a message is for.
#[derive(Debug, Clone, Copy)]
pub struct Receiver<'a> {
    /// The identity.
    pub identity: IdentityId,
    /// Name.
    pub name: &'a str,
    /// Address.
    pub email: &'a str,
}

/// When and from where something was done, for notices about an account.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// Who did it, when that was somebody else.
    pub by: Option<&'a str>,
    /// Browser and network address.
    pub client: &'a str,
    /// When.
    pub at: UtcMillis,
}

/// An invitation with a link to choose a password. `inviter` is named in it; empty: nobody is.
///
/// # Errors
/// When the store does not answer.
pub async fn queue_welcome(tx: &mut Tx, to: Receiver<'_>, inviter: &str) -> Result<MailId> {
    let params = Params {
        inviter: inviter.to_owned(),
        ..Params::default()
    };
    queue(tx, MailKind::Welcome, to, params).await
}

/// A link to choose a new password. `asked_by` is named in it; empty: the person asked.
///
/// # Errors
/// When the store does not answer.
pub async fn queue_reset_password(tx: &mut Tx, to: Receiver<'_>, asked_by: &str) -> Result<MailId> {
    let params = Params {
        inviter: asked_by.to_owned(),
        ..Params::default()
    };
    queue(tx, MailKind::ResetPassword, to, params).await
}

/// Word that the password was changed.
///
/// # Errors
/// When the store does not answer.
pub async fn queue_password_changed(
    tx: &mut Tx,
    to: Receiver<'_>,
    circumstances: Circumstances<'_>,
) -> Result<MailId> {
    queue(tx, MailKind::PasswordChanged, to, of(circumstances, "")).await
}

/// Word that a second factor came or went; `what` is a sentence that says which.
///
/// # Errors
/// When the store does not answer.
pub async fn queue_two_factor_changed(
    tx: &mut Tx,
    to: Receiver<'_>,
    what: &str,
    circumstances: Circumstances<'_>,
) -> Result<MailId> {
    queue(tx, MailKind::TwoFactorChanged, to, of(circumstances, what)).await
}

/// Word that a vendor refuses the credentials of an integration. `page` is where new ones are entered, from the slash on.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn queue_integration_paused(
    tx: &mut Tx,
    to: Receiver<'_>,
    what: &str,
    page: &str,
    at: UtcMillis,
) -> Result<MailId> {
    let params = Params {
        what: what.to_owned(),
        page: page.to_owned(),
        at: Some(at),
        ..Params::default()
    };
    queue(tx, MailKind::IntegrationPaused, to, params).await
}

/// A message that only shows whether mail arrives.
///
/// # Errors
/// When the store does not answer.
pub async fn queue_test(tx: &mut Tx, to: Receiver<'_>) -> Result<MailId> {
    queue(tx, MailKind::Test, to, Params::default()).await
}

fn of(circumstances: Circumstances<'_>, what: &str) -> Params {
    Params {
        what: what.to_owned(),
        inviter: circumstances.by.unwrap_or_default().to_owned(),
        client: circumstances.client.to_owned(),
        at: Some(circumstances.at),
        ..Params::default()
    }
}

async fn queue(tx: &mut Tx, kind: MailKind, to: Receiver<'_>, params: Params) -> Result<MailId> {
    let params = Params {
        name: to.name.to_owned(),
        ..params
    };
    let params = serde_json::to_value(&params).map_err(|error| Error::Stored(error.to_string()))?;
    Ok(outbox::insert_mail(tx, kind, Some(to.identity), to.email, &params).await?)
}
