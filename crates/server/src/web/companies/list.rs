//! `GET /companies`.

use axum::extract::State;
use domain::permission::{Area, Permission};
use domain::provider::find;
use domain::stream::Stream;
use store::companies::{CompanyLink, CompanyRow, CompanySort, list_for_viewer};
use store::integrations::{Integration, list_integrations};
use store::listing::Count;
use sync::company_removal::count_blocked;

use super::list_page::{LinkLine, ListPage, NoteLine, Row};
use super::query::{CompanyQuery, first, sort_word};
use super::remove::BLOCKED;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::page::page;
use crate::web::settings::import_companies::{Addresses, may_import};
use crate::web::settings::imports::source::tools;
use crate::web::settings::integrations::find::is_in_use;
use crate::web::settings::integrations::waiting_companies::WaitingCompanies;
use crate::web::view::list::{PAGE_ROWS, count_number, count_text, direction_word};
use crate::web::view::{Choice, Heading, Pager, Query, Section, Shell};

/// The list with its filters.
///
/// # Errors
/// When the database does not answer.
pub async fn list(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let integrations = list_integrations(app.store()).await?;
    let asked = CompanyQuery::read(&query, &integrations);
    let (sort, direction) = (asked.sort, asked.direction);
    let found = list_for_viewer(
        app.store(),
        staff.viewer(),
        &asked.filter,
        sort,
        direction,
        asked.page.as_ref(),
        PAGE_ROWS,
    )
    .await?;
    let shell = staff.shell(Section::Companies);
    let choice = |one: &Integration| {
        Choice::new(
            one.uuid.to_string(),
            &one.name,
            asked.filter.integration == Some(one.id),
        )
    };
    let whole = !asked.is_filtered() && asked.page.is_none();
    let elsewhere = if whole && !found.rows.is_empty() {
        elsewhere(&app, &staff, &integrations).await?
    } else {
        Vec::new()
    };
    page(&ListPage {
        blocked: if shell.rights.manage_companies {
            match count_blocked(app.store(), staff.viewer()).await? {
                Count::Exact(0) => String::new(),
                some => count_number(some),
            }
        } else {
            String::new()
        },
        nothing_connected: !integrations.iter().any(is_in_use),
        // Who has one of the two rights it takes is told of the other by the dialog.
        sources: if shell.rights.manage_companies || shell.rights.manage_integrations {
            tools(&integrations, Stream::Companies)
        } else {
            Vec::new()
        },
        elsewhere,
        search: asked.filter.search.clone().unwrap_or_default(),
        integrations: integrations.iter().map(choice).collect(),
        removed: asked.filter.removed,
        sort: asked.sort_word().to_owned(),
        direction: asked.direction_word().to_owned(),
        filtered: asked.is_filtered(),
        headings: headings(&asked),
        pager: Pager::new(
            count_text(found.count, "company", "companies"),
            found.previous.as_ref(),
            found.next.as_ref(),
            |key| asked.address("/companies", asked.sort_word(), asked.direction_word(), key),
            asked.address(
                "/companies.csv",
                asked.sort_word(),
                asked.direction_word(),
                "",
            ),
        )
        .cut(found.count, "companies"),
        rows: found
            .rows
            .into_iter()
            .map(|row| to_row(&shell, row, &integrations))
            .collect(),
        shell,
    })
}

/// Companies of connected tools that are none here, with where that is changed.
async fn elsewhere(
    app: &App,
    staff: &Staff,
    integrations: &[Integration],
) -> Result<Vec<NoteLine>, Failure> {
    let may_block = staff.may(Permission::manage(Area::Companies));
    let mut lines = Vec::new();
    for one in integrations.iter().filter(|one| one.has_credentials()) {
        let Some(provider) = find(&one.provider) else {
            continue;
        };
        let left = WaitingCompanies::count(app, provider, one).await?;
        lines.extend(left.text().map(|text| NoteLine {
            text,
            href: may_import(staff).then(|| Addresses::dialog(provider).list()),
            link: "Import or link them",
        }));
        lines.extend(left.blocked_text().map(|text| NoteLine {
            text,
            href: may_block.then(|| BLOCKED.to_owned()),
            link: "Blocked Companies",
        }));
    }
    Ok(lines)
}

fn headings(asked: &CompanyQuery) -> Vec<Heading> {
    let sorting = |label, sort: CompanySort| {
        Heading::sorting(
            label,
            (asked.sort == sort).then_some(asked.direction),
            first(sort),
            |direction| {
                let word = if direction == first(sort) {
                    ""
                } else {
                    direction_word(direction)
                };
                asked.address("/companies", sort_word(sort), word, "")
            },
        )
    };
    vec![
        sorting("Name", CompanySort::Name),
        Heading::fixed("City"),
        Heading::fixed("Phone"),
        Heading::fixed("Known as"),
        sorting("Added", CompanySort::Created),
    ]
}

fn to_row(shell: &Shell, row: CompanyRow, integrations: &[Integration]) -> Row {
    Row {
        uuid: row.uuid.to_string(),
        name: named(row.name),
        city: row.city,
        phone: row.phone,
        links: to_links(row.links, integrations),
        created: shell.time(row.created_at),
    }
}

/// The records of connected tools that are a company.
#[must_use]
pub fn to_links(links: Vec<CompanyLink>, integrations: &[Integration]) -> Vec<LinkLine> {
    let links = links.into_iter().map(|link| LinkLine {
        integration: integrations
            .iter()
            .find(|one| one.id == link.integration)
            .map_or_else(|| link.provider.clone(), |one| one.name.clone()),
        name: link.name,
        external_id: link.external_id,
        removed: link.removed,
    });
    links.collect()
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
