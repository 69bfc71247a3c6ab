//! Halo PSA (also sold as HaloITSM and Halo Service Desk), REST API.
//!
//! [`HaloPsa`] owns the records and answers requests: [`route`] reads the address, [`access`] gives out tokens and
//! decides about the caller, [`query`] reads lists, [`render`] writes records, [`edit`] changes them by the [`rules`],
//! [`hooks`] tells subscribers.

mod access;
mod attachments;
mod catalogue;
mod desk;
mod edit;
mod fixed;
mod hooks;
mod made;
mod query;
mod read;
mod refusal;
mod render;
mod route;
mod rules;
mod screens;
mod switches;
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
use self::render::Form;
use self::route::Route;
use crate::clock::Clock;
use crate::config::SandboxError;
use crate::courier::{Courier, Disorder};
use crate::exchange::{Admission, Answer, Call, Setup, Tenant};
use crate::fault::{FaultKind, Reach};
use crate::records::keeper::Keeper;
use crate::window::Window;
use crate::world::technician::api_user;

pub use hooks::webhook_signature;
pub use vendor::HaloPsaCredentials;

/// Requests in [`SPAN_MS`]: the figure that is told of hosted systems today; a few years ago it was 300.
const MOST: usize = 700;
/// A rolling span of five minutes.
const SPAN_MS: i64 = 300_000;
/// Attempts for one delivery, unless the instance is told to repeat: nothing is known of repeats.
const ATTEMPTS: u32 = 1;

/// An instance of Halo PSA.
pub struct HaloPsa {
    keeper: Keeper,
    clock: Arc<Clock>,
    access: Access,
    limits: Window,
    origin: String,
    newer: AtomicBool,
    courier: Courier,
    messages: AtomicI64,
}

impl HaloPsa {
    /// Opens the instance.
    ///
    /// # Errors
    /// When the client that delivers webhooks cannot be built.
    pub fn new(setup: Setup<HaloPsaCredentials>) -> Result<Self, SandboxError> {
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
            limits: Window::new(MOST, SPAN_MS, setup.limits),
            origin: setup.origin,
            newer: AtomicBool::new(false),
            courier: Courier::new(ATTEMPTS, 60_000)?,
            messages: AtomicI64::new(0),
        })
    }

    /// Whether the instance runs another release of the product, which writes some things differently.
    fn is_newer(&self) -> bool {
        self.newer.load(Ordering::Relaxed)
    }

    fn next_message(&self) -> i64 {
        self.messages.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Id of the agent that integrations sign in as.
    fn api_agent(&self) -> i64 {
        made::numbers::agent_id(api_user(&self.keeper.world))
    }

    fn kind_of(&self, entity: &str) -> Result<usize, SandboxError> {
        self.keeper
            .catalogue
            .find(entity)
            .ok_or_else(|| SandboxError::Control(format!("there is no entity {entity}")))
    }

    fn handle(&self, call: &Call, fault: Option<&FaultKind>) -> Result<Answer, Refusal> {
        let now = self.clock.now_ms();
        let address = match (route::read(&call.path), &call.method) {
            (Route::Token, &Method::POST) => return self.access.token(call, now),
            (Route::Token, method) => return Err(Refusal::method(method.as_str())),
            (Route::AuthInfo, _) => return Ok(self.auth_info()),
            (Route::Discovery, _) => return Ok(self.discovery()),
            (Route::Resource(address), _) => address,
            (Route::Unknown, _) => return Err(Refusal::not_found()),
        };
        let grant = self.access.check_caller(call, now)?;
        let kind = self
            .keeper
            .catalogue
            .find(&address.key)
            .ok_or_else(Refusal::not_found)?;
        let key = self.keeper.catalogue.get(kind).about.key;
        match call.method {
            Method::GET | Method::HEAD => {
                let level = self.access.check(&grant, key, "query")?;
                self.read(kind, &address, level, call, fault)
            }
            _ => self.write(kind, &address, &grant, call),
        }
    }
}

impl Tenant for HaloPsa {
    fn entity_of(&self, call: &Call) -> Option<String> {
        match route::read(&call.path) {
            Route::Token => Some("token".to_owned()),
            Route::Resource(address) => Some(address.key),
            _ => None,
        }
    }

    fn expects(&self, call: &Call) -> Reach {
        Reach::counted_along(matches!(call.method, Method::GET | Method::HEAD))
    }

    fn admit(&self, call: &Call) -> Admission {
        // Sign-in has a host of its own and is not counted.
        let counted = matches!(route::read(&call.path), Route::Resource(_));
        let refusal = counted
            .then(|| self.limits.admit(self.clock.now_ms()))
            .flatten();
        Admission {
            // Whether the product says when to come back is not known; a client must do without.
            refusal: refusal.map(|_| Refusal::too_many().answer()),
            delay_ms: 0,
            place: None,
        }
    }

    fn respond(&self, call: &Call, fault: Option<&FaultKind>) -> Answer {
        self.handle(call, fault).unwrap_or_else(Refusal::answer)
    }

    fn error_body(&self, status: u16) -> Value {
        match status {
            401 => serde_json::json!({"error": "invalid_token"}),
            403 => Refusal::role().body,
            404 => Refusal::not_found().body,
            429 => Refusal::too_many().body,
            _ => serde_json::json!({
                "ClassName": "System.Exception",
                "Message": format!("The request could not be performed (status {status})."),
            }),
        }
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
        let row = base.find(kind, id);
        Ok(row.map(|row| self.tree(base, kind, &row, Form::Detail)))
    }

    fn ids(&self, entity: &str) -> Result<Vec<i64>, SandboxError> {
        self.screen_ids(self.kind_of(entity)?, "")
    }

    fn records(&self, entity: &str, after: i64, limit: usize) -> Result<Vec<Value>, SandboxError> {
        Ok(self.screen_records(self.kind_of(entity)?, after, limit))
    }

    fn count(&self, entity: &str, filter: Option<&Value>) -> Result<u64, SandboxError> {
        let parameters = match filter {
            Some(Value::String(parameters)) => parameters.as_str(),
            Some(filter) => filter["query"].as_str().unwrap_or_default(),
            None => "",
        };
        let ids = self.screen_ids(self.kind_of(entity)?, parameters)?;
        Ok(ids.len() as u64)
    }

    /// Of the entity `application` the action `scopes` sets what its Permissions tab grants.
    fn set_security(&self, entity: &str, action: &str, access: &str) -> Result<(), SandboxError> {
        if (entity, action) == ("application", "scopes") {
            self.access.grant(access);
            return Ok(());
        }
        if !["query", "create", "update", "delete"].contains(&action) {
            return Err(SandboxError::Control(format!(
                "there is no action {action}"
            )));
        }
        let key = self.keeper.catalogue.get(self.kind_of(entity)?).about.key;
        self.access.set(key, action, access);
        Ok(())
    }

    fn set_credentials_valid(&self, valid: bool) {
        self.access.set_valid(valid);
    }

    fn set_zone_moved(&self, moved: bool) {
        self.newer.store(moved, Ordering::Relaxed);
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
