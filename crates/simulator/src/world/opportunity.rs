//! Sales opportunities.

use super::World;
use super::dice::{Dice, Purpose};
use super::instant::{DAY, HOUR, midnight};

/// How far a sale has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Still open.
    Open,
    /// Lost.
    Lost,
    /// Won.
    Won,
    /// Won and delivered.
    Delivered,
}

/// A sales opportunity.
pub struct Opportunity {
    /// Number, from 1.
    pub number: u32,
    /// Company.
    pub company: u32,
    /// Person at the company.
    pub person: Option<u32>,
    /// What it is about.
    pub title: String,
    /// A longer text.
    pub description: String,
    /// What to do next.
    pub next_step: Option<&'static str>,
    /// Stage, 0 to 5.
    pub stage: u32,
    /// Outcome.
    pub outcome: Outcome,
    /// Technician or manager who sells.
    pub owner: u32,
    /// Chance in percent.
    pub chance: u32,
    /// One-off amount in whole currency units.
    pub once: u32,
    /// Monthly amount.
    pub monthly: u32,
    /// What it costs us once.
    pub cost: u32,
    /// Kind of deal, 0 to 3.
    pub category: u32,
    /// How hot, 0 to 2.
    pub rating: u32,
    /// Where the lead came from, 0 to 4.
    pub lead: u32,
    /// First day.
    pub start: i64,
    /// Expected day of the decision.
    pub expected: i64,
    /// When entered.
    pub created: i64,
    /// When decided.
    pub closed: Option<i64>,
    /// When something last happened.
    pub touched: i64,
}

const SUBJECTS: [(&str, u32, u32); 18] = [
    ("Laptop refresh ({n} devices)", 850, 0),
    ("Managed endpoint protection for {n} seats", 0, 6),
    ("Microsoft 365 Business Premium upgrade – {n} users", 0, 19),
    ("New site: cabling, Wi-Fi and firewall", 240, 4),
    ("Server replacement & virtualisation", 620, 10),
    ("Hosted telephony, {n} handsets", 95, 14),
    ("Backup and disaster recovery", 60, 11),
    ("Security awareness training for {n} staff", 0, 3),
    ("Move of \"shared drive\" to SharePoint", 130, 0),
    ("Cyber Essentials Plus certification", 75, 0),
    ("Firewall renewal, 3 years", 90, 0),
    ("Fully managed support agreement – {n} seats", 20, 38),
    ("Meeting room screens x{n}", 700, 0),
    ("Leased line 500/500 Mbit/s", 15, 30),
    ("Printer fleet, {n} devices", 210, 12),
    ("Password manager roll-out", 0, 4),
    ("Website hosting & e-mail hygiene", 20, 5),
    (
        "Co-managed IT for in-house team (phase 2 of the programme agreed at the annual review)",
        55,
        22,
    ),
];

const STEPS: [&str; 6] = [
    "Call back on Thursday",
    "Send revised quote with 36-month option",
    "Site survey with Eilidh",
    "Wait for board meeting",
    "Demo for the finance team",
    "Chase signature",
];

/// The opportunity with this number.
pub fn opportunity(world: &World, number: u32) -> Opportunity {
    let mut dice = Dice::new(world.desk_seed, Purpose::Opportunity, u64::from(number));
    let company = 1 + dice.below(world.config.companies);
    let per_company = world.config.contacts_per_company;
    let person = dice
        .percent(85)
        .then(|| (company - 1) * per_company + dice.below(per_company.min(4)));
    let (subject, once, monthly) = dice.pick(&SUBJECTS);
    let count = 4 + dice.below(56);
    let title = subject.replace("{n}", &count.to_string());
    let created =
        world.base_ms - DAY * i64::from(2 + dice.below(520)) - i64::from(dice.below(30_000_000));
    let start = midnight(created);
    let expected = start + DAY * i64::from(14 + dice.below(110));
    let outcome = if expected < world.base_ms && !dice.percent(18) {
        [Outcome::Won, Outcome::Delivered, Outcome::Lost][dice.weighted(&[30, 32, 38])]
    } else {
        Outcome::Open
    };
    let stage = match outcome {
        Outcome::Open => dice.weighted(&[22, 28, 26, 16]) as u32,
        Outcome::Lost => 5,
        Outcome::Won | Outcome::Delivered => 4,
    };
    let decided = expected.min(world.base_ms - HOUR) - DAY * i64::from(dice.below(9));
    let closed = (outcome != Outcome::Open).then(|| decided.max(created + HOUR));
    let worked = created + HOUR * i64::from(3 + dice.below(1_200));
    let description = format!(
        "{} asked for a proposal: {}. Budget holder is the managing director; decision expected \
         before the end of the quarter.",
        world.company_name(company),
        title,
    );
    Opportunity {
        number,
        company,
        person,
        title,
        description,
        next_step: (outcome == Outcome::Open).then(|| dice.pick(&STEPS)),
        stage,
        outcome,
        owner: dice.below(world.config.technicians),
        chance: match outcome {
            Outcome::Open => [10, 30, 50, 75][stage as usize & 3],
            Outcome::Lost => 0,
            Outcome::Won | Outcome::Delivered => 100,
        },
        once: once * count.min(25) + dice.below(90) * 5,
        monthly: monthly * count,
        cost: once * count.min(25) * 7 / 10,
        category: dice.below(4),
        rating: dice.below(3),
        lead: dice.below(5),
        start,
        expected,
        created,
        closed,
        touched: closed.unwrap_or_else(|| worked.min(world.base_ms - HOUR).max(created)),
    }
}
