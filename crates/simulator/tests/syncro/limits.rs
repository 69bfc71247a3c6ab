//! 180 requests in a minute.

use serde_json::json;
use simulator::SandboxConfig;

use crate::support::{small, start};

#[tokio::test]
async fn one_request_too_many_is_refused_until_the_minute_is_over() {
    let desk = start(SandboxConfig {
        limits: true,
        ..small()
    })
    .await;
    desk.control().spend_requests(178);
    assert_eq!(desk.get("me").await.status, 200);
    assert_eq!(desk.get("me").await.status, 200);
    let refused = desk.get("me").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, None));
    assert!(refused.body["error"].is_string());
    desk.control()
        .patch("account", 1, json!({"retry_after": true}));
    let refused = desk.get("tickets").await;
    let seconds: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((50..=60).contains(&seconds), "{seconds}");
    desk.control().advance_clock(60_001);
    assert_eq!(desk.get("me").await.status, 200);
}

#[tokio::test]
async fn limits_can_be_switched_off() {
    let desk = start(small()).await;
    desk.control().spend_requests(1_000);
    assert_eq!(desk.get("me").await.status, 200);
}
