//! *Test Connection*: proves the credentials, then looks at each area, in the words of Halo's own screens.

use domain::stream::Stream;
use futures_util::future::join_all;

use super::beside::{SITES, TEAMS};
use super::client::Client;
use super::custom_fields::{FIELDS, is_trouble};
use super::query::{any_action, by_id};
use crate::error::{Error, ErrorKind, Result};
use crate::page::{ConnectionReport, PermissionFinding};
use crate::probe::Area;

/// What a client list that is empty means: not an empty Halo, but an agent who may see none of it.
const NO_CLIENTS: &str = "Configuration > Teams & Agents > the role of the API agent > Departments & Teams — Allow use \
                          of all Customers (the agent sees no customer)";

/// What a list of users that is empty means: every site has one, if only its general user.
const NO_USERS: &str = "Configuration > Teams & Agents > the role of the API agent — Users Access Read (the agent sees no \
                        user)";

/// The types of tickets, of which every instance has some.
const TICKET_TYPES: Area = Area::new(
    "TicketType",
    "Ticket types",
    "Configuration > Teams & Agents > the role of the API agent — Allow use of all ticket types (the agent sees no ticket \
     type)",
    true,
);

/// The statuses of tickets, of which every instance has some.
const STATUSES: Area = Area::new(
    "Status",
    "Statuses",
    "Configuration > Teams & Agents > the role of the API agent — Tickets Access Read (the agent sees no status)",
    true,
);

const ACTIONS: Area = Area::new(
    "Actions",
    "Ticket notes",
    "Configuration > Integrations > Halo API > the application > Permissions — read:tickets",
    true,
);

/// What a list of actions that is empty where tickets are means: each ticket has an entry of the product's own.
const NO_ACTIONS: &str = "Configuration > Teams & Agents > the role of the API agent (the agent sees tickets and none of \
                          their actions)";

/// What a sync reads.
pub(super) static AREAS: [Area; 11] = [
    Area::new(
        "Client",
        "Clients",
        "Configuration > Integrations > Halo API > the application > Permissions — read:customers",
        true,
    ),
    Area::new(
        "Users",
        "Contacts",
        "Configuration > Integrations > Halo API > the application > Permissions — read:customers and read:crm",
        true,
    ),
    Area::new(
        "Agent",
        "Agents",
        "Configuration > Teams & Agents > the role of the API agent — Allow use of agents",
        true,
    ),
    Area::new(
        "Tickets",
        "Tickets",
        "Configuration > Integrations > Halo API > the application > Permissions — read:tickets",
        true,
    ),
    ACTIONS,
    TICKET_TYPES,
    STATUSES,
    Area::new(
        "Opportunities",
        "Opportunities",
        "Configuration > Integrations > Halo API > the application > Permissions — read:sales and read:crm",
        false,
    ),
    TEAMS,
    SITES,
    FIELDS,
];

/// Tests a connection.
///
/// # Errors
/// `AuthFailed`, `Unavailable` and the like, with the form field where one is to blame. A missing right is no error.
pub(super) async fn test_connection(client: &Client) -> Result<ConnectionReport> {
    client.sign_in_anew().await?;
    let findings = join_all(AREAS.iter().map(|area| probe(client, area))).await;
    let permissions = findings.into_iter().collect::<Result<Vec<_>>>()?;
    let host = &client.config.site;
    let account = match client.config.tenant.as_str() {
        "" => format!("{host}, application {}", client.config.client_id),
        tenant => format!(
            "{host}, tenant {tenant}, application {}",
            client.config.client_id
        ),
    };
    Ok(ConnectionReport {
        account,
        web_url: Some(client.config.web_url()),
        permissions,
    })
}

async fn probe(client: &Client, area: &Area) -> Result<PermissionFinding> {
    match client.try_list(area.entity).await {
        Ok(Some(0)) if area.entity == "Client" => Ok(unseen(area, NO_CLIENTS)),
        Ok(Some(0)) if area.entity == "Users" => Ok(unseen(area, NO_USERS)),
        Ok(Some(0)) if *area == ACTIONS => {
            let tickets = client.try_list("Tickets").await.unwrap_or_default();
            Ok(match tickets {
                None | Some(0) => area.finding(false),
                Some(_) => unseen(area, NO_ACTIONS),
            })
        }
        // Every instance has some of them.
        Ok(Some(0)) if [TEAMS, SITES, TICKET_TYPES, STATUSES].contains(area) => {
            Ok(area.finding(true))
        }
        Ok(_) => Ok(area.finding(false)),
        // Trouble with these holds up no sync, and so no connection either.
        Err(error) if *area == FIELDS && is_trouble(&error) => Ok(area.finding(false)),
        Err(error) => Ok(area.finding(area.is_refusal(not_json(error))?)),
    }
}

/// A list that is empty because the agent is shown none of it, with what to look at.
fn unseen(area: &Area, right: &str) -> PermissionFinding {
    PermissionFinding {
        missing: Some(right.to_owned()),
        ..area.finding(true)
    }
}

/// Whether a ticket of which no action came may be taken for one without comments: an agent who may see no actions is
/// told of none. Each ticket has one that the product wrote itself, which is asked for here; one that has not even that is
/// gone, was stripped of it, or its actions are hidden, and then so are those of every other ticket.
///
/// # Errors
/// `PermissionDenied` with the missing right; any failure of asking.
pub(super) async fn require_actions(
    client: &Client,
    operation: &'static str,
    ticket: i64,
) -> Result<()> {
    let of_the_ticket = any_action(operation).with("ticket_id", ticket.to_string());
    if client.count(of_the_ticket).await? != Some(0)
        || client.count(by_id(Stream::Tickets, ticket)).await? == Some(0)
        || client.count(any_action(operation)).await? != Some(0)
    {
        return Ok(());
    }
    let words = "Halo shows tickets to the API agent and none of their actions.";
    Err(Error::new(ErrorKind::PermissionDenied, operation, words)
        .with_right(unseen(&ACTIONS, NO_ACTIONS)))
}

/// An answer that is no JSON where the sign-in worked comes from another server: the address is wrong.
fn not_json(error: Error) -> Error {
    let elsewhere = error.kind == ErrorKind::NotFound && error.field.is_none();
    if elsewhere {
        error.with_field("url")
    } else {
        error
    }
}

#[cfg(test)]
mod tests {
    use domain::provider;

    use super::*;

    #[test]
    fn what_a_sync_reads_is_called_as_the_screens_call_it() {
        let halo = provider::find("halo_psa").expect("there");
        for claimed in halo.capability.streams {
            let name = halo.words.stream(claimed.stream);
            assert!(
                AREAS.iter().any(|area| area.name == name),
                "a right that is missing for {name} would be told twice"
            );
        }
        assert!(
            AREAS
                .iter()
                .any(|area| area.name == Stream::TicketNotes.label())
        );
    }
}
