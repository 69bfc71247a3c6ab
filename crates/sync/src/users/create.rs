//! Making a user: somebody new, or a person at a client who joins the staff.
//!
//! One address is one person with memberships of companies and possibly one of the staff (design 3). Who is here with
//! companies only keeps name, password and memberships and is given the staff membership besides.

use domain::id::{IdentityId, PublicId};
use serde_json::json;
use store::Tx;
use store::identities::{self, Identity, MembershipStatus, NewIdentity};
use store::roles::Role;
use store::sessions::remove_sessions;

use super::check::{audit, check_email_in, check_texts, some, text};
use super::client::{account_in, contact_in, of_account_in};
use super::{Editor, UserRefusal, grantable_role_in};
use crate::engine::Engine;
use crate::error::Result;
use crate::mail::one_line;

/// Somebody to add.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewUser {
    /// Name.
    pub name: String,
    /// E-mail, as typed.
    pub email: String,
    /// Job title.
    pub job_title: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Whether a person at a client who has the address becomes one of the staff. Without it that is refused.
    pub join: bool,
}

/// A user that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// The identity.
    pub identity: IdentityId,
    /// Id in addresses.
    pub uuid: PublicId,
    /// Name as it is kept.
    pub name: String,
    /// E-mail as it is kept.
    pub email: String,
    /// Whether it is a person at a client who joined the staff, and keeps name and password.
    pub joined: bool,
    /// The company whose contact with this address the person stays, beside being one of the staff.
    pub contact_of: Option<String>,
}

/// Everything that stands in the way of adding somebody now, for a form that tells it all at once: each text, the address
/// and the role by itself.
///
/// # Errors
/// As any statement.
pub async fn problems_of_new(
    engine: &Engine,
    editor: &Editor,
    new: &NewUser,
    role: Option<&PublicId>,
) -> Result<Vec<UserRefusal>> {
    let (title, phone) = (text(&new.job_title), text(&new.phone));
    let texts = [("name", &*new.name), ("title", title), ("phone", phone)];
    let mut found: Vec<UserRefusal> = texts
        .iter()
        .filter_map(|one| check_texts(&[*one]))
        .collect();
    found.extend(problem_of_address(engine, &new.email, new.join).await?);
    let mut tx = engine.store().begin().await?;
    match role {
        None => found.push(UserRefusal::RoleMissing),
        Some(role) => found.extend(grantable_role_in(&mut tx, editor, role).await?.err()),
    }
    tx.rollback().await?;
    Ok(found)
}

/// Why no user can be made with an address now; nothing when one can, also when it is a person at a client who is to join
/// the staff.
///
/// # Errors
/// As any statement.
pub async fn problem_of_address(
    engine: &Engine,
    email: &str,
    join: bool,
) -> Result<Option<UserRefusal>> {
    let mut tx = engine.store().begin().await?;
    let problem = match account_in(&mut tx, email).await? {
        Some(_) if join => None,
        Some(found) => Some(UserRefusal::OfAClient(
            of_account_in(&mut tx, &found).await?,
        )),
        None => match contact_in(&mut tx, email).await? {
            Some(client) if !join => Some(UserRefusal::OfAClient(client)),
            _ => check_email_in(&mut tx, email, None).await?,
        },
    };
    tx.rollback().await?;
    Ok(problem)
}

/// Makes a user with a role that `grantable_role_in` allowed. Nobody is told; see `welcome_in`. Who has no password gets
/// the status `untold`, which tells imported users from those added here. What a vendor wrote in several lines is put
/// into one.
///
/// # Errors
/// As any statement.
pub async fn create_in(
    tx: &mut Tx,
    editor: &Editor,
    role: &Role,
    new: &NewUser,
    untold: MembershipStatus,
) -> Result<std::result::Result<Created, UserRefusal>> {
    let name = one_line(&new.name);
    let (title, phone) = (one_line(text(&new.job_title)), one_line(text(&new.phone)));
    let (title, phone) = (title.as_str(), phone.as_str());
    let texts = [("name", &*name), ("title", title), ("phone", phone)];
    if let Some(refusal) = check_texts(&texts) {
        return Ok(Err(refusal));
    }
    if let Some(found) = account_in(tx, &new.email).await? {
        if !new.join {
            let client = of_account_in(tx, &found).await?;
            return Ok(Err(UserRefusal::OfAClient(client)));
        }
        return join(tx, editor, role, &found, untold).await.map(Ok);
    }
    let contact = contact_in(tx, &new.email).await?;
    if let Some(client) = contact.as_ref().filter(|_| !new.join) {
        return Ok(Err(UserRefusal::OfAClient(client.clone())));
    }
    if let Some(refusal) = check_email_in(tx, &new.email, None).await? {
        return Ok(Err(refusal));
    }
    let row = NewIdentity {
        email: &new.email,
        name: &name,
        job_title: some(title),
        phone: some(phone),
        ..NewIdentity::default()
    };
    let identity = identities::insert_identity(tx, &row).await?;
    put_membership(tx, identity, role, untold).await?;
    let Some(found) = identities::find_identity_in(tx, identity).await? else {
        return Ok(Err(UserRefusal::Gone));
    };
    let after = json!({ "name": found.name, "email": found.email, "role": role.name });
    audit(
        tx,
        editor,
        "user.add",
        &found.uuid,
        &found.email,
        None,
        Some(after),
    )
    .await?;
    Ok(Ok(Created {
        contact_of: contact.and_then(|client| client.company),
        ..created(found)
    }))
}

/// Gives a person at a client the staff membership. Whoever has a password could sign in before and can now too, but
/// signs in again first, since the role may ask for a second factor.
async fn join(
    tx: &mut Tx,
    editor: &Editor,
    role: &Role,
    client: &Identity,
    untold: MembershipStatus,
) -> Result<Created> {
    let status = if client.password_hash.is_some() {
        remove_sessions(tx, client.id, None).await?;
        MembershipStatus::Active
    } else {
        untold
    };
    put_membership(tx, client.id, role, status).await?;
    let after = json!({
        "name": client.name,
        "email": client.email,
        "role": role.name,
        "was": "a person at a client",
    });
    audit(
        tx,
        editor,
        "user.add",
        &client.uuid,
        &client.email,
        None,
        Some(after),
    )
    .await?;
    Ok(Created {
        joined: true,
        ..created(client.clone())
    })
}

async fn put_membership(
    tx: &mut Tx,
    identity: IdentityId,
    role: &Role,
    status: MembershipStatus,
) -> Result<()> {
    identities::upsert_staff_membership(tx, identity, role.id, status, false, true).await?;
    Ok(())
}

fn created(identity: Identity) -> Created {
    Created {
        identity: identity.id,
        uuid: identity.uuid,
        name: identity.name,
        email: identity.email,
        joined: false,
        contact_of: None,
    }
}
