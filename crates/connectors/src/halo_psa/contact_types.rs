//! Which people of a client are contacts of a type at one of its sites (*Billing Contact*): it stands in single sites only,
//! with the id of the user. User roles, the other thing that stands for types of contacts there, come with the users.

use std::collections::{BTreeMap, BTreeSet};

use domain::text::without_nul;

use super::beside::Sites;
use super::client::Client;
use super::map::some_id;
use super::wire::HaloSiteContacts;
use crate::error::{ErrorKind, Result};
use crate::http::exchange::Call;

/// Most sites of a client that are asked for.
const MOST_SITES: usize = 9;

/// The names of the types of each user who has one.
pub(super) type Types = BTreeMap<i64, BTreeSet<String>>;

/// What asking about them came to.
pub(super) enum Told {
    /// The types of a client's people.
    Types(Types),
    /// Nothing: sites may not be read.
    Nothing,
    /// Something is wrong that may pass.
    Failed,
}

/// The sites of a client that are asked for: those in use, the main one first.
pub(super) fn sites_of(sites: &Sites, client: i64, main: Option<i64>) -> Vec<i64> {
    let Some(of_client) = sites.get(&client) else {
        return Vec::new();
    };
    let in_use = of_client.places.iter().filter(|(_, place)| !place.inactive);
    let mut ids: Vec<i64> = in_use.map(|(id, _)| *id).collect();
    ids.sort_by_key(|id| (Some(*id) != main, *id));
    ids.truncate(MOST_SITES);
    ids
}

/// Asks the sites of a client who of its people has which type.
///
/// # Errors
/// `AuthFailed` and `RateLimited`; anything else is no error of the client.
pub(super) async fn read(
    client: &Client,
    sites: &Sites,
    id: i64,
    main: Option<i64>,
) -> Result<Told> {
    if sites.is_empty() {
        return Ok(Told::Nothing);
    }
    let mut types = Types::new();
    for site in sites_of(sites, id, main) {
        match client.site_contacts(site).await {
            Ok(contacts) => take(&mut types, contacts),
            Err(error) => match error.kind {
                ErrorKind::AuthFailed | ErrorKind::RateLimited => return Err(error),
                // Of one that cannot be understood, what is stored stays.
                ErrorKind::PermissionDenied | ErrorKind::Unexpected => return Ok(Told::Nothing),
                // Gone since.
                ErrorKind::NotFound => {}
                _ => return Ok(Told::Failed),
            },
        }
    }
    Ok(Told::Types(types))
}

/// Takes what a site has. Who is no user, and a type without a name, tell nobody anything.
fn take(types: &mut Types, site: HaloSiteContacts) {
    for contact in site.sitecontacts.unwrap_or_default().records {
        let name = contact.type_name.map(without_nul).unwrap_or_default();
        let name = name.trim();
        if let Some(user) = some_id(contact.uid).filter(|_| !name.is_empty()) {
            types.entry(user).or_default().insert(name.to_owned());
        }
    }
}

impl Client {
    /// <https://haloacademy.halopsa.com/apidoc/resources/site>
    async fn site_contacts(&self, site: i64) -> Result<HaloSiteContacts> {
        let call =
            Call::get("read a site", "Site", format!("Site/{site}")).with("includedetails", "true");
        self.get(call).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::beside::ClientSites;
    use super::*;

    #[test]
    fn types_are_told_by_user_and_by_name() {
        let site = serde_json::from_str(
            r#"{"id":7,"sitecontacts":[
                {"id":1,"site":7,"uid":31,"type":2,"type_name":" Billing Contact "},
                {"id":2,"site":7,"uid":"31","type":1,"type_name":"Approver"},
                {"id":3,"site":7,"uid":0,"type":1,"type_name":"Approver","user_name":"Somebody"},
                {"id":4,"site":7,"uid":33,"type":9,"type_name":""},
                {"id":5,"site":7,"uid":{"odd":true},"type_name":"Approver"},
                {"id":6,"site":7,"uid":34.0,"type_name":"Approver"}]}"#,
        );
        let mut types = Types::new();
        take(&mut types, site.expect("a site"));
        for bare in [r#"{"id":8,"sitecontacts":null}"#, r#"{"id":9}"#] {
            take(&mut types, serde_json::from_str(bare).expect("a site"));
        }
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let expected = Types::from([
            (31, names(&["Approver", "Billing Contact"])),
            (34, names(&["Approver"])),
        ]);
        assert_eq!(types, expected);
    }

    #[test]
    fn the_main_site_is_asked_first_and_not_every_one_of_many() {
        let mut sites = Sites::new();
        for id in 1..=20 {
            let site = serde_json::json!({"id": id, "client_id": 5, "inactive": id == 2});
            ClientSites::take(&mut sites, serde_json::from_value(site).expect("a site"));
        }
        let asked = sites_of(&sites, 5, Some(17));
        assert_eq!(asked, [17, 1, 3, 4, 5, 6, 7, 8, 9]);
        assert!(sites_of(&sites, 6, None).is_empty());
    }
}
