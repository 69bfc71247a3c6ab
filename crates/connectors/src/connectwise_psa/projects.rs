//! Project tickets: a list beside that of service tickets, with projects whose types decide what is synced.
//!
//! A walk over tickets goes through the service tickets first and then, where the API member may see them, through those
//! of projects. A ticket keeps its id when it becomes one of a project, so ids are good across both lists.

use std::collections::{BTreeMap, BTreeSet};

use domain::record::Batch;
use domain::scope::PROJECT_TYPE;
use domain::side_list::SideList;
use domain::stream::Stream;
use serde_json::Value;

use super::client::Client;
use super::wire::CwProject;
use crate::error::Result;
use crate::http::decode::{Text, document, each};
use crate::http::exchange::{Call, read};
use crate::http::send::Answer;
use crate::page::{Cursor, Page, Unreadable};
use crate::probe::{Area, allowed};
use serde_json::value::RawValue;

/// The address of the list of project tickets.
pub(super) const TICKETS: &str = "project/tickets";

/// The right to them, which syncing goes on without.
pub(super) const AREA: Area = Area::new(
    TICKETS,
    "Project tickets",
    "Security role: Project > Project Tickets — Inquire All (without it, tickets of projects are missing, and \
     tickets deleted in ConnectWise stay here)",
    false,
);

/// The right to projects, whose types stand there.
pub(super) const PROJECTS: Area = Area::new(
    "project/projects",
    "Projects",
    "Security role: Project > Project Headers — Inquire All (without it, types of projects are not known, and with \
     Exclude Project Types no tickets are synced)",
    false,
);

/// The vendor field of a ticket that names its project.
pub(super) const PROJECT: &str = "project_id";

/// What cursors in the second list begin with.
const MARK: &str = "p:";

/// Most projects asked for in one address.
const AT_ONCE: usize = 100;

/// Which list a page of a stream belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// The only one of its stream.
    Only,
    /// Service tickets; those of projects follow.
    Service,
    /// Tickets of projects.
    Project,
}

/// The list a page is of, and the cursor inside it.
pub(super) fn part(stream: Stream, cursor: Option<&Cursor>) -> (List, Option<Cursor>) {
    let inside = cursor.and_then(|cursor| cursor.0.strip_prefix(MARK));
    match (stream, inside) {
        (Stream::Tickets, Some(inside)) => {
            let inside = (!inside.is_empty()).then(|| Cursor(inside.to_owned()));
            (List::Project, inside)
        }
        (Stream::Tickets, None) => (List::Service, cursor.cloned()),
        _ => (List::Only, cursor.cloned()),
    }
}

/// Where the stream goes on behind a page of a list.
pub(super) fn onward(list: List, next: Option<Cursor>) -> Option<Cursor> {
    match (list, next) {
        (List::Service, None) => Some(Cursor(MARK.to_owned())),
        (List::Project, Some(Cursor(inside))) => Some(Cursor(format!("{MARK}{inside}"))),
        (_, next) => next,
    }
}

/// What is said of an id that is no service ticket where those of projects may not be seen: it may be one of them, so
/// nobody can say that it is gone.
pub(super) fn unknown(id: i64) -> Unreadable {
    Unreadable {
        external_id: id.to_string(),
        field: None,
        reason: "it may be a project ticket, which the API member may not see".to_owned(),
    }
}

/// Whether the API member may see project tickets, as far as one question tells.
///
/// # Errors
/// As any request.
pub(super) async fn may_be_read(client: &Client) -> Result<bool> {
    Ok(allowed(client.try_list(TICKETS).await)?.is_some())
}

/// Adds the types of their projects to the tickets of a page, or that they may not be read.
///
/// # Errors
/// As any request.
pub(super) async fn add_types(client: &Client, page: &mut Page) -> Result<()> {
    let Batch::Tickets(tickets) = &mut page.batch else {
        return Ok(());
    };
    let project = |fields: &domain::record::Fields| {
        fields
            .get(PROJECT)
            .and_then(Value::as_str)
            .and_then(|id| id.parse::<i64>().ok())
    };
    let projects: BTreeSet<i64> = tickets.iter().filter_map(|t| project(&t.fields)).collect();
    let projects: Vec<i64> = projects.into_iter().collect();
    if projects.is_empty() {
        return Ok(());
    }
    let mut types = BTreeMap::new();
    let mut refused = false;
    for some in projects.chunks(AT_ONCE) {
        let Some(some) = allowed(types_of(client, some).await)? else {
            refused = true;
            break;
        };
        types.extend(some);
    }
    let beside = PROJECTS.beside(SideList::ProjectTypes, refused);
    page.beside.push(beside);
    for ticket in tickets {
        let found = project(&ticket.fields).and_then(|id| types.get(&id));
        if let Some(found) = found {
            let value = Value::String(found.to_string());
            ticket.fields.insert(PROJECT_TYPE.to_owned(), value);
        }
    }
    Ok(())
}

/// <https://developer.connectwise.com/Products/ConnectWise_PSA/REST#/Projects>
async fn types_of(client: &Client, projects: &[i64]) -> Result<BTreeMap<i64, i64>> {
    const OPERATION: &str = "read the types of projects";
    let ids: Vec<String> = projects.iter().map(i64::to_string).collect();
    let call = Call::get(OPERATION, "project/projects", "project/projects")
        .with("conditions", format!("id in ({})", ids.join(",")))
        .with("fields", "id,type")
        .with("pageSize", projects.len().to_string());
    let make = |answer: &Answer| {
        let text = Text::of(&answer.body);
        let raw: Vec<&RawValue> = document(OPERATION, text.as_str())?;
        // One that cannot be read costs its own tickets the type, and no others.
        let (projects, _odd) = each::<CwProject<'_>>(&raw, "id", text.repaired());
        let types = projects.into_iter();
        let types = types.filter_map(|project| Some((project.id, project.r#type?.id?)));
        Ok(types.collect())
    };
    read(client, &call, make).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_goes_through_both_lists() {
        let cursor = |text: &str| Some(Cursor(text.to_owned()));
        let tickets = |at: Option<Cursor>| part(Stream::Tickets, at.as_ref());
        assert_eq!(tickets(None), (List::Service, None));
        assert_eq!(tickets(cursor("17")), (List::Service, cursor("17")));
        let second = onward(List::Service, None);
        assert_eq!(tickets(second), (List::Project, None));
        let within = onward(List::Project, cursor("17+1"));
        assert_eq!(tickets(within), (List::Project, cursor("17+1")));
        assert_eq!(onward(List::Project, None), None);
        assert_eq!(onward(List::Service, cursor("17")), cursor("17"));
        let others = part(Stream::Contacts, cursor("17").as_ref());
        assert_eq!(others, (List::Only, cursor("17")));
        assert_eq!(onward(List::Only, None), None);
    }
}
