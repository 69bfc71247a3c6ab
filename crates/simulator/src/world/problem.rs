//! Kinds of helpdesk problem, each with words for its whole conversation.

use super::problems;

/// The part of the MSP's work a problem belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Area {
    /// Sign-in, passwords, rights.
    Accounts = 0,
    /// Mail and calendars.
    Email = 1,
    /// Lines, switches, Wi-Fi, VPN.
    Network = 2,
    /// Computers and what is plugged into them.
    Hardware = 3,
    /// Printers and scanners.
    Printing = 4,
    /// Programs.
    Software = 5,
    /// Attacks and suspicions.
    Security = 6,
    /// Telephones.
    Telephony = 7,
    /// Backups and restores.
    Backup = 8,
    /// Servers.
    Servers = 9,
    /// Cloud files and meetings.
    Cloud = 10,
    /// People who come, move and go.
    People = 11,
    /// Things to buy.
    Purchasing = 12,
}

impl Area {
    /// All areas in order.
    pub const ALL: [(Self, &'static str); 13] = [
        (Self::Accounts, "Accounts & Access"),
        (Self::Email, "Email & Calendar"),
        (Self::Network, "Network & Internet"),
        (Self::Hardware, "Workstation Hardware"),
        (Self::Printing, "Printing & Scanning"),
        (Self::Software, "Business Applications"),
        (Self::Security, "Security"),
        (Self::Telephony, "Telephony"),
        (Self::Backup, "Backup & Recovery"),
        (Self::Servers, "Servers"),
        (Self::Cloud, "Cloud & Collaboration"),
        (Self::People, "Starters, Movers & Leavers"),
        (Self::Purchasing, "Procurement"),
    ];
}

/// What sort of ticket a problem makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Somebody wants something.
    Request,
    /// Something is broken.
    Incident,
    /// Monitoring noticed something.
    Alert,
    /// A planned change.
    Change,
    /// The cause behind several incidents.
    Cause,
}

/// A kind of problem. Texts may hold `{placeholders}`, see [`super::wording`].
pub struct Problem {
    /// Where it belongs.
    pub area: Area,
    /// Its name within the area.
    pub detail: &'static str,
    /// What sort of ticket it makes.
    pub sort: Sort,
    /// Usual urgency: 0 low, 1 medium, 2 high, 3 critical.
    pub urgency: u8,
    /// How often it comes, relative to the others.
    pub weight: u32,
    /// Titles.
    pub titles: &'static [&'static str],
    /// First reports.
    pub reports: &'static [&'static str],
    /// What the technician asks or tells.
    pub replies: &'static [&'static str],
    /// What the client answers.
    pub answers: &'static [&'static str],
    /// What technicians tell each other.
    pub asides: &'static [&'static str],
    /// What solved it.
    pub fixes: &'static [&'static str],
}

/// All kinds, in a fixed order.
pub static PROBLEMS: [&[Problem]; 5] = [
    &problems::access::PROBLEMS,
    &problems::office::PROBLEMS,
    &problems::network::PROBLEMS,
    &problems::operations::PROBLEMS,
    &problems::requests::PROBLEMS,
];

/// The kind with this number.
pub fn problem(number: u16) -> &'static Problem {
    let mut left = usize::from(number);
    for group in PROBLEMS {
        if let Some(found) = group.get(left) {
            return found;
        }
        left -= group.len();
    }
    &PROBLEMS[0][0]
}

/// The kind that a draw falls on, by weight.
pub fn drawn(draw: u32) -> u16 {
    let total: u32 = PROBLEMS.iter().copied().flatten().map(|p| p.weight).sum();
    let mut left = ((u64::from(draw) * u64::from(total)) >> 32) as u32;
    for (number, problem) in (0u16..).zip(PROBLEMS.iter().copied().flatten()) {
        if left < problem.weight {
            return number;
        }
        left -= problem.weight;
    }
    0
}
