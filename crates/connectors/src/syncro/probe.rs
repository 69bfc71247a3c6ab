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
        && !client.config.account().eq_ignore_ascii_case(real)
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
    let hidden = hidden_details(client, "test the connection").await?;
    Ok(hidden.map(|hidden| DETAILS.finding(hidden)))
}

/// Whether tickets can be listed and not opened; `None` when there is none to try. A token that may open the tickets of
/// its owner alone is told of others that they do not exist, so that the list has the last word: one that it shows is there.
async fn hidden_details(client: &Client, operation: &'static str) -> Result<Option<bool>> {
    // The newest may be deleted between the two questions, hardly twice.
    for last in [false, true] {
        let Some(ticket) = client.any_ticket(operation).await? else {
            return Ok(None);
        };
        let call = Call::get(operation, "tickets", format!("tickets/{ticket}"));
        match read(client, &call, |_: &Answer| Ok(())).await {
            Ok(()) => return Ok(Some(false)),
            Err(error) if error.kind == ErrorKind::NotFound && !last => {}
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(Some(true)),
            Err(error) => return DETAILS.is_refusal(error).map(Some),
        }
    }
    Ok(None)
}

/// Whether a ticket that is not found may be taken for deleted: not while the token opens no ticket at all.
///
/// # Errors
/// `PermissionDenied` with the missing right; any other failure of trying.
pub(super) async fn require_details(client: &Client, operation: &'static str) -> Result<()> {
    if hidden_details(client, operation).await? != Some(true) {
        return Ok(());
    }
    let words = "Syncro does not show its tickets to this API token.";
    let denied = Error::new(ErrorKind::PermissionDenied, operation, words);
    Err(denied.with_right(DETAILS.finding(true)))
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
