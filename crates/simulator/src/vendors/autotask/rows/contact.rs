//! Contacts.

use super::getters;
use super::numbers as n;
use crate::records::value::Val;
use crate::world::World;
use crate::world::person::{Person, person};

/// A generated contact.
pub struct ContactRow<'w> {
    world: &'w World,
    person: Person,
}

impl<'w> ContactRow<'w> {
    /// The person with a number.
    pub fn new(world: &'w World, index: u32) -> Self {
        Self {
            world,
            person: person(world, index),
        }
    }

    /// The value of a user-defined field.
    pub fn udf(&self, position: usize) -> Option<String> {
        let role = match self.person.index % 13 {
            _ if self.person.primary => "1",
            3 => "3",
            7 => return None,
            _ => "2",
        };
        (position == 0).then(|| role.to_owned())
    }
}

getters! { Contact, r;
    "id" => Val::Int(n::contact_id(r.person.index)),
    "companyID" => Val::Int(n::company_id(r.person.company)),
    "companyLocationID" => Val::int((r.person.company <= r.world.config.companies)
        .then(|| super::super::fixed::location_id(r.person.company))),
    "createDate" => Val::Time(r.person.created),
    "emailAddress" => Val::maybe(r.person.email.as_deref()),
    "emailAddress2" => Val::maybe(r.person.email2.as_deref()),
    "extension" => r.person.extension.map_or(Val::Null, |e| Val::owned(e.to_string())),
    "externalID" => Val::text(""),
    "firstName" => Val::text(r.person.first),
    "isActive" => Val::Int(i64::from(r.person.active)),
    "isOptedOutFromBulkEmail" => Val::Bool(r.person.index % 9 == 2),
    "lastActivityDate" => Val::Time(r.person.touched),
    "lastModifiedDate" => Val::Time(r.person.modified),
    "lastName" => Val::text(r.person.last),
    "mobilePhone" => Val::maybe(r.person.mobile.as_deref()),
    "phone" => Val::maybe(r.person.phone.as_deref()),
    "primaryContact" => Val::Bool(r.person.primary),
    "receivesEmailNotifications" => Val::Bool(true),
    "solicitationOptOut" => Val::Bool(false),
    "surveyOptOut" => Val::Bool(false),
    "title" => Val::text(r.person.title),
}
