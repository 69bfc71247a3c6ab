//! What records become: the fixtures mapped, and values that make no sense.

use serde_json::json;
use serde_json::value::RawValue;

use super::*;
use crate::http::decode::each;
use crate::mapping::Record;

/// Maps a fixture the slow way; what cannot be read comes as its field.
fn mapped<'a, W: Record<'a, Tenant = Tenant>>(page: &'a str) -> Vec<Result<W::Ours, String>> {
    let tenant = Tenant {
        inactive_statuses: [2].into(),
    };
    let page: Vec<&'a RawValue> = serde_json::from_str(page).expect("a page");
    let map = |raw: &&'a RawValue| {
        let (mut read, unreadable) = each::<W>(&[*raw], "id", false);
        match read.pop() {
            Some(record) => record.map(&tenant).map_err(|bad| bad.field.to_owned()),
            None => Err(unreadable[0].field.clone().unwrap_or_default()),
        }
    };
    page.iter().map(map).collect()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn companies() {
    let records = mapped::<CwCompany<'_>>(include_str!("../fixtures/companies.json"));
    let company = records[0].as_ref().expect("a company");
    assert_eq!(
        (&*company.external_id, &*company.name, company.active),
        ("251", "Quayside Dental", true)
    );
    assert_eq!(
        (&company.type_id, &company.status_id, &company.street),
        (&some("1"), &some("1"), &some("4 Wharf Lane\nFloor 2"))
    );
    assert_eq!(
        (&company.country, &company.owner_external_id),
        (&some("United Kingdom"), &some("152"))
    );
    assert_eq!(
        company.updated_at.map(|at| at.to_rfc3339()),
        some("2026-03-01T14:05:12.000Z")
    );
    assert_eq!(company.fields["other_types"], json!(["Managed"]));
    assert_eq!(company.other_type_ids, ["6"]);
    assert_eq!(company.fields["udf:Service Tier"], json!("Gold"));
    assert!(!company.fields.contains_key("udf:Seats"), "without a value");
    let own = company.fields.keys().filter(|key| key.starts_with("udf:"));
    assert_eq!(own.count(), 1, "no password and no button");
    let gone = records[1].as_ref().expect("a company");
    assert_eq!((gone.active, &gone.type_id), (false, &some("4")));
    assert!(
        !records[2].as_ref().expect("a company").active,
        "its status"
    );
    assert_eq!(records[3], Err("_info.lastUpdated".to_owned()));
    assert_eq!(records[4], Err("name".to_owned()));
}

#[test]
fn contacts() {
    let records = mapped::<CwContact<'_>>(include_str!("../fixtures/contacts.json"));
    let emma = records[0].as_ref().expect("a contact");
    assert_eq!(emma.email, some("emma@quayside.example"), "the default one");
    assert_eq!(
        (&emma.phone, &emma.mobile),
        (&some("0117 496 0001"), &some("07700 900001"))
    );
    assert!(emma.primary && emma.active);
    assert_eq!(emma.fields["email_2"], json!("emma@home.example"));
    assert_eq!(emma.fields["extension"], json!("12"));
    assert_eq!(
        emma.fields["contact_types"],
        json!(["Decision Maker", "Billing"])
    );
    let other = records[1].as_ref().expect("a contact");
    assert_eq!(
        (&other.email, other.active, other.primary),
        (&None, false, false)
    );
    assert_eq!(other.phone, some("0117 496 0002"));
}

#[test]
fn members() {
    let records = mapped::<CwMember<'_>>(include_str!("../fixtures/members.json"));
    let of = |place: usize| records[place].as_ref().expect("a member");
    assert_eq!(of(0).email, some("jo@msp.example"));
    assert_eq!(of(0).fields["member_id"], json!("JDoe"));
    assert_eq!(
        (&of(1).email, of(1).active, of(1).person),
        (&some("m@msp.example"), false, true),
        "the one the default points to"
    );
    assert_eq!(
        (of(2).person, &of(2).email),
        (false, &some("api@msp.example"))
    );
}

#[test]
fn tickets() {
    let records = mapped::<CwTicket<'_>>(include_str!("../fixtures/tickets.json"));
    let ticket = records[0].as_ref().expect("a ticket");
    assert_eq!(
        [&ticket.status_id, &ticket.type_id, &ticket.queue_id],
        [&some("1/17"), &some("1/8"), &some("1")],
        "what belongs to a board is named with it"
    );
    assert_eq!(ticket.technician_external_id, some("150"));
    for (key, value) in [
        ("sub_type", json!("1/9")),
        ("team", json!("1/11")),
        ("severity", json!("Medium")),
        ("agreement", json!("Managed Services")),
        ("budget_hours", json!(0.5)),
        ("merged_into", json!("499")),
        ("entered_by", json!("Portico")),
    ] {
        assert_eq!(ticket.fields[key], value, "{key}");
    }
    assert!(!ticket.fields.keys().any(|key| key.starts_with("udf:")));
    let other = records[1].as_ref().expect("a ticket");
    assert_eq!(other.status_id, None, "a status without a board is none");
    let is_closed = |place: usize| {
        let ticket: &TicketRecord = records[place].as_ref().expect("a ticket");
        ticket.closed_at.is_some()
    };
    assert_eq!(
        [1, 2, 3].map(is_closed),
        [true, false, true],
        "one without the flag, one opened again, one that is closed"
    );
    assert_eq!(records[4], Err("requiredDate".to_owned()));
}

#[test]
fn one_note_describes_its_ticket() {
    let described = |json: &str, issues: &[&str], all_read: bool| {
        let notes: Vec<CwNote<'_>> = serde_json::from_str(json).expect("notes");
        let notes = notes.into_iter().map(|note| to_ticket_note(501, note));
        let mut notes: Vec<_> = notes.map(|note| note.expect("a note")).collect();
        let issues = issues.iter().map(|id| (*id).to_owned()).collect();
        leave_one_description(&mut notes, &issues, all_read);
        let those = notes.into_iter().filter(|note| note.describes);
        those.map(|note| note.external_id).collect::<Vec<_>>()
    };
    let notes = r#"[
        {"id":3,"text":"A reply","detailDescriptionFlag":true,"dateCreated":"2026-03-02T00:00:00Z"},
        {"id":4,"text":"For us","detailDescriptionFlag":true,"internalAnalysisFlag":true,"dateCreated":"2026-02-01T00:00:00Z"},
        {"id":5,"text":"It smokes","detailDescriptionFlag":true,"dateCreated":"2026-03-01T00:00:00Z"},
        {"id":6,"text":"Solved","resolutionFlag":true,"dateCreated":"2026-02-01T00:00:00Z"},
        {"id":2,"noteType":"TimeEntryNote","text":"Time","detailDescriptionFlag":true,"dateCreated":"2026-02-01T00:00:00Z"}]"#;
    assert_eq!(
        described(notes, &[], true),
        ["5"],
        "the first that is a discussion"
    );
    assert_eq!(described(notes, &["3"], true), ["3"], "the one marked");
    assert_eq!(
        described(notes, &["4"], true),
        ["5"],
        "clients may not read the one marked"
    );
    assert_eq!(
        described(notes, &[], false),
        [""; 0],
        "nobody knows which was first"
    );
    assert_eq!(described(notes, &["3"], false), ["3"]);
    assert_eq!(described("[]", &[], true), [""; 0]);
    let undated = r#"[
        {"id":6,"text":"A reply","detailDescriptionFlag":true,"dateCreated":"2026-03-02T00:00:00Z"},
        {"id":5,"text":"It smokes","detailDescriptionFlag":true,"_info":{"lastUpdated":"2026-03-04T00:00:00Z"}},
        {"id":7,"text":"Another","detailDescriptionFlag":true}]"#;
    assert_eq!(described(undated, &[], true), ["5"], "the lowest id");
    assert_eq!(described(undated, &["7"], true), ["7"]);
}

#[test]
fn notes_are_internal_in_doubt_and_their_ids_carry_their_kind() {
    let notes: Vec<CwNote<'_>> =
        serde_json::from_str(include_str!("../fixtures/notes.json")).expect("notes");
    let notes: Vec<_> = notes
        .into_iter()
        .map(|note| to_ticket_note(501, note).expect("a note"))
        .collect();
    let shown: Vec<_> = notes
        .iter()
        .map(|note| (note.external_id.as_str(), note.visibility))
        .collect();
    assert_eq!(
        shown,
        [
            ("7", Visibility::Public),
            ("TimeEntryNote-7", Visibility::Public),
            ("8", Visibility::Internal),
            ("9", Visibility::Internal),
            ("10", Visibility::Internal),
        ]
    );
    assert_eq!(
        (
            &notes[0].contact_external_id,
            &notes[0].technician_external_id
        ),
        (&some("58118"), &None)
    );
    assert_eq!(notes[1].technician_external_id, some("150"));
    assert!(notes[1].created_at.is_some(), "when the time began");
}

#[test]
fn a_note_is_dated_by_the_first_of_its_times() {
    let dated = |more: &str| {
        let json = format!(r#"{{"id":7,"text":"x"{more}}}"#);
        let note: CwNote<'_> = serde_json::from_str(&json).expect("a note");
        let note = to_ticket_note(501, note).expect("it makes sense");
        note.created_at.map(|at| at.to_rfc3339()[..10].to_owned())
    };
    let created = r#","dateCreated":"2026-03-01T00:00:00Z""#;
    let entered =
        r#","_info":{"dateEntered":"2026-03-02T00:00:00Z","lastUpdated":"2026-03-04T00:00:00Z"}"#;
    let start = r#","timeStart":"2026-03-03T00:00:00Z""#;
    let updated = r#","_info":{"lastUpdated":"2026-03-04T00:00:00Z"}"#;
    for (more, expected) in [
        (format!("{created}{entered}{start}"), some("2026-03-01")),
        (format!("{entered}{start}"), some("2026-03-02")),
        (format!("{start}{updated}"), some("2026-03-03")),
        (updated.to_owned(), None),
        (String::new(), None),
    ] {
        assert_eq!(dated(&more), expected, "{more}");
    }
}

#[test]
fn a_note_of_nobody_with_an_id_has_the_name_it_carries() {
    let author = |more: &str| {
        let json = format!(r#"{{"id":7,"text":"x"{more}}}"#);
        let note: CwNote<'_> = serde_json::from_str(&json).expect("a note");
        to_ticket_note(501, note).expect("it makes sense").author
    };
    let created = r#","originalAuthor":"Xavier Lane","_info":{"enteredBy":"zApi"}"#;
    assert_eq!(author(created), some("Xavier Lane"));
    let entered = r#","originalAuthor":"","_info":{"enteredBy":"zApi"}"#;
    assert_eq!(author(entered), some("zApi"));
    let member = r#","originalAuthor":"Admin1","member":{"id":150,"name":"Ann"}"#;
    assert_eq!(author(member), None, "the id says it");
    let contact = r#","originalAuthor":"zApi","contact":{"id":5,"name":"Bob"}"#;
    assert_eq!(author(contact), None);
    assert_eq!(author(""), None);
}

#[test]
fn opportunities() {
    let records = mapped::<CwOpportunity<'_>>(include_str!("../fixtures/opportunities.json"));
    let one = records[0].as_ref().expect("an opportunity");
    assert_eq!(
        (one.probability, &one.stage_id, &one.type_id),
        (Some(25), &some("2"), &some("3"))
    );
    assert_eq!(one.fields["purchase_order"], json!("PO-1"));
    assert_eq!(
        records[1].as_ref().expect("an opportunity").probability,
        None
    );
}
