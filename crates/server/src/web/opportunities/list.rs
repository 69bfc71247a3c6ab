//! `GET /opportunities`.

use axum::extract::State;
use domain::reference::ReferenceKind;
use store::integrations::{Integration, list_integrations};
use store::opportunities::{OpportunityRow, OpportunitySort, list_for_viewer};
use store::reference_items::list_reference_items;

use super::list_page::{ListPage, Row};
use super::query::{OpportunityQuery, first, sort_word};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::companies::name_of;
use crate::web::error::{Answer, Failure};
use crate::web::page::page;
use crate::web::settings::integrations::find::is_in_use;
use crate::web::tickets::row::{titled, tool};
use crate::web::view::list::{PAGE_ROWS, count_text, direction_word};
use crate::web::view::number::amount;
use crate::web::view::time::plain_date;
use crate::web::view::{Choice, Heading, Pager, Query, Section, Shell};

/// The list with its filters.
///
/// # Errors
/// When the database does not answer.
pub async fn list(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let integrations = list_integrations(app.store()).await?;
    let asked = OpportunityQuery::read(&query, &integrations);
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
    let shell = staff.shell(Section::Opportunities);
    let first = found.rows.first().map(|row| row.provider.clone());
    let mut providers = found.rows.iter().map(|row| &row.provider);
    let mixed = providers.any(|provider| Some(provider) != first.as_ref());
    page(&ListPage {
        nothing_connected: !integrations.iter().any(is_in_use),
        search: asked.filter.search.clone().unwrap_or_default(),
        stages: stages(&app, &integrations, asked.filter.stage.as_deref()).await?,
        company_name: name_of(&app, staff.viewer(), asked.filter.company.as_ref()).await?,
        company: asked.company.clone(),
        sort: asked.sort_word().to_owned(),
        direction: asked.direction_word().to_owned(),
        filtered: asked.is_filtered(),
        headings: headings(&asked),
        pager: Pager::new(
            count_text(found.count, "opportunity", "opportunities"),
            found.previous.as_ref(),
            found.next.as_ref(),
            |key| {
                asked.address(
                    "/opportunities",
                    asked.sort_word(),
                    asked.direction_word(),
                    key,
                )
            },
            asked.address(
                "/opportunities.csv",
                asked.sort_word(),
                asked.direction_word(),
                "",
            ),
        )
        .cut(found.count, "opportunities"),
        rows: found
            .rows
            .into_iter()
            .map(|row| to_row(&shell, row, mixed))
            .collect(),
        shell,
    })
}

fn headings(asked: &OpportunityQuery) -> Vec<Heading> {
    let sorting = |label, sort: OpportunitySort| {
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
                asked.address("/opportunities", sort_word(sort), word, "")
            },
        )
    };
    let number = |label| Heading {
        number: true,
        ..Heading::fixed(label)
    };
    vec![
        sorting("Title", OpportunitySort::Title),
        Heading::fixed("Company"),
        Heading::fixed("Stage"),
        Heading {
            note: "tool’s own currency",
            ..number("Amount")
        },
        number("Probability"),
        Heading::fixed("Projected close"),
        Heading::fixed("Owner"),
        sorting("Last activity", OpportunitySort::Updated),
    ]
}

async fn stages(
    app: &App,
    integrations: &[Integration],
    chosen: Option<&str>,
) -> Result<Vec<Choice>, Failure> {
    let [one] = integrations else {
        return Ok(Vec::new());
    };
    let mut items =
        list_reference_items(app.store(), one.id, Some(ReferenceKind::OpportunityStage)).await?;
    items.sort_by_key(|item| (!item.active, item.sort_order));
    Ok(items
        .iter()
        .map(|item| {
            Choice::new(
                &item.external_id,
                &item.label,
                chosen == Some(&item.external_id),
            )
        })
        .collect())
}

fn to_row(shell: &Shell, row: OpportunityRow, mixed: bool) -> Row {
    Row {
        uuid: row.uuid.to_string(),
        title: titled(row.title),
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
        stage: row
            .stage
            .map(|stage| stage.text().to_owned())
            .unwrap_or_default(),
        amount: row.amount_cents.map(amount).unwrap_or_default(),
        probability: row
            .probability
            .map(|percent| format!("{percent} %"))
            .unwrap_or_default(),
        projected_close: row.projected_close_at.map(plain_date).unwrap_or_default(),
        owner: row.owner.unwrap_or_default(),
        updated: shell.time(row.updated_at),
    }
}
