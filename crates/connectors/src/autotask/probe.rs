//! *Test Connection*: proves that the credentials work and names each right that is missing, in Autotask's words.

use futures_util::future::join_all;

use super::client::Client;
use super::query::field;
use crate::error::{Error, ErrorKind, Result};
use crate::page::{ConnectionReport, PermissionFinding};

/// What is tried in one entity.
#[derive(Debug, Clone, Copy)]
struct Area {
    entity: &'static str,
    /// As the screens call it.
    name: &'static str,
    /// The right that is missing when it is refused, where the screens have it.
    right: &'static str,
    required: bool,
    /// Whether records are created there rather than read.
    creates: bool,
}

const fn area(
    entity: &'static str,
    name: &'static str,
    right: &'static str,
    required: bool,
) -> Area {
    Area {
        entity,
        name,
        right,
        required,
        creates: false,
    }
}

/// Everything a sync reads, and what webhooks will need.
const AREAS: [Area; 10] = [
    area(
        "Companies",
        "Companies",
        "Security level: CRM > Companies — View",
        true,
    ),
    area(
        "Contacts",
        "Contacts",
        "Security level: CRM > Contacts — View",
        true,
    ),
    area(
        "Resources",
        "Resources",
        "Security level: Admin > Resources/Users — View",
        true,
    ),
    area(
        "Tickets",
        "Tickets",
        "Security level: Service Desk > Tickets — View",
        true,
    ),
    area(
        "TicketNotes",
        "Ticket notes",
        "Security level: Service Desk > Ticket Notes — View",
        true,
    ),
    area(
        "Opportunities",
        "Opportunities",
        "Security level: CRM > Opportunities — View",
        false,
    ),
    area(
        "ContactGroups",
        "Contact groups",
        "Security level: CRM > Contact Groups — View",
        false,
    ),
    area(
        "DeletedTicketLogs",
        "Deleted tickets",
        "Security level: Service Desk — administrator-level access (without it, deleted tickets are found by the nightly full run)",
        false,
    ),
    area(
        "DeletedTicketActivityLogs",
        "Deleted ticket activity",
        "Security level: Service Desk — administrator-level access (without it, deleted notes are found by the nightly full run)",
        false,
    ),
    Area {
        entity: "TicketWebhooks",
        name: "Webhooks",
        right: "Security level: Other > Can create webhooks",
        required: false,
        creates: true,
    },
];

/// Tests a connection.
///
/// # Errors
/// `AuthFailed`, `Unavailable` and the like, with the form field where one is to blame. A missing right is no error.
pub(super) async fn test_connection(client: &Client) -> Result<ConnectionReport> {
    let zone = client.zone().await?;
    // Company 0 is the tenant itself and always exists, so this proves the credentials and nothing else.
    match client.try_query("Companies", field("eq", "id", 0)).await {
        Ok(()) => {}
        Err(error) if error.kind == ErrorKind::PermissionDenied => {}
        Err(error) => return Err(error),
    }
    let findings = join_all(AREAS.iter().map(|area| probe(client, area))).await;
    let permissions = findings.into_iter().collect::<Result<Vec<_>>>()?;
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
            let level = if area.creates {
                access.create
            } else {
                access.query
            };
            level.is_some_and(|level| level.eq_ignore_ascii_case("None"))
        }
        Err(error) => is_refusal(error, area)?,
    };
    // The level may say Restricted, or All where a line of business or module is off: only a query proves it.
    let refused = refused
        || (area.required
            && match client.try_query(area.entity, field("gte", "id", 0)).await {
                Ok(()) => false,
                Err(error) => is_refusal(error, area)?,
            });
    Ok(PermissionFinding {
        area: area.name.to_owned(),
        missing: refused.then(|| area.right.to_owned()),
        required: area.required,
    })
}

/// Whether a failure means a missing right: a refusal, or an optional area this tenant does not have at all.
fn is_refusal(error: Error, area: &Area) -> Result<bool> {
    match error.kind {
        ErrorKind::PermissionDenied => Ok(true),
        ErrorKind::NotFound | ErrorKind::Invalid if !area.required => Ok(true),
        _ => Err(error),
    }
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
