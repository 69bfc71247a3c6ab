//! People at client companies.

use super::World;
use super::company::{self, Company};
use super::dice::{Dice, Purpose};
use super::instant::{DAY, HOUR};
use super::names::{FIRST, LAST, TITLES};
use super::text::slug;

/// A person at a company.
pub struct Person {
    /// Number, from 0; the people of company `c` are the block that starts at
    /// `(c - 1) * contacts_per_company`.
    pub index: u32,
    /// Number of the company.
    pub company: u32,
    /// Given name.
    pub first: &'static str,
    /// Family name.
    pub last: &'static str,
    /// Position.
    pub title: &'static str,
    /// Address, when known.
    pub email: Option<String>,
    /// Second address.
    pub email2: Option<String>,
    /// Direct line.
    pub phone: Option<String>,
    /// Extension.
    pub extension: Option<u32>,
    /// Mobile number.
    pub mobile: Option<String>,
    /// Whether still there.
    pub active: bool,
    /// Whether the first one to call; exactly one at each company.
    pub primary: bool,
    /// When entered.
    pub created: i64,
    /// When changed.
    pub modified: i64,
    /// When something last happened.
    pub touched: i64,
}

/// The name of a person, which is all that texts need.
pub fn name(world: &World, index: u32) -> (&'static str, &'static str) {
    let mut dice = Dice::new(world.config.seed, Purpose::Person, u64::from(index));
    (dice.pick(&FIRST), dice.pick(&LAST))
}

/// The person with this number.
pub fn person(world: &World, index: u32) -> Person {
    let per_company = world.config.contacts_per_company;
    let company_index = index / per_company + 1;
    let company = company::company(world, company_index);
    let mut dice = Dice::new(world.config.seed, Purpose::Person, u64::from(index));
    let first = dice.pick(&FIRST);
    let last = dice.pick(&LAST);
    let place = index % per_company;
    let primary = place == 0;
    let active = primary || !dice.percent(8);
    // Place 4 of company 3 shares the mailbox of place 3, as people at small firms do.
    let shares_mailbox = company_index == 3 && place == 4;
    let email = if shares_mailbox {
        self::person(world, index - 1).email
    } else if !primary && place != 3 && dice.percent(6) {
        None
    } else {
        Some(address(world, first, last, &company, index))
    };
    let created =
        company.created + i64::from(dice.below(400)) * DAY + i64::from(dice.below(86_400_000));
    let created = created.min(world.base_ms - DAY);
    let modified = created.max(world.base_ms - HOUR * i64::from(2 + dice.below(7_000)));
    Person {
        index,
        company: company_index,
        first,
        last,
        title: if primary {
            TITLES[dice.below(4) as usize]
        } else {
            dice.pick(&TITLES)
        },
        email,
        email2: dice
            .percent(4)
            .then(|| format!("{}.{}@mail.example", slug(last), slug(first))),
        phone: dice
            .percent(70)
            .then(|| format!("{}{:03}", company.town.dial, dice.below(1_000))),
        extension: dice.percent(30).then(|| 100 + dice.below(900)),
        mobile: dice
            .percent(45)
            .then(|| format!("+44 7700 900{:03}", dice.below(1_000))),
        active,
        primary,
        created,
        modified,
        touched: modified.max(world.base_ms - HOUR * i64::from(1 + dice.below(1_500))),
    }
}

fn address(world: &World, first: &str, last: &str, company: &Company, index: u32) -> String {
    let start = index - index % world.config.contacts_per_company;
    let earlier = |same: fn(&str, &str, (&str, &str)) -> bool| match (start..index)
        .filter(|i| same(first, last, name(world, *i)))
        .count()
    {
        0 => String::new(),
        count => (count + 1).to_string(),
    };
    // Namesakes at one company get a number, as mail administrators do it.
    let full = earlier(|first, last, other| (first, last) == other);
    let domain = &company.domain;
    match index % 11 {
        _ if index == start => format!("{}@{domain}", slug(first)),
        1 => format!("{}.{}{full}+it@{domain}", slug(first), slug(last)),
        2 | 3 => {
            let initial: String = slug(first).chars().take(1).collect();
            let number = earlier(|_, last, other| last == other.1);
            format!("{initial}{}{number}@{domain}", slug(last))
        }
        4 => format!(
            "{}.{}{full}@{}",
            capital(first),
            capital(last),
            domain.to_uppercase()
        ),
        _ => format!("{}.{}{full}@{domain}", slug(first), slug(last)),
    }
}

/// A name as people type it into an address, capital letter included.
fn capital(name: &str) -> String {
    let plain = slug(name);
    let mut letters = plain.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().collect::<String>() + letters.as_str(),
        None => plain,
    }
}
