//! `GET` and `POST /companies/{company}/remove` and `…/unblock`: a company is removed, and its block taken off. Each asks
//! first, on a page of its own that is shown as a dialog where scripts run.

use axum::extract::{Path, State};
use domain::id::PublicId;
use domain::viewer::Viewer;
use store::companies::{Company, find_for_viewer};
use store::listing::Count;
use sync::company_removal::{BlockedCompany, count_members, find_blocked};

use super::list::named;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::page::{page, see_other};
use crate::web::settings::imports::kept_list::KeptList;
use crate::web::settings::integrations::confirm_page::ConfirmPage;
use crate::web::view::Section;
use crate::web::view::list::count_text;
use crate::web::view::number::counted;

/// Where the list of blocked companies is.
pub(super) const BLOCKED: &str = "/companies/blocked";

fn missing() -> Failure {
    Failure::not_found("Company")
}

/// The company of an address that is not removed yet, or where to go instead.
async fn find(
    app: &App,
    staff: &Staff,
    company: &str,
) -> Result<Result<Company, &'static str>, Failure> {
    let uuid: PublicId = company.parse().map_err(|_| missing())?;
    let found = find_for_viewer(app.store(), staff.viewer(), &uuid).await?;
    let company = found.ok_or_else(missing)?;
    Ok(match company.removed_at {
        None => Ok(company),
        Some(_) => Err("/companies?notice=company_was_removed"),
    })
}

/// Asks, and says what goes, what stays and what is blocked.
///
/// # Errors
/// `404` when there is none, or none the viewer may see.
pub async fn ask_remove(
    State(app): State<App>,
    staff: Staff,
    Path(company): Path<String>,
) -> Answer {
    let company = match find(&app, &staff, &company).await? {
        Ok(company) => company,
        Err(instead) => return see_other(instead),
    };
    let members = count_members(app.store(), &company.uuid).await?;
    let name = named(company.name.clone());
    let mut goes = vec!["The company itself: it leaves the list of companies".to_owned()];
    if members.total > 0 {
        let them = if members.active > 0 {
            format!(", {} who can sign in today among them", members.active)
        } else {
            String::new()
        };
        goes.push(format!(
            "The access of {} to it{them}",
            counted(members.total, "person", "people")
        ));
    }
    let tools = tools(&company);
    let mut stays = Vec::new();
    if !tools.is_empty() {
        stays.push(format!(
            "Everything in {}: nothing is changed there",
            all_of(&tools)
        ));
    }
    if !is_none(company.open_tickets) || !is_none(company.contacts) {
        stays.push(format!(
            "What was read from there, {} and {} among it: your staff still finds it in those lists",
            count_text(company.open_tickets, "open ticket", "open tickets"),
            count_text(company.contacts, "contact", "contacts"),
        ));
    }
    stays.push("The accounts of its people, without this company, and the audit log".to_owned());
    page(&ConfirmPage {
        title: format!("Remove {name}?"),
        lead: "The company is removed from Portico. This cannot be undone.".to_owned(),
        action: format!("/companies/{}/remove", company.uuid),
        back: format!("/companies/{}", company.uuid),
        button: "Remove company".to_owned(),
        dangerous: true,
        goes_title: "What goes",
        goes,
        stays,
        afterwards: if tools.is_empty() {
            String::new()
        } else {
            format!(
                "It is blocked in {}: no sync and no import brings it back, until Blocked Companies takes the block off. \
                 That restores the import, not what went.",
                all_of(&tools)
            )
        },
        typed: String::new(),
        typed_error: String::new(),
        error: String::new(),
        refresh: "",
        kept: KeptList::default(),
        shell: staff.shell(Section::Companies),
    })
}

/// Removes it.
///
/// # Errors
/// As [`ask_remove`].
pub async fn remove(State(app): State<App>, staff: Staff, Path(company): Path<String>) -> Answer {
    let company = match find(&app, &staff, &company).await? {
        Ok(company) => company,
        Err(instead) => return see_other(instead),
    };
    let removed =
        sync::company_removal::remove(app.engine(), &staff.actor(), &company.uuid).await?;
    see_other(match removed {
        None => "/companies?notice=company_was_removed",
        Some(removed) if removed.blocked > 0 => "/companies?notice=company_blocked",
        Some(_) => "/companies?notice=company_removed",
    })
}

async fn find_block(
    app: &App,
    staff: &Staff,
    company: &str,
) -> Result<Option<BlockedCompany>, Failure> {
    let uuid: PublicId = company.parse().map_err(|_| missing())?;
    let found = find_for_viewer(app.store(), staff.viewer(), &uuid).await?;
    found.ok_or_else(missing)?;
    Ok(find_blocked(app.store(), staff.viewer(), &uuid).await?)
}

/// Asks, and says that nothing comes back by this alone.
///
/// # Errors
/// As [`ask_remove`].
pub async fn ask_unblock(
    State(app): State<App>,
    staff: Staff,
    Path(company): Path<String>,
) -> Answer {
    let Some(company) = find_block(&app, &staff, &company).await? else {
        return see_other("/companies/blocked?notice=company_not_blocked");
    };
    let links = company.links.iter();
    let tools = links.map(|link| {
        let known = domain::provider::find(&link.provider);
        let tool = known.map_or(link.provider.as_str(), |provider| provider.name);
        format!("“{}” in {tool} can be imported or linked again", link.name)
    });
    page(&ConfirmPage {
        title: format!("Unblock {}?", named(company.name.clone())),
        lead: "Unblocking restores the import. It does not bring back what was deleted.".to_owned(),
        action: format!("/companies/{}/unblock", company.uuid),
        back: BLOCKED.to_owned(),
        button: "Unblock".to_owned(),
        dangerous: false,
        goes_title: "What stays deleted",
        goes: vec![
            "The removed company, and the access of the people who belonged to it".to_owned(),
        ],
        stays: Vec::new(),
        afterwards: format!(
            "{}. Where companies come by themselves, the next full sync makes a new one of it.{}",
            tools.collect::<Vec<_>>().join("; "),
            match staff.viewer() {
                Viewer::Members(_) => " You see that one once you are assigned to it.",
                Viewer::Staff(_) | Viewer::ApiKey(_) => "",
            }
        ),
        typed: String::new(),
        typed_error: String::new(),
        error: String::new(),
        refresh: "",
        kept: KeptList::default(),
        shell: staff.shell(Section::Companies),
    })
}

/// Takes the block off.
///
/// # Errors
/// As [`ask_remove`].
pub async fn unblock(State(app): State<App>, staff: Staff, Path(company): Path<String>) -> Answer {
    let notice = match find_block(&app, &staff, &company).await? {
        None => "company_not_blocked",
        Some(company) => {
            let done =
                sync::company_removal::unblock(app.engine(), &staff.actor(), &company.uuid).await?;
            if done.is_some() {
                "company_unblocked"
            } else {
                "company_not_blocked"
            }
        }
    };
    see_other(&format!("{BLOCKED}?notice={notice}"))
}

/// The tools that know a company, each once.
fn tools(company: &Company) -> Vec<String> {
    let mut tools: Vec<String> = Vec::new();
    for external in &company.externals {
        let name = &external.origin.integration_name;
        if !tools.contains(name) {
            tools.push(name.clone());
        }
    }
    tools
}

/// `A`, `A and B`, `A, B and C`.
fn all_of(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

const fn is_none(count: Count) -> bool {
    matches!(count, Count::Exact(0))
}
