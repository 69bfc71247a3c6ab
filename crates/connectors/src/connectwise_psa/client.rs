//! Talks to ConnectWise PSA: one function per kind of request, both ways of paging, and what each refusal means.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use domain::clock::UtcMillis;
use domain::stream::Stream;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LINK};
use serde::Deserialize;
use tokio::sync::OnceCell;

use super::base::Base;
use super::communications::Missing;
use super::config::Config;
use super::forecast::Refused;
use super::map::{Tenant, means_inactive};
use super::sites::Sites;
use super::wire::{CwCount, CwError, CwId, CwValue};
use crate::connector::{Connect, Memory};
use crate::error::{Error, ErrorKind, Result};
use crate::http::decode::{Readable, Text, document};
use crate::http::exchange::{Api, Call, Kept, read};
use crate::http::refusal::Refusal;
use crate::http::send::{Answer, Sender};
use crate::probe::Area;
use crate::walk::Position;

/// Most records in a page.
pub(super) const LARGEST_PAGE: u32 = 1_000;

/// The page that is halved no more when it is refused.
const SMALLEST_PAGE: u32 = 100;

/// Most pages of a set-up table: 10,000 statuses are ten; a table that goes on longer goes round in circles.
const MOST_PAGES: u32 = 200;

/// One connection to ConnectWise PSA.
pub(super) struct Client {
    pub(super) config: Config,
    pub(super) sender: Sender,
    pub(super) headers: HeaderMap,
    pub(super) memory: Arc<Memory>,
    pub(super) base_key: String,
    pub(super) notes_key: String,
    base: Kept<Base>,
    inactive: OnceCell<BTreeSet<i64>>,
    /// Most records in a page of this server: older ones refuse pages as large as others make. All connectors of the
    /// process share it.
    largest_page: Arc<AtomicU32>,
    pub(super) no_forecasts: Refused,
    pub(super) no_communications: Missing,
    pub(super) sites: Sites,
}

impl Client {
    /// Checks the credentials' form; sends nothing.
    ///
    /// # Errors
    /// `Invalid` with the form field that cannot be used.
    pub(super) fn new(connect: Connect) -> Result<Self> {
        let config = Config::new(&connect)?;
        let pair = config.pair();
        let sender = Sender::of(&connect, [&config.private_key, &pair, &config.client_id])?;
        Ok(Self {
            headers: config.headers()?,
            base_key: connect.memory_key("connectwise_psa base"),
            notes_key: connect.memory_key("connectwise_psa notes"),
            largest_page: known_largest_page(&connect, &sender),
            config,
            sender,
            memory: connect.memory,
            base: Kept::default(),
            inactive: OnceCell::new(),
            no_forecasts: Refused::default(),
            no_communications: Missing::default(),
            sites: Sites::default(),
        })
    }

    /// One page of records above an id, in the order of their ids: the vendor's forward-only paging.
    /// <https://developer.connectwise.com/Products/ConnectWise_PSA/Developer_Guide#Pagination>
    pub(super) async fn forward<T: Send>(
        &self,
        operation: &'static str,
        path: &'static str,
        conditions: &str,
        position: Position,
        page_size: u32,
        make: impl Fn(&Answer) -> Result<T> + Send + Sync,
    ) -> Result<T> {
        loop {
            let size = self.at_most(page_size);
            let mut call = Call::get(operation, path, path);
            if !conditions.is_empty() {
                call = call.with("conditions", conditions);
            }
            call = call.with("pageSize", size.to_string());
            if let Some(last) = position.last {
                call = call.with("pageId", last.to_string());
            }
            call.header = Some((
                HeaderName::from_static("pagination-type"),
                HeaderValue::from_static("forward-only"),
            ));
            match read(self, &call, &make).await {
                Err(error) if self.shrinks(size, &error) => {}
                outcome => return outcome,
            }
        }
    }

    /// Records to ask for, where so many are wanted.
    pub(super) fn at_most(&self, wanted: u32) -> u32 {
        wanted.min(self.largest_page.load(Ordering::Relaxed))
    }

    /// Whether a page of this size was refused for its size, and a smaller one is to be asked for. The size is kept for as
    /// long as the process runs.
    fn shrinks(&self, size: u32, error: &Error) -> bool {
        let shrinks = is_page_too_large(error) && size > SMALLEST_PAGE;
        if shrinks {
            self.largest_page.fetch_min(size / 2, Ordering::Relaxed);
        }
        shrinks
    }

    /// A whole list by numbered pages, for lists that are small or not in the order of ids. `order` is a field whose order
    /// keeps records on their page; notes come in the order of time and know no other. `make` answers what it made of a
    /// page and how many records that had.
    pub(super) async fn numbered<T: Send>(
        &self,
        operation: &'static str,
        endpoint: &'static str,
        path: &str,
        order: Option<&'static str>,
        make: impl Fn(&Answer) -> Result<(T, usize)> + Send + Sync,
    ) -> Result<Vec<T>> {
        let mut pages = Vec::new();
        let (mut size, mut number) = (self.at_most(LARGEST_PAGE), 1_u32);
        while number <= MOST_PAGES {
            let call = Call::get(operation, endpoint, path)
                .with("pageSize", size.to_string())
                .with("page", number.to_string());
            let call = order
                .into_iter()
                .fold(call, |call, order| call.with("orderBy", order));
            let page = |answer: &Answer| Ok((make(answer)?, leads_on(answer)));
            let ((made, received), more) = match read(self, &call, page).await {
                Err(error) if self.shrinks(size, &error) => {
                    // Numbers count pages of one size.
                    pages.clear();
                    (size, number) = (self.at_most(LARGEST_PAGE), 1);
                    continue;
                }
                outcome => outcome?,
            };
            pages.push(made);
            number += 1;
            let full = received >= size as usize;
            // A page may be capped smaller than asked; only the header tells then.
            if received == 0 || !(full || more) {
                return Ok(pages);
            }
        }
        let message = format!("the list has more than {MOST_PAGES} pages");
        Err(Error::new(ErrorKind::Unexpected, operation, message))
    }

    /// The values of a set-up table.
    pub(super) async fn table<T: Send>(
        &self,
        path: &str,
        make: impl Fn(usize, CwValue<'_>) -> T + Send + Sync,
    ) -> Result<Vec<T>> {
        const OPERATION: &str = "read the set-up tables";
        let of = |answer: &Answer| {
            let text = Text::of(&answer.body);
            let values: Readable<CwValue<'_>> = document(OPERATION, text.as_str())?;
            let records = values.records.into_iter().enumerate();
            let made: Vec<T> = records.map(|(place, value)| make(place, value)).collect();
            Ok((made, values.received))
        };
        let endpoint = "set-up tables";
        let pages = self
            .numbered(OPERATION, endpoint, path, Some("id asc"), of)
            .await?;
        Ok(pages.into_iter().flatten().collect())
    }

    /// How many records a list has.
    pub(super) async fn count(&self, path: &'static str, conditions: &str) -> Result<u64> {
        const OPERATION: &str = "count records";
        let mut call = Call::get(OPERATION, path, format!("{path}/count"));
        if !conditions.is_empty() {
            call = call.with("conditions", conditions);
        }
        let count = |answer: &Answer| json::<CwCount>(OPERATION, answer);
        Ok(read(self, &call, count).await?.count)
    }

    /// Asks for one record, to see whether an area may be read.
    pub(super) async fn try_list(&self, path: &'static str) -> Result<()> {
        let call = Call::get("test the connection", path, path).with("pageSize", "1");
        read(self, &call, |_answer| Ok(())).await
    }

    /// Asks for what stands below some record of a list, to see whether the right is there. Where there is no record nothing
    /// is refused.
    pub(super) async fn try_below(
        &self,
        endpoint: &'static str,
        list: &'static str,
        below: &'static str,
    ) -> Result<()> {
        const OPERATION: &str = "test the connection";
        let call = Call::get(OPERATION, endpoint, list);
        let call = call.with("pageSize", "1").with("fields", "id");
        let first = |answer: &Answer| {
            let list: Vec<CwId> = json(OPERATION, answer)?;
            Ok(list.first().map(|one| one.id))
        };
        let Some(id) = read(self, &call, first).await? else {
            return Ok(());
        };
        let path = format!("{list}/{id}/{below}");
        let call = Call::get(OPERATION, endpoint, path).with("pageSize", "1");
        match read(self, &call, |_answer| Ok(())).await {
            Err(error) if is_missing_record(&error) => Ok(()),
            other => other,
        }
    }

    /// Proves that the keys work.
    pub(super) async fn try_keys(&self) -> Result<()> {
        let call = Call::get("test the connection", "system/info", "system/info");
        read(self, &call, |_answer| Ok(())).await
    }

    /// What the records of a stream cannot be mapped without; read once.
    pub(super) async fn tenant_for(&self, stream: Stream) -> Result<Tenant> {
        if stream != Stream::Companies {
            return Ok(Tenant::default());
        }
        let inactive = self.inactive.get_or_try_init(|| self.inactive_statuses());
        Ok(Tenant {
            inactive_statuses: inactive.await?.clone(),
        })
    }

    async fn inactive_statuses(&self) -> Result<BTreeSet<i64>> {
        let values = self.table(
            "company/companies/statuses",
            |_: usize, value: CwValue<'_>| means_inactive(&value).then_some(value.id),
        );
        Ok(values.await?.into_iter().flatten().collect())
    }
}

/// Most records in a page, as far as this process knows the server.
fn known_largest_page(connect: &Connect, sender: &Sender) -> Arc<AtomicU32> {
    let key = connect.memory_key("connectwise_psa largest page");
    let known = connect.memory.kept(&key, UtcMillis(i64::MIN));
    known.unwrap_or_else(|| {
        let largest = Arc::new(AtomicU32::new(LARGEST_PAGE));
        let now = sender.clock.now();
        connect.memory.keep(key, now, Arc::clone(&largest));
        largest
    })
}

#[async_trait]
impl Api for Client {
    type Place = Base;

    fn sender(&self) -> &Sender {
        &self.sender
    }

    /// The vendor minds how much a tenant is asked at once, whatever is asked for.
    fn counted_under<'c>(&self, _call: &'c Call) -> &'c str {
        "all"
    }

    async fn place(&self) -> Result<Arc<Base>> {
        let now = self.sender.clock.now();
        self.base.get(now, self.find_base()).await
    }

    /// After an upgrade every address of the old codebase answers *not found*; a record that does not exist is told apart.
    async fn renewed(&self, refused: &Base, error: &Error) -> Result<Option<Arc<Base>>> {
        if error.kind != ErrorKind::NotFound || is_missing_record(error) {
            return Ok(None);
        }
        self.base.renew(refused, self.look_up_base()).await
    }

    /// <https://developer.connectwise.com/Best_Practices/PSA_API_Requests>
    fn areas(&self) -> &'static [Area] {
        &super::probe::AREAS
    }

    fn refusal(&self, operation: &'static str, answer: &Answer) -> Error {
        let body: CwError = serde_json::from_slice(&answer.body).unwrap_or_default();
        let code = body.code.unwrap_or_default();
        let issues = body.errors.unwrap_or_default();
        let of_size = |text: &String| text.to_lowercase().contains("pagesize");
        let fields = issues.iter().filter_map(|issue| issue.field.as_ref());
        let mut said = fields.chain(&body.message);
        let too_large = answer.status == 400 && said.any(of_size);
        let issues = issues.into_iter().filter_map(|issue| issue.message);
        let words: Vec<String> = body.message.into_iter().chain(issues).collect();
        let words = self.sender.redactor.message(&words.join(" "));
        let mut refusal = Refusal::by_status(answer, words);
        if refusal.kind == ErrorKind::AuthFailed {
            let client_id = refusal.words.to_lowercase().contains("clientid");
            let said = std::mem::take(&mut refusal.words);
            refusal.words = format!(
                "ConnectWise did not accept the company ID, public key, private key and client ID{}",
                if said.is_empty() {
                    ".".to_owned()
                } else {
                    format!(" ({said}).")
                }
            );
            let error = refusal.error("ConnectWise", operation, answer);
            return if client_id {
                error.with_field("client_id")
            } else {
                error.with_field("private_key").with_among(&[
                    "public_key",
                    "private_key",
                    "client_id",
                ])
            };
        }
        if code.is_empty() && refusal.kind == ErrorKind::NotFound {
            refusal.words.clear();
        }
        let error = refusal.error("ConnectWise", operation, answer);
        if code == "NotFound" {
            error.with_source(MissingRecord)
        } else if too_large {
            error.with_source(PageTooLarge)
        } else {
            error
        }
    }
}

/// The vendor's code for a record that does not exist; of an address that does not exist it says `ConnectWiseApi`.
#[derive(Debug)]
struct MissingRecord;

impl fmt::Display for MissingRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the product says that there is no such record")
    }
}

impl std::error::Error for MissingRecord {}

/// The server makes no pages as large as the one asked for.
#[derive(Debug)]
struct PageTooLarge;

impl fmt::Display for PageTooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the product makes no pages of this size")
    }
}

impl std::error::Error for PageTooLarge {}

fn is_page_too_large(error: &Error) -> bool {
    let source = error.source.as_ref();
    source.is_some_and(|source| source.is::<PageTooLarge>())
}

/// Whether the product itself says that a record does not exist.
pub(super) fn is_missing_record(error: &Error) -> bool {
    let source = error.source.as_ref();
    error.kind == ErrorKind::NotFound && source.is_some_and(|source| source.is::<MissingRecord>())
}

/// Whether more follows an answer, as its `Link` header tells; it is empty behind the last page of forward-only paging.
pub(super) fn leads_on(answer: &Answer) -> bool {
    let links = answer.headers.get_all(LINK).iter();
    let mut links = links.filter_map(|link| link.to_str().ok());
    links.any(|link| link.to_lowercase().contains("rel=\"next\""))
}

/// An answer as one JSON document.
fn json<T: for<'a> Deserialize<'a>>(operation: &'static str, answer: &Answer) -> Result<T> {
    document(operation, Text::of(&answer.body).as_str())
}
