//! *Test Connection*: proves that the credentials work and names each right that is missing, in Autotask's words.

use futures_util::future::join_all;

use super::client::Client;
use super::locations;
use super::query::field;
use crate::error::{ErrorKind, Result};
use crate::http::exchange::Api;
use crate::page::{ConnectionReport, PermissionFinding};
use crate::probe::Area;

/// Everything a sync reads, and what webhooks will need.
pub(super) static AREAS: [Area; 11] = [
    Area::new(
        "Companies",
        "Companies",
        "Security level: CRM > Companies — View",
        true,
    ),
    Area::new(
        "Contacts",
        "Contacts",
        "Security level: CRM > Contacts — View",
        true,
    ),
    Area::new(
        "Resources",
        "Resources",
        "Security level: Admin > Resources/Users — View",
        true,
    ),
    Area::new(
        "Tickets",
        "Tickets",
        "Security level: Service Desk > Tickets — View",
        true,
    ),
    Area::new(
        "TicketNotes",
        "Ticket notes",
        "Security level: Service Desk > Ticket Notes — View",
        true,
    ),
    Area::new(
        "Opportunities",
        "Opportunities",
        "Security level: CRM > Opportunities — View",
        false,
    ),
    Area::new(
        "ContactGroups",
        "Contact groups",
        "Security level: CRM > Contact Groups — View",
        false,
    ),
    locations::AREA,
    Area::new(
        "Contracts",
        "Contracts",
        "Security level: Contracts > Contracts — View (without it, contracts of tickets have no names)",
        false,
    ),
    Area::new(
        "DeletedTicketLogs",
        "Deleted tickets",
        "Security level: Service Desk — administrator-level access (without it, deleted tickets are found by the nightly full run)",
        false,
    ),
    Area::new(
        "DeletedTicketActivityLogs",
        "Deleted ticket activity",
        "Security level: Service Desk — administrator-level access (without it, deleted notes are found by the nightly full run)",
        false,
    ),
];

/// What webhooks need; records are created there.
const WEBHOOKS: Area = Area::new(
    "TicketWebhooks",
    "Webhooks",
    "Security level: Other > Can create webhooks",
    false,
);

/// Tests a connection.
///
/// # Errors
/// `AuthFailed`, `Unavailable` and the like, with the form field where one is to blame. A missing right is no error.
pub(super) async fn test_connection(client: &Client) -> Result<ConnectionReport> {
    // Company 0 is the tenant itself and always exists, so this proves the credentials and nothing else.
    match client.try_query("Companies", field("eq", "id", 0)).await {
        Ok(()) => {}
        Err(error) if error.kind == ErrorKind::PermissionDenied => {}
        Err(error) => return Err(error),
    }
    let findings = join_all(
        AREAS
            .iter()
            .chain([&WEBHOOKS])
            .map(|area| probe(client, area)),
    )
    .await;
    let permissions = findings.into_iter().collect::<Result<Vec<_>>>()?;
    // Looked at last: a tenant that was moved is found anew when its old zone refuses.
    let zone = client.place().await?;
    let name = zone.name.as_deref().unwrap_or("zone given by hand");
    let account = match zone.customer {
        Some(customer) => format!(
            "{name}, customer {customer}, as {}",
            client.config.user_name
        ),
        None => format!("{name}, as {}", client.config.user_name),
    };
    Ok(ConnectionReport {
        account,
        web_url: zone.web_url.clone(),
        permissions,
    })
}

async fn probe(client: &Client, area: &Area) -> Result<PermissionFinding> {
    let refused = match client.access(area.entity).await {
        Ok(access) => {
            let level = if *area == WEBHOOKS {
                access.create
            } else {
                access.query
            };
            level.is_some_and(|level| level.eq_ignore_ascii_case("None"))
        }
        Err(error) => area.is_refusal(error)?,
    };
    // The level may say Restricted, or All where a line of business or module is off: only a query proves it.
    let refused = refused
        || (area.required
            && match client.try_query(area.entity, field("gte", "id", 0)).await {
                Ok(()) => false,
                Err(error) => area.is_refusal(error)?,
            });
    Ok(area.finding(refused))
}

#[cfg(test)]
mod tests {
    use domain::provider;
    use domain::stream::Stream;

    use super::*;

    #[test]
    fn what_a_sync_reads_is_called_as_the_screens_call_it() {
        let words = provider::find("autotask").expect("there").words;
        for stream in Stream::ALL {
            // Members are read with their groups' right.
            if stream == Stream::ContactGroupMembers {
                continue;
            }
            let name = words.stream(stream);
            assert!(
                AREAS.iter().any(|area| area.name == name),
                "a right that is missing for {name} would be told twice"
            );
        }
    }
}
