//! What an import of companies answers: plain data for pages, each with a sentence.

use domain::company_adoption::Adoption;
use domain::id::PublicId;
use domain::imports::ImportStop;
use serde::{Deserialize, Serialize};
use store::company_import::{CompanyImportRow, ImportCompany};

/// What an import did so far, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompanyImportReport {
    /// Companies that were made.
    pub created: Vec<CompanyDone>,
    /// Companies that were linked.
    pub linked: Vec<CompanyDone>,
    /// What was not done.
    pub skipped: Vec<CompanySkipped>,
    /// How many rows were not looked at, or not yet.
    pub rest: usize,
    /// Why it ended before them; `None`: it did not.
    pub stopped: Option<ImportStop>,
}

impl CompanyImportReport {
    /// How many rows were done.
    #[must_use]
    pub const fn done(&self) -> usize {
        self.created.len() + self.linked.len()
    }

    pub(super) fn skip(&mut self, external: i64, name: String, reason: CompanySkip) {
        self.skipped.push(CompanySkipped {
            external,
            name,
            reason,
        });
    }
}

/// A row that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyDone {
    /// Row id of the vendor's company.
    pub external: i64,
    /// Its name there.
    pub name: String,
    /// The company here, by its id in addresses. In a preview of a company that is yet to be made it leads nowhere.
    pub company: PublicId,
    /// The company's name here.
    pub company_name: String,
}

impl CompanyDone {
    pub(super) fn of(row: &CompanyImportRow, company: ImportCompany) -> Self {
        Self {
            external: row.id,
            name: row.name.clone(),
            company: company.uuid,
            company_name: company.name,
        }
    }
}

/// A row that was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanySkipped {
    /// Row id of the vendor's company.
    pub external: i64,
    /// Its name there; empty when it is gone.
    pub name: String,
    /// Why.
    pub reason: CompanySkip,
}

/// Why a row was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompanySkip {
    /// The vendor no longer has it.
    Gone,
    /// It stands for a company here already.
    AlreadyLinked {
        /// That company.
        company: PublicId,
        /// Its name.
        name: String,
    },
    /// A person removed its company here for good.
    Blocked {
        /// That company's name.
        name: String,
    },
    /// The company it was to be linked to was removed meanwhile.
    LinkTargetGone,
    /// Several companies have its name, here or at the vendor, and nobody chose one of them.
    SeveralOfItsName,
}

impl CompanySkip {
    /// What happened and what to do.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Gone => "The vendor no longer has this company.".to_owned(),
            Self::AlreadyLinked { name, .. } => {
                format!("Already here as “{name}”. Nothing was done twice.")
            }
            Self::Blocked { name } => {
                format!("“{name}” was removed here, so it is not imported again. Blocked Companies, on the page Companies, takes the block off.")
            }
            Self::SeveralOfItsName => {
                "Several companies have its name, here or in the tool it comes from. Say which it is with Link…, or import it by itself to have another made.".to_owned()
            }
            Self::LinkTargetGone => {
                "The company it was to be linked to was removed meanwhile. Choose another one, or create it.".to_owned()
            }
        }
    }
}

/// Why nothing was done at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompanyImportRefusal {
    /// No row was chosen.
    NothingSelected,
}

impl CompanyImportRefusal {
    /// What to do.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NothingSelected => "Select at least one company first.",
        }
    }
}

/// What became of taking a link back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlink {
    /// Taken back.
    Done {
        /// Memberships that were imported through it and ended.
        ended: u64,
        /// Memberships that stay, because somebody was invited.
        stay: u64,
    },
    /// There was none.
    NotLinked,
    /// The company was made for it; the sync would make another one.
    CameOnItsOwn,
}

/// Why a vendor's company does or does not become a company here on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It stands for one already.
    Linked,
    /// A person removed its company here for good.
    Blocked,
    /// The rule says so.
    Rule(Adoption),
}

impl Why {
    /// The answer in a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Linked => "Is here already and kept up to date.",
            Self::Blocked => "Removed here and blocked, so it is not imported again.",
            Self::Rule(adoption) => adoption.sentence(),
        }
    }
}

/// How many of a vendor's companies are here, and what becomes of the others on their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CompanyCounts {
    /// All of the search.
    pub all: u64,
    /// Those that stand for a company here.
    pub linked: u64,
    /// Those whose company here a person removed for good.
    pub blocked: u64,
    /// Those that become one with the next sync.
    pub on_their_own: u64,
    /// Those that do not because they are inactive.
    pub inactive: u64,
    /// Those that do not because of their type.
    pub other_type: u64,
    /// Those that do not because companies come from another integration.
    pub not_the_source: u64,
}

impl CompanyCounts {
    /// Those that stand for no company here.
    #[must_use]
    pub const fn unlinked(&self) -> u64 {
        self.all.saturating_sub(self.linked + self.blocked)
    }
}
