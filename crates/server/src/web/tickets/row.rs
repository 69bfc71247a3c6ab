//! A ticket of a list, from the store's row to what is shown.

use store::tickets;

use super::list_page::TicketRow;
use crate::web::view::{Badge, Shell};

/// The row as shown to this viewer.
#[must_use]
pub fn to_row(shell: &Shell, row: tickets::TicketRow) -> TicketRow {
    let text = |value: Option<tickets::Labelled>| {
        value
            .map(|value| value.text().to_owned())
            .unwrap_or_default()
    };
    let may = shell.rights.companies;
    TicketRow {
        uuid: row.uuid.to_string(),
        number: row.number,
        tool: tool(&row.provider),
        title: titled(row.title),
        company: row.company.unwrap_or_default(),
        company_href: row
            .company_uuid
            .filter(|_| may)
            .map(|uuid| format!("/companies/{uuid}"))
            .unwrap_or_default(),
        status: row.status.map(|status| Badge::plain(status.text())),
        priority: text(row.priority),
        queue: text(row.queue),
        technician: row.technician.unwrap_or_default(),
        created: shell.time(row.created_at),
        updated: shell.time(row.updated_at),
    }
}

/// The name of the tool a record comes from.
#[must_use]
pub fn tool(provider: &str) -> String {
    domain::provider::find(provider).map_or_else(|| provider.to_owned(), |one| one.name.to_owned())
}

/// A title to click on, also when the vendor has none.
#[must_use]
pub fn titled(title: String) -> String {
    if title.trim().is_empty() {
        "(no title)".to_owned()
    } else {
        title
    }
}
