//! `GET /companies/{company}`.

use axum::extract::{Path, State};
use domain::id::PublicId;
use domain::viewer::Viewer;
use store::companies::{
    Company, CompanyField, ExternalCompany, FieldRule, Removal, find_for_viewer,
};
use store::contacts::{self, ContactFilter};
use store::listing::{Count, Direction};
use store::opportunities::{self, OpportunityFilter, OpportunitySort};
use store::tickets::{self, TicketFilter, TicketSort};

use super::list::named;
use super::locations::Locations;
use super::show_page::{ContactLine, ExternalRow, OpportunityLine, ShowPage};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::contacts::accounts::of_company;
use crate::web::error::{Answer, Failure};
use crate::web::page::page;
use crate::web::tickets::row::{titled, to_row, tool};
use crate::web::view::fields::record_address;
use crate::web::view::list::count_text;
use crate::web::view::number::amount;
use crate::web::view::{Fact, Link, Section};

/// Lines of each list on the page.
const LINES: u32 = 10;

/// The company.
///
/// # Errors
/// `404` when there is none, or none the viewer may see.
pub async fn show(State(app): State<App>, staff: Staff, Path(company): Path<String>) -> Answer {
    let uuid: PublicId = company.parse().map_err(|_| Failure::not_found("Company"))?;
    let (store, viewer) = (app.store(), staff.viewer());
    let company = find_for_viewer(store, viewer, &uuid)
        .await?
        .ok_or_else(|| Failure::not_found("Company"))?;
    let shell = staff.shell(Section::Companies);
    let open = TicketFilter {
        company: Some(uuid.clone()),
        closed: Some(false),
        ..TicketFilter::default()
    };
    let open = tickets::list_for_viewer(
        store,
        viewer,
        &open,
        TicketSort::Updated,
        Direction::Descending,
        None,
        LINES,
    )
    .await?;
    let people = ContactFilter {
        company: Some(uuid.clone()),
        ..ContactFilter::default()
    };
    let contact_count = contacts::count_for_viewer(store, viewer, &people).await?;
    let people = contacts::list_people(store, viewer, &uuid, LINES).await?;
    let sales = OpportunityFilter {
        company: Some(uuid.clone()),
        ..OpportunityFilter::default()
    };
    let sales = opportunities::list_for_viewer(
        store,
        viewer,
        &sales,
        OpportunitySort::Updated,
        Direction::Descending,
        None,
        LINES,
    )
    .await?;
    let locations = Locations::of(&company.externals);
    let (accounts, account_count) = of_company(&app, &shell, viewer, &uuid).await?;
    let externals = company.externals.iter();
    let externals = externals.map(|one| to_external(&app, one)).collect();
    let (facts, facts_origin) = facts(&company);
    page(&ShowPage {
        uuid: uuid.to_string(),
        removed: company.removal.map(removal_words),
        blocked: company.removal == Some(Removal::Blocked),
        facts,
        facts_origin,
        ticket_count: count_text(open.count, "open ticket", "open tickets"),
        tickets: open
            .rows
            .into_iter()
            .map(|row| to_row(&shell, row))
            .collect(),
        contact_count: contacts_text(contact_count, people.count),
        contacts: people.people.into_iter().filter_map(to_contact).collect(),
        opportunity_count: count_text(sales.count, "opportunity", "opportunities"),
        opportunities: sales.rows.into_iter().map(to_opportunity).collect(),
        accounts,
        account_count,
        externals,
        locations,
        name: named(company.name),
        shell,
    })
}

/// The name of the company a list is narrowed to, as far as this viewer may know it; empty when it is not narrowed.
///
/// # Errors
/// When the database does not answer.
pub async fn name_of(
    app: &App,
    viewer: &Viewer,
    company: Option<&PublicId>,
) -> Result<String, Failure> {
    let Some(uuid) = company else {
        return Ok(String::new());
    };
    let found = find_for_viewer(app.store(), viewer, uuid).await?;
    Ok(found.map_or_else(
        || "a company that is not here".to_owned(),
        |company| named(company.name),
    ))
}

const fn removal_words(removal: Removal) -> &'static str {
    match removal {
        Removal::Blocked => {
            "This company was removed here. Nobody is a member of it, and syncs and imports skip it."
        }
        Removal::ByHand => {
            "This company was removed here. What stands for it in your tools can be imported again."
        }
        Removal::Cleared => {
            "The data of the tool this company came from was deleted. The company comes back when that tool brings it again."
        }
    }
}

/// What is known, and where it comes from: what the primary integration says is said once, the rest beside each.
fn facts(company: &Company) -> (Vec<Fact>, String) {
    let mut facts: Vec<Fact> = company.fields.iter().map(to_fact).collect();
    let primary = company
        .fields
        .iter()
        .find(|field| field.rule == FieldRule::Primary)
        .map(|field| to_fact(field).origin);
    let Some(origin) = primary else {
        return (facts, String::new());
    };
    let all = facts.iter().all(|fact| fact.origin == origin);
    for fact in facts.iter_mut().filter(|fact| fact.origin == origin) {
        fact.origin.clear();
    }
    let told = if all {
        format!("All {origin}")
    } else {
        format!("All {origin}, where nothing else is said")
    };
    (facts, told)
}

/// A value with the rule that gave it (design 5: why).
fn to_fact(field: &CompanyField) -> Fact {
    let from = &field.origin.integration_name;
    let origin = match field.rule {
        FieldRule::Primary => format!("from {from}, its primary integration"),
        FieldRule::Another => format!("from {from}; the primary integration has none"),
    };
    Fact::new(field.label, field.value.clone()).from(origin)
}

fn to_external(app: &App, external: &ExternalCompany) -> ExternalRow {
    let note = match (external.removed, external.active) {
        (true, _) => "removed there",
        (false, false) => "inactive",
        _ => "",
    };
    ExternalRow {
        href: if external.removed {
            String::new()
        } else {
            record_address(app, &external.origin, |links| links.company)
        },
        integration: external.origin.integration_name.clone(),
        name: external.name.clone(),
        external_id: external.origin.external_id.clone(),
        note: note.to_owned(),
        sandbox: app.is_sandbox(&external.origin.provider),
    }
}

/// How many contacts there are, and how many people they are where that differs.
fn contacts_text(contacts: Count, people: u64) -> String {
    let text = count_text(contacts, "contact", "contacts");
    if contacts == Count::Exact(people) {
        return text;
    }
    let people = count_text(Count::Exact(people), "person", "people");
    format!("{people}, {text}")
}

fn to_contact(person: contacts::Person) -> Option<ContactLine> {
    let links = person.contacts.iter().map(|row| {
        let href = format!("/contacts/{}", row.uuid);
        Link::new(href, tool(&row.provider))
    });
    let tools = links.collect();
    let is = |what: fn(&contacts::ContactRow) -> bool| person.contacts.iter().any(what);
    let (primary, active) = (is(|row| row.primary), is(|row| row.active));
    let row = person.contacts.into_iter().next()?;
    Some(ContactLine {
        uuid: row.uuid.to_string(),
        name: named(row.name),
        tools,
        email: row.email.unwrap_or_default(),
        primary,
        active,
    })
}

fn to_opportunity(row: opportunities::OpportunityRow) -> OpportunityLine {
    OpportunityLine {
        uuid: row.uuid.to_string(),
        title: titled(row.title),
        tool: tool(&row.provider),
        stage: row
            .stage
            .map(|stage| stage.text().to_owned())
            .unwrap_or_default(),
        amount: row.amount_cents.map(amount).unwrap_or_default(),
    }
}
