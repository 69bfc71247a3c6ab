//! Companies.

use super::getters;
use super::numbers as n;
use crate::records::value::Val;
use crate::world::World;
use crate::world::company::{Company, Standing, company};
use crate::world::instant::{iso, midnight};

/// A generated company.
pub struct CompanyRow<'w> {
    world: &'w World,
    company: Company,
}

impl<'w> CompanyRow<'w> {
    /// The company with a number.
    pub fn new(world: &'w World, index: u32) -> Self {
        Self {
            world,
            company: company(world, index),
        }
    }

    /// The value of a user-defined field.
    pub fn udf(&self, position: usize) -> Option<String> {
        let company = &self.company;
        match position {
            0 => Some((company.tier + 1).to_string()),
            1 => Some(company.seats.to_string()),
            2 if company.standing == Standing::Customer => Some(iso(midnight(company.created))),
            _ => None,
        }
    }

    fn kind(&self) -> i64 {
        match self.company.standing {
            Standing::Customer => 1,
            Standing::Lead => 2,
            Standing::Prospect => 3,
            Standing::Dead => 4,
            Standing::Cancelled => 6,
            Standing::Vendor => 7,
            Standing::Partner => 8,
        }
    }
}

getters! { Company, r;
    "id" => Val::Int(n::company_id(r.company.index)),
    "address1" => Val::text(&r.company.street),
    "city" => Val::text(r.company.town.name),
    "classification" => Val::Int([13, 14, 15, 16, 200][r.company.class as usize % 5]),
    "companyCategoryID" => Val::Int(1),
    "companyName" => Val::text(&r.company.name),
    "companyNumber" => Val::owned(format!("C{:05}", r.company.index)),
    "companyType" => Val::Int(r.kind()),
    "countryID" => Val::Int(n::country_id(r.company.town.country)),
    "createDate" => Val::Time(r.company.created),
    "createdByResourceID" => Val::Int(n::resource_id(0)),
    "currencyID" => Val::Int(1),
    "isActive" => Val::Bool(r.company.active),
    "isClientPortalActive" => Val::Bool(false),
    "isEnabledForComanaged" => Val::Bool(false),
    "isTaskFireActive" => Val::Bool(false),
    "isTaxExempt" => Val::Bool(false),
    "lastActivityDate" => Val::Time(r.company.touched),
    "lastTrackedModifiedDateTime" => Val::Time(r.company.modified),
    "marketSegmentID" => Val::Int(29_682_778 + i64::from(r.company.class % 4)),
    "ownerResourceID" => Val::Int(n::resource_id(r.company.owner % r.world.config.technicians)),
    "parentCompanyID" => Val::int(r.company.parent.map(n::company_id)),
    "phone" => Val::text(&r.company.phone),
    "postalCode" => Val::text(&r.company.post_code),
    "state" => Val::text(r.company.town.region),
    "territoryID" => Val::Int(29_683_468 + i64::from(r.company.town.country != "GB") * 2),
    "webAddress" => Val::owned(format!("https://www.{}", r.company.domain)),
}
