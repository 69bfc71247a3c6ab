//! `GET /contacts`.

use axum::extract::State;
use store::contacts::{ContactRow, list_for_viewer};
use store::integrations::list_integrations;
use store::listing::Direction;

use super::list_page::{ListPage, Row};
use super::query::ContactQuery;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::companies::name_of;
use crate::web::error::Answer;
use crate::web::page::page;
use crate::web::settings::integrations::find::is_in_use;
use crate::web::tickets::row::tool;
use crate::web::view::list::{PAGE_ROWS, count_text, direction_word};
use crate::web::view::{Choice, Heading, Pager, Query, Section, Shell};

/// The list with its filters.
///
/// # Errors
/// When the database does not answer.
pub async fn list(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let integrations = list_integrations(app.store()).await?;
    let asked = ContactQuery::read(&query, &integrations);
    let found = list_for_viewer(
        app.store(),
        staff.viewer(),
        &asked.filter,
        asked.direction,
        asked.page.as_ref(),
        PAGE_ROWS,
    )
    .await?;
    let shell = staff.shell(Section::Contacts);
    let by_name = Heading::sorting(
        "Name",
        Some(asked.direction),
        Direction::Ascending,
        |direction| {
            let word = if direction == Direction::Ascending {
                ""
            } else {
                direction_word(direction)
            };
            asked.address("/contacts", word, "")
        },
    );
    let mut headings = vec![by_name];
    headings.extend(["Company", "E-mail", "Phone", "Title", "State"].map(Heading::fixed));
    let first = found.rows.first().map(|row| row.provider.clone());
    let mixed = found
        .rows
        .iter()
        .any(|row| Some(&row.provider) != first.as_ref());
    let tools = integrations.iter().filter(|one| is_in_use(one)).map(|one| {
        let uuid = one.uuid.to_string();
        let on = uuid == asked.integration;
        Choice::new(uuid, &one.name, on)
    });
    let tools: Vec<Choice> = tools.collect();
    page(&ListPage {
        nothing_connected: found.rows.is_empty() && tools.is_empty(),
        tools: if tools.len() > 1 { tools } else { Vec::new() },
        search: asked.filter.search.clone().unwrap_or_default(),
        active: [("yes", "Active"), ("no", "Inactive")]
            .map(|(value, label)| Choice::new(value, label, asked.active_word() == value))
            .into(),
        company_name: name_of(&app, staff.viewer(), asked.filter.company.as_ref()).await?,
        company: asked.company.clone(),
        direction: asked.direction_word().to_owned(),
        filtered: asked.is_filtered(),
        headings,
        pager: Pager::new(
            count_text(found.count, "contact", "contacts"),
            found.previous.as_ref(),
            found.next.as_ref(),
            |key| asked.address("/contacts", asked.direction_word(), key),
            asked.address("/contacts.csv", asked.direction_word(), ""),
        )
        .cut(found.count, "contacts"),
        rows: found
            .rows
            .into_iter()
            .map(|row| to_row(&shell, row, mixed))
            .collect(),
        shell,
    })
}

fn to_row(shell: &Shell, row: ContactRow, mixed: bool) -> Row {
    Row {
        uuid: row.uuid.to_string(),
        name: named(row.name),
        tool: if mixed {
            tool(&row.provider)
        } else {
            String::new()
        },
        company: row.company.unwrap_or_default(),
        company_href: row
            .company_uuid
            .filter(|_| shell.rights.companies)
            .map(|uuid| format!("/companies/{uuid}"))
            .unwrap_or_default(),
        email: row.email.unwrap_or_default(),
        phone: row.phone.or(row.mobile).unwrap_or_default(),
        title: row.title.unwrap_or_default(),
        primary: row.primary,
        active: row.active,
    }
}

/// A name to click on, also when the vendor has none.
#[must_use]
pub fn named(name: String) -> String {
    if name.trim().is_empty() {
        "(no name)".to_owned()
    } else {
        name
    }
}
