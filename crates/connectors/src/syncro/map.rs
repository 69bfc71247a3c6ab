//! From the vendor's JSON to our records: pure functions, one per kind of record.
//!
//! A value that makes no sense sets its record aside with the field's name; nothing is guessed. Texts are kept as
//! received.

use std::collections::{BTreeMap, BTreeSet};

use domain::body::Body;
use domain::email::email_key;
use domain::record::{
    Batch, CompanyRecord, ContactRecord, Fields, TechnicianRecord, TicketNoteRecord, TicketRecord,
    Visibility,
};
use serde_json::Value;

use super::wire::{
    SyncroComment, SyncroContact, SyncroCustomer, SyncroMainPerson, SyncroTicket, SyncroUser,
};
use crate::mapping::records;
use crate::value::{
    Mapped, Text, author, flag, id, instant, lines, put_own, put_text, text, whole,
};

/// Version of this mapping; raised whenever a record would come out differently.
pub(super) const VERSION: u32 = 3;

/// What ids of contacts that are made of customers begin with (`made_ids` in the provider's data).
pub(super) const MADE_CONTACTS: &str = "customer:";

/// What the account tells elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tenant {
    /// Users a ticket can be assigned to.
    pub(super) assignable: BTreeSet<i64>,
    /// The address of each customer, which is its main person's, in the form addresses are compared in.
    pub(super) customer_emails: BTreeMap<i64, String>,
    /// The field that was chosen to tell the type of a contact.
    pub(super) contact_type_field: Option<String>,
}

records! {
    Tenant;
    SyncroCustomer<'a>, CompanyRecord, to_company, Batch::Companies;
    SyncroUser<'a>, TechnicianRecord, to_technician, Batch::Technicians;
    SyncroContact<'a>, ContactRecord, to_contact, Batch::Contacts;
    SyncroMainPerson<'a>, ContactRecord, to_main_contact, Batch::Contacts;
    SyncroTicket<'a>, TicketRecord, to_ticket, Batch::Tickets;
    SyncroComment<'a>, TicketNoteRecord, to_ticket_note, Batch::TicketNotes;
}

/// The account's own fields.
fn own_fields(properties: Option<Value>) -> Fields {
    let mut fields = Fields::new();
    if let Some(Value::Object(properties)) = properties {
        for (name, value) in properties {
            put_own(&mut fields, &name, Some(value));
        }
    }
    fields
}

/// First and further names of a full name, parted at the first blank.
fn parted(name: &str) -> (String, String) {
    let name = name.trim();
    let (first, last) = name.split_once(char::is_whitespace).unwrap_or((name, ""));
    (first.to_owned(), last.trim().to_owned())
}

/// A private person has no business name; then the customer is called like the person.
fn to_company(customer: SyncroCustomer<'_>, _tenant: &Tenant) -> Mapped<CompanyRecord> {
    let person = [&customer.firstname, &customer.lastname]
        .into_iter()
        .flatten()
        .map(|name| name.0.trim())
        .filter(|name| !name.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let name = text(customer.business_name)
        .or_else(|| text(customer.business_then_name))
        .unwrap_or_else(|| person.clone());
    let mut fields = own_fields(customer.properties);
    put_text(&mut fields, "email", customer.email);
    put_text(&mut fields, "mobile", customer.mobile);
    put_text(&mut fields, "main_person", Some(Text(person.into())));
    put_text(&mut fields, "notes", customer.notes);
    put_text(&mut fields, "referred_by", customer.referred_by);
    Ok(CompanyRecord {
        external_id: customer.id.to_string(),
        name,
        active: !flag(customer.disabled, false),
        phone: text(customer.phone),
        street: lines([customer.address, customer.address_2]),
        city: text(customer.city),
        state: text(customer.state),
        postal_code: text(customer.zip),
        created_at: instant("created_at", customer.created_at)?,
        updated_at: instant("updated_at", customer.updated_at)?,
        fields,
        ..CompanyRecord::default()
    })
}

/// The vendor tells no e-mail, title or state in the list of users; whoever cannot be assigned a ticket has left. Where
/// it does not say who can, nobody is known to have left.
fn to_technician(user: SyncroUser<'_>, tenant: &Tenant) -> Mapped<TechnicianRecord> {
    let mut fields = Fields::new();
    put_text(&mut fields, "group", user.group);
    let (first_name, last_name) = parted(&whole(user.full_name));
    Ok(TechnicianRecord {
        external_id: user.id.to_string(),
        first_name,
        last_name,
        email: text(user.email),
        title: None,
        active: tenant.assignable.is_empty() || tenant.assignable.contains(&user.id),
        person: true,
        fields,
    })
}

/// The custom field with the position of a contact.
const TITLE: &str = "title";

/// The type of a contact by the field that was chosen for it, which is then no other field any more; a position stays one.
fn type_of(field: &str, title: Option<&str>, properties: Option<&mut Value>) -> Option<Value> {
    let told = |text: &str| {
        let text = domain::text::without_nul(text.to_owned());
        let text = text.trim();
        (!text.is_empty()).then(|| Value::from(text))
    };
    if field == TITLE {
        return title.and_then(told);
    }
    let properties = properties?.as_object_mut()?;
    let kind = match properties.get(field)? {
        Value::String(text) => told(text),
        Value::Array(all) => {
            let texts: Vec<Value> = all.iter().filter_map(|one| told(one.as_str()?)).collect();
            (!texts.is_empty()).then_some(Value::Array(texts))
        }
        one @ (Value::Number(_) | Value::Bool(_)) => Some(one.to_string().into()),
        Value::Null | Value::Object(_) => None,
    }?;
    properties.remove(field);
    Some(kind)
}

/// A contact that left is deleted there, so every one is active. The main person is the one with the customer's own
/// address: the vendor has no flag for it.
fn to_contact(contact: SyncroContact<'_>, tenant: &Tenant) -> Mapped<ContactRecord> {
    let mut properties = contact.properties;
    let title = properties
        .as_mut()
        .and_then(Value::as_object_mut)
        .and_then(|properties| properties.remove(TITLE))
        .and_then(|title| {
            title
                .as_str()
                .map(|title| domain::text::without_nul(title.to_owned()))
        })
        .filter(|title| !title.is_empty());
    let chosen = tenant.contact_type_field.as_deref();
    let kind = chosen.and_then(|field| type_of(field, title.as_deref(), properties.as_mut()));
    let mut fields = own_fields(properties);
    fields.extend(kind.map(|kind| ("contact_type".to_owned(), kind)));
    put_text(&mut fields, "extension", contact.extension);
    put_text(&mut fields, "notes", contact.notes);
    let email = text(contact.email);
    let main = contact
        .customer_id
        .and_then(|customer| tenant.customer_emails.get(&customer));
    let own = email.as_deref().and_then(email_key);
    let (first_name, last_name) = parted(&whole(contact.name));
    Ok(ContactRecord {
        external_id: contact.id.to_string(),
        company_external_id: id(contact.customer_id),
        first_name,
        last_name,
        primary: main.is_some() && own.as_ref() == main,
        email,
        phone: text(contact.phone),
        mobile: text(contact.mobile),
        title,
        active: true,
        created_at: instant("created_at", contact.created_at)?,
        updated_at: instant("updated_at", contact.updated_at)?,
        fields,
    })
}

/// A customer's own person as a contact, for a customer whose address none of its contacts has.
fn to_main_contact(customer: SyncroMainPerson<'_>, _tenant: &Tenant) -> Mapped<ContactRecord> {
    let (first_name, last_name) = (whole(customer.firstname), whole(customer.lastname));
    let nameless = first_name.trim().is_empty() && last_name.trim().is_empty();
    let business = || text(customer.business_name).or_else(|| text(customer.business_then_name));
    Ok(ContactRecord {
        external_id: main_contact_id(customer.id),
        company_external_id: Some(customer.id.to_string()),
        first_name: if nameless {
            business().unwrap_or_default()
        } else {
            first_name
        },
        last_name,
        email: text(customer.email),
        active: true,
        primary: true,
        created_at: instant("created_at", customer.created_at)?,
        updated_at: instant("updated_at", customer.updated_at)?,
        ..ContactRecord::default()
    })
}

/// The id of the contact that is made of a customer.
pub(super) fn main_contact_id(customer: i64) -> String {
    format!("{MADE_CONTACTS}{customer}")
}

/// Status, priority and problem type are texts there, and their own ids. The first comment is what was asked; one that
/// is hidden from the client is no description, and where one of them cannot be read nobody knows which was the first.
fn to_ticket(ticket: SyncroTicket<'_>, _tenant: &Tenant) -> Mapped<TicketRecord> {
    let mut fields = own_fields(ticket.properties);
    let tags: Vec<_> = ticket
        .tag_list
        .unwrap_or_default()
        .into_iter()
        .map(|tag| tag.0.into_owned())
        .collect();
    put_text(&mut fields, "tags", Some(Text(tags.join(", ").into())));
    put_text(&mut fields, "contract", ticket.contract_name);
    put_text(&mut fields, "sla", ticket.sla_name);
    let comments = ticket.comments.unwrap_or_default();
    let all_read = comments.records.len() == comments.received;
    let first = comments
        .records
        .into_iter()
        .min_by_key(|comment| comment.id);
    let asked = first.filter(|comment| all_read && !is_hidden(comment));
    Ok(TicketRecord {
        external_id: ticket.id.to_string(),
        number: ticket.number.map(|number| number.0).unwrap_or_default(),
        title: whole(ticket.subject),
        description: asked
            .and_then(|comment| text(comment.body))
            .map(Body::plain),
        company_external_id: id(ticket.customer_id),
        contact_external_id: id(ticket
            .contact_id
            .or(ticket.contact.map(|contact| contact.id))),
        status_id: text(ticket.status),
        priority_id: text(ticket.priority),
        category_id: text(ticket.problem_type),
        type_id: id(ticket
            .ticket_type_id
            .or(ticket.ticket_type.map(|kind| kind.id))),
        technician_external_id: id(ticket.user_id),
        due_at: instant("due_date", ticket.due_date)?,
        created_at: instant("created_at", ticket.created_at)?,
        closed_at: instant("resolved_at", ticket.resolved_at)?,
        updated_at: instant("updated_at", ticket.updated_at)?,
        fields,
        ..TicketRecord::default()
    })
}

/// A comment whose visibility is unknown is internal (design 3).
pub(super) fn is_hidden(comment: &SyncroComment<'_>) -> bool {
    flag(comment.hidden, true)
}

/// The author is a user, or a name alone: what a customer wrote names no contact.
fn to_ticket_note(comment: SyncroComment<'_>, _tenant: &Tenant) -> Mapped<TicketNoteRecord> {
    let visibility = if is_hidden(&comment) {
        Visibility::Internal
    } else {
        Visibility::Public
    };
    let user = id(comment.user_id);
    Ok(TicketNoteRecord {
        external_id: comment.id.to_string(),
        ticket_external_id: id(comment.ticket_id).unwrap_or_default(),
        title: whole(comment.subject),
        body: Body::plain(whole(comment.body)),
        visibility,
        system: false,
        describes: false,
        contact_external_id: None,
        author: author(comment.tech, user.is_some()),
        technician_external_id: user,
        created_at: instant("created_at", comment.created_at)?,
        updated_at: instant("updated_at", comment.updated_at)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::Record;

    fn mapped<'a, W: Record<'a, Tenant = Tenant>>(json: &'a str, tenant: &Tenant) -> W::Ours {
        let record: W = serde_json::from_str(json).expect("the vendor's JSON");
        record.map(tenant).expect("it makes sense")
    }

    #[test]
    fn a_customer_is_a_company_or_a_person() {
        let list: Value =
            serde_json::from_str(include_str!("fixtures/customers.json")).expect("JSON");
        let at = |place: usize| list["customers"][place].to_string();
        let company: CompanyRecord = mapped::<SyncroCustomer<'_>>(&at(0), &Tenant::default());
        assert_eq!(company.name, "Klocko & Söhne");
        assert_eq!(
            (company.external_id.as_str(), company.active),
            ("34288070", true)
        );
        assert_eq!(company.street.as_deref(), Some("8 Quay Street\nFloor 2"));
        assert_eq!(company.fields["udf:Service Tier"], "Gold");
        assert_eq!(company.fields["main_person"], "Susy Ratke");
        assert_eq!(company.updated_at.map(|at| at.0), Some(1_766_480_001_053));
        assert!(
            company
                .fields
                .values()
                .all(|value| !value.to_string().contains("portal_key")),
            "the address with the key is not kept"
        );
        let person = mapped::<SyncroCustomer<'_>>(&at(1), &Tenant::default());
        assert_eq!(
            (person.name.as_str(), person.active),
            ("Walkin Customer", false)
        );
        assert!(!person.fields.contains_key("notes"));
    }

    #[test]
    fn the_main_person_is_the_one_with_the_customers_address() {
        let list: Value =
            serde_json::from_str(include_str!("fixtures/contacts.json")).expect("JSON");
        let at = |place: usize| list["contacts"][place].to_string();
        let tenant = Tenant {
            customer_emails: BTreeMap::from([(
                34_288_070,
                email_key("susy@klocko.example").expect("an address"),
            )]),
            ..Tenant::default()
        };
        let main = mapped::<SyncroContact<'_>>(&at(0), &tenant);
        assert!(main.primary && main.active);
        assert_eq!(
            (main.first_name.as_str(), main.last_name.as_str()),
            ("Susy", "Ratke de Vries")
        );
        assert_eq!(main.title.as_deref(), Some("Office manager"));
        assert_eq!(main.fields["udf:Contact Type"], "Approver");
        assert!(!main.fields.contains_key("udf:title"), "told once");
        let other = mapped::<SyncroContact<'_>>(&at(1), &tenant);
        assert!(!other.primary, "no address");
        assert!(!mapped::<SyncroContact<'_>>(&at(0), &Tenant::default()).primary);
    }

    #[test]
    fn a_type_is_a_value_of_the_chosen_field() {
        let contact = |field: Option<&str>, properties: &str| -> ContactRecord {
            let tenant = Tenant {
                contact_type_field: field.map(str::to_owned),
                ..Tenant::default()
            };
            let json = format!(r#"{{"id":1,"name":"Ann Roe","properties":{properties}}}"#);
            mapped::<SyncroContact<'_>>(&json, &tenant)
        };
        let of = |properties: &str| {
            let fields = contact(Some("Kind"), properties).fields;
            (fields.get("contact_type").cloned(), fields.len())
        };
        assert_eq!(of(r#"{"Kind":" VIP "}"#), (Some("VIP".into()), 1));
        let both = serde_json::json!(["VIP", "Billing"]);
        assert_eq!(of(r#"{"Kind":["VIP",""," Billing",7]}"#), (Some(both), 1));
        assert_eq!(of(r#"{"Kind":true,"Room":"5"}"#), (Some("true".into()), 2));
        assert_eq!(of(r#"{"Kind":"  "}"#).0, None);
        assert_eq!(of(r#"{"Kind":{"odd":1}}"#), (None, 1), "it stays a field");
        assert_eq!(of(r#"{"Other":"VIP"}"#), (None, 1));
        assert_eq!(of("null"), (None, 0));
        let position = contact(Some("title"), r#"{"title":"Head of IT"}"#);
        assert_eq!(position.title.as_deref(), Some("Head of IT"));
        assert_eq!(position.fields["contact_type"], "Head of IT");
        let none = contact(None, r#"{"Kind":"VIP"}"#);
        assert_eq!(none.fields["udf:Kind"], "VIP", "as long as nobody chose it");
    }

    #[test]
    fn who_can_be_assigned_is_active() {
        let json = r#"{"id":7,"email":"a@b.example","full_name":" Ann  Roe ","group":"Admins","admin?":true}"#;
        let tenant = Tenant {
            assignable: BTreeSet::from([7]),
            ..Tenant::default()
        };
        let there = mapped::<SyncroUser<'_>>(json, &tenant);
        assert_eq!(
            (
                there.first_name.as_str(),
                there.last_name.as_str(),
                there.active
            ),
            ("Ann", "Roe", true)
        );
        let others = Tenant {
            assignable: BTreeSet::from([8]),
            ..Tenant::default()
        };
        assert!(!mapped::<SyncroUser<'_>>(json, &others).active);
        let unknown = mapped::<SyncroUser<'_>>(json, &Tenant::default());
        assert!(unknown.active, "nobody is said to have left");
    }

    #[test]
    fn a_ticket_is_the_same_in_a_list_and_by_itself() {
        let row = include_str!("fixtures/ticket_row.json");
        let alone = include_str!("fixtures/ticket.json");
        let row = mapped::<SyncroTicket<'_>>(row, &Tenant::default());
        assert_eq!(row, mapped::<SyncroTicket<'_>>(alone, &Tenant::default()));
        assert_eq!(
            (row.number.as_str(), row.external_id.as_str()),
            ("5028", "108443837")
        );
        assert_eq!(row.status_id.as_deref(), Some("Waiting on Customer"));
        assert_eq!(row.category_id.as_deref(), Some("Hardware"));
        assert_eq!(row.type_id.as_deref(), Some("12"));
        assert_eq!(
            row.description.map(|body| body.text),
            Some("Since this morning.".to_owned())
        );
        assert_eq!(row.fields["tags"], "vip, portal");
        assert_eq!(
            row.created_at.map(|at| at.0),
            Some(1_770_714_813_422),
            "an offset is read"
        );
    }

    #[test]
    fn a_hidden_first_comment_is_no_description() {
        let json = r#"{"id":1,"subject":"x","comments":[
            {"id":9,"body":"a reply","hidden":false},{"id":3,"body":"for us","hidden":true}]}"#;
        assert_eq!(
            mapped::<SyncroTicket<'_>>(json, &Tenant::default()).description,
            None
        );
    }

    #[test]
    fn an_odd_comment_costs_the_description_and_not_the_ticket() {
        let described = |first: &str| {
            let json = format!(
                r#"{{"id":1,"subject":"x","comments":[{first},{{"id":9,"body":"a reply","hidden":false}}]}}"#
            );
            let ticket: TicketRecord = mapped::<SyncroTicket<'_>>(&json, &Tenant::default());
            ticket.description.map(|body| body.text)
        };
        assert_eq!(described(r#"{"id":3,"body":["odd"],"hidden":false}"#), None);
        let asked = described(r#"{"id":3,"body":"It smokes.","hidden":false}"#);
        assert_eq!(asked.as_deref(), Some("It smokes."));
    }

    #[test]
    fn a_customers_own_person_is_its_main_contact() {
        let json = r#"{"id":7,"business_name":"Klocko","firstname":"Susy","lastname":"Ratke","email":"S@klocko.example",
            "created_at":"2026-02-10T09:13:33.422Z","updated_at":"2026-02-10T09:13:33.422Z","disabled":true}"#;
        let contact = mapped::<SyncroMainPerson<'_>>(json, &Tenant::default());
        assert_eq!(contact.external_id, "customer:7");
        assert_eq!(contact.company_external_id.as_deref(), Some("7"));
        assert_eq!(
            (contact.first_name.as_str(), contact.last_name.as_str()),
            ("Susy", "Ratke")
        );
        assert!(contact.primary && contact.active && contact.updated_at.is_some());
        let json =
            r#"{"id":7,"business_name":"Klocko","firstname":" ","email":"s@klocko.example"}"#;
        let business = mapped::<SyncroMainPerson<'_>>(json, &Tenant::default());
        assert_eq!(business.first_name, "Klocko", "one without a person");
    }

    #[test]
    fn a_comment_has_the_name_of_its_author_where_it_has_no_user() {
        let note = |more: &str| {
            let json = format!(r#"{{"id":1,"ticket_id":2,"body":"x"{more}}}"#);
            let record: SyncroComment<'_> = serde_json::from_str(&json).expect("JSON");
            to_ticket_note(record, &Tenant::default()).expect("a note")
        };
        let client = note(r#","user_id":null,"tech":"René Strauß""#);
        assert_eq!(client.author.as_deref(), Some("René Strauß"));
        let ours = note(r#","user_id":7,"tech":"Ann Roe""#);
        assert_eq!(
            (ours.author, ours.technician_external_id.as_deref()),
            (None, Some("7"))
        );
        assert_eq!(note(r#","tech":" ""#).author, None);
        assert_eq!(note("").author, None);
    }

    #[test]
    fn comments_are_public_only_when_they_say_so() {
        let visibility = |hidden: &str| {
            let json = format!(r#"{{"id":1,"ticket_id":2,"body":"x"{hidden}}}"#);
            let record: SyncroComment<'_> = serde_json::from_str(&json).expect("JSON");
            to_ticket_note(record, &Tenant::default())
                .expect("a note")
                .visibility
        };
        assert_eq!(visibility(r#","hidden":false"#), Visibility::Public);
        assert_eq!(visibility(r#","hidden":true"#), Visibility::Internal);
        assert_eq!(visibility(r#","hidden":null"#), Visibility::Internal);
        assert_eq!(visibility(""), Visibility::Internal);
    }

    #[test]
    fn nonsense_is_named() {
        let record: SyncroTicket<'_> =
            serde_json::from_str(r#"{"id":1,"due_date":"soon"}"#).expect("JSON");
        assert_eq!(
            to_ticket(record, &Tenant::default())
                .expect_err("no date")
                .field,
            "due_date"
        );
    }
}
