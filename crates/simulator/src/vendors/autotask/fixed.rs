//! Small tables of the tenant that are made at the start: roles, categories, groups, locations.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::rows::{numbers as n, ticket_number};
use super::udfs;
use crate::state::Record;
use crate::world::company::company;
use crate::world::group::{GROUPS, is_member};
use crate::world::technician::{self, api_user, count, role};
use crate::world::ticket::ticket;
use crate::world::{World, instant};

/// Id of the main location of a company.
pub fn location_id(company: u32) -> i64 {
    10 + i64::from(company)
}

/// The fixed records of an entity.
pub fn records(world: &World, route: &str) -> BTreeMap<i64, Arc<Record>> {
    let list = match route {
        "Roles" => roles(),
        "Departments" => vec![
            json!({"id": 1, "name": "Service Desk", "primaryLocationID": 1, "number": "100", "description": ""}),
            json!({"id": 2, "name": "Projects & Field", "primaryLocationID": 1, "number": "200", "description": ""}),
            json!({"id": 3, "name": "Sales & Administration", "primaryLocationID": 1, "number": "300", "description": ""}),
        ],
        "ResourceRoles" => resource_roles(
            world,
            |id, resource, role| json!({"id": id, "resourceID": resource, "roleID": role, "departmentID": 1, "isActive": true}),
        ),
        "ResourceServiceDeskRoles" => resource_roles(
            world,
            |id, resource, role| json!({"id": id, "resourceID": resource, "roleID": role, "isActive": true, "isDefault": id % 2 == 0}),
        ),
        "ResourceRoleDepartments" => resource_roles(world, |id, resource, role| {
            json!({"id": id, "resourceID": resource, "roleID": role, "departmentID": 1, "isActive": true,
                   "isDefault": id % 2 == 0, "isDepartmentLead": false})
        }),
        "ResourceRoleQueues" => resource_roles(
            world,
            |id, resource, _| json!({"id": id, "resourceID": resource, "queueID": if id % 2 == 0 { 29_682_833 } else { 29_682_969 }}),
        ),
        "BillingCodes" => billing_codes(),
        "Countries" => countries(),
        "TicketCategories" => ticket_categories(),
        "TicketCategoryFieldDefaults" => vec![
            json!({"id": 1, "ticketCategoryID": 3, "status": 1, "priority": 2, "queueID": 29_682_833}),
            json!({"id": 2, "ticketCategoryID": 4, "status": 1, "priority": 1, "queueID": 8, "ticketTypeID": 5, "sourceID": 8}),
            json!({"id": 3, "ticketCategoryID": 101, "status": 1, "priority": 2, "queueID": 6, "ticketTypeID": 1, "sourceID": 1}),
            json!({"id": 4, "ticketCategoryID": 102, "status": 1, "priority": 3, "queueID": 29_683_356, "ticketTypeID": 4}),
        ],
        "OpportunityCategories" => ["Standard", "Hardware", "Recurring Services", "Project"]
            .iter()
            .zip(1..)
            .map(|(name, id)| {
                json!({"id": id, "name": name, "nickname": name, "isActive": true,
                       "isGlobalDefault": id == 1, "displayColorRGB": 3})
            })
            .collect(),
        "CompanyCategories" => vec![
            json!({"id": 1, "name": "Standard", "nickname": "Standard", "isActive": true, "isApiOnly": false,
                   "isGlobalDefault": true, "displayColorRGB": 1}),
            json!({"id": 2, "name": "Co-managed", "nickname": "Co", "isActive": true, "isApiOnly": false,
                   "isGlobalDefault": false, "displayColorRGB": 5}),
        ],
        "ContactGroups" => GROUPS
            .iter()
            .zip(1..)
            .map(|(group, id)| json!({"id": id, "name": group.name, "isActive": group.active}))
            .collect(),
        "ContactGroupContacts" => memberships(world),
        "CompanyLocations" => locations(world),
        "CompanyNotes" => company_notes(world),
        "ConfigurationItems" => configuration_items(world),
        "NotificationHistory" => notifications(world),
        "UserDefinedFieldDefinitions" => udfs::definitions(&opened(world)),
        "UserDefinedFieldListItems" => udfs::list_items(&opened(world)),
        "Contracts" => super::contracts::contracts(world),
        _ => Vec::new(),
    };
    list.into_iter()
        .filter_map(|value| match value {
            Value::Object(record) => {
                let record: Record = record.into_iter().filter(|(_, v)| !v.is_null()).collect();
                Some((record.get("id")?.as_i64()?, Arc::new(record)))
            }
            _ => None,
        })
        .collect()
}

/// When the tenant's own settings were made.
fn opened(world: &World) -> String {
    instant::iso(world.base_ms - instant::DAY * 900)
}

/// A firewall and a server of each of the first companies.
fn configuration_items(world: &World) -> Vec<Value> {
    let items = (1..=world.config.companies.min(20)).flat_map(|index| {
        let at = |days: i64| instant::iso(world.base_ms - instant::DAY * days);
        [("Firewall", 1), ("Server", 2)].map(|(name, kind)| {
            let id = 4_000 + i64::from(index) * 2 + kind;
            json!({"id": id, "companyID": n::company_id(index), "configurationItemType": kind,
                   "referenceTitle": format!("{name} {index:03}"), "serialNumber": format!("SN{id:06}"),
                   "productID": 29_682_000 + kind, "isActive": true, "installDate": at(700),
                   "createDate": at(690), "lastModifiedTime": at(90 + i64::from(index))})
        })
    });
    items.collect()
}

/// What was sent about the newest tickets.
fn notifications(world: &World) -> Vec<Value> {
    let newest = world.config.tickets.saturating_sub(20) + 1..=world.config.tickets;
    let told = newest.map(|number| {
        let ticket = ticket(world, number);
        let owner = ticket.owner.unwrap_or(0);
        let (first, last) = technician::name(world, owner);
        json!({"id": 9_000 + number, "ticketID": number, "entityNumber": ticket_number(ticket.created, ticket.position),
               "companyID": n::company_id(ticket.company), "notificationHistoryTypeID": 1,
               "templateName": "Ticket - Created", "recipientDisplayName": format!("{first} {last}"),
               "notificationSentTime": instant::iso(ticket.created), "isActive": true, "isDeleted": false,
               "isTemplateJob": false})
    });
    told.collect()
}

fn roles() -> Vec<Value> {
    ["Engineer", "Senior Engineer", "Field Engineer", "Manager"]
        .iter()
        .zip(0..)
        .map(|(name, at)| {
            json!({"id": n::role_id(at), "name": name, "description": "", "hourlyRate": 85.0 + f64::from(at) * 20.0,
                   "hourlyFactor": 1.0, "isActive": true, "isSystemRole": false, "roleType": 0,
                   "isExcludedFromNewContracts": false})
        })
        .chain([json!({"id": n::role_id(9), "name": "Apprentice (retired)", "hourlyRate": 40.0,
                       "hourlyFactor": 1.0, "isActive": false, "isSystemRole": false})])
        .collect()
}

/// Each technician has the role of the job, and many can also work as an engineer.
fn resource_roles(world: &World, make: impl Fn(i64, i64, i64) -> Value) -> Vec<Value> {
    let mut list = Vec::new();
    for index in (0..count(world)).filter(|i| *i != api_user(world)) {
        let id = 500 + i64::from(index) * 2;
        let own = role(world, index);
        list.push(make(id, n::resource_id(index), n::role_id(own)));
        if own != 0 && index % 2 == 0 {
            list.push(make(id + 1, n::resource_id(index), n::role_id(0)));
        }
    }
    list
}

fn billing_codes() -> Vec<Value> {
    ["Remote Support", "Onsite Support", "Project Labour", "Maintenance", "Travel"]
        .iter()
        .zip(29_682_801..)
        .map(|(name, id)| {
            json!({"id": id, "name": name, "description": "", "isActive": true, "unitCost": 0.0,
                   "unitPrice": 0.0, "useType": 1, "billingCodeType": 0, "isExcludedFromNewContracts": false})
        })
        .collect()
}

fn countries() -> Vec<Value> {
    [
        ("GB", "United Kingdom"),
        ("IE", "Ireland"),
        ("DE", "Germany"),
        ("CH", "Switzerland"),
        ("FR", "France"),
        ("ES", "Spain"),
        ("SE", "Sweden"),
    ]
    .into_iter()
    .map(|(code, name)| {
        json!({"id": n::country_id(code), "countryCode": code, "name": name, "displayName": name, "addressFormatID": 1,
               "isActive": true, "isDefaultCountry": code == "GB"})
    })
    .collect()
}

fn ticket_categories() -> Vec<Value> {
    [
        (3, "Standard", true, true, false),
        (4, "RMM Alert", true, false, false),
        (101, "Portal Request", true, false, false),
        (102, "Change", true, false, false),
        (103, "Legacy Import", false, false, true),
    ]
    .into_iter()
    .map(|(id, name, active, preset, api_only)| {
        json!({"id": id, "name": name, "nickname": name, "isActive": active, "isGlobalDefault": preset,
               "isApiOnly": api_only, "displayColorRGB": id % 16})
    })
    .collect()
}

fn memberships(world: &World) -> Vec<Value> {
    let mut list = Vec::new();
    for person in 0..world.people() {
        for group in (0..GROUPS.len()).filter(|group| is_member(world, *group, person)) {
            let id = i64::from(person) * 10 + group as i64 + 1;
            list.push(
                json!({"id": id, "contactID": n::contact_id(person), "contactGroupID": group + 1}),
            );
        }
    }
    list
}

fn locations(world: &World) -> Vec<Value> {
    (0..=world.config.companies)
        .map(|index| {
            let facts = company(world, index);
            json!({"id": location_id(index), "companyID": n::company_id(index),
                   "name": format!("{} (main site)", facts.town.name), "address1": facts.street,
                   "city": facts.town.name, "state": facts.town.region, "postalCode": facts.post_code,
                   "countryID": n::country_id(facts.town.country), "phone": facts.phone, "isActive": true,
                   "isPrimary": true, "isTaxExempt": false, "overrideCompanyTaxSettings": false})
        })
        .collect()
}

fn company_notes(world: &World) -> Vec<Value> {
    (1..=world.config.companies.min(30))
        .map(|index| {
            let at = instant::iso(world.base_ms - instant::DAY * i64::from(3 + index * 5));
            json!({"id": 700 + index, "companyID": n::company_id(index), "actionType": 3,
                   "assignedResourceID": n::resource_id(index % world.config.technicians),
                   "name": "Quarterly review", "note": "Went through open tickets, renewals and the roadmap.",
                   "startDateTime": at, "endDateTime": at, "createDateTime": at, "lastModifiedDate": at})
        })
        .collect()
}
