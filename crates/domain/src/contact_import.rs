//! Contacts that become users on their own (*Auto-Import*): who does, who does not, and why. Pure.
//!
//! A contact becomes a user of status *imported*: nothing is sent and nobody can sign in before an administrator invites
//! the person. One person has one identity, whatever companies it belongs to; whoever is a member already keeps the role
//! it has.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::UtcMillis;

/// Why an active contact is not imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactSkip {
    /// It belongs to the MSP's own company: its people are staff.
    OwnCompany,
    /// It has no e-mail address.
    NoEmail,
    /// Its e-mail address is none.
    InvalidEmail,
    /// Its address can be mistaken for another person's.
    LooksLike,
    /// No rule gives it a role.
    NoRole,
}

impl ContactSkip {
    /// Every reason.
    pub const ALL: [Self; 5] = [
        Self::OwnCompany,
        Self::NoEmail,
        Self::InvalidEmail,
        Self::LooksLike,
        Self::NoRole,
    ];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::OwnCompany => "own_company",
            Self::NoEmail => "no_email",
            Self::InvalidEmail => "invalid_email",
            Self::LooksLike => "looks_like",
            Self::NoRole => "no_role",
        }
    }

    /// The reason with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.key() == key)
    }

    /// What happened and what to do.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::OwnCompany => {
                "Belongs to your own company. Import your staff under Users & Roles instead."
            }
            Self::NoEmail => {
                "Has no e-mail address. Add one in the PSA; the next sync imports the contact."
            }
            Self::InvalidEmail => {
                "Has an e-mail address that is not valid. Correct it in the PSA; the next sync imports the contact."
            }
            Self::LooksLike => {
                "Has an e-mail address that can be mistaken for another person's. Check it in the PSA."
            }
            Self::NoRole => {
                "No role applies. Choose a Default Role for Imported Contacts in the Sync step."
            }
        }
    }
}

/// What is known about a contact's e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactEmail {
    /// There is none.
    Missing,
    /// What is there is no address.
    Invalid,
    /// Nobody has it.
    Free,
    /// Somebody has it.
    Taken,
    /// Somebody has one that looks the same.
    LooksLike,
}

/// The facts a decision follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactFacts {
    /// It belongs to the MSP's own company.
    pub own_company: bool,
    /// Its e-mail address.
    pub email: ContactEmail,
    /// The person with its address is a member of its company.
    pub member: bool,
    /// A rule gives it a role.
    pub has_role: bool,
}

/// What becomes of an active contact of a company here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactDecision {
    /// A new person and its membership.
    Create,
    /// A membership for a person who is here: staff, or known at another company.
    Join,
    /// It is a member; nothing is changed.
    Already,
    /// Nothing, for a reason.
    Skip(ContactSkip),
}

/// Decides about one contact.
#[must_use]
pub const fn decide(facts: ContactFacts) -> ContactDecision {
    use ContactDecision::{Already, Create, Join, Skip};
    if facts.own_company {
        return Skip(ContactSkip::OwnCompany);
    }
    match facts.email {
        ContactEmail::Missing => Skip(ContactSkip::NoEmail),
        ContactEmail::Invalid => Skip(ContactSkip::InvalidEmail),
        ContactEmail::Taken if facts.member => Already,
        ContactEmail::LooksLike => Skip(ContactSkip::LooksLike),
        _ if !facts.has_role => Skip(ContactSkip::NoRole),
        ContactEmail::Taken => Join,
        ContactEmail::Free => Create,
    }
}

/// What an import did, or a preview says it would do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactImport {
    /// New people.
    pub created: u64,
    /// People who were here and became members of a company.
    pub joined: u64,
    /// Who was a member already, by another contact of the same address.
    pub already: u64,
    /// Who was skipped, by reason.
    pub skipped: BTreeMap<ContactSkip, u64>,
    /// There are more than were looked at (previews only).
    pub more: bool,
    /// When it ended.
    pub at: Option<UtcMillis>,
}

impl ContactImport {
    /// Counts one decision.
    pub fn count(&mut self, decision: ContactDecision) {
        match decision {
            ContactDecision::Create => self.created += 1,
            ContactDecision::Join => self.joined += 1,
            ContactDecision::Already => self.already += 1,
            ContactDecision::Skip(reason) => *self.skipped.entry(reason).or_default() += 1,
        }
    }

    /// How many became users.
    #[must_use]
    pub const fn imported(&self) -> u64 {
        self.created + self.joined
    }

    /// How many were skipped, for any reason.
    #[must_use]
    pub fn skipped_count(&self) -> u64 {
        self.skipped.values().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        use ContactDecision::{Already, Create, Join, Skip};
        use ContactEmail::{Free, Invalid, LooksLike, Missing, Taken};
        for (own_company, email, member, has_role, expected) in [
            (false, Free, false, true, Create),
            (false, Taken, false, true, Join),
            (false, Taken, true, true, Already),
            // Whoever is a member keeps what it has, whatever the settings say now.
            (false, Taken, true, false, Already),
            (false, Free, false, false, Skip(ContactSkip::NoRole)),
            (false, Taken, false, false, Skip(ContactSkip::NoRole)),
            (false, Missing, false, true, Skip(ContactSkip::NoEmail)),
            (false, Invalid, false, true, Skip(ContactSkip::InvalidEmail)),
            (false, LooksLike, false, true, Skip(ContactSkip::LooksLike)),
            (true, Free, false, true, Skip(ContactSkip::OwnCompany)),
            (true, Taken, true, true, Skip(ContactSkip::OwnCompany)),
        ] {
            let facts = ContactFacts {
                own_company,
                email,
                member,
                has_role,
            };
            assert_eq!(decide(facts), expected, "{facts:?}");
        }
    }

    #[test]
    fn keys_are_those_of_stored_reports() {
        for reason in ContactSkip::ALL {
            assert_eq!(ContactSkip::from_key(reason.key()), Some(reason));
            let stored = serde_json::to_value(reason).expect("JSON");
            assert_eq!(stored, reason.key());
        }
    }

    #[test]
    fn a_report_survives_being_stored() {
        let mut report = ContactImport::default();
        for decision in [
            ContactDecision::Create,
            ContactDecision::Join,
            ContactDecision::Skip(ContactSkip::NoEmail),
            ContactDecision::Skip(ContactSkip::NoEmail),
        ] {
            report.count(decision);
        }
        assert_eq!((report.imported(), report.skipped_count()), (2, 2));
        let text = serde_json::to_string(&report).expect("JSON");
        assert_eq!(
            serde_json::from_str::<ContactImport>(&text).expect("JSON"),
            report
        );
    }
}
