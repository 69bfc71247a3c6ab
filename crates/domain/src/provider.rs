//! Providers: the products Portico connects to, as data. Pages are built from it and never see a connector.
//!
//! One file per provider; adding one is a file there and a line in [`ALL`].

mod autotask;
mod bigger_brains;
mod connectwise_asio;
mod connectwise_psa;
mod datto_rmm;
mod deep_link;
mod documentation;
mod halo_psa;
mod installation;
mod microsoft_365;
mod mistaken;
mod ninjaone;
mod setup;
mod stripe;
mod syncro;

use crate::capability::Capability;
use crate::clock::UtcMillis;
use crate::field::{CatalogueField, CommonField, FormField, is_of};
use crate::stream::{RecordType, Stream};

pub use deep_link::{DeepLinks, deep_link};
pub use documentation::{Documentation, Instruction, Note, Step, Troubleshooting};
pub use installation::Installation;
pub use mistaken::{likely_mistaken, mistaken};
pub use setup::{
    CONTACT_TYPE_FIELD, ContactTypeChoice, ContactTypes, Flow, OpportunityField,
    OpportunityImportForm, OpportunityValue, ScopeField, ScopeList, SetupData,
};

/// What kind of tool a provider is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// Professional services automation: companies, contacts, tickets.
    Psa,
    /// Remote monitoring and management: devices.
    Rmm,
    /// Cloud services.
    Cloud,
    /// Billing and payment.
    Billing,
    /// Training content.
    Training,
}

impl Category {
    /// The name shown to people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Psa => "PSA",
            Self::Rmm => "RMM",
            Self::Cloud => "Cloud",
            Self::Billing => "Billing",
            Self::Training => "Training",
        }
    }
}

/// The provider's own words for things, used on its screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// A queue, board or team; empty where tickets are in none.
    pub queue: &'static str,
    /// Its plural.
    pub queues: &'static str,
    /// A technician: resource, member, agent.
    pub technician: &'static str,
    /// Its plural.
    pub technicians: &'static str,
    /// A company: account, organization, client.
    pub company: &'static str,
    /// Its plural.
    pub companies: &'static str,
    /// Places of a company: sites, locations.
    pub locations: &'static str,
    /// Where a person looks for an error in the vendor's own product.
    pub screens: &'static str,
    /// Where a right that is missing is granted there, with its preposition: *in the API user's security level*.
    pub rights: &'static str,
}

impl Words {
    /// Words for a provider without words of its own.
    pub const PLAIN: Self = Self {
        queue: "Queue",
        queues: "Queues",
        technician: "Technician",
        technicians: "Technicians",
        company: "Company",
        companies: "Companies",
        locations: "Locations",
        screens: "",
        rights: "to the API user",
    };

    /// What a stream is called on the provider's screens.
    #[must_use]
    pub const fn stream(self, stream: Stream) -> &'static str {
        match stream {
            Stream::Companies => self.companies,
            Stream::Technicians => self.technicians,
            other => other.label(),
        }
    }
}

/// A product that can be connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provider {
    /// Stable key, used in addresses and the database.
    pub key: &'static str,
    /// Name on the card.
    pub name: &'static str,
    /// One line on the card.
    pub description: &'static str,
    /// What kind of tool it is.
    pub category: Category,
    /// Whether a connector exists. Cards of the others say *Not available yet*.
    pub available: bool,
    /// Whether the day alone is known at which its tickets are due: it comes as midnight UTC.
    pub due_dates_only: bool,
    /// Its words.
    pub words: Words,
    /// Domains its systems are found under, by which an address that was pasted into another one's form is known.
    pub domains: &'static [&'static str],
    /// Fields of the connect form, in order.
    pub form: &'static [FormField],
    /// What its connector can do.
    pub capability: Capability,
    /// Pages of its records in the vendor's own product.
    pub deep_links: DeepLinks,
    /// Further fields its records carry.
    pub catalogue: &'static [CatalogueField],
    /// Where the fields come from that records of every provider have.
    pub common: &'static [CommonField],
    /// Where the fields come from that a tenant made itself, kept under `udf:` and their name; empty where there are none.
    pub own_fields: &'static str,
    /// What the setup wizard asks for.
    pub setup: SetupData,
    /// What an installation may have once for all its connections.
    pub installation: Installation,
    /// What a person must know.
    pub documentation: Documentation,
}

impl Provider {
    /// A provider that has a card and nothing behind it yet.
    const fn announced(
        key: &'static str,
        name: &'static str,
        description: &'static str,
        category: Category,
    ) -> Self {
        Self {
            key,
            name,
            description,
            category,
            available: false,
            due_dates_only: false,
            words: Words::PLAIN,
            domains: &[],
            form: &[],
            capability: Capability::NONE,
            deep_links: DeepLinks::NONE,
            catalogue: &[],
            common: &[],
            own_fields: "",
            setup: SetupData::NONE,
            installation: Installation::NONE,
            documentation: Documentation::NONE,
        }
    }

    /// Whether it has records of a type.
    #[must_use]
    pub fn has(&self, kind: RecordType) -> bool {
        let mut streams = self.capability.streams.iter();
        streams.any(|one| one.stream.record_type() == kind)
    }

    /// The record type whose reading a right is for, by the area that *Test Connection* names: that of the stream that is
    /// called so. Areas of no stream are lists and details of tickets.
    #[must_use]
    pub fn record_type_of(&self, area: &str) -> RecordType {
        let mut streams = self.capability.streams.iter().map(|one| one.stream);
        streams
            .find(|stream| self.words.stream(*stream) == area)
            .map_or(RecordType::Tickets, Stream::record_type)
    }

    /// The catalogue entry of a record field.
    #[must_use]
    pub fn catalogue_field(&self, key: &str) -> Option<&'static CatalogueField> {
        self.catalogue.iter().find(|field| field.key == key)
    }
}

/// Every provider, in the order of the cards.
pub static ALL: [&Provider; 10] = [
    &halo_psa::PROVIDER,
    &connectwise_psa::PROVIDER,
    &autotask::PROVIDER,
    &syncro::PROVIDER,
    &datto_rmm::PROVIDER,
    &connectwise_asio::PROVIDER,
    &ninjaone::PROVIDER,
    &microsoft_365::PROVIDER,
    &stripe::PROVIDER,
    &bigger_brains::PROVIDER,
];

/// The provider with this key.
#[must_use]
pub fn find(key: &str) -> Option<&'static Provider> {
    ALL.into_iter().find(|provider| provider.key == key)
}

/// Whether what a ticket of a provider is due at is a date, which no zone may shift. A time of day that is told all the same
/// stays one.
#[must_use]
pub fn is_due_date(key: &str, due: UtcMillis) -> bool {
    let only = find(key).is_some_and(|provider| provider.due_dates_only);
    only && due.0.rem_euclid(UtcMillis::DAY) == 0
}

/// The provider whose systems have hosts like this one.
#[must_use]
pub fn of_host(host: &str) -> Option<&'static Provider> {
    ALL.into_iter()
        .find(|provider| provider.domains.iter().any(|domain| is_of(host, domain)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_host_tells_whose_system_it_is() {
        for (host, expected) in [
            ("acme.halopsa.com", Some("halo_psa")),
            ("acme.haloitsm.com", Some("halo_psa")),
            ("eu.myconnectwise.net", Some("connectwise_psa")),
            ("webservices3.autotask.net", Some("autotask")),
            ("acme.syncromsp.com", Some("syncro")),
            ("syncromsp.com", Some("syncro")),
            ("control.itsupport247.net", Some("connectwise_asio")),
            ("evilsyncromsp.com", None),
            ("acme.syncromsp.com.evil.example", None),
            ("cw.acme.example", None),
        ] {
            assert_eq!(of_host(host).map(|one| one.key), expected, "{host}");
        }
    }

    #[test]
    fn midnight_is_a_date_where_the_day_alone_is_known() {
        let at = |text| UtcMillis::parse(text).expect("an instant");
        let (midnight, later) = (at("2026-03-10T00:00:00Z"), at("2026-03-10T17:30:00Z"));
        assert!(is_due_date("connectwise_psa", midnight));
        assert!(!is_due_date("connectwise_psa", later));
        assert!(!is_due_date("autotask", midnight));
    }

    #[test]
    fn ten_cards_with_distinct_keys_and_names() {
        let keys: BTreeSet<_> = ALL.iter().map(|provider| provider.key).collect();
        let names: BTreeSet<_> = ALL.iter().map(|provider| provider.name).collect();
        assert_eq!((keys.len(), names.len()), (10, 10));
    }

    #[test]
    fn streams_are_called_what_the_provider_calls_them() {
        let autotask = find("autotask").expect("there").words;
        assert_eq!(autotask.stream(Stream::Technicians), "Resources");
        assert_eq!(autotask.stream(Stream::TicketNotes), "Ticket notes");
        assert_eq!(Words::PLAIN.stream(Stream::Technicians), "Technicians");
    }

    #[test]
    fn a_right_is_for_the_records_its_area_is_called_after() {
        let of = |key, area| find(key).expect("there").record_type_of(area);
        assert_eq!(of("autotask", "Resources"), RecordType::Users);
        assert_eq!(of("autotask", "Companies"), RecordType::Companies);
        assert_eq!(of("halo_psa", "Clients"), RecordType::Companies);
        assert_eq!(of("halo_psa", "Opportunities"), RecordType::Opportunities);
        assert_eq!(of("connectwise_psa", "Service boards"), RecordType::Tickets);
        assert_eq!(of("syncro", "Ticket settings"), RecordType::Tickets);
    }

    #[test]
    fn deep_links_name_the_address_and_the_record() {
        for provider in ALL {
            let DeepLinks { ticket, company } = provider.deep_links;
            for pattern in [ticket, company].into_iter().filter(|one| !one.is_empty()) {
                assert!(pattern.starts_with("{web_url}"), "{}", provider.key);
                assert!(pattern.contains("{id}"), "{}", provider.key);
            }
        }
    }

    #[test]
    fn an_available_provider_is_whole() {
        for provider in ALL.iter().filter(|provider| provider.available) {
            assert!(!provider.form.is_empty(), "{}: form", provider.key);
            assert!(
                !provider.capability.streams.is_empty(),
                "{}: streams",
                provider.key
            );
            assert!(
                !provider.documentation.troubleshooting.is_empty(),
                "{}: troubleshooting",
                provider.key
            );
            assert!(
                !provider.documentation.limits.is_empty(),
                "{}: limits",
                provider.key
            );
            assert!(
                provider
                    .documentation
                    .instructions
                    .iter()
                    .all(|part| !part.steps.is_empty()),
                "{}: instructions",
                provider.key
            );
            assert!(!provider.setup.flows.is_empty(), "{}: flows", provider.key);
            assert_eq!(
                provider.setup.opportunity.is_empty(),
                provider.capability.stream(Stream::Opportunities).is_none(),
                "{}: opportunity defaults exactly where there are opportunities",
                provider.key
            );
            let streams: Vec<_> = provider
                .capability
                .streams
                .iter()
                .map(|capability| capability.stream)
                .collect();
            assert!(
                streams.is_sorted(),
                "{}: streams are listed in reading order (rule P8)",
                provider.key
            );
        }
    }
}
