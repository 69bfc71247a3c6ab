//! Groups of people, such as those who may approve orders.

use super::World;
use super::dice::{Dice, Purpose};

/// A group and the share of people in it, in percent; primary people are in those marked.
pub struct Group {
    /// Name.
    pub name: &'static str,
    /// Whether still used.
    pub active: bool,
    percent: u32,
    all_primary: bool,
}

/// All groups.
pub const GROUPS: [Group; 7] = [
    Group {
        name: "Portal Managers",
        active: true,
        percent: 4,
        all_primary: true,
    },
    Group {
        name: "Portal Users",
        active: true,
        percent: 55,
        all_primary: false,
    },
    Group {
        name: "Billing Contacts",
        active: true,
        percent: 9,
        all_primary: false,
    },
    Group {
        name: "Approvers – Purchases & Licences",
        active: true,
        percent: 7,
        all_primary: true,
    },
    Group {
        name: "Emergency Contacts (24/7)",
        active: true,
        percent: 5,
        all_primary: true,
    },
    Group {
        name: "Newsletter",
        active: true,
        percent: 30,
        all_primary: false,
    },
    Group {
        name: "Christmas party 2019",
        active: false,
        percent: 2,
        all_primary: false,
    },
];

/// Whether a person is in a group.
pub fn is_member(world: &World, group: usize, person: u32) -> bool {
    let primary = person.is_multiple_of(world.config.contacts_per_company);
    let Some(facts) = GROUPS.get(group) else {
        return false;
    };
    let number = u64::from(person) << 8 | group as u64;
    (facts.all_primary && primary)
        || Dice::new(world.config.seed, Purpose::Group, number).percent(facts.percent)
}
