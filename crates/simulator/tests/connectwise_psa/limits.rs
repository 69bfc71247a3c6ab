//! The limit of the edge: so many requests in a minute.

use simulator::SandboxConfig;

use crate::support::{desk, small, start};

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_back() {
    let desk = desk().await;
    desk.control().spend_requests(999);
    assert_eq!(desk.get("service/boards").await.status, 200);
    let refused = desk.get("service/boards").await;
    assert_eq!(refused.status, 429);
    assert!(refused.body.as_str().unwrap().starts_with("<html>"));
    let seconds: i64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=61).contains(&seconds), "{seconds}");
    desk.control().advance_clock(seconds * 1_000);
    assert_eq!(desk.get("service/boards").await.status, 200);
}

#[tokio::test]
async fn limits_can_be_switched_off() {
    let desk = start(SandboxConfig {
        limits: false,
        ..small()
    })
    .await;
    desk.control().spend_requests(2_000);
    assert_eq!(desk.get("service/boards").await.status, 200);
}
