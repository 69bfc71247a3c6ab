//! Changes and clock survive a restart; tokens do not.

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
    let kept = json!({"summary": "Kept", "tickettype_id": 25, "client_id": 13});
    let id = first.post("Tickets", kept.clone()).await.body["id"]
        .as_i64()
        .unwrap();
    first
        .control()
        .patch("tickets", 1_000_002, json!({"summary": "Changed"}));
    first.control().delete("users", 310);
    first.control().advance_clock(86_400_000);
    let now = first.control().now_ms();
    let token = first.token.clone();
    first.sandbox.stop().await;

    let second = start(config.clone()).await;
    assert!(second.control().now_ms() >= now);
    assert_eq!(
        second.get(&format!("Tickets/{id}")).await.body["summary"],
        "Kept"
    );
    assert_eq!(
        second.get(&format!("Actions?ticket_id={id}")).await.ids(),
        [1]
    );
    assert_eq!(
        second.get("Tickets/1000002").await.body["summary"],
        "Changed"
    );
    assert_eq!(second.get("Users/310").await.status, 404);
    assert_eq!(second.post("Tickets", kept).await.body["id"], id + 1);
    let old = second.http.get(second.url("Status")).bearer_auth(token);
    assert_eq!(second.reply(old).await.status, 401);
    second.sandbox.stop().await;

    let other = SandboxConfig {
        world: config.world.clone(),
        state_file: config.state_file,
        ..SandboxConfig::default()
    };
    let refused = Sandbox::start_autotask(other).await;
    assert!(matches!(refused, Err(SandboxError::OtherWorld { .. })));
}
