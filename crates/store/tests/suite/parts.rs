//! What is stored of records beside what their own list tells.

use domain::clock::UtcMillis;
use domain::record::{Batch, ContactRecord, Visibility};
use domain::stream::Stream;
use serde_json::json;
use store::pages::{Absence, list_contact_fields, read_parts, update_absent};

use crate::harness::{both, integration};
use crate::records::{contact, note, store_page};

fn typed(id: &str, kind: &str) -> ContactRecord {
    ContactRecord {
        primary: id == "2",
        title: (id == "3").then(|| "Head of IT".to_owned()),
        fields: [("kind".to_owned(), json!([kind]))].into(),
        ..contact(id, "1", "Ann", "Lee")
    }
}

#[test]
fn parts_of_a_page_are_those_of_its_records() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let other = integration(&store, "b").await;
        let here = Absence::Present;
        let all: Vec<_> = (1..=30)
            .map(|number| typed(&number.to_string(), &format!("Kind {number}")))
            .collect();
        store_page(&store, at, &all, Batch::Contacts, here).await;
        store_page(&store, other, &all[..1], Batch::Contacts, here).await;
        let notes = ["7", "70"].map(|id| note(id, "1", Visibility::Public, false));
        store_page(&store, at, &notes, Batch::TicketNotes, here).await;
        let mut tx = store.begin().await.unwrap();
        let ids = ["2", "3", "unknown", "3"].map(str::to_owned);
        let found = read_parts(&mut tx, at, Stream::Contacts, &ids).await;
        let found = found.unwrap();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found["2"].primary && !found["3"].primary);
        assert_eq!(found["3"].fields["kind"], json!(["Kind 3"]));
        let elsewhere = read_parts(&mut tx, other, Stream::Contacts, &ids).await;
        assert!(elsewhere.unwrap().is_empty());
        let none = read_parts(&mut tx, at, Stream::Contacts, &[]).await;
        assert!(none.unwrap().is_empty());
        let ids = ["70".to_owned()];
        let found = read_parts(&mut tx, at, Stream::TicketNotes, &ids).await;
        assert_eq!(found.unwrap()["70"].created_at, Some(UtcMillis(2)));
        for stream in [Stream::Companies, Stream::Tickets, Stream::Opportunities] {
            let found = read_parts(&mut tx, at, stream, &ids).await;
            assert!(found.unwrap().is_empty(), "{stream:?}");
        }
        tx.rollback().await.unwrap();
        store.close().await;
    });
}

#[test]
fn contacts_that_are_here_are_walked_with_what_may_tell_their_type() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let all = ["1", "2", "3", "4"].map(|id| typed(id, "VIP"));
        store_page(&store, at, &all, Batch::Contacts, Absence::Present).await;
        let mut tx = store.begin().await.unwrap();
        let known = store::pages::read_known(&mut tx, at, Stream::Contacts, &["2"]).await;
        let gone = [known.unwrap()["2"].id];
        let scope = Absence::OutOfScope;
        update_absent(&mut tx, Stream::Contacts, &gone, scope, UtcMillis(5))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut walked = Vec::new();
        let mut after = String::new();
        loop {
            let some = list_contact_fields(&store, at, &after, 2).await.unwrap();
            let Some(last) = some.last() else { break };
            after.clone_from(&last.external_id);
            walked.extend(some);
        }
        let ids: Vec<&str> = walked.iter().map(|one| one.external_id.as_str()).collect();
        assert_eq!(ids, ["1", "3", "4"]);
        assert_eq!(walked[1].title.as_deref(), Some("Head of IT"));
        assert!(
            walked
                .iter()
                .all(|one| one.fields["kind"] == json!(["VIP"]))
        );
        store.close().await;
    });
}
