//! The outbox: a mail and its job commit together, go out once, and are listed newest first.

use domain::clock::UtcMillis;
use domain::id::MailId;
use domain::job::Job;
use domain::mail::{MailKind, MailState};
use serde_json::json;
use store::Store;
use store::housekeeping::housekeeping;
use store::jobs::{claim, complete};
use store::listing::Count;
use store::outbox::{
    find_mail, find_mail_by_uuid, insert_mail, list_mail, list_mail_of, retry_mail,
    update_mail_failed, update_mail_sent,
};

use crate::harness::both;

async fn mail(store: &Store, recipient: &str) -> MailId {
    let mut tx = store.begin().await.unwrap();
    let id = insert_mail(
        &mut tx,
        MailKind::Welcome,
        None,
        recipient,
        &json!({ "name": "Ann" }),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id
}

/// Claims every job that waits, settles it, and says which mails they were for, in the order they were taken.
async fn jobs(store: &Store) -> Vec<i64> {
    let mut mails = Vec::new();
    for claimed in claim(store, "node", 50).await.unwrap() {
        let Job::SendMail { mail } = &claimed.job else {
            panic!("only mail waits")
        };
        mails.push(mail.0);
        let mut tx = store.begin().await.unwrap();
        complete(&mut tx, &claimed.lease).await.unwrap();
        tx.commit().await.unwrap();
    }
    mails
}

#[test]
fn a_mail_commits_with_its_job_or_not_at_all() {
    both(async |home| {
        let store = home.open().await;
        let mut tx = store.begin().await.unwrap();
        let lost = insert_mail(&mut tx, MailKind::Test, None, "ann@example.com", &json!({}))
            .await
            .unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(find_mail(&store, lost).await.unwrap(), None);
        assert_eq!(jobs(&store).await, Vec::<i64>::new());
        let id = mail(&store, "ann@example.com").await;
        assert_eq!(jobs(&store).await, [id.0]);
        let kept = find_mail(&store, id).await.unwrap().unwrap();
        assert_eq!(
            (kept.kind, kept.state, kept.attempts),
            (MailKind::Welcome, MailState::Waiting, 0)
        );
        assert_eq!(
            (kept.recipient.as_str(), kept.params["name"].as_str()),
            ("ann@example.com", Some("Ann"))
        );
        assert_eq!(
            find_mail_by_uuid(&store, &kept.uuid)
                .await
                .unwrap()
                .unwrap()
                .id,
            id
        );
    });
}

#[test]
fn who_waits_for_a_link_is_written_to_before_thousands_are_welcomed() {
    both(async |home| {
        let store = home.open().await;
        let first = mail(&store, "ann@example.com").await;
        let second = mail(&store, "bob@example.com").await;
        home.clock.advance(1_000);
        let mut tx = store.begin().await.unwrap();
        let mut waited_for = Vec::new();
        for kind in [
            MailKind::ResetPassword,
            MailKind::PasswordChanged,
            MailKind::TwoFactorChanged,
        ] {
            let id = insert_mail(&mut tx, kind, None, "eve@example.com", &json!({})).await;
            waited_for.push(id.unwrap().0);
        }
        tx.commit().await.unwrap();
        let order: Vec<i64> = [waited_for, vec![first.0, second.0]].concat();
        assert_eq!(jobs(&store).await, order);
    });
}

#[test]
fn a_mail_that_failed_is_tried_again_and_one_that_was_sent_is_not() {
    both(async |home| {
        let store = home.open().await;
        let id = mail(&store, "ann@example.com").await;
        jobs(&store).await;
        let mut tx = store.begin().await.unwrap();
        assert!(
            update_mail_failed(&mut tx, id, "busy", false)
                .await
                .unwrap()
        );
        assert!(
            !retry_mail(&mut tx, id).await.unwrap(),
            "it is tried again anyway"
        );
        assert!(
            update_mail_failed(&mut tx, id, "no such mailbox", true)
                .await
                .unwrap()
        );
        tx.commit().await.unwrap();
        let failed = find_mail(&store, id).await.unwrap().unwrap();
        assert_eq!(
            (failed.state, failed.attempts, failed.last_error.as_deref()),
            (MailState::Failed, 2, Some("no such mailbox"))
        );
        assert_eq!(failed.finished_at, Some(store.now()));
        let mut tx = store.begin().await.unwrap();
        assert!(retry_mail(&mut tx, id).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(jobs(&store).await, [id.0]);
        let mut tx = store.begin().await.unwrap();
        assert!(update_mail_sent(&mut tx, id).await.unwrap());
        assert!(!update_mail_sent(&mut tx, id).await.unwrap());
        assert!(!update_mail_failed(&mut tx, id, "late", true).await.unwrap());
        assert!(!retry_mail(&mut tx, id).await.unwrap());
        tx.commit().await.unwrap();
        let sent = find_mail(&store, id).await.unwrap().unwrap();
        assert_eq!(
            (sent.state, sent.last_error, sent.finished_at),
            (MailState::Sent, None, Some(store.now()))
        );
        assert_eq!(jobs(&store).await, Vec::<i64>::new());
    });
}

#[test]
fn mails_are_listed_newest_first_and_old_ones_go() {
    both(async |home| {
        let store = home.open().await;
        let mut ids = Vec::new();
        for number in 0..25 {
            if number % 5 == 0 {
                home.clock.advance(1);
            }
            ids.push(mail(&store, &format!("p{number}@example.com")).await);
        }
        for id in &ids[..10] {
            let mut tx = store.begin().await.unwrap();
            update_mail_sent(&mut tx, *id).await.unwrap();
            tx.commit().await.unwrap();
        }
        for (state, expected) in [
            (None, &ids[..]),
            (Some(MailState::Sent), &ids[..10]),
            (Some(MailState::Waiting), &ids[10..]),
        ] {
            let (mut page, mut found) = (None, Vec::new());
            loop {
                let listed = list_mail(&store, state, page.as_ref(), 4).await.unwrap();
                assert_eq!(listed.count, Count::Exact(expected.len() as u64));
                found.extend(listed.rows.iter().map(|mail| mail.id));
                page = listed.next;
                if page.is_none() {
                    break;
                }
            }
            let newest_first: Vec<MailId> = expected.iter().rev().copied().collect();
            assert_eq!(found, newest_first, "{state:?}");
        }
        housekeeping(&store, store.now().plus(90 * UtcMillis::DAY))
            .await
            .unwrap();
        let left = list_mail(&store, None, None, 100).await.unwrap();
        assert_eq!(left.rows.len(), 15, "those that never left stay");
    });
}

#[test]
fn mails_of_one_person_are_found() {
    both(async |home| {
        let store = home.open().await;
        mail(&store, "other@example.com").await;
        let mut tx = store.begin().await.unwrap();
        let new = store::identities::NewIdentity {
            email: "ann@example.com",
            ..Default::default()
        };
        let ann = store::identities::insert_identity(&mut tx, &new)
            .await
            .unwrap();
        let first = insert_mail(
            &mut tx,
            MailKind::Welcome,
            Some(ann),
            "ann@example.com",
            &json!({}),
        )
        .await
        .unwrap();
        let second = insert_mail(
            &mut tx,
            MailKind::ResetPassword,
            Some(ann),
            "ann@example.com",
            &json!({}),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let found: Vec<MailId> = list_mail_of(&store, ann, 10)
            .await
            .unwrap()
            .into_iter()
            .map(|mail| mail.id)
            .collect();
        assert_eq!(found, [second, first]);
        assert_eq!(list_mail_of(&store, ann, 1).await.unwrap()[0].id, second);
    });
}
