//! Resources: the MSP's staff and its API-only user.

use super::getters;
use super::numbers as n;
use crate::records::value::Val;
use crate::world::World;
use crate::world::technician::{Technician, technician};

/// A generated resource.
pub struct ResourceRow<'w> {
    world: &'w World,
    technician: Technician,
}

impl<'w> ResourceRow<'w> {
    /// The technician with a number.
    pub fn new(world: &'w World, index: u32) -> Self {
        Self {
            world,
            technician: technician(world, index),
        }
    }

    fn license(&self) -> i64 {
        if self.technician.api_only { 7 } else { 1 }
    }
}

getters! { Resource, r;
    "id" => Val::Int(n::resource_id(r.technician.index)),
    "dateFormat" => Val::text("dd/MM/yyyy"),
    "defaultServiceDeskRoleID" => Val::int((!r.technician.api_only && r.technician.index % 5 != 4)
        .then(|| n::role_id(r.technician.role))),
    "email" => Val::text(&r.technician.email),
    "emailTypeCode" => Val::text("PRIMARY"),
    "firstName" => Val::text(r.technician.first),
    "hireDate" => Val::Time(r.technician.hired),
    "initials" => Val::owned(r.technician.first.chars().chain(r.technician.last.chars())
        .filter(|c| c.is_uppercase()).take(2).collect()),
    "internalCost" => Val::Num(0.0),
    "isActive" => Val::Bool(r.technician.active),
    "lastName" => Val::text(r.technician.last),
    "licenseType" => Val::Int(r.license()),
    "locationID" => Val::Int(i64::from(r.world.config.technicians > 0)),
    "numberFormat" => Val::text("X,XXX.XX"),
    "officePhone" => Val::text(&r.technician.phone),
    "payrollType" => Val::Int(1),
    "resourceType" => Val::text("Employee"),
    "timeFormat" => Val::text("HH:mm"),
    "title" => Val::text(r.technician.title),
    "userName" => Val::text(&r.technician.email),
    "userType" => Val::Int(if r.technician.api_only { 17 } else { 10 }),
}
