//! Contacts at clients by e-mail address: who is listed as staff in a tool may be a client's contact there, or in another
//! tool. The MSP's own people are no clients, although some tools list them as contacts too: those of the record a tool
//! marks as the MSP's own company, and whoever has an address of the primary administrator's domain.

use crate::db::Db;
use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

row! {
    /// A contact at a client.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ClientContact {
        /// The normal form of the e-mail address.
        pub email_key: String,
        /// First and last name.
        pub name: String,
        /// Name of the company in the tool that has the contact.
        pub company: String,
    }
}

/// The active contacts at clients who have one of these addresses, by normal form; of several with one address the first.
///
/// # Errors
/// As any statement.
pub async fn list_with(store: &Store, keys: &[String]) -> Result<Vec<ClientContact>> {
    let found: Vec<ClientContact> = match store.db() {
        _ if keys.is_empty() => return Ok(Vec::new()),
        Db::Lite { r, .. } => {
            let keys = serde_json::to_string(keys)?;
            sqlx::query_as(LIST_SQLITE).bind(keys).fetch_all(r).await?
        }
        Db::Pg(pool) => {
            sqlx::query_as(LIST_POSTGRES)
                .bind(keys)
                .fetch_all(pool)
                .await?
        }
    };
    if found.is_empty() {
        return Ok(found);
    }
    let own: Option<(String,)> = read_one!(store, OWN)?;
    Ok(of_clients(found, own))
}

/// The same for one address, inside a transaction.
///
/// # Errors
/// As any statement.
pub async fn find_with_in(tx: &mut Tx, key: &str) -> Result<Option<ClientContact>> {
    let Some(found) = tx_one!(tx, FIND, key)? else {
        return Ok(None);
    };
    let own: Option<(String,)> = tx_one!(tx, OWN)?;
    Ok(of_clients(vec![found], own).pop())
}

/// Those with an address of another domain than the primary administrator's.
fn of_clients(mut found: Vec<ClientContact>, own: Option<(String,)>) -> Vec<ClientContact> {
    let domain = |key: &str| key.rsplit_once('@').map(|(_, domain)| domain.to_owned());
    if let Some(own) = own.and_then(|own| domain(&own.0)) {
        found.retain(|one| domain(&one.email_key).as_ref() != Some(&own));
    }
    found.dedup_by(|later, first| later.email_key == first.email_key);
    found
}

macro_rules! contacts {
    ($from:literal, $of:literal) => {
        concat!(
            "SELECT k.email_key, TRIM(k.first_name || ' ' || k.last_name) AS name, x.name AS company FROM ", $from,
            " JOIN external_company x ON x.integration_id = k.integration_id AND x.external_id = k.company_external_id
        WHERE k.email_key IS NOT NULL AND k.email_key ", $of, " AND k.absent = 0 AND k.active = 1 AND x.absent = 0
            AND x.fields NOT LIKE '%\"own_company\":true%' ORDER BY k.email_key, k.id"
        )
    };
}

statements! {
    LIST_SQLITE for Sqlite = contacts!("json_each($1) f CROSS JOIN external_contact k INDEXED BY external_contact_by_email", "= f.value");
    LIST_POSTGRES for Postgres = contacts!("external_contact k", "= ANY(CAST($1 AS TEXT[]))");
    FIND = concat!(contacts!("external_contact k", "= $1"), " LIMIT 1");
    OWN = "SELECT i.email_key FROM staff_membership s JOIN identity i ON i.id = s.identity_id WHERE s.primary_admin = 1 ORDER BY i.id LIMIT 1";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_domain_is_no_client() {
        let contact = |key: &str| ClientContact {
            email_key: key.into(),
            name: "Ann Lee".into(),
            company: "Harbour".into(),
        };
        let found = vec![
            contact("ann@harbour.example"),
            contact("ann@harbour.example"),
            contact("bo@msp.example"),
        ];
        let own = Some(("ada@msp.example".to_owned(),));
        assert_eq!(of_clients(found.clone(), own), found[..1]);
        assert_eq!(of_clients(found, None).len(), 2, "nobody has set it up yet");
    }
}
