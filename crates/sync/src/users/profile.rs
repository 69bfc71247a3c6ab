//! Changing what is known about a user: name, e-mail, job title and phone number.

use serde_json::json;
use store::Tx;
use store::audit::Actor;
use store::identities::{self, Identity, Profile, StaffMember};

use super::check::{audit, check_email_in, check_texts, some, text};
use super::{Changed, Editor, UserChange, UserRefusal};
use crate::error::Result;
use crate::mail::{Circumstances, Receiver, queue_two_factor_changed};

/// Changes name, e-mail, job title and phone number. Another address ends what was sent to the old one, and the old one is
/// told.
///
/// # Errors
/// As any statement.
pub(super) async fn put_profile_in(
    tx: &mut Tx,
    editor: &Editor,
    identity: &Identity,
    staff: &StaffMember,
    change: &UserChange,
) -> Result<Changed> {
    let old = (
        identity.name.as_str(),
        identity.email.as_str(),
        text(&identity.job_title),
        text(&identity.phone),
    );
    let wanted =
        |new: &'_ Option<String>, old: &str| new.as_deref().unwrap_or(old).trim().to_owned();
    let (name, email) = (wanted(&change.name, old.0), wanted(&change.email, old.1));
    let (title, phone) = (
        wanted(&change.job_title, old.2),
        wanted(&change.phone, old.3),
    );
    if (&*name, &*email, &*title, &*phone) == old {
        return Ok(Ok(false));
    }
    let texts = [("name", &*name), ("title", &*title), ("phone", &*phone)];
    if let Some(refusal) = check_texts(&texts) {
        return Ok(Err(refusal));
    }
    if email != old.1 {
        if !editor.manages_users() {
            return Ok(Err(UserRefusal::NeedsManageUsers));
        }
        // A session alone must not be enough to move an account to another mailbox: the profile asks for the password.
        if staff.identity_id == editor.identity {
            return Ok(Err(UserRefusal::OwnEmail));
        }
        if staff.primary_admin {
            return Ok(Err(UserRefusal::EmailOfPrimaryAdministrator));
        }
        if !staff.grants.within(&editor.grants) {
            return Ok(Err(UserRefusal::PersonBeyondOwnRights));
        }
        if let Some(refusal) = check_email_in(tx, &email, Some(identity.id)).await? {
            return Ok(Err(refusal));
        }
    }
    let profile = Profile {
        name: &name,
        email: &email,
        job_title: some(&title),
        phone: some(&phone),
        time_zone: identity.time_zone.as_deref(),
        language: identity.language.as_deref(),
        notifications: &identity.notifications,
    };
    identities::update_profile(tx, identity.id, &profile).await?;
    if email != old.1 {
        tell_old_address(tx, editor, identity, &email).await?;
    }
    let before = json!({ "name": old.0, "email": old.1, "job_title": old.2, "phone": old.3 });
    let after = json!({ "name": name, "email": email, "job_title": title, "phone": phone });
    audit(
        tx,
        editor,
        "user.update",
        &identity.uuid,
        &email,
        Some(before),
        Some(after),
    )
    .await?;
    Ok(Ok(true))
}

/// Tells the address an account had that it was changed. Nobody is told about an account that was never used: its address
/// may have been mistyped, and whoever has it is a stranger.
async fn tell_old_address(
    tx: &mut Tx,
    editor: &Editor,
    identity: &Identity,
    email: &str,
) -> Result<()> {
    if identity.password_hash.is_none() {
        return Ok(());
    }
    let by = match &editor.actor {
        Actor::Person { name, .. } => Some(name.as_str()),
        _ => None,
    };
    let to = Receiver {
        identity: identity.id,
        name: &identity.name,
        email: &identity.email,
    };
    let circumstances = Circumstances {
        by,
        client: "",
        at: tx.store().now(),
    };
    let what = format!("The e-mail address of your account was changed to {email}.");
    queue_two_factor_changed(tx, to, &what, circumstances).await?;
    Ok(())
}
