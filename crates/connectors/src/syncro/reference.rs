//! Reference data: statuses, priorities, problem types and ticket types of an account.
//!
//! Statuses, priorities and problem types are texts without ids: the text is the id, so a renamed one is another one.

use std::collections::BTreeSet;

use domain::reference::{ReferenceItem, ReferenceKind};
use domain::text::without_nul;

use super::client::Client;
use super::wire::{SyncroSettings, SyncroTicketSettings};
use crate::error::Result;
use crate::http::decode::Readable;
use crate::probe::allowed;
use crate::value::flag;

/// Statuses of every account that mean *done*, under the vendor's own names.
const CLOSING: [&str; 2] = ["Resolved", "Invoiced"];

/// All reference data.
///
/// # Errors
/// As any request. Settings of the account that the token may not see are left out, not an error.
pub(super) async fn read(client: &Client) -> Result<Vec<ReferenceItem>> {
    let tickets = client.ticket_settings().await?;
    let account = allowed(client.settings().await)?.unwrap_or_default();
    Ok(to_reference_items(tickets, account))
}

fn to_reference_items(
    tickets: SyncroTicketSettings,
    account: SyncroSettings,
) -> Vec<ReferenceItem> {
    let mut items = texts(ReferenceKind::TicketStatus, tickets.ticket_status_list);
    for status in &mut items {
        status.closes = CLOSING.contains(&status.label.as_str());
    }
    items.extend(texts(
        ReferenceKind::TicketPriority,
        account.ticket.priorities,
    ));
    items.extend(texts(
        ReferenceKind::TicketCategory,
        account.ticket.problem_types,
    ));
    let types = tickets.ticket_types.records.into_iter().zip(0..);
    items.extend(types.map(|(kind, place)| {
        ReferenceItem {
            kind: ReferenceKind::TicketType,
            external_id: kind.id.to_string(),
            label: kind
                .name
                .map(without_nul)
                .filter(|name| !name.trim().is_empty())
                .unwrap_or_else(|| format!("Type {}", kind.id)),
            parent: None,
            active: !flag(kind.disabled, false),
            sort_order: place,
            system: false,
            closes: false,
        }
    }));
    items
}

/// Items of a list of texts. The empty one (priorities have it) stands for none; one that comes twice is one.
fn texts(kind: ReferenceKind, list: Readable<String>) -> Vec<ReferenceItem> {
    let mut known = BTreeSet::new();
    list.records
        .into_iter()
        .map(without_nul)
        .filter(|text| !text.trim().is_empty())
        .filter(|text| known.insert(text.clone()))
        .zip(0..)
        .map(|(text, place)| ReferenceItem {
            kind,
            external_id: text.clone(),
            label: text,
            parent: None,
            active: true,
            sort_order: place,
            system: false,
            closes: false,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_their_own_ids() {
        let tickets = serde_json::from_str(
            r#"{"ticket_status_list":["New",null,"Resolved","New","Waiting on Customer"],
                "ticket_types":[{"id":12,"name":"Incident","disabled":false},{"id":"x","name":"Odd"},{"id":13,"name":null,"disabled":true}],
                "users":[{"id":1,"name":"Bat Man"}],"saved_searches":[]}"#,
        );
        let account = serde_json::from_str(
            r#"{"ticket":{"problem_types":["Virus","TuneUp"],"priorities":["","0 Urgent","2 Normal"]},"msp_addon":null}"#,
        );
        let items = to_reference_items(tickets.expect("JSON"), account.expect("JSON"));
        let of = |kind: ReferenceKind| {
            let items = items.iter().filter(move |item| item.kind == kind);
            items
                .map(|item| (item.external_id.as_str(), item.label.as_str(), item.active))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            of(ReferenceKind::TicketStatus),
            [
                ("New", "New", true),
                ("Resolved", "Resolved", true),
                ("Waiting on Customer", "Waiting on Customer", true)
            ]
        );
        assert_eq!(
            of(ReferenceKind::TicketPriority),
            [
                ("0 Urgent", "0 Urgent", true),
                ("2 Normal", "2 Normal", true)
            ]
        );
        assert_eq!(
            of(ReferenceKind::TicketType),
            [("12", "Incident", true), ("13", "Type 13", false)]
        );
        let closing: Vec<_> = items
            .iter()
            .filter(|item| item.closes)
            .map(|item| item.label.as_str())
            .collect();
        assert_eq!(closing, ["Resolved"]);
    }
}
