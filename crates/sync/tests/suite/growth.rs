//! PostgreSQL hears of an integration while its first run brings records, and not some minutes later.

use domain::stream::Stream;
use simulator::WorldConfig;
use store::vacuum::believed_rows;

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
    let believed = async |stream| {
        believed_rows(portal.store(), stream)
            .await
            .expect("a number")
    };
    let tickets = believed(Stream::Tickets).await;
    assert!(tickets.is_some_and(|rows| rows >= 400), "{tickets:?}");
    let technicians = believed(Stream::Technicians).await;
    assert_eq!(technicians, None, "a handful is not worth a look");
}
