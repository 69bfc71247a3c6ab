//! Quick Match: which of a vendor's records is which of ours, where their names differ in writing only, or something else
//! tells. A rule that only proposes: a person looks at each link before anything is saved.
//!
//! Two records can belong together when they share something: their name as it is written, their name without legal
//! form, punctuation and accents, their web site, their phone number; people who share a name also the host of their
//! e-mail address. How much two share is compared as a whole, a name before a web site before a phone number. A pair is
//! proposed when each is the *only best* of the other. So the answer is the same from either side and in any order,
//! nothing is proposed twice, and where two are equally good neither is proposed, and that is said.
//!
//! An alias such as `ann+sales@` is nobody's identity: the same mailbox may be shared by several people, so addresses
//! that differ in more than case are never evidence by themselves.

mod writing;

use std::collections::HashMap;

use crate::email::email_key;
use crate::text::name_key;

pub use writing::company_name;
use writing::{folded, host, mail_host, phone};

/// Records that share a key with more than so many on the other side share nothing that tells them apart.
const CROWD: usize = 30;

/// A record to be matched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Side {
    /// Name.
    pub name: String,
    /// Web sites, as typed.
    pub websites: Vec<String>,
    /// Phone numbers, as typed.
    pub phones: Vec<String>,
    /// E-mail addresses, as typed; of people only.
    pub emails: Vec<String>,
}

/// What two records share, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// The e-mail address, apart from case.
    SameEmail,
    /// The name as it is written, apart from case.
    SameName,
    /// The name without legal form, punctuation and accents.
    SimilarName,
    /// The host of the e-mail address.
    SameMailHost,
    /// The web site.
    SameWebsite,
    /// The phone number.
    SamePhone,
}

impl Evidence {
    /// All, strongest first.
    pub const ALL: [Self; 6] = [
        Self::SameEmail,
        Self::SameName,
        Self::SimilarName,
        Self::SameMailHost,
        Self::SameWebsite,
        Self::SamePhone,
    ];

    const fn weight(self) -> u8 {
        match self {
            Self::SameEmail => 32,
            Self::SameName => 16,
            Self::SimilarName => 8,
            Self::SameMailHost => 4,
            Self::SameWebsite => 2,
            Self::SamePhone => 1,
        }
    }

    const fn words(self, kind: Kind) -> &'static str {
        match self {
            Self::SameEmail => "same e-mail address",
            Self::SameName => "same name",
            Self::SimilarName => match kind {
                Kind::Companies => "same name without legal form",
                Kind::People => "same name without accents",
            },
            Self::SameMailHost => "same e-mail domain",
            Self::SameWebsite => "same website",
            Self::SamePhone => "same phone number",
        }
    }
}

/// Everything two records share; more than the other is the better match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shared(u8);

impl Shared {
    /// What is shared, strongest first, without what follows from something stronger.
    fn evidence(self) -> impl Iterator<Item = Evidence> {
        Evidence::ALL.into_iter().filter(move |one| {
            let stronger = match one {
                Evidence::SimilarName => self.has(Evidence::SameName),
                Evidence::SameMailHost => self.has(Evidence::SameEmail),
                _ => false,
            };
            self.has(*one) && !stronger
        })
    }

    const fn has(self, evidence: Evidence) -> bool {
        self.0 & evidence.weight() != 0
    }

    /// The reason in words: *same name without legal form and same website*.
    #[must_use]
    pub fn words(self, kind: Kind) -> String {
        let words: Vec<&str> = self.evidence().map(|one| one.words(kind)).collect();
        words.join(" and ")
    }
}

/// What is proposed for a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposal {
    /// It belongs to this one of the other side, by its place in the list.
    Link {
        /// The place.
        target: usize,
        /// Why.
        shared: Shared,
    },
    /// Several share as much, on this side or on the other: a person has to say.
    Tie {
        /// What they share.
        shared: Shared,
    },
}

/// Proposes for each record of one side which of the other it is; `None` for those that share nothing, and for those
/// whose counterpart belongs to a better one.
#[must_use]
pub fn propose(kind: Kind, sources: &[Side], targets: &[Side]) -> Vec<Option<Proposal>> {
    let keys =
        |side: &[Side]| -> Vec<Keys> { side.iter().map(|one| Keys::of(kind, one)).collect() };
    let (sources, targets) = (keys(sources), keys(targets));
    let shelves = shelves(&sources, &targets);
    let mut best_of_target: Vec<Option<Best>> = vec![None; targets.len()];
    let mut best_of_source: Vec<Option<Best>> = vec![None; sources.len()];
    for (source, ours) in sources.iter().enumerate() {
        for target in near(&shelves, ours) {
            let Some(shared) = ours.shared(kind, &targets[target]) else {
                continue;
            };
            Best::offer(&mut best_of_source[source], target, shared);
            Best::offer(&mut best_of_target[target], source, shared);
        }
    }
    (0..sources.len())
        .map(|source| {
            let best = best_of_source[source]?;
            let back = best_of_target[best.other]?;
            let shared = best.shared;
            match (best.only, back.only) {
                (true, true) if back.other == source => Some(Proposal::Link {
                    target: best.other,
                    shared,
                }),
                // The other side has a better one for it.
                (true, _) if back.shared > shared => None,
                _ => Some(Proposal::Tie { shared }),
            }
        })
        .collect()
}

/// What kind of records are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Companies.
    Companies,
    /// People.
    People,
}

/// The best counterpart so far.
#[derive(Debug, Clone, Copy)]
struct Best {
    other: usize,
    shared: Shared,
    only: bool,
}

impl Best {
    /// Takes one that is better than what was known. Each counterpart is offered once.
    fn offer(place: &mut Option<Self>, other: usize, shared: Shared) {
        match place {
            Some(best) if shared < best.shared => {}
            Some(best) if shared == best.shared => best.only = false,
            _ => {
                *place = Some(Self {
                    other,
                    shared,
                    only: true,
                });
            }
        }
    }
}

/// What a record is compared by.
#[derive(Debug, Default)]
struct Keys {
    name: String,
    similar: String,
    emails: Vec<String>,
    mail_hosts: Vec<String>,
    websites: Vec<String>,
    phones: Vec<String>,
}

impl Keys {
    fn of(kind: Kind, side: &Side) -> Self {
        let emails = each(&side.emails, email_key);
        Self {
            name: name_key(&side.name),
            similar: match kind {
                Kind::Companies => company_name(&side.name),
                Kind::People => folded(&side.name).join(" "),
            },
            mail_hosts: each(&emails, mail_host),
            websites: each(&side.websites, host),
            phones: each(&side.phones, phone),
            emails,
        }
    }

    /// What two records share; `None` when that is not enough to propose anything.
    fn shared(&self, kind: Kind, other: &Self) -> Option<Shared> {
        let meet = |one: &[String], other: &[String]| one.iter().any(|key| other.contains(key));
        let same = |one: &str, other: &str| !one.is_empty() && one == other;
        let mut found = 0;
        let mut add =
            |evidence: Evidence, is: bool| found |= if is { evidence.weight() } else { 0 };
        let similar = same(&self.similar, &other.similar);
        add(Evidence::SameName, same(&self.name, &other.name));
        add(Evidence::SimilarName, similar);
        match kind {
            Kind::Companies => {
                add(Evidence::SameWebsite, meet(&self.websites, &other.websites));
                add(Evidence::SamePhone, meet(&self.phones, &other.phones));
            }
            Kind::People => {
                let email = meet(&self.emails, &other.emails);
                let host = meet(&self.mail_hosts, &other.mail_hosts);
                add(Evidence::SameEmail, email);
                add(Evidence::SameMailHost, host);
                // Two people have one name, or one employer; both together are rarely two people.
                if !(email || similar && host) {
                    return None;
                }
            }
        }
        (found != 0).then_some(Shared(found))
    }

    /// The keys by which a counterpart is looked for, each once.
    fn wanted(&self) -> impl Iterator<Item = (u8, &str)> {
        let names = [(0, self.name.as_str()), (1, self.similar.as_str())];
        let others = [(2, &self.emails), (3, &self.websites), (4, &self.phones)];
        let others = others
            .into_iter()
            .flat_map(|(place, keys)| keys.iter().map(move |key| (place, key.as_str())));
        names
            .into_iter()
            .chain(others)
            .filter(|(_, key)| !key.is_empty())
    }
}

/// The normal form of each text that has one, once.
fn each(texts: &[String], key: fn(&str) -> Option<String>) -> Vec<String> {
    let mut keys: Vec<String> = texts.iter().filter_map(|text| key(text)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Who has one key.
#[derive(Debug, Default)]
struct Shelf {
    /// How many sources.
    sources: usize,
    /// The places of the targets, no more than tell that they are a crowd.
    targets: Vec<usize>,
}

/// The records by key, in one pass over each side; only keys of targets.
fn shelves<'k>(sources: &'k [Keys], targets: &'k [Keys]) -> HashMap<(u8, &'k str), Shelf> {
    let mut shelves: HashMap<(u8, &str), Shelf> = HashMap::with_capacity(2 * targets.len());
    for (place, keys) in targets.iter().enumerate() {
        for key in keys.wanted() {
            let shelf = shelves.entry(key).or_default();
            if shelf.targets.len() <= CROWD {
                shelf.targets.push(place);
            }
        }
    }
    for key in sources.iter().flat_map(Keys::wanted) {
        if let Some(shelf) = shelves.get_mut(&key) {
            shelf.sources += 1;
        }
    }
    shelves
}

/// The targets that share a key with a source, each once. A key that a crowd shares tells nobody apart and leads to
/// none, so these are at most [`CROWD`] for each key, however long the lists are.
fn near(shelves: &HashMap<(u8, &str), Shelf>, ours: &Keys) -> Vec<usize> {
    let shared = ours.wanted().filter_map(|key| shelves.get(&key));
    let mut near: Vec<usize> = shared
        .filter(|shelf| shelf.sources <= CROWD && shelf.targets.len() <= CROWD)
        .flat_map(|shelf| shelf.targets.iter().copied())
        .collect();
    near.sort_unstable();
    near.dedup();
    near
}

#[cfg(test)]
mod tests;
