//! A ticket that was merged into another leads there, for whoever may see that one.

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use domain::permission::{Area, Grants, Level};
use domain::role_preset::RolePreset;
use domain::viewer::Viewer;
use serde_json::{Value, json};
use store::companies::find_for_viewer;
use store::identities::{MembershipStatus, upsert_company_membership};
use store::listing::Direction;
use store::roles::find_preset_in;
use store::tickets::{TicketFilter, TicketRow, TicketSort, list_for_viewer};

use super::portal::Portal;
use super::{Psa, connectwise_psa, halo_psa};

const READER: &str = "rita@example.com";

#[tokio::test]
async fn connectwise_tickets_lead_to_what_they_were_merged_into() {
    let into = |parent: i64| json!({ "mergedParentTicket": { "id": parent } });
    leads_there(&connectwise_psa::PSA, "service/tickets", into).await;
}

#[tokio::test]
async fn halo_tickets_lead_to_what_they_were_merged_into() {
    let into = |parent: i64| json!({ "merged_into_id": parent });
    leads_there(&halo_psa::PSA, "tickets", into).await;
}

/// One ticket of a company was merged into its own, and one into another company's: so staff see it, and so does somebody
/// who is limited to that company.
async fn leads_there(psa: &'static Psa, entity: &str, into: fn(i64) -> Value) {
    let portal = Portal::start(psa).await;
    portal.set_up(&mut portal.site.admin().await).await;
    let [first, second, parent, theirs] = tickets(&portal, entity).await;
    portal
        .control()
        .patch(entity, id(&first), into(id(&parent)));
    portal
        .control()
        .patch(entity, id(&second), into(id(&theirs)));
    portal.later(UtcMillis::HOUR, UtcMillis::HOUR).await;

    let mut browser = portal.site.admin().await;
    for (child, parent) in [(&first, &parent), (&second, &theirs)] {
        let page = browser.get(&place(child)).await;
        assert!(page.text.contains(&link(parent)), "{}", page.text);
        assert!(!page.text.contains("Merged Into"), "told once");
    }

    may_see_company_of(&portal, &first).await;
    let mut reader = portal.site.browser_of(READER).await;
    let page = reader.get(&place(&first)).await;
    assert!(page.text.contains(&link(&parent)), "{}", page.text);
    let page = reader.get(&place(&second)).await;
    let number = &theirs.external_id;
    let plain = format!("Merged into <span class=\"mono\">{number}</span>");
    assert!(page.text.contains(&plain), "{}", page.text);
    assert!(!page.text.contains(&place(&theirs)), "{}", page.text);
    let page = reader.get(&place(&theirs)).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

/// Three tickets of one company, and one of another.
async fn tickets(portal: &Portal, entity: &str) -> [TicketRow; 4] {
    let store = portal.site.app.store();
    let every = TicketFilter::default();
    let listed = list_for_viewer(
        store,
        &Viewer::ApiKey(1),
        &every,
        TicketSort::Updated,
        Direction::Descending,
        None,
        500,
    );
    let mut rows = listed.await.unwrap().rows;
    rows.retain(|row| {
        row.company_uuid.is_some() && portal.control().get(entity, id(row)).is_some()
    });
    let of = |row: &TicketRow| {
        let company = row.company_uuid.clone();
        rows.iter().filter(move |one| one.company_uuid == company)
    };
    let three = rows.iter().find(|row| of(row).count() >= 3);
    let three = three.expect("a company with three tickets");
    let mut own = of(three).cloned();
    let mut others = rows.iter();
    let other = others.find(|row| row.company_uuid != three.company_uuid);
    let mut next = || own.next().expect("another one");
    [
        next(),
        next(),
        next(),
        other.expect("another company's").clone(),
    ]
}

fn id(ticket: &TicketRow) -> i64 {
    ticket.external_id.parse().unwrap()
}

fn place(ticket: &TicketRow) -> String {
    format!("/tickets/{}", ticket.uuid)
}

fn link(ticket: &TicketRow) -> String {
    let (place, number) = (place(ticket), &ticket.number);
    format!("Merged into <a class=\"mono\" href=\"{place}\">{number}</a>")
}

/// Somebody of the staff who reads tickets of the ticket's company alone.
async fn may_see_company_of(portal: &Portal, ticket: &TicketRow) {
    let site = &portal.site;
    let reads = Grants([(Area::Tickets, Level::Read)].into());
    site.add_staff("Rita Reader", READER, &reads).await;
    site.limit_to_companies(READER).await;
    let (store, person) = (site.app.store(), site.identity(READER).await.id);
    let company = ticket.company_uuid.as_ref().unwrap();
    let company = find_for_viewer(store, &Viewer::ApiKey(1), company).await;
    let company = company.unwrap().expect("a company").id;
    let mut tx = store.begin().await.unwrap();
    let viewer = find_preset_in(&mut tx, RolePreset::CompanyViewer);
    let viewer = viewer.await.unwrap().id;
    let active = MembershipStatus::Active;
    upsert_company_membership(&mut tx, person, company, viewer, active, None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}
