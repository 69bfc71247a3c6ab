//! *Test Connection*: proves that the token works and names each permission it lacks, in the words of Syncro's token
//! screen. `me` answers whatever the token may do, so each area is tried.

use futures_util::future::join_all;

use super::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::http::exchange::{Call, read};
use crate::http::send::Answer;
use crate::page::{ConnectionReport, PermissionFinding};
use crate::probe::Area;

/// Customers: companies, and the main persons of companies.
pub(super) const CUSTOMERS: Area = Area::new(
    "customers",
    "Customers",
    "Admin > API Tokens > Custom Permissions: Customers — List/Search",
    true,
);

/// Everything a sync reads.
pub(super) static AREAS: [Area; 6] = [
    CUSTOMERS,
    Area::new(
        "contacts",
        "Contacts",
        "Admin > API Tokens > Custom Permissions: Customers — View Detail",
        true,
    ),
    Area::new(
        "users",
        "Technicians",
        "Admin > API Tokens > Custom Permissions: Users — List",
        true,
    ),
    Area::new(
        "tickets",
        "Tickets",
        "Admin > API Tokens > Custom Permissions: Tickets — List/Search",
        true,
    ),
    Area::new(
        "tickets/settings",
        "Ticket settings",
        "Admin > API Tokens > Custom Permissions: Tickets — Settings",
        true,
    ),
    Area::new(
        "settings",
        "Priorities and issue types",
        "Admin > API Tokens > Custom Permissions: Settings (without it, tickets show no priority or issue type names)",
        false,
    ),
];

/// Tickets and their comments one by one; tried with a ticket, when there is one.
const DETAILS: Area = Area::new(
    "tickets",
    "Ticket details and comments",
    "Admin > API Tokens > Custom Permissions: Tickets — View Details",
    true,
);

/// Tests a connection.
///
/// # Errors
/// `AuthFailed`, `Unavailable` and the like, with the form field where one is to blame. A missing right is no error.
pub(super) async fn test_connection(client: &Client) -> Result<ConnectionReport> {
    let me = client.me().await?;
    let entered = client.config.subdomain.as_str();
    if let Some(real) = &me.subdomain
        && !entered.eq_ignore_ascii_case(real)
    {
        let message =
            format!("This API key belongs to the Syncro account {real}, not to {entered}.");
        return Err(
            Error::new(ErrorKind::AuthFailed, "test the connection", message)
                .with_field("subdomain"),
        );
    }
    let findings = join_all(AREAS.iter().map(|area| probe(client, area))).await;
    let mut permissions = findings.into_iter().collect::<Result<Vec<_>>>()?;
    permissions.extend(details(client, &permissions).await?);
    let owner = me
        .user_name
        .map(domain::text::without_nul)
        .unwrap_or_default();
    Ok(ConnectionReport {
        account: format!("{entered}.syncromsp.com, as {owner}"),
        web_url: Some(client.config.web_url()),
        permissions,
    })
}

async fn probe(client: &Client, area: &Area) -> Result<PermissionFinding> {
    let mut call = Call::get("test the connection", area.entity, area.entity);
    if matches!(area.entity, "customers" | "contacts" | "tickets") {
        call = call.with("per_page", "1");
    }
    let refused = match read(client, &call, |_answer| Ok(())).await {
        Ok(()) => false,
        Err(error) => area.is_refusal(error)?,
    };
    Ok(area.finding(refused))
}

/// Whether tickets can be opened; unknown, and so not told, while they cannot be listed or there is none.
async fn details(
    client: &Client,
    found: &[PermissionFinding],
) -> Result<Option<PermissionFinding>> {
    let listed = found
        .iter()
        .any(|finding| finding.area == "Tickets" && finding.missing.is_none());
    if !listed {
        return Ok(None);
    }
    let Some(ticket) = client.any_ticket().await? else {
        return Ok(None);
    };
    let call = Call::get(
        "test the connection",
        "tickets",
        format!("tickets/{ticket}"),
    );
    let refused = match read(client, &call, |_: &Answer| Ok(())).await {
        Ok(()) => false,
        // It may have been deleted a moment ago.
        Err(error) if error.kind == ErrorKind::NotFound => false,
        Err(error) => DETAILS.is_refusal(error)?,
    };
    Ok(Some(DETAILS.finding(refused)))
}

#[cfg(test)]
mod tests {
    use domain::provider;
    use domain::stream::Stream;

    use super::*;

    #[test]
    fn what_a_sync_reads_is_called_as_the_screens_call_it() {
        let provider = provider::find("syncro").expect("there");
        for claimed in provider.capability.streams {
            let name = provider.words.stream(claimed.stream);
            assert!(AREAS.iter().any(|area| area.name == name), "{name}");
        }
        assert!(provider.capability.stream(Stream::Opportunities).is_none());
    }
}
