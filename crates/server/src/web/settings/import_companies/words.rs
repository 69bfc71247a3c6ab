//! What the list of companies to import says about itself.

use domain::provider::{Provider, ScopeField};
use store::integrations::Integration;
use sync::import_companies::CompanyCounts;

use crate::web::settings::imports::list_frame::number;
use crate::web::settings::imports::list_state::View;
use crate::web::settings::setup_wizard::wizard::Offer;

/// When a synced company becomes a company on its own.
pub(super) fn rule(
    provider: &'static Provider,
    integration: &Integration,
    offer: &Offer,
) -> String {
    let settings = &integration.settings;
    if !settings.company_source {
        return format!(
            "{} do not come from {} by themselves (step 2 of the setup): each one waits until it is imported or linked.",
            provider.words.companies, provider.name
        );
    }
    let labels = offer.labels(provider);
    let company = provider.words.company.to_lowercase();
    let who = if settings.skip_inactive_companies {
        format!("Every active {company}")
    } else {
        format!("Every {company}")
    };
    let of = |field: ScopeField| labels.set(field.kind(), field.of(settings), "");
    let limits = [
        (ScopeField::CompanyTypes, " of type "),
        (ScopeField::ExcludeCompanyTypes, " not of type "),
        (ScopeField::ExcludeCompanyStatuses, " not in status "),
    ];
    let limits = limits.map(|(field, words)| (words, of(field)));
    let limits: String = limits
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(words, names)| format!("{words}{names}"))
        .collect();
    format!("{who}{limits} becomes a company in Portico by itself, with the sync that brings it.")
}

/// What a row says whose name several companies here have.
pub(super) fn several(count: u64) -> String {
    format!(
        "{} companies in Portico have this name. If it is one of them, use Link… to say which; selected as it is, it \
         becomes a new company.",
        number(count)
    )
}

/// What a row says that shares its name with others of the vendor, and with a company here.
pub(super) fn twins(provider: &Provider, count: u64) -> String {
    format!(
        "{} {} of {} have this name, and a company in Portico has it. If it is this one, use Link… to say so; selected \
         as it is, it becomes a new company.",
        number(count),
        provider.words.companies.to_lowercase(),
        provider.name
    )
}

/// How many are here, and what becomes of the others.
pub(super) fn outlook(counts: CompanyCounts) -> String {
    if counts.all == 0 {
        return String::new();
    }
    let mut parts = vec![format!("{} are here already", number(counts.linked))];
    let waiting = [
        (counts.on_their_own, "come with the next sync"),
        (
            counts.other_type,
            "stay out because of their type or status",
        ),
        (counts.inactive, "stay out because they are inactive"),
        (counts.not_the_source, "wait for you"),
        (counts.blocked, "were removed here and are blocked"),
    ];
    for (count, words) in waiting.into_iter().filter(|(count, _)| *count > 0) {
        parts.push(format!("{} {words}", number(count)));
    }
    format!("Of {}, {}.", number(counts.all), parts.join("; "))
}

/// What nothing in the list means, in Quick Match or after a search, and what to do then.
pub(super) fn nothing(
    provider: &Provider,
    (view, search): (View, bool),
    all: CompanyCounts,
) -> (String, String) {
    let one = provider.words.company.to_lowercase();
    if all.all == 0 {
        let many = provider.words.companies.to_lowercase();
        return (
            format!("No {many} of {} yet", provider.name),
            format!(
                "The sync brings them. Open this list again when it has read the {many}; the line above shows how far it is."
            ),
        );
    }
    if view == View::Selected {
        return (
            format!("No {one} is selected"),
            "Show the whole list and tick what to import.".to_owned(),
        );
    }
    if view == View::Quick && !search {
        return (
            "Quick Match has nothing to propose".to_owned(),
            "Of what is not here yet nothing shares its name, web site or phone number with a company in Portico that is not linked yet. Show the whole list: select there what is to become a new company, and use Link… for one you know under another name.".to_owned(),
        );
    }
    if search {
        return (
            format!("No {one} matches"),
            "Search for a part of its name.".to_owned(),
        );
    }
    (
        "All are here already".to_owned(),
        "Switch Show Unlinked Only off to see them.".to_owned(),
    )
}
