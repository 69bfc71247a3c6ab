//! Lists beside a list of records that tell a part of each of them: teams of tickets, sites of clients, forecasts of
//! opportunities, names of fields, times of comments. The right to one may be lost while that to the records stays. What was
//! stored of the part is then kept, since a list that may not be read says nothing about it; and where the scope judges by the part nothing is judged.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::clock::UtcMillis;
use crate::location::LOCATIONS;
use crate::record::{Batch, Fields};
use crate::scope::{PROJECT_TYPE, Scope};

/// A list that tells a part of other records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SideList {
    /// Ids of teams by name: the queue of a ticket that names its team only.
    Teams,
    /// Types of projects, for their tickets.
    ProjectTypes,
    /// Amounts of opportunities.
    Forecasts,
    /// Address and telephone number of a company, and all its sites.
    Sites,
    /// Locations of a company that has its own address itself.
    Locations,
    /// Who is the main contact of a company.
    MainContacts,
    /// Types of contacts that stand with the sites of their company.
    ContactTypes,
    /// Web site and domain of a company.
    Details,
    /// The contract and service level of a ticket, which rows of lists have and a ticket by itself has not.
    Rows,
    /// Which fields of tickets and opportunities a tenant made itself: they come only when they are asked for.
    OwnFields,
    /// When the comments of a ticket were written, where the list of all of them leaves it out.
    OwnNotes,
}

/// A list that was not read for records of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The list.
    pub list: SideList,
    /// Ids of the records it was not read for; `None` for all of them.
    pub of: Option<BTreeSet<String>>,
}

impl Unread {
    /// As [`SideList::keep`], of the records the list was not read for.
    pub fn keep<'a>(&self, batch: &mut Batch, stored: impl Fn(&str) -> Option<&'a StoredParts>) {
        let concerned = |id: &str| self.of.as_ref().is_none_or(|of| of.contains(id));
        self.list
            .keep(batch, |id| stored(id).filter(|_| concerned(id)));
    }
}

/// The vendor field told by teams, where a ticket's is not known.
const TEAM: &str = "team";

/// The vendor fields of a ticket that stand in rows of lists only.
const OF_ROWS: [&str; 2] = ["contract", "sla"];

/// What the names of vendor fields begin with that a tenant made itself.
pub const OWN: &str = "udf:";

/// The vendor field with the types a contact has at the sites of its company.
pub const SITE_CONTACT_TYPES: &str = "site_contact_types";

/// The vendor field with a company's domain.
const DOMAIN: &str = "domain";

/// The parts of a stored record that lists beside it tell; what its kind does not have is empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StoredParts {
    /// Reference id of a ticket's queue.
    pub queue_id: Option<String>,
    /// Amount of an opportunity in hundredths.
    pub amount_cents: Option<i64>,
    /// Whether a contact is its company's main one.
    pub primary: bool,
    /// A company's web site.
    pub website: Option<String>,
    /// Its telephone number.
    pub phone: Option<String>,
    /// Its street.
    pub street: Option<String>,
    /// Its city.
    pub city: Option<String>,
    /// Its state or province.
    pub state: Option<String>,
    /// Its postal code.
    pub postal_code: Option<String>,
    /// Its country.
    pub country: Option<String>,
    /// When a comment was written.
    pub created_at: Option<UtcMillis>,
    /// Vendor fields.
    pub fields: Fields,
}

impl SideList {
    /// Whether a scope judges records by what this list tells.
    #[must_use]
    pub fn decides(self, scope: &Scope) -> bool {
        match self {
            Self::Teams => !scope.queues.is_empty(),
            Self::ProjectTypes => !scope.exclude_project_types.is_empty(),
            Self::Forecasts
            | Self::Sites
            | Self::Locations
            | Self::MainContacts
            | Self::ContactTypes
            | Self::Details
            | Self::Rows
            | Self::OwnFields
            | Self::OwnNotes => false,
        }
    }

    /// Puts what is stored back into the records of a batch, of those for which `stored` answers something.
    pub fn keep<'a>(self, batch: &mut Batch, stored: impl Fn(&str) -> Option<&'a StoredParts>) {
        match (self, batch) {
            (Self::Teams, Batch::Tickets(tickets)) => {
                for ticket in tickets {
                    if let Some(kept) = stored(&ticket.external_id) {
                        ticket.queue_id.clone_from(&kept.queue_id);
                        put_back(&mut ticket.fields, TEAM, kept);
                    }
                }
            }
            (Self::ProjectTypes, Batch::Tickets(tickets)) => {
                for ticket in tickets {
                    if let Some(kept) = stored(&ticket.external_id) {
                        put_back(&mut ticket.fields, PROJECT_TYPE, kept);
                    }
                }
            }
            (Self::Forecasts, Batch::Opportunities(opportunities)) => {
                for opportunity in opportunities {
                    if let Some(kept) = stored(&opportunity.external_id) {
                        opportunity.amount_cents = kept.amount_cents;
                    }
                }
            }
            (Self::MainContacts | Self::Sites, Batch::Contacts(contacts)) => {
                for contact in contacts {
                    if let Some(kept) = stored(&contact.external_id) {
                        contact.primary = kept.primary;
                    }
                }
            }
            (Self::ContactTypes, Batch::Contacts(contacts)) => {
                for contact in contacts {
                    if let Some(kept) = stored(&contact.external_id) {
                        put_back(&mut contact.fields, SITE_CONTACT_TYPES, kept);
                    }
                }
            }
            (Self::Sites, Batch::Companies(companies)) => {
                for company in companies {
                    if let Some(kept) = stored(&company.external_id) {
                        company.phone.clone_from(&kept.phone);
                        company.street.clone_from(&kept.street);
                        company.city.clone_from(&kept.city);
                        company.state.clone_from(&kept.state);
                        company.postal_code.clone_from(&kept.postal_code);
                        company.country.clone_from(&kept.country);
                        put_back(&mut company.fields, LOCATIONS, kept);
                    }
                }
            }
            (Self::Locations, Batch::Companies(companies)) => {
                for company in companies {
                    if let Some(kept) = stored(&company.external_id) {
                        put_back(&mut company.fields, LOCATIONS, kept);
                    }
                }
            }
            (Self::Rows, Batch::Tickets(tickets)) => {
                for ticket in tickets {
                    if let Some(kept) = stored(&ticket.external_id) {
                        for key in OF_ROWS {
                            put_back(&mut ticket.fields, key, kept);
                        }
                    }
                }
            }
            (Self::OwnFields, Batch::Tickets(tickets)) => {
                for ticket in tickets {
                    if let Some(kept) = stored(&ticket.external_id) {
                        put_own_back(&mut ticket.fields, kept);
                    }
                }
            }
            (Self::OwnFields, Batch::Opportunities(opportunities)) => {
                for opportunity in opportunities {
                    if let Some(kept) = stored(&opportunity.external_id) {
                        put_own_back(&mut opportunity.fields, kept);
                    }
                }
            }
            (Self::Details, Batch::Companies(companies)) => {
                for company in companies {
                    if let Some(kept) = stored(&company.external_id) {
                        company.website.clone_from(&kept.website);
                        put_back(&mut company.fields, DOMAIN, kept);
                    }
                }
            }
            (Self::OwnNotes, Batch::TicketNotes(notes)) => {
                for note in notes {
                    if let Some(kept) = stored(&note.external_id) {
                        note.created_at = kept.created_at.or(note.created_at);
                    }
                }
            }
            _ => {}
        }
    }
}

/// A field as it is stored: gone where it is not.
fn put_back(fields: &mut Fields, key: &str, kept: &StoredParts) {
    match kept.fields.get(key) {
        Some(value) => fields.insert(key.to_owned(), Value::clone(value)),
        None => fields.remove(key),
    };
}

/// The fields a tenant made itself as they are stored, but for those that came although nobody asked for them.
fn put_own_back(fields: &mut Fields, kept: &StoredParts) {
    for (key, value) in kept.fields.iter().filter(|(key, _)| key.starts_with(OWN)) {
        fields.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::Body;
    use crate::record::{
        CompanyRecord, ContactRecord, OpportunityRecord, TicketNoteRecord, TicketRecord, Visibility,
    };

    #[test]
    fn what_is_stored_is_put_back_and_what_is_new_stays_as_it_came() {
        let ticket = |id: &str| TicketRecord {
            external_id: id.into(),
            fields: [(TEAM.to_owned(), "1st Line".into())].into(),
            ..TicketRecord::default()
        };
        let mut batch = Batch::Tickets(vec![ticket("1"), ticket("2")]);
        let kept = StoredParts {
            queue_id: Some("7".into()),
            ..StoredParts::default()
        };
        SideList::Teams.keep(&mut batch, |id| (id == "1").then_some(&kept));
        let known = TicketRecord {
            queue_id: Some("7".into()),
            fields: Fields::new(),
            ..ticket("1")
        };
        assert_eq!(batch, Batch::Tickets(vec![known, ticket("2")]));
    }

    #[test]
    fn locations_are_put_back_and_nothing_else_of_a_company() {
        let company = |places: &str, city: &str| CompanyRecord {
            external_id: "1".into(),
            city: Some(city.into()),
            fields: [(LOCATIONS.to_owned(), places.into())].into(),
            ..CompanyRecord::default()
        };
        let mut batch = Batch::Companies(vec![CompanyRecord {
            fields: Fields::new(),
            ..company("", "Graz")
        }]);
        let kept = StoredParts {
            city: Some("Wien".into()),
            fields: company("two", "").fields,
            ..StoredParts::default()
        };
        SideList::Locations.keep(&mut batch, |_| Some(&kept));
        assert_eq!(batch, Batch::Companies(vec![company("two", "Graz")]));
        SideList::Sites.keep(&mut batch, |_| Some(&kept));
        assert_eq!(batch, Batch::Companies(vec![company("two", "Wien")]));
        let kept = StoredParts {
            website: Some("https://two.example".into()),
            fields: [(DOMAIN.to_owned(), "two.example".into())].into(),
            ..StoredParts::default()
        };
        SideList::Details.keep(&mut batch, |_| Some(&kept));
        let mut expected = company("two", "Wien");
        expected.website.clone_from(&kept.website);
        expected.fields.extend(kept.fields.clone());
        assert_eq!(batch, Batch::Companies(vec![expected]));
    }

    #[test]
    fn types_of_contacts_are_put_back_and_nothing_else_of_them() {
        let contact = |types: &[&str], primary: bool| {
            let fields = [(
                SITE_CONTACT_TYPES.to_owned(),
                types.iter().copied().collect::<Value>(),
            )];
            ContactRecord {
                external_id: "1".into(),
                primary,
                fields: fields.into(),
                ..ContactRecord::default()
            }
        };
        let kept = StoredParts {
            fields: contact(&["Approver"], false).fields,
            ..StoredParts::default()
        };
        let mut batch = Batch::Contacts(vec![ContactRecord {
            fields: Fields::new(),
            ..contact(&[], true)
        }]);
        SideList::ContactTypes.keep(&mut batch, |_| Some(&kept));
        assert_eq!(batch, Batch::Contacts(vec![contact(&["Approver"], true)]));
    }

    #[test]
    fn what_only_rows_have_stays_with_a_ticket_by_itself() {
        let ticket = |fields: &[(&str, &str)]| TicketRecord {
            external_id: "1".into(),
            fields: fields
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).into()))
                .collect(),
            ..TicketRecord::default()
        };
        let row = ticket(&[("contract", "Gold"), ("sla", "Fast"), ("tags", "old")]);
        let kept = StoredParts {
            fields: row.fields,
            ..StoredParts::default()
        };
        let mut batch = Batch::Tickets(vec![ticket(&[("tags", "new")])]);
        SideList::Rows.keep(&mut batch, |_| Some(&kept));
        let expected = ticket(&[("contract", "Gold"), ("sla", "Fast"), ("tags", "new")]);
        assert_eq!(batch, Batch::Tickets(vec![expected]));
    }

    #[test]
    fn a_comment_keeps_the_time_it_is_known_to_be_written_at() {
        let batch = |written: i64| {
            Batch::TicketNotes(vec![TicketNoteRecord {
                external_id: "1".into(),
                ticket_external_id: "7".into(),
                title: String::new(),
                body: Body::plain("Edited"),
                visibility: Visibility::Internal,
                system: false,
                describes: false,
                contact_external_id: None,
                technician_external_id: None,
                author: None,
                created_at: Some(UtcMillis(written)),
                updated_at: Some(UtcMillis(9)),
            }])
        };
        for (known, expected) in [(Some(UtcMillis(3)), 3), (None, 9)] {
            let kept = StoredParts {
                created_at: known,
                ..StoredParts::default()
            };
            let mut came = batch(9);
            SideList::OwnNotes.keep(&mut came, |_| Some(&kept));
            assert_eq!(came, batch(expected));
        }
    }

    #[test]
    fn fields_of_the_tenants_own_stay_and_no_others() {
        let fields = |fields: &[(&str, &str)]| -> Fields {
            let fields = fields.iter();
            fields
                .map(|(key, value)| ((*key).to_owned(), (*value).into()))
                .collect()
        };
        let kept = StoredParts {
            fields: fields(&[("udf:Room", "5"), ("udf:Rack", "A"), ("impact", "High")]),
            ..StoredParts::default()
        };
        let came = fields(&[("udf:Rack", "B"), ("urgency", "Low")]);
        let expected = fields(&[("udf:Room", "5"), ("udf:Rack", "B"), ("urgency", "Low")]);
        let tickets = |fields: &Fields| {
            Batch::Tickets(vec![TicketRecord {
                fields: fields.clone(),
                ..TicketRecord::default()
            }])
        };
        let opportunities = |fields: &Fields| {
            Batch::Opportunities(vec![OpportunityRecord {
                fields: fields.clone(),
                ..OpportunityRecord::default()
            }])
        };
        for mut batch in [tickets(&came), opportunities(&came)] {
            SideList::OwnFields.keep(&mut batch, |_| Some(&kept));
            assert!(
                [tickets(&expected), opportunities(&expected)].contains(&batch),
                "{batch:?}"
            );
        }
    }

    #[test]
    fn only_what_was_not_read_is_put_back() {
        let company = |id: &str, places: &str| CompanyRecord {
            external_id: id.into(),
            fields: [(LOCATIONS.to_owned(), places.into())].into(),
            ..CompanyRecord::default()
        };
        let kept = StoredParts {
            fields: company("", "old").fields,
            ..StoredParts::default()
        };
        let mut batch = Batch::Companies(vec![company("1", "new"), company("2", "new")]);
        let unread = Unread {
            list: SideList::Locations,
            of: Some(["2".to_owned()].into()),
        };
        unread.keep(&mut batch, |_| Some(&kept));
        let expected = vec![company("1", "new"), company("2", "old")];
        assert_eq!(batch, Batch::Companies(expected));
    }

    #[test]
    fn p13_only_what_the_scope_asks_for_decides() {
        let mut scope = Scope::default();
        assert!(!SideList::Teams.decides(&scope) && !SideList::ProjectTypes.decides(&scope));
        scope.queues = ["1".to_owned()].into();
        assert!(SideList::Teams.decides(&scope) && !SideList::ProjectTypes.decides(&scope));
        scope.exclude_project_types = ["1".to_owned()].into();
        assert!(SideList::ProjectTypes.decides(&scope) && !SideList::Sites.decides(&scope));
    }
}
