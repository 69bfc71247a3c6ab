//! Writing records: what is new or differs, what comes back, what leaves the scope (rules P4, P13). Every record enters
//! through here (rule P1), whether a page, a retry by id or the comments of one ticket brought it.

use std::collections::HashMap;

use domain::capability::NoteListing;
use domain::company_adoption::{self, Adoption, Candidate};
use domain::record::{Batch, TicketRecord};
use domain::reference::ReferenceKind;
use domain::run::Counts;
use domain::side_list::Unread;
use domain::stream::Stream;
use store::integrations::Integration;
use store::pages::{self, Absence, Known, RecordMark, RemovedReason};
use store::{Tx, company_adoption as adoption, reference_items, removal_questions, set_aside};

use super::classify::{Class, Presence, Stored, Write, classify, count};
use super::records::{Prepared, contact_fields_of, contact_types_of, kinds_of, retain};
use super::scope::completion_closes;
use super::side_lists;
use crate::engine::Engine;
use crate::error::Result;
use crate::request::{self, NotesWhen};

/// Writes records of one stream.
pub(crate) struct Writer<'a> {
    pub engine: &'a Engine,
    pub integration: &'a Integration,
    pub stream: Stream,
    /// Companies: look at all of a page for adoption, not only at those that are new or differ.
    pub adopt_all: bool,
}

/// Writes a batch that did not come with a page: a record fetched by id, without what these lists tell.
pub(crate) async fn store_one(
    engine: &Engine,
    tx: &mut Tx,
    integration: &Integration,
    stream: Stream,
    batch: Batch,
    refused: Vec<Unread>,
    mapper_version: u32,
) -> Result<()> {
    let (records, _) = Prepared::from(batch, mapper_version, integration.generation);
    let mut records = records.without(refused);
    let writer = Writer {
        engine,
        integration,
        stream,
        adopt_all: false,
    };
    writer.write(tx, &mut records, &mut Counts::default()).await
}

impl Writer<'_> {
    /// Classifies and writes the records of a page; takes them out of it. The counts grow by what they turned out to
    /// be.
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        page: &mut Prepared,
        counts: &mut Counts,
    ) -> Result<()> {
        let (integration, stream) = (self.integration.id, self.stream);
        side_lists::keep_stored(tx, integration, stream, page).await?;
        let ids: Vec<&str> = page.ids.iter().map(String::as_str).collect();
        // Before anything is read: a confirmed removal that takes the same records out at this moment is waited for, and
        // what it marked is read below and brought back.
        removal_questions::forget_candidates(tx, integration, stream, &ids).await?;
        let known = pages::read_known(tx, integration, stream, &ids).await?;
        let setup = domain::provider::find(&self.integration.provider).map(|found| found.setup);
        let kind_field = setup
            .and_then(|setup| setup.opportunity_import)
            .map(|form| form.kind_field);
        let types = setup.and_then(|setup| setup.contact_types);
        // What is gone for another reason than the scope comes back like anything else.
        let shown = |id: &str| {
            let row = known.get(id);
            row.is_some_and(|row| row.absence != Absence::OutOfScope)
        };
        let in_scope = page.in_scope(&self.integration.settings, kind_field, shown);
        // Before the scope is asked: what it leaves out may be chosen later.
        let kinds = kinds_of(&page.batch, kind_field);
        let seen = ReferenceKind::SeenOpportunityKind;
        reference_items::insert_seen(tx, integration, seen, &kinds).await?;
        let named = contact_types_of(&page.batch, types.map(|types| types.field));
        let seen = ReferenceKind::ContactType;
        reference_items::insert_seen(tx, integration, seen, &named).await?;
        let chosen = self.integration.settings.contact_type_field.as_deref();
        let fields = contact_fields_of(&page.batch, types, chosen);
        let seen = ReferenceKind::SeenContactField;
        reference_items::insert_seen(tx, integration, seen, &fields).await?;
        let plan = Plan::of(page, &known, &in_scope, counts);
        let notes = self.notes_to_read(&page.batch, &plan.shown, &in_scope);
        let to_adopt = self.to_adopt(&page.batch, &plan.rows);
        let renamed = written_companies(&page.batch, &plan.rows);
        let now = self.engine.now();
        if !(to_adopt.is_empty() && renamed.is_empty()) {
            // Before any of them is written: an import by hand takes them in the same order.
            adoption::lock(tx, integration, &ids).await?;
        }
        if plan.rows.iter().any(|write| *write) {
            let batch = std::mem::replace(&mut page.batch, Batch::Deletions(Vec::new()));
            let batch = retain(batch, &plan.rows);
            let marks = self.marks(&batch, plan.marks);
            pages::upsert_records(tx, integration, &batch, &marks, now).await?;
        }
        for (absence, rows) in [
            (Absence::Present, &plan.back),
            (Absence::OutOfScope, &plan.out),
        ] {
            pages::update_absent(tx, stream, rows, absence, now).await?;
        }
        if !renamed.is_empty() {
            let renamed: Vec<&str> = renamed.iter().map(String::as_str).collect();
            adoption::update_names(tx, integration, &renamed).await?;
        }
        if !to_adopt.is_empty() {
            let to_adopt: Vec<&str> = to_adopt.iter().map(String::as_str).collect();
            adoption::adopt(tx, integration, &to_adopt).await?;
        }
        for (ticket, when) in notes {
            request::read_notes_again(tx, self.engine, self.integration, &ticket, when).await?;
        }
        set_aside::resolve_read(tx, integration, stream, &ids).await?;
        Ok(())
    }

    /// Tickets of a page whose comments are to be read, for vendors that list them by ticket only (rule P15): at once
    /// those that changed or came back and those that are open, later the closed ones a first run brings, and once in
    /// every full run the open ones that did not change, since a comment does not move every vendor's tickets.
    fn notes_to_read(
        &self,
        batch: &Batch,
        written: &[bool],
        in_scope: &[bool],
    ) -> Vec<(String, NotesWhen)> {
        let by_ticket = domain::provider::find(&self.integration.provider)
            .is_some_and(|provider| provider.capability.notes == NoteListing::PerTicket);
        let Batch::Tickets(tickets) = batch else {
            return Vec::new();
        };
        if !by_ticket {
            return Vec::new();
        }
        let full = self.adopt_all;
        let judged = tickets.iter().zip(written).zip(in_scope);
        judged
            .filter(|(_, in_scope)| **in_scope)
            .filter_map(|((ticket, written), _)| {
                // Of one that was completed once and is open again by its status, little more is expected.
                let quiet = self.is_closed(ticket) || ticket.closed_at.is_some();
                let when = match (*written, quiet) {
                    (true, true) if full => NotesWhen::Later,
                    (true, _) => NotesWhen::AtOnce,
                    (false, false) if full => NotesWhen::Again,
                    (false, _) => return None,
                };
                Some((ticket.external_id.clone(), when))
            })
            .collect()
    }

    /// Whether a ticket counts as closed: it is in one of the closed statuses, or has an instant of completion that closes.
    fn is_closed(&self, ticket: &TicketRecord) -> bool {
        let closed = &self.integration.settings.closed_statuses;
        let status = ticket.status_id.as_ref();
        (ticket.closed_at.is_some() && completion_closes(self.integration))
            || status.is_some_and(|status| closed.contains(status))
    }

    /// Companies of a page that become Portico companies: the new and changed ones, and all of them in a full run,
    /// since the rule may have changed meanwhile.
    fn to_adopt(&self, batch: &Batch, written: &[bool]) -> Vec<String> {
        let Batch::Companies(companies) = batch else {
            return Vec::new();
        };
        let settings = &self.integration.settings;
        companies
            .iter()
            .zip(written)
            .filter(|(_, written)| self.adopt_all || **written)
            .filter(|(company, _)| {
                let candidate = Candidate {
                    active: company.active,
                    type_id: company.type_id.as_deref(),
                    other_type_ids: &company.other_type_ids,
                    status_id: company.status_id.as_deref(),
                };
                company_adoption::decide(settings, candidate) == Adoption::Adopt
            })
            .map(|(company, _)| company.external_id.clone())
            .collect()
    }

    /// Which tickets count as closed.
    fn marks(&self, batch: &Batch, mut marks: Vec<RecordMark>) -> Vec<RecordMark> {
        if let Batch::Tickets(tickets) = batch {
            for (mark, ticket) in marks.iter_mut().zip(tickets) {
                mark.closed = self.is_closed(ticket);
            }
        }
        marks
    }
}

/// The companies of a page that are new or differ: their names may have changed.
fn written_companies(batch: &Batch, written: &[bool]) -> Vec<String> {
    let Batch::Companies(companies) = batch else {
        return Vec::new();
    };
    let written = companies
        .iter()
        .zip(written)
        .filter(|(_, written)| **written);
    written
        .map(|(company, _)| company.external_id.clone())
        .collect()
}

/// What is to be written of a page.
struct Plan {
    /// Per record, whether its row is written.
    rows: Vec<bool>,
    /// Per record, whether its row is written or comes back.
    shown: Vec<bool>,
    /// Marks of the rows that are written, in order.
    marks: Vec<RecordMark>,
    /// Rows that only come back.
    back: Vec<i64>,
    /// Rows that only leave the scope.
    out: Vec<i64>,
}

impl Plan {
    fn of(
        page: &Prepared,
        known: &HashMap<String, Known>,
        in_scope: &[bool],
        counts: &mut Counts,
    ) -> Self {
        let mut plan = Self {
            rows: Vec::with_capacity(page.ids.len()),
            shown: Vec::with_capacity(page.ids.len()),
            marks: Vec::new(),
            back: Vec::new(),
            out: Vec::new(),
        };
        for ((id, hash), in_scope) in page.ids.iter().zip(&page.hashes).zip(in_scope) {
            let row = known.get(id);
            let stored = row.map(|row| Stored {
                hash: row.content_hash,
                presence: presence(row.absence),
            });
            let (class, write) = match row.map(|row| row.absence) {
                // A person removed it for good; the vendor's word does not bring it back.
                Some(Absence::Removed(RemovedReason::Blocked)) => {
                    (Class::OutOfScope, Write::Nothing)
                }
                _ => classify(stored, *hash, *in_scope),
            };
            count(counts, class);
            plan.rows.push(matches!(write, Write::Row(_)));
            plan.shown.push(matches!(
                write,
                Write::Row(_) | Write::Presence(Presence::Present)
            ));
            match (write, row) {
                (Write::Row(presence), row) => plan.marks.push(RecordMark {
                    hash: *hash,
                    known: row.map(|row| row.id),
                    absence: absence(presence),
                    closed: false,
                }),
                (Write::Presence(Presence::Present), Some(row)) => plan.back.push(row.id),
                (Write::Presence(_), Some(row)) => plan.out.push(row.id),
                (Write::Presence(_) | Write::Nothing, _) => {}
            }
        }
        plan
    }
}

const fn presence(absence: Absence) -> Presence {
    match absence {
        Absence::Present => Presence::Present,
        Absence::Removed(_) => Presence::Removed,
        Absence::OutOfScope => Presence::OutOfScope,
    }
}

const fn absence(presence: Presence) -> Absence {
    match presence {
        Presence::Present => Absence::Present,
        Presence::Removed => Absence::Removed(RemovedReason::Vendor),
        Presence::OutOfScope => Absence::OutOfScope,
    }
}
