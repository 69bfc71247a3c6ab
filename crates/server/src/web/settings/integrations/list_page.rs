//! The page *Settings → Integrations*: a card for every provider and what the statuses mean.

use askama::Template;

use super::card::Card;
use crate::web::view::{Badge, Shell};

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/integrations/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// One card per provider.
    pub cards: Vec<Card>,
    /// The four statuses with their meanings.
    pub statuses: Vec<Badge>,
}

/// One card alone, for live updates.
#[derive(Debug, Template)]
#[template(path = "settings/integrations/card.html")]
pub struct CardPart<'a> {
    /// The frame, for rights and times.
    pub shell: &'a Shell,
    /// The card.
    pub card: &'a Card,
}

/// Samples other tests use too.
#[cfg(test)]
pub mod samples {
    use super::super::card::State;
    use super::Shell;
    use domain::clock::UtcMillis;

    /// A connected integration.
    pub fn state(shell: &Shell) -> State {
        State {
            connected: true,
            armed: true,
            account: "Northwind Managed Services".into(),
            problem: None,
            running: None,
            last_sync: Some(shell.time(shell.now.plus(-6 * UtcMillis::MINUTE))),
            freshness: "at most 7 min old".into(),
            next_sync: Some(shell.time(shell.now.plus(9 * UtcMillis::MINUTE))),
            next_sync_note: "",
            auto_sync: true,
            interval: 15,
            reference: None,
            slower: Some("Resources and contact groups are read whole, every hour: Autotask cannot filter them by change.".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::card::{Problem, ReferenceNote, Running, State};
    use super::samples::state;
    use super::*;
    use crate::web::view::sample::{self, HOSTILE};
    use crate::web::view::{Link, Section, Tone};
    use domain::clock::UtcMillis;
    use domain::status::IntegrationStatus;

    #[test]
    fn renders() {
        let shell = sample::shell_after(Section::Settings, "sync_joined");
        let mut cards: Vec<Card> = domain::provider::ALL
            .into_iter()
            .map(|provider| Card {
                key: provider.key,
                name: provider.name,
                description: provider.description,
                available: provider.available,
                psa: true,
                opportunities: true,
                setup: Link::new(
                    format!("/settings/integrations/{}/setup", provider.key),
                    "Configure",
                ),
                setup_next: false,
                interval_error: String::new(),
                status: provider
                    .available
                    .then(|| Badge::status(IntegrationStatus::Connected)),
                state: provider.available.then(|| state(&shell)),
            })
            .collect();
        cards[0].available = true;
        cards[0].status = Some(Badge::status(IntegrationStatus::Error));
        cards[0].state = Some(State {
            account: sample::long(),
            problem: Some(Problem {
                tone: Tone::Bad,
                title: "The vendor refused the credentials.".into(),
                message: HOSTILE.into(),
                hint: Some("Verify that the API credentials are correct and have not expired, then test the connection again.".into()),
                link: Some(Link::new("/settings/integrations/halo_psa/setup/connect", "Update credentials")),
            }),
            next_sync: None,
            next_sync_note: "paused, one probe a day",
            reference: Some(ReferenceNote {
                tone: Tone::Warning,
                title: "PSA data could not be read, 2 Mar 2026, 10:00 CET. Tried again in 2 min.".into(),
                message: HOSTILE.into(),
                hint: "Review firewall and network settings.".into(),
                last_read: Some(shell.time(shell.now.plus(-UtcMillis::DAY))),
            }),
            ..state(&shell)
        });
        cards[1].available = true;
        cards[1].status = Some(Badge::status(IntegrationStatus::Disconnected));
        cards[1].state = None;
        cards[3].available = true;
        cards[3].status = Some(Badge::status(IntegrationStatus::Syncing));
        cards[3].state = Some(State {
            running: Some(Running {
                href: "/x".into(),
                label: "Tickets: 12,400 of about 48,000".into(),
                percent: Some(26),
            }),
            ..state(&shell)
        });
        let statuses = [
            IntegrationStatus::Connected,
            IntegrationStatus::Disconnected,
            IntegrationStatus::Error,
            IntegrationStatus::Syncing,
        ];
        let page = ListPage {
            shell,
            cards,
            statuses: statuses.map(Badge::status).into(),
        };
        let html = sample::check("integrations", &page);
        assert_eq!(html.matches("Not available yet").count(), 6);
        assert_eq!(html.matches("<article").count(), 10);
        let place = |name: &str| html.find(&format!("id=\"card-{name}\"")).expect("there");
        assert!(
            place("autotask") < place("connectwise_psa")
                && place("connectwise_psa") < place("datto_rmm"),
            "connected ones first, then those that can be connected, then the others"
        );
    }
}
