//! Talks to Autotask: zone, credentials, one function per request, and what each refusal means.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::clock::{SystemClock, UtcMillis};
use domain::hint::Hint;
use domain::stream::Stream;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use super::config::Config;
use super::map::Tenant;
use super::query::{LARGEST_PAGE, Position, field, source};
use super::reference::{api_licenses, default_audiences};
use super::wire::{
    AutotaskCount, AutotaskEntityInfo, AutotaskEntityInformation, AutotaskErrors, AutotaskField,
    AutotaskFields, AutotaskFilter, AutotaskQuery, AutotaskThreshold,
};
use super::zone::Zone;
use crate::connector::{Connect, Memory};
use crate::error::{Error, ErrorKind, Result};
use crate::http::client::{Proxy, Timeouts, build};
use crate::http::decode::{Text, document};
use crate::http::redact::Redactor;
use crate::http::retry::Retry;
use crate::http::send::{Answer, Request, Sender};
use crate::limits::Usage;

/// Requests between two looks at the tenant's own count.
const USAGE_EVERY: u32 = 200;

/// Wait after too many requests at once when the vendor names none: such a refusal passes within a request's time.
const THREAD_WAIT: i64 = UtcMillis::SECOND;

/// One connection to Autotask.
pub(super) struct Client {
    pub(super) config: Config,
    pub(super) sender: Sender,
    headers: HeaderMap,
    audiences: Option<Vec<String>>,
    pub(super) zone: Mutex<Option<Arc<Zone>>>,
    pub(super) memory: Arc<Memory>,
    public_audiences: OnceCell<BTreeSet<i64>>,
    api_licenses: OnceCell<BTreeSet<i64>>,
    since_usage: AtomicU32,
}

impl Client {
    /// Checks the credentials' form; sends nothing.
    ///
    /// # Errors
    /// `Invalid` with the form field that cannot be used.
    pub(super) fn new(connect: Connect) -> Result<Self> {
        let config = Config::new(&connect)?;
        let proxy = if config.is_replaced() {
            Proxy::None
        } else {
            Proxy::System
        };
        let sender = Sender {
            client: build(Timeouts::default(), proxy)?,
            permits: connect.permits,
            urgency: connect.urgency,
            requests: connect.requests,
            redactor: Redactor::new([&config.secret, &config.integration_code]),
            clock: Arc::new(SystemClock),
        };
        Ok(Self {
            headers: config.headers()?,
            config,
            sender,
            audiences: connect.public_note_audiences,
            zone: Mutex::new(None),
            memory: connect.memory,
            public_audiences: OnceCell::new(),
            api_licenses: OnceCell::new(),
            since_usage: AtomicU32::new(0),
        })
    }

    /// Sends one read and makes something of its answer, with short retries.
    async fn read<T>(
        &self,
        operation: &'static str,
        entity: &str,
        path: &str,
        query: Option<&AutotaskQuery>,
        make: impl Fn(&Answer) -> Result<T> + Send,
    ) -> Result<T> {
        let body = query.map(serde_json::to_vec).transpose().map_err(|error| {
            Error::new(
                ErrorKind::Unexpected,
                operation,
                "the question cannot be written as JSON",
            )
            .with_source(error)
        })?;
        let mut zone = self.zone().await?;
        let mut looked_again = false;
        let mut retry = Retry::reads();
        loop {
            let url = Url::parse(&format!("{}/V1.0/{path}", zone.root)).map_err(|error| {
                Error::new(
                    ErrorKind::Unexpected,
                    operation,
                    "the zone's address cannot be used",
                )
                .with_source(error)
            })?;
            let method = if body.is_some() {
                Method::POST
            } else {
                Method::GET
            };
            let request = Request {
                operation,
                endpoint: entity,
                method,
                url,
                headers: &self.headers,
                body: body.as_deref(),
            };
            let outcome = match self.sender.send(&zone.limits, &request).await {
                Ok(answer) if answer.is_success() => make(&answer),
                Ok(answer) => Err(self.refusal(operation, &answer)),
                Err(error) => Err(error),
            };
            let error = match outcome {
                Ok(made) => {
                    if self.since_usage.fetch_add(1, Ordering::Relaxed) % USAGE_EVERY
                        == USAGE_EVERY - 1
                    {
                        self.report_usage(&zone, None).await;
                    }
                    return Ok(made);
                }
                Err(error) => error,
            };
            if error.kind == ErrorKind::AuthFailed && !looked_again {
                looked_again = true;
                match self.moved_from(&zone).await? {
                    Some(new) => zone = new,
                    None => return Err(error),
                }
                continue;
            }
            // Refusals of our own permits have no status; the vendor need not be asked about them.
            if error.kind == ErrorKind::RateLimited && error.status.is_some() {
                self.report_usage(&zone, error.retry_after).await;
            }
            retry.wait_after(error).await?;
        }
    }

    /// Tells the permits what the tenant's own counter says, and how long the vendor wants to be left alone. Fails
    /// silently: the figure is a courtesy, and the next one comes soon.
    ///
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/General_Topics/REST_Thresholds_Limits.htm>
    async fn report_usage(&self, zone: &Zone, blocked_for: Option<i64>) {
        const ENDPOINT: &str = "ThresholdInformation";
        // Tell first, so that others stop while this asks.
        if blocked_for.is_some() {
            self.sender
                .permits
                .report(&zone.limits, None, blocked_for)
                .await;
        }
        let Ok(url) = Url::parse(&format!("{}/V1.0/{ENDPOINT}", zone.root)) else {
            return;
        };
        let request = Request {
            operation: "read the request count",
            endpoint: ENDPOINT,
            method: Method::GET,
            url,
            headers: &self.headers,
            body: None,
        };
        let Ok(answer) = self.sender.send(&zone.limits, &request).await else {
            return;
        };
        if !answer.is_success() {
            return;
        }
        let Ok(threshold) = serde_json::from_slice::<AutotaskThreshold>(&answer.body) else {
            return;
        };
        let at = answer
            .vendor_time
            .unwrap_or_else(|| self.sender.clock.now());
        let usage = Usage {
            used: threshold.used,
            limit: threshold.limit,
            at,
        };
        self.sender
            .permits
            .report(&zone.limits, Some(usage), None)
            .await;
    }

    /// One query. <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/API_Calls/REST_Basic_Query_Calls.htm>
    pub(super) async fn query<T>(
        &self,
        operation: &'static str,
        entity: &'static str,
        query: &AutotaskQuery,
        make: impl Fn(&Answer) -> Result<T> + Send,
    ) -> Result<T> {
        self.read(
            operation,
            entity,
            &format!("{entity}/query"),
            Some(query),
            make,
        )
        .await
    }

    /// How many records a query finds.
    pub(super) async fn count(
        &self,
        operation: &'static str,
        entity: &'static str,
        query: &AutotaskQuery,
    ) -> Result<u64> {
        let path = format!("{entity}/query/count");
        let count = |answer: &Answer| json::<AutotaskCount>(operation, answer);
        Ok(self
            .read(operation, entity, &path, Some(query), count)
            .await?
            .count)
    }

    /// The fields of an entity with their picklists.
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/API_Calls/REST_EntityInformationCall.htm>
    pub(super) async fn fields(&self, entity: &'static str) -> Result<Vec<AutotaskField>> {
        const OPERATION: &str = "read the fields";
        let path = format!("{entity}/entityInformation/fields");
        let fields = |answer: &Answer| json::<AutotaskFields>(OPERATION, answer);
        Ok(self
            .read(OPERATION, entity, &path, None, fields)
            .await?
            .fields)
    }

    /// What the API user may do with an entity.
    pub(super) async fn access(&self, entity: &'static str) -> Result<AutotaskEntityInfo> {
        const OPERATION: &str = "read the permissions";
        let path = format!("{entity}/entityInformation");
        let information = |answer: &Answer| json::<AutotaskEntityInformation>(OPERATION, answer);
        Ok(self
            .read(OPERATION, entity, &path, None, information)
            .await?
            .info)
    }

    /// Asks for one record, to see whether a query is allowed.
    pub(super) async fn try_query(
        &self,
        entity: &'static str,
        filter: AutotaskFilter,
    ) -> Result<()> {
        let query = AutotaskQuery {
            max_records: Some(1),
            include_fields: &["id"],
            filter: vec![filter],
        };
        self.query("test the connection", entity, &query, |_answer| Ok(()))
            .await
    }

    /// Every record of a small list, page by page.
    pub(super) async fn whole_list<T: Send>(
        &self,
        operation: &'static str,
        entity: &'static str,
        fields: &'static [&'static str],
        make: impl Fn(&Answer) -> Result<(Vec<T>, Option<i64>)> + Send + Sync,
    ) -> Result<Vec<T>> {
        let mut all = Vec::new();
        let mut filter = field("gte", "id", 0);
        loop {
            let query = AutotaskQuery {
                max_records: Some(LARGEST_PAGE),
                include_fields: fields,
                filter: vec![filter],
            };
            let (records, last) = self.query(operation, entity, &query, &make).await?;
            let full = records.len() >= LARGEST_PAGE as usize;
            all.extend(records);
            match last.filter(|_| full) {
                Some(last) => filter = field("gt", "id", last),
                None => return Ok(all),
            }
        }
    }

    /// What the records of a stream cannot be mapped without; each part is read once.
    pub(super) async fn tenant_for(&self, stream: Stream) -> Result<Tenant> {
        let mut tenant = Tenant::default();
        match stream {
            Stream::TicketNotes => {
                tenant.public_audiences.clone_from(
                    self.public_audiences
                        .get_or_try_init(|| self.read_audiences())
                        .await?,
                );
            }
            Stream::Technicians => {
                tenant.api_licenses.clone_from(
                    self.api_licenses
                        .get_or_try_init(|| self.read_api_licenses())
                        .await?,
                );
            }
            _ => {}
        }
        Ok(tenant)
    }

    async fn read_audiences(&self) -> Result<BTreeSet<i64>> {
        if let Some(chosen) = &self.audiences {
            return Ok(chosen
                .iter()
                .filter_map(|audience| audience.trim().parse().ok())
                .collect());
        }
        Ok(default_audiences(picklist(
            &self.fields("TicketNotes").await?,
            "publish",
        )))
    }

    async fn read_api_licenses(&self) -> Result<BTreeSet<i64>> {
        Ok(api_licenses(picklist(
            &self.fields("Resources").await?,
            "licenseType",
        )))
    }

    /// What an answer that is no success means.
    /// Autotask answers validation, permission and most business errors as 500 with `{"errors":[…]}`, its web server
    /// and gateways answer HTML (fact sheet, section 7).
    pub(super) fn refusal(&self, operation: &'static str, answer: &Answer) -> Error {
        let errors = serde_json::from_slice::<AutotaskErrors>(&answer.body).ok();
        let words = errors
            .as_ref()
            .map(|body| self.sender.redactor.message(&body.errors.join("; ")))
            .unwrap_or_default();
        let lower = words.to_lowercase();
        let thread_limit = lower.contains("itgenatr005") || lower.contains("thread threshold");
        let forbidden = [
            "permission",
            "not authorized",
            "security level",
            "access denied",
        ]
        .iter()
        .any(|text| lower.contains(text));
        let (kind, otherwise) = match answer.status {
            _ if thread_limit => (ErrorKind::RateLimited, "too many requests at once"),
            401 => (
                ErrorKind::AuthFailed,
                "Autotask did not accept the API username, secret and integration code.",
            ),
            403 => (
                ErrorKind::PermissionDenied,
                "the API user's security level does not allow this",
            ),
            429 => (
                ErrorKind::RateLimited,
                "the request limit of this Autotask is used up",
            ),
            500 if forbidden => (ErrorKind::PermissionDenied, ""),
            404 => (ErrorKind::NotFound, "Autotask has nothing at this address"),
            409 => (
                ErrorKind::Conflict,
                "this clashes with something that exists",
            ),
            500 if errors.is_some() => (
                ErrorKind::Invalid,
                "Autotask refused the request without a reason",
            ),
            500.. => (
                ErrorKind::Unavailable,
                "Autotask answers with an error page of its own",
            ),
            300..=399 => (
                ErrorKind::Unexpected,
                "Autotask sent us to another address, which was not followed",
            ),
            _ => (ErrorKind::Invalid, "Autotask refused the request"),
        };
        let message = if words.is_empty() {
            otherwise.to_owned()
        } else {
            words
        };
        let error = Error::new(kind, operation, message).with_status(answer.status);
        match kind {
            ErrorKind::AuthFailed => error.with_field("secret"),
            ErrorKind::RateLimited if thread_limit => {
                error.with_retry_after(Some(answer.retry_after.unwrap_or(THREAD_WAIT)))
            }
            ErrorKind::RateLimited | ErrorKind::Unavailable => {
                error.with_retry_after(answer.retry_after)
            }
            ErrorKind::PermissionDenied => error.with_hint(Hint::Permissions),
            _ => error,
        }
    }
}

/// An answer as one JSON document.
fn json<T: for<'a> Deserialize<'a>>(operation: &'static str, answer: &Answer) -> Result<T> {
    document(operation, Text::of(&answer.body).as_str())
}

/// The values of a picklist; empty when the entity has no such field.
pub(super) fn picklist<'a>(
    fields: &'a [AutotaskField],
    name: &str,
) -> &'a [super::wire::AutotaskPicklistValue] {
    let field = fields
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case(name));
    field
        .and_then(|field| field.values.as_deref())
        .unwrap_or_default()
}

/// The question for one record.
pub(super) fn by_id(stream: Stream, id: i64) -> AutotaskQuery {
    AutotaskQuery {
        max_records: Some(1),
        include_fields: source(stream).fields,
        filter: vec![field("eq", "id", id)],
    }
}

/// The question for the comments of one ticket after a position.
pub(super) fn notes_of(ticket: i64, position: Position) -> AutotaskQuery {
    position.query(
        source(Stream::TicketNotes),
        LARGEST_PAGE,
        vec![field("eq", "ticketID", ticket)],
    )
}
