//! `GET /settings/users`.

use axum::extract::State;
use domain::permission::RoleKind;
use domain::stream::Stream;
use store::identities::MembershipStatus;
use store::integrations::list_integrations;
use store::listing::Count;
use store::roles::list_roles;
use store::staff::{StaffRow, StaffSort, list_staff_page};

use super::list_page::{ListPage, Row};
use super::query::{UserQuery, first, sort_word};
use super::{BulkAction, status_badge, status_label};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::page::page;
use crate::web::settings::imports::source::tools;
use crate::web::view::list::{count_text, direction_word};
use crate::web::view::{Choice, Heading, Pager, Query, Section, Shell};

/// The list with its filters.
///
/// # Errors
/// When the database does not answer.
pub async fn list(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let roles = list_roles(app.store(), RoleKind::Staff).await?;
    let asked = UserQuery::read(&query, &roles);
    let found = list_staff_page(app.store(), &asked.staff).await?;
    let shell = staff.shell(Section::Settings);
    let (sort, direction) = (asked.sort_word(), asked.direction_word());
    let statuses = MembershipStatus::ALL.map(|status| {
        Choice::new(
            status.key(),
            status_label(status),
            asked.staff.status == Some(status),
        )
    });
    page(&ListPage {
        sources: tools(&list_integrations(app.store()).await?, Stream::Technicians),
        search: asked.staff.search.clone().unwrap_or_default(),
        statuses: statuses.into(),
        roles: roles
            .iter()
            .map(|role| {
                let on = asked.staff.role == Some(role.id);
                Choice::new(role.uuid.as_str(), &role.name, on)
            })
            .collect(),
        sort: sort.to_owned(),
        direction: direction.to_owned(),
        filtered: asked.is_filtered(),
        bulk: shell.rights.write_users,
        actions: BulkAction::ALL
            .into_iter()
            .filter(|action| shell.rights.manage_users || !action.needs_manage())
            .map(|action| Choice::new(action.key(), action.label(), false))
            .collect(),
        everyone: everyone(found.count, found.rows.len(), asked.is_filtered()),
        status: asked
            .staff
            .status
            .map_or("", MembershipStatus::key)
            .to_owned(),
        role: asked.role().to_owned(),
        headings: headings(&asked),
        pager: Pager::new(
            count_text(found.count, "user", "users"),
            found.previous.as_ref(),
            found.next.as_ref(),
            |key| asked.address("/settings/users", sort, direction, key),
            asked.address("/settings/users.csv", sort, direction, ""),
        ),
        rows: found
            .rows
            .into_iter()
            .map(|row| to_row(&shell, &staff, row))
            .collect(),
        shell,
    })
}

/// The tick for everybody who matches, where that is more than the page shows.
fn everyone(count: Count, shown: usize, filtered: bool) -> Option<(u64, String)> {
    let (Count::Exact(all) | Count::MoreThan(all) | Count::Cut { rows: all, .. }) = count;
    let label = format!(
        "Select all {}{}",
        count_text(count, "user", "users"),
        if filtered { " that match" } else { "" }
    );
    (all > shown as u64).then_some((all, label))
}

fn headings(asked: &UserQuery) -> Vec<Heading> {
    let sorting = |label, sort: StaffSort| {
        Heading::sorting(
            label,
            (asked.staff.sort == sort).then_some(asked.staff.direction),
            first(sort),
            |direction| {
                let word = if direction == first(sort) {
                    ""
                } else {
                    direction_word(direction)
                };
                asked.address("/settings/users", sort_word(sort), word, "")
            },
        )
    };
    vec![
        sorting("Name", StaffSort::Name),
        Heading::fixed("E-mail"),
        Heading::fixed("Role"),
        Heading::fixed("Status"),
        Heading::fixed("Two-factor"),
        sorting("Last Login", StaffSort::LastSignIn),
        Heading::fixed("Linked to"),
    ]
}

fn to_row(shell: &Shell, viewer: &Staff, row: StaffRow) -> Row {
    Row {
        you: row.id == viewer.identity,
        status: status_badge(row.status),
        uuid: row.uuid.to_string(),
        name: row.name,
        email: row.email,
        title: row.job_title.unwrap_or_default(),
        role: row.role_name,
        two_factor: row.two_factor,
        last_sign_in: shell.maybe_time(row.last_sign_in_at),
        sources: row
            .sources
            .into_iter()
            .map(|source| source.integration)
            .collect(),
        primary: row.primary_admin,
    }
}
