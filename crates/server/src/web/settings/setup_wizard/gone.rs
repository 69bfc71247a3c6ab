//! What is set and is not there any more, mostly since the vendor no longer has it: told in every step of the setup that chooses or shows it, and on the page of
//! the integration, since a list that lost a queue keeps fewer tickets than it says.

use domain::provider::{CONTACT_TYPE_FIELD, Provider};
use domain::settings::IntegrationSettings;
use domain::setup::SetupStep;

use super::frame::address;
use super::wizard::Offer;

/// A setting that points at what is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// The form's field.
    pub field: &'static str,
    /// The setting.
    pub label: &'static str,
    /// What is gone and what to do.
    pub message: String,
    /// The step that changes it; empty: it is the one that is open.
    pub href: String,
    /// What that link says.
    pub step: &'static str,
}

/// What the settings of an integration point at that is gone, in the order of the steps. Told in the step `at`, or on
/// another page.
#[must_use]
pub fn gone(
    provider: &Provider,
    settings: &IntegrationSettings,
    offer: &Offer,
    at: Option<SetupStep>,
) -> Vec<Gone> {
    // Before the vendor's lists were read nothing can be told of them.
    if offer.stored.is_empty() {
        return Vec::new();
    }
    let found = offer.gone(settings).into_iter();
    found
        .map(|problem| Gone {
            field: problem.field,
            label: label(provider, problem.field).unwrap_or_else(|| problem.step.label()),
            message: problem.message,
            href: if at == Some(problem.step) {
                String::new()
            } else {
                address(provider, problem.step)
            },
            step: problem.step.label(),
        })
        .collect()
}

/// Whether statuses are among them: then nothing else on a page has to tell of those.
#[must_use]
pub fn tells_of_statuses(gone: &[Gone]) -> bool {
    let fields = ["closed_status", "client_comment_status", "stage"];
    gone.iter().any(|one| fields.contains(&one.field))
}

/// What a form calls a field.
fn label(provider: &Provider, field: &str) -> Option<&'static str> {
    let setup = &provider.setup;
    let lists = setup.scope.iter().chain(setup.companies);
    let kinds = setup.opportunity_import.as_ref().map(|one| &one.kinds);
    let mut lists = lists
        .chain(kinds)
        .map(|list| (list.field.key(), list.label));
    if let Some((_, label)) = lists.find(|(key, _)| *key == field) {
        return Some(label);
    }
    let mut defaults = setup.opportunity.iter();
    if let Some(one) = defaults.find(|one| one.value.key() == field) {
        return Some(one.label);
    }
    let types = setup.contact_types.and_then(|types| types.choice);
    if let Some(choice) = types.filter(|_| field == CONTACT_TYPE_FIELD) {
        return Some(choice.label);
    }
    match field {
        "default_contact_role" => Some("Default Role for Imported Contacts"),
        "closed_status" => Some("Closed Statuses"),
        "public_audience" => Some("Note audiences clients may read"),
        "client_comment_status" => Some("Client Comment Status"),
        "stage" => Some("Resolution Status Stepper"),
        _ => None,
    }
}

/// One for samples of pages.
#[cfg(test)]
#[must_use]
pub fn sample() -> Vec<Gone> {
    use crate::web::view::sample::HOSTILE;
    let gone = Gone {
        field: "queue",
        label: "Queues to Sync",
        message: format!("“{HOSTILE}” is not on the vendor's list any more."),
        href: "/settings/integrations/autotask/setup/sync".into(),
        step: "Sync",
    };
    let here = Gone {
        href: String::new(),
        ..gone.clone()
    };
    vec![gone, here]
}
