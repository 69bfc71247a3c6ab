//! Status of an integration, derived from facts (rule S2).

use crate::clock::UtcMillis;

/// How long an outage is only a warning.
pub const OUTAGE_GRACE: i64 = 15 * UtcMillis::MINUTE;

/// The four statuses of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntegrationStatus {
    /// Active and syncing.
    Connected,
    /// Credentials removed or expired, or never given.
    Disconnected,
    /// Connection issue requiring attention.
    Error,
    /// Currently synchronizing data.
    Syncing,
}

impl IntegrationStatus {
    /// The label on the card.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Connected => "Connected",
            Self::Disconnected => "Disconnected",
            Self::Error => "Error",
            Self::Syncing => "Syncing",
        }
    }

    /// The meaning, as help text.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Connected => "Active and syncing",
            Self::Disconnected => "Credentials removed or expired",
            Self::Error => "Connection issue requiring attention",
            Self::Syncing => "Currently synchronizing data",
        }
    }
}

/// The facts a status follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatusFacts {
    /// Credentials are stored.
    pub has_credentials: bool,
    /// The vendor refused them; unset by the next success.
    pub refused_since: Option<UtcMillis>,
    /// The vendor has not answered properly since; unset by the next success.
    pub outage_since: Option<UtcMillis>,
    /// A run is waiting or running.
    pub run_active: bool,
}

/// A status and, for an outage still in its grace, the warning beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DerivedStatus {
    /// The status.
    pub status: IntegrationStatus,
    /// The vendor is not answering, but not for long enough to call it an error.
    pub warning: bool,
}

/// Derives the status at an instant.
#[must_use]
pub fn derive(facts: StatusFacts, now: UtcMillis) -> DerivedStatus {
    let outage = facts.outage_since.map(|since| now.since(since));
    let status = if !facts.has_credentials {
        IntegrationStatus::Disconnected
    } else if facts.refused_since.is_some() || outage.is_some_and(|length| length >= OUTAGE_GRACE) {
        IntegrationStatus::Error
    } else if facts.run_active {
        IntegrationStatus::Syncing
    } else {
        IntegrationStatus::Connected
    };
    let warning = outage.is_some()
        && matches!(
            status,
            IntegrationStatus::Connected | IntegrationStatus::Syncing
        );
    DerivedStatus { status, warning }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let now = UtcMillis(100 * UtcMillis::MINUTE);
        let connected = StatusFacts {
            has_credentials: true,
            ..StatusFacts::default()
        };
        let refused = StatusFacts {
            refused_since: Some(now),
            ..connected
        };
        let short = StatusFacts {
            outage_since: Some(now.plus(-14 * UtcMillis::MINUTE)),
            ..connected
        };
        let long = StatusFacts {
            outage_since: Some(now.plus(-15 * UtcMillis::MINUTE)),
            ..connected
        };
        let running = StatusFacts {
            run_active: true,
            ..connected
        };
        for (facts, status, warning) in [
            (
                StatusFacts::default(),
                IntegrationStatus::Disconnected,
                false,
            ),
            (connected, IntegrationStatus::Connected, false),
            (refused, IntegrationStatus::Error, false),
            (
                StatusFacts {
                    run_active: true,
                    ..refused
                },
                IntegrationStatus::Error,
                false,
            ),
            (short, IntegrationStatus::Connected, true),
            (long, IntegrationStatus::Error, false),
            (running, IntegrationStatus::Syncing, false),
            (
                StatusFacts {
                    outage_since: short.outage_since,
                    ..running
                },
                IntegrationStatus::Syncing,
                true,
            ),
        ] {
            assert_eq!(
                derive(facts, now),
                DerivedStatus { status, warning },
                "{facts:?}"
            );
        }
    }
}
