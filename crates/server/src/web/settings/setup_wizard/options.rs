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
    pub initial_import_effect: String,
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

/// What *Initial import* does, before anything was read and after.
fn initial_import(provider: &Provider, read_before: bool) -> String {
    let (all, older) = if provider.has(RecordType::Opportunities) {
        (
            "tickets with their notes, and opportunities",
            "tickets, notes and opportunities",
        )
    } else {
        ("and tickets with their notes", "tickets and notes")
    };
    if read_before {
        format!(
            "Switching it on reads the older {older} with the next full run. Switching it off removes nothing that is \
             here already."
        )
    } else {
        format!(
            "On: all companies, contacts, {all} that exist there are read. Off: {older} are read from the moment of the \
             connection on; companies and contacts are always read whole, because tickets point at them."
        )
    }
}

fn effect(kind: RecordType, provider: &Provider) -> String {
    let name = provider.name;
    match kind {
        RecordType::Companies => {
            let reached = if provider.has(RecordType::Opportunities) {
                "Tickets, contacts and opportunities"
            } else {
                "Tickets and contacts"
            };
            format!("Company and account data from {name}. {reached} are reached through it.")
        }
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
        let record_types = RecordType::ALL
            .into_iter()
            .filter(|kind| provider.has(*kind))
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
            initial_import_effect: initial_import(provider, read_before),
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
