//! Tokens, scopes, tenant, what the agent's role allows, addresses.

use serde_json::{Value, json};
use simulator::{HaloPsaCredentials, SandboxConfig};

use crate::support::{desk, good, small, start};

#[tokio::test]
async fn tokens_are_given_out_in_every_accepted_way() {
    let desk = desk().await;
    let base = desk.sandbox.base_url();
    for query in ["", "?tenant=harbourline", "?tenant=", "?tenant=HarbourLine"] {
        let reply = desk.sign_in(query, &good("all")).await;
        assert_eq!(reply.status, 200, "{query}");
        assert_eq!(reply.body["token_type"], "Bearer");
        assert_eq!(reply.body["expires_in"], 3_600);
        assert_eq!(reply.body["scope"], "all");
    }
    let known = HaloPsaCredentials::default();
    let basic = desk
        .http
        .post(format!("{base}token"))
        .basic_auth(&known.client_id, Some(&known.client_secret))
        .form(&[("grant_type", "client_credentials")]);
    assert_eq!(desk.reply(basic).await.status, 200);
    let body = json!({
        "grant_type": "client_credentials", "client_id": known.client_id,
        "client_secret": known.client_secret, "tenant": known.tenant,
    });
    let as_json = desk.http.post(format!("{base}auth/token")).json(&body);
    assert_eq!(desk.reply(as_json).await.status, 200);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_as_the_standard_says() {
    let desk = desk().await;
    let mut wrong = good("all");
    wrong[2].1 = "nonsense".to_owned();
    let refused = desk.sign_in("", &wrong).await;
    assert_eq!(
        (refused.status, &refused.body["error"]),
        (401, &json!("invalid_client"))
    );
    let other = desk.sign_in("?tenant=other", &good("all")).await;
    assert_eq!(
        (other.status, &other.body["error"]),
        (400, &json!("invalid_request"))
    );
    let mut code = good("all");
    code[0].1 = "password".to_owned();
    let grant = desk.sign_in("", &code).await;
    assert_eq!(
        (grant.status, &grant.body["error"]),
        (400, &json!("unsupported_grant_type"))
    );
    desk.control().set_credentials_valid(false);
    assert_eq!(desk.sign_in("", &good("all")).await.status, 401);
    assert_eq!(desk.get("Status").await.status, 401);
}

#[tokio::test]
async fn a_token_ends_and_a_new_one_works() {
    let mut desk = desk().await;
    assert_eq!(desk.get("Client").await.status, 200);
    desk.control().advance_clock(3_600_001);
    let late = desk.get("Client").await;
    assert_eq!(
        (late.status, late.body),
        (401, Value::String(String::new()))
    );
    let again = desk.sign_in("", &good("")).await;
    desk.token = again.body["access_token"].as_str().unwrap().to_owned();
    assert_eq!(desk.get("Client").await.status, 200);
    desk.token = "made-up".to_owned();
    assert_eq!(desk.get("Client").await.status, 401);
}

/// Also an application that was granted everything has no scope the product does not know.
#[tokio::test]
async fn scopes_nobody_knows_are_refused() {
    let desk = desk().await;
    for (scope, status) in [
        ("read:nonsense", 400),
        ("all read:nonsense", 400),
        ("everything", 400),
        ("read:softwarelicensing edit:timesheets", 200),
    ] {
        let reply = desk.sign_in("", &good(scope)).await;
        assert_eq!(reply.status, status, "{scope}");
    }
}

#[tokio::test]
async fn scopes_gate_what_they_name() {
    let desk = start(SandboxConfig {
        credentials: HaloPsaCredentials {
            scopes: "read:tickets edit:tickets read:customers".to_owned(),
            ..HaloPsaCredentials::default()
        },
        ..small()
    })
    .await;
    // No scope means all, which this application was not granted.
    assert_eq!(desk.token, "");
    for (scope, status) in [
        ("all", 400),
        ("read:sales", 400),
        ("read:customers read:tickets", 200),
    ] {
        let reply = desk.sign_in("", &good(scope)).await;
        assert_eq!(reply.status, status, "{scope}");
        if status == 400 {
            assert_eq!(reply.body["error"], "invalid_scope");
        }
    }
    let reply = desk.sign_in("", &good("read:customers read:tickets")).await;
    let mut desk = desk;
    desk.token = reply.body["access_token"].as_str().unwrap().to_owned();
    for (path, status) in [
        ("Client", 200),
        ("Users", 200),
        ("Tickets", 200),
        ("Agent", 200),
        ("Opportunities", 403),
        ("Webhook", 403),
    ] {
        assert_eq!(desk.get(path).await.status, status, "{path}");
    }
    let write = desk
        .post("Tickets", json!({"id": 1_000_001, "summary": "x"}))
        .await;
    assert_eq!(write.status, 403, "reading does not write");
}

#[tokio::test]
async fn the_role_refuses_or_shows_nothing() {
    let desk = desk().await;
    desk.control().set_security("tickets", "query", "None");
    for path in ["Tickets", "Tickets/1000001"] {
        let reply = desk.get(path).await;
        assert_eq!(reply.status, 403, "{path}");
        assert!(reply.body.is_string());
    }
    assert_eq!(desk.get("Client").await.status, 200);
    desk.control().set_security("client", "query", "Restricted");
    let none = desk
        .get("Client?pageinate=true&page_no=1&page_size=1")
        .await;
    assert_eq!(
        (none.body["record_count"].clone(), none.ids().len()),
        (json!(0), 0)
    );
    assert_eq!(desk.get("Client/13").await.status, 404);
}

#[tokio::test]
async fn addresses_are_lenient() {
    let desk = desk().await;
    let base = desk.sandbox.base_url();
    for path in ["api/Status", "api/STATUS/", "status", "api//status"] {
        let reply = desk
            .reply(desk.request("GET", &format!("{base}{path}")))
            .await;
        assert_eq!(reply.rows().len(), 16, "{path}");
    }
    assert_eq!(desk.get("Nonsense").await.status, 404);
    let info = desk.reply(desk.http.get(desk.url("AuthInfo"))).await;
    assert_eq!(info.body["auth_url"], format!("{base}auth"));
    assert_eq!(info.body["tenant_id"], "harbourline");
    let openid = desk
        .http
        .get(format!("{base}auth/.well-known/openid-configuration"));
    let openid = desk.reply(openid).await.body;
    assert_eq!(openid["token_endpoint"], format!("{base}auth/token"));
}

async fn asked(desk: &crate::support::Desk, key: &str, path: &str) -> crate::support::Reply {
    let request = desk.http.get(desk.url(path)).header("X-Halo-Api-Key", key);
    desk.reply(request).await
}

#[tokio::test]
async fn an_api_key_stands_in_for_a_token_where_there_is_one() {
    let without = desk().await;
    for key in ["", "made-up"] {
        assert_eq!(asked(&without, key, "Client").await.status, 401, "{key:?}");
    }
    let with = start(SandboxConfig {
        credentials: HaloPsaCredentials {
            api_key: "k-1234".to_owned(),
            scopes: "read:customers".to_owned(),
            ..HaloPsaCredentials::default()
        },
        ..small()
    })
    .await;
    assert_eq!(asked(&with, "k-1234", "Client").await.status, 200);
    assert_eq!(
        asked(&with, "k-1234", "Tickets").await.status,
        403,
        "its scopes hold"
    );
    assert_eq!(asked(&with, "k-12345", "Client").await.status, 401);
    with.control().set_credentials_valid(false);
    assert_eq!(asked(&with, "k-1234", "Client").await.status, 401);
}
