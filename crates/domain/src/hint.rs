//! Hints: what to check when a sync went wrong, drawn from the troubleshooting tables users know.

use serde::{Deserialize, Serialize};

use crate::advice::Issue;
use crate::provider::Provider;

/// A class of trouble with a hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// The vendor refused the credentials.
    Credentials,
    /// A right is missing.
    Permissions,
    /// The vendor cannot be reached.
    Network,
    /// The vendor is answering with errors of its own.
    VendorTrouble,
    /// The vendor's request limit is used up.
    RateLimit,
    /// The same record came several times.
    Duplicates,
    /// Records could not be read.
    SetAside,
    /// Nothing came although something was expected.
    NothingArrived,
    /// A mass removal waits for an answer.
    RemovalQuestion,
}

impl Hint {
    /// Every hint.
    pub const ALL: [Self; 9] = [
        Self::Credentials,
        Self::Permissions,
        Self::Network,
        Self::VendorTrouble,
        Self::RateLimit,
        Self::Duplicates,
        Self::SetAside,
        Self::NothingArrived,
        Self::RemovalQuestion,
    ];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Permissions => "permissions",
            Self::Network => "network",
            Self::VendorTrouble => "vendor_trouble",
            Self::RateLimit => "rate_limit",
            Self::Duplicates => "duplicates",
            Self::SetAside => "set_aside",
            Self::NothingArrived => "nothing_arrived",
            Self::RemovalQuestion => "removal_question",
        }
    }

    /// The hint with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hint| hint.key() == key)
    }

    /// What to check when a connection was tested and nothing was saved, so that nothing goes on by itself either.
    #[must_use]
    pub fn while_connecting(self, provider: &Provider) -> String {
        match self {
            Self::Permissions => {
                format!("{} Then test again.", granted(provider))
            }
            Self::VendorTrouble => {
                "The vendor answered with an error of its own. Nothing was saved; try again in a minute.".to_owned()
            }
            Self::RateLimit => {
                "The vendor's request limit is used up, possibly by another tool. Nothing was saved; try again in a few minutes.".to_owned()
            }
            other => other.sentence(provider),
        }
    }

    /// What to check, in the provider's words: what the credentials are made of, where rights are granted and what
    /// decides which tickets come is named as its own screens and its troubleshooting table do.
    #[must_use]
    pub fn sentence(self, provider: &Provider) -> String {
        match self {
            Self::Credentials => {
                let check = Issue::ConnectionTestFails.solution(provider);
                let like_it: String = installed_codes(provider)
                    .map(|label| format!(" A wrong {label} is refused in the same way."))
                    .collect();
                let subscription = api_access(provider);
                format!("{check}{like_it} {subscription} Then test the connection again.")
            }
            Self::Permissions => format!("{} Then run Resync.", granted(provider)),
            Self::NothingArrived => nothing_arrived(provider),
            Self::Network => {
                "Review firewall and network settings between this machine and the vendor, and the vendor's status page.".to_owned()
            }
            Self::VendorTrouble => {
                "The vendor answered with an error of its own. Portico tries again by itself; nothing is lost meanwhile.".to_owned()
            }
            Self::RateLimit => {
                "The vendor's request limit is used up, possibly by another tool. Portico waits and goes on by itself.".to_owned()
            }
            Self::Duplicates => {
                "The vendor sent some records more than once. Look for duplicate records there.".to_owned()
            }
            Self::SetAside => {
                "Some records could not be read. They are listed below with the field and the reason and are tried again.".to_owned()
            }
            Self::RemovalQuestion => {
                "Unusually many records are missing at the vendor. Nothing was removed; answer the question above.".to_owned()
            }
        }
    }
}

/// Labels of the codes that go with every request beside the credentials, of the connection or of the installation.
fn installed_codes(provider: &Provider) -> impl Iterator<Item = &'static str> {
    let fields = provider.form.iter();
    let codes = fields.filter(|field| field.without_installation.is_some());
    codes.map(|field| field.label)
}

/// Where a missing right is granted.
fn granted(provider: &Provider) -> String {
    let place = provider.words.rights;
    let subscription = api_access(provider);
    format!("Check that the right named above is granted {place}. {subscription}")
}

/// A vendor that sells its API apart refuses as if the credentials or a right were at fault.
fn api_access(provider: &Provider) -> String {
    format!(
        "Ensure that your {} subscription includes API access.",
        provider.name
    )
}

/// What may leave every ticket out: the lists of the Sync step, and what the vendor shows the API user at all.
fn nothing_arrived(provider: &Provider) -> String {
    let lists: Vec<&str> = provider.setup.scope.iter().map(|list| list.label).collect();
    let lists = match lists.as_slice() {
        [] => "what is synced".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    let mut sentence = format!("Nothing in scope arrived. Check {lists} in the Sync step.");
    let tickets = Issue::TicketsNotSyncing.own(provider);
    let rest = provider.documentation.row("Missing data");
    for own in tickets.into_iter().chain(rest.map(|row| row.solution)) {
        sentence = format!("{sentence} {own}");
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider;

    #[test]
    fn a_hint_speaks_the_words_of_its_own_provider() {
        let of = |key| provider::find(key).expect("there");
        let autotask = Hint::Credentials.sentence(of("autotask"));
        for words in [
            "API username",
            "secret",
            "security level Portico",
            "Integration code",
        ] {
            assert!(autotask.contains(words), "{words}: {autotask}");
        }
        for key in ["halo_psa", "connectwise_psa", "syncro"] {
            for hint in Hint::ALL {
                for said in [hint.sentence(of(key)), hint.while_connecting(of(key))] {
                    for foreign in ["security level", "lines of business", "Queues to Sync"] {
                        assert!(!said.contains(foreign), "{key}: {said}");
                    }
                }
            }
            assert_ne!(Hint::Credentials.sentence(of(key)), autotask);
        }
        for key in ["autotask", "halo_psa", "connectwise_psa", "syncro"] {
            let provider = of(key);
            let subscription = format!("your {} subscription includes API access", provider.name);
            for hint in [Hint::Credentials, Hint::Permissions] {
                for said in [hint.sentence(provider), hint.while_connecting(provider)] {
                    assert!(said.contains(&subscription), "{said}");
                }
            }
        }
        let nothing = Hint::NothingArrived.sentence(of("autotask"));
        for words in [
            "Queues to Sync, Categories and Exclude Statuses",
            "lines of business",
        ] {
            assert!(nothing.contains(words), "{words}: {nothing}");
        }
        let manage = Hint::Credentials.while_connecting(of("connectwise_psa"));
        assert!(
            manage.contains("A wrong Client ID is refused in the same way."),
            "{manage}"
        );
        let boards = Hint::NothingArrived.sentence(of("connectwise_psa"));
        assert!(boards.contains("Boards to Sync"), "{boards}");
        assert!(
            Hint::Permissions
                .sentence(of("syncro"))
                .contains("API token")
        );
    }
}
