//! The same number, the same world; changes and clock survive a restart.

use serde_json::json;
use simulator::{Sandbox, SandboxConfig, SandboxError, WorldConfig};

use crate::support::{Desk, desk, everything, small, start};

async fn pages(desk: &Desk) -> Vec<String> {
    let mut texts = Vec::new();
    for entity in [
        "Companies",
        "Contacts",
        "Resources",
        "Tickets",
        "TicketNotes",
        "TimeEntries",
        "Opportunities",
        "ContactGroupContacts",
    ] {
        let request = desk.request("POST", &desk.url(&format!("{entity}/query")));
        let answer = request
            .json(&json!({"filter": everything()}))
            .send()
            .await
            .unwrap();
        let text = answer.text().await.unwrap();
        // Ports differ.
        texts.push(text.split("\"pageDetails\"").next().unwrap().to_owned());
    }
    texts
}

#[tokio::test]
async fn same_seed_same_bytes() {
    let (one, two) = (desk().await, desk().await);
    assert_eq!(pages(&one).await, pages(&two).await);
    let other = start(SandboxConfig {
        world: WorldConfig {
            seed: 43,
            ..small().world
        },
        ..small()
    })
    .await;
    assert_ne!(pages(&one).await[3], pages(&other).await[3]);
}

#[tokio::test]
async fn changes_survive() {
    let dir = tempfile::tempdir().unwrap();
    let config = SandboxConfig {
        state_file: Some(dir.path().join("sandbox.jsonl")),
        ..small()
    };
    let first = start(config.clone()).await;
    let before = pages(&first).await;
    let new = first
        .control()
        .create("Tickets", json!({"title": "Kept", "companyID": 174}));
    first
        .control()
        .patch("Tickets", 3, json!({"title": "Changed"}));
    first.control().delete("Tickets", 4);
    first.control().advance_clock(7_200_000);
    let clock = first.control().now_ms();
    first.sandbox.stop().await;

    // A crash in the middle of a line must not matter.
    let path = config.state_file.clone().unwrap();
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str("{\"put\":{\"entity\":\"Tick");
    std::fs::write(&path, text).unwrap();

    let second = start(SandboxConfig {
        clock_start_ms: Some(1),
        ..config.clone()
    })
    .await;
    assert!(second.control().now_ms() >= clock);
    assert_eq!(
        second.control().get("Tickets", new).unwrap()["title"],
        "Kept"
    );
    assert_eq!(
        second.control().get("Tickets", 3).unwrap()["title"],
        "Changed"
    );
    assert!(second.control().get("Tickets", 4).is_none());
    assert_eq!(pages(&second).await[0], before[0]);
    let next = second
        .control()
        .create("Tickets", json!({"title": "Next", "companyID": 174}));
    assert_eq!(next, new + 1);
    let numbers =
        [new, next].map(|id| second.control().get("Tickets", id).unwrap()["ticketNumber"].clone());
    assert_ne!(numbers[0], numbers[1]);
    second.sandbox.stop().await;

    let other = SandboxConfig {
        world: WorldConfig {
            seed: 1,
            ..small().world
        },
        ..config
    };
    let refused = Sandbox::start_autotask(other).await;
    assert!(matches!(refused, Err(SandboxError::OtherWorld { .. })));
}

#[tokio::test]
async fn a_state_file_has_one_sandbox_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let config = SandboxConfig {
        state_file: Some(dir.path().join("sandbox.jsonl")),
        ..small()
    };
    let first = start(config.clone()).await;
    let ticket = |title: &str| json!({"title": title, "companyID": 174});
    let before = first.control().create("Tickets", ticket("Before"));
    let refused = Sandbox::start_autotask(config.clone()).await;
    let refused = refused.err().expect("a refusal");
    assert!(matches!(refused, SandboxError::InUse { .. }), "{refused}");
    let after = first.control().create("Tickets", ticket("After"));
    first.sandbox.stop().await;

    let again = start(config).await;
    for (id, title) in [(before, "Before"), (after, "After")] {
        let kept = again.control().get("Tickets", id).unwrap();
        assert_eq!(kept["title"], title);
    }
}

#[tokio::test]
async fn a_million_tickets() {
    let desk = start(SandboxConfig {
        world: WorldConfig {
            tickets: 1_000_000,
            companies: 2_000,
            ..small().world
        },
        ..small()
    })
    .await;
    let tail = json!([{"op": "gt", "field": "id", "value": 999_000}]);
    assert_eq!(desk.ids("Tickets", tail.clone()).await.len(), 500);
    assert_eq!(desk.control().count("Tickets", Some(tail)), 1_000);
    assert_eq!(desk.control().count("Tickets", None), 1_000_000);
    let recent = desk
        .ids("Tickets", json!([{"op": "or", "items": [
            {"op": "gte", "field": "lastActivityDate", "value": "2026-03-02T11:00:00Z"},
            {"op": "gte", "field": "lastTrackedModificationDateTime", "value": "2026-03-02T11:00:00Z"}]}]))
        .await;
    assert!(!recent.is_empty());
    let notes = desk
        .ids(
            "TicketNotes",
            json!([{"op": "eq", "field": "ticketID", "value": 777_777}]),
        )
        .await;
    assert!(notes.iter().all(|id| id / 8 == 777_777));
}
