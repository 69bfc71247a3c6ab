//! What an import of contacts would do, without doing it. It only reads: three statements for 200 contacts, none of which
//! makes anybody wait.

use std::collections::{HashMap, HashSet};

use domain::contact_import::{ContactDecision, ContactEmail, ContactFacts, ContactImport, decide};
use domain::email::{email_address, email_key, email_skeleton, looks_like};
use domain::id::{CompanyId, IdentityId, IntegrationId};
use domain::settings::IntegrationSettings;
use store::contact_import::{self, ContactCandidate};
use store::email_keys::list_alike;
use store::{Store, integrations};

use super::{BATCH, Import};
use crate::engine::Engine;
use crate::error::{Error, Result};

/// Contacts a preview looks at.
const PREVIEWED: usize = 10_000;

/// What an import with these settings, saved or not, would do now. Its counts are those of the import that follows on
/// unchanged data; after 10,000 contacts it says that there are more.
///
/// # Errors
/// `NoIntegration`; else as any statement.
pub async fn preview(
    engine: &Engine,
    id: IntegrationId,
    settings: &IntegrationSettings,
) -> Result<ContactImport> {
    let store = engine.store();
    integrations::find_integration(store, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    let import = Import::new(engine, settings, id).await?;
    let mut report = ContactImport::default();
    let mut people = Newcomers::default();
    let (mut after, mut seen) = (0, 0);
    loop {
        let candidates = contact_import::list_candidates(store, id, after, BATCH).await?;
        let Some(last) = candidates.last() else {
            return Ok(report);
        };
        after = last.id;
        if seen >= PREVIEWED {
            report.more = true;
            return Ok(report);
        }
        seen += candidates.len();
        let here = Here::read(store, &candidates).await?;
        for contact in &candidates {
            let decision = decide(facts(contact, &here, &people, import.role_name.is_some()));
            people.note(contact, decision);
            report.count(decision);
        }
    }
}

/// The facts about a contact, as the import finds them.
fn facts(
    contact: &ContactCandidate,
    here: &Here,
    newcomers: &Newcomers,
    has_role: bool,
) -> ContactFacts {
    let typed = contact.email.as_deref().map(str::trim).unwrap_or_default();
    let mut member = newcomers.is_member(typed, contact.company);
    let email = if typed.is_empty() {
        ContactEmail::Missing
    } else {
        match here.find(typed) {
            Found::Invalid => ContactEmail::Invalid,
            Found::LooksLike => ContactEmail::LooksLike,
            Found::Taken(id) => {
                member = member || here.members.contains(&(id, contact.company));
                ContactEmail::Taken
            }
            Found::Free => newcomers.email(typed),
        }
    };
    ContactFacts {
        own_company: contact.own_company,
        email,
        member,
        has_role,
    }
}

/// Whose an address is.
enum Found {
    Free,
    Invalid,
    Taken(IdentityId),
    LooksLike,
}

/// People who are here and have the addresses of some contacts, or such that look like them.
#[derive(Debug, Default)]
struct Here {
    by_key: HashMap<String, IdentityId>,
    /// Addresses by what they look like.
    alike: HashMap<String, Vec<String>>,
    members: HashSet<(IdentityId, CompanyId)>,
}

impl Here {
    async fn read(store: &Store, contacts: &[ContactCandidate]) -> Result<Self> {
        let keys: Vec<String> = contacts
            .iter()
            .filter_map(|contact| contact.email.as_deref().and_then(email_key))
            .collect();
        let skeletons: Vec<String> = keys.iter().map(|key| email_skeleton(key)).collect();
        let mut here = Self::default();
        for row in list_alike(store, &keys, &skeletons).await? {
            if let Some(company) = row.company {
                here.members.insert((row.id, company));
            }
            let alike = here
                .alike
                .entry(email_skeleton(&row.email_key))
                .or_default();
            alike.push(row.email_key.clone());
            here.by_key.insert(row.email_key, row.id);
        }
        Ok(here)
    }

    fn find(&self, typed: &str) -> Found {
        let (Some(_), Some(key)) = (email_address(typed), email_key(typed)) else {
            return Found::Invalid;
        };
        if let Some(id) = self.by_key.get(&key) {
            return Found::Taken(*id);
        }
        let mut alike = self.alike.get(&email_skeleton(&key)).into_iter().flatten();
        if alike.any(|other| looks_like(other, &key)) {
            Found::LooksLike
        } else {
            Found::Free
        }
    }
}

/// People a preview would have made so far: the import finds them in the database.
#[derive(Debug, Default)]
struct Newcomers {
    /// Addresses by what they look like.
    alike: HashMap<String, Vec<String>>,
    members: HashSet<(String, CompanyId)>,
}

impl Newcomers {
    fn email(&self, typed: &str) -> ContactEmail {
        let Some(key) = email_key(typed) else {
            return ContactEmail::Invalid;
        };
        let alike = self.alike.get(&email_skeleton(&key));
        let mut others = alike.into_iter().flatten();
        if others.clone().any(|other| *other == key) {
            ContactEmail::Taken
        } else if others.any(|other| looks_like(other, &key)) {
            ContactEmail::LooksLike
        } else {
            ContactEmail::Free
        }
    }

    fn is_member(&self, typed: &str, company: CompanyId) -> bool {
        email_key(typed).is_some_and(|key| self.members.contains(&(key, company)))
    }

    fn note(&mut self, contact: &ContactCandidate, decision: ContactDecision) {
        let Some(key) = contact.email.as_deref().and_then(email_key) else {
            return;
        };
        match decision {
            ContactDecision::Create => {
                let alike = self.alike.entry(email_skeleton(&key)).or_default();
                alike.push(key.clone());
            }
            ContactDecision::Join => {}
            ContactDecision::Already | ContactDecision::Skip(_) => return,
        }
        self.members.insert((key, contact.company));
    }
}
