//! What records become: the fixtures mapped, and values that make no sense.

use super::*;
use crate::autotask::wire::AutotaskPage;
use crate::http::decode::each;
use crate::mapping::Record;
use serde_json::json;

fn tenant() -> Tenant {
    Tenant {
        public_audiences: BTreeSet::from([1]),
        api_licenses: BTreeSet::from([7]),
    }
}

/// Maps a fixture the slow way; what cannot be read comes as its field.
fn mapped<'a, W: Record<'a, Tenant = Tenant>>(page: &'a str) -> Vec<Result<W::Ours, String>> {
    let page: AutotaskPage<&'a serde_json::value::RawValue> =
        serde_json::from_str(page).expect("a page");
    let map = |raw: &&'a serde_json::value::RawValue| {
        let (mut read, unreadable) = each::<W>(&[*raw], "id", false);
        match read.pop() {
            Some(record) => record.map(&tenant()).map_err(|bad| bad.field.to_owned()),
            None => Err(unreadable[0].field.clone().unwrap_or_default()),
        }
    };
    page.items.iter().map(map).collect()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn companies() {
    let records = mapped::<AutotaskCompany<'_>>(include_str!("../fixtures/companies.json"));
    let own = records[0].as_ref().expect("the tenant's own company");
    assert_eq!(
        (own.external_id.as_str(), &own.fields["own_company"]),
        ("0", &json!(true))
    );
    assert_eq!(own.phone, some("555-0100"));
    assert_eq!(
        (
            own.street.clone(),
            own.parent_external_id.clone(),
            own.updated_at
        ),
        (None, None, None)
    );
    let client = records[1].as_ref().expect("a client");
    assert_eq!(client.name, "Müller & Söhne \"Präzision\"");
    assert!(!client.active && !client.fields.contains_key("own_company"));
    assert_eq!(client.street, some("Hafenstraße 4\nHof 2"));
    assert_eq!(
        (client.state.clone(), client.type_id.clone()),
        (None, some("1"))
    );
    assert_eq!(
        (
            client.parent_external_id.clone(),
            client.owner_external_id.clone()
        ),
        (some("90"), some("29682886"))
    );
    assert_eq!(
        client.updated_at.map(|at| at.to_string()),
        some("2026-03-02T08:00:00.500Z"),
        "the later of two"
    );
    assert_eq!(client.fields["udf:Contract Tier"], json!("Gold"));
    assert!(
        !client.fields.contains_key("udf:Renewal") && !client.fields.contains_key("udf:Site code")
    );
}

#[test]
fn contacts() {
    let records = mapped::<AutotaskContact<'_>>(include_str!("../fixtures/contacts.json"));
    let zoe = records[0].as_ref().expect("a contact");
    assert!(zoe.active && zoe.primary);
    assert_eq!(
        (zoe.email.clone(), zoe.mobile.clone()),
        (some("Zoe.OBrien@mueller.example"), some("555-0102"))
    );
    assert_eq!(zoe.fields["note"], json!("Prefers e-mail 📧"));
    assert!(!zoe.fields.contains_key("email_3"));
    let ann = records[1].as_ref().expect("a contact");
    assert!(!ann.active && !ann.primary && ann.email.is_none());
    assert_eq!(records[2], Err("isActive".to_owned()));
}

#[test]
fn groups_and_members_in_both_spellings() {
    let groups =
        mapped::<AutotaskContactGroup<'_>>(include_str!("../fixtures/contact_groups.json"));
    assert_eq!(groups[0].as_ref().expect("a group").name, "Decision makers");
    let members = mapped::<AutotaskContactGroupContact>(include_str!(
        "../fixtures/contact_group_contacts.json"
    ));
    for (member, contact) in members.iter().zip(["30682", "30683"]) {
        let member = member.as_ref().expect("a member");
        assert_eq!(
            (
                member.group_external_id.as_str(),
                member.contact_external_id.as_str()
            ),
            ("5", contact)
        );
    }
}

#[test]
fn an_api_only_user_is_no_person() {
    let records = mapped::<AutotaskResource<'_>>(include_str!("../fixtures/resources.json"));
    let people: Vec<_> = records
        .into_iter()
        .map(|record| record.expect("a resource"))
        .collect();
    assert_eq!(
        people.iter().map(|one| one.person).collect::<Vec<_>>(),
        [false, true]
    );
    assert_eq!(
        (people[1].title.clone(), &people[1].fields["user_name"]),
        (some("Service desk lead"), &json!("dreyes"))
    );
}

#[test]
fn tickets_keep_texts_and_name_bad_fields() {
    let records = mapped::<AutotaskTicket<'_>>(include_str!("../fixtures/tickets.json"));
    let ticket = records[0].as_ref().expect("a ticket");
    assert_eq!(ticket.title, "Printer <b>down</b> 🖨 & out");
    assert_eq!(
        ticket.description,
        Some(Body::plain("Paper jam\r\nin tray2")),
        "only the NUL is gone"
    );
    assert_eq!(
        (ticket.status_id.clone(), ticket.queue_id.clone()),
        (some("1"), some("29682833"))
    );
    assert_eq!(
        (
            ticket.category_id.clone(),
            ticket.type_id.clone(),
            ticket.source_id.clone()
        ),
        (some("3"), some("1"), some("4"))
    );
    assert_eq!(
        ticket.updated_at.map(|at| at.to_string()),
        some("2026-03-01T14:05:13.000Z")
    );
    assert_eq!(ticket.fields["udf:Affected site"], json!("HQ"));
    assert_eq!(ticket.fields["estimated_hours"], json!(1.5));
    assert_eq!(
        (&ticket.fields["issue_type"], &ticket.fields["contract_id"]),
        (&json!("10"), &json!("77"))
    );
    assert_eq!(records[1], Err("dueDateTime".to_owned()));
    assert_eq!(records[2], Err("title".to_owned()));
}

#[test]
fn a_note_is_public_only_for_a_known_audience() {
    let records = mapped::<AutotaskTicketNote<'_>>(include_str!("../fixtures/ticket_notes.json"));
    let notes: Vec<_> = records
        .into_iter()
        .map(|record| record.expect("a note"))
        .collect();
    let seen: Vec<_> = notes
        .iter()
        .map(|note| (note.visibility, note.system))
        .collect();
    assert_eq!(
        seen,
        [
            (Visibility::Public, false),
            (Visibility::Internal, false),
            (Visibility::Internal, true)
        ]
    );
    assert_eq!(
        (
            notes[0].contact_external_id.clone(),
            notes[0].technician_external_id.clone()
        ),
        (some("30682"), None)
    );
    assert_eq!(
        (
            notes[1].technician_external_id.clone(),
            notes[1].title.as_str()
        ),
        (some("29682886"), "")
    );
}

#[test]
fn opportunities() {
    let records = mapped::<AutotaskOpportunity<'_>>(include_str!("../fixtures/opportunities.json"));
    let one = records[0].as_ref().expect("an opportunity");
    assert_eq!(
        (one.amount_cents, one.probability),
        (Some(123_457), Some(60))
    );
    assert_eq!(one.fields["cost"], json!("900.10"), "digits as sent");
    assert_eq!(
        one.projected_close_at.map(|at| at.to_string()),
        some("2026-04-30T00:00:00.000Z")
    );
    assert_eq!(
        one.closed_at.map(|at| at.to_string()),
        some("2026-03-05T09:00:00.000Z")
    );
    assert_eq!(records[1], Err("amount".to_owned()));
}

#[test]
fn deletions() {
    let records =
        mapped::<AutotaskDeletedTicket<'_>>(include_str!("../fixtures/deleted_ticket_logs.json"));
    let one = records[0].as_ref().expect("an entry");
    assert_eq!(
        (one.external_id.as_str(), one.ticket_external_id.clone()),
        ("7", some("34000"))
    );
}
