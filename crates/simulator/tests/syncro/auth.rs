//! Tokens, hosts and permissions.

use serde_json::json;
use simulator::SyncroCredentials;

use crate::support::{Desk, NOT_AUTHORIZED, desk};

async fn me_with(desk: &Desk, header: Option<&str>, query: &str) -> u16 {
    let mut request = desk.http.get(desk.url(&format!("me{query}")));
    if let Some(header) = header {
        request = request.header("Authorization", header);
    }
    desk.reply(request).await.status
}

#[tokio::test]
async fn a_token_comes_in_four_ways() {
    let desk = desk().await;
    let token = SyncroCredentials::default().token;
    for header in [
        format!("Bearer {token}"),
        format!("bearer {token}"),
        token.clone(),
    ] {
        assert_eq!(me_with(&desk, Some(&header), "").await, 200, "{header}");
    }
    assert_eq!(
        me_with(&desk, None, &format!("?api_key={token}")).await,
        200
    );
    for header in ["Bearer wrong", "wrong", &format!("Basic {token}"), ""] {
        assert_eq!(me_with(&desk, Some(header), "").await, 401, "{header}");
    }
    assert_eq!(me_with(&desk, None, "").await, 401);
    desk.control().set_credentials_valid(false);
    let reply = desk.get("me").await;
    assert_eq!(
        (reply.status, reply.body),
        (401, json!({"error": "Unauthorized"}))
    );
}

#[tokio::test]
async fn who_the_token_belongs_to_is_told_whatever_it_may_do() {
    let desk = desk().await;
    for permission in [
        "Customers - List/Search",
        "Customers - View Detail",
        "Tickets - List/Search",
    ] {
        desk.control().set_security(permission, "", "None");
    }
    let me = desk.get("/me").await;
    assert_eq!(me.status, 200);
    assert_eq!(me.body["subdomain"], "harbourline");
    assert_eq!(me.body["user_token"], SyncroCredentials::default().token);
    assert_eq!(me.body["permissions"]["customer"]["read"], false);
    assert_eq!(me.body["permissions"]["asset"]["read"], true);
    let refused = desk.get("customers?page=1").await;
    assert_eq!(
        (refused.status, &refused.body),
        (401, &json!({"error": NOT_AUTHORIZED}))
    );
}

#[tokio::test]
async fn each_permission_opens_what_the_vendor_says() {
    let desk = desk().await;
    let customer = desk.control().ids("customers")[3];
    let contact = desk.control().ids("contacts")[0];
    let ticket = desk.control().ids("tickets")[0];
    let table = [
        ("Customers - List/Search", "GET", "customers".to_owned()),
        (
            "Customers - View Detail",
            "GET",
            format!("customers/{customer}"),
        ),
        ("Customers - View Detail", "GET", "contacts".to_owned()),
        (
            "Customers - View Detail",
            "GET",
            format!("contacts/{contact}"),
        ),
        ("Customers - Edit", "PUT", format!("contacts/{contact}")),
        ("Tickets - List/Search", "GET", "tickets".to_owned()),
        ("Tickets - Edit", "PUT", format!("tickets/{ticket}")),
        (
            "Tickets - Edit",
            "POST",
            format!("tickets/{ticket}/comment"),
        ),
        ("Tickets - Create", "POST", "tickets".to_owned()),
        ("Leads - List/Search", "GET", "leads".to_owned()),
        ("Assets - List/Search", "GET", "customer_assets".to_owned()),
        ("Contracts - List/Search", "GET", "contracts".to_owned()),
        (
            "Ticket Canned Responses - Manage",
            "GET",
            "canned_responses".to_owned(),
        ),
        ("RMM Alerts - List", "GET", "rmm_alerts".to_owned()),
    ];
    for (permission, method, path) in table {
        let body = json!({"name": "A B", "subject": "x", "body": "y", "customer_id": customer});
        let open = desk.send(method, &path, &body).await;
        assert_eq!(open.status, 200, "{method} {path}: {}", open.body);
        desk.control().set_security(permission, "", "None");
        let shut = desk.send(method, &path, &body).await;
        assert_eq!(shut.status, 401, "{method} {path}");
        assert_eq!(shut.body["error"], NOT_AUTHORIZED);
        desk.control().set_security(permission, "", "All");
    }
    // Nobody but an administrator sees who signs in to the vendor's own portal.
    assert_eq!(desk.get("portal_users").await.status, 401);
    desk.control().set_security("Global Admin", "", "All");
    assert!(
        !desk
            .get("portal_users")
            .await
            .rows("portal_users")
            .is_empty()
    );
}

#[tokio::test]
async fn kinds_without_a_named_permission_can_be_closed_too() {
    let desk = desk().await;
    for (entity, path) in [
        ("users", "users"),
        ("settings", "settings"),
        ("tickets/settings", "tickets/settings"),
    ] {
        assert_eq!(desk.get(path).await.status, 200);
        desk.control().set_security(entity, "query", "None");
        assert_eq!(desk.get(path).await.status, 401, "{path}");
        desk.control().set_security(entity, "query", "All");
        assert_eq!(desk.get(path).await.status, 200);
    }
}

#[tokio::test]
async fn the_lesser_ticket_permission_shows_only_the_owners_tickets() {
    let desk = desk().await;
    let owner = desk.get("me").await.body["user_id"].as_i64().unwrap();
    let (mine, other) = (
        desk.ticket(|_| true),
        desk.ticket(|t| t["user_id"].is_i64()),
    );
    desk.control()
        .patch("tickets", mine, json!({"user_id": owner}));
    let other = if other == mine { other + 1 } else { other };
    desk.control()
        .set_security("Tickets - View Details", "", "None");
    assert_eq!(desk.get(&format!("tickets/{mine}")).await.status, 200);
    assert_eq!(desk.get(&format!("tickets/{other}")).await.status, 404);
    let comments = format!("tickets/{mine}/comments");
    assert_eq!(desk.get(&comments).await.status, 200);
    desk.control().set_security(
        "Tickets - View 'Their Ticket' Details (assigned to them)",
        "",
        "None",
    );
    assert_eq!(desk.get(&format!("tickets/{mine}")).await.status, 401);
}

#[tokio::test]
async fn an_owner_tied_to_one_customer_sees_only_that_one() {
    let desk = desk().await;
    let ticket = desk.get("tickets").await.body["tickets"][0].clone();
    let customer = ticket["customer_id"].as_i64().unwrap();
    desk.control()
        .patch("account", 1, json!({"only_customer": customer}));
    let customers = desk.get("customers?include_disabled=true").await;
    assert_eq!(customers.ids("customers"), [customer]);
    let tickets = desk.get("tickets").await;
    assert!(!tickets.rows("tickets").is_empty());
    assert!(
        tickets
            .rows("tickets")
            .iter()
            .all(|t| t["customer_id"] == customer)
    );
    let other = desk.control().ids("customers")[0];
    assert_ne!(other, customer);
    let hidden = desk.get(&format!("customers/{other}")).await;
    assert_eq!(
        (hidden.status, hidden.body),
        (404, json!({"message": "Not found"}))
    );
}

#[tokio::test]
async fn another_accounts_host_is_no_account() {
    let desk = desk().await;
    let at = async |host: &'static str| {
        let request = desk.request("GET", "me").header("Host", host);
        desk.reply(request).await.status
    };
    assert_eq!(at("harbourline.syncromsp.com").await, 200);
    assert_eq!(at("somebody-else.syncromsp.com").await, 404);
    desk.control().set_zone_moved(true);
    assert_eq!(at("harbourline.syncromsp.com").await, 404);
    assert_eq!(desk.get("me").await.body["subdomain"], "harbourline-new");
}
