//! The records of a page, whatever their kind: ids, hashes, scope, and a page cut down to what is written.

use std::collections::BTreeSet;

use domain::provider::ContactTypes;
use domain::record::{Batch, ExternalRecord, OpportunityRecord};
use domain::scope::TicketFacts;
use domain::settings::IntegrationSettings;
use domain::side_list::{OWN, Unread};
use serde_json::Value;

/// Runs the same expression for every kind of record; a deletion feed carries none.
macro_rules! for_each_kind {
    ($batch:expr, $records:ident => $body:expr, feed $entries:ident => $feed:expr) => {
        match $batch {
            Batch::Companies($records) => $body,
            Batch::Technicians($records) => $body,
            Batch::Contacts($records) => $body,
            Batch::ContactGroups($records) => $body,
            Batch::ContactGroupMembers($records) => $body,
            Batch::Tickets($records) => $body,
            Batch::TicketNotes($records) => $body,
            Batch::Opportunities($records) => $body,
            Batch::Deletions($entries) => $feed,
        }
    };
}

/// A page with what the engine needs to know about its records, computed once and away from any transaction.
#[derive(Debug)]
pub struct Prepared {
    /// The records.
    pub batch: Batch,
    /// Their ids, in order.
    pub ids: Vec<String>,
    /// Their content hashes, in order; empty for a deletion feed.
    pub hashes: Vec<i64>,
    /// Lists that tell a part of the records and were not read.
    pub refused: Vec<Unread>,
    /// What the hashes cover beside the records.
    version: (u32, i64),
}

impl Prepared {
    /// Looks at each record of a batch. A repeat inside it is dropped, the last one wins: PostgreSQL refuses a
    /// statement that writes one key twice. The number of repeats dropped comes with it.
    #[must_use]
    pub fn from(batch: Batch, mapper_version: u32, generation: i64) -> (Self, i64) {
        let ids = ids_of(&batch);
        let mut last = std::collections::HashMap::with_capacity(ids.len());
        for (index, id) in ids.iter().enumerate() {
            last.insert(id.as_str(), index);
        }
        let repeats = ids.len() - last.len();
        let (batch, ids) = if repeats == 0 {
            (batch, ids)
        } else {
            let keep: Vec<bool> = ids
                .iter()
                .enumerate()
                .map(|(index, id)| last.get(id.as_str()) == Some(&index))
                .collect();
            let batch = retain(batch, &keep);
            let ids = ids_of(&batch);
            (batch, ids)
        };
        let repeats = i64::try_from(repeats).unwrap_or(i64::MAX);
        let mut prepared = Self {
            batch,
            ids,
            hashes: Vec::new(),
            refused: Vec::new(),
            version: (mapper_version, generation),
        };
        prepared.hash_again();
        (prepared, repeats)
    }

    /// The same, of records that came without what these lists tell.
    #[must_use]
    pub fn without(self, refused: Vec<Unread>) -> Self {
        Self { refused, ..self }
    }

    /// Leaves the records whose flag is set.
    pub fn keep(&mut self, keep: &[bool]) {
        let batch = std::mem::replace(&mut self.batch, Batch::Deletions(Vec::new()));
        self.batch = retain(batch, keep);
        self.ids = ids_of(&self.batch);
        self.hash_again();
    }

    /// Computes the hashes, when records were changed.
    pub fn hash_again(&mut self) {
        let (mapper_version, generation) = self.version;
        self.hashes = for_each_kind!(&self.batch, records => records
            .iter()
            .map(|record| record.content_hash(mapper_version, generation))
            .collect(), feed _entries => Vec::new());
    }

    /// Whether each record lies in the scope (rule P13). Only tickets and opportunities have one; `kind_field` is the
    /// vendor field that tells the kind of an opportunity, and `here` whether one is shown already.
    #[must_use]
    pub fn in_scope(
        &self,
        settings: &IntegrationSettings,
        kind_field: Option<&str>,
        here: impl Fn(&str) -> bool,
    ) -> Vec<bool> {
        match &self.batch {
            Batch::Tickets(tickets) => tickets
                .iter()
                .map(|ticket| settings.scope.check_ticket(TicketFacts::of(ticket)).is_ok())
                .collect(),
            Batch::Opportunities(opportunities) => opportunities
                .iter()
                .map(|opportunity| {
                    let kind = opportunity.type_id.as_deref();
                    let import = &settings.opportunity_import;
                    settings.scope.check_opportunity(kind).is_ok()
                        && import.lets_in(
                            kind_of(opportunity, kind_field),
                            opportunity.amount_cents,
                            here(&opportunity.external_id),
                        )
                })
                .collect(),
            _ => vec![true; self.ids.len()],
        }
    }
}

/// The longest kind of an opportunity, or type of a contact, that is offered to choose from; they are free texts.
const LONGEST_KIND: usize = 200;

/// The kind of an opportunity, where the vendor has one beside its type.
fn kind_of<'o>(opportunity: &'o OpportunityRecord, field: Option<&str>) -> Option<&'o str> {
    let kind = opportunity.fields.get(field?)?.as_str()?.trim();
    (!kind.is_empty() && kind.len() <= LONGEST_KIND).then_some(kind)
}

/// The kinds that the opportunities of a batch have.
#[must_use]
pub fn kinds_of<'b>(batch: &'b Batch, field: Option<&str>) -> BTreeSet<&'b str> {
    match batch {
        Batch::Opportunities(all) => all.iter().filter_map(|one| kind_of(one, field)).collect(),
        _ => BTreeSet::new(),
    }
}

/// The types that the contacts of a batch have in a vendor field: a text, or a list of them.
#[must_use]
pub fn contact_types_of<'b>(batch: &'b Batch, field: Option<&str>) -> BTreeSet<&'b str> {
    let (Batch::Contacts(contacts), Some(field)) = (batch, field) else {
        return BTreeSet::new();
    };
    let told = contacts
        .iter()
        .filter_map(|contact| contact.fields.get(field));
    let texts = told.flat_map(|value| match value {
        Value::Array(all) => all.iter().collect(),
        one => vec![one],
    });
    texts
        .filter_map(|text| text.as_str().map(str::trim))
        .filter(|text| !text.is_empty() && text.len() <= LONGEST_KIND)
        .collect()
}

/// The fields of the contacts of a batch that may tell their type: those of the account's own, the title, and the one that is
/// chosen, which comes as the type.
#[must_use]
pub fn contact_fields_of<'b>(
    batch: &'b Batch,
    types: Option<ContactTypes>,
    chosen: Option<&'b str>,
) -> BTreeSet<&'b str> {
    let mut found = BTreeSet::new();
    let choice = types.and_then(|types| Some((types.field, types.choice?.title)));
    let (Batch::Contacts(contacts), Some((field, title))) = (batch, choice) else {
        return found;
    };
    for contact in contacts {
        let names = contact.fields.keys();
        found.extend(names.filter_map(|name| name.strip_prefix(OWN)));
        found.extend(contact.title.as_ref().map(|_| title));
        found.extend(chosen.filter(|_| contact.fields.contains_key(field)));
    }
    found.retain(|name| name.len() <= LONGEST_KIND);
    found
}

/// The ids of a batch, in order.
#[must_use]
pub fn ids_of(batch: &Batch) -> Vec<String> {
    for_each_kind!(batch, records => records.iter().map(|record| record.external_id().to_owned()).collect(),
        feed entries => entries.iter().map(|entry| entry.external_id.clone()).collect())
}

/// The batch with only the records whose flag is set.
#[must_use]
pub fn retain(mut batch: Batch, keep: &[bool]) -> Batch {
    fn cut<T>(records: &mut Vec<T>, keep: &[bool]) {
        let mut flags = keep.iter().copied();
        records.retain(|_| flags.next().unwrap_or(false));
    }
    for_each_kind!(&mut batch, records => cut(records, keep), feed entries => cut(entries, keep));
    batch
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::record::{ContactRecord, TicketRecord};
    use serde_json::json;

    fn ticket(id: &str, title: &str, queue: &str) -> TicketRecord {
        TicketRecord {
            external_id: id.into(),
            title: title.into(),
            queue_id: Some(queue.into()),
            ..TicketRecord::default()
        }
    }

    #[test]
    fn a_repeat_inside_a_page_is_dropped_and_the_last_one_wins() {
        let batch = Batch::Tickets(vec![
            ticket("1", "old", "8"),
            ticket("2", "b", "8"),
            ticket("1", "new", "8"),
        ]);
        let (page, repeats) = Prepared::from(batch, 1, 1);
        assert_eq!(repeats, 1);
        assert_eq!(page.ids, ["2", "1"]);
        let Batch::Tickets(tickets) = &page.batch else {
            panic!("tickets stay tickets")
        };
        assert_eq!(tickets[1].title, "new");
        assert_eq!(page.hashes.len(), 2);
    }

    #[test]
    fn p4_p14_a_hash_covers_the_mapper_and_the_generation() {
        let hash = |mapper, generation| {
            let batch = Batch::Tickets(vec![ticket("1", "a", "8")]);
            Prepared::from(batch, mapper, generation).0.hashes
        };
        assert_eq!(hash(1, 1), hash(1, 1));
        assert_ne!(hash(1, 1), hash(2, 1));
        assert_ne!(hash(1, 1), hash(1, 2));
    }

    #[test]
    fn types_of_contacts_and_the_fields_they_may_be_told_by_are_seen() {
        let contact = |fields: Value| ContactRecord {
            fields: serde_json::from_value(fields).expect("fields"),
            ..ContactRecord::default()
        };
        let mut batch = Batch::Contacts(vec![
            contact(json!({"kind": " VIP ", "udf:Room": "5"})),
            contact(json!({"kind": ["VIP", "Billing", ""], "udf:Floor": 2})),
            contact(json!({"kind": true})),
        ]);
        let types = ContactTypes {
            field: "kind",
            choice: domain::provider::find("syncro")
                .and_then(|provider| provider.setup.contact_types)
                .and_then(|types| types.choice),
        };
        let list = |found: BTreeSet<&str>| found.into_iter().collect::<Vec<_>>().join(", ");
        assert_eq!(list(contact_types_of(&batch, Some("kind"))), "Billing, VIP");
        assert_eq!(list(contact_types_of(&batch, None)), "");
        let fields = |batch: &Batch, types| list(contact_fields_of(batch, types, Some("Sort")));
        assert_eq!(fields(&batch, Some(types)), "Floor, Room, Sort");
        assert_eq!(fields(&batch, None), "");
        let fixed = ContactTypes {
            choice: None,
            ..types
        };
        assert_eq!(fields(&batch, Some(fixed)), "", "nothing is chosen there");
        if let Batch::Contacts(contacts) = &mut batch {
            contacts.truncate(1);
            contacts[0].fields.remove("kind");
            contacts[0].title = Some("Head of IT".into());
        }
        assert_eq!(fields(&batch, Some(types)), "Room, title");
    }

    #[test]
    fn p13_scope_is_judged_per_ticket() {
        let batch = Batch::Tickets(vec![ticket("1", "a", "8"), ticket("2", "b", "9")]);
        let (page, _) = Prepared::from(batch, 1, 1);
        let mut settings = IntegrationSettings::default();
        assert_eq!(page.in_scope(&settings, None, |_| false), [true, true]);
        settings.scope.queues = ["9".to_owned()].into();
        assert_eq!(page.in_scope(&settings, None, |_| false), [false, true]);
    }

    #[test]
    fn p13_opportunities_come_in_by_value_and_by_kind_and_those_here_stay_when_none_may() {
        let sale = |id: &str, kind: &str, amount| OpportunityRecord {
            external_id: id.into(),
            amount_cents: amount,
            fields: [("kind".to_owned(), kind.into())].into(),
            ..OpportunityRecord::default()
        };
        let (page, _) = Prepared::from(
            Batch::Opportunities(vec![
                sale("1", "Project ", Some(90_000)),
                sale("2", "Renewal", Some(500)),
                sale("3", "", None),
            ]),
            1,
            1,
        );
        let kinds: Vec<&str> = kinds_of(&page.batch, Some("kind")).into_iter().collect();
        assert_eq!(kinds, ["Project", "Renewal"]);
        let mut settings = IntegrationSettings::default();
        let judged =
            |settings: &IntegrationSettings| page.in_scope(settings, Some("kind"), |id| id == "2");
        assert_eq!(judged(&settings), [true, true, true]);
        settings.opportunity_import.minimum_cents = Some(1_000);
        assert_eq!(judged(&settings), [true, false, false]);
        settings.opportunity_import.minimum_cents = None;
        settings.opportunity_import.kinds = ["Renewal".to_owned()].into();
        assert_eq!(judged(&settings), [false, true, false]);
        settings.opportunity_import.enabled = false;
        assert_eq!(judged(&settings), [false, true, false], "what is here");
    }
}
