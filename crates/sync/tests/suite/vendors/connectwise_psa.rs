//! What the cases must know of ConnectWise PSA.

use domain::stream::Stream;
use serde_json::json;
use simulator::{Control, Fault, FaultKind};

use crate::vendors::{Desk, nothing, plain, notes};

fn project_tickets(control: &Control) {
    let projects = control.records("project/projects", 0, 3);
    for project in projects.expect("projects") {
        let ticket = json!({
            "summary": "Step", "project": {"id": project["id"]}, "company": {"id": project["company"]["id"]},
        });
        control.create("project/tickets", ticket);
    }
}

pub const DESK: Desk = Desk {
    key: "connectwise_psa",
    streams: &[
        (Stream::Companies, "company/companies"),
        (Stream::Technicians, "system/members"),
        (Stream::Contacts, "company/contacts"),
        (Stream::Tickets, "service/tickets"),
        (Stream::Opportunities, "sales/opportunities"),
    ],
    notes: "service/tickets/notes",
    ticket_of: "ticketId",
    title: "summary",
    present: |control| {
        let of = |entity, field| notes(control, entity, field, "service/tickets");
        let flags = [
            "addToDetailDescriptionFlag",
            "addToInternalAnalysisFlag",
            "addToResolutionFlag",
        ];
        let mut entries = of("time/entries", "chargeToId");
        entries.retain(|entry| flags.iter().any(|flag| entry[*flag] == true));
        let entries = entries
            .iter()
            .map(|entry| format!("TimeEntryNote-{}", entry["id"]));
        let notes = of("service/tickets/notes", "ticketId");
        notes
            .iter()
            .map(|note| note["id"].to_string())
            .chain(entries)
            .collect()
    },
    made: nothing,
    note: || json!({"text": "Anything new?", "detailDescriptionFlag": true}),
    note_id: plain,
    asked: "allnotes",
    hide: |control| {
        let empty = FaultKind::Status {
            code: 200,
            body: Some(json!([])),
            retry_after: None,
        };
        control.set_fault(Fault::new(empty).on_path("allNotes"));
    },
    beside: &[
        ("project/projects", "query", "Projects"),
        (
            "sales/opportunities/forecast",
            "query",
            "Opportunity amounts",
        ),
        ("company/companies/sites", "query", "Sites"),
    ],
    judges: Some(|scope, kind| scope.exclude_project_types = [kind.to_owned()].into()),
    add: project_tickets,
    right: ("sales/opportunities", "query", "Opportunities"),
    edits: &[
        (Stream::Companies, "phoneNumber", "5550100"),
        (Stream::Contacts, "title", "Head of it"),
        (Stream::Tickets, "summary", "Edited"),
        (Stream::Opportunities, "name", "Edited"),
    ],
};
