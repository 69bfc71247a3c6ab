//! PostgreSQL hears of an integration while its first run brings records, and not some minutes later.

use simulator::WorldConfig;
use sqlx::{Connection, PgConnection};

use crate::portal::{Kind, Portal, Setup, is_there};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_run_lets_postgresql_look_at_what_it_brings() {
    if !is_there(Kind::Postgres) {
        return;
    }
    let setup = Setup {
        world: WorldConfig {
            seed: 7,
            companies: 4,
            contacts_per_company: 2,
            technicians: 2,
            tickets: 900,
            opportunities: 2,
            ..WorldConfig::default()
        },
        page_size: 200,
        ..Setup::default()
    };
    let portal = Portal::with(Kind::Postgres, setup).await;
    portal.connected().await;
    let (url, schema) = portal.schema();
    let mut connection = PgConnection::connect(&url).await.expect("a connection");
    let counted = async |connection: &mut PgConnection, table: &str| -> i64 {
        let sql = "SELECT CAST(c.reltuples AS BIGINT) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = $2";
        let query = sqlx::query_scalar(sql).bind(&schema).bind(table);
        query.fetch_one(connection).await.expect("the table")
    };
    let tickets = counted(&mut connection, "ticket").await;
    assert!(tickets >= 400, "{tickets} tickets are known of");
    let technicians = counted(&mut connection, "technician").await;
    assert_eq!(technicians, -1, "a handful is not worth a look");
    connection.close().await.expect("it closes");
}
