//! Writing in general: POST, PATCH, PUT, DELETE, error bodies.

use serde_json::{Value, json};

use crate::support::{desk, issues};

#[tokio::test]
async fn a_company_is_made_changed_replaced_and_deleted() {
    let desk = desk().await;
    let body =
        json!({"identifier": "NewCo", "name": "New Company", "types": [{"id": 1}], "site": null});
    let made = desk.send("POST", "company/companies", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.body["id"].as_i64().unwrap();
    assert_eq!(made.body["status"]["name"], "Active");
    assert_eq!(made.body["_info"]["enteredBy"], "PorticoAPI");
    let site = made.body["site"]["id"].as_i64().unwrap();
    let sites = desk.get(&format!("company/companies/{id}/sites")).await;
    assert_eq!(sites.ids(), [site]);
    assert_eq!(desk.get("company/companies/NewCo").await.status, 404);

    let path = format!("company/companies/{id}");
    let patch = json!([
        {"op": "replace", "path": "/name", "value": "Newer Company"},
        {"op": "replace", "path": "status", "value": {"name": "Credit Hold"}},
        {"op": "add", "path": "territoryManager/identifier", "value": "RProsser"},
        {"op": "replace", "path": "customFields", "value": [{"id": 12, "value": 7}]},
    ]);
    let changed = desk.send("PATCH", &path, &patch).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!(changed.body["name"], "Newer Company");
    assert_eq!(changed.body["status"]["id"], 4);
    assert_eq!(changed.body["territoryManager"]["identifier"], "RProsser");
    let seats = |body: &Value| body["customFields"][1]["value"].clone();
    assert_eq!(seats(&changed.body), 7);
    // An empty list of custom fields changes nothing.
    let empty = json!([{"op": "replace", "path": "customFields", "value": []}]);
    assert_eq!(seats(&desk.send("PATCH", &path, &empty).await.body), 7);

    let put = desk
        .send("PUT", &path, &json!({"identifier": "NewCo"}))
        .await;
    assert_eq!(
        issues(&put.body),
        [("MissingRequiredField".into(), "name".into())]
    );
    let put = desk
        .send(
            "PUT",
            &path,
            &json!({"identifier": "NewCo", "name": "Third"}),
        )
        .await;
    assert_eq!(
        (put.status, &put.body["territoryManager"]),
        (200, &Value::Null)
    );

    let gone = desk.reply(desk.request("DELETE", &desk.url(&path))).await;
    assert_eq!((gone.status, gone.body), (204, json!("")));
    assert_eq!(desk.get(&path).await.status, 404);
    let gone = desk.reply(desk.request("DELETE", &desk.url(&path))).await;
    assert_eq!(gone.body["code"], "NotFound");
    let trail = desk
        .get(&format!("system/audittrail?type=Company&id={id}"))
        .await;
    let kinds: Vec<&Value> = trail
        .body
        .as_array()
        .unwrap()
        .iter()
        .map(|l| &l["auditSubType"])
        .collect();
    assert_eq!(kinds.first().unwrap(), &"Created");
    assert_eq!(kinds.last().unwrap(), &"Deleted");
}

#[tokio::test]
async fn each_wrong_field_is_named() {
    let desk = desk().await;
    let cases = [
        (
            "service/tickets",
            json!({}),
            vec![
                ("MissingRequiredField", "summary"),
                ("MissingRequiredField", "company"),
            ],
        ),
        (
            "service/tickets",
            json!({"summary": "x".repeat(101), "company": {"id": 250}}),
            vec![("InvalidField", "summary")],
        ),
        (
            "service/tickets",
            json!({"summary": "x", "company": {"id": 99_999}}),
            vec![("InvalidField", "company")],
        ),
        (
            "service/tickets",
            json!({"summary": "x", "company": {"id": 250}, "severity": "Huge"}),
            vec![("InvalidField", "severity")],
        ),
        (
            "service/tickets",
            json!({"summary": 5, "company": {"id": "250"}, "requiredDate": "soon"}),
            vec![("InvalidField", "requiredDate")],
        ),
        (
            "company/contacts",
            json!({"lastName": "Nobody"}),
            vec![("MissingRequiredField", "firstName")],
        ),
        (
            "company/companies",
            json!({"identifier": "CatchAll", "name": "Again"}),
            vec![("ObjectExists", "identifier")],
        ),
        (
            "time/entries",
            json!({"chargeToId": 1, "chargeToType": "ServiceTicket"}),
            vec![("MissingRequiredField", "timeStart")],
        ),
    ];
    for (path, body, wanted) in cases {
        let reply = desk.send("POST", path, &body).await;
        assert_eq!(
            (reply.status, &reply.body["code"]),
            (400, &json!("InvalidObject")),
            "{body}"
        );
        let wanted: Vec<(String, String)> = wanted
            .into_iter()
            .map(|(c, f)| (c.into(), f.into()))
            .collect();
        assert_eq!(issues(&reply.body), wanted, "{body}");
        let resource = reply.body["errors"][0]["resource"].as_str().unwrap();
        assert_eq!(
            reply.body["message"],
            format!("{resource} object is invalid")
        );
    }
}

#[tokio::test]
async fn patches_are_lists_with_paths_in_the_right_case() {
    let desk = desk().await;
    for bad in [
        json!({"summary": "no list"}),
        json!([{"op": "replace", "path": "Source", "value": {"id": 2}}]),
        json!([{"op": "replace", "path": "shoeSize", "value": 4}]),
        json!([{"op": "move", "path": "summary", "value": "x"}]),
        json!([{"op": "replace", "value": "x"}]),
        json!([{"op": "replace", "path": "closedFlag", "value": true}]),
    ] {
        let reply = desk.send("PATCH", "service/tickets/10001", &bad).await;
        assert_eq!(
            (reply.status, &reply.body["code"]),
            (400, &json!("InvalidArgument")),
            "{bad}"
        );
    }
    let good = json!([{"op": "replace", "path": "source", "value": {"id": 2}}]);
    assert_eq!(
        desk.send("PATCH", "service/tickets/10001", &good)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn methods_and_media_types() {
    let desk = desk().await;
    assert_eq!(
        desk.send("DELETE", "system/members/150", &json!({}))
            .await
            .status,
        405
    );
    assert_eq!(
        desk.send("POST", "service/tickets/10001", &json!({}))
            .await
            .status,
        405
    );
    assert_eq!(
        desk.send("PATCH", "service/tickets", &json!([]))
            .await
            .status,
        405
    );
    let text = desk
        .request("POST", &desk.url("service/tickets"))
        .header("Content-Type", "text/plain")
        .body("x");
    assert_eq!(desk.reply(text).await.status, 415);
    let broken = desk
        .request("POST", &desk.url("service/tickets"))
        .header("Content-Type", "application/json")
        .body("{");
    assert_eq!(desk.reply(broken).await.body["code"], "InvalidArgument");
}

#[tokio::test]
async fn tables_can_be_changed_and_a_rename_shows_everywhere() {
    let desk = desk().await;
    desk.control()
        .patch("service/boards", 1, json!({"name": "Front Desk"}));
    let ticket = desk
        .list(
            "service/tickets",
            &[("conditions", "board/id=1"), ("pageSize", "1")],
        )
        .await;
    assert_eq!(ticket.body[0]["board"]["name"], "Front Desk");
    assert!(
        !desk
            .ids("service/tickets", "board/name='Front Desk'")
            .await
            .is_empty()
    );

    let made = desk
        .send(
            "POST",
            "service/boards/1/statuses",
            &json!({"name": "Nearly", "defaultFlag": true}),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.body["board"]["id"], 1);
    let defaults = desk
        .ids("service/boards/1/statuses", "defaultFlag=true")
        .await;
    assert_eq!(defaults, [made.body["id"].as_i64().unwrap()]);
    assert_eq!(
        desk.ids("service/boards/2/statuses", "defaultFlag=true")
            .await,
        [201]
    );
    assert_eq!(desk.get("service/boards/2/statuses/101").await.status, 404);
    assert_eq!(
        desk.get("service/boards/77/statuses").await.body["message"],
        "Board 77 not found"
    );
    let used = desk
        .reply(desk.request("DELETE", &desk.url("service/boards/1/statuses/110")))
        .await;
    assert_eq!(used.status, 409);
    desk.control().delete("service/boards/statuses", 110);
    assert_eq!(desk.get("service/boards/1/statuses/110").await.status, 404);
}
