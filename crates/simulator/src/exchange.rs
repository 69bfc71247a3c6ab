//! A request and an answer, free of the HTTP library, and what a vendor must be able to do.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::SandboxError;
use crate::courier::Disorder;
use crate::fault::{FaultKind, Reach};
use crate::state::{Change, StateLog};
use crate::world::World;

/// A request as a vendor sees it.
#[derive(Debug)]
pub struct Call {
    /// HTTP method.
    pub method: Method,
    /// Path as sent.
    pub path: String,
    /// Query as sent, without the question mark.
    pub query: String,
    /// Header fields.
    pub headers: HeaderMap,
    /// Body after any decompression.
    pub body: Bytes,
}

impl Call {
    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A decoded query parameter, its name compared without regard to case.
    pub fn parameter(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.into_owned())
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Content type.
    pub content_type: Cow<'static, str>,
    /// Seconds for a `Retry-After` header.
    pub retry_after: Option<u32>,
    /// Further header fields.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// Records in the body, for the journal.
    pub records: Option<usize>,
    /// What in it a fault of the content can harm.
    pub reach: Reach,
}

impl Answer {
    /// A JSON answer from finished text.
    pub fn json_text(status: u16, body: String) -> Self {
        Self {
            status,
            content_type: Cow::Borrowed("application/json; charset=utf-8"),
            retry_after: None,
            headers: Vec::new(),
            body: body.into_bytes(),
            records: None,
            reach: Reach::default(),
        }
    }

    /// The same with what a fault of the content can harm.
    pub fn open_to(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    /// The same, telling how many records there are.
    pub fn with_total(mut self) -> Self {
        self.reach.total = true;
        self
    }

    /// A JSON answer.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::json_text(status, body.to_string())
    }

    /// An HTML answer.
    pub fn html(status: u16, body: String) -> Self {
        Self {
            content_type: Cow::Borrowed("text/html; charset=utf-8"),
            ..Self::json_text(status, body)
        }
    }
}

/// Whether a request may go on, and how slowly.
pub struct Admission {
    /// The refusal, when a limit is reached.
    pub refusal: Option<Answer>,
    /// Real milliseconds to wait first.
    pub delay_ms: u64,
    /// Held until the answer is ready: the place of the request among those in flight.
    pub place: Option<Box<dyn Send>>,
}

/// What a vendor's product is made from.
pub struct Setup<C> {
    /// The generated MSP as this tool sees it.
    pub world: World,
    /// The clock.
    pub clock: Arc<Clock>,
    /// Credentials accepted.
    pub credentials: C,
    /// Whether limits apply.
    pub limits: bool,
    /// Own address without a slash at the end.
    pub origin: String,
    /// Where changes are kept.
    pub log: StateLog,
    /// Changes of earlier starts.
    pub changes: Vec<Change>,
}

/// Refuses pages that shift, for vendors that go on after an id: what comes or goes before it shifts nothing.
///
/// # Errors
/// For [`FaultKind::ShiftPage`].
pub fn cannot_shift(kind: &FaultKind) -> Result<(), SandboxError> {
    match kind {
        FaultKind::ShiftPage { .. } => Err(SandboxError::Control(
            "shift_page never strikes here: this vendor's pages go on after an id".to_owned(),
        )),
        _ => Ok(()),
    }
}

/// A vendor's product as one MSP has it: answers its API, and lets a person change records as in its own screens.
pub trait Tenant: Send + Sync + 'static {
    /// The entity a request is about, for faults and the journal.
    fn entity_of(&self, call: &Call) -> Option<String>;
    /// What the answer to a call holds at most that a fault of the content can harm, as far as method and address tell.
    fn expects(&self, call: &Call) -> Reach;
    /// Applies the vendor's limits.
    fn admit(&self, call: &Call) -> Admission;
    /// Answers, with a fault that shapes the content where one is planned. The answer says what in it such a fault can harm.
    fn respond(&self, call: &Call, fault: Option<&FaultKind>) -> Answer;
    /// Whether this vendor can misbehave in a way: what never strikes is refused when it is planned.
    ///
    /// # Errors
    /// Why it cannot.
    fn can_misbehave(&self, _kind: &FaultKind) -> Result<(), SandboxError> {
        Ok(())
    }
    /// The vendor's error body for a status; a text is a page of HTML.
    fn error_body(&self, status: u16) -> Value;
    /// Whom the caller acts for, where the vendor has impersonation.
    fn acting_for(&self, call: &Call) -> Option<i64>;
    /// Creates a record as a person in the vendor's own screens.
    fn create(&self, entity: &str, fields: Value) -> Result<i64, SandboxError>;
    /// Changes a record likewise.
    fn patch(&self, entity: &str, id: i64, fields: Value) -> Result<(), SandboxError>;
    /// Deletes a record likewise.
    fn delete(&self, entity: &str, id: i64) -> Result<(), SandboxError>;
    /// A record as the API shows it.
    fn get(&self, entity: &str, id: i64) -> Result<Option<Value>, SandboxError>;
    /// All ids of an entity, ascending.
    fn ids(&self, entity: &str) -> Result<Vec<i64>, SandboxError>;
    /// Records after an id.
    fn records(&self, entity: &str, after: i64, limit: usize) -> Result<Vec<Value>, SandboxError>;
    /// Number of records, of those that pass a filter when one is given.
    fn count(&self, entity: &str, filter: Option<&Value>) -> Result<u64, SandboxError>;
    /// Changes what the API user may do with an entity.
    fn set_security(&self, entity: &str, action: &str, access: &str) -> Result<(), SandboxError>;
    /// Makes the credentials valid or not.
    fn set_credentials_valid(&self, valid: bool);
    /// Moves the tenant to another zone, or back.
    fn set_zone_moved(&self, moved: bool);
    /// Uses up part of the vendor's allowance, as other integrations of the tenant do.
    fn spend_requests(&self, count: usize);
    /// Called after the clock moved and when the sandbox stops: stores the clock.
    fn clock_moved(&self);
    /// Makes all waiting webhook deliveries due; returns how many wait.
    fn deliver_webhooks_now(&self) -> usize;
    /// Changes how webhooks come from now on.
    ///
    /// # Errors
    /// For a vendor whose webhooks come once and in order.
    fn disturb_webhooks(&self, _disorder: Disorder) -> Result<(), SandboxError> {
        Err(SandboxError::Control(
            "this vendor's webhooks come once and in order".to_owned(),
        ))
    }
    /// Webhook events that wait for delivery.
    fn pending_webhooks(&self) -> usize;
    /// Delivers webhooks until told to stop.
    fn run(self: Arc<Self>, stop: CancellationToken) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}
