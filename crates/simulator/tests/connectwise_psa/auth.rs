//! Company info, keys, client id, codebase, security role.

use serde_json::{Value, json};
use simulator::ConnectWisePsaCredentials;

use crate::support::{basic, desk};

#[tokio::test]
async fn company_info_needs_no_credentials_and_knows_one_company() {
    let desk = desk().await;
    let base = desk.sandbox.base_url();
    for path in [
        "login/companyinfo/harbourline",
        "login/companyInfo/HarbourLine",
    ] {
        let reply = desk.reply(desk.http.get(format!("{base}{path}"))).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.body["Codebase"], "v2025_1/");
        assert_eq!(reply.body["SiteUrl"], base.authority());
        assert_eq!(reply.body["IsCloud"], true);
    }
    let unknown = desk.http.get(format!("{base}login/companyinfo/nobody"));
    let reply = desk.reply(unknown).await;
    assert_eq!((reply.status, reply.body), (200, Value::Null));
}

#[tokio::test]
async fn keys_and_client_id_are_checked() {
    let desk = desk().await;
    let good = ConnectWisePsaCredentials::default();
    let url = desk.url("system/info");
    let call = |authorization: String, client: Option<&str>| {
        let mut request = desk.http.get(&url).header("Authorization", authorization);
        if let Some(client) = client {
            request = request.header("ClientID", client);
        }
        request
    };
    let right = basic(&good.company_id, &good.public_key, &good.private_key);
    let client = Some(good.client_id.as_str());
    let reply = desk.reply(call(right.clone(), client)).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.body["cloudRegion"], "EU");
    assert!(reply.header("x-cw-request-id").is_some());

    let reply = desk.reply(call(right.clone(), None)).await;
    assert_eq!(
        (reply.status, &reply.body["code"]),
        (401, &json!("Unauthorized"))
    );
    for wrong in [
        basic("other", &good.public_key, &good.private_key),
        basic(&good.company_id, "other", &good.private_key),
        basic(&good.company_id, &good.public_key, "other"),
        "Basic nonsense".to_owned(),
        format!("Bearer {}", good.private_key),
    ] {
        let reply = desk.reply(call(wrong, client)).await;
        assert_eq!(reply.status, 401);
        assert_eq!(
            reply.body,
            json!({"code": "ConnectWiseApi", "message": "UserNotAuthenticated"})
        );
    }
    desk.control().set_credentials_valid(false);
    assert_eq!(desk.reply(call(right, client)).await.status, 401);
}

#[tokio::test]
async fn addresses_are_lenient_and_unknown_ones_say_so() {
    let desk = desk().await;
    let base = desk.sandbox.base_url();
    for path in [
        "v2025_1/apis/3.0/service/boards",
        "v2025_1//apis/3.0//Service/Boards/",
        "v4_6_release/apis/3.0/SERVICE/BOARDS",
    ] {
        let reply = desk
            .reply(desk.request("GET", &format!("{base}{path}")))
            .await;
        assert_eq!(reply.ids().len(), 8, "{path}");
    }
    for path in [
        "v2019_9/apis/3.0/service/boards",
        "v2025_1/apis/3.0/service/nothing",
    ] {
        let reply = desk
            .reply(desk.request("GET", &format!("{base}{path}")))
            .await;
        assert_eq!(reply.status, 404);
        assert_eq!(
            reply.body,
            json!({"code": "ConnectWiseApi", "message": "The endpoint does not exist."})
        );
    }
}

#[tokio::test]
async fn an_upgrade_moves_the_codebase() {
    let desk = desk().await;
    let base = desk.sandbox.base_url();
    desk.control().set_zone_moved(true);
    let old = desk.request("GET", &format!("{base}v2025_1/apis/3.0/service/boards"));
    assert_eq!(desk.reply(old).await.status, 404);
    let info = desk
        .http
        .get(format!("{base}login/companyinfo/harbourline"));
    let codebase = desk.reply(info).await.body["Codebase"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(codebase, "v2025_2/");
    let new = desk.request("GET", &format!("{base}{codebase}apis/3.0/service/boards"));
    assert_eq!(desk.reply(new).await.status, 200);
    assert_eq!(desk.get("service/boards").await.status, 200);
}

#[tokio::test]
async fn the_security_role_refuses_or_hides() {
    let desk = desk().await;
    let control = desk.control();
    control.set_security("service/tickets", "query", "None");
    for path in [
        "service/tickets",
        "service/tickets/10001",
        "service/tickets/count",
    ] {
        let reply = desk.get(path).await;
        assert_eq!(reply.status, 403, "{path}");
        assert_eq!(
            reply.body["message"],
            "You do not have security permission to perform this action."
        );
    }
    assert_eq!(desk.get("service/boards").await.status, 200);
    control.set_security("service/tickets", "query", "My");
    assert_eq!(desk.get("service/tickets").await.ids(), Vec::<i64>::new());
    control.set_security("service/tickets", "query", "All");
    control.set_security("service/tickets", "create", "None");
    let reply = desk
        .send("POST", "service/tickets", &json!({"summary": "x"}))
        .await;
    assert_eq!(reply.status, 403);
    control.set_security("service/tickets", "create", "All");
    let made = desk
        .send(
            "POST",
            "service/tickets",
            &json!({"summary": "x", "company": {"id": 250}}),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    control.set_security("service/tickets", "query", "My");
    let own = desk.get("service/tickets").await.ids();
    assert_eq!(own, [made.body["id"].as_i64().unwrap()]);
}
