//! Addresses of identities: one person each, in any spelling, and look-alikes that are noticed.

use domain::account::{Notification, Notifications};
use domain::id::IdentityId;
use store::doctor::{Level, check};
use store::identities::{
    EmailState, NewIdentity, Profile, email_state_in, find_identity, find_identity_by_email,
    find_identity_by_email_in, insert_identity, update_profile,
};
use store::{ErrorKind, Store};

use crate::harness::{both, execute};

async fn add(store: &Store, email: &str) -> store::Result<IdentityId> {
    let mut tx = store.begin().await?;
    let id = insert_identity(
        &mut tx,
        &NewIdentity {
            email,
            name: "Ann",
            ..NewIdentity::default()
        },
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}

async fn state(store: &Store, email: &str, except: Option<IdentityId>) -> EmailState {
    let mut tx = store.begin().await.unwrap();
    let state = email_state_in(&mut tx, email, except).await.unwrap();
    tx.rollback().await.unwrap();
    state
}

#[test]
fn an_address_is_taken_in_every_spelling_and_look_alikes_are_noticed() {
    both(async |home| {
        let store = home.open().await;
        let ann = add(&store, "Ann.Lee@Example.com").await.unwrap();
        for same in [
            "ann.lee@example.com",
            "  ANN.LEE@EXAMPLE.COM\t",
            "ａｎｎ．ｌｅｅ@ｅｘａｍｐｌｅ．ｃｏｍ",
            "ann.\u{200b}lee@example.com",
            "ann.lee@example\u{3002}com",
        ] {
            assert_eq!(
                state(&store, same, None).await,
                EmailState::Taken(ann),
                "{same:?}"
            );
            assert_eq!(
                state(&store, same, Some(ann)).await,
                EmailState::Free,
                "their own"
            );
            assert_eq!(
                find_identity_by_email(&store, same)
                    .await
                    .unwrap()
                    .unwrap()
                    .id,
                ann
            );
            let error = add(&store, same).await.unwrap_err();
            assert_eq!(
                error.kind(),
                &ErrorKind::Conflict {
                    constraint: "identity_email_key_key".into()
                }
            );
        }
        for alike in [
            "\u{430}nn.lee@example.com",
            "ann.lee@ex\u{430}mple.com",
            "ann.le\u{435}@example.com",
        ] {
            assert_eq!(
                state(&store, alike, None).await,
                EmailState::LooksLike(ann),
                "{alike:?}"
            );
            assert_eq!(state(&store, alike, Some(ann)).await, EmailState::Free);
        }
        for other in [
            "ann.1ee@example.com",
            "anne.lee@example.com",
            "ann.lee@example.org",
            "jörg@example.com",
        ] {
            assert_eq!(
                state(&store, other, None).await,
                EmailState::Free,
                "{other:?}"
            );
        }
        for bad in [
            "",
            "ann",
            "ann@",
            "ann@exa mple.com",
            "ann@example.com;bob@example.com",
        ] {
            assert_eq!(
                state(&store, bad, None).await,
                EmailState::Invalid,
                "{bad:?}"
            );
            assert_eq!(
                add(&store, bad).await.unwrap_err().kind(),
                &ErrorKind::Configuration
            );
        }
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            find_identity_by_email_in(&mut tx, "ANN.LEE@example.com")
                .await
                .unwrap()
                .unwrap()
                .id,
            ann
        );
    });
}

#[test]
fn an_odd_address_that_is_there_first_makes_the_plain_one_a_look_alike() {
    both(async |home| {
        let store = home.open().await;
        let odd = add(&store, "\u{430}dmin@example.com").await.unwrap();
        assert_eq!(
            state(&store, "admin@example.com", None).await,
            EmailState::LooksLike(odd)
        );
        // Rows of a release before have no skeleton; opening completes them.
        store.close().await;
        execute(&home, "UPDATE identity SET email_skeleton = NULL").await;
        let store = home.open().await;
        assert_eq!(
            state(&store, "admin@example.com", None).await,
            EmailState::LooksLike(odd)
        );
    });
}

#[test]
fn one_of_two_who_take_an_address_at_once_gets_it() {
    both(async |home| {
        let store = home.open().await;
        let racers: Vec<_> = [
            "ann@example.com",
            "ANN@example.com ",
            "ａnn@example.com",
            "ann@EXAMPLE.com",
        ]
        .into_iter()
        .map(|email| {
            let store = store.clone();
            tokio::spawn(async move {
                add(&store, email)
                    .await
                    .map_err(|error| error.kind().clone())
            })
        })
        .collect();
        let mut got = Vec::new();
        for racer in racers {
            match racer.await.unwrap() {
                Ok(id) => got.push(id),
                Err(kind) => assert_eq!(
                    kind,
                    ErrorKind::Conflict {
                        constraint: "identity_email_key_key".into()
                    }
                ),
            }
        }
        assert_eq!(got.len(), 1);
        assert_eq!(
            find_identity_by_email(&store, "ann@example.com")
                .await
                .unwrap()
                .unwrap()
                .id,
            got[0]
        );
    });
}

#[test]
fn a_profile_is_kept_whole() {
    both(async |home| {
        let store = home.open().await;
        let ann = add(&store, "ann@example.com").await.unwrap();
        let bob = add(&store, "bob@example.com").await.unwrap();
        let mut notifications = Notifications::default();
        notifications.set(Notification::TicketUpdates, false);
        let profile = Profile {
            name: "Ann Lee",
            email: " Ann.Lee@Example.com",
            job_title: Some("Engineer"),
            phone: Some("+1 555 0100"),
            time_zone: Some("Europe/Berlin"),
            language: Some("en"),
            notifications: &notifications,
        };
        let mut tx = store.begin().await.unwrap();
        assert!(update_profile(&mut tx, ann, &profile).await.unwrap());
        assert!(
            !update_profile(
                &mut tx,
                IdentityId(99),
                &Profile {
                    email: "x@example.com",
                    ..profile.clone()
                }
            )
            .await
            .unwrap()
        );
        tx.commit().await.unwrap();
        let kept = find_identity(&store, ann).await.unwrap().unwrap();
        assert_eq!(
            (kept.name.as_str(), kept.email.as_str()),
            ("Ann Lee", "Ann.Lee@example.com")
        );
        assert_eq!(
            (
                kept.job_title.as_deref(),
                kept.phone.as_deref(),
                kept.time_zone.as_deref(),
                kept.language.as_deref()
            ),
            (
                Some("Engineer"),
                Some("+1 555 0100"),
                Some("Europe/Berlin"),
                Some("en")
            )
        );
        assert!(!kept.notifications.is_on(Notification::TicketUpdates));
        let mut tx = store.begin().await.unwrap();
        let error = update_profile(&mut tx, bob, &profile).await.unwrap_err();
        assert!(error.is_conflict());
        drop(tx);
        assert_eq!(
            find_identity(&store, bob).await.unwrap().unwrap().email,
            "bob@example.com"
        );
    });
}

/// What a release before wrote by another rule of the normal form is found again after the first start of this one.
#[test]
fn addresses_that_an_older_portico_kept_are_found_after_the_first_start() {
    both(async |home| {
        let store = home.open().await;
        let ann = add(&store, "ann@example.com").await.unwrap();
        let twin = add(&store, "twin@xn--mnchen-3ya.de").await.unwrap();
        let other = add(&store, "other@example.com").await.unwrap();
        assert_eq!(addresses(&store).await.0, Level::Ok);
        store.close().await;
        for sql in [
            "UPDATE identity SET email = 'Ann@München.de', email_key = 'ann@münchen.de', email_skeleton = NULL WHERE email = 'ann@example.com'",
            "UPDATE identity SET email = 'Twin@München.de', email_key = 'twin@münchen.de', email_skeleton = NULL WHERE email = 'other@example.com'",
            "DELETE FROM installation_setting WHERE name = 'email_key_rules'",
        ] {
            execute(&home, sql).await;
        }
        let store = home.open().await;
        for spelling in ["ann@münchen.de", "ANN@xn--mnchen-3ya.de"] {
            let found = find_identity_by_email(&store, spelling).await.unwrap();
            assert_eq!(found.map(|found| found.id), Some(ann), "{spelling}");
        }
        assert_eq!(
            state(&store, "ann@münchen.de", None).await,
            EmailState::Taken(ann)
        );
        // Two people of one address by the new rule: both are left as they are, and told.
        let found = find_identity_by_email(&store, "twin@münchen.de").await;
        assert_eq!(found.unwrap().map(|found| found.id), Some(twin));
        let kept = find_identity(&store, other).await.unwrap().unwrap();
        assert_eq!(kept.email, "Twin@München.de");
        let (level, detail) = addresses(&store).await;
        assert!(
            level == Level::Warn
                && detail.contains("one person")
                && detail.contains("Twin@München.de"),
            "{detail}"
        );
        // Once: a later start leaves everything alone.
        store.close().await;
        execute(
            &home,
            "UPDATE identity SET email_key = 'old' WHERE email_key = 'ann@xn--mnchen-3ya.de'",
        )
        .await;
        let store = home.open().await;
        assert_eq!(
            find_identity_by_email(&store, "ann@münchen.de")
                .await
                .unwrap(),
            None
        );
    });
}

async fn addresses(store: &Store) -> (Level, String) {
    let checks = check(store).await;
    let found = checks.into_iter().find(|check| check.name == "Addresses");
    found.map(|check| (check.level, check.detail)).unwrap()
}
