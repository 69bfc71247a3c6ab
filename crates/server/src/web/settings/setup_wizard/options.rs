//! What is synced, when, and what that does: the switches of the step *Sync*.

use domain::provider::Provider;
use domain::settings::IntegrationSettings;
use domain::stream::RecordType;

use super::form::Problems;

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
    pub effect: String,
    /// Whether it is read.
    pub on: bool,
}

const BEFORE: &str = "On: all companies, contacts, tickets with their notes, and opportunities that exist there are read. \
                      Off: tickets, notes and opportunities are read from the moment of the connection on; companies and \
                      contacts are always read whole, because tickets point at them.";
const AFTER: &str = "Switching it on reads the older tickets, notes and opportunities with the next full run. Switching it \
                     off removes nothing that is here already.";

fn effect(kind: RecordType, provider: &Provider) -> String {
    let name = provider.name;
    match kind {
        RecordType::Companies => format!(
            "Company and account data from {name}. Tickets, contacts and opportunities are reached through it."
        ),
        RecordType::Users => format!(
            "Contacts of your clients and your own {} from {name}.",
            provider.words.technicians.to_lowercase()
        ),
        RecordType::Tickets => format!("Tickets from {name} with their notes."),
        RecordType::Opportunities => {
            format!("Opportunities from {name} with stage, amount and projected close.")
        }
    }
}

impl Options {
    /// The options as set. `read_before` when records were read already.
    #[must_use]
    pub fn new(settings: &IntegrationSettings, provider: &Provider, read_before: bool) -> Self {
        let streams = provider.capability.streams;
        let record_types = RecordType::ALL
            .into_iter()
            .filter(|kind| streams.iter().any(|one| one.stream.record_type() == *kind))
            .map(|kind| TypeOption {
                key: kind.key(),
                label: kind.label(),
                effect: effect(kind, provider),
                on: settings.record_types.contains(&kind),
            });
        Self {
            record_types: record_types.collect(),
            record_types_error: String::new(),
            auto_sync: settings.auto_sync,
            interval: settings.interval_minutes,
            interval_error: String::new(),
            initial_import: settings.initial_import,
            initial_import_effect: if read_before { AFTER } else { BEFORE },
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
}
