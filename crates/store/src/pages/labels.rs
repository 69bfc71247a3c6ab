//! How records are called, to show them to a person by more than the vendor's id.

use domain::id::IntegrationId;
use domain::stream::Stream;

use crate::error::Result;
use crate::tx::Tx;

/// The name or title of a record; `None` when it is not here or has none.
///
/// # Errors
/// As any statement.
pub async fn find_label(
    tx: &mut Tx,
    integration: IntegrationId,
    stream: Stream,
    external_id: &str,
) -> Result<Option<String>> {
    let text = match stream {
        Stream::Companies => COMPANY,
        Stream::Technicians => TECHNICIAN,
        Stream::Contacts => CONTACT,
        Stream::ContactGroups => CONTACT_GROUP,
        Stream::ContactGroupMembers => CONTACT_GROUP_MEMBER,
        Stream::Tickets => TICKET,
        Stream::TicketNotes => TICKET_NOTE,
        Stream::Opportunities => OPPORTUNITY,
        Stream::DeletedTickets | Stream::DeletedTicketActivity => return Ok(None),
    };
    let row: Option<(String,)> = tx_one!(tx, text, integration.0, external_id)?;
    let label = row.map(|row| row.0.trim().to_owned());
    Ok(label.filter(|label| !label.is_empty()))
}

statements! {
    COMPANY = "SELECT name AS label FROM external_company WHERE integration_id = $1 AND external_id = $2";
    TECHNICIAN = "SELECT first_name || ' ' || last_name AS label FROM technician WHERE integration_id = $1 AND external_id = $2";
    CONTACT = "SELECT first_name || ' ' || last_name AS label FROM external_contact WHERE integration_id = $1 AND external_id = $2";
    CONTACT_GROUP = "SELECT name AS label FROM contact_group WHERE integration_id = $1 AND external_id = $2";
    CONTACT_GROUP_MEMBER = "SELECT COALESCE(c.first_name || ' ' || c.last_name || ' ', '') || COALESCE('in ' || g.name, '') AS label
        FROM contact_group_member m
        LEFT JOIN external_contact c ON c.integration_id = m.integration_id AND c.external_id = m.contact_external_id
        LEFT JOIN contact_group g ON g.integration_id = m.integration_id AND g.external_id = m.group_external_id
        WHERE m.integration_id = $1 AND m.external_id = $2";
    TICKET = "SELECT number || ' ' || title AS label FROM ticket WHERE integration_id = $1 AND external_id = $2";
    TICKET_NOTE = "SELECT COALESCE(t.number || ' ', '') || n.title AS label FROM ticket_note n
        LEFT JOIN ticket t ON t.integration_id = n.integration_id AND t.external_id = n.ticket_external_id
        WHERE n.integration_id = $1 AND n.external_id = $2";
    OPPORTUNITY = "SELECT title AS label FROM opportunity WHERE integration_id = $1 AND external_id = $2";
}
