//! A portal over a throwaway database and a running sandbox, with the few questions the tests ask again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use domain::clock::{ManualClock, SharedClock, UtcMillis};
use domain::id::{IntegrationId, StreamRunId};
use domain::run::{RunState, Trigger};
use domain::secret::Secret;
use domain::settings::IntegrationSettings;
use domain::stream::Stream;
use domain::viewer::Viewer;
use simulator::{
    Control, Fault, FaultKind, Sandbox, StandConfig, WorldConfig, start_vendor, vendor,
};
use store::integrations::{self, Integration};
use store::listing::Direction;
use store::pages::{self, Coverage};
use store::runs::{self, Run, StreamRun};
use store::tickets::{self, TicketFilter, TicketRow, TicketSort};
use store::{KeySource, Store, StoreConfig};
use sync::connect::{self, ConnectOutcome, Start};
use sync::mail::MailConfig;
use sync::request::{self, RequestOutcome, RunMode};
use sync::{Actor, Engine, EngineConfig};

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// Where tests find PostgreSQL, and what makes a missing one a failure.
const TEST_POSTGRES: &str = "PORTICO_TEST_POSTGRES";
const REQUIRE_ALL: &str = "PORTICO_REQUIRE_ALL";

/// When the clocks of a test start.
pub const START: UtcMillis = UtcMillis(1_790_000_000_000);

/// Streams with the vendor's entities they come from.
pub const ENTITIES: [(Stream, &str); 8] = [
    (Stream::Companies, "Companies"),
    (Stream::Technicians, "Resources"),
    (Stream::Contacts, "Contacts"),
    (Stream::ContactGroups, "ContactGroups"),
    (Stream::ContactGroupMembers, "ContactGroupContacts"),
    (Stream::Tickets, "Tickets"),
    (Stream::TicketNotes, "TicketNotes"),
    (Stream::Opportunities, "Opportunities"),
];

/// Runs a test on both engines, as `name::sqlite` and `name::postgres`.
macro_rules! on_both_engines {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            use crate::portal::{Kind, is_there};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(Kind::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if is_there(Kind::Postgres) {
                    super::$name(Kind::Postgres).await;
                }
            }
        }
    )*};
}

/// Hands the list of every vendor's key to another macro. A vendor that stands here takes part in all common cases.
macro_rules! every_vendor {
    ($then:ident!($($before:tt)*)) => {
        $then!($($before)* autotask connectwise_psa halo_psa syncro);
    };
}

/// Runs a test for every PSA on both engines, as `name::vendor::sqlite` and `name::vendor::postgres`; after `sqlite:` on that
/// alone, for rules that depend on the vendor and ask the database for nothing that others do not ask it for.
macro_rules! on_every_vendor {
    (@sqlite $name:ident $($vendor:ident)*) => {
        mod $name {$(
            mod $vendor {
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    super::super::$name(crate::portal::Kind::Sqlite, stringify!($vendor)).await;
                }
            }
        )*}
    };
    (@one $name:ident $($vendor:ident)*) => {
        mod $name {$(
            mod $vendor {
                use crate::portal::{Kind, is_there};

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    super::super::$name(Kind::Sqlite, stringify!($vendor)).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    if is_there(Kind::Postgres) {
                        super::super::$name(Kind::Postgres, stringify!($vendor)).await;
                    }
                }
            }
        )*}
    };
    (sqlite: $($name:ident),* $(,)?) => {
        $(every_vendor!(on_every_vendor!(@sqlite $name));)*
    };
    ($($name:ident),* $(,)?) => {
        $(every_vendor!(on_every_vendor!(@one $name));)*
    };
}

fn variable(name: &str) -> Option<String> {
    std::env::var_os(name)
        .and_then(|value| value.into_string().ok())
        .filter(|value| !value.is_empty())
}

/// Whether a database engine can be tested here. A missing PostgreSQL is a failure where everything is required.
pub fn is_there(kind: Kind) -> bool {
    let there = kind == Kind::Sqlite || variable(TEST_POSTGRES).is_some();
    assert!(
        there || variable(REQUIRE_ALL).is_none(),
        "{TEST_POSTGRES} is not set, and {REQUIRE_ALL} is"
    );
    there
}

/// How a portal is set up.
pub struct Setup {
    /// Key of the vendor.
    pub vendor: &'static str,
    pub world: WorldConfig,
    pub limits: bool,
    pub page_size: u32,
    /// How far our clock is ahead of the vendor's.
    pub ahead: i64,
    pub settings: Option<IntegrationSettings>,
    /// Connections to PostgreSQL.
    pub connections: u32,
    /// Requests in the vendor's window instead of the number it documents: clocks that stand still free none.
    pub request_limit: Option<u32>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            vendor: "autotask",
            world: WorldConfig {
                seed: 7,
                companies: 12,
                contacts_per_company: 4,
                technicians: 4,
                tickets: 120,
                opportunities: 12,
                ..WorldConfig::default()
            },
            limits: false,
            page_size: 50,
            ahead: 0,
            settings: None,
            connections: 6,
            request_limit: None,
        }
    }
}

/// A portal under test.
pub struct Portal {
    pub vendor: &'static str,
    pub sandbox: Sandbox,
    pub control: Control,
    pub clock: Arc<ManualClock>,
    pub engine: Engine,
    pub settings: Option<IntegrationSettings>,
    store_config: StoreConfig,
    page_size: u32,
    request_limit: Option<u32>,
    opened: u32,
    folder: tempfile::TempDir,
}

/// The actor of the tests.
pub fn ann() -> Actor {
    Actor::Person {
        id: domain::id::IdentityId(1),
        name: "Ann".to_owned(),
    }
}

impl Portal {
    /// A portal with the usual world.
    pub async fn start(kind: Kind) -> Self {
        Self::with(kind, Setup::default()).await
    }

    /// A portal set up otherwise.
    pub async fn with(kind: Kind, setup: Setup) -> Self {
        let config = StandConfig {
            world: setup.world,
            limits: setup.limits,
            clock_start_ms: Some(START.0),
            ..StandConfig::default()
        };
        let sandbox = start_vendor(setup.vendor, config)
            .await
            .expect("the sandbox starts");
        let folder = tempfile::tempdir().expect("a folder");
        let store_config = match kind {
            Kind::Sqlite => StoreConfig::sqlite(folder.path().join("portico.db")),
            Kind::Postgres => StoreConfig {
                schema: Some(format!("sync_{}", uuid::Uuid::new_v4().simple())),
                connections: setup.connections,
                ..StoreConfig::postgres(
                    Secret::from(variable(TEST_POSTGRES).expect("an address")),
                    KeySource::Text(Secret::from("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")),
                )
            },
        };
        let clock = ManualClock::starting_at(START.plus(setup.ahead));
        let control = sandbox.control().clone();
        let store = open_store(&store_config, &clock).await;
        let engine = new_engine(
            store,
            &clock,
            (setup.vendor, &sandbox, folder.path()),
            (setup.page_size, setup.request_limit),
            "node-0",
        );
        Self {
            vendor: setup.vendor,
            sandbox,
            control,
            clock,
            engine,
            settings: setup.settings,
            store_config,
            page_size: setup.page_size,
            request_limit: setup.request_limit,
            opened: 0,
            folder,
        }
    }

    pub fn store(&self) -> &Store {
        self.engine.store()
    }

    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Another node on the same store.
    pub fn other_node(&self, name: &str) -> Engine {
        new_engine(
            self.store().clone(),
            &self.clock,
            (self.vendor, &self.sandbox, self.folder.path()),
            (self.page_size, self.request_limit),
            name,
        )
    }

    /// A new process over the same database: the old store is closed, the engine is a new one.
    pub async fn restart(&mut self) {
        self.store().close().await;
        self.opened += 1;
        let store = open_store(&self.store_config, &self.clock).await;
        let node = format!("node-{}", self.opened);
        self.engine = new_engine(
            store,
            &self.clock,
            (self.vendor, &self.sandbox, self.folder.path()),
            (self.page_size, self.request_limit),
            &node,
        );
    }

    /// Moves our clock and the vendor's.
    pub fn advance(&self, millis: i64) {
        self.clock.advance(millis);
        self.control.advance_clock(millis);
    }

    /// What a person types into the connect form.
    pub fn form(&self) -> BTreeMap<String, String> {
        let form = vendor(self.vendor).expect("a vendor").form();
        form.into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect()
    }

    /// Connects; the first run waits.
    pub async fn connect(&self) -> IntegrationId {
        self.connect_and(Start::Now).await
    }

    /// Connects as the first step of the setup wizard does.
    pub async fn connect_in_wizard(&self) -> IntegrationId {
        self.connect_and(Start::AfterWizard).await
    }

    async fn connect_and(&self, start: Start) -> IntegrationId {
        let outcome = connect::connect(
            &self.engine,
            &ann(),
            self.vendor,
            &self.form(),
            self.settings.clone(),
            start,
        )
        .await;
        match outcome.expect("no trouble of our own") {
            ConnectOutcome::Connected { integration, .. } => integration,
            ConnectOutcome::Refused(refusal) => panic!("not connected: {refusal:?}"),
        }
    }

    /// Connects and runs the first run to its end.
    pub async fn connected(&self) -> IntegrationId {
        let id = self.connect().await;
        self.idle().await;
        let run = self.last_run(id).await;
        assert_eq!(
            run.state,
            RunState::Completed,
            "first run: {:?} {:#?}",
            run.message,
            self.parts(&run).await
        );
        id
    }

    /// Runs every job that is ready.
    pub async fn idle(&self) {
        self.engine.run_until_idle().await.expect("jobs run");
    }

    /// Asks for a run, past any window, and runs it to its end.
    pub async fn sync(&self, id: IntegrationId, mode: RunMode) -> Run {
        self.advance(3 * UtcMillis::MINUTE);
        let outcome = request::request_sync(&self.engine, &ann(), id, Trigger::Resync, mode)
            .await
            .expect("a request");
        assert!(matches!(outcome, RequestOutcome::Started(_)), "{outcome:?}");
        self.idle().await;
        self.last_run(id).await
    }

    pub async fn last_run(&self, id: IntegrationId) -> Run {
        let runs = runs::list_runs(self.store(), id, None, 1)
            .await
            .expect("runs");
        runs.into_iter().next().expect("a run")
    }

    pub async fn parts(&self, run: &Run) -> Vec<StreamRun> {
        runs::list_stream_runs(self.store(), run.id)
            .await
            .expect("parts")
    }

    pub async fn part(&self, run: &Run, stream: Stream) -> StreamRun {
        let parts = self.parts(run).await;
        parts
            .into_iter()
            .find(|part| part.stream == stream)
            .expect("the stream is a part of the run")
    }

    pub async fn integration(&self, id: IntegrationId) -> Integration {
        integrations::find_integration(self.store(), id)
            .await
            .expect("a read")
            .expect("the integration")
    }

    /// Ids of the records that are present in the store.
    pub async fn present(&self, id: IntegrationId, stream: Stream) -> BTreeSet<String> {
        let nobody = StreamRunId(-1);
        let everything = Coverage::default();
        pages::list_unseen(self.store(), id, stream, nobody, &everything, "", 1_000_000)
            .await
            .expect("a read")
            .into_iter()
            .map(|row| row.external_id)
            .collect()
    }

    /// Ids of the records the vendor has.
    pub fn vendor(&self, entity: &str) -> BTreeSet<String> {
        self.control
            .ids(entity)
            .into_iter()
            .map(|id| id.to_string())
            .collect()
    }

    /// Asserts that exactly the vendor's records are present.
    pub async fn assert_same(&self, id: IntegrationId) {
        for (stream, entity) in ENTITIES {
            assert_eq!(
                self.present(id, stream).await,
                self.vendor(entity),
                "{entity}"
            );
        }
    }

    /// Asserts also that their contents are the vendor's: a full run finds nothing to change.
    pub async fn assert_equal(&self, id: IntegrationId) {
        self.assert_same(id).await;
        let run = self.sync(id, RunMode::Full).await;
        for part in self.parts(&run).await {
            let counts = part.counts;
            assert_eq!(
                (counts.created, counts.changed, counts.removed),
                (0, 0, 0),
                "{:?}: {counts:?}",
                part.stream
            );
            assert!(counts.adds_up(), "{:?}: {counts:?}", part.stream);
        }
    }

    /// The present instant of our clock.
    pub fn clock_now(&self) -> UtcMillis {
        self.engine.now()
    }

    /// The tickets staff see, by the vendor's id.
    pub async fn tickets(&self) -> BTreeMap<String, TicketRow> {
        let staff = Viewer::Staff(domain::id::IdentityId(1));
        let (filter, sort) = (TicketFilter::default(), TicketSort::Updated);
        let listed = tickets::list_for_viewer(
            self.store(),
            &staff,
            &filter,
            sort,
            Direction::Descending,
            None,
            500,
        )
        .await;
        listed
            .expect("a list")
            .rows
            .into_iter()
            .map(|row| (row.external_id.clone(), row))
            .collect()
    }

    /// When some tickets were last written, by the vendor's id.
    pub async fn tickets_written(&self) -> BTreeMap<String, UtcMillis> {
        let staff = Viewer::Staff(domain::id::IdentityId(1));
        let mut written = BTreeMap::new();
        for (id, row) in self.tickets().await.into_iter().take(40) {
            let ticket = tickets::find_for_viewer(self.store(), &staff, &row.uuid)
                .await
                .expect("a read")
                .expect("a ticket");
            written.insert(id, ticket.origin.stored_at);
        }
        written
    }

    /// Holds the first page of an entity once it is asked for, not the count before it; `release` answers it.
    pub fn hold_first_page(&self, entity: &str) {
        self.control.set_fault(
            Fault::new(FaultKind::Hold)
                .on_path(&format!("{entity}/query"))
                .on_entity(entity)
                .after(1)
                .times(1),
        );
    }

    /// Waits until the vendor holds a request.
    pub async fn until_held(&self) {
        for _ in 0..12_000 {
            if self.control.held() > 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("nothing was asked for");
    }

    /// Pages of an entity the vendor was asked for since the journal was emptied.
    pub fn page_requests(&self, entity: &str) -> usize {
        let entries = self.control.journal();
        entries
            .iter()
            .filter(|entry| {
                entry
                    .entity
                    .as_deref()
                    .is_some_and(|name| name.eq_ignore_ascii_case(entity))
            })
            .filter(|entry| entry.path.to_lowercase().ends_with("/query"))
            .count()
    }
}

async fn open_store(config: &StoreConfig, clock: &Arc<ManualClock>) -> Store {
    let clock: SharedClock = Arc::clone(clock) as SharedClock;
    Store::open(config.clone(), clock)
        .await
        .expect("the store opens")
}

fn new_engine(
    store: Store,
    clock: &Arc<ManualClock>,
    (vendor, sandbox, folder): (&str, &Sandbox, &std::path::Path),
    (page_size, request_limit): (u32, Option<u32>),
    node: &str,
) -> Engine {
    let config = EngineConfig {
        base_urls: [(vendor.to_owned(), sandbox.base_url())].into(),
        page_size: Some(page_size),
        request_limits: request_limit
            .map(|limit| (vendor.to_owned(), limit))
            .into_iter()
            .collect(),
        mail: MailConfig::outbox(folder.join("outbox"), "https://portal.example.com"),
        ..EngineConfig::new(node)
    };
    Engine::new(store, Arc::clone(clock) as SharedClock, config)
}
