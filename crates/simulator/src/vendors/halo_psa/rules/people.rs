//! Clients, sites and users: a user belongs to a site, a site to a client, and each site has its general user.

use serde_json::{Value, json};

use super::{link, missing, now, preset};
use crate::records::fields::{linked, text};
use crate::state::Record;
use crate::vendors::halo_psa::edit::Edit;
use crate::vendors::halo_psa::refusal::Refusal;

/// Fills in a new user.
pub fn complete_user(edit: &Edit<'_>, record: &mut Record) -> Result<(), Refusal> {
    if text(record, "name").is_empty() {
        let name = format!("{} {}", text(record, "firstname"), text(record, "surname"));
        preset(record, "name", name.trim().into());
    }
    for name in ["inactive", "isserviceaccount", "is_general"] {
        preset(record, name, false.into());
    }
    preset(record, "role_ids", json!([]));
    let added = record.get("add_roles").and_then(Value::as_array).cloned();
    if let Some(roles) = added {
        let ids = roles.iter().map(|role| role["id"].clone());
        record.insert("role_ids".to_owned(), ids.collect());
    }
    preset(record, "customfields", json!([]));
    preset(record, "datecreated", now(edit));
    follow_user(edit, record)
}

/// A user's client is that of the site.
pub fn follow_user(edit: &Edit<'_>, record: &mut Record) -> Result<(), Refusal> {
    let site = linked(record, "site_id").ok_or_else(|| missing("site_id"))?;
    let facts = edit.record("site", site).unwrap_or_default();
    if let Some(client) = linked(&facts, "client_id") {
        record.insert("client_id".to_owned(), link(client));
    }
    Ok(())
}

/// Fills in a new client.
pub fn complete_client(edit: &Edit<'_>, record: &mut Record) {
    preset(record, "toplevel_id", link(1));
    preset(record, "inactive", false.into());
    preset(record, "customfields", json!([]));
    preset(record, "datecreated", now(edit));
}

/// A new client has a main site, and a main contact when one was named.
pub fn after_client(edit: &mut Edit<'_>, id: i64, given: &Record) {
    let part = |name: &str| text(given, name).to_owned();
    let name = match part("newclient_sitename") {
        name if name.is_empty() => "Main".to_owned(),
        name => name,
    };
    let site = json!({
        "name": name, "client_id": link(id), "inactive": false, "sla_id": 1, "isstocklocation": false,
        "sitecontacts": [], "customfields": [], "datecreated": now(edit), "phonenumber": part("newclient_phonenumber"),
    });
    let Value::Object(site) = site else { return };
    let site_id = edit.insert("site", site);
    after_site(
        edit,
        site_id,
        &json!({"client_id": link(id)})
            .as_object()
            .cloned()
            .unwrap_or_default(),
    );
    let contact = part("newclient_contactname");
    let mut main_contact = None;
    if !contact.is_empty() {
        let user = json!({
            "name": contact, "emailaddress": part("newclient_contactemail"), "site_id": link(site_id),
            "client_id": link(id), "inactive": false, "isserviceaccount": false, "is_general": false, "role_ids": [],
            "customfields": [], "datecreated": now(edit),
        });
        if let Value::Object(user) = user {
            main_contact = Some(edit.insert("users", user));
        }
    }
    let kind = edit.kind("client");
    edit.alter(kind, id, |record| {
        record.insert("main_site_id".to_owned(), link(site_id));
        if let Some(user) = main_contact {
            record.insert("main_contact_id".to_owned(), link(user));
        }
    });
}

/// Fills in a new site.
pub fn complete_site(edit: &Edit<'_>, record: &mut Record) -> Result<(), Refusal> {
    linked(record, "client_id").ok_or_else(|| missing("client_id"))?;
    preset(record, "inactive", false.into());
    preset(record, "isstocklocation", false.into());
    preset(record, "sitecontacts", json!([]));
    preset(record, "customfields", json!([]));
    preset(record, "datecreated", now(edit));
    Ok(())
}

/// A new site has its general user.
pub fn after_site(edit: &mut Edit<'_>, id: i64, given: &Record) {
    let client = linked(given, "client_id").unwrap_or(0);
    let user = json!({
        "name": "General User", "surname": "General User", "site_id": link(id), "client_id": link(client),
        "inactive": false, "isserviceaccount": false, "is_general": true, "role_ids": [], "customfields": [],
        "datecreated": now(edit),
    });
    if let Value::Object(user) = user {
        edit.insert("users", user);
    }
}
