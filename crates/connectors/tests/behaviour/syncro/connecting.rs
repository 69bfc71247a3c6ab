//! Tokens, accounts and permissions.

use connectors::ErrorKind;
use domain::stream::Stream;

use super::VENDOR;
use crate::vendor::{Vendor, whole};

/// The vendor tells whose token it is, whatever was entered.
pub async fn another_account() {
    let stand = VENDOR.start().await;
    let error = stand
        .connector_with("subdomain", "somebody-else.syncromsp.com")
        .test_connection()
        .await
        .expect_err("of another account");
    assert_eq!(
        (error.kind, error.field),
        (ErrorKind::AuthFailed, Some("subdomain"))
    );
    assert!(error.message.contains("harbourline"), "{error}");
    for same in ["HARBOURLINE", "https://harbourline.syncromsp.com/"] {
        let connector = stand.connector_with("subdomain", same);
        let report = connector.test_connection().await;
        let report = report.expect("the same account");
        assert_eq!(
            report.web_url.as_deref(),
            Some("https://harbourline.syncromsp.com/")
        );
    }
    let older = stand.connector_with("subdomain", "harbourline.shield.syncromsp.com");
    let report = older.test_connection().await.expect("its older address");
    assert!(
        report.account.starts_with("harbourline.shield.syncromsp.com"),
        "{}",
        report.account
    );
    stand.control().set_zone_moved(true);
    let error = stand.connector().test_connection().await;
    assert_eq!(error.expect_err("it was renamed").field, Some("subdomain"));
}

pub async fn shared_limit() {
    let stand = VENDOR.start().await;
    let one = stand.connector().limits().await.expect("limits");
    let other = stand
        .connector_with("subdomain", "somebody-else")
        .limits()
        .await
        .expect("limits");
    assert_eq!(one, other);
    assert!(one.requests.is_some_and(|limit| limit.count < 180));
}

pub async fn contacts_only() {
    let stand = VENDOR.start().await;
    let right = "Customers - View Detail";
    stand.control().set_security(right, "", "None");
    let connector = stand.connector();
    let error = whole(&*connector, Stream::Contacts)
        .await
        .expect_err("not allowed");
    assert_eq!(error.kind, ErrorKind::PermissionDenied);
    assert!(error.message.starts_with("Not authorized"), "{error}");
    for stream in [Stream::Companies, Stream::Technicians, Stream::Tickets] {
        whole(&*connector, stream).await.expect("allowed");
    }
}

/// Each permission is named as the token's screen has it.
pub async fn each_right_is_named() {
    for (entity, right) in [
        ("Customers - List/Search", "Customers — List/Search"),
        ("Customers - View Detail", "Customers — View Detail"),
        ("users", "Users — List"),
        ("Tickets - List/Search", "Tickets — List/Search"),
        ("tickets/settings", "Tickets — Settings"),
    ] {
        let stand = VENDOR.start().await;
        stand.control().set_security(entity, "query", "None");
        let report = stand.connector().test_connection().await.expect("a report");
        let missing: Vec<_> = report.missing_required().collect();
        assert_eq!(missing.len(), 1, "{entity}: {report:?}");
        let told = missing[0].missing.as_deref().unwrap_or_default();
        assert!(told.ends_with(right), "{told}");
    }
    let stand = VENDOR.start().await;
    for entity in [
        "Tickets - View Details",
        "Tickets - View 'Their Ticket' Details (assigned to them)",
        "settings",
    ] {
        stand.control().set_security(entity, "", "None");
    }
    let report = stand.connector().test_connection().await.expect("a report");
    let missing: Vec<_> = report.missing_required().collect();
    assert_eq!(missing.len(), 1, "settings are optional: {report:?}");
    assert_eq!(missing[0].area, "Ticket details and comments");
    let optional = report
        .permissions
        .iter()
        .filter(|p| !p.required && p.missing.is_some());
    assert_eq!(optional.count(), 1);
}

/// A token that may open its owner's tickets alone is told of others that they do not exist, which is no deletion.
pub async fn others_tickets_are_hidden() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let all = control.records("tickets", -1, 1_000).expect("tickets");
    let listed = all.first().expect("the list's first")["user_id"].clone();
    let other = all.iter().find(|ticket| ticket["user_id"] != listed);
    let ticket = other.expect("of somebody else")["id"].to_string();
    control.set_security("Tickets - View Details", "query", "None");
    let report = stand.connector().test_connection().await.expect("a report");
    let missing: Vec<_> = report.missing_required().collect();
    assert_eq!(missing.len(), 1, "{report:?}");
    assert_eq!(missing[0].area, "Ticket details and comments");
    let connector = stand.connector();
    let error = connector.ticket_notes(&ticket).await.expect_err("hidden");
    assert_eq!(error.kind, ErrorKind::PermissionDenied, "{error}");
    let right = error.right.and_then(|right| right.missing);
    assert!(right.is_some_and(|right| right.ends_with("Tickets — View Details")));
    let error = connector
        .fetch(Stream::Tickets, &ticket)
        .await
        .expect_err("hidden, and not gone");
    assert_eq!(error.kind, ErrorKind::PermissionDenied, "{error}");
}

pub async fn token_in_no_address() {
    let stand = VENDOR.start().await;
    let connector = stand.connector();
    connector.test_connection().await.expect("good");
    whole(&*connector, Stream::Contacts).await.expect("pages");
    connector.reference_data().await.expect("reference data");
    let token = simulator::SyncroCredentials::default().token;
    for entry in stand.control().journal() {
        let asked = format!("{}?{} {}", entry.path, entry.query, entry.body);
        assert!(
            !asked.contains(&token) && !asked.contains("api_key"),
            "{asked}"
        );
    }
}
