//! Links in e-mails: used once, spent together, over in time, withdrawn with the account.

use domain::account::LinkPurpose;
use domain::clock::UtcMillis;
use domain::id::IdentityId;
use store::Store;
use store::account_links::{LinkState, find_link, insert_link, take_link};
use store::housekeeping::housekeeping;
use store::identities::{
    MembershipStatus, NewIdentity, Profile, find_identity, insert_identity, update_password,
    update_profile, upsert_staff_membership,
};
use store::sessions::{NewSession, SessionStage, find_signed_in, insert_session};
use store::staff::set_staff_status;

use crate::harness::both;
use domain::role_preset::RolePreset;

async fn person(store: &Store, email: &str) -> IdentityId {
    let mut tx = store.begin().await.unwrap();
    let id = insert_identity(
        &mut tx,
        &NewIdentity {
            email,
            ..NewIdentity::default()
        },
    )
    .await
    .unwrap();
    let role = store::roles::find_preset_in(&mut tx, RolePreset::Technician)
        .await
        .unwrap()
        .id;
    upsert_staff_membership(&mut tx, id, role, MembershipStatus::Active, false, true)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn link(store: &Store, identity: IdentityId, purpose: LinkPurpose, hash: &str) {
    let mut tx = store.begin().await.unwrap();
    let until = store.now().plus(purpose.lifetime());
    insert_link(&mut tx, identity, purpose, hash, until, Some(identity))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn a_link_is_used_once_and_spends_the_others() {
    both(async |home| {
        let store = home.open().await;
        let (ann, bob) = (
            person(&store, "ann@example.com").await,
            person(&store, "bob@example.com").await,
        );
        link(&store, ann, LinkPurpose::Welcome, "a1").await;
        link(&store, ann, LinkPurpose::ResetPassword, "a2").await;
        link(&store, bob, LinkPurpose::Welcome, "b1").await;
        let LinkState::Valid(shown) = find_link(&store, "a1").await.unwrap() else {
            panic!("valid")
        };
        assert_eq!(
            (shown.identity, shown.purpose, shown.created_by),
            (ann, LinkPurpose::Welcome, Some(ann))
        );
        assert_eq!(shown.expires_at, store.now().plus(7 * UtcMillis::DAY));
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            take_link(&mut tx, "a2").await.unwrap().unwrap().identity,
            ann
        );
        assert_eq!(take_link(&mut tx, "a2").await.unwrap(), None);
        assert_eq!(take_link(&mut tx, "a1").await.unwrap(), None);
        assert_eq!(take_link(&mut tx, "none").await.unwrap(), None);
        tx.commit().await.unwrap();
        assert!(matches!(
            find_link(&store, "a1").await.unwrap(),
            LinkState::Used(_)
        ));
        assert!(matches!(
            find_link(&store, "a2").await.unwrap(),
            LinkState::Used(_)
        ));
        assert!(matches!(
            find_link(&store, "b1").await.unwrap(),
            LinkState::Valid(_)
        ));
        assert_eq!(find_link(&store, "none").await.unwrap(), LinkState::Unknown);
    });
}

#[test]
fn of_two_who_take_a_link_at_once_one_gets_it() {
    both(async |home| {
        let store = home.open().await;
        let ann = person(&store, "ann@example.com").await;
        for round in 0..5 {
            let (one, two) = (format!("{round}a"), format!("{round}b"));
            link(&store, ann, LinkPurpose::Welcome, &one).await;
            link(&store, ann, LinkPurpose::Welcome, &two).await;
            // The same link twice, and another of the same person.
            let takers: Vec<_> = [one.clone(), one, two]
                .into_iter()
                .map(|hash| {
                    let store = store.clone();
                    tokio::spawn(async move {
                        let mut tx = store.begin().await.unwrap();
                        let taken = take_link(&mut tx, &hash).await.unwrap().is_some();
                        tx.commit().await.unwrap();
                        taken
                    })
                })
                .collect();
            let mut taken = 0;
            for taker in takers {
                taken += usize::from(taker.await.unwrap());
            }
            assert_eq!(taken, 1, "round {round}");
        }
    });
}

#[test]
fn a_link_is_over_in_time_and_forgotten_a_month_later() {
    both(async |home| {
        let store = home.open().await;
        let ann = person(&store, "ann@example.com").await;
        link(&store, ann, LinkPurpose::ResetPassword, "r").await;
        home.clock.advance(UtcMillis::HOUR - 1);
        assert!(matches!(
            find_link(&store, "r").await.unwrap(),
            LinkState::Valid(_)
        ));
        home.clock.advance(1);
        assert!(matches!(
            find_link(&store, "r").await.unwrap(),
            LinkState::Expired(_)
        ));
        let mut tx = store.begin().await.unwrap();
        assert_eq!(take_link(&mut tx, "r").await.unwrap(), None);
        tx.commit().await.unwrap();
        housekeeping(&store, store.now().plus(29 * UtcMillis::DAY))
            .await
            .unwrap();
        assert!(matches!(
            find_link(&store, "r").await.unwrap(),
            LinkState::Expired(_)
        ));
        housekeeping(&store, store.now().plus(30 * UtcMillis::DAY))
            .await
            .unwrap();
        assert_eq!(find_link(&store, "r").await.unwrap(), LinkState::Unknown);
    });
}

#[test]
fn switching_somebody_off_ends_sessions_and_links_in_one_transaction() {
    both(async |home| {
        let store = home.open().await;
        let (ann, bob) = (
            person(&store, "ann@example.com").await,
            person(&store, "bob@example.com").await,
        );
        for (identity, hash) in [(ann, "a"), (bob, "b")] {
            link(&store, identity, LinkPurpose::Welcome, hash).await;
            let mut tx = store.begin().await.unwrap();
            let new = NewSession {
                token_hash: hash,
                identity,
                csrf_token: "csrf",
                user_agent: "Firefox",
                address: "192.0.2.1",
                stage: SessionStage::Full,
            };
            insert_session(&mut tx, &new).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut tx = store.begin().await.unwrap();
        assert!(
            set_staff_status(&mut tx, ann, MembershipStatus::Disabled)
                .await
                .unwrap()
        );
        tx.rollback().await.unwrap();
        assert!(
            find_signed_in(&store, "a")
                .await
                .unwrap()
                .unwrap()
                .staff
                .is_some()
        );
        assert!(matches!(
            find_link(&store, "a").await.unwrap(),
            LinkState::Valid(_)
        ));
        let mut tx = store.begin().await.unwrap();
        assert!(
            set_staff_status(&mut tx, ann, MembershipStatus::Disabled)
                .await
                .unwrap()
        );
        assert!(
            !set_staff_status(&mut tx, IdentityId(99), MembershipStatus::Active)
                .await
                .unwrap()
        );
        tx.commit().await.unwrap();
        assert!(find_signed_in(&store, "a").await.unwrap().is_none());
        assert_eq!(find_link(&store, "a").await.unwrap(), LinkState::Unknown);
        assert!(find_signed_in(&store, "b").await.unwrap().is_some());
        assert!(matches!(
            find_link(&store, "b").await.unwrap(),
            LinkState::Valid(_)
        ));
        let mut tx = store.begin().await.unwrap();
        set_staff_status(&mut tx, ann, MembershipStatus::Active)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            find_link(&store, "a").await.unwrap(),
            LinkState::Unknown,
            "they do not come back"
        );
    });
}

#[test]
fn another_password_address_or_status_closes_every_link() {
    both(async |home| {
        let store = home.open().await;
        let ann = person(&store, "ann@example.com").await;
        link(&store, ann, LinkPurpose::ResetPassword, "before password").await;
        let mut tx = store.begin().await.unwrap();
        update_password(&mut tx, ann, "$argon2id$y").await.unwrap();
        tx.commit().await.unwrap();
        let found = find_link(&store, "before password").await.unwrap();
        assert!(matches!(found, LinkState::Used(_)), "{found:?}");

        let known = find_identity(&store, ann).await.unwrap().unwrap();
        let rename = async |email: &str| {
            let profile = Profile {
                name: "Ann",
                email,
                job_title: None,
                phone: None,
                time_zone: None,
                language: None,
                notifications: &known.notifications,
            };
            let mut tx = store.begin().await.unwrap();
            update_profile(&mut tx, ann, &profile).await.unwrap();
            tx.commit().await.unwrap();
        };
        link(&store, ann, LinkPurpose::ResetPassword, "before address").await;
        rename(" ANN@example.com").await;
        let found = find_link(&store, "before address").await.unwrap();
        assert!(matches!(found, LinkState::Valid(_)), "the same address");
        rename("ann.porter@example.com").await;
        let found = find_link(&store, "before address").await.unwrap();
        assert_eq!(found, LinkState::Unknown);

        for status in [
            MembershipStatus::Disabled,
            MembershipStatus::Imported,
            MembershipStatus::Active,
        ] {
            link(&store, ann, LinkPurpose::Welcome, status.key()).await;
            let mut tx = store.begin().await.unwrap();
            set_staff_status(&mut tx, ann, status).await.unwrap();
            tx.commit().await.unwrap();
            let found = find_link(&store, status.key()).await.unwrap();
            assert!(!matches!(found, LinkState::Valid(_)), "{status:?}");
        }
    });
}
