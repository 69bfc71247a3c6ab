//! Talks to Autotask: zone, credentials, one function per request, and what each refusal means.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use domain::clock::UtcMillis;
use domain::stream::Stream;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use tokio::sync::OnceCell;
use url::Url;

use super::NAME;
use super::config::Config;
use super::map::Tenant;
use super::query::{LARGEST_PAGE, field, page, source};
use super::reference::{api_licenses, default_audiences};
use super::wire::{
    AutotaskCount, AutotaskEntityInfo, AutotaskEntityInformation, AutotaskErrors, AutotaskField,
    AutotaskFields, AutotaskFilter, AutotaskQuery, AutotaskThreshold,
};
use super::zone::Zone;
use crate::connector::{Connect, Memory};
use crate::error::{Error, ErrorKind, Result};
use crate::http::decode::{Text, document};
use crate::http::exchange::{Api, Call, Kept, Place, read};
use crate::http::refusal::Refusal;
use crate::http::send::{Answer, Request, Sender};
use crate::limits::Usage;
use crate::probe::Area;
use crate::walk::{Position, Seen, go_on};

/// Requests between two looks at the tenant's own count.
const USAGE_EVERY: u32 = 200;

/// Wait after too many requests at once when the vendor names none: such a refusal passes within a request's time.
const THREAD_WAIT: i64 = UtcMillis::SECOND;

/// One connection to Autotask.
pub(super) struct Client {
    pub(super) config: Config,
    pub(super) sender: Sender,
    pub(super) headers: HeaderMap,
    audiences: Option<Vec<String>>,
    zone: Kept<Zone>,
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
        let sender = Sender::of(&connect, [&config.secret, &config.integration_code])?;
        Ok(Self {
            headers: config.headers()?,
            config,
            sender,
            audiences: connect.public_note_audiences,
            zone: Kept::default(),
            memory: connect.memory,
            public_audiences: OnceCell::new(),
            api_licenses: OnceCell::new(),
            since_usage: AtomicU32::new(0),
        })
    }

    /// Tells the permits what the tenant's own counter says. Fails silently: the figure is a courtesy, and the next one
    /// comes soon.
    ///
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/General_Topics/REST_Thresholds_Limits.htm>
    async fn report_usage(&self, zone: &Zone) {
        const ENDPOINT: &str = "ThresholdInformation";
        let Ok(url) = Url::parse(&format!("{}/{ENDPOINT}", zone.root())) else {
            return;
        };
        let request = Request {
            operation: "read the request count",
            endpoint: ENDPOINT,
            method: Method::GET,
            url,
            headers: zone.headers(),
            body: None,
        };
        let Ok(answer) = self.sender.send(zone.limits(), &request).await else {
            return;
        };
        if !answer.is_success() {
            return;
        }
        let Ok(threshold) = serde_json::from_slice::<AutotaskThreshold>(&answer.body) else {
            return;
        };
        // By our clock, which the age of the report is reckoned with; the vendor's may be an hour off.
        let at = self.sender.clock.now();
        let usage = Usage {
            used: threshold.used,
            limit: threshold.limit,
            at,
        };
        self.sender
            .permits
            .report(zone.limits(), Some(usage), None)
            .await;
    }

    /// One query. <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/API_Calls/REST_Basic_Query_Calls.htm>
    pub(super) async fn query<T>(
        &self,
        operation: &'static str,
        entity: &'static str,
        query: &AutotaskQuery,
        make: impl Fn(&Answer) -> Result<T> + Send + Sync,
    ) -> Result<T>
    where
        T: Send,
    {
        let call = Call::ask(operation, entity, format!("{entity}/query"), query)?;
        read(self, &call, make).await
    }

    /// How many records a query finds.
    pub(super) async fn count(
        &self,
        operation: &'static str,
        entity: &'static str,
        query: &AutotaskQuery,
    ) -> Result<u64> {
        let call = Call::ask(operation, entity, format!("{entity}/query/count"), query)?;
        let count = |answer: &Answer| json::<AutotaskCount>(operation, answer);
        Ok(read(self, &call, count).await?.count)
    }

    /// The fields of an entity with their picklists.
    /// <https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/API_Calls/REST_EntityInformationCall.htm>
    pub(super) async fn fields(&self, entity: &'static str) -> Result<Vec<AutotaskField>> {
        const OPERATION: &str = "read the fields";
        let path = format!("{entity}/entityInformation/fields");
        let fields = |answer: &Answer| json::<AutotaskFields>(OPERATION, answer);
        let call = Call::get(OPERATION, entity, path);
        Ok(read(self, &call, fields).await?.fields)
    }

    /// What the API user may do with an entity.
    pub(super) async fn access(&self, entity: &'static str) -> Result<AutotaskEntityInfo> {
        const OPERATION: &str = "read the permissions";
        let path = format!("{entity}/entityInformation");
        let information = |answer: &Answer| json::<AutotaskEntityInformation>(OPERATION, answer);
        let call = Call::get(OPERATION, entity, path);
        Ok(read(self, &call, information).await?.info)
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

    /// Every record of a small list that fits the conditions, page by page, by the same rule as a stream: a page is the last when the vendor
    /// announces no more, not when it is smaller than asked.
    pub(super) async fn whole_list<T: Send>(
        &self,
        operation: &'static str,
        entity: &'static str,
        fields: &'static [&'static str],
        conditions: &[AutotaskFilter],
        make: impl Fn(&Answer, Position) -> Result<(Vec<T>, Seen)> + Send + Sync,
    ) -> Result<Vec<T>> {
        let mut all = Vec::new();
        let mut position = Position::default();
        loop {
            let mut filter = vec![match position.last {
                Some(last) => field("gt", "id", last),
                None => field("gte", "id", 0),
            }];
            filter.extend_from_slice(conditions);
            let query = AutotaskQuery {
                max_records: Some(LARGEST_PAGE),
                include_fields: fields,
                filter,
            };
            let read = |answer: &Answer| make(answer, position);
            let (records, seen) = self.query(operation, entity, &query, read).await?;
            all.extend(records);
            match go_on(NAME, operation, position, LARGEST_PAGE, &seen)?.0 {
                Some(next) => position = Position::read(Some(&next))?,
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
}

#[async_trait]
impl Api for Client {
    type Place = Zone;

    fn sender(&self) -> &Sender {
        &self.sender
    }

    async fn place(&self) -> Result<Arc<Zone>> {
        let now = self.sender.clock.now();
        self.zone.get(now, self.find_zone()).await
    }

    /// A tenant that was moved refuses at its old address.
    async fn renewed(&self, refused: &Zone, error: &Error) -> Result<Option<Arc<Zone>>> {
        if error.kind != ErrorKind::AuthFailed || self.config.zone_url.is_some() {
            return Ok(None);
        }
        self.zone.renew(refused, self.look_up_zone()).await
    }

    async fn answered(&self, zone: &Zone, limited: bool) {
        let turn = !limited
            && self.since_usage.fetch_add(1, Ordering::Relaxed) % USAGE_EVERY == USAGE_EVERY - 1;
        if limited || turn {
            self.report_usage(zone).await;
        }
    }

    /// Autotask answers validation, permission and most business errors as 500 with `{"errors":[…]}`, its web server
    /// and gateways answer HTML (fact sheet, section 7).
    fn areas(&self) -> &'static [Area] {
        &super::probe::AREAS
    }

    fn refusal(&self, operation: &'static str, answer: &Answer) -> Error {
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
        let mut refusal = Refusal::by_status(answer, words);
        refusal.kind = match answer.status {
            _ if thread_limit => ErrorKind::RateLimited,
            500 if forbidden => ErrorKind::PermissionDenied,
            500 if errors.is_some() => ErrorKind::Invalid,
            _ => refusal.kind,
        };
        let error = refusal.error("Autotask", operation, answer);
        match error.kind {
            // Whose zone was looked up is a user that Autotask knows.
            ErrorKind::AuthFailed => {
                error
                    .with_field("secret")
                    .with_among(if self.config.zone_url.is_some() {
                        &["user_name", "secret", "integration_code"]
                    } else {
                        &["secret", "integration_code"]
                    })
            }
            ErrorKind::RateLimited if thread_limit => {
                error.with_retry_after(Some(answer.retry_after.unwrap_or(THREAD_WAIT)))
            }
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
        .and_then(|field| field.values.as_ref())
        .map_or(&[], |values| &values.records)
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
    page(
        position,
        source(Stream::TicketNotes),
        LARGEST_PAGE,
        vec![field("eq", "ticketID", ticket)],
    )
}
