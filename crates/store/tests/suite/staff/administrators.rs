//! The last administrator who may sign in.

use domain::role_preset::RolePreset;
use store::identities::MembershipStatus;
use store::staff::{list_active_administrators_in, set_staff_status};

use super::{preset, staff};
use crate::harness::both;

#[test]
fn two_administrators_cannot_switch_each_other_off_at_once() {
    both(async |home| {
        let store = home.open().await;
        let administrator = preset(&store, RolePreset::Administrator).await;
        let manager = preset(&store, RolePreset::Manager).await;
        let ann = staff(
            &store,
            "Ann",
            "ann@example.com",
            administrator,
            MembershipStatus::Active,
        )
        .await;
        let bob = staff(
            &store,
            "Bob",
            "bob@example.com",
            administrator,
            MembershipStatus::Active,
        )
        .await;
        staff(
            &store,
            "Cem",
            "cem@example.com",
            manager,
            MembershipStatus::Active,
        )
        .await;
        staff(
            &store,
            "Dan",
            "dan@example.com",
            administrator,
            MembershipStatus::Disabled,
        )
        .await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            list_active_administrators_in(&mut tx).await.unwrap(),
            [ann, bob]
        );
        tx.rollback().await.unwrap();
        let racers: Vec<_> = [ann, bob]
            .into_iter()
            .map(|target| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut tx = store.begin().await.unwrap();
                    let others = list_active_administrators_in(&mut tx).await.unwrap();
                    if others.iter().all(|other| *other == target) {
                        return false;
                    }
                    set_staff_status(&mut tx, target, MembershipStatus::Disabled)
                        .await
                        .unwrap();
                    tx.commit().await.unwrap();
                    true
                })
            })
            .collect();
        let mut off = 0;
        for racer in racers {
            off += usize::from(racer.await.unwrap());
        }
        assert_eq!(off, 1);
    });
}
