//! Talks to Syncro: one function per request, and what each refusal means.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use domain::clock::UtcMillis;
use domain::email::email_key;
use domain::side_list::SideList;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::{Mutex, OnceCell};

use super::config::Config;
use super::map::Tenant;
use super::probe::CUSTOMERS;
use super::wire::{
    SyncroMainPerson, SyncroMe, SyncroPage, SyncroRefusal, SyncroSettings, SyncroTicketSettings,
    SyncroUsers,
};
use crate::connector::Connect;
use crate::error::{Error, ErrorKind, Result};
use crate::http::decode::{Text, document, each};
use crate::http::exchange::{Api, Call, Place, read};
use crate::http::refusal::Refusal;
use crate::http::send::{Answer, Sender};
use crate::limits::{Limits, RequestLimit};
use crate::numbered::Window;
use crate::page::Beside;
use crate::probe::{Area, allowed};

/// Requests in a minute. The vendor allows 180 from one address; a third is left to other tools behind the same one.
const PER_MINUTE: RequestLimit = RequestLimit {
    count: 120,
    window: UtcMillis::MINUTE,
};

/// Most records asked for at once; more is not known to be understood.
pub(super) const LARGEST_PAGE: u32 = 100;

/// An account.
#[derive(Debug)]
pub(super) struct Account {
    root: String,
    headers: HeaderMap,
    limits: Limits,
}

impl Place for Account {
    fn root(&self) -> &str {
        &self.root
    }

    fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// One connection to Syncro.
pub(super) struct Client {
    pub(super) config: Config,
    sender: Sender,
    contact_type_field: Option<String>,
    account: Arc<Account>,
    assignable: OnceCell<BTreeSet<i64>>,
    listed: Mutex<Option<Arc<Listed>>>,
}

/// A user as the list has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// Ids, ascending.
    pub(super) ids: Vec<i64>,
    /// Entries that are no pairs of id and name.
    pub(super) unreadable: usize,
    /// The vendor's clock.
    pub(super) vendor_time: Option<UtcMillis>,
}

impl Client {
    /// Checks the credentials' form; sends nothing.
    ///
    /// # Errors
    /// `Invalid` with the form field that cannot be used.
    pub(super) fn new(connect: Connect) -> Result<Self> {
        let config = Config::new(&connect)?;
        let account = Account {
            root: config.root(),
            headers: config.headers()?,
            limits: Limits {
                account_key: config.account_key(),
                requests: Some(connect.allowed(PER_MINUTE)),
                concurrency: None,
            },
        };
        Ok(Self {
            sender: Sender::of(&connect, [&config.api_key])?,
            contact_type_field: connect.contact_type_field,
            config,
            account: Arc::new(account),
            assignable: OnceCell::new(),
            listed: Mutex::default(),
        })
    }

    /// Limits of the address requests come from.
    pub(super) fn limits(&self) -> &Limits {
        &self.account.limits
    }

    /// Who the token belongs to. Succeeds whatever else the token may do.
    /// <https://api-docs.syncromsp.com/#/Me/get_me>
    pub(super) async fn me(&self) -> Result<SyncroMe> {
        self.get("test the connection", "me", "me").await
    }

    /// <https://api-docs.syncromsp.com/#/Ticket/get_tickets_settings>
    pub(super) async fn ticket_settings(&self) -> Result<SyncroTicketSettings> {
        self.get(
            "read the ticket settings",
            "tickets/settings",
            "tickets/settings",
        )
        .await
    }

    /// <https://api-docs.syncromsp.com/#/Setting/get_settings>
    pub(super) async fn settings(&self) -> Result<SyncroSettings> {
        self.get("read the settings", "settings", "settings").await
    }

    async fn get<T>(
        &self,
        operation: &'static str,
        endpoint: &'static str,
        path: &'static str,
    ) -> Result<T>
    where
        T: for<'a> Deserialize<'a> + Send,
    {
        let make = |answer: &Answer| document(operation, Text::of(&answer.body).as_str());
        read(self, &Call::get(operation, endpoint, path), make).await
    }

    /// All users, those who left among them: pairs of id and name.
    /// <https://api-docs.syncromsp.com/#/User/get_users>
    pub(super) async fn users(&self) -> Result<Listed> {
        const OPERATION: &str = "list technicians";
        let make = |answer: &Answer| {
            let text = Text::of(&answer.body);
            let page: SyncroUsers<'_> = document(OPERATION, text.as_str())?;
            let pairs = page.users.iter();
            let pairs = pairs.map(|pair| serde_json::from_str::<(i64, Option<String>)>(pair.get()));
            let mut ids: Vec<i64> = pairs.filter_map(|pair| Some(pair.ok()?.0)).collect();
            let unreadable = page.users.len() - ids.len();
            ids.sort_unstable();
            ids.dedup();
            Ok(Listed {
                ids,
                unreadable,
                vendor_time: answer.vendor_time,
            })
        };
        read(self, &Call::get(OPERATION, "users", "users"), make).await
    }

    /// The list for a page of users, each of whom is asked for: read with the first page, the same for those after it.
    pub(super) async fn listed_users(&self, first_page: bool) -> Result<Arc<Listed>> {
        let mut known = self.listed.lock().await;
        if let Some(listed) = known.as_ref().filter(|_| !first_page) {
            return Ok(Arc::clone(listed));
        }
        let listed = Arc::new(self.users().await?);
        *known = Some(Arc::clone(&listed));
        Ok(listed)
    }

    /// Users a ticket can be assigned to: the vendor's only word on who is still there. Read once.
    pub(super) async fn assignable(&self) -> Result<BTreeSet<i64>> {
        let find = || async {
            let settings = self.ticket_settings().await?;
            Ok(settings
                .users
                .records
                .into_iter()
                .map(|user| user.id)
                .collect())
        };
        Ok(self.assignable.get_or_try_init(find).await?.clone())
    }

    /// The addresses of some customers, in the form addresses are compared in; `None` where the token may not list
    /// customers.
    /// <https://api-docs.syncromsp.com/#/Customer/get_customers>
    pub(super) async fn emails_of(
        &self,
        customers: &BTreeSet<i64>,
    ) -> Result<Option<BTreeMap<i64, String>>> {
        const OPERATION: &str = "read the main persons of customers";
        let mut emails = BTreeMap::new();
        let customers: Vec<i64> = customers.iter().copied().collect();
        for some in customers.chunks(LARGEST_PAGE as usize) {
            let mut call = Call::get(OPERATION, "customers", "customers")
                .with("include_disabled", "true")
                .with("per_page", LARGEST_PAGE.to_string());
            for id in some {
                call = call.with("id[]", id.to_string());
            }
            let make = |answer: &Answer| {
                let text = Text::of(&answer.body);
                let page: SyncroPage<&RawValue> = document(OPERATION, text.as_str())?;
                let (customers, _unreadable) =
                    each::<SyncroMainPerson<'_>>(&page.records, "id", text.repaired());
                let known = customers
                    .into_iter()
                    .filter_map(|customer| Some((customer.id, email_key(&customer.email?.0)?)));
                Ok(known.collect::<Vec<_>>())
            };
            let Some(known) = allowed(read(self, &call, make).await)? else {
                return Ok(None);
            };
            emails.extend(known);
        }
        Ok(Some(emails))
    }

    /// How many records a list has, where it tells.
    pub(super) async fn count(&self, call: &Call) -> Result<Option<u64>> {
        let make = |answer: &Answer| {
            let text = Text::of(&answer.body);
            let page: SyncroPage<serde::de::IgnoredAny> = document(call.operation, text.as_str())?;
            Ok(page.meta.and_then(|meta| meta.total_entries))
        };
        read(self, call, make).await
    }

    /// What the records of a page of contacts cannot be mapped without, and whether that may be read: else no contact is
    /// known to be the main one.
    pub(super) async fn tenant_of(&self, customers: &BTreeSet<i64>) -> Result<(Tenant, Beside)> {
        let emails = self.emails_of(customers).await?;
        let beside = CUSTOMERS.beside(SideList::MainContacts, emails.is_none());
        let tenant = Tenant {
            customer_emails: emails.unwrap_or_default(),
            contact_type_field: self.contact_type_field.clone(),
            ..Tenant::default()
        };
        Ok((tenant, beside))
    }
}

/// A page of a list.
pub(super) fn paged(call: Call, window: Window) -> Call {
    call.with("page", window.number.to_string())
        .with("per_page", window.size.to_string())
}

#[async_trait]
impl Api for Client {
    type Place = Account;

    fn sender(&self) -> &Sender {
        &self.sender
    }

    async fn place(&self) -> Result<Arc<Account>> {
        Ok(Arc::clone(&self.account))
    }

    /// Syncro answers a missing permission with 401 like a wrong token; only its words differ.
    fn areas(&self) -> &'static [Area] {
        &super::probe::AREAS
    }

    fn refusal(&self, operation: &'static str, answer: &Answer) -> Error {
        let body = serde_json::from_slice::<SyncroRefusal>(&answer.body).unwrap_or_default();
        let words = self.sender.redactor.message(&body.words());
        let lower = words.to_lowercase();
        let mut refusal = Refusal::by_status(answer, words);
        if answer.status == 401 && lower.contains("not authorized") && lower.contains("permission")
        {
            refusal.kind = ErrorKind::PermissionDenied;
        }
        let error = refusal.error("Syncro", operation, answer);
        if error.kind == ErrorKind::AuthFailed {
            return error.with_field("api_key");
        }
        error
    }
}
