//! Advice: the rows of a provider's troubleshooting table that apply now, each with the facts that call for it. Pure.
//!
//! Users know the tables; what helps them is to be told which row is theirs, and what exactly was found. A row about
//! webhooks follows with webhooks.

use crate::contact_import::ContactImport;
use crate::provider::{Provider, Troubleshooting};
use crate::setup::SetupStep;
use crate::stage::Stage;

/// A row of the troubleshooting table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Issue {
    /// *Connection test fails*.
    ConnectionTestFails,
    /// *Token expired*.
    TokenExpired,
    /// *Sync not starting*.
    SyncNotStarting,
    /// *Permission errors*; where the table has no such row, *Missing data*.
    MissingRight,
    /// *Tickets not syncing*.
    TicketsNotSyncing,
    /// Statuses that settings use and the vendor lists no more; in no vendor's table.
    LostStatuses,
    /// *Tickets from wrong boards*.
    WrongBoards,
    /// *Missing companies after sync*.
    MissingCompanies,
    /// *Contacts not importing*.
    ContactsNotImporting,
}

impl Issue {
    /// Every row, the most urgent first.
    pub const ALL: [Self; 9] = [
        Self::ConnectionTestFails,
        Self::TokenExpired,
        Self::SyncNotStarting,
        Self::MissingRight,
        Self::TicketsNotSyncing,
        Self::LostStatuses,
        Self::WrongBoards,
        Self::MissingCompanies,
        Self::ContactsNotImporting,
    ];

    /// What the row is called; providers have one name or another for it, the first that a table has counts.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::ConnectionTestFails => &["Connection test fails"],
            Self::TokenExpired => &["Token expired"],
            Self::SyncNotStarting => &["Sync not starting"],
            Self::MissingRight => &["Permission errors", "Permissions error", "Missing data"],
            Self::TicketsNotSyncing => &["Tickets not syncing"],
            Self::LostStatuses => &["Statuses that are gone"],
            Self::WrongBoards => &["Tickets from wrong boards"],
            Self::MissingCompanies => &["Missing companies after sync"],
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
            Self::TokenExpired => "Make a new token, and enter it in the Connect step.",
            Self::SyncNotStarting => {
                "The integration must show Connected, and Portico's worker must run. Test the connection, then run Resync."
            }
            Self::MissingRight => "Verify that the API user has the permissions it needs.",
            Self::LostStatuses => {
                "If one was renamed or replaced there, set what stands for it now in the Configure step, and take the old one out."
            }
            Self::WrongBoards | Self::TicketsNotSyncing => "Check the ticket sync scope in the Sync step.",
            Self::MissingCompanies => "Check which companies come by themselves in the Sync step.",
            Self::ContactsNotImporting => {
                "Verify that Auto-Import is enabled and a default role is selected in the Sync step."
            }
        })
    }

    /// The step of the wizard where it is mended, if it is one of ours.
    #[must_use]
    pub const fn step(self) -> Option<SetupStep> {
        match self {
            Self::ConnectionTestFails | Self::TokenExpired => Some(SetupStep::Connect),
            Self::MissingRight | Self::SyncNotStarting => None,
            Self::LostStatuses => Some(SetupStep::Configure),
            Self::TicketsNotSyncing
            | Self::WrongBoards
            | Self::MissingCompanies
            | Self::ContactsNotImporting => Some(SetupStep::Sync),
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

/// Companies of a tool that stand for none here, and why they do not by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WaitingCompanies {
    /// They are inactive.
    pub inactive: u64,
    /// Their type or status is left out.
    pub other_type: u64,
    /// Companies come from another tool.
    pub not_the_source: u64,
}

/// A status that settings use and the vendor lists no more, or lets no ticket have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostStatus {
    /// What it was called.
    pub name: String,
    /// Whether it is one of the closed statuses.
    pub closes: bool,
    /// The stage it stands for.
    pub stage: Option<Stage>,
    /// Whether tickets are to get it when a client comments.
    pub client_comment: bool,
}

/// What is known about an integration.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// Its provider.
    pub provider: &'a Provider,
    /// The vendor's words when it refuses the credentials.
    pub refused: Option<&'a str>,
    /// Whether a sync ever ended well with credentials of this integration.
    pub worked_before: bool,
    /// Minutes since a sync was asked for that no worker has begun.
    pub waits_minutes: Option<i64>,
    /// Whether syncs begin by themselves.
    pub auto_sync: bool,
    /// Companies that wait for a person.
    pub companies: WaitingCompanies,
    /// How many queues or boards there are, and how many of them are chosen; none chosen means all.
    pub boards: (usize, usize),
    /// Rights that are missing: what cannot be read, and the right in the words of the vendor's screens.
    pub missing_rights: &'a [(String, String)],
    /// Statuses that settings use and that are gone.
    pub lost_statuses: &'a [LostStatus],
    /// Whether tickets are synced.
    pub syncs_tickets: bool,
    /// Whether there is any ticket here.
    pub has_tickets: bool,
    /// The last full read of tickets that completed.
    pub ticket_read: Option<TicketRead>,
    /// Whether some tickets are left out by choice; a vendor is then asked for the others alone, where it can be.
    pub scoped: bool,
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
        (Issue::TokenExpired, expired(facts)),
        (Issue::SyncNotStarting, not_starting(facts)),
        (Issue::MissingRight, missing_right(facts)),
        (Issue::TicketsNotSyncing, tickets(facts)),
        (Issue::LostStatuses, lost_statuses(facts)),
        (Issue::WrongBoards, boards(facts)),
        (Issue::MissingCompanies, companies(facts)),
        (Issue::ContactsNotImporting, contacts(facts)),
    ];
    found
        .into_iter()
        // What is no trouble is told where the provider's own table speaks of it.
        .filter(|(issue, found)| {
            let particular = matches!(
                issue,
                Issue::TokenExpired | Issue::WrongBoards | Issue::MissingCompanies
            );
            found.is_some() && (!particular || issue.own(facts.provider).is_some())
        })
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

/// A token that worked and is refused now has most likely come to its end: the vendor does not say which.
fn expired(facts: &Facts<'_>) -> Found {
    let refused = facts.refused.is_some() && facts.worked_before;
    refused.then(|| {
        let found = "It was accepted before and is refused now.";
        (true, found.to_owned())
    })
}

/// Minutes after which a sync that nobody has begun is told.
const LONG_WAIT: i64 = 10;

fn not_starting(facts: &Facts<'_>) -> Found {
    if let Some(minutes) = facts.waits_minutes.filter(|minutes| *minutes >= LONG_WAIT) {
        let found =
            format!("A sync was asked for {minutes} minutes ago, and no worker has begun it.");
        return Some((true, found));
    }
    if facts.refused.is_some() {
        let own = Issue::SyncNotStarting.own(facts.provider).is_some();
        let name = facts.provider.name;
        return own.then(|| {
            (
                true,
                format!("None starts while {name} refuses the credentials."),
            )
        });
    }
    let off = "Auto-sync is off: a sync starts when somebody asks for it, and not by itself.";
    (!facts.auto_sync).then(|| (false, off.to_owned()))
}

/// Most statuses that are named; a board that is deleted takes all of its own with it.
const NAMED: usize = 5;

/// Nothing is wrong with one that only explains the stage of old tickets; what took its place has to be set though.
fn lost_statuses(facts: &Facts<'_>) -> Found {
    let lost = facts.lost_statuses;
    let told = lost.iter().take(NAMED).map(|status| {
        let mut uses = Vec::new();
        if status.closes {
            uses.push("Closed Statuses".to_owned());
        }
        if let Some(stage) = status.stage {
            uses.push(format!("stage {}", stage.label()));
        }
        if status.client_comment {
            uses.push("Client Comment Status".to_owned());
        }
        format!("“{}” ({})", status.name, uses.join(", "))
    });
    let mut told = told.collect::<Vec<_>>().join(", ");
    let more = lost.len().saturating_sub(NAMED);
    if more > 0 {
        told = format!("{told} and {more} more");
    }
    let wrong = lost
        .iter()
        .any(|status| status.closes || status.client_comment);
    let name = facts.provider.name;
    let found = || format!("Used here, but no longer to be chosen in {name}: {told}.");
    (!lost.is_empty()).then(|| (wrong, found()))
}

fn boards(facts: &Facts<'_>) -> Found {
    let (there, chosen) = facts.boards;
    let words = facts.provider.words;
    let all = facts.syncs_tickets && chosen == 0 && there > 1;
    all.then(|| {
        let boards = words.queues.to_lowercase();
        let found =
            format!("None of the {there} {boards} is chosen, so tickets of all of them come.");
        (false, found)
    })
}

fn companies(facts: &Facts<'_>) -> Found {
    let WaitingCompanies {
        inactive,
        other_type,
        not_the_source,
    } = facts.companies;
    let all = inactive + other_type + not_the_source;
    let words = facts.provider.words;
    let reasons = [
        (inactive, "inactive"),
        (other_type, "of a type or status that is left out"),
        (
            not_the_source,
            "kept waiting, since companies do not come from here by themselves",
        ),
    ];
    let reasons: Vec<String> = reasons
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, reason)| format!("{count} {reason}"))
        .collect();
    (all > 0).then(|| {
        let noun = if all == 1 {
            words.company
        } else {
            words.companies
        };
        let noun = noun.to_lowercase();
        let found = format!("{all} {noun} stand for none here: {}.", reasons.join(", "));
        (false, found)
    })
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
    let found = if read.fetched == 0 && facts.scoped {
        "The last full read was sent no tickets at all, and asked for no more than Ticket Sync Scope lets in."
            .to_owned()
    } else if read.fetched == 0 {
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
mod tests;
