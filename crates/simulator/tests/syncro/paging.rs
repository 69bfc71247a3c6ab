//! Pages: another size for each list, and not every list tells how much there is.

use serde_json::json;
use simulator::{Fault, FaultKind};

use crate::support::{Desk, desk};

async fn keys_of_meta(desk: &Desk, path: &str) -> Vec<String> {
    let reply = desk.get(path).await;
    let meta = reply.body["meta"].as_object();
    meta.into_iter().flatten().map(|(k, _)| k.clone()).collect()
}

#[tokio::test]
async fn page_sizes_and_meta_are_the_vendors() {
    let desk = desk().await;
    let full = ["page", "per_page", "total_entries", "total_pages"].as_slice();
    let bare = ["page", "total_pages"].as_slice();
    for (path, key, size, meta) in [
        ("customers", "customers", 100, full),
        ("contacts", "contacts", 50, full),
        ("tickets", "tickets", 50, bare),
        ("leads", "leads", 25, full),
        ("customer_assets", "assets", 50, full),
        ("contracts", "contracts", 50, full),
        ("rmm_alerts", "rmm_alerts", 25, bare),
    ] {
        let reply = desk.get(path).await;
        assert_eq!(reply.rows(key).len(), size, "{path}");
        assert_eq!(keys_of_meta(&desk, path).await, meta, "{path}");
        assert_eq!(reply.meta("page"), Some(1));
        if meta == full {
            assert_eq!(reply.meta("per_page"), Some(size as u64));
        }
    }
    assert!(keys_of_meta(&desk, "users").await.is_empty());
}

#[tokio::test]
async fn walks_give_every_record_once() {
    let desk = desk().await;
    for (kind, path, key) in [
        ("customers", "customers?include_disabled=true", "customers"),
        ("contacts", "contacts", "contacts"),
        ("tickets", "tickets", "tickets"),
        ("customer_assets", "customer_assets", "assets"),
        ("leads", "leads", "leads"),
    ] {
        let mut walked = desk.walk(path, key).await;
        let newest_first = matches!(kind, "tickets" | "leads");
        assert!(
            walked
                .windows(2)
                .all(|pair| (pair[0] > pair[1]) == newest_first),
            "{kind}"
        );
        walked.sort_unstable();
        assert_eq!(walked, desk.control().ids(kind), "{kind}");
        assert!(walked.len() > 60, "{kind}");
    }
}

#[tokio::test]
async fn totals_count_what_the_list_has() {
    let desk = desk().await;
    let all = desk.get("customers?include_disabled=true").await;
    let enabled = desk.get("customers").await;
    let (all, enabled) = (all.meta("total_entries"), enabled.meta("total_entries"));
    assert_eq!(all, Some(desk.control().count("customers", None)));
    assert!(enabled < all, "no customer is disabled");
}

#[tokio::test]
async fn past_the_end_is_empty_and_wrong_pages_are_the_first() {
    let desk = desk().await;
    let past = desk.get("tickets?page=99").await;
    assert_eq!((past.status, past.ids("tickets")), (200, vec![]));
    assert_eq!(past.body["meta"], json!({"page": 99, "total_pages": 12}));
    let first = desk.get("tickets").await.ids("tickets");
    for odd in ["page=0", "page=-3", "page=two", "page="] {
        let reply = desk.get(&format!("tickets?{odd}")).await;
        assert_eq!(reply.ids("tickets"), first, "{odd}");
    }
}

#[tokio::test]
async fn clients_may_ask_for_up_to_100_and_page_in_a_body() {
    let desk = desk().await;
    assert_eq!(
        desk.get("tickets?per_page=100").await.rows("tickets").len(),
        100
    );
    assert_eq!(
        desk.get("tickets?per_page=7").await.rows("tickets").len(),
        7
    );
    assert_eq!(
        desk.get("tickets?per_page=500").await.rows("tickets").len(),
        50
    );
    let in_body = desk.send("GET", "contacts", &json!({"page": 2})).await;
    let in_address = desk.get("contacts?page=2").await;
    assert_eq!(in_body.ids("contacts"), in_address.ids("contacts"));
    assert_eq!(in_body.meta("page"), Some(2));
    // The documented page size of tickets, for accounts that have it.
    desk.control()
        .patch("account", 1, json!({"tickets_per_page": 25}));
    let reply = desk.get("tickets").await;
    assert_eq!(
        (reply.rows("tickets").len(), reply.meta("total_pages")),
        (25, Some(24))
    );
}

#[tokio::test]
async fn a_new_ticket_shifts_the_pages_behind_it() {
    let desk = desk().await;
    let first = desk.get("tickets?page=1").await.ids("tickets");
    let customer = desk.control().ids("customers")[5];
    desk.control()
        .create("tickets", json!({"customer_id": customer, "subject": "x"}));
    let second = desk.get("tickets?page=2").await.ids("tickets");
    assert_eq!(second[0], first[49], "a record comes twice");
}

#[tokio::test]
async fn a_record_that_comes_in_between_is_on_two_pages_and_one_that_goes_on_none() {
    let desk = desk().await;
    let path = "customers?include_disabled=true";
    let all = desk.walk(path, "customers").await;
    assert!(all.len() > 130, "two pages of a hundred");
    for (by, first) in [(1, all[99]), (-1, all[101])] {
        desk.control()
            .set_fault(Fault::new(FaultKind::ShiftPage { by }));
        let before = desk.get(&format!("{path}&page=1")).await;
        let after = desk.get(&format!("{path}&page=2")).await;
        desk.control().clear_faults();
        assert_eq!(before.ids("customers"), all[..100], "the first page stays");
        assert_eq!(after.ids("customers")[0], first, "{by}");
    }
}
