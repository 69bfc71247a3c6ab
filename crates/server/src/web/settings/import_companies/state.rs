//! What the form of a list of companies carries: search, place, and every choice made so far.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::PublicId;
use store::listing::PageKey;
use sync::import_companies::{CompanyAction, CompanyChoice};

use crate::web::form::Fields;
use crate::web::settings::imports::marks::Marks;
use crate::web::view::Query;

/// What the list shows and what is chosen in it.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    pub(super) search: Option<String>,
    pub(super) unlinked_only: bool,
    pub(super) page: Option<PageKey>,
    pub(super) picks: BTreeSet<i64>,
    /// The company each is to be linked to; `None` inside: a new one is wanted.
    pub(super) links: BTreeMap<i64, Option<PublicId>>,
    pub(super) everyone: bool,
    /// Those whom *Select all* leaves out.
    pub(super) except: BTreeSet<i64>,
    /// Only what Quick Match has something to say about is shown, with what it proposes.
    pub(super) quick: bool,
    pub(super) import: bool,
    pub(super) sync: bool,
}

impl Chosen {
    /// From an address.
    #[must_use]
    pub fn of_query(query: &Query) -> Self {
        Self {
            search: query.some("search"),
            unlinked_only: query.text("unlinked") == "1",
            quick: query.text("quick") == "1",
            ..Self::default()
        }
    }

    /// From the form: a search or another page keeps what was ticked one by one. Another search keeps nothing of *Select
    /// all*, also not the part of it that was on the page.
    #[must_use]
    pub fn of_form(fields: &Fields) -> Self {
        let asked = Query(fields.clone());
        let mut chosen = Self {
            picks: fields
                .all("pick")
                .filter_map(|id| id.parse().ok())
                .collect(),
            links: fields
                .iter()
                .filter_map(|(name, value)| {
                    let id = name.strip_prefix("link.")?.parse().ok()?;
                    Some((id, value.parse().ok()))
                })
                .collect(),
            import: matches!(fields.text("action"), "import" | "complete"),
            sync: fields.text("action") == "sync",
            ..Self::of_query(&asked)
        };
        let same = fields.text("was") == chosen.words();
        let place = if fields.has("to") { "to" } else { "page" };
        chosen.page = asked.0.text(place).parse().ok().filter(|_| same);
        chosen.everyone = fields.has("everyone") && (same || !fields.has("was"));
        let marks = Marks::read(fields);
        chosen.except = marks.except(&chosen.picks);
        if !same {
            marks.forget(&mut chosen.picks);
            chosen.except.clear();
        }
        // What is proposed is looked through before anything of it is selected.
        if let action @ ("quick" | "quick_off") = fields.text("action") {
            chosen.quick = action == "quick";
            (chosen.everyone, chosen.page) = (false, None);
            marks.forget(&mut chosen.picks);
            chosen.except.clear();
        }
        chosen
    }

    /// Whether anything is chosen.
    #[must_use]
    pub fn selects(&self) -> bool {
        self.everyone || !self.picks.is_empty()
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
        self.picks.iter().map(row).collect()
    }

    /// What the list is narrowed to, to tell whether a place in it still means something.
    pub(super) fn words(&self) -> String {
        let search = self.search.as_deref().unwrap_or_default();
        let quick = if self.quick { "q" } else { "" };
        format!("{}{quick}{search}", u8::from(self.unlinked_only))
    }
}
