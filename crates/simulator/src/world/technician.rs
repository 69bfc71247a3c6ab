//! The MSP's own staff, one who left, and the API-only user.

use super::World;
use super::company::MSP_DOMAIN;
use super::dice::{Dice, Purpose};
use super::instant::DAY;
use super::text::slug;

/// A member of the MSP's staff.
pub struct Technician {
    /// Number, from 0.
    pub index: u32,
    /// Given name.
    pub first: &'static str,
    /// Family name.
    pub last: &'static str,
    /// Position.
    pub title: &'static str,
    /// Address.
    pub email: String,
    /// Direct line.
    pub phone: String,
    /// Whether still there.
    pub active: bool,
    /// Whether this is the user that integrations sign in as, not a person.
    pub api_only: bool,
    /// First day.
    pub hired: i64,
    /// Role in support: 0 engineer, 1 senior engineer, 2 field engineer, 3 manager.
    pub role: u32,
}

const STAFF: [(&str, &str, &str, u32); 16] = [
    ("Nadia", "Okonkwo", "Service Desk Manager", 3),
    ("Rhys", "Prosser", "Senior Support Engineer", 1),
    ("Jasmin", "Kaur", "Support Engineer", 0),
    ("Peter", "Szczepański", "Support Engineer", 0),
    ("Eilidh", "Fraser", "Field Engineer", 2),
    ("Tom", "Ashworth", "Support Engineer", 0),
    ("Léa", "Fontaine", "Cloud Engineer", 1),
    ("Marcus", "Bell", "Network Engineer", 1),
    ("Hana", "Suzuki", "Support Engineer", 0),
    ("Connor", "O'Neill", "Field Engineer", 2),
    ("Ruth", "Adeyemi", "Account Manager", 3),
    ("Jörg", "Brandt", "Technical Director", 3),
    ("Sofia", "Marino", "Support Engineer", 0),
    ("Ewan", "Laird", "Apprentice Engineer", 0),
    ("Gwen", "Parry", "Security Analyst", 1),
    ("Idris", "Mahmoud", "Support Engineer", 0),
];

/// How many technicians there are, the one who left and the API-only user included.
pub fn count(world: &World) -> u32 {
    world.config.technicians + 2
}

/// The number of the API-only user.
pub fn api_user(world: &World) -> u32 {
    world.config.technicians + 1
}

/// The name of a technician, which is all that texts need.
pub fn name(world: &World, index: u32) -> (&'static str, &'static str) {
    let (first, last, ..) = facts(world, index);
    (first, last)
}

/// The role of a technician, which is all that tickets need.
pub fn role(world: &World, index: u32) -> u32 {
    facts(world, index).3
}

/// The technician with this number.
pub fn technician(world: &World, index: u32) -> Technician {
    let (first, last, title, role) = facts(world, index);
    let mut dice = Dice::new(world.config.seed, Purpose::Technician, u64::from(index));
    let api_only = index == api_user(world);
    let number = if (index as usize) < STAFF.len() {
        String::new()
    } else {
        index.to_string()
    };
    Technician {
        index,
        first,
        last,
        title,
        email: if api_only {
            format!("portal-api@{MSP_DOMAIN}")
        } else {
            format!("{}.{}{number}@{MSP_DOMAIN}", slug(first), slug(last))
        },
        phone: format!("+44 117 496 0{:03}", 100 + index % 800),
        active: index != world.config.technicians,
        api_only,
        hired: (world.base_ms / DAY - i64::from(200 + dice.below(3_000))) * DAY,
        role,
    }
}

fn facts(world: &World, index: u32) -> (&'static str, &'static str, &'static str, u32) {
    if index == api_user(world) {
        return ("Portal", "Integration", "API user", 0);
    }
    if index == world.config.technicians {
        return ("Derek", "Hale", "Support Engineer", 0);
    }
    match STAFF.get(index as usize) {
        Some(known) => *known,
        None => {
            let mut dice = Dice::new(
                world.config.seed,
                Purpose::Technician,
                u64::from(index) << 20,
            );
            let first = dice.pick(&super::names::FIRST);
            let last = dice.pick(&super::names::LAST);
            (first, last, "Support Engineer", dice.below(3))
        }
    }
}
