//! `GET /tickets`.

use axum::extract::State;
use domain::id::IntegrationId;
use domain::provider::{self, Words};
use domain::reference::{Boards, ReferenceKind};
use store::integrations::{Integration, list_integrations};
use store::listing::Direction;
use store::reference_items::{StoredReferenceItem, list_reference_items};
use store::tickets::{TicketSort, list_for_viewer};

use super::list_page::{FilterView, ListPage};
use super::query::{TicketQuery, UNASSIGNED};
use super::row::to_row;
use super::technicians::Technicians;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::companies::name_of;
use crate::web::error::{Answer, Failure};
use crate::web::page::page;
use crate::web::settings::integrations::find::is_in_use;
use crate::web::view::list::{PAGE_ROWS, count_text, direction_word};
use crate::web::view::{Choice, Heading, Pager, Query, Section};

/// What stands over queues, boards and teams where tickets of several PSAs may be listed that call them differently.
const QUEUE_OF_ANY: &str = "Board / Queue";

/// The list with its filters.
///
/// # Errors
/// When the database does not answer.
pub async fn list(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let store = app.store();
    let integrations = list_integrations(store).await?;
    let asked = TicketQuery::read(&query, &integrations);
    let found = list_for_viewer(
        store,
        staff.viewer(),
        &asked.filter,
        asked.sort,
        asked.direction,
        asked.page.as_ref(),
        PAGE_ROWS,
    )
    .await?;
    let shell = staff.shell(Section::Tickets);
    let pager = Pager::new(
        count_text(found.count, "ticket", "tickets"),
        found.previous.as_ref(),
        found.next.as_ref(),
        |key| asked.address("/tickets", &[("page", key)]),
        asked.address("/tickets.csv", &[]),
    )
    .cut(found.count, "tickets");
    let filter = filter_view(&app, &staff, &asked, &integrations).await?;
    page(&ListPage {
        headings: headings(&asked, filter.queue_label),
        filter,
        rows: found
            .rows
            .into_iter()
            .map(|row| to_row(&shell, row))
            .collect(),
        pager,
        nothing_connected: !integrations.iter().any(is_in_use),
        whole: asked.closed == "all" && asked.page.is_none() && !asked.is_narrowed(),
        shell,
    })
}

fn headings(asked: &TicketQuery, queue: &'static str) -> Vec<Heading> {
    let sorting = |label, sort: TicketSort, word: &'static str| {
        let sorted = (asked.sort == sort).then_some(asked.direction);
        Heading::sorting(label, sorted, Direction::Descending, |direction| {
            let direction = if direction == Direction::Descending {
                ""
            } else {
                direction_word(direction)
            };
            asked.address("/tickets", &[("sort", word), ("direction", direction)])
        })
    };
    let fixed = [
        "Number and title",
        "Company",
        "Status",
        "Priority",
        queue,
        "Assigned to",
    ];
    let fixed = fixed.into_iter().filter(|label| !label.is_empty());
    fixed
        .map(Heading::fixed)
        .chain([
            sorting("Created", TicketSort::Created, "created"),
            sorting("Last activity", TicketSort::Updated, ""),
        ])
        .collect()
}

async fn filter_view(
    app: &App,
    staff: &Staff,
    asked: &TicketQuery,
    integrations: &[Integration],
) -> Result<FilterView, Failure> {
    let store = app.store();
    let filter = &asked.filter;
    let only = match (filter.integration, integrations) {
        (Some(id), _) => integrations.iter().find(|integration| integration.id == id),
        (None, [integration]) => Some(integration),
        _ => None,
    };
    let mut view = FilterView {
        search: filter.search.clone().unwrap_or_default(),
        closed: [("open", "Open"), ("closed", "Closed"), ("all", "All")]
            .map(|(value, label)| Choice::new(value, label, asked.closed == value))
            .into(),
        integrations: integrations
            .iter()
            .map(|one| {
                Choice::new(
                    one.uuid.to_string(),
                    &one.name,
                    filter.integration == Some(one.id),
                )
            })
            .collect(),
        mixed: only.is_none() && integrations.len() > 1,
        queue_label: queue_word(asked, integrations),
        sort: asked.sort_word().to_owned(),
        direction: asked.direction_word().to_owned(),
        active: asked.is_filtered(),
        without_company: asked.address("/tickets", &[("company", "")]),
        ..FilterView::default()
    };
    if let Some(one) = only {
        let queues = list_reference_items(store, one.id, Some(ReferenceKind::Queue)).await?;
        let boards: Boards<'_> = queues
            .iter()
            .map(|queue| (queue.external_id.as_str(), queue.label.as_str()))
            .collect();
        let items = |kind| choices(app, one.id, kind, &boards);
        view.statuses = mark(
            items(ReferenceKind::TicketStatus).await?,
            filter.status.as_deref(),
        );
        view.priorities = mark(
            items(ReferenceKind::TicketPriority).await?,
            filter.priority.as_deref(),
        );
        view.queues = mark(items(ReferenceKind::Queue).await?, filter.queue.as_deref());
        let chosen = filter.technician.as_deref();
        let name = &asked.technician_name;
        let people = Technicians::offer(app, staff, one.id, chosen, name).await?;
        view.technicians = people.choices;
        view.many_technicians = people.many;
        view.technician_name.clone_from(name);
        view.technician_note = people.note;
    }
    if view.mixed || view.many_technicians || !view.technicians.is_empty() || filter.unassigned {
        let nobody = Choice::new(UNASSIGNED, "Unassigned", false);
        view.technicians.insert(0, nobody);
    }
    view.technicians = mark(view.technicians, asked.technician());
    if let Some(uuid) = &filter.company {
        view.company = uuid.to_string();
        view.company_name = name_of(app, staff.viewer(), Some(uuid)).await?;
    }
    Ok(view)
}

/// What the tickets that may be listed are in: the vendor's word where that is one, else ours; empty where they are in
/// none.
pub(super) fn queue_word(asked: &TicketQuery, integrations: &[Integration]) -> &'static str {
    if integrations.is_empty() {
        return Words::PLAIN.queue;
    }
    let may_be_listed = |one: &&Integration| asked.filter.integration.is_none_or(|id| id == one.id);
    let mut found = integrations
        .iter()
        .filter(may_be_listed)
        .map(|one| words(one).queue)
        .filter(|word| !word.is_empty());
    match found.next() {
        Some(word) if found.all(|other| other == word) => word,
        Some(_) => QUEUE_OF_ANY,
        None => "",
    }
}

fn words(integration: &Integration) -> Words {
    provider::find(&integration.provider).map_or(Words::PLAIN, |provider| provider.words)
}

/// Values one can filter by: those still in use there, then those that only explain old records.
async fn choices(
    app: &App,
    integration: IntegrationId,
    kind: ReferenceKind,
    boards: &Boards<'_>,
) -> Result<Vec<Choice>, Failure> {
    let mut items = list_reference_items(app.store(), integration, Some(kind)).await?;
    let in_use = |item: &StoredReferenceItem| item.active && item.removed_at.is_none();
    items.sort_by_key(|item| (!in_use(item), item.sort_order));
    let label = |item: &StoredReferenceItem| {
        let label = boards.label(item.kind, &item.label, item.parent.as_deref());
        if in_use(item) {
            label
        } else {
            format!("{label} (inactive)")
        }
    };
    Ok(items
        .iter()
        .map(|item| Choice::new(&item.external_id, label(item), false))
        .collect())
}

/// Marks the chosen value, and keeps one that is not among the choices any more.
fn mark(mut choices: Vec<Choice>, chosen: Option<&str>) -> Vec<Choice> {
    let Some(chosen) = chosen else { return choices };
    match choices.iter_mut().find(|choice| choice.value == chosen) {
        Some(choice) => choice.on = true,
        None => choices.push(Choice::new(chosen, chosen, true)),
    }
    choices
}
