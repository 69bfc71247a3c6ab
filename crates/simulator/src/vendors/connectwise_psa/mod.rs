//! ConnectWise PSA (ConnectWise Manage), REST API 3.0.
//!
//! [`ConnectWisePsa`] owns the records and answers requests: [`route`] reads the address,
//! [`access`] and [`limits`] decide about the caller, [`query`] and [`conditions`] read lists,
//! [`render`] writes records, [`edit`] changes them by the [`rules`], [`callbacks`] tells
//! subscribers.

mod access;
mod all_notes;
mod callbacks;
mod catalogue;
mod company_merge;
mod conditions;
mod desk;
mod documents;
mod edit;
mod fixed;
mod forecast;
mod info;
mod intake;
mod limits;
mod made;
mod moves;
mod nested;
mod patch;
mod query;
mod read;
mod refusal;
mod release;
mod render;
mod route;
mod rules;
mod screens;
mod values;
mod vendor;
mod write;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use axum::http::Method;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use self::access::Access;
use self::refusal::Refusal;
use self::route::{CODEBASES, Route};
use crate::clock::Clock;
use crate::config::SandboxError;
use crate::courier::{Courier, Disorder};
use crate::exchange::{Admission, Answer, Call, Setup, Tenant};
use crate::fault::{FaultKind, Reach};
use crate::records::keeper::Keeper;
use crate::window::Window;
use crate::world::technician::api_user;

pub use callbacks::callback_signature;
pub use vendor::ConnectWisePsaCredentials;

/// Attempts for one callback.
const ATTEMPTS: u32 = 5;
/// Time between them.
const BETWEEN_MS: i64 = 60_000;

/// A tenant of ConnectWise PSA.
pub struct ConnectWisePsa {
    keeper: Keeper,
    clock: Arc<Clock>,
    access: Access,
    limits: Window,
    origin: String,
    moved: AtomicBool,
    courier: Courier,
    messages: AtomicI64,
}

impl ConnectWisePsa {
    /// Opens the tenant.
    ///
    /// # Errors
    /// When the client that delivers callbacks cannot be built.
    pub fn new(setup: Setup<ConnectWisePsaCredentials>) -> Result<Self, SandboxError> {
        let catalogue = catalogue::catalogue();
        Ok(Self {
            keeper: Keeper::new(
                setup.world,
                catalogue,
                setup.log,
                setup.changes,
                fixed::records,
            ),
            clock: setup.clock,
            access: Access::new(setup.credentials),
            limits: Window::new(limits::MOST, limits::SPAN_MS, setup.limits),
            origin: setup.origin,
            moved: AtomicBool::new(false),
            courier: Courier::new(ATTEMPTS, BETWEEN_MS)?,
            messages: AtomicI64::new(0),
        })
    }

    /// The codebase of the tenant now.
    fn codebase(&self) -> &'static str {
        CODEBASES[usize::from(self.moved.load(Ordering::Relaxed))]
    }

    /// Own host and port.
    fn host(&self) -> String {
        let host = self.origin.split("://").nth(1);
        host.unwrap_or(&self.origin).to_owned()
    }

    fn next_message(&self) -> i64 {
        self.messages.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Identifier of the API member.
    fn api_member(&self) -> String {
        made::api_member(&self.keeper.world)
    }

    /// Id of the API member.
    fn api_member_id(&self) -> i64 {
        made::numbers::member_id(api_user(&self.keeper.world))
    }

    /// The position of a kind; dots stand for slashes, as control addresses have it.
    fn kind_of(&self, entity: &str) -> Result<usize, SandboxError> {
        self.keeper
            .catalogue
            .find(&entity.replace('.', "/"))
            .ok_or_else(|| SandboxError::Control(format!("there is no entity {entity}")))
    }

    fn handle(&self, call: &Call, fault: Option<&FaultKind>) -> Result<Answer, Refusal> {
        let address = match route::read(&self.keeper.catalogue, &call.path, self.codebase()) {
            Route::CompanyInfo(company) => return Ok(self.company_info(&company, call)),
            Route::CallbackKey => return self.callback_key(call),
            Route::Unknown => return Err(Refusal::no_route()),
            Route::Resource(address) => address,
        };
        self.access.check_caller(call)?;
        let special = self
            .system(&address, call, fault)
            .or_else(|| self.document(&address, call, fault))
            .or_else(|| self.nested(&address, call, fault));
        if let Some(answer) = special {
            return answer;
        }
        let kind = address.kind.ok_or_else(Refusal::no_route)?;
        if is_of_screens(self.keeper.catalogue.get(kind).about.key) {
            return Err(Refusal::no_route());
        }
        let can_search = address.search
            && self
                .keeper
                .catalogue
                .get(kind)
                .about
                .key
                .ends_with("/tickets");
        match call.method {
            Method::GET | Method::HEAD => self.read(kind, &address, call, fault),
            Method::POST if can_search => self.read(kind, &address, call, fault),
            _ if address.search || address.count => Err(Refusal::method(call.method.as_str())),
            _ => self.write(kind, &address, call),
        }
    }
}

/// Whether a kind is known to the product's screens alone.
fn is_of_screens(key: &str) -> bool {
    key.starts_with("screens/")
}

impl Tenant for ConnectWisePsa {
    fn entity_of(&self, call: &Call) -> Option<String> {
        match route::read(&self.keeper.catalogue, &call.path, self.codebase()) {
            Route::Resource(address) => Some(match address.kind {
                Some(kind) => self.keeper.catalogue.get(kind).about.key.to_owned(),
                None => address.key,
            }),
            _ => None,
        }
    }

    fn expects(&self, call: &Call) -> Reach {
        let searches = call.path.to_ascii_lowercase().ends_with("/search");
        let gets = matches!(call.method, Method::GET | Method::HEAD);
        Reach::counted_apart(gets || searches, &call.path)
    }

    fn admit(&self, _: &Call) -> Admission {
        Admission {
            refusal: self.limits.admit(self.clock.now_ms()).map(limits::refusal),
            delay_ms: 0,
            place: None,
        }
    }

    fn respond(&self, call: &Call, fault: Option<&FaultKind>) -> Answer {
        let mut answer = self.handle(call, fault).unwrap_or_else(Refusal::answer);
        let headers = [
            ("api-current-version", "2025.1".to_owned()),
            (
                "x-cw-request-id",
                made::guid(self.clock.now_ms(), self.next_message()),
            ),
            ("x-server-name", "sandbox-app01".to_owned()),
        ];
        answer.headers.extend(headers);
        answer
    }

    fn error_body(&self, status: u16) -> Value {
        match status {
            401 => Refusal::keys(),
            403 => Refusal::role(),
            404 => Refusal::no_route(),
            // From the network's edge, and from the server under the product: neither has the product's codes.
            429 => return limits::TOO_MANY.into(),
            500.. => return serde_json::json!({"message": "An error has occurred."}),
            _ => Refusal::argument(format!(
                "The request could not be performed (status {status})."
            )),
        }
        .body()
    }

    fn acting_for(&self, _: &Call) -> Option<i64> {
        None
    }

    fn create(&self, entity: &str, fields: Value) -> Result<i64, SandboxError> {
        self.screen_create(self.kind_of(entity)?, &fields)
    }

    fn patch(&self, entity: &str, id: i64, fields: Value) -> Result<(), SandboxError> {
        self.screen_patch(self.kind_of(entity)?, id, &fields)
    }

    fn delete(&self, entity: &str, id: i64) -> Result<(), SandboxError> {
        self.screen_delete(self.kind_of(entity)?, id)
    }

    fn get(&self, entity: &str, id: i64) -> Result<Option<Value>, SandboxError> {
        let kind = self.kind_of(entity)?;
        let tables = self.keeper.tables();
        let base = self.keeper.base(&tables);
        Ok(base.find(kind, id).map(|row| self.tree(base, kind, &row)))
    }

    fn ids(&self, entity: &str) -> Result<Vec<i64>, SandboxError> {
        self.screen_ids(self.kind_of(entity)?, "")
    }

    fn records(&self, entity: &str, after: i64, limit: usize) -> Result<Vec<Value>, SandboxError> {
        Ok(self.screen_records(self.kind_of(entity)?, after, limit))
    }

    fn count(&self, entity: &str, filter: Option<&Value>) -> Result<u64, SandboxError> {
        let conditions = match filter {
            Some(Value::String(conditions)) => conditions.as_str(),
            Some(filter) => filter["conditions"].as_str().unwrap_or_default(),
            None => "",
        };
        let ids = self.screen_ids(self.kind_of(entity)?, conditions)?;
        Ok(ids.len() as u64)
    }

    fn set_security(&self, entity: &str, action: &str, access: &str) -> Result<(), SandboxError> {
        if !["query", "create", "update", "delete"].contains(&action) {
            return Err(SandboxError::Control(format!(
                "there is no action {action}"
            )));
        }
        let key = match entity {
            "system/info" => entity,
            entity => self.keeper.catalogue.get(self.kind_of(entity)?).about.key,
        };
        self.access.set(key, action, access);
        Ok(())
    }

    fn set_credentials_valid(&self, valid: bool) {
        self.access.set_valid(valid);
    }

    fn set_zone_moved(&self, moved: bool) {
        self.moved.store(moved, Ordering::Relaxed);
    }

    fn spend_requests(&self, count: usize) {
        self.limits.spend(count, self.clock.now_ms());
    }

    fn clock_moved(&self) {
        self.keeper.store_clock(self.clock.now_ms());
        self.courier.wake();
    }

    fn deliver_webhooks_now(&self) -> usize {
        self.courier.hurry()
    }

    fn disturb_webhooks(&self, disorder: Disorder) -> Result<(), SandboxError> {
        self.courier.disturb(disorder);
        Ok(())
    }

    fn pending_webhooks(&self) -> usize {
        self.courier.pending()
    }

    fn run(self: Arc<Self>, stop: CancellationToken) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move { self.courier.run(&self.clock, stop).await })
    }
}
