//! *Test Connection*: proves that the keys work and names each right that is missing, in the words of the security role.

use futures_util::future::join_all;

use super::client::Client;
use super::{forecast, own_notes, projects, sites};
use crate::error::{ErrorKind, Result};
use crate::http::exchange::Api;
use crate::page::{ConnectionReport, PermissionFinding};
use crate::probe::Area;

/// Everything a sync reads, and what webhooks will need.
pub(super) static AREAS: [Area; 13] = [
    Area::new(
        "company/companies",
        "Companies",
        "Security role: Companies > Company Maintenance — Inquire All",
        true,
    ),
    Area::new(
        "company/contacts",
        "Contacts",
        "Security role: Companies > Contacts — Inquire All",
        true,
    ),
    Area::new(
        "system/members",
        "Members",
        "Security role: System > Member Maintenance — Inquire All",
        true,
    ),
    Area::new(
        "service/boards",
        "Service boards",
        "Security role: System > Table Setup — Inquire All",
        true,
    ),
    Area::new(
        "service/tickets",
        "Tickets",
        "Security role: Service Desk > Service Tickets — Inquire All",
        true,
    ),
    own_notes::AREA,
    projects::AREA,
    projects::PROJECTS,
    Area::new(
        "sales/opportunities",
        "Opportunities",
        "Security role: Sales > Opportunity — Inquire All",
        false,
    ),
    forecast::AREA,
    sites::AREA,
    Area::new(
        "time/entries",
        "Time entries",
        "Security role: Time & Expense > Time Entry — Inquire All (without it, notes of time entries are missing)",
        false,
    ),
    Area::new(
        "system/callbacks",
        "Callbacks",
        "Security role: System > Table Setup — Add, Edit and Inquire All",
        false,
    ),
];

/// Tests a connection.
///
/// # Errors
/// `AuthFailed`, `Unavailable` and the like, with the form field where one is to blame. A missing right is no error.
pub(super) async fn test_connection(client: &Client) -> Result<ConnectionReport> {
    let base = client.place().await?;
    match client.try_keys().await {
        Ok(()) => {}
        Err(error) if error.kind == ErrorKind::PermissionDenied => {}
        Err(error) => return Err(error),
    }
    let findings = join_all(AREAS.iter().map(|area| probe(client, area))).await;
    Ok(ConnectionReport {
        account: base.name.clone(),
        web_url: Some(client.config.web_url()),
        permissions: findings.into_iter().collect::<Result<Vec<_>>>()?,
    })
}

async fn probe(client: &Client, area: &Area) -> Result<PermissionFinding> {
    let tried = match area.entity {
        forecast::ENDPOINT => forecast::try_one(client).await,
        own_notes::ENDPOINT => own_notes::try_one(client).await,
        sites::ENDPOINT => {
            let (endpoint, companies) = (sites::ENDPOINT, "company/companies");
            client.try_below(endpoint, companies, "sites").await
        }
        entity => client.try_list(entity).await,
    };
    let refused = match tried {
        Ok(()) => false,
        Err(error) => area.is_refusal(error)?,
    };
    Ok(area.finding(refused))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::provider;

    #[test]
    fn what_a_sync_reads_is_called_as_the_screens_call_it() {
        let provider = provider::find("connectwise_psa").expect("there");
        for claimed in provider.capability.streams {
            let name = provider.words.stream(claimed.stream);
            assert!(
                AREAS.iter().any(|area| area.name == name),
                "a right that is missing for {name} would be told twice"
            );
        }
    }
}
