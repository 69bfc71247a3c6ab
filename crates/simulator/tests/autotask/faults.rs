//! Planned misbehaviour, the journal, and steering over HTTP.

use serde_json::{Value, json};
use simulator::{Fault, FaultKind, RetryAfter, SandboxStats};

use crate::support::{desk, everything, ids_of};

#[tokio::test]
async fn statuses_delays_and_broken_bodies() {
    let desk = desk().await;
    let control = desk.control();
    let url = desk.url("Companies/query");
    let ask = || {
        desk.request("POST", &url)
            .json(&json!({"filter": everything()}))
            .send()
    };

    control.set_fault(
        Fault::new(FaultKind::Status {
            code: 429,
            body: None,
            retry_after: Some(RetryAfter::Seconds(7)),
        })
        .on_entity("companies")
        .times(1),
    );
    let refused = ask().await.unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "7");
    assert_eq!(ask().await.unwrap().status(), 200);

    control.set_fault(
        Fault::new(FaultKind::Status {
            code: 429,
            body: None,
            retry_after: Some(RetryAfter::Date(60)),
        })
        .times(1),
    );
    let refused = ask().await.unwrap();
    assert!(
        refused.headers()["retry-after"]
            .to_str()
            .unwrap()
            .ends_with("GMT")
    );

    control.set_fault(
        Fault::new(FaultKind::Html)
            .on_method("post")
            .after(1)
            .times(1),
    );
    assert_eq!(ask().await.unwrap().status(), 200);
    let gateway = ask().await.unwrap();
    assert_eq!(gateway.status(), 502);
    assert!(gateway.text().await.unwrap().contains("<html>"));

    control.set_fault(Fault::new(FaultKind::Malformed).on_path("/query").times(1));
    let broken = ask().await.unwrap();
    assert_eq!(broken.status(), 200);
    assert!(broken.json::<Value>().await.is_err());

    control.set_fault(Fault::new(FaultKind::Cut).times(1));
    let cut = ask().await.unwrap();
    assert_eq!(cut.status(), 200);
    assert!(cut.text().await.is_err());

    control.set_fault(Fault::new(FaultKind::Delay { ms: 120 }).times(1));
    let before = std::time::Instant::now();
    assert_eq!(ask().await.unwrap().status(), 200);
    assert!(before.elapsed().as_millis() >= 120);

    control.set_fault(Fault::new(FaultKind::Html));
    control.clear_faults();
    assert_eq!(ask().await.unwrap().status(), 200);
}

#[tokio::test]
async fn pages_that_lie() {
    let desk = desk().await;
    let control = desk.control();
    let body = json!({"MaxRecords": 50, "filter": everything()});
    let page = |method: &'static str, path: String| {
        let body = body.clone();
        let desk = &desk;
        async move {
            let answer = desk
                .request(method, &path)
                .json(&body)
                .send()
                .await
                .unwrap();
            answer.json::<Value>().await.unwrap()
        }
    };
    let url = desk.url("Tickets/query");
    let first = page("POST", url.clone()).await;
    let next = first["pageDetails"]["nextPageUrl"]
        .as_str()
        .unwrap()
        .to_owned();

    control.set_fault(
        Fault::new(FaultKind::RepeatPage)
            .on_path("query/next")
            .times(1),
    );
    let repeated = page("POST", next.clone()).await;
    assert_eq!(ids_of(&repeated), ids_of(&first));

    // A client that walks by id, with a query of its own for each page.
    let after = ids_of(&first)[49];
    let above = |id: i64, most: u32| json!({"MaxRecords": most, "filter": [{"op": "gt", "field": "id", "value": id}]});
    let by_id = async |body: &Value| {
        let answer = desk.request("POST", &url).json(body).send().await.unwrap();
        answer.json::<Value>().await.unwrap()
    };
    for (most, expected) in [(50, &ids_of(&first)[..]), (20, &ids_of(&first)[30..])] {
        control.set_fault(Fault::new(FaultKind::RepeatPage).times(1));
        let again = by_id(&above(after, most)).await;
        assert_eq!(ids_of(&again), expected, "{most}");
        let next = again["pageDetails"]["nextPageUrl"].as_str().unwrap();
        let onward = page("POST", next.to_owned()).await;
        assert!(ids_of(&onward).iter().all(|id| *id > after), "{onward}");
        assert!(ids_of(&by_id(&above(after, most)).await)[0] > after);
    }
    control.set_fault(Fault::new(FaultKind::RepeatPage).times(1));
    let nothing_before = by_id(&above(0, 50)).await;
    assert_eq!(ids_of(&nothing_before), ids_of(&first));
    control.clear_faults();

    control.set_fault(Fault::new(FaultKind::CapPage { max: 20 }).times(1));
    let capped = page("POST", url.clone()).await;
    assert_eq!(ids_of(&capped).len(), 20);
    assert!(capped["pageDetails"]["nextPageUrl"].is_string());

    control.set_fault(Fault::new(FaultKind::DuplicateRecord).times(1));
    let twice = page("POST", url.clone()).await;
    assert_eq!(&ids_of(&twice)[..2], &[1, 1]);

    control.set_fault(
        Fault::new(FaultKind::GarbledRecord {
            id: Some(9),
            field: "companyID".to_owned(),
        })
        .times(1),
    );
    let garbled = page("POST", url.clone()).await;
    assert!(garbled["items"][8]["companyID"].is_string());
    assert!(garbled["items"][7]["companyID"].is_number());

    control.set_fault(Fault::new(FaultKind::NullByte).times(1));
    assert!(
        page("POST", url.clone()).await["items"][0]["title"]
            .as_str()
            .unwrap()
            .contains('\0')
    );
    control.set_fault(Fault::new(FaultKind::Overlong).times(1));
    let long = page("POST", url.clone()).await;
    assert_eq!(
        long["items"][0]["title"].as_str().unwrap().chars().count(),
        300
    );

    control.set_fault(
        Fault::new(FaultKind::ShrinkTotal { by: 3 })
            .on_path("count")
            .times(1),
    );
    let count = page("POST", desk.url("Tickets/query/count")).await;
    assert_eq!(count["queryCount"], 1_497);
}

#[tokio::test]
async fn a_fault_of_content_waits_for_what_it_can_harm() {
    let desk = desk().await;
    let ask = async |path: &str| {
        let body = json!({"MaxRecords": 50, "filter": everything()});
        desk.send("POST", path, &body).await.1
    };
    let struck = || {
        let entries = desk.control().journal().into_iter();
        entries.filter_map(|entry| entry.fault).collect::<Vec<_>>()
    };
    let control = desk.control();
    let twice = Fault::new(FaultKind::DuplicateRecord).on_entity("Tickets");
    control.set_fault(twice.clone().times(1));
    assert_eq!(ask("Tickets/query/count").await["queryCount"], 1_500);
    assert!(struck().is_empty(), "{:?}", struck());
    assert_eq!(&ids_of(&ask("Tickets/query").await)[..2], &[1, 1]);
    assert_eq!(struck(), ["DuplicateRecord"]);
    assert_eq!(&ids_of(&ask("Tickets/query").await)[..2], &[1, 2]);

    // Neither stands in the other's way.
    control.set_fault(twice.times(1));
    control.set_fault(Fault::new(FaultKind::ShrinkTotal { by: 3 }).times(1));
    assert_eq!(ask("Tickets/query/count").await["queryCount"], 1_497);
    assert_eq!(&ids_of(&ask("Tickets/query").await)[..2], &[1, 1]);
    assert_eq!(ask("Tickets/query/count").await["queryCount"], 1_500);
    control.clear_faults();

    // What has no such field stays whole, its id too.
    let garbled = FaultKind::GarbledRecord {
        id: None,
        field: "ticketNumber".to_owned(),
    };
    control.set_fault(Fault::new(garbled).times(1));
    let companies = ask("Companies/query").await;
    assert!(companies["items"][0]["id"].is_number(), "{companies}");
    let tickets = ask("Tickets/query").await;
    assert!(tickets["items"][0]["ticketNumber"].is_number());
    let tickets = ask("Tickets/query").await;
    assert!(tickets["items"][0]["ticketNumber"].is_string());
}

#[tokio::test]
async fn a_lost_answer_was_a_done_deed() {
    let desk = desk().await;
    desk.control().set_fault(
        Fault::new(FaultKind::LoseAnswer)
            .on_method("POST")
            .on_entity("TicketNotes")
            .times(1),
    );
    let before = desk.control().count("TicketNotes", None);
    let note = json!({"title": "t", "description": "d", "noteType": 3, "publish": 1});
    let url = desk.url("Tickets/5/Notes");
    assert!(desk.request("POST", &url).json(&note).send().await.is_err());
    assert_eq!(desk.control().count("TicketNotes", None), before + 1);
    let entry = desk.control().journal().pop().unwrap();
    assert_eq!(
        (entry.status, entry.entity.as_deref()),
        (0, Some("TicketNotes"))
    );
    assert!(entry.body.contains("\"description\":\"d\""));
}

#[tokio::test]
async fn steering_over_http() {
    let desk = desk().await;
    let base = desk.sandbox.base_url();
    let call = |method: &str, path: &str, body: Value| {
        desk.http
            .request(method.parse().unwrap(), format!("{base}_control/{path}"))
            .json(&body)
            .send()
    };
    let json_of = |answer: reqwest::Response| async move { answer.json::<Value>().await.unwrap() };
    let fault = json!({"match": {"entity": "Tickets"}, "times": 1,
        "kind": {"type": "status", "code": 503, "retry_after": {"seconds": 2}}});
    assert!(json_of(call("POST", "faults", fault).await.unwrap()).await["id"].is_number());
    assert_eq!(desk.get("Tickets/1").await.0, 503);
    for kind in [
        json!({"type": "cut"}),
        json!({"type": "cap_page", "max": 3}),
        json!({"type": "lose_answer"}),
        json!({"type": "garbled_record", "field": "id"}),
        json!({"type": "html"}),
    ] {
        assert_eq!(
            call("POST", "faults", json!({"kind": kind}))
                .await
                .unwrap()
                .status(),
            200
        );
    }
    assert_eq!(
        call("DELETE", "faults", json!({})).await.unwrap().status(),
        200
    );
    for (fault, told) in [
        (
            json!({"match": {"entiti": "Tickets"}, "kind": {"type": "cut"}}),
            "entiti",
        ),
        (json!({"kind": {"type": "status", "code": 99}}), "99"),
        (json!({"kind": {"type": "status", "code": 1000}}), "1000"),
        (
            json!({"kind": {"type": "shift_page", "by": 1}}),
            "after an id",
        ),
    ] {
        let refused = call("POST", "faults", fault.clone()).await.unwrap();
        assert_eq!(refused.status(), 400, "{fault}");
        let words = json_of(refused).await["error"].to_string();
        assert!(words.contains(told), "{fault}: {words}");
    }
    assert_eq!(desk.get("Tickets/1").await.0, 200);

    let before = json_of(call("GET", "clock", json!({})).await.unwrap()).await["now_ms"]
        .as_i64()
        .unwrap();
    let after = json_of(
        call("POST", "clock", json!({"advance_ms": 5_000}))
            .await
            .unwrap(),
    )
    .await;
    assert!(after["now_ms"].as_i64().unwrap() >= before + 5_000);

    let made = json_of(
        call("POST", "Companies", json!({"companyName": "Via control"}))
            .await
            .unwrap(),
    )
    .await;
    let id = made["id"].as_i64().unwrap();
    let path = format!("Companies/{id}");
    assert_eq!(
        call("PATCH", &path, json!({"companyName": "Renamed"}))
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(desk.get(&path).await.1["item"]["companyName"], "Renamed");
    let ids = json_of(call("GET", "ids/Companies", json!({})).await.unwrap()).await;
    assert!(ids["ids"].as_array().unwrap().contains(&json!(id)));
    let records = json_of(
        call("GET", "records/Companies?after=0&limit=2", json!({}))
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(records["records"].as_array().unwrap().len(), 2);
    assert_eq!(
        call("DELETE", &path, json!({})).await.unwrap().status(),
        200
    );
    assert_eq!(
        call("DELETE", &path, json!({})).await.unwrap().status(),
        400
    );

    let stats: SandboxStats = call("GET", "stats", json!({}))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(stats.request_count, desk.control().request_count());
    assert_eq!(stats.request_count, 3, "control requests do not count");
    call("POST", "credentials", json!({"valid": false}))
        .await
        .unwrap();
    assert_eq!(desk.get("Tickets/1").await.0, 401);
    let journal = json_of(call("GET", "journal", json!({})).await.unwrap()).await;
    assert_eq!(journal.as_array().unwrap().len(), 4);
    call("DELETE", "journal", json!({})).await.unwrap();
    assert!(desk.control().journal().is_empty());
    assert_eq!(
        call("GET", "nonsense", json!({})).await.unwrap().status(),
        404
    );
}
