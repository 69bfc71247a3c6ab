//! `GET /settings/roles`.

use axum::extract::State;
use domain::permission::{Area, Level, Permission, RoleKind};
use store::roles::{Role, RoleCount, count_people, list_roles};

use super::list_page::{Group, ListPage, Row};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::page::page;
use crate::web::view::Section;
use crate::web::view::number::grouped;

/// The roles of both kinds.
///
/// # Errors
/// When the database does not answer.
pub async fn list(State(app): State<App>, staff: Staff) -> Answer {
    let groups = vec![
        group(&app, &staff, RoleKind::Staff).await?,
        group(&app, &staff, RoleKind::Company).await?,
    ];
    page(&ListPage {
        shell: staff.shell(Section::Settings),
        groups,
    })
}

async fn group(app: &App, staff: &Staff, kind: RoleKind) -> Result<Group, Failure> {
    let roles = list_roles(app.store(), kind).await?;
    let counts = count_people(app.store(), kind).await?;
    let rows = roles
        .into_iter()
        .map(|role| to_row(staff, role, &counts))
        .collect();
    Ok(match kind {
        RoleKind::Staff => Group {
            key: "staff",
            title: "Staff roles",
            help: "For the people of your own company.",
            none: "Add one to be able to add and import users.",
            rows,
        },
        RoleKind::Company => Group {
            key: "company",
            title: "Company roles",
            help: "For the people of your clients; they only ever see their own company.",
            none: "Add one to let people of your clients in.",
            rows,
        },
    })
}

fn to_row(staff: &Staff, role: Role, counts: &[RoleCount]) -> Row {
    let people = counts
        .iter()
        .find(|count| count.role_id == role.id)
        .map_or(0, |count| count.people);
    let levels = Area::ALL.into_iter().filter_map(|area| {
        let level: Level = *role.grants.0.get(&area)?;
        Some(Permission { area, level }.label())
    });
    Row {
        users: grouped(people),
        users_href: match role.kind {
            RoleKind::Staff if people > 0 && staff.may(Permission::read(Area::Users)) => {
                format!("/settings/users?role={}", role.uuid)
            }
            RoleKind::Company if people > 0 && staff.may(Permission::read(Area::Companies)) => {
                format!("/contacts/accounts?role={}", role.uuid)
            }
            _ => String::new(),
        },
        levels: levels.collect(),
        two_factor: role.requires_two_factor,
        is_default: role.is_default,
        yours: role.kind == RoleKind::Staff && role.name == staff.role,
        deletable: !role.shipped,
        uuid: role.uuid.to_string(),
        description: role.description,
        name: role.name,
    }
}
