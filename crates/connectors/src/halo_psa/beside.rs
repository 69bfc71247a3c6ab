//! Lists beside those of records: teams, which tickets name without an id, and sites, which have the address and the main
//! contact of their client.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::clock::UtcMillis;
use domain::location::Location;
use domain::record::CompanyRecord;
use domain::side_list::SideList;
use domain::stream::Stream;
use domain::text::without_nul;
use serde_json::value::RawValue;

use super::answer::raw_rows;
use super::client::Client;
use super::map::{Tenant, some_id};
use super::reference::readable;
use super::wire::{HaloSite, HaloTeam};
use crate::error::Result;
use crate::http::exchange::{Api, Call, read};
use crate::page::Beside;
use crate::probe::{Area, allowed};
use crate::value::flag;

/// The right to teams.
pub(super) const TEAMS: Area = Area::new(
    "Team",
    "Teams",
    "Configuration > Teams & Agents > the role of the API agent — Allow use of teams (without it, teams of tickets are not \
     known, and with Teams to Sync no tickets are synced)",
    false,
);

/// The right to sites.
pub(super) const SITES: Area = Area::new(
    "Site",
    "Sites",
    "Configuration > Integrations > Halo API > the application > Permissions — read:customers (without it, new clients have \
     no address and no main contact, and those of others stay as they are)",
    false,
);

/// Sites in a page.
const SITE_PAGE: u32 = 500;

/// How long sites are good for contacts: as long as the list of clients, with which they are read anew.
const SITES_KEPT: i64 = UtcMillis::HOUR;

/// Teams by name, in lower case: tickets carry the name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Teams(BTreeMap<String, Vec<Team>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Team {
    id: i64,
    department: Option<i64>,
    inactive: bool,
}

impl Teams {
    /// From the list.
    pub(super) fn of(list: Vec<HaloTeam>) -> Self {
        let mut teams: BTreeMap<String, Vec<Team>> = BTreeMap::new();
        for team in list {
            let of_name = teams.entry(team.name.to_lowercase()).or_default();
            of_name.push(Team {
                id: team.id,
                department: some_id(team.department_id),
                inactive: flag(team.inactive, false),
            });
        }
        for of_name in teams.values_mut() {
            of_name.sort_by_key(|team| (team.inactive, team.id));
        }
        Self(teams)
    }

    /// The id of a ticket's team. Departments may have teams of one name: then that of the ticket's department, and where
    /// this is not told, the first that is in use.
    pub(super) fn id_of(&self, name: &str, department: Option<i64>) -> Option<i64> {
        let of_name = self.0.get(&name.to_lowercase())?;
        let own = of_name
            .iter()
            .find(|team| department.is_some() && team.department == department);
        own.or(of_name.first()).map(|team| team.id)
    }
}

/// The sites of each client.
pub(super) type Sites = BTreeMap<i64, ClientSites>;

/// The sites of a client, of which it takes its address and telephone number, and its contacts who is the main one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ClientSites {
    /// The main contact of each site that has one.
    contacts: BTreeMap<i64, i64>,
    /// All of them.
    pub(super) places: BTreeMap<i64, Location>,
}

impl ClientSites {
    /// Takes what a site has.
    pub(super) fn take(all: &mut Sites, site: HaloSite) {
        let Some(client) = some_id(site.client_id) else {
            return;
        };
        if flag(site.isstocklocation, false) {
            return;
        }
        let filled = |text: Option<String>| text.map(without_nul).filter(|t| !t.trim().is_empty());
        let known = all.entry(client).or_default();
        // Only the last line is known to be the postcode; what stands in which of the others is up to whoever filled them in.
        let lines = [
            site.delivery_address_line1,
            site.delivery_address_line2,
            site.delivery_address_line3,
            site.delivery_address_line4,
        ];
        let lines: Vec<String> = lines.into_iter().filter_map(filled).collect();
        let place = Location {
            name: filled(site.name).unwrap_or_default(),
            phone: filled(site.phonenumber),
            street: (!lines.is_empty()).then(|| lines.join("\n")),
            postal_code: filled(site.delivery_address_line5),
            inactive: flag(site.inactive, false),
            ..Location::default()
        };
        known.places.insert(site.id, place);
        let contact = some_id(site.maincontact_id);
        known
            .contacts
            .extend(contact.map(|contact| (site.id, contact)));
    }

    /// The one that stands for the client among those that fit: the main one, else the first that is in use.
    fn first(&self, main: Option<i64>, fits: impl Fn(i64) -> bool) -> Option<i64> {
        let fitting = self.places.iter().filter(|(id, _)| fits(**id));
        let first = fitting.min_by_key(|(id, place)| (Some(**id) != main, place.inactive, **id));
        first.map(|(id, _)| *id)
    }

    /// The main contact of the first site that has one.
    pub(super) fn main_contact(&self, main: Option<i64>) -> Option<i64> {
        let site = self.first(main, |id| self.contacts.contains_key(&id))?;
        self.contacts.get(&site).copied()
    }

    /// Puts the address and telephone number of the first site into its client.
    pub(super) fn put_address(&self, main: Option<i64>, company: &mut CompanyRecord) {
        let first = self.first(main, |_| true);
        let own = first.and_then(|id| self.places.get(&id));
        let own = own.cloned().unwrap_or_default();
        company.phone = own.phone;
        company.street = own.street;
        company.postal_code = own.postal_code;
    }
}

impl Client {
    /// What the records of a stream cannot be mapped without, and what reading it showed; each part is read once. `anew`
    /// for a list of clients, with which the sites are read again; others take those that are known for a while.
    ///
    /// # Errors
    /// As any request. A missing right is none.
    pub(super) async fn tenant_for(
        &self,
        stream: Stream,
        anew: bool,
    ) -> Result<(Tenant, Option<Beside>)> {
        let mut tenant = Tenant {
            clients: self.known_clients(),
            ..Tenant::default()
        };
        let beside = match stream {
            Stream::Tickets => {
                let teams = self.teams.get_or_try_init(|| self.read_teams()).await?;
                tenant.teams = teams.clone().unwrap_or_default();
                Some(TEAMS.beside(SideList::Teams, teams.is_none()))
            }
            Stream::Companies | Stream::Contacts => {
                if !anew && let Some(known) = self.known_sites() {
                    tenant.sites = known;
                    return Ok((tenant, None));
                }
                let sites = self.sites.get_or_try_init(|| self.read_sites()).await?;
                tenant.sites = sites.clone().unwrap_or_default();
                Some(SITES.beside(SideList::Sites, sites.is_none()))
            }
            _ => None,
        };
        Ok((tenant, beside))
    }

    /// Whoever chooses teams needs their ids. `None` without the right to them: what the agent's role leaves out is often
    /// not refused, and the list is empty, which it is in no instance.
    async fn read_teams(&self) -> Result<Option<Arc<Teams>>> {
        let teams = allowed(self.list_teams().await)?.filter(|teams| !teams.is_empty());
        Ok(teams.map(|teams| Arc::new(Teams::of(teams))))
    }

    /// All teams, those out of use too.
    ///
    /// # Errors
    /// As any request.
    pub(super) async fn list_teams(&self) -> Result<Vec<HaloTeam>> {
        let call = Call::get("list teams", "Team", "Team")
            .with("showall", "true")
            .with("includedisabled", "true");
        let all: Box<RawValue> = self.get(call).await?;
        readable("list teams", &all)
    }

    /// The sites another connector of this process read a while ago.
    fn known_sites(&self) -> Option<Arc<Sites>> {
        let since = self.sender().clock.now().plus(-SITES_KEPT);
        self.memory.kept(&self.key("sites"), since)
    }

    /// The sites of all clients, but for places where stock is kept. `None` without the right to them, that is, where there
    /// is none at all.
    async fn read_sites(&self) -> Result<Option<Arc<Sites>>> {
        let began = self.sender().clock.now();
        let (mut all, mut seen) = (Sites::new(), BTreeSet::new());
        for page in 1_u32.. {
            let call = Call::get("list sites", "Site", "Site")
                .with("includeactive", "true")
                .with("includeinactive", "true")
                .with("includeaddress", "true")
                .with("pageinate", "true")
                .with("page_no", page.to_string())
                .with("page_size", SITE_PAGE.to_string())
                .with("order", "id")
                .with("orderdesc", "false");
            let rows = read(self, &call, |answer| raw_rows(call.operation, answer)).await;
            let Some((sites, counted)) = allowed(rows)? else {
                self.memory.drop_kept(&self.key("sites"));
                return Ok(None);
            };
            let before = seen.len();
            for (place, row) in sites.iter().enumerate() {
                // One that cannot be read costs its own client the address, and no other.
                match serde_json::from_str::<HaloSite>(row.get()) {
                    Ok(site) if seen.insert(Ok(site.id)) => ClientSites::take(&mut all, site),
                    Ok(_) => {}
                    Err(_) => {
                        seen.insert(Err((page, place)));
                    }
                }
            }
            // An answer may come without its count or with a wrong one, and a page smaller than asked: only one that is
            // empty, or brings nothing new, is the end by itself.
            if seen.len() == before || counted == Some(seen.len() as u64) {
                break;
            }
        }
        if seen.is_empty() {
            self.memory.drop_kept(&self.key("sites"));
            return Ok(None);
        }
        let all = Arc::new(all);
        self.memory.keep(self.key("sites"), began, Arc::clone(&all));
        Ok(Some(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn teams_of_one_name_are_told_apart_by_department() {
        let list = serde_json::from_str(
            r#"[{"id":3,"name":"Support","department_id":1,"inactive":true},
                {"id":5,"name":"support","department_id":2},
                {"id":7,"name":"Support","department_id":4},
                {"id":9,"name":"Sales","department_id":1}]"#,
        );
        let teams = Teams::of(list.expect("teams"));
        for (name, department, expected) in [
            ("Support", Some(1), Some(3)),
            ("Support", Some(2), Some(5)),
            ("SUPPORT", Some(4), Some(7)),
            ("Support", Some(8), Some(5)),
            ("Support", None, Some(5)),
            ("Sales", Some(2), Some(9)),
            ("Projects", Some(1), None),
        ] {
            assert_eq!(
                teams.id_of(name, department),
                expected,
                "{name} {department:?}"
            );
        }
    }
}
