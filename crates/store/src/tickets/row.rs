//! A ticket in a list, with its labels.

use domain::clock::UtcMillis;
use domain::id::{IntegrationId, PublicId};
use domain::viewer::Viewer;

use super::Labelled;
use crate::db::Db;
use crate::error::Result;
use crate::open::Store;

/// A ticket in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRow {
    /// Row id.
    pub id: i64,
    /// Id in addresses.
    pub uuid: PublicId,
    /// The integration it comes from.
    pub integration: IntegrationId,
    /// Key of that integration's provider.
    pub provider: String,
    /// The vendor's id.
    pub external_id: String,
    /// The number people quote.
    pub number: String,
    /// One-line summary.
    pub title: String,
    /// Status.
    pub status: Option<Labelled>,
    /// Queue, board or team.
    pub queue: Option<Labelled>,
    /// Priority.
    pub priority: Option<Labelled>,
    /// Whether it counts as closed.
    pub closed: bool,
    /// Name of the Portico company, else of the vendor's.
    pub company: Option<String>,
    /// Address of the Portico company.
    pub company_uuid: Option<PublicId>,
    /// Name of the contact.
    pub contact: Option<String>,
    /// Name of the assigned technician.
    pub technician: Option<String>,
    /// When it is due.
    pub due_at: Option<UtcMillis>,
    /// When it was created.
    pub created_at: UtcMillis,
    /// When it was completed; none unless it counts as closed, since one that was opened again may keep the instant.
    pub closed_at: Option<UtcMillis>,
    /// When anything last happened on it.
    pub updated_at: UtcMillis,
}

row! {
    pub(super) struct Raw {
        id: i64,
        uuid: PublicId = String => crate::decode::public_id,
        integration: IntegrationId = i64 => crate::decode::plain(IntegrationId),
        provider: String,
        external_id: String,
        number: String,
        title: String,
        status_id: Option<String>,
        status_label: Option<String>,
        queue_id: Option<String>,
        queue_label: Option<String>,
        priority_id: Option<String>,
        priority_label: Option<String>,
        closed: bool = i64 => crate::decode::flag,
        company_name: Option<String>,
        company_uuid: Option<String>,
        contact_name: Option<String>,
        technician_name: Option<String>,
        due_at: Option<i64>,
        created_at: i64,
        closed_at: Option<i64>,
        updated_at: i64,
    }
}

impl From<Raw> for TicketRow {
    fn from(row: Raw) -> Self {
        let name = |name: Option<String>| name.filter(|name| !name.is_empty());
        Self {
            id: row.id,
            uuid: row.uuid,
            integration: row.integration,
            provider: row.provider,
            external_id: row.external_id,
            number: row.number,
            title: row.title,
            status: Labelled::new(row.status_id, row.status_label),
            queue: Labelled::new(row.queue_id, row.queue_label),
            priority: Labelled::new(row.priority_id, row.priority_label),
            closed: row.closed,
            company: name(row.company_name),
            company_uuid: row.company_uuid.and_then(|uuid| uuid.parse().ok()),
            contact: name(row.contact_name),
            technician: name(row.technician_name),
            due_at: row.due_at.map(UtcMillis),
            created_at: UtcMillis(row.created_at),
            closed_at: row.closed_at.filter(|_| row.closed).map(UtcMillis),
            updated_at: UtcMillis(row.updated_at),
        }
    }
}

/// The listed tickets with these ids, in no order.
pub(super) async fn rows_by_id(
    store: &Store,
    viewer: &Viewer,
    ids: &[i64],
) -> Result<Vec<TicketRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (all, identity) = viewer.bind();
    let rows: Vec<Raw> = match store.db() {
        Db::Lite { r, .. } => {
            let ids = serde_json::to_string(ids)?;
            sqlx::query_as(ROWS_SQLITE)
                .bind(all)
                .bind(identity)
                .bind(ids)
                .fetch_all(r)
                .await?
        }
        Db::Pg(pool) => {
            sqlx::query_as(ROWS_POSTGRES)
                .bind(all)
                .bind(identity)
                .bind(ids)
                .fetch_all(pool)
                .await?
        }
    };
    Ok(rows.into_iter().map(TicketRow::from).collect())
}

/// Listed tickets from some place.
macro_rules! ticket_row {
    ($from:literal) => {
        concat!(
            "SELECT ",
            ticket_columns!(),
            " FROM ",
            $from,
            ticket_joins!(),
            " WHERE t.absent = 0"
        )
    };
}

statements! {
    ROWS_SQLITE for Sqlite = concat!(ticket_row!("json_each($3) f CROSS JOIN ticket t NOT INDEXED CROSS JOIN integration i ON i.id = t.integration_id"), " AND t.id = f.value AND ", record_viewer!("t"));
    ROWS_POSTGRES for Postgres = concat!(ticket_row!("ticket t JOIN integration i ON i.id = t.integration_id"), " AND t.id = ANY(CAST($3 AS BIGINT[])) AND ", record_viewer!("t"));
}
