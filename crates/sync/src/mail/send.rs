//! The job that sends one message: writes the letter, hands it over, keeps what became of it.

use domain::account::LinkPurpose;
use domain::clock::UtcMillis;
use domain::email::email_key;
use domain::id::MailId;
use domain::mail::{MailKind, MailState};
use jiff::tz::TimeZone;
use store::identities::{self, Identity, MembershipStatus};
use store::outbox::{self, Mail};
use store::{Tx, account_links};

use super::deliver::{self, NotDelivered};
use super::message::{self, To};
use super::text::{self, Params, Scene};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::token;
use crate::worker::Ended;

/// Minutes until the next attempt; after the last, a message is given up. Six hours in all.
const WAITS: [i64; 8] = [1, 2, 5, 15, 30, 60, 120, 120];

/// Sends one message of the outbox.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn send(engine: &Engine, mail: MailId) -> Result<Ended> {
    let Some(mail) = outbox::find_mail(engine.store(), mail).await? else {
        return Ok(Ended::Done);
    };
    if mail.state != MailState::Waiting {
        return Ok(Ended::Done);
    }
    let outcome = match prepare(engine, &mail).await? {
        Ok(message) => {
            let name = file_name(&mail);
            deliver::deliver(&engine.config().mail, message, &name).await
        }
        Err(reason) => Err(NotDelivered {
            reason,
            temporary: false,
        }),
    };
    let mut tx = engine.store().begin().await?;
    let ended = match outcome {
        Ok(()) => {
            outbox::update_mail_sent(&mut tx, mail.id).await?;
            tracing::info!(kind = mail.kind.key(), mail = %mail.uuid, "a message left");
            Ended::Done
        }
        Err(failed) => {
            let wait = next_wait(&mail).filter(|_| failed.temporary);
            outbox::update_mail_failed(&mut tx, mail.id, &failed.reason, wait.is_none()).await?;
            tracing::warn!(kind = mail.kind.key(), mail = %mail.uuid, reason = failed.reason, "a message did not leave");
            match wait {
                // The message itself counts its attempts.
                Some(wait) => Ended::Later {
                    at: engine.now().plus(wait),
                    reason: failed.reason,
                    failed: false,
                },
                None => Ended::Done,
            }
        }
    };
    tx.commit().await?;
    Ok(ended)
}

/// Milliseconds until a message is tried again, after the attempt that just failed.
fn next_wait(mail: &Mail) -> Option<i64> {
    let attempt = usize::try_from(mail.attempts).unwrap_or(usize::MAX);
    WAITS
        .get(attempt)
        .map(|minutes| minutes * UtcMillis::MINUTE)
}

/// The name of a message's file in the outbox.
#[must_use]
pub(crate) fn file_name(mail: &Mail) -> String {
    format!("{}.eml", mail.uuid)
}

/// Writes the letter, or says in a sentence why there is none.
async fn prepare(
    engine: &Engine,
    mail: &Mail,
) -> Result<std::result::Result<lettre::Message, String>> {
    let config = &engine.config().mail;
    let params: Params = serde_json::from_value(mail.params.clone())
        .map_err(|error| Error::Stored(error.to_string()))?;
    let params = Params {
        name: message::one_line(&params.name),
        inviter: message::one_line(&params.inviter),
        what: message::one_line(&params.what),
        ..params
    };
    let (identity, link) = match (purpose(mail.kind), mail.identity) {
        (None, None) => (None, None),
        (None, Some(id)) => (identities::find_identity(engine.store(), id).await?, None),
        (Some(purpose), _) => match make_link(engine, mail, purpose).await? {
            Ok((identity, link)) => (Some(identity), Some(link)),
            Err(reason) => return Ok(Err(reason)),
        },
    };
    let zone = identity
        .and_then(|identity| identity.time_zone)
        .and_then(|zone| TimeZone::get(&zone).ok())
        .unwrap_or(TimeZone::UTC);
    let scene = Scene {
        base_address: &config.base_address,
        email: &mail.recipient,
        zone: &zone,
        link: link.as_ref().map(|(link, ends)| (link.as_str(), *ends)),
    };
    let letter = text::write(mail.kind, &params, scene)?;
    let to = To {
        name: &params.name,
        email: &mail.recipient,
    };
    Ok(
        message::build(config, to, &letter, mail.uuid.as_str(), engine.now())
            .map_err(|unsendable| unsendable.0),
    )
}

const fn purpose(kind: MailKind) -> Option<LinkPurpose> {
    match kind {
        MailKind::Welcome => Some(LinkPurpose::Welcome),
        MailKind::ResetPassword => Some(LinkPurpose::ResetPassword),
        MailKind::PasswordChanged
        | MailKind::TwoFactorChanged
        | MailKind::IntegrationPaused
        | MailKind::Test => None,
    }
}

/// Makes a token for the receiver of a message, keeps its hash, and answers whose it is, the address with the token and
/// its end; or says in a sentence why there is none. The identity stays as it is until the token is kept, and every
/// later change of it spends the token.
async fn make_link(
    engine: &Engine,
    mail: &Mail,
    purpose: LinkPurpose,
) -> Result<std::result::Result<(Identity, (String, UtcMillis)), String>> {
    let mut tx = engine.store().begin().await?;
    let identity = match find_receiver_in(&mut tx, mail).await? {
        Ok(identity) => identity,
        Err(reason) => {
            tx.rollback().await?;
            return Ok(Err(reason));
        }
    };
    if purpose == LinkPurpose::Welcome {
        // A newer invitation takes the place of those before it: one that was forwarded lets nobody in any more.
        account_links::remove_links(&mut tx, identity.id).await?;
    }
    let token = token::random()?;
    let ends = engine.now().plus(purpose.lifetime());
    let hash = token::hash(&token);
    account_links::insert_link(&mut tx, identity.id, purpose, &hash, ends, None).await?;
    tx.commit().await?;
    let base = &engine.config().mail.base_address;
    Ok(Ok((
        identity,
        (format!("{base}/set-password/{token}"), ends),
    )))
}

/// Whom a message with a link lets in, if that is still the person it was written to: with this address, not switched
/// off, and with the password of that time.
async fn find_receiver_in(
    tx: &mut Tx,
    mail: &Mail,
) -> Result<std::result::Result<Identity, String>> {
    let found = match mail.identity {
        Some(id) => identities::find_identity_kept_in(tx, id).await?,
        None => None,
    };
    let Some(identity) = found else {
        return Ok(Err(
            "The account is gone, so there is nothing to invite to.".to_owned(),
        ));
    };
    let staff = identities::find_staff_member_in(tx, identity.id).await?;
    if staff.is_some_and(|staff| staff.status == MembershipStatus::Disabled) {
        return Ok(Err(format!(
            "{} is switched off. Reactivate the account, then send again.",
            identity.name
        )));
    }
    let (to, has) = (email_key(&mail.recipient), email_key(&identity.email));
    if to.is_none() || to != has {
        return Ok(Err(format!(
            "The e-mail address of {} was changed since this was written, so its link would let somebody else in. \
             Send it again from the person's page.",
            identity.name
        )));
    }
    if identity
        .password_changed_at
        .is_some_and(|changed| changed > mail.created_at)
    {
        return Ok(Err(format!(
            "{} has chosen a password since this was written. Whoever forgot it asks for a new link on the sign-in \
             page.",
            identity.name
        )));
    }
    Ok(Ok(identity))
}
