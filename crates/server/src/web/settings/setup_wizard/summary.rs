//! What is set, step by step: on the wizard's last step and on the integration's page.

use domain::opportunity_import::typed;
use domain::provider::{Provider, ScopeList};
use domain::reference::ReferenceKind;
use domain::settings::IntegrationSettings;
use domain::setup::SetupStep;
use domain::stage::Stage;
use domain::stream::RecordType;
use store::integrations::Integration;

use super::frame::address;
use super::merge::Labels;
use super::wizard::Offer;
use crate::web::view::Fact;

/// What one step set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The step.
    pub title: &'static str,
    /// Where it is changed.
    pub href: String,
    /// What is set.
    pub facts: Vec<Fact>,
}

/// What is set for an integration.
#[must_use]
pub fn summary(provider: &'static Provider, integration: &Integration, offer: &Offer) -> Vec<Part> {
    let settings = &integration.settings;
    let labels = offer.labels(provider);
    let part = |step: SetupStep, facts| Part {
        title: step.label(),
        href: address(provider, step),
        facts,
    };
    vec![
        part(
            SetupStep::Connect,
            vec![Fact::new("Account", integration.account.clone())],
        ),
        part(SetupStep::Sync, sync(provider, settings, &labels)),
        part(
            SetupStep::Configure,
            configure(provider, settings, offer, &labels),
        ),
    ]
}

impl Labels<'_> {
    /// What is chosen in a list.
    fn fact(&self, list: &ScopeList, settings: &IntegrationSettings) -> Fact {
        let chosen = self.set(list.field.kind(), list.field.of(settings), list.none);
        Fact::new(list.label, chosen)
    }
}

fn sync(provider: &Provider, settings: &IntegrationSettings, labels: &Labels<'_>) -> Vec<Fact> {
    let kinds: Vec<&str> = RecordType::ALL
        .into_iter()
        .filter(|kind| settings.record_types.contains(kind) && provider.has(*kind))
        .map(RecordType::noun)
        .collect();
    let mut facts = vec![Fact::new("Synced", kinds.join(", "))];
    for list in provider.setup.scope {
        facts.push(labels.fact(list, settings));
    }
    let companies = if settings.company_source {
        "become companies by themselves"
    } else {
        "wait until they are imported or linked"
    };
    facts.push(Fact::new(
        format!("New {}", provider.words.companies.to_lowercase()),
        companies,
    ));
    if settings.company_source {
        for list in provider.setup.companies {
            facts.push(labels.fact(list, settings));
        }
        if let Some(label) = provider.setup.skip_inactive {
            let skipped = if settings.skip_inactive_companies {
                "on"
            } else {
                "off"
            };
            facts.push(Fact::new(label, skipped));
        }
    }
    let import = if settings.auto_import {
        format!(
            "on, as {}",
            labels.role(settings.default_contact_role.as_ref())
        )
    } else {
        "off".to_owned()
    };
    facts.push(Fact::new("Auto-Import of contacts", import));
    let types = provider.setup.contact_types;
    if let Some(choice) = types.and_then(|types| types.choice) {
        let field = settings.contact_type_field.as_ref();
        let field = labels.some(ReferenceKind::SeenContactField, field);
        facts.push(Fact::new(choice.label, field));
    }
    let schedule = if settings.auto_sync {
        format!("every {} minutes", settings.interval_minutes)
    } else {
        "off".to_owned()
    };
    facts.push(Fact::new("Auto-sync", schedule));
    let existing = if settings.initial_import { "on" } else { "off" };
    facts.push(Fact::new("Initial import", existing));
    facts
}

fn configure(
    provider: &Provider,
    settings: &IntegrationSettings,
    offer: &Offer,
    labels: &Labels<'_>,
) -> Vec<Fact> {
    let status = ReferenceKind::TicketStatus;
    let mut facts = vec![
        Fact::new(
            "Closed Statuses",
            labels.set(
                status,
                &settings.closed_statuses,
                "as the vendor marks them",
            ),
        ),
        Fact::new(
            "Client Comment Status",
            labels.set(status, &settings.client_comment_status, "stays as it is"),
        ),
    ];
    for stage in Stage::ALL {
        let of_stage = settings.stages.iter().filter(|(_, one)| **one == stage);
        let ids = of_stage.map(|(id, _)| id.clone()).collect();
        facts.push(Fact::new(
            stage.label(),
            labels.set(status, &ids, "no status"),
        ));
    }
    if offer.has(ReferenceKind::NotePublish) {
        let audiences = &settings.public_note_audiences;
        facts.push(Fact::new(
            "Notes clients may read",
            labels.set(ReferenceKind::NotePublish, audiences, "none"),
        ));
    }
    if settings.record_types.contains(&RecordType::Opportunities) {
        let set = &settings.opportunity;
        for field in provider.setup.opportunity {
            let value = field.value.text(set);
            facts.push(Fact::new(
                field.label,
                labels.default_of(field.value, value.as_ref()),
            ));
        }
        if let Some(form) = provider.setup.opportunity_import {
            let import = &settings.opportunity_import;
            facts.push(Fact::new(
                form.enabled,
                if import.enabled { "on" } else { "off" },
            ));
            if import.enabled {
                let least = import
                    .minimum_cents
                    .map_or_else(|| "none".to_owned(), typed);
                facts.push(Fact::new(form.minimum, least));
                facts.push(labels.fact(&form.kinds, settings));
            }
        }
    }
    facts
}

/// A summary for samples of pages.
#[cfg(test)]
#[must_use]
pub fn sample() -> Vec<Part> {
    use crate::web::view::sample::{HOSTILE, long};
    let part = |title, facts| Part {
        title,
        href: "/settings/integrations/autotask/setup/sync".into(),
        facts,
    };
    vec![
        part("Connect", vec![Fact::new("Account", long())]),
        part(
            "Sync",
            vec![
                Fact::new("Synced", "Users, companies, tickets, opportunities"),
                Fact::new("Queues to Sync", HOSTILE),
                Fact::new("Auto-Import of contacts", "on, as Viewer"),
            ],
        ),
        part(
            "Configure",
            vec![
                Fact::new("Closed Statuses", "Complete"),
                Fact::new("New", "New, Customer Note Added"),
            ],
        ),
    ]
}
