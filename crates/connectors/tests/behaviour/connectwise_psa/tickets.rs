//! Tickets: opened again.

use domain::stream::Stream;
use serde_json::{Value, json};

use super::VENDOR;
use crate::vendor::{Vendor, record, whole};

/// A ticket that is opened again still has the date it was closed at, and is open all the same.
pub async fn opened_again() {
    let stand = VENDOR.start().await;
    let control = stand.control();
    let entity = VENDOR.entity(Stream::Tickets);
    let id = control.create(
        entity,
        json!({ "summary": "Again", "company": {"id": control.ids("company/companies")[2]} }),
    );
    let closed_at = async |status: i64| {
        control.patch(entity, id, json!({ "status": {"id": status} }));
        let pages = whole(&*stand.connector(), Stream::Tickets).await;
        record(&pages.expect("pages"), &id.to_string())["closed_at"].clone()
    };
    assert_ne!(closed_at(110).await, Value::Null, "closed");
    assert_eq!(closed_at(102).await, Value::Null, "opened again");
    let sent = control.get(entity, id).expect("a ticket");
    assert_eq!(sent["closedFlag"], false);
    assert!(sent["closedDate"].is_string(), "{sent}");
    assert_ne!(closed_at(110).await, Value::Null, "closed again");
}
