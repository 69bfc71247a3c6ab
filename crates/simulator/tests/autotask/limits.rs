//! The thread limit and the hourly threshold.

use std::time::Instant;

use serde_json::Value;
use simulator::{Fault, FaultKind, SandboxConfig};

use crate::support::{desk, errors, small, start};

#[tokio::test]
async fn three_at_a_time_for_each_object() {
    let desk = desk().await;
    desk.control()
        .set_fault(Fault::new(FaultKind::Delay { ms: 400 }).on_entity("Tickets"));
    let url = desk.url("Tickets/1");
    let answers = futures_util::future::join_all((0..5).map(|_| async {
        let answer = desk.request("GET", &url).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }))
    .await;
    let refused: Vec<&String> = answers
        .iter()
        .filter(|(s, _)| *s == 429)
        .map(|(_, t)| t)
        .collect();
    assert_eq!(refused.len(), 2);
    assert!(refused[0].contains("Itgenatr005"));
    assert_eq!(
        desk.get("Companies/0").await.0,
        200,
        "another object has its own places"
    );
    desk.control().clear_faults();
    assert_eq!(desk.get("Tickets/1").await.0, 200);
}

#[tokio::test]
async fn the_hour_rolls_on_the_sandbox_clock() {
    let desk = start(SandboxConfig {
        limits: true,
        ..small()
    })
    .await;
    let count = |v: &Value| v["currentTimeframeRequestCount"].as_i64().unwrap();
    let (_, fresh) = desk.get("ThresholdInformation").await;
    assert_eq!(fresh["externalRequestThreshold"], 10_000);
    assert_eq!(fresh["requestThresholdTimeframe"], 60);
    assert_eq!(count(&fresh), 1);
    for _ in 0..20 {
        desk.get("Version").await;
    }
    assert_eq!(count(&desk.get("ThresholdInformation").await.1), 22);
    desk.control().advance_clock(3_600_001);
    assert_eq!(count(&desk.get("ThresholdInformation").await.1), 1);
}

#[tokio::test]
async fn a_tenant_without_limits_never_comes_near_them() {
    let desk = start(SandboxConfig {
        limits: false,
        ..small()
    })
    .await;
    for _ in 0..20 {
        desk.get("Version").await;
    }
    let (_, information) = desk.get("ThresholdInformation").await;
    assert_eq!(information["currentTimeframeRequestCount"], 0);
}

#[tokio::test]
async fn calls_slow_down_and_then_fail() {
    let desk = desk().await;
    let timed = || async {
        let before = Instant::now();
        let (status, body) = desk.get("Tickets/1").await;
        (status, body, before.elapsed().as_millis())
    };
    desk.control().spend_requests(5_000);
    let (status, _, took) = timed().await;
    assert!(status == 200 && took >= 500, "{status} {took}");
    desk.control().spend_requests(2_500);
    let (status, _, took) = timed().await;
    assert!(status == 200 && took >= 1_000, "{status} {took}");
    desk.control().spend_requests(2_500);
    let (status, body, _) = timed().await;
    assert_eq!(status, 429);
    assert!(errors(&body).contains("threshold"));
    desk.control().advance_clock(3_600_001);
    assert_eq!(timed().await.0, 200);
}
