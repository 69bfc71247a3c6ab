//! Text search: literal, anywhere in a word, up to date.

use domain::account::Notifications;
use domain::record::Batch;
use domain::viewer::Viewer;
use store::accounts::{AccountsOf, list_for_viewer as list_accounts};
use store::companies::{self, CompanyFilter, CompanySort};
use store::contacts::{self, ContactFilter};
use store::identities::{Profile, update_profile};
use store::listing::{Count, Direction, PageKey};
use store::pages::Absence;
use store::tickets::{self, TicketFilter, TicketSort};
use store::{Engine, Store, text_search};

use crate::harness::{both, execute, integration};
use crate::records::{
    company, contact, member_of, store_companies, store_page, store_tickets, ticket,
};

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

/// The addresses of the accounts a search finds, a page of two at a time, there and back again.
async fn accounts_found(
    store: &Store,
    viewer: &Viewer,
    of: &AccountsOf,
    words: &str,
) -> Vec<String> {
    let page = async |key: Option<&PageKey>| {
        list_accounts(store, viewer, of, Some(words), key, 2)
            .await
            .unwrap()
    };
    let mut found = Vec::new();
    let mut at = page(None).await;
    loop {
        assert!(at.rows.len() <= 2);
        found.extend(at.rows.iter().map(|row| row.email.clone()));
        let Some(key) = at.next.clone() else { break };
        let next = page(Some(&key)).await;
        let back = page(next.previous.as_ref()).await;
        assert_eq!(back.rows, at.rows, "the page before is the page before");
        at = next;
    }
    assert_eq!(at.count, Count::Exact(found.len() as u64));
    found
}

#[test]
fn portal_accounts_are_found_in_any_script_and_case() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let companies = [company("1", "Harbour"), company("2", "Mill")];
        store_companies(&store, at, &companies).await;
        let mut people = Vec::new();
        for (email, name, company) in [
            ("anne@harbour.example", "Änne MÜLLER", "Harbour"),
            ("c@harbour.example", "Олена Шевченко", "Harbour"),
            ("b@mill.example", "Anne 100% Miller", "Mill"),
            ("d@mill.example", "Änne Müllerova", "Mill"),
        ] {
            let id = member_of(&store, email, company).await;
            let profile = Profile {
                name,
                email,
                job_title: None,
                phone: None,
                time_zone: None,
                language: None,
                notifications: &Notifications::default(),
            };
            let mut tx = store.begin().await.unwrap();
            update_profile(&mut tx, id, &profile).await.unwrap();
            tx.commit().await.unwrap();
            people.push(id);
        }
        index(&store).await;
        let all = AccountsOf::All;
        for (words, expected) in [
            (
                "ÄNNE müller",
                &["anne@harbour.example", "d@mill.example"][..],
            ),
            ("ШЕВЧ", &["c@harbour.example"]),
            ("100%", &["b@mill.example"]),
            ("1_0%", &[]),
            ("mill.example", &["b@mill.example", "d@mill.example"]),
            ("än", &["anne@harbour.example", "d@mill.example"]),
            ("b@", &["b@mill.example"]),
            ("müller mi", &["d@mill.example"]),
            ("nobody", &[]),
        ] {
            let found = accounts_found(&store, &STAFF, &all, words).await;
            assert_eq!(found, expected, "{words}");
        }
        let everybody = list_accounts(&store, &STAFF, &all, None, None, 10)
            .await
            .unwrap();
        assert_eq!(everybody.rows.len(), 4);
        let mill = AccountsOf::Company(everybody.rows[1].company.clone());
        let found = accounts_found(&store, &STAFF, &mill, "änne").await;
        assert_eq!(found, ["d@mill.example"]);
        let role = AccountsOf::Role(everybody.rows[1].role.clone());
        let found = accounts_found(&store, &STAFF, &role, "änne").await;
        assert_eq!(found.len(), 2);
        // Whoever is a member of one company finds nobody of another.
        let member = Viewer::Members(people[3]);
        let found = accounts_found(&store, &member, &all, "example").await;
        assert_eq!(found, ["b@mill.example", "d@mill.example"]);
        // A database of an older Portico has no keys; the next start makes them.
        store.close().await;
        execute(&home, "UPDATE identity SET name_key = NULL").await;
        let store = home.open().await;
        let found = accounts_found(&store, &STAFF, &all, "än").await;
        assert_eq!(found, ["anne@harbour.example", "d@mill.example"]);
        store.close().await;
    });
}

/// A company that several tools have shows each person once.
#[test]
fn the_people_of_a_company_are_told_once_for_all_its_tools() {
    both(async |home| {
        let store = home.open().await;
        let tools = [
            integration(&store, "a").await,
            integration(&store, "b").await,
        ];
        store_companies(&store, tools[0], &[company("1", "Harbour")]).await;
        store_companies(&store, tools[1], &[company("9", "Harbour")]).await;
        execute(
            &home,
            "UPDATE external_company SET company_id = (SELECT min(id) FROM company)",
        )
        .await;
        let with = |id: &str, of: &str, first: &str, email: Option<&str>| {
            let mut contact = contact(id, of, first, "Lee");
            contact.email = email.map(str::to_owned);
            contact
        };
        let office = Some("office@harbour.example");
        let here = [
            with("1", "1", "Ann", Some("ann@harbour.example")),
            with("2", "1", "Bo", office),
            with("3", "1", "Cy", office),
            with("4", "1", "Di", None),
            with("5", "1", "Di", None),
        ];
        store_page(&store, tools[0], &here, Batch::Contacts, Absence::Present).await;
        let there = [with("7", "9", "Annie", Some(" ANN@harbour.example"))];
        store_page(&store, tools[1], &there, Batch::Contacts, Absence::Present).await;
        let companies = companies::list_for_viewer(
            &store,
            &STAFF,
            &CompanyFilter::default(),
            CompanySort::Name,
            Direction::Ascending,
            None,
            1,
        )
        .await
        .unwrap();
        let uuid = companies.rows[0].uuid.clone();
        let people = async |viewer: &Viewer, limit| {
            contacts::list_people(&store, viewer, &uuid, limit)
                .await
                .unwrap()
        };
        let told = |people: &contacts::People| -> Vec<Vec<String>> {
            let of = |person: &contacts::Person| -> Vec<String> {
                let rows = person.contacts.iter();
                rows.map(|row| row.external_id.clone()).collect()
            };
            people.people.iter().map(of).collect()
        };
        let all = people(&STAFF, 10).await;
        assert_eq!(
            told(&all),
            [vec!["1", "7"], vec!["2"], vec!["3"], vec!["4"], vec!["5"]],
            "an address that several of one tool share is nobody's own"
        );
        assert_eq!(all.count, 4);
        assert_eq!(told(&people(&STAFF, 2).await), [vec!["1", "7"], vec!["2"]]);
        let stranger = Viewer::Members(domain::id::IdentityId(i64::MAX));
        assert_eq!(people(&stranger, 10).await, contacts::People::default());
        store.close().await;
    });
}
