//! Tickets of projects, which have a list of their own.

use std::collections::BTreeSet;

use connectors::ErrorKind;
use connectors::connector::Fetched;
use connectors::page::{Cursor, PageRequest};
use domain::clock::UtcMillis;
use domain::record::Batch;
use domain::reference::ReferenceKind;
use domain::scope::{Scope, TicketFacts};
use domain::stream::{PullMode, Stream};
use serde_json::json;

use super::VENDOR;
use crate::vendor::{FULL, Stand, Vendor, ids, ids_of, walk, whole};

/// Makes some tickets in the first projects.
pub(super) fn plan(stand: &Stand, count: usize) -> Vec<i64> {
    let control = stand.control();
    let projects = control
        .records("project/projects", 0, 100)
        .expect("projects");
    let fields = |n: usize| {
        let project = &projects[n % projects.len().min(3)];
        json!({
            "summary": format!("Step {n}"), "project": {"id": project["id"]},
            "company": {"id": project["company"]["id"]},
        })
    };
    (0..count)
        .map(|n| control.create("project/tickets", fields(n)))
        .collect()
}

pub async fn follow() {
    let stand = VENDOR.start().await;
    let made = plan(&stand, 50);
    let connector = stand.connector();
    let service = ids_of(stand.control(), "service/tickets");
    let projects: BTreeSet<String> = made.iter().map(ToString::to_string).collect();
    let all: BTreeSet<String> = service.union(&projects).cloned().collect();
    let pages = walk(&*connector, Stream::Tickets, FULL, 20)
        .await
        .expect("pages");
    assert_eq!(ids(&pages), all);
    assert!(pages.iter().all(|page| page.oddity.is_none()));
    let everything = Scope::default();
    let total = connector.total(Stream::Tickets, FULL, &everything).await;
    assert_eq!(total.expect("a total"), Some(all.len() as u64));
    // The type of its project comes with each, as reference data has it.
    let items = connector.reference_data().await.expect("reference data");
    let of = |kind| items.iter().filter(move |item| item.kind == kind);
    let types: BTreeSet<&str> = of(ReferenceKind::ProjectType)
        .map(|item| item.external_id.as_str())
        .collect();
    let mut seen = BTreeSet::new();
    for page in &pages {
        let Batch::Tickets(tickets) = &page.batch else {
            panic!("tickets")
        };
        for ticket in tickets {
            let kind = TicketFacts::of(ticket).project_type;
            assert_eq!(kind.is_some(), projects.contains(&ticket.external_id));
            assert_eq!(kind.is_some(), ticket.fields.contains_key("project"));
            seen.extend(kind.map(str::to_owned));
        }
    }
    assert!(seen.len() > 1 && seen.iter().all(|kind| types.contains(kind.as_str())));
    let board = of(ReferenceKind::Queue).find(|item| item.label == "Projects");
    let board = board.expect("its tickets are read").external_id.clone();
    // A board of projects alone, and changes in both lists.
    let scope = Scope {
        queues: [board].into(),
        ..Scope::default()
    };
    let total = connector.total(Stream::Tickets, FULL, &scope).await;
    assert_eq!(total.expect("a total"), Some(50));
    stand.control().advance_clock(60_000);
    let since = UtcMillis(stand.control().now_ms());
    let changed = [made[7], stand.control().ids("service/tickets")[3]];
    for (entity, id) in ["project/tickets", "service/tickets"]
        .into_iter()
        .zip(changed)
    {
        stand
            .control()
            .patch(entity, id, json!({"summary": "Changed"}));
    }
    let mode = PullMode::Since { since };
    let pages = walk(&*connector, Stream::Tickets, mode, 20).await;
    let expected: BTreeSet<String> = changed.iter().map(ToString::to_string).collect();
    assert_eq!(ids(&pages.expect("pages")), expected);
}

pub async fn converted() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let ticket = plan(&stand, 1)[0];
    control.create(
        "project/tickets/notes",
        json!({"ticketId": ticket, "text": "Moved", "detailDescriptionFlag": true}),
    );
    let connector = stand.connector();
    let id = ticket.to_string();
    let fetched = connector.fetch(Stream::Tickets, &id).await;
    let Fetched::Record(Batch::Tickets(alone), _) = fetched.expect("an answer") else {
        panic!("it is there")
    };
    let pages = whole(&*connector, Stream::Tickets).await.expect("pages");
    let listed = crate::vendor::record(&pages, &id);
    assert_eq!(serde_json::to_value(&alone[0]).expect("JSON"), listed);
    let notes = connector.ticket_notes(&id).await.expect("notes");
    assert_eq!(notes.batch.len(), 1);
    let journal = control.journal();
    let looked_up = journal
        .iter()
        .filter(|entry| entry.path.to_lowercase().contains("companyinfo"));
    assert_eq!(
        looked_up.count(),
        1,
        "not again for a record that is not there"
    );
    control.delete("project/tickets", ticket);
    let fetched = connector.fetch(Stream::Tickets, &id).await;
    assert_eq!(fetched.expect("an answer"), Fetched::Gone);
    assert!(
        connector
            .ticket_notes(&id)
            .await
            .expect("none")
            .batch
            .is_empty()
    );
}

/// Service tickets go on, and nobody takes those of projects for deleted.
pub async fn without_the_right() {
    let stand = VENDOR.start().await;
    let made = plan(&stand, 30);
    let control = stand.control();
    let connector = stand.connector();
    let scope = Scope::default();
    let at = |cursor: &'static str| Cursor(cursor.to_owned());
    let ask = |cursor: Cursor| {
        let (connector, scope) = (&connector, &scope);
        async move {
            let request = PageRequest {
                stream: Stream::Tickets,
                mode: FULL,
                cursor: Some(&cursor),
                scope,
                page_size: 10,
            };
            connector.list_page(request).await
        }
    };
    let next = ask(at("p:")).await.expect("a page").next.expect("more");
    control.set_security("project/tickets", "query", "None");
    let error = ask(next).await.expect_err("the rest would be missing");
    assert_eq!(error.kind, ErrorKind::PermissionDenied);
    let pages = whole(&*connector, Stream::Tickets).await.expect("pages");
    assert_eq!(ids(&pages), ids_of(control, "service/tickets"));
    let total = connector.total(Stream::Tickets, FULL, &scope).await;
    assert_eq!(total.expect("an answer"), None, "nothing is proven");
    let fetched = connector.fetch(Stream::Tickets, &made[0].to_string()).await;
    let fetched = fetched.expect("an answer");
    assert!(
        matches!(fetched, Fetched::Unreadable(_)),
        "nobody says that it is gone: {fetched:?}"
    );
    control.set_security("project/tickets/notes", "query", "None");
    let notes = connector.ticket_notes(&made[0].to_string()).await;
    let error = notes.expect_err("nobody says that there are none");
    assert_eq!(error.kind, ErrorKind::PermissionDenied);
    let told: Vec<_> = pages.iter().flat_map(|page| &page.findings).collect();
    assert!(
        matches!(told[..], [one] if one.area == "Project tickets" && one.missing.is_some() && !one.required),
        "{told:?}"
    );
    let items = stand.connector().reference_data().await.expect("the rest");
    let boards = items
        .iter()
        .filter(|item| item.kind == ReferenceKind::Queue);
    let boards: Vec<_> = boards.map(|item| item.label.as_str()).collect();
    assert!(
        !boards.contains(&"Projects") && boards.contains(&"Help Desk"),
        "{boards:?}"
    );
    assert!(!items.iter().any(|item| item.parent.as_deref() == Some("8")));
    let report = connector.test_connection().await.expect("a report");
    assert_eq!(report.missing_required().count(), 0);
    let missing = report
        .permissions
        .iter()
        .find(|one| one.area == "Project tickets");
    assert!(missing.is_some_and(|one| one.missing.is_some()));
    // Types of projects are one more right.
    control.set_security("project/tickets", "query", "All");
    control.set_security("project/projects", "query", "None");
    let pages = whole(&*stand.connector(), Stream::Tickets)
        .await
        .expect("pages");
    let mut told = pages.iter().flat_map(|page| &page.findings);
    assert!(told.all(|one| one.missing.is_none()), "the right is there");
    assert!(made.iter().all(|id| ids(&pages).contains(&id.to_string())));
}
