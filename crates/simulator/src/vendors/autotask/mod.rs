//! Autotask PSA, REST API v1.0.
//!
//! [`Autotask`] owns the records and answers requests: [`route`] reads the address, [`security`]
//! and [`limits`] decide about the caller, [`query`] reads, [`change`] writes, [`hook_delivery`]
//! tells subscribers.

mod change;
mod contracts;
mod counters;
mod desk;
mod filter;
mod fixed;
mod hook_delivery;
mod hook_event;
mod hook_signature;
mod limits;
mod metadata;
mod normalise;
mod picklists;
mod plan;
mod query;
mod read;
mod refusal;
mod route;
mod rows;
mod rules;
mod schema;
mod screens;
mod security;
mod store;
mod twist;
mod udfs;
mod validate;
mod vendor;
mod write;

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use axum::http::Method;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use self::hook_delivery::Deliveries;
use self::limits::{Limits, Verdict};
use self::picklists::Picklists;
use self::refusal::Refusal;
use self::route::{MOVED_ZONE, Route};
use self::schema::Catalogue;
use self::security::Security;
use self::store::{Reader, Table};
use crate::clock::Clock;
use crate::config::SandboxError;
use crate::exchange::{Admission, Answer, Call, Setup, Tenant, cannot_shift};
use crate::fault::{FaultKind, Reach};
use crate::state::{Change, StateLog};
use crate::world::World;

pub use hook_signature::webhook_signature;
pub use vendor::AutotaskCredentials;

/// A tenant of Autotask PSA.
pub struct Autotask {
    world: World,
    clock: Arc<Clock>,
    security: Security,
    limits: Limits,
    origin: String,
    moved: AtomicBool,
    catalogue: Catalogue,
    tables: RwLock<Vec<Table>>,
    log: StateLog,
    deliveries: Deliveries,
    counters: Mutex<Counters>,
}

/// What has to be remembered between writes but is no record.
#[derive(Default)]
struct Counters {
    /// A day and how many tickets it has so far.
    tickets_of_day: Option<(i64, u32)>,
    /// When attachments were sent and how large they were.
    attachments: Vec<(i64, usize)>,
}

impl Autotask {
    /// Opens the tenant.
    ///
    /// # Errors
    /// When the client that delivers webhooks cannot be built.
    pub fn new(setup: Setup<AutotaskCredentials>) -> Result<Self, SandboxError> {
        let catalogue = Catalogue::new(&Picklists);
        let mut tables: Vec<Table> = catalogue
            .all()
            .iter()
            .map(|schema| Table {
                fixed: fixed::records(&setup.world, schema.text.route),
                ..Table::default()
            })
            .collect();
        for change in setup.changes {
            if let Change::Put {
                entity,
                id,
                record,
                changed_ms,
            } = change
                && let Some((at, _)) = catalogue.find(&entity)
            {
                tables[at].overlay.put(id, record.map(Arc::new), changed_ms);
            }
        }
        Ok(Self {
            world: setup.world,
            clock: setup.clock,
            security: Security::new(setup.credentials),
            limits: Limits::new(setup.limits),
            origin: setup.origin,
            moved: AtomicBool::new(false),
            catalogue,
            tables: RwLock::new(tables),
            log: setup.log,
            deliveries: Deliveries::new(setup.limits)?,
            counters: Mutex::default(),
        })
    }

    fn tables(&self) -> RwLockReadGuard<'_, Vec<Table>> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn reader<'w>(&'w self, tables: &'w [Table], entity: usize) -> Reader<'w> {
        Reader {
            world: &self.world,
            schema: &self.catalogue.all()[entity],
            table: &tables[entity],
        }
    }

    /// The root of the zone the tenant is in now, without a slash at the end.
    fn zone_origin(&self) -> String {
        if self.moved.load(Ordering::Relaxed) {
            format!("{}/{MOVED_ZONE}", self.origin)
        } else {
            self.origin.clone()
        }
    }

    fn entity_index(&self, entity: &str) -> Result<usize, SandboxError> {
        self.catalogue
            .find(entity)
            .map(|(at, _)| at)
            .ok_or_else(|| SandboxError::Control(format!("there is no entity {entity}")))
    }

    fn handle(&self, call: &Call, fault: Option<&FaultKind>) -> Result<Answer, Refusal> {
        let address = route::read(&self.catalogue, &call.path);
        match &address.route {
            Route::Zone => return self.zone(call),
            Route::Versions => {
                return Ok(Answer::json(200, &json!({"apiVersions": ["V1.0"]})));
            }
            Route::Unknown => return Err(Refusal::no_route()),
            _ => {}
        }
        if address.moved_zone != self.moved.load(Ordering::Relaxed) {
            return Err(Refusal::with_status(
                401,
                "The API user does not belong to this zone. Authorization denied.",
            ));
        }
        self.security.check_credentials(call)?;
        if call.method == Method::GET || is_query(&address.route) {
            self.read(&address.route, call, fault)
        } else {
            self.write(&address.route, call)
        }
    }

    fn zone(&self, call: &Call) -> Result<Answer, Refusal> {
        let user = call.parameter("user").unwrap_or_default();
        if !self.security.knows(&user) {
            return Err(Refusal::invalid(format!(
                "Zone information could not be determined for user {user}."
            )));
        }
        let origin = self.zone_origin();
        Ok(Answer::json(
            200,
            &json!({
                "zoneName": if self.moved.load(Ordering::Relaxed) { "Sandbox West" } else { "Sandbox East" },
                "url": format!("{origin}/atservicesrest/"),
                "webUrl": format!("{}/", self.origin),
                "ci": 23_117,
            }),
        ))
    }
}

fn is_query(route: &Route) -> bool {
    matches!(route, Route::Query(..) | Route::Count(_))
}

impl Tenant for Autotask {
    fn entity_of(&self, call: &Call) -> Option<String> {
        let entity = match route::read(&self.catalogue, &call.path).route {
            Route::Query(at, _) | Route::Count(at) | Route::Metadata(at, _) => at,
            Route::Collection(at) | Route::Record(at, _) => at,
            Route::Children(at, _) | Route::Child(at, ..) => at,
            _ => return None,
        };
        Some(self.catalogue.all()[entity].text.route.to_owned())
    }

    fn can_misbehave(&self, kind: &FaultKind) -> Result<(), SandboxError> {
        cannot_shift(kind)
    }

    fn expects(&self, call: &Call) -> Reach {
        let queries = call.path.to_ascii_lowercase().contains("/query");
        Reach::counted_apart(call.method == Method::GET || queries, &call.path)
    }

    fn admit(&self, call: &Call) -> Admission {
        let endpoint = match route::read(&self.catalogue, &call.path).route {
            Route::Zone | Route::Versions | Route::Unknown => {
                return Admission {
                    refusal: None,
                    delay_ms: 0,
                    place: None,
                };
            }
            Route::Root(name) => name,
            _ => self.entity_of(call).unwrap_or_default(),
        };
        match self.limits.admit(&endpoint, self.clock.now_ms()) {
            Verdict::Go { delay_ms, place } => Admission {
                refusal: None,
                delay_ms,
                place: Some(place),
            },
            Verdict::Stop(refusal) => Admission {
                refusal: Some(refusal.answer()),
                delay_ms: 0,
                place: None,
            },
        }
    }

    fn respond(&self, call: &Call, fault: Option<&FaultKind>) -> Answer {
        self.handle(call, fault).unwrap_or_else(Refusal::answer)
    }

    fn error_body(&self, status: u16) -> Value {
        json!({"errors": [format!("The request could not be performed (status {status}).")]})
    }

    fn acting_for(&self, call: &Call) -> Option<i64> {
        call.header("impersonationresourceid")?.trim().parse().ok()
    }

    fn create(&self, entity: &str, fields: Value) -> Result<i64, SandboxError> {
        self.screen_create(self.entity_index(entity)?, fields)
    }

    fn patch(&self, entity: &str, id: i64, fields: Value) -> Result<(), SandboxError> {
        self.screen_patch(self.entity_index(entity)?, id, fields)
    }

    fn delete(&self, entity: &str, id: i64) -> Result<(), SandboxError> {
        self.screen_delete(self.entity_index(entity)?, id)
    }

    fn get(&self, entity: &str, id: i64) -> Result<Option<Value>, SandboxError> {
        let at = self.entity_index(entity)?;
        let tables = self.tables();
        Ok(self.tree(&tables, at, id))
    }

    fn ids(&self, entity: &str) -> Result<Vec<i64>, SandboxError> {
        let at = self.entity_index(entity)?;
        Ok(self.all_ids(at))
    }

    fn records(&self, entity: &str, after: i64, limit: usize) -> Result<Vec<Value>, SandboxError> {
        let at = self.entity_index(entity)?;
        Ok(self.trees_after(at, after, limit))
    }

    fn count(&self, entity: &str, filter: Option<&Value>) -> Result<u64, SandboxError> {
        let at = self.entity_index(entity)?;
        self.count_passing(at, filter)
            .map_err(|refusal| SandboxError::Control(refusal.errors.join(" ")))
    }

    fn set_security(&self, entity: &str, action: &str, access: &str) -> Result<(), SandboxError> {
        let at = self.entity_index(entity)?;
        if !["query", "create", "update", "delete"].contains(&action) {
            return Err(SandboxError::Control(format!(
                "there is no action {action}"
            )));
        }
        let route = self.catalogue.all()[at].text.route;
        self.security.set(route, action, access);
        Ok(())
    }

    fn set_credentials_valid(&self, valid: bool) {
        self.security.set_valid(valid);
    }

    fn set_zone_moved(&self, moved: bool) {
        self.moved.store(moved, Ordering::Relaxed);
    }

    fn spend_requests(&self, count: usize) {
        self.limits.spend(count, self.clock.now_ms());
    }

    fn clock_moved(&self) {
        self.log.append_clock(self.clock.now_ms());
        self.deliveries.wake();
    }

    fn deliver_webhooks_now(&self) -> usize {
        self.deliveries.hurry()
    }

    fn pending_webhooks(&self) -> usize {
        self.deliveries.pending()
    }

    fn run(self: Arc<Self>, stop: CancellationToken) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(self.deliver_webhooks(stop))
    }
}
