//! Members: the MSP's staff and the API member.

use super::numbers as n;
use super::{cut, getters, plain};
use crate::records::value::Val;
use crate::world::World;
use crate::world::item::Facts;
use crate::world::technician::{api_user, name};

/// The sign-in name of a member.
pub fn identifier(world: &World, index: u32) -> String {
    if index == api_user(world) {
        return "PorticoAPI".to_owned();
    }
    let (first, last) = name(world, index);
    let number = if index < 16 {
        String::new()
    } else {
        index.to_string()
    };
    format!(
        "{}{}{number}",
        cut(&plain(first), 1),
        cut(&plain(last), 15 - 1 - number.len())
    )
}

getters! { Facts::Technician(t), r;
    "id" => Val::Int(n::member_id(t.index)),
    "identifier" => Val::owned(identifier(r.world, t.index)),
    "licenseClass" => Val::text(if t.api_only { "A" } else if t.index == 9 { "X" } else { "F" }),
    "firstName" => Val::text(t.first),
    "lastName" => Val::text(t.last),
    "title" => Val::text(t.title),
    "hireDate" => Val::Time(t.hired),
    "inactiveFlag" => Val::Bool(!t.active),
    "inactiveDate" => if t.active { Val::Null } else { Val::Time(r.world.base_ms - 40 * 86_400_000) },
    "disableOnlineFlag" => Val::Bool(false),
    "officeEmail" => Val::text(&t.email),
    // One has an address in one place only, as after a change by hand.
    "primaryEmail" => if t.index == 3 { Val::Null } else { Val::text(&t.email) },
    "defaultEmail" => Val::text("Office"),
    "officePhone" => Val::owned(cut(&t.phone.replace(' ', ""), 15)),
    "defaultPhone" => Val::text("Office"),
    "securityRole" => Val::Link(match t.role { _ if t.api_only => 3, 3 => 1, _ => 2 }),
    "adminFlag" => Val::Bool(t.role == 3 && !t.api_only),
    "type" => Val::Link(if t.role == 3 { 2 } else { 1 }),
    "timeZone" => Val::Link(1),
    "defaultLocation" => Val::Link(1),
    "defaultDepartment" => Val::Link(if t.role == 3 { 2 } else { 1 }),
    "serviceDefaultLocation" => Val::Link(1),
    "serviceDefaultDepartment" => Val::Link(1),
    "serviceDefaultBoard" => Val::Link(1),
    "workRole" => Val::Link(i64::from(t.role) + 1),
    "workType" => Val::Link(1),
    "dailyCapacity" => Val::Num(8.0),
    // Clients with strict types rely on these being there.
    "companyActivityTabFormat" | "invoiceTimeTabFormat" => Val::text("SummaryList"),
    "invoiceScreenDefaultTabFormat" => Val::text("ShowInvoicingTab"),
    "invoicingDisplayOptions" | "agreementInvoicingDisplayOptions" => Val::text("RemainOnInvoicingScreen"),
    "globalSearchDefaultTicketFilter" => Val::text("OpenRecords"),
    "globalSearchDefaultSort" => Val::text("None"),
    "restrictLocationFlag" => Val::Bool(false),
    "restrictDepartmentFlag" => Val::Bool(false),
    "enableMobileFlag" => Val::Bool(true),
    "lastLogin" => if t.active { Val::owned(crate::world::instant::iso((r.world.base_ms - i64::from(t.index) * 5_000_000) / 1_000 * 1_000)) } else { Val::Null },
}
