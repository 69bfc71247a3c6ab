//! Advice: the rows of a provider's troubleshooting table that apply now, each with the facts that call for it. Pure.
//!
//! Users know the tables; what helps them is to be told which row is theirs, and what exactly was found. A row about
//! webhooks follows with webhooks.

use crate::contact_import::ContactImport;
use crate::provider::{Provider, Troubleshooting};
use crate::setup::SetupStep;

/// A row of the troubleshooting table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Issue {
    /// *Connection test fails*.
    ConnectionTestFails,
    /// *Permission errors*; where the table has no such row, *Missing data*.
    MissingRight,
    /// *Tickets not syncing*.
    TicketsNotSyncing,
    /// *Contacts not importing*.
    ContactsNotImporting,
}

impl Issue {
    /// Every row, the most urgent first.
    pub const ALL: [Self; 4] = [
        Self::ConnectionTestFails,
        Self::MissingRight,
        Self::TicketsNotSyncing,
        Self::ContactsNotImporting,
    ];

    /// What the row is called; providers have one name or another for it, the first that a table has counts.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::ConnectionTestFails => &["Connection test fails"],
            Self::MissingRight => &["Permission errors", "Permissions error", "Missing data"],
            Self::TicketsNotSyncing => &["Tickets not syncing"],
            Self::ContactsNotImporting => &["Contacts not importing"],
        }
    }

    fn row(self, provider: &Provider) -> Option<&'static Troubleshooting> {
        let mut names = self.names().iter();
        names.find_map(|name| provider.documentation.row(name))
    }

    /// What the provider's table calls it.
    #[must_use]
    pub fn label(self, provider: &Provider) -> &'static str {
        let usual = self.names().first().copied().unwrap_or_default();
        self.row(provider).map_or(usual, |row| row.issue)
    }

    /// What to check in the provider's own words, where its table has this row.
    #[must_use]
    pub fn own(self, provider: &Provider) -> Option<&'static str> {
        self.row(provider).map(|row| row.solution)
    }

    /// What to check: the provider's own words, else words for any.
    #[must_use]
    pub fn solution(self, provider: &Provider) -> &'static str {
        self.own(provider).unwrap_or(match self {
            Self::ConnectionTestFails => "Verify that the API credentials are correct.",
            Self::MissingRight => "Verify that the API user has the permissions it needs.",
            Self::TicketsNotSyncing => "Check the ticket sync scope in the Sync step.",
            Self::ContactsNotImporting => {
                "Verify that Auto-Import is enabled and a default role is selected in the Sync step."
            }
        })
    }

    /// The step of the wizard where it is mended, if it is one of ours.
    #[must_use]
    pub const fn step(self) -> Option<SetupStep> {
        match self {
            Self::ConnectionTestFails => Some(SetupStep::Connect),
            Self::MissingRight => None,
            Self::TicketsNotSyncing | Self::ContactsNotImporting => Some(SetupStep::Sync),
        }
    }
}

/// One row that applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The row.
    pub issue: Issue,
    /// What was found.
    pub found: String,
    /// What to check.
    pub check: &'static str,
    /// Whether something is wrong; otherwise it is how things were chosen, and worth knowing.
    pub wrong: bool,
}

/// What the last full read of tickets came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketRead {
    /// Tickets the vendor sent.
    pub fetched: u64,
    /// Those outside the scope.
    pub out_of_scope: u64,
}

/// What is known about an integration.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// Its provider.
    pub provider: &'a Provider,
    /// The vendor's words when it refuses the credentials.
    pub refused: Option<&'a str>,
    /// Rights that are missing: what cannot be read, and the right in the words of the vendor's screens.
    pub missing_rights: &'a [(String, String)],
    /// Whether tickets are synced.
    pub syncs_tickets: bool,
    /// Whether there is any ticket here.
    pub has_tickets: bool,
    /// The last full read of tickets that completed.
    pub ticket_read: Option<TicketRead>,
    /// Whether contacts are synced.
    pub syncs_users: bool,
    /// Whether Auto-Import is on.
    pub auto_import: bool,
    /// Whether the default role is chosen and still there.
    pub has_role: bool,
    /// What the last import of contacts did.
    pub last_import: Option<&'a ContactImport>,
}

/// The rows that apply, the most urgent first.
#[must_use]
pub fn advise(facts: &Facts<'_>) -> Vec<Advice> {
    let found = [
        (Issue::ConnectionTestFails, connection(facts)),
        (Issue::MissingRight, missing_right(facts)),
        (Issue::TicketsNotSyncing, tickets(facts)),
        (Issue::ContactsNotImporting, contacts(facts)),
    ];
    found
        .into_iter()
        .filter_map(|(issue, found)| {
            let (wrong, found) = found?;
            Some(Advice {
                issue,
                found,
                check: issue.solution(facts.provider),
                wrong,
            })
        })
        .collect()
}

/// Whether something is wrong, and what was found.
type Found = Option<(bool, String)>;

fn connection(facts: &Facts<'_>) -> Found {
    facts.refused.map(|words| (true, words.to_owned()))
}

fn missing_right(facts: &Facts<'_>) -> Found {
    let rights: Vec<String> = facts
        .missing_rights
        .iter()
        .map(|(area, right)| format!("{area} ({right})"))
        .collect();
    let found = || format!("The API user may not read {}.", rights.join(", "));
    (!rights.is_empty()).then(|| (true, found()))
}

fn tickets(facts: &Facts<'_>) -> Found {
    if !facts.syncs_tickets {
        return Some((
            false,
            "Enable Ticket Sync is off in the Sync step.".to_owned(),
        ));
    }
    let read = facts.ticket_read.filter(|_| !facts.has_tickets)?;
    let found = if read.fetched == 0 {
        "The last full read was sent no tickets at all.".to_owned()
    } else if read.out_of_scope == read.fetched {
        format!(
            "The last full read was sent {} tickets and kept none: all are outside Ticket Sync Scope.",
            read.fetched
        )
    } else {
        format!(
            "The last full read was sent {} tickets, but none is here.",
            read.fetched
        )
    };
    Some((true, found))
}

fn contacts(facts: &Facts<'_>) -> Found {
    if !facts.syncs_users {
        return Some((false, "Sync Users is off in the Sync step.".to_owned()));
    }
    if !facts.auto_import {
        return Some((false, "Auto-Import is off in the Sync step.".to_owned()));
    }
    if !facts.has_role {
        let none = "Auto-Import is on, but no Default Role for Imported Contacts is selected, so nobody is imported.";
        return Some((true, none.to_owned()));
    }
    let last = facts.last_import?;
    let (reason, count) = last.skipped.iter().max_by_key(|(_, count)| **count)?;
    let all = last.skipped_count();
    (last.imported() == 0).then(|| {
        let found = format!(
            "{all} contacts were skipped by the last import, {count} of them because: {}",
            reason.sentence()
        );
        (false, found)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact_import::{ContactDecision, ContactSkip};
    use crate::provider;

    fn fine() -> Facts<'static> {
        Facts {
            provider: provider::find("autotask").expect("there"),
            refused: None,
            missing_rights: &[],
            syncs_tickets: true,
            has_tickets: true,
            ticket_read: Some(TicketRead {
                fetched: 10,
                out_of_scope: 2,
            }),
            syncs_users: true,
            auto_import: true,
            has_role: true,
            last_import: None,
        }
    }

    fn only(facts: &Facts<'_>) -> Advice {
        let mut found = advise(facts);
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    #[test]
    fn nothing_is_said_while_all_is_well() {
        assert_eq!(advise(&fine()), []);
    }

    #[test]
    fn connection_test_fails() {
        let refused = Some("Autotask does not accept these credentials.");
        let advice = only(&Facts { refused, ..fine() });
        assert_eq!(
            (advice.issue, advice.wrong),
            (Issue::ConnectionTestFails, true)
        );
        assert!(
            advice.check.contains("API username and secret"),
            "{advice:?}"
        );
    }

    #[test]
    fn a_missing_right_is_named_in_the_row_that_the_providers_table_has_for_it() {
        let missing_rights = &[("Contacts".to_owned(), "CRM > Contacts: View".to_owned())];
        let advice = only(&Facts {
            missing_rights,
            ..fine()
        });
        assert_eq!(advice.issue, Issue::MissingRight);
        assert!(
            advice.found.contains("Contacts (CRM > Contacts: View)"),
            "{advice:?}"
        );
        assert!(advice.check.contains("security level"), "{advice:?}");
        for (key, row, check) in [
            ("autotask", "Missing data", "security level Portico"),
            ("connectwise_psa", "Permission errors", "security role"),
            ("halo_psa", "Permission errors", "Permissions tab"),
            ("syncro", "Permissions error", "Custom Permissions"),
        ] {
            let provider = provider::find(key).expect("there");
            let advice = only(&Facts {
                provider,
                missing_rights,
                ..fine()
            });
            assert_eq!(advice.issue.label(provider), row, "{key}");
            assert!(advice.check.contains(check), "{key}: {advice:?}");
        }
    }

    #[test]
    fn what_every_table_has_is_told_in_its_own_words() {
        for provider in provider::ALL.iter().filter(|one| one.available) {
            for issue in Issue::ALL {
                let own = issue.own(provider).is_some();
                // ConnectWise's table has two other rows for tickets.
                let known = provider.key == "connectwise_psa" && issue == Issue::TicketsNotSyncing;
                assert_eq!(own, !known, "{}: {issue:?}", provider.key);
            }
        }
    }

    #[test]
    fn tickets_not_syncing_when_a_full_read_kept_none() {
        let read = |fetched, out_of_scope| Facts {
            has_tickets: false,
            ticket_read: Some(TicketRead {
                fetched,
                out_of_scope,
            }),
            ..fine()
        };
        let advice = only(&read(230, 230));
        assert!(advice.found.contains("230") && advice.found.contains("Ticket Sync Scope"));
        assert!(advice.check.contains("queues and categories"), "{advice:?}");
        assert!(only(&read(0, 0)).found.contains("no tickets at all"));
        let not_read = Facts {
            has_tickets: false,
            ticket_read: None,
            ..fine()
        };
        assert_eq!(advise(&not_read), [], "nobody can know yet");
        let kept_later = Facts {
            has_tickets: true,
            ..read(230, 230)
        };
        assert_eq!(advise(&kept_later), []);
        let off = Facts {
            syncs_tickets: false,
            ..fine()
        };
        assert!(!only(&off).wrong);
    }

    #[test]
    fn contacts_not_importing() {
        let off = only(&Facts {
            auto_import: false,
            ..fine()
        });
        assert_eq!((off.issue, off.wrong), (Issue::ContactsNotImporting, false));
        let no_role = only(&Facts {
            has_role: false,
            ..fine()
        });
        assert!(no_role.wrong && no_role.found.contains("Default Role"));
        assert!(
            no_role.check.contains("Auto-Import is enabled"),
            "{no_role:?}"
        );
        let mut last = ContactImport::default();
        last.count(ContactDecision::Skip(ContactSkip::NoEmail));
        let skipped = only(&Facts {
            last_import: Some(&last),
            ..fine()
        });
        assert!(skipped.found.contains("no e-mail address"), "{skipped:?}");
        last.count(ContactDecision::Create);
        assert_eq!(
            advise(&Facts {
                last_import: Some(&last),
                ..fine()
            }),
            []
        );
    }
}
