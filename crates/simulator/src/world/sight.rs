//! How a tool sees the world: which companies and people it knows, which twice, and under which
//! name.
//!
//! Everything here is a pure function of seed, tool and number. A thing has *copies* in a tool:
//! none when nobody entered it there, two when somebody entered it twice. Copy 0 is the one that
//! work is done for; a copy 1 was entered by mistake and has a name of its own. Companies of
//! different tools that are the same in truth have the same number.

use super::World;
use super::company::MSP_NAME;
use super::dice::{Dice, Purpose};
use super::variant;
use super::{company, person};

/// In every block of this many companies one is missing from a tool and one is doubled.
const BLOCK: u64 = 40;

impl World {
    /// Draws that belong to one thing as this tool sees it.
    fn sight(&self, purpose: Purpose, number: u32) -> Dice {
        let number = (self.tool.number()) << 40 | u64::from(number);
        Dice::new(self.config.seed, purpose, number)
    }

    /// How often this tool has a company: 0, 1 or 2.
    pub fn company_copies(&self, index: u32) -> u32 {
        if index > self.config.companies {
            return 0;
        }
        if self.tool.knows_all() || index == 0 {
            return 1;
        }
        // One of each kind even in a small world, at another place in each tool.
        match (u64::from(index) + self.tool.number() * 7) % BLOCK {
            12 => return 2,
            26 => return 0,
            _ => {}
        }
        match self.sight(Purpose::CompanySight, index).below(100) {
            0..4 => 0,
            4..6 => 2,
            _ => 1,
        }
    }

    /// How often this tool has a person: 0, 1 or 2.
    pub fn person_copies(&self, index: u32) -> u32 {
        if index >= self.people() {
            return 0;
        }
        let company = index / self.config.contacts_per_company + 1;
        if self.company_copies(company) == 0 {
            return 0;
        }
        let primary = index.is_multiple_of(self.config.contacts_per_company);
        if self.tool.knows_all() || primary {
            return 1;
        }
        match self.sight(Purpose::PersonSight, index).below(100) {
            0..7 => 0,
            7..9 => 2,
            _ => 1,
        }
    }

    /// The name of a company in this tool.
    pub fn company_title(&self, index: u32, copy: u32) -> String {
        if copy == 0
            && let Some(name) = self.company_names.get(index as usize)
        {
            return name.to_string();
        }
        self.title_of(&company::company(self, index).name, index, copy)
    }

    /// The name that this tool has for a company of the world's `name`.
    pub(super) fn title_of(&self, name: &str, index: u32, copy: u32) -> String {
        if self.tool.knows_all() || name == MSP_NAME {
            return name.to_owned();
        }
        let mut dice = self.sight(Purpose::CompanySight, index);
        let _ = dice.below(100);
        if copy == 0 && !dice.percent(40) {
            return name.to_owned();
        }
        let first = dice.below(variant::KINDS);
        let town = company::company(self, index).town.name;
        let own = variant::company(name, town, first);
        if copy == 0 {
            return own;
        }
        // The second entry differs from the first, whichever way that is written.
        let other = self.title_of(name, index, 0);
        for kind in first..first + variant::KINDS {
            let name = variant::company(name, town, kind % variant::KINDS);
            if name != other {
                return name;
            }
        }
        format!("{other} (2)")
    }

    /// Given and family name of a person in this tool.
    pub fn person_title(&self, index: u32, copy: u32) -> (String, String) {
        let (first, last) = person::name(self, index);
        let same = (first.to_owned(), last.to_owned());
        if self.tool.knows_all() {
            return same;
        }
        let mut dice = self.sight(Purpose::PersonSight, index);
        let _ = dice.below(100);
        if copy == 0 && !dice.percent(25) {
            return same;
        }
        let kind = dice.below(4) + copy;
        variant::person(first, last, kind)
    }

    /// The address of a person in this tool, from the one the person really has. Doubled entries
    /// share it: that is how doubles are found.
    pub fn person_email(&self, index: u32, real: Option<&str>) -> Option<String> {
        let real = real?;
        if self.tool.knows_all() {
            return Some(real.to_owned());
        }
        let mut dice = self.sight(Purpose::AddressSight, index);
        match dice.below(100) {
            0..3 => None,
            3..8 => Some(real.to_uppercase()),
            8..10 => Some(format!(" {real}")),
            _ => Some(real.to_owned()),
        }
    }
}
