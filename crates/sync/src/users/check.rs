//! What is looked at before a user is changed: the user, the texts, the address; and the audit entry after it.

use domain::id::{IdentityId, PublicId};
use serde_json::Value;
use store::Tx;
use store::audit::{AuditEntry, insert_entry};
use store::identities::{self, EmailState, Identity, StaffMember};
use store::staff::list_active_administrators_in;

use super::{Editor, UserRefusal};
use crate::error::Result;

pub(super) async fn find_in(
    tx: &mut Tx,
    user: &PublicId,
) -> Result<Option<(Identity, StaffMember)>> {
    let Some(identity) = identities::find_identity_by_uuid_in(tx, user).await? else {
        return Ok(None);
    };
    let staff = identities::find_staff_member_in(tx, identity.id).await?;
    Ok(staff.map(|staff| (identity, staff)))
}

pub(super) async fn is_last_administrator_in(tx: &mut Tx, user: IdentityId) -> Result<bool> {
    Ok(list_active_administrators_in(tx).await? == [user])
}

pub(super) async fn check_email_in(
    tx: &mut Tx,
    email: &str,
    except: Option<IdentityId>,
) -> Result<Option<UserRefusal>> {
    Ok(match identities::email_state_in(tx, email, except).await? {
        EmailState::Free => None,
        EmailState::Invalid => Some(UserRefusal::EmailInvalid),
        EmailState::Taken(by) => {
            let is_staff = identities::find_staff_member_in(tx, by).await?.is_some();
            let (by, name, email) = named_in(tx, by).await?;
            Some(if is_staff {
                UserRefusal::EmailTaken { by, name }
            } else {
                UserRefusal::EmailOfContact { name, email }
            })
        }
        EmailState::LooksLike(by) => {
            let (by, name, email) = named_in(tx, by).await?;
            Some(UserRefusal::EmailLooksLike { by, name, email })
        }
    })
}

/// Id in addresses, name and e-mail of somebody.
async fn named_in(tx: &mut Tx, id: IdentityId) -> Result<(PublicId, String, String)> {
    let found = identities::find_identity_in(tx, id).await?;
    Ok(found.map_or_else(
        || {
            (
                PublicId::new(tx.store().now()),
                "Somebody".to_owned(),
                String::new(),
            )
        },
        |other| (other.uuid, other.name, other.email),
    ))
}

pub(super) fn check_texts(texts: &[(&'static str, &str)]) -> Option<UserRefusal> {
    for (field, text) in texts {
        if *field == "phone" {
            if !domain::text::is_phone(text) {
                return Some(UserRefusal::NoPhone);
            }
            continue;
        }
        let most = 200;
        if *field == "name" && !domain::text::has_visible(text) {
            return Some(UserRefusal::NameMissing);
        }
        if text.trim().chars().count() > most {
            return Some(UserRefusal::TooLong { field, most });
        }
        if text.trim().chars().any(char::is_control) {
            return Some(UserRefusal::NotOneLine { field });
        }
    }
    None
}

pub(super) fn text(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default().trim()
}

pub(super) fn some(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

pub(super) async fn audit(
    tx: &mut Tx,
    editor: &Editor,
    action: &'static str,
    uuid: &PublicId,
    email: &str,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<()> {
    let entry = AuditEntry {
        actor: &editor.actor,
        action,
        subject_kind: "identity",
        subject_id: uuid.as_str(),
        subject_label: email,
        before,
        after,
    };
    Ok(insert_entry(tx, &entry).await?)
}
