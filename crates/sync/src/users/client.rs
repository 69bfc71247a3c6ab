//! Somebody at a client: a person with an account here, or a contact without one. Neither becomes one of the staff unless
//! whoever adds or imports the user says that this is meant.

use store::client_contacts::{self, ClientContact};
use store::identities::{self, EmailState, Identity};
use store::{Store, Tx};

use crate::engine::Engine;
use crate::error::Result;
use domain::email::email_key;

/// Somebody at a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// A company this person belongs to; `None`: none any more.
    pub company: Option<String>,
    /// Whether it is an account here, which stays the same person; else it is a contact alone.
    pub account: bool,
}

impl Client {
    /// The person with the address and the company: *Ann Lee (ann@harbour.example), at Harbour Ltd,*.
    #[must_use]
    pub fn who(&self) -> String {
        let company = self.company.as_deref().filter(|name| !name.is_empty());
        let place = match (company, self.account) {
            (Some(company), true) => format!("at {company}"),
            (Some(company), false) => format!("a contact at {company}"),
            (None, _) => "a person at a client".to_owned(),
        };
        if self.name.trim().is_empty() {
            format!("{}, {place},", self.email)
        } else {
            format!("{} ({}), {place},", self.name, self.email)
        }
    }

    /// What becomes of the person who is made one of the staff.
    #[must_use]
    pub fn becomes(&self) -> &'static str {
        if self.account {
            "becomes one of your staff, and keeps name, password and the account there"
        } else {
            "becomes one of your staff, and stays a contact there"
        }
    }

    /// From a contact.
    #[must_use]
    pub fn of_contact(contact: ClientContact) -> Self {
        Self {
            name: contact.name,
            email: contact.email_key,
            company: Some(contact.company),
            account: false,
        }
    }
}

/// The person at a client who has an address and is no staff.
///
/// # Errors
/// As any statement.
pub async fn client_with(engine: &Engine, email: &str) -> Result<Option<Client>> {
    let mut tx = engine.store().begin().await?;
    let found = match account_in(&mut tx, email).await? {
        Some(identity) => Some(of_account_in(&mut tx, &identity).await?),
        None => contact_in(&mut tx, email).await?,
    };
    tx.rollback().await?;
    Ok(found)
}

/// The same for many addresses of nobody who has an account here.
///
/// # Errors
/// As any statement.
pub async fn contacts_with(store: &Store, keys: &[String]) -> Result<Vec<Client>> {
    let found = client_contacts::list_with(store, keys).await?;
    Ok(found.into_iter().map(Client::of_contact).collect())
}

/// The person who has an account with an address and is no staff, kept as it is until the commit.
pub(super) async fn account_in(tx: &mut Tx, email: &str) -> Result<Option<Identity>> {
    let EmailState::Taken(by) = identities::email_state_in(tx, email, None).await? else {
        return Ok(None);
    };
    let Some(found) = identities::find_identity_in(tx, by).await? else {
        return Ok(None);
    };
    // Locked, then read again: the address may have been changed at this moment.
    let kept = identities::find_identity_by_uuid_in(tx, &found.uuid).await?;
    let is_staff = identities::find_staff_member_in(tx, by).await?.is_some();
    Ok(kept.filter(|kept| !is_staff && kept.email == found.email))
}

/// Somebody with an account, named with the company.
pub(super) async fn of_account_in(tx: &mut Tx, identity: &Identity) -> Result<Client> {
    Ok(Client {
        name: identity.name.clone(),
        email: identity.email.clone(),
        company: identities::first_company_in(tx, identity.id).await?,
        account: true,
    })
}

/// The contact at a client that has an address of nobody with an account.
pub(super) async fn contact_in(tx: &mut Tx, email: &str) -> Result<Option<Client>> {
    let Some(key) = email_key(email) else {
        return Ok(None);
    };
    if identities::find_identity_by_email_in(tx, email)
        .await?
        .is_some()
    {
        return Ok(None);
    }
    let found = client_contacts::find_with_in(tx, &key).await?;
    Ok(found.map(Client::of_contact))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_named_with_address_and_company() {
        let client = |name: &str, company: Option<&str>, account| Client {
            name: name.into(),
            email: "ann@harbour.example".into(),
            company: company.map(str::to_owned),
            account,
        };
        for (client, who) in [
            (
                client("Ann Lee", Some("Harbour"), true),
                "Ann Lee (ann@harbour.example), at Harbour,",
            ),
            (
                client("", Some("Harbour"), false),
                "ann@harbour.example, a contact at Harbour,",
            ),
            (
                client("Ann Lee", None, true),
                "Ann Lee (ann@harbour.example), a person at a client,",
            ),
        ] {
            assert_eq!(client.who(), who);
        }
    }
}
