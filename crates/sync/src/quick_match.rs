//! Quick Match over what is stored: the rule is [`domain::quick_match`], and nothing is saved by it.
//!
//! Both sides are read whole, each with one statement along an index, and compared by the keys they share: the work grows
//! with the records, and no key leads to more than 30 on either side. With tens of thousands it still takes a moment of a
//! processor, so it is done beside the requests that are being answered.

use std::collections::BTreeMap;

use domain::id::{IntegrationId, PublicId};
use domain::quick_match::{Kind, Proposal, Side, propose};
use store::quick_match as rows;

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

/// What Quick Match says about records, by their row ids; those that share nothing with anything here are left out.
pub type Matches = BTreeMap<i64, Match>;

/// Looks for the companies here that a vendor's companies are.
///
/// # Errors
/// As any statement.
pub async fn companies(engine: &Engine, integration: IntegrationId) -> Result<Matches> {
    let free = rows::list_free_companies(engine.store(), integration).await?;
    let own = rows::list_own_companies(engine.store(), integration).await?;
    let mut ids = Vec::with_capacity(free.len());
    let mut sources = Vec::with_capacity(free.len());
    for company in free {
        ids.push(company.id);
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
    matches(Kind::Companies, ids, sources, targets).await
}

/// Looks for the users that a vendor's technicians are.
///
/// # Errors
/// As any statement.
pub async fn people(engine: &Engine, integration: IntegrationId) -> Result<Matches> {
    let free = rows::list_free_technicians(engine.store(), integration).await?;
    let own = rows::list_own_users(engine.store(), integration).await?;
    let mut ids = Vec::with_capacity(free.len());
    let mut sources = Vec::with_capacity(free.len());
    for person in free {
        ids.push(person.id);
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
    matches(Kind::People, ids, sources, targets).await
}

async fn matches(
    kind: Kind,
    ids: Vec<i64>,
    sources: Vec<Side>,
    targets: Vec<(Target, Side)>,
) -> Result<Matches> {
    let (targets, sides): (Vec<Target>, Vec<Side>) = targets.into_iter().unzip();
    let work = move || propose(kind, &sources, &sides);
    let proposals = tokio::task::spawn_blocking(work).await?;
    let found = ids.into_iter().zip(proposals).filter_map(|(id, proposal)| {
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
    Ok(found.collect())
}
