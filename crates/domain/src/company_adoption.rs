//! Which synced companies become Portico companies on their own.
//!
//! The integration that is the *company source* (the first PSA connected) creates a Portico company for each
//! active client it sends; every other integration's companies wait to be mapped. A company whose type or status the
//! administrator left out and an inactive one stay external until somebody imports them by hand.
//!
//! The MSP's own record (Autotask's company 0, which carries `own_company`) is on purpose no exception: it is imported
//! like any other of a selected type, as people expect (product reference 2.3), so that internal tickets and staff
//! listed as contacts have a home. It opens nothing to anybody: a person sees a company only as a member of it, and
//! members are invited by hand.

use std::collections::BTreeSet;

use crate::settings::IntegrationSettings;

/// Why a synced company does or does not become a Portico company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adoption {
    /// It becomes one.
    Adopt,
    /// This integration is not where companies come from.
    NotTheSource,
    /// The vendor has it switched off.
    Inactive,
    /// Its type is not selected, or left out.
    Type,
    /// Its status is left out.
    Status,
}

impl Adoption {
    /// The answer in a sentence, for the list of companies to import.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Adopt => "Becomes a company here on its own with the next sync.",
            Self::NotTheSource => {
                "Companies do not come from this integration by themselves. Import it, or link it to a company that is here."
            }
            Self::Inactive => "Inactive at the vendor, so it does not become a company on its own.",
            Self::Type => {
                "The Sync step leaves its company type out, so it does not become a company on its own."
            }
            Self::Status => {
                "The Sync step leaves its company status out, so it does not become a company on its own."
            }
        }
    }
}

/// What is asked of a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// The vendor has it switched on.
    pub active: bool,
    /// Reference id of its type, the main one where it has several.
    pub type_id: Option<&'a str>,
    /// Those of its further types.
    pub other_type_ids: &'a [String],
    /// Reference id of its status.
    pub status_id: Option<&'a str>,
}

/// Decides for one company. One of several types that is left out leaves the company out, and one that is selected
/// brings it in.
#[must_use]
pub fn decide(settings: &IntegrationSettings, company: Candidate<'_>) -> Adoption {
    let chosen = |set: &BTreeSet<String>, id: Option<&str>| id.is_some_and(|id| set.contains(id));
    let of_type = |set: &BTreeSet<String>| {
        let mut others = company.other_type_ids.iter();
        chosen(set, company.type_id) || others.any(|id| set.contains(id))
    };
    if !settings.company_source {
        Adoption::NotTheSource
    } else if settings.skip_inactive_companies && !company.active {
        Adoption::Inactive
    } else if !settings.company_types.is_empty() && !of_type(&settings.company_types)
        || of_type(&settings.exclude_company_types)
    {
        Adoption::Type
    } else if chosen(&settings.exclude_company_statuses, company.status_id) {
        Adoption::Status
    } else {
        Adoption::Adopt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let all = IntegrationSettings {
            company_source: true,
            ..IntegrationSettings::default()
        };
        let set = |id: &str| BTreeSet::from([id.to_owned()]);
        let only = IntegrationSettings {
            company_types: set("1"),
            ..all.clone()
        };
        let without = IntegrationSettings {
            exclude_company_types: set("2"),
            exclude_company_statuses: set("5"),
            skip_inactive_companies: false,
            ..all.clone()
        };
        let elsewhere = IntegrationSettings {
            company_source: false,
            ..only.clone()
        };
        let company = |active, type_id, status_id| Candidate {
            active,
            type_id,
            other_type_ids: &[],
            status_id,
        };
        let several = [String::from("3"), String::from("2")];
        let with_others = |type_id| Candidate {
            other_type_ids: &several,
            ..company(true, type_id, None)
        };
        for (settings, company, expected) in [
            (&only, company(true, Some("1"), None), Adoption::Adopt),
            (&only, company(true, Some("2"), None), Adoption::Type),
            (&only, company(true, None, None), Adoption::Type),
            (&only, company(false, Some("1"), None), Adoption::Inactive),
            (
                &elsewhere,
                company(true, Some("1"), None),
                Adoption::NotTheSource,
            ),
            (&all, company(true, None, None), Adoption::Adopt),
            (
                &without,
                company(false, Some("1"), Some("1")),
                Adoption::Adopt,
            ),
            (
                &without,
                company(true, Some("2"), Some("1")),
                Adoption::Type,
            ),
            (
                &without,
                company(true, Some("1"), Some("5")),
                Adoption::Status,
            ),
            (&without, company(true, None, None), Adoption::Adopt),
            (&without, with_others(Some("1")), Adoption::Type),
            (&only, with_others(Some("1")), Adoption::Adopt),
            (&only, with_others(Some("4")), Adoption::Type),
        ] {
            assert_eq!(decide(settings, company), expected, "{company:?}");
        }
    }
}
