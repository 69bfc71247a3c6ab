//! Text search: literal, anywhere in a word, up to date.

use domain::record::Batch;
use domain::viewer::Viewer;
use store::companies::{self, CompanyFilter, CompanySort};
use store::contacts::{self, ContactFilter};
use store::listing::{Count, Direction};
use store::pages::Absence;
use store::tickets::{self, TicketFilter, TicketSort};
use store::{Engine, Store, text_search};

use crate::harness::{both, integration};
use crate::records::{company, contact, store_companies, store_page, store_tickets, ticket};

const STAFF: Viewer = Viewer::ApiKey(1);

async fn index(store: &Store) {
    while text_search::index_pending(store, 3).await.unwrap() {}
}

async fn found(store: &Store, words: &str) -> Vec<String> {
    let filter = TicketFilter {
        search: Some(words.into()),
        ..TicketFilter::default()
    };
    let page = tickets::list_for_viewer(
        store,
        &STAFF,
        &filter,
        TicketSort::Updated,
        Direction::Descending,
        None,
        50,
    )
    .await
    .unwrap();
    assert_eq!(page.count, Count::Exact(page.rows.len() as u64));
    page.rows.into_iter().map(|row| row.external_id).collect()
}

#[test]
fn words_are_found_as_they_are_typed() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let titles = [
            "Printer on fire",
            "100% CPU on the \"mail\" server",
            "100 percent of C_P_U",
            "O'Brien cannot print",
            "MÜLLER über Straße",
            "a\\b*c^d:e",
            "NEAR(word other) AND NOT OR",
            "🚀🚀🚀 launch",
        ];
        let mut records: Vec<_> = titles
            .iter()
            .enumerate()
            .map(|(number, title)| {
                let mut ticket = ticket(&number.to_string(), "1", number as i64);
                ticket.title = (*title).into();
                ticket.number = format!("T2026.{number:04}");
                ticket
            })
            .collect();
        store_tickets(&store, at, &records).await;
        if home.engine == Engine::Sqlite {
            assert!(
                found(&store, "printer").await.is_empty(),
                "new rows are searched once they are indexed"
            );
        }
        index(&store).await;
        for (words, expected) in [
            ("print", &["3", "0"][..]),
            ("PRINT", &["3", "0"]),
            ("fire printer", &["0"]),
            ("printer on", &["0"]),
            ("printer zz", &[]),
            ("100%", &["1"]),
            ("\"mail\"", &["1"]),
            ("c_p", &["2"]),
            ("o'brien", &["3"]),
            ("müller", &["4"]),
            ("STRASSE", &[]),
            ("a\\b", &["5"]),
            ("b*c", &["5"]),
            ("near(", &["6"]),
            ("AND NOT", &["6"]),
            ("🚀🚀🚀", &["7"]),
            ("2026.0005", &["5"]),
            ("T2026.0005", &["5"]),
            ("t2", &["7", "6", "5", "4", "3", "2", "1", "0"]),
            ("zz", &[]),
            ("no such thing", &[]),
            ("' OR 1=1 --", &[]),
        ] {
            assert_eq!(found(&store, words).await, expected, "{words}");
        }
        records[6].title = "like T2026.0005".into();
        store_tickets(&store, at, &records).await;
        assert_eq!(
            found(&store, "t2026.0005").await,
            ["5"],
            "a whole number finds its ticket alone"
        );
        assert_eq!(
            found(&store, "2026.0005").await,
            ["6", "5"],
            "a part of one is a word like any other"
        );
        assert_eq!(
            found(&store, "  ").await.len(),
            titles.len(),
            "nothing typed is no search"
        );

        records[0].title = "Scanner on fire".into();
        store_tickets(&store, at, &records).await;
        assert!(
            found(&store, "printer").await.is_empty(),
            "a changed row is up to date at once"
        );
        assert_eq!(found(&store, "scanner").await, ["0"]);
        store_page(
            &store,
            at,
            &records[..1],
            Batch::Tickets,
            Absence::OutOfScope,
        )
        .await;
        assert!(
            found(&store, "scanner").await.is_empty(),
            "a row that is not shown is not found"
        );
        store.close().await;
    });
}

#[test]
fn matches_are_paged_and_filtered() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let records: Vec<_> = (0..30)
            .map(|number| {
                let mut ticket = ticket(&number.to_string(), "1", 100 - number / 2);
                ticket.title = "backup failed".into();
                ticket.status_id = Some((number % 3).to_string());
                ticket
            })
            .collect();
        store_tickets(&store, at, &records).await;
        index(&store).await;
        let filter = TicketFilter {
            search: Some("backup".into()),
            status: Some("1".into()),
            ..TicketFilter::default()
        };
        let mut key = None;
        let mut seen = Vec::new();
        loop {
            let page = tickets::list_for_viewer(
                &store,
                &STAFF,
                &filter,
                TicketSort::Updated,
                Direction::Descending,
                key.as_ref(),
                4,
            )
            .await
            .unwrap();
            assert_eq!(page.count, Count::Exact(10));
            seen.extend(page.rows.iter().map(|row| (row.updated_at, row.id)));
            key = page.next;
            if key.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 10);
        assert!(seen.is_sorted_by(|a, b| a > b), "in order, each once");
        store.close().await;
    });
}

#[test]
fn companies_and_contacts_are_found() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        store_companies(
            &store,
            at,
            &[company("1", "Acme Ltd"), company("2", "Müller & Söhne")],
        )
        .await;
        store_page(
            &store,
            at,
            &[
                contact("jo.long", "1", "Jo", "Li"),
                contact("2", "2", "Ann", "Müller"),
            ],
            Batch::Contacts,
            Absence::Present,
        )
        .await;
        index(&store).await;
        let companies = async |words: &str| {
            let filter = CompanyFilter {
                search: Some(words.into()),
                ..CompanyFilter::default()
            };
            let page = companies::list_for_viewer(
                &store,
                &STAFF,
                &filter,
                CompanySort::Name,
                Direction::Ascending,
                None,
                10,
            )
            .await
            .unwrap();
            page.rows
                .into_iter()
                .map(|row| row.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(companies("MÜLL").await, ["Müller & Söhne"]);
        assert_eq!(companies("ac").await, ["Acme Ltd"]);
        assert_eq!(
            companies("cm").await,
            [""; 0],
            "two letters are a beginning"
        );
        let people = async |words: &str| {
            let filter = ContactFilter {
                search: Some(words.into()),
                ..ContactFilter::default()
            };
            let page =
                contacts::list_for_viewer(&store, &STAFF, &filter, Direction::Ascending, None, 10)
                    .await
                    .unwrap();
            page.rows
                .into_iter()
                .map(|row| row.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(people("long@example").await, ["Jo Li"]);
        assert_eq!(people("ann müller").await, ["Ann Müller"]);
        assert_eq!(people("jo").await, ["Jo Li"]);
        // A vendor's new name is the company's new name, and found.
        store_page(
            &store,
            at,
            &[company("1", "Zenith Ltd")],
            Batch::Companies,
            Absence::Present,
        )
        .await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            store::company_adoption::update_names(&mut tx, at, &["1", "2"])
                .await
                .unwrap(),
            1
        );
        tx.commit().await.unwrap();
        assert_eq!(companies("zenith").await, ["Zenith Ltd"]);
        assert_eq!(companies("acme").await, [""; 0]);
        store.close().await;
    });
}

/// More matches than are looked at: the list says that it was cut, and that it has those stored last.
#[test]
fn a_search_that_is_cut_says_so() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let records: Vec<_> = (0..502)
            .map(|number| {
                let mut ticket = ticket(&number.to_string(), "1", number);
                ticket.title = if number < 500 {
                    "Invoice".into()
                } else {
                    "Invoice wanted".into()
                };
                ticket
            })
            .collect();
        for records in records.chunks(500) {
            store_tickets(&store, at, records).await;
        }
        while text_search::index_pending(&store, 500).await.unwrap() {}
        let list = async |words: &str, direction| {
            let filter = TicketFilter {
                search: Some(words.into()),
                ..TicketFilter::default()
            };
            let sort = TicketSort::Created;
            tickets::list_for_viewer(&store, &STAFF, &filter, sort, direction, None, 500)
                .await
                .unwrap()
        };
        let cut = Count::Cut {
            rows: 500,
            newest: true,
        };
        let oldest = list("invoice", Direction::Ascending).await;
        assert_eq!(oldest.count, cut);
        assert_eq!(oldest.rows[0].external_id, "2", "of the newest, the oldest");
        assert_eq!(
            list("invoice wanted", Direction::Ascending).await.count,
            Count::Exact(2)
        );
    });
}
