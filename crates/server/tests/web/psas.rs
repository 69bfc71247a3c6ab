//! The setup wizard, the first sync and what follows, for every PSA by the same cases. What a vendor calls things, and
//! what its sandbox can be made to do, stands in a small description of each; a PSA without one fails the suite.

mod arrival;
mod connecting;
mod lists;
mod merged;
mod portal;
mod steps;
mod together;
mod trouble;

use domain::field::FieldShape;
use domain::provider::{self, Category, Provider};
use domain::stream::Stream;
use serde_json::Value;
use simulator::Control;

macro_rules! psas {
    ($($psa:ident)*) => {
        $(mod $psa;)*

        /// Every PSA under test.
        static ALL: &[&Psa] = &[$(&$psa::PSA),*];
    };
}

/// Hands the list of every PSA's key to another macro. A PSA that stands here takes part in all common cases.
macro_rules! every_psa {
    ($then:ident!($($after:tt)*)) => {
        $then! { autotask connectwise_psa halo_psa syncro $($after)* }
    };
}

every_psa!(psas!());

/// What the cases must know about a vendor.
pub struct Psa {
    /// Key of the provider.
    key: &'static str,
    /// Labels of the connect form, as the product's documentation has them.
    labels: &'static [&'static str],
    /// Words of the vendor page beside it: where to click, what to allow, what may go wrong.
    guide: &'static [&'static str],
    /// Addresses in other forms than the field asks for.
    pasted: &'static [Pasted],
    /// What cannot be used.
    nonsense: &'static [Nonsense],
    /// What a wrong secret is answered with: the secret, the field that is named, the vendor's words.
    wrong_secret: (&'static str, &'static str, &'static str),
    /// Rights that can be taken away.
    rights: &'static [Right],
    /// What is said of another PSA's credentials in this form, as [`portal::Portal::mixed_up`] puts them in, by what
    /// stands in its first field then. The address of another PSA is known where an address is asked for.
    mixed_up: fn(&str) -> &'static str,
    /// What the steps offer.
    offer: Offer,
    /// The vendor's entity behind each stream but deletion feeds.
    streams: &'static [(Stream, &'static str)],
    /// How many of the technicians are active people, as far as the vendor tells.
    people: usize,
    /// Words of the ticket list: the column of queues where there is one, a queue, a status.
    tickets: &'static [&'static str],
    /// A change to one record of a kind: the stream, the field that carries the words, where they stand then.
    changes: &'static [Change],
    /// What the vendor's screens may do to lists that settings use.
    lists: Lists,
}

/// An address in another form.
struct Pasted {
    field: &'static str,
    typed: &'static str,
    /// As it is shown and kept.
    becomes: &'static str,
}

/// A value that cannot be used, and what is said at its field.
struct Nonsense {
    field: &'static str,
    typed: &'static str,
    says: &'static str,
}

/// A right that can be taken away.
struct Right {
    entity: &'static str,
    action: &'static str,
    access: &'static str,
    /// How the vendor's screens call it.
    called: &'static str,
    required: bool,
}

/// What the steps of the wizard offer, as the product's documentation lists it.
struct Offer {
    /// Labels of the step *Sync*, beyond those every PSA has.
    sync: &'static [&'static str],
    /// Values to choose from there.
    choices: &'static [&'static str],
    /// Labels of the step *Configure*, likewise.
    configure: &'static [&'static str],
    /// Statuses to choose from there.
    statuses: &'static [&'static str],
}

/// A change by a person in the vendor's screens.
struct Change {
    stream: Stream,
    /// The field that carries what is typed.
    field: &'static str,
    /// Place of the first record to change among all of its kind.
    from: usize,
    /// The page that shows it, up to its search.
    shown: &'static str,
}

/// What a vendor's screens may do to lists. Answers are kept in the journal, for vendors whose lists are made up anew.
struct Lists {
    /// Deletes a status that the proposed settings use; answers its label as it is shown here.
    delete_status: fn(&Control) -> String,
    /// A queue, board or team with tickets; `None` where there are none.
    queue: Option<Queue>,
    /// Makes this many statuses more, the last one called *Status* and one less than their number.
    many_statuses: fn(&Control, usize),
}

/// A queue, board or team with tickets.
struct Queue {
    id: &'static str,
    name: &'static str,
    /// Gives it another name.
    rename: fn(&Control, &str),
}

impl Psa {
    fn provider(&self) -> &'static Provider {
        provider::find(self.key).unwrap()
    }

    /// The field whose value is never shown again and everybody has.
    fn secret(&self) -> &'static str {
        let fields = self.provider().form.iter();
        let mut secrets = fields.filter(|field| field.secret && field.required);
        secrets.next().unwrap().key
    }

    /// What is said when another PSA's credentials are put into this one's form.
    fn says_of(&self, other: &Psa) -> String {
        let form = simulator::vendor(other.key).unwrap().form();
        let typed = form[0].1.as_str();
        let asks_for_address = matches!(
            self.provider().form[0].shape,
            FieldShape::Host | FieldShape::Site(_) | FieldShape::SubdomainOf(_)
        );
        let host = typed.strip_prefix("https://").unwrap_or(typed);
        match provider::of_host(host).filter(|_| asks_for_address) {
            Some(known) => format!("This is the address of {}.", known.name),
            None => (self.mixed_up)(typed).to_owned(),
        }
    }

    /// The right without which tickets cannot be read.
    fn right_to_tickets(&self) -> &Right {
        let tickets =
            |right: &&Right| right.required && right.called.to_lowercase().contains("tickets");
        self.rights.iter().find(tickets).unwrap()
    }

    /// A change to a record of a stream.
    fn change(&self, stream: Stream) -> &Change {
        let found = self.changes.iter().find(|change| change.stream == stream);
        found.unwrap_or_else(|| panic!("no change of {}", stream.key()))
    }

    fn entity(&self, stream: Stream) -> &'static str {
        let found = self.streams.iter().find(|(have, _)| *have == stream);
        found.unwrap_or_else(|| panic!("no {}", stream.key())).1
    }
}

impl Right {
    const fn required(entity: &'static str, called: &'static str) -> Self {
        Self {
            entity,
            action: "query",
            access: "None",
            called,
            required: true,
        }
    }

    const fn optional(entity: &'static str, called: &'static str) -> Self {
        Self {
            required: false,
            ..Self::required(entity, called)
        }
    }
}

/// A record with one field.
fn one_field(field: &str, value: &str) -> Value {
    Value::Object([(field.to_owned(), value.into())].into_iter().collect())
}

#[test]
fn every_psa_is_described() {
    let available = provider::ALL.into_iter().filter(|one| one.available);
    let mut psas: Vec<&str> = available
        .filter(|one| one.category == Category::Psa)
        .map(|one| one.key)
        .collect();
    psas.sort_unstable();
    let described: Vec<&str> = ALL.iter().map(|psa| psa.key).collect();
    assert_eq!(described, psas);
    for psa in ALL {
        for claimed in psa.provider().capability.streams {
            let stream = claimed.stream;
            let described = psa.streams.iter().any(|(have, _)| *have == stream);
            assert_eq!(
                described,
                !stream.is_deletion_feed(),
                "{}: {}",
                psa.key,
                stream.key()
            );
        }
    }
}

macro_rules! on_every_psa {
    ($($area:ident::$case:ident),* $(,)?) => {
        every_psa!(on_every_psa!(@vendors [$($area::$case),*]));
    };
    ($($vendor:ident)* @vendors $cases:tt) => {
        mod on { $( on_every_psa! { @one $vendor $cases } )* }
    };
    (@one $vendor:ident [$($area:ident::$case:ident),*]) => {
        mod $vendor {
            $(
                #[tokio::test]
                async fn $case() {
                    crate::psas::$area::$case(&crate::psas::$vendor::PSA).await;
                }
            )*
        }
    };
}

on_every_psa!(
    connecting::the_form_asks_in_the_vendors_words,
    connecting::an_address_pasted_in_another_form_is_shown_corrected,
    connecting::nonsense_is_refused_at_its_field,
    connecting::a_secret_comes_with_a_line_break_and_never_back,
    connecting::blanks_around_values_do_no_harm,
    connecting::a_wrong_secret_is_told_in_the_vendors_words,
    connecting::a_right_secret_is_never_called_another_value,
    connecting::a_missing_right_is_named_as_the_screens_have_it,
    connecting::a_right_that_was_granted_is_no_longer_missed,
    steps::the_setup_is_completed_when_the_required_rights_are_there,
    connecting::credentials_of_another_psa_are_told_and_not_kept,
    steps::the_steps_offer_what_this_psa_has,
    steps::the_steps_offer_it_on_postgres,
    arrival::everything_arrives_after_the_whole_walk,
    arrival::everything_arrives_on_postgres,
    arrival::what_changes_there_follows,
    lists::a_status_that_is_deleted_there_is_named,
    lists::a_queue_that_is_renamed_there_is_renamed_here,
    lists::ten_thousand_statuses_can_be_lived_with,
    lists::a_field_of_contacts_that_vanished_is_named,
    trouble::refused_credentials_are_told_with_what_to_check,
    trouble::an_outage_is_told_as_the_vendors,
    trouble::a_right_that_was_taken_is_told_with_where_to_grant_it,
    trouble::a_record_that_cannot_be_read_is_told_with_its_field,
);
