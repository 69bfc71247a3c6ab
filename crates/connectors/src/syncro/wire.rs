//! The vendor's JSON: only the fields Portico uses, borrowed from the answer where they can be.
//!
//! Lists come under a key of their own with `meta` beside it, single records under another key or bare, users as pairs.
//! Dates stay text here; `map` reads them, so that it can name the field that holds nonsense.

use std::fmt;

use serde::de::{Deserializer, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::http::decode::Readable;
use crate::value::{Flag, Text};
use crate::walk::Announced;

/// What a list tells about its pages; tickets tell no numbers of records.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(super) struct SyncroMeta {
    pub(super) page: Option<u64>,
    pub(super) total_pages: Option<u64>,
    pub(super) total_entries: Option<u64>,
}

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct SyncroPage<T> {
    #[serde(
        alias = "customers",
        alias = "contacts",
        alias = "tickets",
        alias = "comments"
    )]
    pub(super) records: Vec<T>,
    pub(super) meta: Option<SyncroMeta>,
}

impl<T> SyncroPage<T> {
    /// Its records, and whether more follow, where it tells: a list without `meta` says nothing about it.
    pub(super) fn parts(self) -> (Vec<T>, Announced) {
        let meta = self.meta.unwrap_or_default();
        let pages = meta.total_pages.zip(meta.page);
        let more = pages.map(|(pages, page)| page < pages);
        (self.records, Announced { more, count: None })
    }
}

/// A single record where the vendor puts it under a key.
#[derive(Debug, Deserialize)]
pub(super) struct SyncroWrapped<'a> {
    #[serde(borrow, alias = "customer", alias = "ticket", alias = "user")]
    pub(super) record: &'a RawValue,
}

/// All users: pairs of id and name.
#[derive(Debug, Deserialize)]
pub(super) struct SyncroUsers<'a> {
    #[serde(borrow)]
    pub(super) users: Vec<&'a RawValue>,
}

/// The token's owner. The answer holds the token too; it is not read.
/// <https://api-docs.syncromsp.com/#/Me/get_me>
#[derive(Debug, Deserialize)]
pub(super) struct SyncroMe {
    pub(super) user_name: Option<String>,
    pub(super) subdomain: Option<String>,
}

/// <https://api-docs.syncromsp.com/#/Customer/get_customers>
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct SyncroCustomer<'a> {
    pub(super) id: i64,
    pub(super) business_name: Option<Text<'a>>,
    pub(super) business_then_name: Option<Text<'a>>,
    pub(super) firstname: Option<Text<'a>>,
    pub(super) lastname: Option<Text<'a>>,
    pub(super) email: Option<Text<'a>>,
    pub(super) phone: Option<Text<'a>>,
    pub(super) mobile: Option<Text<'a>>,
    pub(super) address: Option<Text<'a>>,
    pub(super) address_2: Option<Text<'a>>,
    pub(super) city: Option<Text<'a>>,
    pub(super) state: Option<Text<'a>>,
    pub(super) zip: Option<Text<'a>>,
    pub(super) notes: Option<Text<'a>>,
    pub(super) referred_by: Option<Text<'a>>,
    pub(super) disabled: Option<Flag>,
    pub(super) properties: Option<Value>,
    pub(super) created_at: Option<Text<'a>>,
    pub(super) updated_at: Option<Text<'a>>,
}

/// The main person of a customer, who need not be one of its contacts.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct SyncroMainPerson<'a> {
    pub(super) id: i64,
    pub(super) business_name: Option<Text<'a>>,
    pub(super) business_then_name: Option<Text<'a>>,
    pub(super) firstname: Option<Text<'a>>,
    pub(super) lastname: Option<Text<'a>>,
    pub(super) email: Option<Text<'a>>,
    pub(super) created_at: Option<Text<'a>>,
    pub(super) updated_at: Option<Text<'a>>,
}

/// <https://api-docs.syncromsp.com/#/Contact/get_contacts>
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct SyncroContact<'a> {
    pub(super) id: i64,
    pub(super) customer_id: Option<i64>,
    pub(super) name: Option<Text<'a>>,
    pub(super) email: Option<Text<'a>>,
    pub(super) phone: Option<Text<'a>>,
    pub(super) mobile: Option<Text<'a>>,
    pub(super) extension: Option<Text<'a>>,
    pub(super) notes: Option<Text<'a>>,
    pub(super) properties: Option<Value>,
    pub(super) created_at: Option<Text<'a>>,
    pub(super) updated_at: Option<Text<'a>>,
}

/// Whose contact one is.
#[derive(Debug, Deserialize)]
pub(super) struct SyncroContactCustomer {
    pub(super) customer_id: Option<i64>,
}

/// <https://api-docs.syncromsp.com/#/User/get_users__id_>
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct SyncroUser<'a> {
    pub(super) id: i64,
    pub(super) full_name: Option<Text<'a>>,
    pub(super) email: Option<Text<'a>>,
    pub(super) group: Option<Text<'a>>,
}

/// A ticket, as a row of a list or by itself: what only one of the two has is optional.
/// <https://api-docs.syncromsp.com/#/Ticket/get_tickets>
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct SyncroTicket<'a> {
    pub(super) id: i64,
    pub(super) number: Option<SyncroNumber>,
    pub(super) subject: Option<Text<'a>>,
    pub(super) customer_id: Option<i64>,
    pub(super) contact_id: Option<i64>,
    pub(super) contact: Option<SyncroId>,
    pub(super) user_id: Option<i64>,
    pub(super) status: Option<Text<'a>>,
    pub(super) problem_type: Option<Text<'a>>,
    pub(super) priority: Option<Text<'a>>,
    pub(super) ticket_type_id: Option<i64>,
    pub(super) ticket_type: Option<SyncroId>,
    pub(super) due_date: Option<Text<'a>>,
    pub(super) resolved_at: Option<Text<'a>>,
    pub(super) created_at: Option<Text<'a>>,
    pub(super) updated_at: Option<Text<'a>>,
    pub(super) properties: Option<Value>,
    pub(super) tag_list: Option<Vec<Text<'a>>>,
    /// In rows of lists only.
    pub(super) contract_name: Option<Text<'a>>,
    /// The same.
    pub(super) sla_name: Option<Text<'a>>,
    pub(super) comments: Option<Readable<SyncroComment<'a>>>,
}

/// <https://api-docs.syncromsp.com/#/Ticket/get_tickets__id__comments>
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct SyncroComment<'a> {
    pub(super) id: i64,
    pub(super) ticket_id: Option<i64>,
    pub(super) subject: Option<Text<'a>>,
    pub(super) body: Option<Text<'a>>,
    pub(super) hidden: Option<Flag>,
    pub(super) user_id: Option<i64>,
    /// The name that is shown for its author.
    pub(super) tech: Option<Text<'a>>,
    pub(super) created_at: Option<Text<'a>>,
    pub(super) updated_at: Option<Text<'a>>,
}

/// A record named by another one.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct SyncroId {
    pub(super) id: i64,
}

/// The number of a ticket, which accounts may make a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SyncroNumber(pub(super) String);

impl<'de> Deserialize<'de> for SyncroNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberVisitor;
        impl Visitor<'_> for NumberVisitor {
            type Value = SyncroNumber;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or a text")
            }

            fn visit_i64<E>(self, number: i64) -> Result<SyncroNumber, E> {
                Ok(SyncroNumber(number.to_string()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<SyncroNumber, E> {
                Ok(SyncroNumber(number.to_string()))
            }

            fn visit_str<E>(self, text: &str) -> Result<SyncroNumber, E> {
                Ok(SyncroNumber(domain::text::without_nul(text.to_owned())))
            }
        }
        deserializer.deserialize_any(NumberVisitor)
    }
}

/// Settings of tickets. <https://api-docs.syncromsp.com/#/Ticket/get_tickets_settings>
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SyncroTicketSettings {
    pub(super) ticket_status_list: Readable<String>,
    pub(super) ticket_types: Readable<SyncroTicketType>,
    /// Those a ticket can be assigned to: the vendor's only word on who is still there.
    pub(super) users: Readable<SyncroId>,
}

/// A type of ticket.
#[derive(Debug, Deserialize)]
pub(super) struct SyncroTicketType {
    pub(super) id: i64,
    pub(super) name: Option<String>,
    pub(super) disabled: Option<Flag>,
}

/// Settings of the account. <https://api-docs.syncromsp.com/#/Setting/get_settings>
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SyncroSettings {
    pub(super) ticket: SyncroTicketLists,
}

/// Lists for tickets among the settings of the account.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SyncroTicketLists {
    pub(super) problem_types: Readable<String>,
    pub(super) priorities: Readable<String>,
}

/// How the vendor says no; which key it uses depends on the part of it that does.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct SyncroRefusal {
    pub(super) message: Value,
    pub(super) errors: Value,
    pub(super) error: Value,
}

impl SyncroRefusal {
    /// Its words in one line.
    pub(super) fn words(&self) -> String {
        [&self.message, &self.errors, &self.error]
            .into_iter()
            .map(words_in)
            .find(|words| !words.is_empty())
            .unwrap_or_default()
    }
}

fn words_in(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let parts: Vec<_> = parts
                .iter()
                .map(words_in)
                .filter(|p| !p.is_empty())
                .collect();
            parts.join("; ")
        }
        Value::Object(parts) => {
            let parts = parts
                .iter()
                .map(|(key, part)| format!("{key} {}", words_in(part)));
            parts.collect::<Vec<_>>().join("; ")
        }
        _ => String::new(),
    }
}
