//! Changes and clock survive a restart; a state file belongs to one tool.

use serde_json::json;
use simulator::{Sandbox, SandboxConfig, SandboxError};

use crate::support::{small, start};

#[tokio::test]
async fn changes_survive() {
    let dir = tempfile::tempdir().unwrap();
    let config = SandboxConfig {
        state_file: Some(dir.path().join("sandbox.jsonl")),
        ..small()
    };
    let first = start(config.clone()).await;
    let made = first.send("POST", "service/tickets", &json!({"summary": "Kept", "company": {"id": 250}, "initialDescription": "And its note"})).await;
    let id = made.body["id"].as_i64().unwrap();
    first
        .control()
        .patch("service/tickets", 10_002, json!({"summary": "Changed"}));
    first.control().delete("service/tickets", 10_003);
    first.control().advance_clock(86_400_000);
    let now = first.control().now_ms();
    first.sandbox.stop().await;

    let second = start(config.clone()).await;
    assert!(second.control().now_ms() >= now);
    assert_eq!(
        second.get(&format!("service/tickets/{id}")).await.body["summary"],
        "Kept"
    );
    assert_eq!(
        second
            .get(&format!("service/tickets/{id}/notes"))
            .await
            .body[0]["text"],
        "And its note"
    );
    assert_eq!(
        second.get("service/tickets/10002").await.body["summary"],
        "Changed"
    );
    assert_eq!(second.get("service/tickets/10003").await.status, 404);
    let next = second
        .send(
            "POST",
            "service/tickets",
            &json!({"summary": "Next", "company": {"id": 250}}),
        )
        .await;
    assert_eq!(next.body["id"], id + 1);
    second.sandbox.stop().await;

    let other = SandboxConfig {
        world: config.world.clone(),
        state_file: config.state_file,
        ..SandboxConfig::default()
    };
    let refused = Sandbox::start_autotask(other).await;
    assert!(matches!(refused, Err(SandboxError::OtherWorld { .. })));
}
