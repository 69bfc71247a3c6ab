//! State that outlives the sandbox.

use serde_json::json;
use simulator::{Sandbox, SandboxConfig, SandboxError};

use crate::support::{small, start};

#[tokio::test]
async fn changes_and_clock_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let config = || SandboxConfig {
        state_file: Some(folder.path().join("syncro.state")),
        ..small()
    };
    let desk = start(config()).await;
    let customer = desk.control().ids("customers")[5];
    let id = desk.control().create(
        "tickets",
        json!({"customer_id": customer, "subject": "Kept"}),
    );
    desk.control()
        .create("comments", json!({"ticket_id": id, "body": "Also kept"}));
    let gone = desk.control().ids("contacts")[3];
    desk.control().delete("contacts", gone);
    desk.control()
        .patch("account", 1, json!({"tickets_per_page": 25}));
    desk.control().advance_clock(3_600_000);
    let before = desk.control().get("tickets", id).unwrap();
    let now = desk.control().now_ms();
    desk.sandbox.stop().await;
    let desk = start(config()).await;
    assert_eq!(desk.control().get("tickets", id).unwrap(), before);
    assert_eq!(before["comments"][0]["body"], "Also kept");
    assert_eq!(desk.control().get("contacts", gone), None);
    assert!(desk.control().now_ms() >= now);
    assert_eq!(desk.get("tickets").await.rows("tickets").len(), 25);
    let again = desk.control().create(
        "tickets",
        json!({"customer_id": customer, "subject": "Next"}),
    );
    assert_eq!(again, id + 1);
    desk.sandbox.stop().await;
}

#[tokio::test]
async fn another_tools_state_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let desk = start(SandboxConfig {
        state_file: Some(path.clone()),
        ..small()
    })
    .await;
    desk.sandbox.stop().await;
    let other = Sandbox::start_autotask(SandboxConfig {
        world: small().world,
        state_file: Some(path),
        ..SandboxConfig::default()
    });
    assert!(matches!(other.await, Err(SandboxError::OtherWorld { .. })));
}
