//! Integrations and their settings, installation settings, the audit log.

use domain::clock::UtcMillis;
use domain::id::IdentityId;
use domain::settings::IntegrationSettings;
use domain::status::{IntegrationStatus, derive};
use serde_json::json;
use store::ErrorKind;
use store::audit::{Actor, AuditEntry, insert_entry, list_entries, list_entries_of};
use store::installation_settings::{find_setting, list_settings, put_setting, remove_setting};
use store::integrations::{
    MissingPermission, NewIntegration, find_integration, find_integration_by_uuid,
    insert_integration, set_generation, update_connected, update_disconnected, update_next_sync,
    update_outage, update_refused, update_settings, update_success,
};

use crate::harness::{both, integration};

#[test]
fn of_two_people_who_save_settings_the_second_is_told() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "Autotask").await;
        let before = find_integration(&store, id).await.unwrap().unwrap();
        let settings = IntegrationSettings {
            auto_sync: false,
            interval_minutes: 30,
            ..IntegrationSettings::default()
        };
        let savers: Vec<_> = (0..4)
            .map(|_| {
                let (store, settings) = (store.clone(), settings.clone());
                tokio::spawn(async move {
                    let mut tx = store.begin().await.unwrap();
                    let saved = update_settings(&mut tx, id, before.settings_revision, &settings)
                        .await
                        .unwrap();
                    tx.commit().await.unwrap();
                    saved
                })
            })
            .collect();
        let mut saved = 0;
        for saver in savers {
            saved += usize::from(saver.await.unwrap());
        }
        assert_eq!(saved, 1);
        let after = find_integration_by_uuid(&store, &before.uuid)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (after.settings, after.settings_revision, after.auto_sync),
            (settings, before.settings_revision + 1, false)
        );
    });
}

#[test]
fn a_provider_has_one_integration_of_a_name() {
    both(async |home| {
        let store = home.open().await;
        integration(&store, "a").await;
        let mut tx = store.begin().await.unwrap();
        let new = NewIntegration {
            provider: "autotask",
            name: "a",
            settings: &IntegrationSettings::default(),
        };
        let error = insert_integration(&mut tx, &new).await.unwrap_err();
        assert_eq!(
            error.kind(),
            &ErrorKind::Conflict {
                constraint: "integration_provider_name_key".into()
            }
        );
    });
}

#[test]
fn facts_follow_what_happened() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        let status = async || {
            let found = find_integration(&store, id).await.unwrap().unwrap();
            derive(found.status_facts(false), store.now()).status
        };
        assert_eq!(status().await, IntegrationStatus::Disconnected);
        let missing = [MissingPermission {
            area: "Tickets".into(),
            right: "View".into(),
            required: true,
        }];
        let mut tx = store.begin().await.unwrap();
        update_connected(
            &mut tx,
            id,
            "Zone 3",
            Some("https://ww3.example.com"),
            &missing,
            store.now(),
        )
        .await
        .unwrap();
        update_next_sync(&mut tx, id, Some(store.now()))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(status().await, IntegrationStatus::Connected);

        let mut tx = store.begin().await.unwrap();
        assert_eq!(update_outage(&mut tx, id, "HTTP 503").await.unwrap(), 1);
        tx.commit().await.unwrap();
        home.clock.advance(15 * UtcMillis::MINUTE);
        let mut tx = store.begin().await.unwrap();
        assert_eq!(update_outage(&mut tx, id, "HTTP 502").await.unwrap(), 2);
        tx.commit().await.unwrap();
        assert_eq!(
            status().await,
            IntegrationStatus::Error,
            "an outage counts from its beginning"
        );
        let mut tx = store.begin().await.unwrap();
        update_success(&mut tx, id, false).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(status().await, IntegrationStatus::Connected);
        assert_eq!(
            find_integration(&store, id)
                .await
                .unwrap()
                .unwrap()
                .last_success_at,
            None,
            "no run ended"
        );

        let probe = store.now().plus(UtcMillis::DAY);
        let mut tx = store.begin().await.unwrap();
        assert!(
            update_refused(&mut tx, id, "HTTP 401", probe)
                .await
                .unwrap(),
            "administrators are told once"
        );
        assert!(
            !update_refused(&mut tx, id, "HTTP 401", probe)
                .await
                .unwrap()
        );
        tx.commit().await.unwrap();
        let found = find_integration(&store, id).await.unwrap().unwrap();
        assert_eq!(
            (
                found.next_sync_at,
                found.next_probe_at,
                found.missing_permissions.len()
            ),
            (None, Some(probe), 1)
        );
        assert_eq!(status().await, IntegrationStatus::Error);
        let mut tx = store.begin().await.unwrap();
        update_success(&mut tx, id, true).await.unwrap();
        set_generation(&mut tx, id, 2).await.unwrap();
        tx.commit().await.unwrap();
        let found = find_integration(&store, id).await.unwrap().unwrap();
        assert_eq!(
            (found.last_success_at, found.refused_since, found.generation),
            (Some(store.now()), None, 2)
        );
        let mut tx = store.begin().await.unwrap();
        update_disconnected(&mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(status().await, IntegrationStatus::Disconnected);
    });
}

#[test]
fn the_first_connection_counts_until_the_data_is_deleted() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        let first = store.now();
        let connect = async || {
            let mut tx = store.begin().await.unwrap();
            update_connected(&mut tx, id, "a", None, &[], store.now())
                .await
                .unwrap();
            tx.commit().await.unwrap();
            let found = find_integration(&store, id).await.unwrap().unwrap();
            assert!(found.has_credentials());
            found.connected_at
        };
        assert_eq!(connect().await, Some(first));
        home.clock.advance(UtcMillis::DAY);
        assert_eq!(connect().await, Some(first), "other credentials");
        let mut tx = store.begin().await.unwrap();
        update_disconnected(&mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        home.clock.advance(UtcMillis::DAY);
        assert_eq!(
            connect().await,
            Some(first),
            "what changed while it was disconnected lies above the floor"
        );

        let mut tx = store.begin().await.unwrap();
        update_disconnected(&mut tx, id).await.unwrap();
        store::integration_data::forget_account(&mut tx, id)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let found = find_integration(&store, id).await.unwrap().unwrap();
        assert!(!found.has_credentials());
        assert_eq!(connect().await, Some(store.now()), "a new beginning");
    });
}

#[test]
fn installation_settings_keep_their_type() {
    both(async |home| {
        let store = home.open().await;
        let mut tx = store.begin().await.unwrap();
        put_setting(&mut tx, "time_zone", &"Europe/Berlin")
            .await
            .unwrap();
        put_setting(&mut tx, "limits", &vec![1, 2]).await.unwrap();
        put_setting(&mut tx, "limits", &vec![3]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            find_setting::<Vec<i64>>(&store, "limits").await.unwrap(),
            Some(vec![3])
        );
        assert_eq!(find_setting::<i64>(&store, "nothing").await.unwrap(), None);
        assert_eq!(
            find_setting::<i64>(&store, "time_zone")
                .await
                .unwrap_err()
                .kind(),
            &ErrorKind::Corrupt
        );
        let mut tx = store.begin().await.unwrap();
        assert!(remove_setting(&mut tx, "limits").await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(list_settings(&store).await.unwrap().len(), 1);
    });
}

#[test]
fn audit_entries_are_written_with_the_change_or_not_at_all() {
    both(async |home| {
        let store = home.open().await;
        let ann = Actor::Person {
            id: IdentityId(1),
            name: "Ann: the admin".into(),
        };
        let entry = |label: &'static str| AuditEntry {
            actor: &ann,
            action: "integration.update_settings",
            subject_kind: "integration",
            subject_id: "x",
            subject_label: label,
            before: Some(json!({"interval": 5})),
            after: None,
        };
        let mut tx = store.begin().await.unwrap();
        insert_entry(&mut tx, &entry("rolled back")).await.unwrap();
        drop(tx);
        for label in ["first", "second", "third"] {
            let mut tx = store.begin().await.unwrap();
            insert_entry(&mut tx, &entry(label)).await.unwrap();
            insert_entry(
                &mut tx,
                &AuditEntry {
                    subject_id: "y",
                    actor: &Actor::System,
                    ..entry(label)
                },
            )
            .await
            .unwrap();
            tx.commit().await.unwrap();
        }
        let of = list_entries_of(&store, "integration", "x", None, 10)
            .await
            .unwrap();
        assert_eq!(
            of.iter()
                .map(|row| row.subject_label.as_str())
                .collect::<Vec<_>>(),
            ["third", "second", "first"]
        );
        assert_eq!(of[0].actor_parts(), ("person", "Ann: the admin"));
        assert_eq!(
            (
                of[0].before_state.as_deref(),
                of[0].after_state.as_deref(),
                of[0].actor_id
            ),
            (Some(r#"{"interval":5}"#), None, Some(1))
        );
        let first = list_entries(&store, None, 4).await.unwrap();
        let rest = list_entries(&store, Some((first[3].at, first[3].id)), 4)
            .await
            .unwrap();
        assert_eq!((first.len(), rest.len()), (4, 2));
    });
}
