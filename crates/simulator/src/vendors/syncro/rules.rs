//! What the product does with records beyond storing them.

use serde_json::{Value, json};

use super::edit::Edit;
use super::filters::closed_statuses;
use super::made::digits;
use super::made::numbers as n;
use super::notices::Event;
use super::refusal::Refusal;
use super::settings;
use super::switches::Switches;
use crate::records::fields::{flag, number, text};
use crate::state::Record;
use crate::world::instant::iso;

/// Status that a ticket gets when its customer writes.
const CUSTOMER_REPLY: &str = "Customer Reply";

/// Fills in what a new record has without being told.
pub fn complete(edit: &Edit<'_>, key: &str, record: &mut Record) {
    match key {
        "customers" => {
            for name in ["get_sms", "opt_out", "disabled", "no_email"] {
                preset(record, name, json!(false));
            }
            preset(record, "properties", json!({}));
        }
        "contacts" => {
            preset(record, "account_id", n::ACCOUNT.into());
            preset(record, "opt_out", json!(false));
            preset(record, "properties", json!({}));
        }
        "tickets" => complete_ticket(edit, record),
        "comments" => complete_comment(edit, record),
        "leads" => {
            preset(record, "status", "New".into());
            preset(record, "message_read", json!(false));
            for name in ["phone", "mobile", "address", "city", "state", "zip"] {
                preset(record, name, "".into());
            }
        }
        "customer_assets" => {
            // Custom fields of a new device are passed over; they can be set afterwards.
            if edit.actor.through_api {
                record.insert("properties".to_owned(), json!({}));
            }
            if let Some(kind) = asset_type(edit, record) {
                record.insert("asset_type".to_owned(), kind.into());
            }
        }
        "contracts" => {
            preset(record, "account_id", n::ACCOUNT.into());
            preset(record, "status", "Opportunity".into());
            preset(record, "likelihood", 0.into());
        }
        "portal_users" => preset(record, "account_id", n::ACCOUNT.into()),
        "rmm_alerts" => preset(record, "resolved", json!(false)),
        _ => {}
    }
    in_order(key, record);
}

fn complete_ticket(edit: &Edit<'_>, record: &mut Record) {
    preset(record, "status", "New".into());
    preset(record, "properties", json!({}));
    preset(record, "tag_list", json!([]));
    preset(record, "asset_ids", json!([]));
    preset(record, "attachments", json!([]));
    if record.get("number").is_none_or(Value::is_null) {
        let kind = edit.kind("tickets");
        let id = edit.base().last_id(kind) + 1;
        record.insert(
            "number".to_owned(),
            (id - n::TICKETS + n::TICKET_NUMBERS).into(),
        );
    }
    let owner = edit.record("users", edit.actor.user).unwrap_or_default();
    preset(
        record,
        "creator_name_or_email",
        text(&owner, "full_name").into(),
    );
    close(edit, &Record::new(), record);
}

/// Through the API a comment is the token owner's, whatever name it carries; in the screens one
/// without a user is the customer's.
fn complete_comment(edit: &Edit<'_>, record: &mut Record) {
    if edit.actor.through_api || !record.contains_key("user_id") {
        record.insert("user_id".to_owned(), edit.actor.user.into());
    }
    preset(record, "hidden", json!(false));
    preset(record, "is_rich_text", json!(false));
    if !edit.actor.through_api {
        preset(record, "subject", "Update".into());
    }
    if record.get("tech").is_none_or(Value::is_null)
        && let Some(user) = number(record, "user_id").and_then(|id| edit.record("users", id))
    {
        record.insert("tech".to_owned(), text(&user, "full_name").into());
    }
}

/// Sets a field that has no value.
fn preset(record: &mut Record, name: &str, value: Value) {
    if record.get(name).is_none_or(Value::is_null) {
        record.insert(name.to_owned(), value);
    }
}

/// What is always kept in one form: telephone numbers as digits, the title among the custom fields.
fn in_order(key: &str, record: &mut Record) {
    if matches!(key, "customers" | "contacts") {
        for name in ["phone", "mobile"] {
            if let Some(Value::String(number)) = record.get_mut(name) {
                *number = digits(number);
            }
        }
    }
    if key == "contacts"
        && let Some(title) = record.remove("title")
    {
        let properties = record.entry("properties").or_insert_with(|| json!({}));
        properties["title"] = title;
    }
}

/// Changes what follows from a change to the same record.
pub fn follow(edit: &Edit<'_>, key: &str, before: &Record, after: &mut Record) {
    in_order(key, after);
    match key {
        "tickets" => close(edit, before, after),
        "customer_assets" => {
            if let Some(kind) = asset_type(edit, after) {
                after.insert("asset_type".to_owned(), kind.into());
            }
        }
        _ => {}
    }
}

/// A ticket is resolved when its status first becomes one that closes, and again not when it
/// becomes another. The instant stays when it is opened again: no document says that it goes.
fn close(edit: &Edit<'_>, before: &Record, after: &mut Record) {
    let closed = closed_statuses(edit.base());
    let is_closed = |record: &Record| closed.iter().any(|name| name == text(record, "status"));
    if is_closed(after) && !is_closed(before) {
        after.insert("resolved_at".to_owned(), iso(edit.now).into());
    }
}

fn asset_type(edit: &Edit<'_>, record: &Record) -> Option<String> {
    let by_id = number(record, "asset_type_id").and_then(|id| edit.record("asset_types", id));
    if let Some(kind) = by_id {
        return Some(text(&kind, "name").to_owned());
    }
    let name = text(record, "asset_type_name");
    settings::names(edit.base(), "asset_types")
        .into_iter()
        .find(|have| have == name)
}

/// Refuses what the product does not accept. Messages stand in the order of the vendor's.
pub fn check(
    edit: &Edit<'_>,
    key: &str,
    before: Option<&Record>,
    after: &Record,
    given: &Record,
) -> Result<(), Refusal> {
    let blank = |name: &str| match after.get(name) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(_) => false,
    };
    let mut messages = Vec::new();
    let mut need = |name: &str, label: &str| {
        if blank(name) {
            messages.push(format!("{label} can't be blank"));
        }
    };
    match key {
        "customers" => {
            if blank("business_name") && blank("firstname") && blank("lastname") {
                messages.push("Please enter a business name or a first and last name".to_owned());
            }
            messages.extend(wrong_email(after));
        }
        "contacts" => return check_contact(edit, before, after, given),
        "tickets" => {
            let customer = number(after, "customer_id").ok_or_else(Refusal::customer_required)?;
            edit.record("customers", customer)
                .ok_or_else(Refusal::not_found)?;
            need("subject", "Subject");
            messages.extend(check_ticket(edit, after));
        }
        "comments" => {
            need("body", "Body");
            need("subject", "Subject");
        }
        "leads" if flag(after, "from_check_in") => need("ticket_description", "Ticket description"),
        "leads" if before.is_some() && given.contains_key("ticket_description") => {
            need("ticket_description", "Ticket description");
        }
        "customer_assets" => {
            let untyped = blank("asset_type");
            need("asset_type", "Asset type");
            need("name", "Name");
            if untyped && before.is_none() {
                messages.push(
                    "Name You must have an asset type first, please go create one".to_owned(),
                );
            }
        }
        "portal_users" => {
            need("email", "Email");
            if after.get("password") != after.get("password_confirmation") {
                messages.push("Password confirmation doesn't match Password".to_owned());
            }
        }
        "contracts" if blank("customer_id") => {
            let record = Value::Object(after.clone());
            return Err(Refusal::record(record, "Customer can't be blank"));
        }
        "canned_responses" => {
            need("title", "Title");
            need("body", "Body");
        }
        "phones" => need("number", "Number"),
        "rmm_alerts" => need("description", "Description"),
        _ => {}
    }
    if messages.is_empty() || !edit.actor.through_api {
        return Ok(());
    }
    Err(Refusal::invalid(messages, given))
}

fn check_ticket(edit: &Edit<'_>, after: &Record) -> Vec<String> {
    let switches = Switches::read(edit.base());
    let mut messages = Vec::new();
    let statuses = || settings::names(edit.base(), "ticket_statuses");
    let status = text(after, "status");
    if switches.strict_statuses && !statuses().iter().any(|name| name == status) {
        messages.push("Status is not included in the list".to_owned());
    }
    if switches.require_ticket_type && number(after, "ticket_type_id").is_none() {
        messages.push("Ticket type can't be blank".to_owned());
    }
    messages
}

fn check_contact(
    edit: &Edit<'_>,
    before: Option<&Record>,
    after: &Record,
    given: &Record,
) -> Result<(), Refusal> {
    if !edit.actor.through_api {
        return Ok(());
    }
    let refuse = |errors: &str| {
        let mut record = after.clone();
        if before.is_none() {
            record.insert("id".to_owned(), Value::Null);
        }
        Err(Refusal::record(Value::Object(record), errors))
    };
    let Some(customer) = number(after, "customer_id") else {
        return refuse("Customer can't be blank");
    };
    edit.record("customers", customer)
        .ok_or_else(Refusal::not_found)?;
    // A change needs the name too, whatever it changes.
    let unnamed = !given.contains_key("name") || text(after, "name").trim().is_empty();
    if before.is_some() && unnamed {
        return refuse("Name can't be blank");
    }
    match wrong_email(after).first() {
        Some(message) => refuse(message),
        None => Ok(()),
    }
}

/// What is wrong with an address, when there is one.
fn wrong_email(record: &Record) -> Vec<String> {
    let email = text(record, "email").trim();
    let fits = match email.split_once('@') {
        Some((local, host)) => {
            !local.is_empty() && host.contains('.') && !email.contains(char::is_whitespace)
        }
        None => email.is_empty(),
    };
    if fits {
        return Vec::new();
    }
    vec![
        "Email is not an email".to_owned(),
        format!("Email Only able to parse up to \"{email}\""),
    ]
}

/// What a new record brings about elsewhere.
pub fn after_create(
    edit: &mut Edit<'_>,
    key: &str,
    id: i64,
    given: &Record,
) -> Result<(), Refusal> {
    match key {
        "tickets" => first_comments(edit, id, given),
        "comments" => {
            after_comment(edit, id, given);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What a change brings about elsewhere.
pub fn after_update(
    edit: &mut Edit<'_>,
    key: &str,
    id: i64,
    after: &Record,
) -> Result<(), Refusal> {
    match key {
        "tickets" => first_comments(edit, id, after),
        _ => Ok(()),
    }
}

/// Comments that come with a ticket.
fn first_comments(edit: &mut Edit<'_>, ticket: i64, given: &Record) -> Result<(), Refusal> {
    let list = given.get("comments_attributes").and_then(Value::as_array);
    for comment in list.cloned().into_iter().flatten() {
        let Value::Object(mut comment) = comment else {
            continue;
        };
        comment.insert("ticket_id".to_owned(), ticket.into());
        let kind = edit.kind("comments");
        edit.create(kind, &comment)?;
    }
    Ok(())
}

/// A comment touches its ticket; the customer's own sets the status; others are mailed to the
/// customer unless they say otherwise.
fn after_comment(edit: &mut Edit<'_>, id: i64, given: &Record) {
    let Some(ticket) = number(given, "ticket_id") else {
        return;
    };
    let from_customer = number(given, "user_id").is_none();
    edit.alter("tickets", ticket, |record| {
        record.insert("customer_reply".to_owned(), from_customer.into());
        if from_customer {
            record.insert("status".to_owned(), CUSTOMER_REPLY.into());
        }
    });
    let silent = flag(given, "hidden") || flag(given, "do_not_email") || from_customer;
    let to = edit
        .record("tickets", ticket)
        .and_then(|record| edit.record("customers", number(&record, "customer_id")?))
        .map(|customer| text(&customer, "email").to_owned())
        .filter(|email| !silent && !email.is_empty());
    if let Some(to) = to {
        let mail = json!({"to": to, "ticket_id": ticket, "comment_id": id});
        if let Value::Object(mail) = mail {
            edit.insert("emails", mail);
        }
    }
    edit.note(Event::updated("tickets", ticket));
}

/// What a deletion brings about elsewhere.
pub fn after_delete(edit: &mut Edit<'_>, key: &str, id: i64) {
    match key {
        "customers" => {
            for kind in ["contacts", "customer_assets", "contracts", "tickets"] {
                for below in edit.ids(kind, "customer_id", id) {
                    edit.erase(kind, below);
                    after_delete(edit, kind, below);
                }
            }
        }
        "tickets" => {
            for comment in edit.ids("comments", "ticket_id", id) {
                edit.erase("comments", comment);
            }
        }
        "notification_sets" => edit.app.courier.forget(id),
        _ => {}
    }
}
