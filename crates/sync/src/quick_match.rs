//! Quick Match over what is stored: the rule is [`domain::quick_match`], and nothing is saved by it.
//!
//! Both sides are read whole, each with one statement along an index, and compared by the keys they share: the work grows
//! with the records, and no key leads to more than 30 on either side. With tens of thousands it still takes a moment of a
//! processor, so it is done beside the requests that are being answered, and what came of it is kept until either side
//! changed: looking through it page by page compares nothing again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::{IntegrationId, PublicId};
use domain::quick_match::{Kind, Proposal, Side, propose};
use store::quick_match as rows;
use store::quick_match::{Found, Version, matching};

use crate::engine::Engine;
use crate::error::Result;

/// What is here and may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Id in addresses.
    pub uuid: PublicId,
    /// Name.
    pub name: String,
    /// E-mail address, of a user.
    pub email: String,
}

/// What Quick Match says about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// It is probably this one.
    Link {
        /// Which.
        target: Target,
        /// Why, in words.
        why: String,
    },
    /// Several are equally good, for the same reason.
    Tie {
        /// Why, in words.
        why: String,
    },
}

impl Match {
    /// What is proposed, if anything is.
    #[must_use]
    pub const fn target(&self) -> Option<&Target> {
        match self {
            Self::Link { target, .. } => Some(target),
            Self::Tie { .. } => None,
        }
    }
}

/// What Quick Match says about records. Those that share nothing with anything here are not among them.
#[derive(Debug, Default)]
pub struct Matches {
    by_id: BTreeMap<i64, Match>,
    /// The same records, as lists sort and search them.
    listed: Vec<Found>,
}

impl Matches {
    /// What it says about the record with this row id.
    #[must_use]
    pub fn get(&self, id: i64) -> Option<&Match> {
        self.by_id.get(&id)
    }

    /// What is proposed for it, if anything is.
    #[must_use]
    pub fn target(&self, id: i64) -> Option<&Target> {
        self.get(id)?.target()
    }

    /// All, by row id.
    pub fn iter(&self) -> impl Iterator<Item = (i64, &Match)> {
        self.by_id.iter().map(|(id, found)| (*id, found))
    }

    /// The records, for a list of only these.
    #[must_use]
    pub fn listed(&self) -> &[Found] {
        &self.listed
    }

    /// What it says about those a search matches.
    pub fn of_search<'m>(&'m self, search: Option<&str>) -> impl Iterator<Item = &'m Match> {
        matching(&self.listed, search).filter_map(|one| self.get(one.id))
    }
}

/// Answers by kind and integration, each with the version of what it was found in.
type Answers = BTreeMap<(Kind, IntegrationId), (Version, Arc<Matches>)>;

/// What was found last. One answer each.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<Answers>);

impl Kept {
    fn find(&self, key: (Kind, IntegrationId), version: Version) -> Option<Arc<Matches>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, matches) = kept.get(&key)?;
        (*of == version).then(|| Arc::clone(matches))
    }

    fn put(&self, key: (Kind, IntegrationId), version: Version, matches: &Arc<Matches>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(key, (version, Arc::clone(matches)));
    }
}

/// Looks for the companies here that a vendor's companies are.
///
/// # Errors
/// As any statement.
pub async fn companies(engine: &Engine, integration: IntegrationId) -> Result<Arc<Matches>> {
    // Read before the sides: what changes in between is looked at again.
    let version = rows::companies_version(engine.store()).await?;
    let key = (Kind::Companies, integration);
    if let Some(kept) = engine.matches().find(key, version) {
        return Ok(kept);
    }
    let matches = Arc::new(read_companies(engine, integration).await?);
    engine.matches().put(key, version, &matches);
    Ok(matches)
}

async fn read_companies(engine: &Engine, integration: IntegrationId) -> Result<Matches> {
    let free = rows::list_free_companies(engine.store(), integration).await?;
    let own = rows::list_own_companies(engine.store(), integration).await?;
    let mut listed = Vec::with_capacity(free.len());
    let mut sources = Vec::with_capacity(free.len());
    for company in free {
        listed.push(Found {
            id: company.id,
            searched: company.sort_key.clone(),
            sort_key: company.sort_key,
        });
        sources.push(Side {
            name: company.name,
            websites: company.website.into_iter().collect(),
            phones: company.phone.into_iter().collect(),
            emails: Vec::new(),
        });
    }
    let mut targets: Vec<(Target, Side)> = Vec::new();
    for company in own {
        let known = targets
            .last()
            .is_some_and(|last| last.0.uuid == company.uuid);
        if !known {
            let side = Side {
                name: company.name.clone(),
                ..Side::default()
            };
            let target = Target {
                uuid: company.uuid,
                name: company.name,
                email: String::new(),
            };
            targets.push((target, side));
        }
        if let Some((_, side)) = targets.last_mut() {
            side.websites.extend(company.website);
            side.phones.extend(company.phone);
        }
    }
    matches(Kind::Companies, listed, sources, targets).await
}

/// Looks for the users that a vendor's technicians are.
///
/// # Errors
/// As any statement.
pub async fn people(engine: &Engine, integration: IntegrationId) -> Result<Arc<Matches>> {
    let version = rows::people_version(engine.store()).await?;
    let key = (Kind::People, integration);
    if let Some(kept) = engine.matches().find(key, version) {
        return Ok(kept);
    }
    let matches = Arc::new(read_people(engine, integration).await?);
    engine.matches().put(key, version, &matches);
    Ok(matches)
}

async fn read_people(engine: &Engine, integration: IntegrationId) -> Result<Matches> {
    let free = rows::list_free_technicians(engine.store(), integration).await?;
    let own = rows::list_own_users(engine.store(), integration).await?;
    let mut listed = Vec::with_capacity(free.len());
    let mut sources = Vec::with_capacity(free.len());
    for person in free {
        listed.push(Found {
            id: person.id,
            searched: format!("{} {}", person.sort_key, person.email_key),
            sort_key: person.sort_key,
        });
        sources.push(Side {
            name: person.name,
            emails: person.email.into_iter().collect(),
            ..Side::default()
        });
    }
    let target = |user: rows::OwnUser| {
        let side = Side {
            name: user.name.clone(),
            emails: vec![user.email.clone()],
            ..Side::default()
        };
        let target = Target {
            uuid: user.uuid,
            name: user.name,
            email: user.email,
        };
        (target, side)
    };
    let targets = own.into_iter().map(target).collect();
    matches(Kind::People, listed, sources, targets).await
}

async fn matches(
    kind: Kind,
    mut listed: Vec<Found>,
    sources: Vec<Side>,
    targets: Vec<(Target, Side)>,
) -> Result<Matches> {
    let (targets, sides): (Vec<Target>, Vec<Side>) = targets.into_iter().unzip();
    let work = move || propose(kind, &sources, &sides);
    let proposals = tokio::task::spawn_blocking(work).await?;
    let ids = listed.iter().map(|one| one.id);
    let found = ids.zip(proposals).filter_map(|(id, proposal)| {
        let found = match proposal? {
            Proposal::Link { target, shared } => Match::Link {
                target: targets.get(target)?.clone(),
                why: shared.words(kind),
            },
            Proposal::Tie { shared } => Match::Tie {
                why: shared.words(kind),
            },
        };
        Some((id, found))
    });
    let by_id: BTreeMap<i64, Match> = found.collect();
    listed.retain(|one| by_id.contains_key(&one.id));
    Ok(Matches { by_id, listed })
}
