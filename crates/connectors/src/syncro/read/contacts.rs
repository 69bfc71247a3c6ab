//! Contacts: those of the list, and after them the main persons of customers.
//!
//! The vendor has no flag for a customer's main contact; it knows a person by name and address with the customer itself.
//! Often one of the contacts has that address. Which of all these is the main contact is decided where they are stored: it
//! takes both lists to know, and a cursor that remembered one of them would grow with it.

use std::collections::BTreeSet;

use domain::email::email_key;
use domain::record::Batch;
use domain::stream::Stream;
use serde_json::value::RawValue;

use super::{
    Answer, Call, Cursor, Fetched, Page, PageRequest, Place, Result, Tenant, Text, Window,
    decode_of, document, list_of, map_of, page_of, paged, position, question, read, single,
    step_of, unwrapped,
};
use crate::http::decode::each;
use crate::mapping::Decoded;
use crate::probe::allowed;
use crate::syncro::client::{Client, LARGEST_PAGE};
use crate::syncro::probe;
use crate::syncro::wire::{SyncroContact, SyncroContactCustomer, SyncroMainPerson, SyncroPage};
use crate::walk::Position;

const OPERATION: &str = "read the main persons of customers";

/// What cursors among the customers begin with.
const CUSTOMERS: &str = "customers";

/// What cursors among the contacts begin with.
const CONTACTS: &str = "contacts";

/// Where the walk stands.
#[derive(Debug, PartialEq, Eq)]
struct Walk {
    /// Whether it is among the customers.
    customers: bool,
    /// Where in the list.
    inside: Option<Cursor>,
}

impl Walk {
    /// Reads a cursor: the list, where in the list. One of another connector is left to the list's own reading of it,
    /// which refuses it.
    fn read(cursor: Option<&Cursor>) -> Self {
        let parts = cursor.and_then(|Cursor(text)| text.split_once('/'));
        match parts {
            Some((list, inside)) if [CUSTOMERS, CONTACTS].contains(&list) => Self {
                customers: list == CUSTOMERS,
                inside: (!inside.is_empty()).then(|| Cursor(inside.to_owned())),
            },
            _ => Self {
                customers: false,
                inside: cursor.cloned(),
            },
        }
    }

    fn cursor(&self) -> Cursor {
        let list = if self.customers { CUSTOMERS } else { CONTACTS };
        let inside = self.inside.as_ref().map_or("", |inside| inside.0.as_str());
        Cursor(format!("{list}/{inside}"))
    }
}

/// Whether a cursor is one of contacts.
pub(super) fn knows(cursor: &Cursor) -> bool {
    Place::read(Walk::read(Some(cursor)).inside.as_ref()).is_ok()
}

/// One page.
pub(super) async fn page(client: &Client, request: &PageRequest<'_>) -> Result<Page> {
    let mut walk = Walk::read(request.cursor);
    let (place, window) = position(walk.inside.as_ref(), request)?;
    if !walk.customers {
        let mut page = listed(client, request, place, window).await?;
        walk.inside = page.next;
        walk.customers = walk.inside.is_none();
        page.next = Some(walk.cursor());
        return Ok(page);
    }
    // Without the right to list customers nobody is known to be the main person of one, and nobody to be it no more.
    let made = allowed(made(client, request, place, window).await)?;
    let mut page = made.unwrap_or_else(|| {
        let mut none = Page::of(Batch::Contacts(Vec::new()));
        none.findings.push(probe::CUSTOMERS.finding(true));
        none
    });
    walk.inside = page.next;
    page.next = walk.inside.is_some().then(|| walk.cursor());
    Ok(page)
}

/// Contacts of the list. They do not say who is the main one: that is found by the address of their customer.
async fn listed(
    client: &Client,
    request: &PageRequest<'_>,
    place: Place,
    window: Window,
) -> Result<Page> {
    let list = list_of(Stream::Contacts);
    let call = paged(question(Stream::Contacts, request.mode), window);
    let make = |answer: &Answer| {
        let text = Text::of(&answer.body);
        let page: SyncroPage<&RawValue> = document(list.operation, text.as_str())?;
        let customers = page.records.iter().filter_map(|raw| customer_of(raw));
        Ok((answer.body.clone(), answer.vendor_time, customers.collect()))
    };
    let (body, vendor_time, customers): (_, _, BTreeSet<i64>) = read(client, &call, make).await?;
    let (tenant, beside) = client.tenant_of(&customers).await?;
    let text = Text::of(&body);
    let (mut page, _) = map_of::<SyncroContact<'_>>(&list, &text, place, window, &tenant)?;
    page.vendor_time = vendor_time;
    page.beside.push(beside);
    Ok(page)
}

/// The customer of a contact.
pub(super) fn customer_of(raw: &RawValue) -> Option<i64> {
    let contact: SyncroContactCustomer = serde_json::from_str(raw.get()).ok()?;
    contact.customer_id
}

/// Main persons of a page of customers, of those that have an address. A customer that cannot be
/// read is set aside where companies are read.
async fn made(
    client: &Client,
    request: &PageRequest<'_>,
    place: Place,
    window: Window,
) -> Result<Page> {
    let list = list_of(Stream::Companies);
    let call = paged(question(Stream::Companies, request.mode), window);
    let make = |answer: &Answer| {
        let text = Text::of(&answer.body);
        let mut decoded = decode_of::<SyncroMainPerson<'_>>(&list, &text)?;
        let step = step_of(&list, &decoded, place, window)?;
        decoded.records.drain(..step.known);
        decoded
            .records
            .retain(|person| address_of(person).is_some());
        let decoded = Decoded {
            received: decoded.records.len(),
            unreadable: Vec::new(),
            ..decoded
        };
        let (mut page, _) = decoded.map(Position::default(), &Tenant::default());
        page.next = step.next;
        page.oddity = step.oddity;
        page.vendor_time = answer.vendor_time;
        Ok(page)
    };
    read(client, &call, make).await
}

/// An address in the form addresses are compared in.
fn address_of(person: &SyncroMainPerson<'_>) -> Option<String> {
    email_key(&person.email.as_ref()?.0)
}

/// The contact that is made of a customer: gone with it, with its address, and when one of its contacts has that.
pub(super) async fn made_of(client: &Client, customer: i64) -> Result<Fetched> {
    let path = format!("customers/{customer}");
    let Some((body, _)) = single(client, OPERATION, "customers", path).await? else {
        return Ok(Fetched::Gone);
    };
    let text = Text::of(&body);
    let raw = unwrapped(OPERATION, text.as_str())?;
    let (people, unreadable) = each::<SyncroMainPerson<'_>>(&[raw], "id", text.repaired());
    if let Some(person) = people.first() {
        let Some(address) = address_of(person) else {
            return Ok(Fetched::Gone);
        };
        if has_contact(client, customer, &address).await? {
            return Ok(Fetched::Gone);
        }
    }
    Ok(page_of(people, unreadable, &Tenant::default()).into())
}

/// Whether one of a customer's contacts has an address.
async fn has_contact(client: &Client, customer: i64, address: &str) -> Result<bool> {
    let list = list_of(Stream::Contacts);
    let mut place = Place::default();
    loop {
        let window = place.window(LARGEST_PAGE);
        let call = Call::get(OPERATION, "contacts", "contacts");
        let call = paged(call.with("customer_id", customer.to_string()), window);
        let make = |answer: &Answer| {
            let text = Text::of(&answer.body);
            let decoded = decode_of::<SyncroContact<'_>>(&list, &text)?;
            let step = step_of(&list, &decoded, place, window)?;
            let mut addresses = decoded.records.iter().filter_map(|contact| {
                let of_customer = contact.customer_id == Some(customer);
                email_key(&contact.email.as_ref()?.0).filter(|_| of_customer)
            });
            Ok((addresses.any(|one| one == address), step.next))
        };
        let (found, next) = read(client, &call, make).await?;
        match next {
            _ if found => return Ok(true),
            Some(cursor) => place = Place::read(Some(&cursor))?,
            None => return Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_tells_the_list_and_where_in_it() {
        for walk in [
            Walk {
                customers: false,
                inside: Some(Cursor("page:50:50:0:123".into())),
            },
            Walk {
                customers: true,
                inside: None,
            },
        ] {
            assert_eq!(Walk::read(Some(&walk.cursor())), walk);
        }
        let other = Cursor("of another connector".into());
        assert_eq!(Walk::read(Some(&other)).inside, Some(other));
    }

    #[test]
    fn cursors_of_an_older_version_are_not_taken_for_ones_of_this() {
        let cursor = |text: &str| Cursor(text.to_owned());
        assert!(knows(&cursor("contacts/page:50:50:0:123")));
        assert!(knows(&cursor("customers/")));
        // They had the customers between the list and where in it.
        assert!(!knows(&cursor("contacts/7,12/page:50:50:0:123")));
        assert!(!knows(&cursor("customers/7,12/")));
    }
}
