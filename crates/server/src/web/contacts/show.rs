//! `GET /contacts/{contact}`.

use axum::extract::{Path, State};
use store::contacts::{Contact, find_for_viewer};

use super::accounts::of_contact;
use super::list::named;
use super::show_page::ShowPage;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::page::page;
use crate::web::view::fields::{origin, sections};
use crate::web::view::{Fact, Facts, Section, Shell};

/// The contact.
///
/// # Errors
/// `404` when there is none, or none the viewer may see.
pub async fn show(State(app): State<App>, staff: Staff, Path(contact): Path<String>) -> Answer {
    let uuid = contact.parse().map_err(|_| Failure::not_found("Contact"))?;
    let contact = find_for_viewer(app.store(), staff.viewer(), &uuid)
        .await?
        .ok_or_else(|| Failure::not_found("Contact"))?;
    let shell = staff.shell(Section::Contacts);
    page(&ShowPage {
        company_href: contact
            .row
            .company_uuid
            .as_ref()
            .map(|uuid| format!("/companies/{uuid}"))
            .unwrap_or_default(),
        account: of_contact(&app, &shell, staff.viewer(), &contact).await?,
        primary: contact.row.primary,
        active: contact.row.active,
        facts: facts(&shell, &contact),
        sections: sections(&contact.fields),
        origin: origin(&app, &shell, &contact.origin, contact.updated_at),
        company: contact.row.company.unwrap_or_default(),
        name: named(contact.row.name),
        shell,
    })
}

fn facts(shell: &Shell, contact: &Contact) -> Vec<Fact> {
    let mut facts = Facts::default();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    facts.add("Title", text(&contact.row.title));
    let email = text(&contact.row.email);
    if let Some(key) = domain::email::email_key(&email) {
        facts
            .0
            .push(Fact::new("E-mail", email).linked(format!("mailto:{key}")));
    } else {
        facts.add("E-mail", email);
    }
    for (label, number) in [
        ("Phone", &contact.row.phone),
        ("Mobile", &contact.row.mobile),
    ] {
        let number = text(number);
        let digits: String = number
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '+')
            .collect();
        if digits.len() >= 3 {
            facts
                .0
                .push(Fact::new(label, number).linked(format!("tel:{digits}")));
        } else {
            facts.add(label, number);
        }
    }
    facts.add("Groups", contact.groups.join(", "));
    facts.add_some(
        "Created",
        contact.created_at.map(|at| shell.time(at).absolute),
    );
    facts.0
}
