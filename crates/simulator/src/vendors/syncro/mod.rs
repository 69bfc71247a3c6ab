//! Syncro MSP, REST API v1.
//!
//! [`Syncro`] owns the records and answers requests: [`route`] reads the address, [`access`] decides
//! about the caller, [`params`] and [`filters`] read what is asked for, [`render`] writes records as
//! [`catalogue`] says, [`edit`] changes them by the [`rules`], [`notices`] tells notification sets.
//! [`switches`] holds what differs between accounts.

mod access;
mod catalogue;
mod desk;
mod edit;
mod filters;
mod fixed;
mod made;
mod notices;
mod params;
mod read;
mod refusal;
mod render;
mod route;
mod rules;
mod screens;
mod search;
mod settings;
mod switches;
mod vendor;
mod write;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::Method;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use self::access::Access;
use self::refusal::Refusal;
use self::route::Route;
use self::switches::Switches;
use crate::clock::Clock;
use crate::config::SandboxError;
use crate::courier::{Courier, Disorder};
use crate::exchange::{Admission, Answer, Call, Setup, Tenant};
use crate::fault::{FaultKind, Reach};
use crate::records::keeper::Keeper;
use crate::window::Window;
use crate::world::technician::api_user;

pub use vendor::SyncroCredentials;

/// Requests in [`SPAN_MS`] from one address; every client of the sandbox has the same one.
const MOST: usize = 180;
/// A minute.
const SPAN_MS: i64 = 60_000;
/// Attempts for one notification.
const ATTEMPTS: u32 = 3;
/// Time between them.
const BETWEEN_MS: i64 = 60_000;

/// An account of Syncro.
pub struct Syncro {
    keeper: Keeper,
    clock: Arc<Clock>,
    access: Access,
    window: Window,
    moved: AtomicBool,
    courier: Courier,
}

impl Syncro {
    /// Opens the account.
    ///
    /// # Errors
    /// When the client that delivers notifications cannot be built.
    pub fn new(setup: Setup<SyncroCredentials>) -> Result<Self, SandboxError> {
        Ok(Self {
            keeper: Keeper::new(
                setup.world,
                catalogue::catalogue(),
                setup.log,
                setup.changes,
                fixed::records,
            ),
            clock: setup.clock,
            access: Access::new(setup.credentials),
            window: Window::new(MOST, SPAN_MS, setup.limits),
            moved: AtomicBool::new(false),
            courier: Courier::new(ATTEMPTS, BETWEEN_MS)?,
        })
    }

    /// The account's subdomain now.
    fn subdomain(&self) -> String {
        let first = self.access.subdomain();
        if self.moved.load(Ordering::Relaxed) {
            format!("{first}-new")
        } else {
            first.to_owned()
        }
    }

    /// The account's host name, which links in records have.
    fn host(&self) -> String {
        format!("{}.syncromsp.com", self.subdomain())
    }

    /// The user that the token belongs to.
    fn owner(&self) -> i64 {
        made::numbers::user_id(api_user(&self.keeper.world))
    }

    /// The position of a kind; dots stand for slashes, as control addresses have it.
    fn kind_of(&self, entity: &str) -> Result<usize, SandboxError> {
        self.keeper
            .catalogue
            .find(&entity.replace('.', "/"))
            .ok_or_else(|| SandboxError::Control(format!("there is no entity {entity}")))
    }

    /// Refuses callers at a host name of the vendor that is not this account's. Callers at the
    /// sandbox's own address are not asked.
    fn check_host(&self, call: &Call) -> Option<Answer> {
        let host = call.header("host")?.split(':').next()?;
        let other = host.ends_with(".syncromsp.com") && !host.eq_ignore_ascii_case(&self.host());
        other.then(|| Answer::html(404, NO_ACCOUNT.to_owned()))
    }

    fn handle(&self, call: &Call, fault: Option<&FaultKind>) -> Result<Answer, Refusal> {
        if let Some(answer) = self.check_host(call) {
            return Ok(answer);
        }
        let route = route::read(&self.keeper.catalogue, &call.path);
        self.access.check_caller(call)?;
        match (route, &call.method) {
            (Route::Me, &Method::GET) => Ok(self.me()),
            (Route::Settings, &Method::GET) => self.settings(),
            (Route::TicketSettings, &Method::GET) => self.ticket_settings(),
            (Route::LatestCustomer, &Method::GET) => self.special_customers(call, true),
            (Route::Autocomplete, &Method::GET) => self.special_customers(call, false),
            (Route::Search, &Method::GET) => self.search(call),
            (Route::List(kind), &Method::GET) => self.list(kind, None, call, fault),
            (Route::Under(kind, parent), &Method::GET) => {
                self.list(kind, Some(parent), call, fault)
            }
            (Route::One(kind, id), &Method::GET) => self.one(kind, id, fault),
            (Route::List(kind), &Method::POST) => self.create_by_api(kind, None, call),
            (Route::Under(kind, parent), &Method::POST) => {
                self.create_by_api(kind, Some(parent), call)
            }
            (Route::One(kind, id), _) => self.change_by_api(kind, id, call),
            (Route::AttachFiles(ticket), &Method::POST) => self.attach_files(ticket, call),
            (Route::MuteAlert(alert), &Method::POST) => self.mute_alert(alert, call),
            _ => Err(Refusal::not_found()),
        }
    }
}

const NO_ACCOUNT: &str = "<!DOCTYPE html>\n<html><head><title>Not found</title></head>\n\
<body><h1>The page you were looking for doesn't exist.</h1></body></html>\n";

impl Tenant for Syncro {
    fn entity_of(&self, call: &Call) -> Option<String> {
        let key = |kind: usize| self.keeper.catalogue.get(kind).about.key;
        let entity = match route::read(&self.keeper.catalogue, &call.path) {
            Route::Me => "me",
            Route::Settings => "settings",
            Route::TicketSettings => "tickets/settings",
            Route::LatestCustomer | Route::Autocomplete => "customers",
            Route::AttachFiles(_) => "tickets",
            Route::MuteAlert(_) => "rmm_alerts",
            Route::Search => "search",
            Route::List(kind) | Route::One(kind, _) | Route::Under(kind, _) => key(kind),
            Route::Unknown => return None,
        };
        Some(entity.to_owned())
    }

    fn expects(&self, call: &Call) -> Reach {
        Reach::counted_along(call.method == Method::GET)
    }

    fn admit(&self, _: &Call) -> Admission {
        let refusal = self.window.admit(self.clock.now_ms()).map(|seconds| {
            let sentence = "Rate limit exceeded. Please wait a moment and try again.";
            let mut answer = Answer::json(429, &json!({"error": sentence}));
            let tables = self.keeper.tables();
            let tells = Switches::read(self.keeper.base(&tables)).retry_after;
            answer.retry_after = Some(seconds).filter(|_| tells);
            answer
        });
        Admission {
            refusal,
            delay_ms: 0,
            place: None,
        }
    }

    fn respond(&self, call: &Call, fault: Option<&FaultKind>) -> Answer {
        self.handle(call, fault).unwrap_or_else(Refusal::answer)
    }

    fn error_body(&self, status: u16) -> Value {
        match status {
            401 => Refusal::token().body,
            404 => Refusal::not_found().body,
            422 => Refusal::customer_required().body,
            _ => json!({"error": format!("The request could not be performed (status {status}).")}),
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
        Ok(self.screen_get(self.kind_of(entity)?, id))
    }

    fn ids(&self, entity: &str) -> Result<Vec<i64>, SandboxError> {
        self.screen_ids(self.kind_of(entity)?, None)
    }

    fn records(&self, entity: &str, after: i64, limit: usize) -> Result<Vec<Value>, SandboxError> {
        Ok(self.screen_records(self.kind_of(entity)?, after, limit))
    }

    fn count(&self, entity: &str, filter: Option<&Value>) -> Result<u64, SandboxError> {
        let params = filter.and_then(Value::as_object);
        let ids = self.screen_ids(self.kind_of(entity)?, params)?;
        Ok(ids.len() as u64)
    }

    fn set_security(&self, entity: &str, action: &str, access: &str) -> Result<(), SandboxError> {
        self.access.set(entity, action, access)
    }

    fn set_credentials_valid(&self, valid: bool) {
        self.access.set_valid(valid);
    }

    fn set_zone_moved(&self, moved: bool) {
        self.moved.store(moved, Ordering::Relaxed);
    }

    fn spend_requests(&self, count: usize) {
        self.window.spend(count, self.clock.now_ms());
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
