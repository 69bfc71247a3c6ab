//! Sync options as shown on the connect form and among the settings, each with its stated effect.

use domain::provider::Provider;
use domain::settings::IntegrationSettings;
use domain::stream::RecordType;

use super::settings_form::Problems;

/// The options.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which record types are read.
    pub record_types: Vec<TypeOption>,
    /// What is wrong with the selection.
    pub record_types_error: String,
    /// Auto-sync is on.
    pub auto_sync: bool,
    /// Its interval in minutes.
    pub interval: u32,
    /// What is wrong with the interval.
    pub interval_error: String,
    /// Existing records are imported.
    pub initial_import: bool,
    /// What that does here.
    pub initial_import_effect: &'static str,
}

/// One record type.
#[derive(Debug, Clone)]
pub struct TypeOption {
    /// What is sent.
    pub key: &'static str,
    /// The label of the switch.
    pub label: &'static str,
    /// What it does.
    pub effect: &'static str,
    /// Whether it is read.
    pub on: bool,
}

const BEFORE: &str = "On: all companies, contacts, tickets with their notes, and opportunities that exist there are read. \
                      Off: tickets, notes and opportunities are read from the moment of the connection on; companies and \
                      contacts are always read whole, because tickets point at them.";
const AFTER: &str = "Switching it on reads the older tickets, notes and opportunities with the next full run. Switching it \
                     off removes nothing that is here already.";

const fn effect(kind: RecordType) -> &'static str {
    match kind {
        RecordType::Companies => {
            "Client records. Tickets, contacts and opportunities are reached through them."
        }
        RecordType::Users => {
            "Contacts of your clients, your own technicians, and groups of contacts."
        }
        RecordType::Tickets => "Tickets and their notes, and what was deleted of them.",
        RecordType::Opportunities => "Sales opportunities with stage, amount and projected close.",
    }
}

/// Which record types a provider has.
pub fn offered(provider: &'static Provider) -> impl Fn(RecordType) -> bool {
    move |kind| {
        provider
            .capability
            .streams
            .iter()
            .any(|one| one.stream.record_type() == kind)
    }
}

impl Options {
    /// The options as set, for a new connection or an existing one.
    #[must_use]
    pub fn new(
        settings: &IntegrationSettings,
        offered: impl Fn(RecordType) -> bool,
        existing: bool,
    ) -> Self {
        let record_types = RecordType::ALL
            .into_iter()
            .filter(|kind| offered(*kind))
            .map(|kind| TypeOption {
                key: kind.key(),
                label: kind.label(),
                effect: effect(kind),
                on: settings.record_types.contains(&kind),
            });
        Self {
            record_types: record_types.collect(),
            record_types_error: String::new(),
            auto_sync: settings.auto_sync,
            interval: settings.interval_minutes,
            interval_error: String::new(),
            initial_import: settings.initial_import,
            initial_import_effect: if existing { AFTER } else { BEFORE },
        }
    }

    /// The same with what is wrong.
    #[must_use]
    pub fn with(mut self, problems: &Problems) -> Self {
        let problem = |name| problems.get(name).cloned().unwrap_or_default();
        self.record_types_error = problem("record_type");
        self.interval_error = problem("interval");
        self
    }

    /// The defaults, for samples.
    #[cfg(test)]
    #[must_use]
    pub fn sample() -> Self {
        Self::new(&IntegrationSettings::default(), |_| true, false)
    }
}
