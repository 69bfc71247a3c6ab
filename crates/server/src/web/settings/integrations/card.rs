//! The card of a provider on *Settings → Integrations*.

use crate::web::view::{Badge, Link, Time, Tone};

/// A card.
#[derive(Debug, Clone)]
pub struct Card {
    /// Provider key.
    pub key: &'static str,
    /// Name.
    pub name: &'static str,
    /// One line.
    pub description: &'static str,
    /// Whether it can be connected at all.
    pub available: bool,
    /// Whether it is a PSA, which has reference data of its own.
    pub psa: bool,
    /// Whether it has opportunities.
    pub opportunities: bool,
    /// The way into the setup wizard: *Setup*, *Finish setup*, *Configure*.
    pub setup: Link,
    /// Whether that is what to do next.
    pub setup_next: bool,
    /// What is wrong with the interval somebody sent.
    pub interval_error: String,
    /// Status; `None` for what is not available yet.
    pub status: Option<Badge>,
    /// What there is to say about it once it was connected.
    pub state: Option<State>,
}

/// What there is to say about a connected, or once connected, integration.
#[derive(Debug, Clone)]
pub struct State {
    /// Credentials are stored.
    pub connected: bool,
    /// The setup went far enough for syncs to run.
    pub armed: bool,
    /// The account at the vendor.
    pub account: String,
    /// What is wrong, if anything.
    pub problem: Option<Problem>,
    /// The run that is waiting or running.
    pub running: Option<Running>,
    /// End of the last completed sync.
    pub last_sync: Option<Time>,
    /// How old data can be at most (rule S4).
    pub freshness: String,
    /// When the next run is due.
    pub next_sync: Option<Time>,
    /// Why none is due.
    pub next_sync_note: &'static str,
    /// Auto-sync is on.
    pub auto_sync: bool,
    /// Its interval in minutes.
    pub interval: u32,
    /// How the reading of queues, statuses and the like stands, when there is something to say.
    pub reference: Option<ReferenceNote>,
    /// Which streams are read less often, and how often (rule S1).
    pub slower: Option<String>,
}

/// What is wrong with an integration.
#[derive(Debug, Clone)]
pub struct Problem {
    /// How bad.
    pub tone: Tone,
    /// In a few words.
    pub title: String,
    /// In the vendor's words.
    pub message: String,
    /// What to check.
    pub hint: Option<String>,
    /// Where to do something about it.
    pub link: Option<Link>,
}

/// How the reading of reference data stands.
#[derive(Debug, Clone)]
pub struct ReferenceNote {
    /// How bad.
    pub tone: Tone,
    /// What happened, and when it is tried again.
    pub title: String,
    /// In the vendor's words.
    pub message: String,
    /// What to check.
    pub hint: String,
    /// When it last succeeded.
    pub last_read: Option<Time>,
}

/// A run under way.
#[derive(Debug, Clone)]
pub struct Running {
    /// Address of its page.
    pub href: String,
    /// `Tickets: 12,400 of about 48,000`.
    pub label: String,
    /// How far, when the vendor told a total.
    pub percent: Option<i64>,
}
