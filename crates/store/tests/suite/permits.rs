//! Permits: never more than the window allows, a reserve for people, remembered, shared, and stricter on the vendor's word.

use domain::clock::UtcMillis;
use store::permits::{
    RequestLimit, SLOT_LEASE, Taken, Urgency, Usage, block, blocked_until, extend_slots,
    release_slot, report_usage, take, take_slot,
};

use crate::harness::both;

const HOURLY: RequestLimit = RequestLimit {
    count: 100,
    window: UtcMillis::HOUR,
};

#[test]
fn background_work_leaves_a_fifth_to_people_and_the_window_rolls() {
    both(async |home| {
        let store = home.open().await;
        let ask = |n, urgency| take(&store, "account", Some(HOURLY), n, urgency, store.now());
        let start = store.now();
        assert_eq!(
            ask(50, Urgency::Background).await.unwrap(),
            Taken::Granted(50)
        );
        home.clock.advance(10 * UtcMillis::MINUTE);
        assert_eq!(
            ask(50, Urgency::Background).await.unwrap(),
            Taken::Granted(30),
            "up to four fifths"
        );
        let Taken::Wait(until) = ask(1, Urgency::Background).await.unwrap() else {
            panic!("the reserve is for people")
        };
        assert!(
            until >= start.plus(UtcMillis::HOUR)
                && until <= start.plus(UtcMillis::HOUR + UtcMillis::MINUTE),
            "{until}"
        );
        assert_eq!(
            ask(50, Urgency::Person).await.unwrap(),
            Taken::Granted(20),
            "people use the rest"
        );
        assert!(matches!(
            ask(1, Urgency::Person).await.unwrap(),
            Taken::Wait(_)
        ));
        assert_eq!(
            take(
                &store,
                "other",
                Some(HOURLY),
                5,
                Urgency::Background,
                store.now()
            )
            .await
            .unwrap(),
            Taken::Granted(5)
        );

        // Just before the first fifty leave the window nothing is free; at the instant named, something is.
        home.clock
            .advance(until.since(store.now()) - UtcMillis::MINUTE - 1);
        assert!(matches!(
            ask(1, Urgency::Background).await.unwrap(),
            Taken::Wait(_)
        ));
        home.clock.advance(UtcMillis::MINUTE + 1);
        assert_eq!(
            ask(99, Urgency::Background).await.unwrap(),
            Taken::Granted(30)
        );
    });
}

#[test]
fn permits_and_blocks_are_remembered_over_a_restart() {
    both(async |home| {
        let store = home.open().await;
        assert_eq!(
            take(
                &store,
                "k",
                Some(HOURLY),
                80,
                Urgency::Background,
                store.now()
            )
            .await
            .unwrap(),
            Taken::Granted(80)
        );
        let until = store.now().plus(3 * UtcMillis::HOUR);
        block(&store, "vendor", until).await.unwrap();
        block(&store, "vendor", store.now().plus(5)).await.unwrap();
        store.close().await;
        let store = home.open().await;
        assert!(matches!(
            take(
                &store,
                "k",
                Some(HOURLY),
                1,
                Urgency::Background,
                store.now()
            )
            .await
            .unwrap(),
            Taken::Wait(_)
        ));
        for urgency in [Urgency::Person, Urgency::Background] {
            assert_eq!(
                take(&store, "vendor", None, 1, urgency, store.now())
                    .await
                    .unwrap(),
                Taken::Wait(until),
                "a refusal holds for everybody"
            );
        }
        assert_eq!(
            blocked_until(&store, "vendor", store.now()).await.unwrap(),
            Some(until)
        );
        home.clock.advance(3 * UtcMillis::HOUR);
        assert_eq!(
            take(&store, "vendor", None, 7, Urgency::Background, store.now())
                .await
                .unwrap(),
            Taken::Granted(7)
        );
    });
}

#[test]
fn the_vendors_own_count_makes_it_stricter_and_fades() {
    both(async |home| {
        let store = home.open().await;
        let ask = |n| take(&store, "k", Some(HOURLY), n, Urgency::Person, store.now());
        report_usage(
            &store,
            "k",
            Usage {
                used: 60,
                limit: 90,
                at: store.now(),
            },
        )
        .await
        .unwrap();
        assert_eq!(
            ask(99).await.unwrap(),
            Taken::Granted(30),
            "other tools use the same account, and its limit is lower"
        );
        // An older report does not replace a newer one.
        report_usage(
            &store,
            "k",
            Usage {
                used: 0,
                limit: 100,
                at: store.now().plus(-60_000),
            },
        )
        .await
        .unwrap();
        home.clock.advance(2 * UtcMillis::MINUTE);
        assert_eq!(
            ask(99).await.unwrap(),
            Taken::Granted(2),
            "ours and theirs together never pass what we know"
        );
        report_usage(
            &store,
            "k",
            Usage {
                used: 90,
                limit: 90,
                at: store.now(),
            },
        )
        .await
        .unwrap();
        let Taken::Wait(until) = ask(1).await.unwrap() else {
            panic!("the account is used up")
        };
        assert!(
            until <= store.now().plus(UtcMillis::MINUTE),
            "the report fades, so look again soon"
        );
        home.clock.advance(2 * UtcMillis::HOUR);
        assert_eq!(
            ask(99).await.unwrap(),
            Taken::Granted(90),
            "the vendor's limit stays"
        );
    });
}

#[test]
fn racing_nodes_share_one_window() {
    both(async |home| {
        let store = home.open().await;
        let nodes: Vec<_> = (0..8)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut granted = 0;
                    for _ in 0..20 {
                        if let Taken::Granted(n) = take(
                            &store,
                            "k",
                            Some(HOURLY),
                            1,
                            Urgency::Background,
                            store.now(),
                        )
                        .await
                        .unwrap()
                        {
                            granted += n;
                        }
                    }
                    granted
                })
            })
            .collect();
        let mut granted = 0;
        for node in nodes {
            granted += node.await.unwrap();
        }
        assert_eq!(granted, 80);
    });
}

#[test]
fn slots_are_leased() {
    both(async |home| {
        let store = home.open().await;
        let first = take_slot(&store, "k", 2, "a", store.now())
            .await
            .unwrap()
            .unwrap();
        let second = take_slot(&store, "k", 2, "b", store.now())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            take_slot(&store, "k", 2, "c", store.now()).await.unwrap(),
            None
        );
        release_slot(&store, &first).await.unwrap();
        let third = take_slot(&store, "k", 2, "c", store.now())
            .await
            .unwrap()
            .unwrap();
        release_slot(&store, &first).await.unwrap();
        assert_eq!(
            take_slot(&store, "k", 2, "d", store.now()).await.unwrap(),
            None,
            "giving back twice takes nothing from others"
        );

        home.clock.advance(SLOT_LEASE - 1);
        assert_eq!(extend_slots(&store, "b", store.now()).await.unwrap(), 1);
        home.clock.advance(2);
        let fourth = take_slot(&store, "k", 2, "d", store.now())
            .await
            .unwrap()
            .unwrap();
        assert_ne!(fourth, third, "the slot of a vanished holder");
        assert_eq!(
            take_slot(&store, "k", 2, "e", store.now()).await.unwrap(),
            None,
            "the extended one is still held"
        );
        release_slot(&store, &third).await.unwrap();
        assert_eq!(
            take_slot(&store, "k", 2, "e", store.now()).await.unwrap(),
            None,
            "a holder that lost its slot cannot give it back"
        );
        release_slot(&store, &second).await.unwrap();
        assert!(
            take_slot(&store, "k", 2, "e", store.now())
                .await
                .unwrap()
                .is_some()
        );
    });
}
