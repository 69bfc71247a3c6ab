//! What the form of a list of companies carries beside what every list does: which companies they are to be linked to.

use std::collections::BTreeMap;

use domain::id::PublicId;
use sync::import_companies::{CompanyAction, CompanyChoice};

use crate::web::form::Fields;
use crate::web::settings::imports::list_state::ListState;
use crate::web::view::Query;

/// What the list shows and what is chosen in it.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    /// What every list carries.
    pub(super) list: ListState,
    /// The company each is to be linked to; `None` inside: a new one is wanted.
    pub(super) links: BTreeMap<i64, Option<PublicId>>,
}

impl Chosen {
    /// From an address.
    #[must_use]
    pub fn of_query(query: &Query) -> Self {
        Self {
            list: ListState::of_query(query),
            links: BTreeMap::new(),
        }
    }

    /// From the form.
    #[must_use]
    pub fn of_form(fields: &Fields) -> Self {
        let links = fields.iter().filter_map(|(name, value)| {
            let id = name.strip_prefix("link.")?.parse().ok()?;
            Some((id, value.parse().ok()))
        });
        Self {
            list: ListState::of_form(fields),
            links: links.collect(),
        }
    }

    /// Whether anything is chosen.
    #[must_use]
    pub fn selects(&self) -> bool {
        self.list.everyone || !self.list.picks.is_empty()
    }

    /// The chosen rows, each with what is to become of it.
    pub(super) fn rows(&self) -> Vec<CompanyChoice> {
        let row = |external: &i64| CompanyChoice {
            external: *external,
            action: match self.links.get(external) {
                Some(Some(company)) => CompanyAction::Link {
                    company: company.clone(),
                },
                _ => CompanyAction::Create,
            },
        };
        self.list.picks.iter().map(row).collect()
    }
}
