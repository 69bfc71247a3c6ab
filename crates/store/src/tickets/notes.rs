//! The comments of one ticket.

use domain::body::{Body, BodyFormat};
use domain::clock::UtcMillis;
use domain::id::PublicId;
use domain::record::Visibility;
use domain::viewer::Viewer;

use crate::error::Result;
use crate::listing::{PageKey, SortKey};
use crate::open::Store;

/// A comment on a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRow {
    /// Row id.
    pub id: i64,
    /// The vendor's id.
    pub external_id: String,
    /// Title, often empty.
    pub title: String,
    /// The text as received.
    pub body: Body,
    /// Who may read it.
    pub visibility: Visibility,
    /// Whether the vendor's own automation wrote it.
    pub system: bool,
    /// Who wrote it.
    pub author: Option<String>,
    /// Whether a technician wrote it, not a contact.
    pub by_technician: bool,
    /// When it was written.
    pub created_at: Option<UtcMillis>,
    /// When it last changed.
    pub updated_at: Option<UtcMillis>,
    /// When Portico stored it.
    pub stored_at: UtcMillis,
}

/// A page of the comments of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NotePage {
    /// Comments, newest first.
    pub rows: Vec<NoteRow>,
    /// Where the next page begins, if there is one.
    pub next: Option<PageKey>,
}

/// Comments of a ticket, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notes {
    /// The newest of them, oldest first.
    pub rows: Vec<NoteRow>,
    /// Whether there are older ones that were left out.
    pub more: bool,
}

row! {
    struct Raw {
        id: i64,
        external_id: String,
        title: String,
        body: String,
        body_format: String,
        visibility: String,
        is_system: bool = i64 => crate::decode::flag,
        contact_name: Option<String>,
        technician_name: Option<String>,
        technician_external_id: Option<String>,
        author: Option<String>,
        created_at: Option<i64>,
        updated_at: Option<i64>,
        stored_at: i64,
    }
}

impl From<Raw> for NoteRow {
    fn from(row: Raw) -> Self {
        let name = |name: Option<String>| name.filter(|name| !name.is_empty());
        let format = if row.body_format == BodyFormat::Html.key() {
            BodyFormat::Html
        } else {
            BodyFormat::Plain
        };
        Self {
            id: row.id,
            external_id: row.external_id,
            title: row.title,
            body: Body {
                format,
                text: row.body,
            },
            // What is not known to be public is internal.
            visibility: if row.visibility == Visibility::Public.key() {
                Visibility::Public
            } else {
                Visibility::Internal
            },
            system: row.is_system,
            author: name(row.technician_name)
                .or_else(|| name(row.contact_name))
                .or_else(|| name(row.author)),
            by_technician: row.technician_external_id.is_some(),
            created_at: row.created_at.map(UtcMillis),
            updated_at: row.updated_at.map(UtcMillis),
            stored_at: UtcMillis(row.stored_at),
        }
    }
}

/// The newest comments, at most `limit`, of a ticket the viewer may see, oldest first. Who may not see internal
/// comments gets none, nor those of the vendor's automation. The one that describes the ticket is no comment of it.
///
/// # Errors
/// As any statement.
pub async fn notes_for_viewer(
    store: &Store,
    viewer: &Viewer,
    ticket: &PublicId,
    limit: u32,
) -> Result<Notes> {
    let mut page = list_notes_for_viewer(store, viewer, ticket, None, limit).await?;
    page.rows.reverse();
    Ok(Notes {
        rows: page.rows,
        more: page.next.is_some(),
    })
}

/// A page of at most `limit` comments, newest first, with the same rule about who sees which.
///
/// # Errors
/// As any statement.
pub async fn list_notes_for_viewer(
    store: &Store,
    viewer: &Viewer,
    ticket: &PublicId,
    from: Option<&PageKey>,
    limit: u32,
) -> Result<NotePage> {
    let (all, identity) = viewer.bind();
    let (before, before_id) = match from {
        Some(PageKey {
            key: SortKey::Number(number),
            id,
            ..
        }) => (*number, *id),
        _ => (i64::MAX, i64::MAX),
    };
    let mut raw: Vec<Raw> = read_all!(
        store,
        NOTES,
        all,
        identity,
        ticket.as_str(),
        i64::from(viewer.sees_internal()),
        i64::from(limit) + 1,
        before,
        before_id
    )?;
    let more = raw.len() > limit as usize;
    raw.truncate(limit as usize);
    let next = raw.last().filter(|_| more).map(|row| PageKey {
        key: SortKey::Number(row.created_at.unwrap_or_default()),
        id: row.id,
        before: false,
    });
    let rows = raw.into_iter().map(NoteRow::from).collect();
    Ok(NotePage { rows, next })
}

statements! {
    NOTES = concat!("SELECT n.id, n.external_id, n.title, n.body, n.body_format, n.visibility, n.is_system,
            TRIM(k.first_name || ' ' || k.last_name) AS contact_name, TRIM(w.first_name || ' ' || w.last_name) AS technician_name,
            n.technician_external_id, n.author, n.created_at, n.updated_at, n.stored_at
        FROM ticket t
        JOIN ticket_note n ON n.integration_id = t.integration_id AND n.ticket_external_id = t.external_id
        LEFT JOIN external_contact k ON k.integration_id = n.integration_id AND k.external_id = n.contact_external_id
        LEFT JOIN technician w ON w.integration_id = n.integration_id AND w.external_id = n.technician_external_id
        WHERE t.uuid = $3 AND t.absent = 0 AND n.absent = 0 AND n.describes = 0 AND (CAST($4 AS BIGINT) = 1 OR (n.visibility = 'public' AND n.is_system = 0))
        AND (COALESCE(n.created_at, 0) < $6 OR (COALESCE(n.created_at, 0) = $6 AND n.id < $7))
        AND ", record_viewer!("t"), " ORDER BY COALESCE(n.created_at, 0) DESC, n.id DESC LIMIT $5");
}
