//! The same rules for every PSA: what arrives, what changes, what goes, and comments that are read ticket by ticket (rule
//! P15). What a vendor calls things stands in a desk of each; a PSA without one fails.

use std::collections::BTreeSet;

use domain::capability::NoteListing;
use domain::clock::UtcMillis;
use domain::id::{IdentityId, IntegrationId};
use domain::provider::{self, Category, Provider};
use domain::record::Visibility;
use domain::run::RunState;
use domain::scope::Scope;
use domain::stream::Stream;
use domain::viewer::Viewer;
use serde_json::{Value, json};
use simulator::{Control, WorldConfig};
use store::pages::list_note_ids;
use store::tickets::notes_for_viewer;
use sync::request::{NotesState, RunMode, notes_state};

use crate::portal::{Kind, Portal, Setup};

macro_rules! desks {
    ($($vendor:ident)*) => {
        $(mod $vendor;)*

        /// A desk of every vendor.
        static DESKS: &[Desk] = &[$($vendor::DESK),*];
    };
}

every_vendor!(desks!());

on_every_vendor!(
    every_record_arrives_and_every_note,
    what_changes_is_noticed,
    p15_a_new_note_comes_with_its_changed_ticket,
    p15_comments_that_are_hidden_from_us_stay,
    p5_a_deleted_ticket_goes_with_the_next_full_run,
    what_automation_writes_is_not_for_clients,
);

/// More requests than a test makes.
const PLENTY: u32 = 100_000;

/// What the cases must know of a vendor.
pub struct Desk {
    key: &'static str,
    /// The vendor's entity behind each stream; comments that have no list of their own apart.
    pub streams: &'static [(Stream, &'static str)],
    notes: &'static str,
    /// The field of a comment that names its ticket, and the one of a ticket that becomes its title.
    ticket_of: &'static str,
    pub title: &'static str,
    /// Ids of the comments of tickets that are there, as the connector hands them over.
    present: fn(&Control) -> BTreeSet<String>,
    /// Ids of contacts that the connector makes of other records.
    made: fn(&Control) -> BTreeSet<String>,
    /// A new comment but for its ticket, and the id of one as the connector hands it over.
    note: fn() -> Value,
    note_id: fn(&Value) -> String,
    /// What the address of a ticket's comments has in it, in lower case.
    asked: &'static str,
    /// Hides all comments from the connector as a role does, without a refusal where the vendor has such a way.
    hide: fn(&Control),
    /// Lists beside those of records that tell a part of them: the right, its action, and what the area is called.
    pub beside: &'static [(&'static str, &'static str, &'static str)],
    /// The first of them as the scope judges by it, where it does: what is chosen of all that the records have.
    pub judges: Option<fn(&mut Scope, &str)>,
    /// Makes what the small world lacks: tickets in projects.
    pub add: fn(&Control),
    /// A right that can be taken away, its action, and what cannot be read then.
    pub right: (&'static str, &'static str, &'static str),
    /// A change to a record of a stream by a person.
    pub edits: &'static [(Stream, &'static str, &'static str)],
}

fn nothing(_: &Control) -> BTreeSet<String> {
    BTreeSet::new()
}

fn plain(note: &Value) -> String {
    note["id"].to_string()
}

fn within_ticket(note: &Value) -> String {
    format!("{}-{}", note["ticket_id"], note["id"])
}

fn ids(control: &Control, entity: &str) -> BTreeSet<i64> {
    control.ids(entity).into_iter().collect()
}

/// Records that are there, some vendors keep deleted ones out of sight.
fn records(control: &Control, entity: &str) -> Vec<Value> {
    let there = ids(control, entity);
    let mut records = control.records(entity, -1, 100_000).expect("records");
    records.retain(|record| record["id"].as_i64().is_some_and(|id| there.contains(&id)));
    records
}

/// Comments of tickets that are there.
fn notes(control: &Control, notes: &str, ticket_of: &str, tickets: &str) -> Vec<Value> {
    let tickets = ids(control, tickets);
    // Their own ids may count within a ticket, so those are not looked at.
    let mut notes = control.records(notes, -1, 100_000).expect("records");
    let of = |note: &Value| note[ticket_of].as_i64();
    notes.retain(|note| of(note).is_some_and(|ticket| tickets.contains(&ticket)));
    notes
}

impl Desk {
    pub fn of(key: &str) -> &'static Self {
        DESKS.iter().find(|desk| desk.key == key).expect("a desk")
    }

    pub fn provider(&self) -> &'static Provider {
        provider::find(self.key).expect("a provider")
    }

    pub fn entity(&self, stream: Stream) -> &'static str {
        let found = self.streams.iter().find(|(have, _)| *have == stream);
        found.expect("it has such records").1
    }

    /// The usual world with fewer tickets, two pages of them: most vendors have a request for the comments of each.
    pub fn setup(&self) -> Setup {
        let usual = Setup::default();
        Setup {
            vendor: self.key,
            request_limit: Some(PLENTY),
            world: WorldConfig {
                tickets: 80,
                ..usual.world
            },
            ..usual
        }
    }

    pub async fn portal(&self, kind: Kind) -> Portal {
        Portal::with(kind, self.setup()).await
    }

    /// Exactly the vendor's records are here, and exactly its comments.
    async fn assert_same(&self, portal: &Portal, id: IntegrationId) {
        for (stream, entity) in self.streams {
            let mut expected = portal.vendor(entity);
            if *stream == Stream::Contacts {
                expected.extend((self.made)(&portal.control));
            }
            assert_eq!(portal.present(id, *stream).await, expected, "{entity}");
        }
        let notes = (self.present)(&portal.control);
        assert_eq!(
            portal.present(id, Stream::TicketNotes).await,
            notes,
            "notes"
        );
    }

    /// A full run finds nothing to change, and the vendor's own totals agree.
    async fn assert_settled(&self, portal: &Portal, id: IntegrationId) {
        self.assert_same(portal, id).await;
        let run = portal.sync(id, RunMode::Full).await;
        assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
        for part in portal.parts(&run).await {
            let counts = part.counts;
            assert_eq!(
                (counts.created, counts.changed, counts.removed),
                (0, 0, 0),
                "{:?}",
                part.stream
            );
            let claimed = self.provider().capability.stream(part.stream);
            let told = claimed.is_some_and(|claimed| claimed.total);
            let expected = (told && !part.stream.is_deletion_feed()).then_some(true);
            assert_eq!(part.verified, expected, "{:?}", part.stream);
        }
    }
}

/// A vendor that is not in the list of `every_vendor!` would be tested by none of the common cases.
#[test]
fn every_psa_has_a_desk() {
    let available = provider::ALL.into_iter().filter(|one| one.available);
    let psas = available.filter(|one| one.category == Category::Psa);
    let psas: BTreeSet<&str> = psas.map(|one| one.key).collect();
    let desks: BTreeSet<&str> = DESKS.iter().map(|desk| desk.key).collect();
    assert_eq!(desks, psas);
}

pub async fn every_record_arrives_and_every_note(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    let portal = desk.portal(kind).await;
    let id = portal.connected().await;
    assert!(
        (desk.present)(&portal.control).len() > 80,
        "the world has notes"
    );
    desk.assert_settled(&portal, id).await;
}

pub async fn what_changes_is_noticed(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    let portal = desk.portal(kind).await;
    let id = portal.connected().await;
    portal.advance(UtcMillis::HOUR);
    for (stream, field, words) in desk.edits {
        let entity = desk.entity(*stream);
        let all = portal.control.ids(entity);
        let one = all[all.len() / 2];
        portal.control.patch(entity, one, json!({ *field: words }));
    }
    let run = portal.sync(id, RunMode::Incremental).await;
    let changed = portal.part(&run, Stream::Tickets).await.counts.changed;
    assert_eq!(changed, 1, "the ticket alone");
    let full = portal.sync(id, RunMode::Full).await;
    for (stream, _, _) in desk.edits {
        // A list that is read whole may have been due with the first of the two.
        let mut changed = 0;
        for run in [&run, &full] {
            let parts = portal.parts(run).await;
            let of_stream = parts.iter().filter(|part| part.stream == *stream);
            changed += of_stream.map(|part| part.counts.changed).sum::<i64>();
        }
        assert_eq!(changed, 1, "{stream:?}");
    }
    desk.assert_settled(&portal, id).await;
}

pub async fn p15_a_new_note_comes_with_its_changed_ticket(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    let portal = desk.portal(kind).await;
    let id = portal.connected().await;
    let tickets = desk.entity(Stream::Tickets);
    let ticket = portal.control.ids(tickets)[7];
    let key = ticket.to_string();
    let state = || async {
        let state = notes_state(&portal.engine, id, &key).await;
        state.expect("a state")
    };
    assert_eq!(state().await, NotesState::Complete);
    portal.advance(UtcMillis::HOUR);
    let mut fields = (desk.note)();
    fields[desk.ticket_of] = ticket.into();
    let note = portal.control.create(desk.notes, fields);
    let title = json!({ desk.title: "Changed" });
    portal.control.patch(tickets, ticket, title);
    portal.control.clear_journal();
    portal.sync(id, RunMode::Incremental).await;
    let note = portal.control.get(desk.notes, note).expect("a note");
    let note_id = (desk.note_id)(&note);
    let present = portal.present(id, Stream::TicketNotes).await;
    assert!(present.contains(&note_id), "the new note is here");
    assert_eq!(state().await, NotesState::Complete);
    if desk.provider().capability.notes == NoteListing::PerTicket {
        let asked = portal.control.journal();
        let about = |path: &str| path.to_lowercase().contains(desk.asked);
        let asked = asked.iter().filter(|entry| about(&entry.path)).count();
        assert_eq!(asked, 1, "of the changed ticket alone");
    }
    desk.assert_settled(&portal, id).await;
}

/// An answer without comments about a ticket that had some is no proof that they were deleted.
async fn p15_comments_that_are_hidden_from_us_stay(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    if desk.provider().capability.notes != NoteListing::PerTicket {
        return;
    }
    let portal = desk.portal(kind).await;
    let id = portal.connected().await;
    let before = portal.present(id, Stream::TicketNotes).await;
    assert!(before.len() > 5, "the world has notes");
    (desk.hide)(&portal.control);
    portal.advance(UtcMillis::HOUR);
    let tickets = desk.entity(Stream::Tickets);
    for ticket in portal.control.ids(tickets) {
        let key = ticket.to_string();
        let here = list_note_ids(portal.store(), id, &key);
        // A single one may well have been deleted by a person; where it is hidden, the connector has to tell.
        if here.await.expect("comments").len() == 1 {
            continue;
        }
        let edited = json!({ desk.title: "Edited" });
        portal.control.patch(tickets, ticket, edited);
    }
    portal.control.clear_journal();
    portal.sync(id, RunMode::Incremental).await;
    portal.idle().await;
    let asked = portal.control.journal();
    let asked = asked.iter().map(|entry| entry.path.to_lowercase());
    assert!(
        asked.into_iter().any(|path| path.contains(desk.asked)),
        "comments were asked for"
    );
    assert_eq!(portal.present(id, Stream::TicketNotes).await, before);
}

pub async fn p5_a_deleted_ticket_goes_with_the_next_full_run(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    let portal = desk.portal(kind).await;
    let id = portal.connected().await;
    let tickets = desk.entity(Stream::Tickets);
    let ticket = portal.control.ids(tickets)[3];
    portal.control.delete(tickets, ticket);
    portal.sync(id, RunMode::Incremental).await;
    let feed = desk.provider().capability.stream(Stream::DeletedTickets);
    let here = portal.present(id, Stream::Tickets).await;
    assert_eq!(
        here.contains(&ticket.to_string()),
        feed.is_none(),
        "only a feed tells"
    );
    portal.sync(id, RunMode::Full).await;
    desk.assert_same(&portal, id).await;
}

pub async fn what_automation_writes_is_not_for_clients(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    let portal = desk.portal(kind).await;
    portal.connected().await;
    let staff = Viewer::Staff(IdentityId(1));
    let mut written = 0;
    for ticket in portal.tickets().await.into_values() {
        let notes = notes_for_viewer(portal.store(), &staff, &ticket.uuid, 200).await;
        for note in notes.expect("a read").rows {
            if note.body.text.contains("Workflow rule \"") {
                written += 1;
                // Who may not see internal notes gets neither those nor the automation's.
                let kept_back = note.visibility == Visibility::Internal || note.system;
                assert!(kept_back, "{note:?}");
            }
        }
    }
    // Halo's own entries are no comments at all.
    assert_eq!(written > 0, vendor != "halo_psa", "{vendor}: {written}");
}
