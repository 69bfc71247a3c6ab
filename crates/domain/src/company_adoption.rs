//! Which synced companies become Portico companies on their own.
//!
//! The integration that is the *company source* (the first PSA connected) creates a Portico company for each
//! active client it sends; every other integration's companies wait to be mapped. A company whose type the
//! administrator did not select and an inactive one stay external until somebody imports them by hand.
//!
//! The MSP's own record (Autotask's company 0, which carries `own_company`) is on purpose no exception: it is imported
//! like any other of a selected type, as people expect (product reference 2.3), so that internal tickets and staff
//! listed as contacts have a home. It opens nothing to anybody: a person sees a company only as a member of it, and
//! members are invited by hand.

use std::collections::BTreeSet;

/// Why a synced company does or does not become a Portico company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adoption {
    /// It becomes one.
    Adopt,
    /// This integration is not where companies come from.
    NotTheSource,
    /// The vendor has it switched off.
    Inactive,
    /// Its type is not selected.
    Type,
}

impl Adoption {
    /// The answer in a sentence, for the list of companies to import.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Adopt => "Becomes a company here on its own with the next sync.",
            Self::NotTheSource => {
                "Companies come from another integration. Import it, or link it to a company that is here."
            }
            Self::Inactive => "Inactive at the vendor, so it does not become a company on its own.",
            Self::Type => {
                "Its type is not among the company types of the Sync step, so it does not become a company on its own."
            }
        }
    }
}

/// Decides for one company.
#[must_use]
pub fn decide(
    source: bool,
    active: bool,
    type_id: Option<&str>,
    types: &BTreeSet<String>,
) -> Adoption {
    if !source {
        Adoption::NotTheSource
    } else if !active {
        Adoption::Inactive
    } else if !types.is_empty() && !type_id.is_some_and(|id| types.contains(id)) {
        Adoption::Type
    } else {
        Adoption::Adopt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let types: BTreeSet<String> = ["1".to_owned()].into();
        assert_eq!(decide(true, true, Some("1"), &types), Adoption::Adopt);
        assert_eq!(decide(true, true, Some("2"), &types), Adoption::Type);
        assert_eq!(decide(true, true, None, &types), Adoption::Type);
        assert_eq!(decide(true, false, Some("1"), &types), Adoption::Inactive);
        assert_eq!(
            decide(false, true, Some("1"), &types),
            Adoption::NotTheSource
        );
        assert_eq!(decide(true, true, None, &BTreeSet::new()), Adoption::Adopt);
    }
}
