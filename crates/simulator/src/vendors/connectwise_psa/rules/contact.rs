//! Contacts: means of communication with one default of each sort, one default contact of each
//! company.

use serde_json::{Value, json};

use super::preset;
use crate::records::filter::{Expr, Plain};
use crate::state::Record;
use crate::vendors::connectwise_psa::edit::{Edit, flag, linked, text};
use crate::vendors::connectwise_psa::intake::whole;
use crate::vendors::connectwise_psa::made::communication;
use crate::vendors::connectwise_psa::refusal::{Issue, Refusal};

/// Means of communication of generated contacts have ids below this.
const FIRST_ID: i64 = 900_000_000;

/// The addresses of a contact, the default one first.
pub fn emails(contact: &Record) -> impl Iterator<Item = &str> {
    let mut items: Vec<&Value> = contact
        .get("communicationItems")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|item| item["communicationType"] == "Email")
        .collect();
    items.sort_by_key(|item| item["defaultFlag"] != true);
    items.into_iter().filter_map(|item| item["value"].as_str())
}

/// Fills in a new contact.
pub fn complete(edit: &Edit<'_>, record: &mut Record) -> Result<(), Refusal> {
    preset(record, "portalSecurityLevel", 1.into());
    preset(record, "disablePortalLoginFlag", true.into());
    preset(record, "customFields", json!([]));
    if let Some(ids) = record.remove("typeIds") {
        let types = ids.as_array().into_iter().flatten().filter_map(whole);
        let types: Value = types.map(|id| json!({"id": id})).collect();
        preset(record, "types", types);
    }
    preset(record, "types", json!([]));
    if let Some(company) =
        linked(record, "company").and_then(|id| edit.record("company/companies", id))
        && let Some(site) = company.get("site")
    {
        preset(record, "site", site.clone());
    }
    follow(edit, &Record::new(), record)
}

/// Puts the means of communication in order.
pub fn follow(edit: &Edit<'_>, before: &Record, after: &mut Record) -> Result<(), Refusal> {
    let Some(given) = after.get("communicationItems").and_then(Value::as_array) else {
        return Ok(());
    };
    let known: Vec<Value> = before
        .get("communicationItems")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut next = next_item_id(edit, &known, given);
    let mut items: Vec<Value> = Vec::new();
    for item in given {
        let item = in_order(edit, item, &mut next)?;
        let was_default = known
            .iter()
            .any(|k| k["id"] == item["id"] && k["defaultFlag"] == true);
        // The latest default of a sort wins.
        if item["defaultFlag"] == true && !was_default {
            let sort = &item["communicationType"];
            for other in items.iter_mut().filter(|o| o["communicationType"] == *sort) {
                other["defaultFlag"] = false.into();
            }
        }
        let rival = items.iter().any(|o| {
            o["communicationType"] == item["communicationType"] && o["defaultFlag"] == true
        });
        let mut item = item;
        if rival && was_default {
            item["defaultFlag"] = false.into();
        }
        items.push(item);
    }
    let phone = items
        .iter()
        .find(|item| item["communicationType"] == "Phone" && item["defaultFlag"] == true)
        .cloned();
    let part = |name: &str| {
        phone
            .as_ref()
            .map_or(Value::Null, |item| item[name].clone())
    };
    let kind = phone
        .as_ref()
        .map_or(Value::Null, |i| i["type"]["name"].clone());
    after.insert("defaultPhoneNbr".to_owned(), part("value"));
    after.insert("defaultPhoneExtension".to_owned(), part("extension"));
    after.insert("defaultPhoneType".to_owned(), kind);
    after.insert("communicationItems".to_owned(), items.into());
    Ok(())
}

fn next_item_id(edit: &Edit<'_>, known: &[Value], given: &[Value]) -> i64 {
    // Ids grow with time, so that no two contacts share one, and fit into 32 bits.
    let by_time = FIRST_ID + (edit.now / 100).rem_euclid(1_000_000_000);
    let all = known.iter().chain(given);
    all.filter_map(|item| whole(&item["id"]))
        .max()
        .map_or(by_time, |id| by_time.max(id + 1))
}

/// An item with id, type and sort.
fn in_order(edit: &Edit<'_>, item: &Value, next: &mut i64) -> Result<Value, Refusal> {
    let wrong = |field: &str, message: &str| {
        Refusal::field(
            "contact",
            &format!("communicationItems/{field}"),
            "InvalidField",
            message,
        )
    };
    let kind = whole(&item["type"]["id"])
        .or_else(|| by_name(edit, item["type"]["name"].as_str()?))
        .ok_or_else(|| wrong("type", "The type field is required."))?;
    let facts = edit
        .record("company/communicationTypes", kind)
        .ok_or_else(|| wrong("type", "There is no such communication type."))?;
    let value = item["value"]
        .as_str()
        .filter(|value| !value.trim().is_empty())
        .ok_or_else(|| wrong("value", "The value field is required."))?;
    let id = whole(&item["id"]).filter(|id| *id > 0).unwrap_or_else(|| {
        let id = *next;
        *next += 1;
        id
    });
    let mut made = communication(id, kind, value, item["defaultFlag"] == true);
    let sort = ["email", "phone", "fax"]
        .into_iter()
        .find(|sort| flag(&facts, &format!("{sort}Flag")));
    made["communicationType"] = match sort {
        Some("phone") => "Phone".into(),
        Some("fax") => "Fax".into(),
        _ => "Email".into(),
    };
    made["type"]["name"] = text(&facts, "description").into();
    if let Some(extension) = item["extension"].as_str() {
        made["extension"] = extension.into();
    }
    Ok(made)
}

fn by_name(edit: &Edit<'_>, name: &str) -> Option<i64> {
    let key = "company/communicationTypes";
    let ids = edit.base().ids(edit.kind(key), &Expr::all(), &Plain);
    ids.into_iter().find(|id| {
        edit.record(key, *id)
            .is_some_and(|r| text(&r, "description").eq_ignore_ascii_case(name))
    })
}

/// A contact needs a first name.
pub fn check(after: &Record, issues: &mut Vec<Issue>) {
    if text(after, "firstName").trim().is_empty() {
        issues.push(Issue::missing("contact", "firstName"));
    }
    for (name, longest) in [("firstName", 30), ("lastName", 30), ("title", 100)] {
        if text(after, name).chars().count() > longest {
            let message =
                format!("The field {name} must be a string with a maximum length of {longest}.");
            issues.push(Issue::new("contact", name, "InvalidField", message));
        }
    }
}

/// Only one contact of a company is the default one, and the company names it.
pub fn settle_default(edit: &mut Edit<'_>, id: i64) {
    let Some(contact) = edit.record("company/contacts", id) else {
        return;
    };
    let Some(company) = linked(&contact, "company") else {
        return;
    };
    let named = edit
        .record("company/companies", company)
        .and_then(|c| linked(&c, "defaultContact"));
    if flag(&contact, "defaultFlag") {
        for (other, mut record) in edit.select("company/contacts", "company", company) {
            if other != id && flag(&record, "defaultFlag") {
                record.insert("defaultFlag".to_owned(), false.into());
                edit.put("company/contacts", other, record);
            }
        }
        if named != Some(id) {
            edit.alter("company/companies", company, |record| {
                record.insert("defaultContact".to_owned(), json!({"id": id}));
            });
        }
    } else if named == Some(id) {
        forget_default(edit, company);
    }
}

/// A deleted contact is nobody's default.
pub fn after_delete(edit: &mut Edit<'_>, id: i64, before: &Record) {
    let Some(company) = linked(before, "company") else {
        return;
    };
    let named = edit
        .record("company/companies", company)
        .and_then(|c| linked(&c, "defaultContact"));
    if named == Some(id) {
        forget_default(edit, company);
    }
}

fn forget_default(edit: &mut Edit<'_>, company: i64) {
    edit.alter("company/companies", company, |record| {
        record.remove("defaultContact");
    });
}
