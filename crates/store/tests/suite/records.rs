//! Records to store, and the shortest way to store them.

use domain::body::Body;
use domain::clock::UtcMillis;
use domain::id::{IdentityId, IntegrationId};
use domain::record::{
    Batch, CompanyRecord, ContactRecord, ExternalRecord, TicketNoteRecord, TicketRecord, Visibility,
};
use domain::role_preset::RolePreset;
use domain::viewer::Viewer;
use store::Store;
use store::companies::{self, CompanyFilter, CompanySort};
use store::identities::{
    MembershipStatus, NewIdentity, insert_identity, upsert_company_membership,
};
use store::listing::Direction;
use store::roles::find_preset_in;

use sqlx::Connection;

use crate::harness::Home;
use store::pages::{Absence, RecordMark, UpsertCounts, read_known, upsert_records};

/// A ticket that was created and last changed at `at`.
pub fn ticket(id: &str, company: &str, at: i64) -> TicketRecord {
    TicketRecord {
        external_id: id.into(),
        number: format!("T{id}"),
        title: format!("Ticket {id}"),
        description: Some(Body::plain("words")),
        company_external_id: Some(company.into()),
        status_id: Some("1".into()),
        queue_id: Some("8".into()),
        created_at: Some(UtcMillis(at)),
        updated_at: Some(UtcMillis(at)),
        ..TicketRecord::default()
    }
}

/// A company.
pub fn company(id: &str, name: &str) -> CompanyRecord {
    CompanyRecord {
        external_id: id.into(),
        name: name.into(),
        active: true,
        ..CompanyRecord::default()
    }
}

/// A contact of a company.
pub fn contact(id: &str, company: &str, first: &str, last: &str) -> ContactRecord {
    ContactRecord {
        external_id: id.into(),
        company_external_id: Some(company.into()),
        first_name: first.into(),
        last_name: last.into(),
        email: Some(format!("{id}@example.com")),
        active: true,
        ..ContactRecord::default()
    }
}

/// A comment.
pub fn note(id: &str, ticket: &str, visibility: Visibility, system: bool) -> TicketNoteRecord {
    TicketNoteRecord {
        external_id: id.into(),
        ticket_external_id: ticket.into(),
        title: String::new(),
        body: Body::plain(format!("note {id}")),
        visibility,
        system,
        describes: false,
        contact_external_id: None,
        technician_external_id: None,
        author: None,
        created_at: Some(UtcMillis(id.len() as i64)),
        updated_at: None,
    }
}

/// Stores a page as a sync does: unchanged records are left out.
pub async fn store_page<R: ExternalRecord + Clone>(
    store: &Store,
    integration: IntegrationId,
    records: &[R],
    batch: fn(Vec<R>) -> Batch,
    absence: Absence,
) -> UpsertCounts {
    let mut tx = store.begin().await.unwrap();
    let ids: Vec<&str> = records.iter().map(ExternalRecord::external_id).collect();
    let known = read_known(&mut tx, integration, R::STREAM, &ids)
        .await
        .unwrap();
    let mut marks = Vec::new();
    let mut differing = Vec::new();
    for record in records {
        let row = known.get(record.external_id());
        let hash = record.content_hash(1, 1);
        if row.is_some_and(|row| row.content_hash == hash && row.absence == absence) {
            continue;
        }
        marks.push(RecordMark {
            hash,
            known: row.map(|row| row.id),
            absence,
            closed: false,
        });
        differing.push(record.clone());
    }
    let now = store.now();
    let counts = upsert_records(&mut tx, integration, &batch(differing), &marks, now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    counts
}

/// Stores tickets as present.
pub async fn store_tickets(
    store: &Store,
    integration: IntegrationId,
    tickets: &[TicketRecord],
) -> UpsertCounts {
    store_page(
        store,
        integration,
        tickets,
        Batch::Tickets,
        Absence::Present,
    )
    .await
}

/// Stores companies and makes Portico companies of them.
pub async fn store_companies(
    store: &Store,
    integration: IntegrationId,
    companies: &[CompanyRecord],
) {
    store_page(
        store,
        integration,
        companies,
        Batch::Companies,
        Absence::Present,
    )
    .await;
    let ids: Vec<&str> = companies
        .iter()
        .map(|company| company.external_id.as_str())
        .collect();
    let mut tx = store.begin().await.unwrap();
    store::company_adoption::adopt(&mut tx, integration, &ids)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// One number, read behind the store's back.
pub async fn number(home: &Home, sql: &'static str) -> i64 {
    let row: (i64,) = match &home.config.database {
        store::Database::Sqlite(path) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
            let mut connection = sqlx::SqliteConnection::connect_with(&options)
                .await
                .unwrap();
            sqlx::query_as(sql)
                .fetch_one(&mut connection)
                .await
                .unwrap()
        }
        store::Database::Postgres(url) => {
            let options: sqlx::postgres::PgConnectOptions = url.expose().parse().unwrap();
            let options = options.options([("search_path", home.config.schema.clone().unwrap())]);
            let mut connection = sqlx::PgConnection::connect_with(&options).await.unwrap();
            sqlx::query_as(sql)
                .fetch_one(&mut connection)
                .await
                .unwrap()
        }
    };
    row.0
}

/// A person with an active membership of the company with this name.
pub async fn member_of(store: &Store, email: &str, company: &str) -> IdentityId {
    let staff = Viewer::ApiKey(1);
    let filter = CompanyFilter {
        search: Some(company.into()),
        ..CompanyFilter::default()
    };
    while store::text_search::index_pending(store, 100).await.unwrap() {}
    let found = companies::list_for_viewer(
        store,
        &staff,
        &filter,
        CompanySort::Name,
        Direction::Ascending,
        None,
        10,
    )
    .await
    .unwrap();
    let company = found.rows.first().expect("a company of that name").id;
    let mut tx = store.begin().await.unwrap();
    let identity = insert_identity(
        &mut tx,
        &NewIdentity {
            email,
            ..NewIdentity::default()
        },
    )
    .await
    .unwrap();
    let role = find_preset_in(&mut tx, RolePreset::CompanyViewer)
        .await
        .unwrap()
        .id;
    upsert_company_membership(
        &mut tx,
        identity,
        company,
        role,
        MembershipStatus::Active,
        None,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    identity
}
