//! All PSAs at one worker, as in the demo: two of them answer nothing at all, and everybody else's work is done.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::job::{Job, Priority};
use domain::run::{RunState, Trigger};
use domain::stream::Stream;
use simulator::{
    Control, Fault, FaultKind, Sandbox, StandConfig, WorldConfig, start_vendor, vendor,
};
use store::jobs;
use store::runs::list_runs;
use sync::connect::{self, ConnectOutcome, Start};
use sync::import_users::{self, ImportUsers};
use sync::imports::{Everyone, find_import_by_uuid};
use sync::mail::{MailConfig, Receiver, queue_test};
use sync::reference_data::refresh_reference_data;
use sync::request::{RunMode, request_sync};
use sync::{Engine, EngineConfig};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::at_once::{administrator, role, somebody_else};
use crate::portal::{Kind, Portal, START, ann};
use crate::vendors::Desk;

on_both_engines! {
    companies_come_from_the_first_that_has_any,
    two_that_answer_nothing_keep_nobody_else_waiting,
}

const ALL: [&str; 4] = ["autotask", "connectwise_psa", "halo_psa", "syncro"];

/// Those that do not answer.
const SILENT: [&str; 2] = ["halo_psa", "syncro"];

/// An engine beside a sandbox of every PSA, on the store of a portal.
struct Together {
    portal: Portal,
    engine: Engine,
    sandboxes: BTreeMap<&'static str, Sandbox>,
    ids: BTreeMap<&'static str, IntegrationId>,
}

impl Together {
    async fn start(kind: Kind) -> Self {
        let portal = Portal::start(kind).await;
        let mut sandboxes = BTreeMap::new();
        for key in ALL {
            let config = StandConfig {
                world: WorldConfig {
                    companies: 6,
                    contacts_per_company: 2,
                    technicians: 3,
                    tickets: 20,
                    opportunities: 2,
                    ..WorldConfig::default()
                },
                limits: false,
                clock_start_ms: Some(START.0),
                ..StandConfig::default()
            };
            let sandbox = start_vendor(key, config).await.expect("a sandbox");
            sandboxes.insert(key, sandbox);
        }
        let base_urls = sandboxes
            .iter()
            .map(|(key, sandbox)| ((*key).to_owned(), sandbox.base_url()));
        let config = EngineConfig {
            base_urls: base_urls.collect(),
            request_limits: ALL.map(|key| (key.to_owned(), 100_000)).into(),
            mail: MailConfig::outbox(portal.folder().join("outbox"), "https://portal.example.com"),
            ..EngineConfig::new("together")
        };
        let engine = Engine::new(portal.store().clone(), portal.clock.clone(), config);
        let mut ids = BTreeMap::new();
        for key in ALL {
            ids.insert(key, connect_to(&engine, key).await);
        }
        engine.run_until_idle().await.expect("jobs run");
        Self {
            portal,
            engine,
            sandboxes,
            ids,
        }
    }

    fn control(&self, key: &str) -> &Control {
        self.sandboxes[key].control()
    }

    fn advance(&self, millis: i64) {
        self.portal.clock.advance(millis);
        for key in ALL {
            self.control(key).advance_clock(millis);
        }
    }

    /// Asks for everything a vendor can be asked for: a run, comments of a ticket, reference data.
    async fn ask_for_everything(&self, key: &str) {
        let (engine, id) = (&self.engine, self.ids[key]);
        let asked = request_sync(engine, &ann(), id, Trigger::Resync, RunMode::Full).await;
        asked.expect("asked");
        refresh_reference_data(engine, &ann(), id)
            .await
            .expect("asked");
        let ticket = self.control(key).ids(Desk::of(key).entity(Stream::Tickets))[0];
        let job = Job::PullTicketNotes {
            integration: id,
            ticket: ticket.to_string(),
        };
        let mut tx = engine.store().begin().await.expect("begins");
        jobs::enqueue(&mut tx, &job, Priority::Interactive, engine.now())
            .await
            .expect("kept");
        tx.commit().await.expect("committed");
    }

    async fn state(&self, key: &str) -> RunState {
        let runs = list_runs(self.engine.store(), self.ids[key], None, 1).await;
        runs.expect("runs")[0].state
    }

    fn mail_was_written(&self) -> bool {
        let outbox = std::fs::read_dir(self.portal.folder().join("outbox"));
        outbox.is_ok_and(|mut files| files.next().is_some())
    }
}

async fn connect_to(engine: &Engine, key: &str) -> IntegrationId {
    let form = vendor(key).expect("a sandbox").form();
    let form = form
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let outcome = connect::connect(engine, &ann(), key, &form, None, Start::Now).await;
    match outcome.expect("no trouble of our own") {
        ConnectOutcome::Connected { integration, .. } => integration,
        ConnectOutcome::Refused(refusal) => panic!("{key}: {refusal:?}"),
    }
}

/// Decision 0008: the first is where companies come from, and after its data were deleted the next that is new.
async fn companies_come_from_the_first_that_has_any(kind: Kind) {
    let together = Together::start(kind).await;
    let (engine, store) = (&together.engine, together.portal.store());
    let sources = async || {
        let all = store::integrations::list_integrations(store).await;
        let mut all = all.expect("a list");
        all.retain(|one| one.settings.company_source && one.connected_at.is_some());
        all.into_iter().map(|one| one.provider).collect::<Vec<_>>()
    };
    let forget = async |key: &str| {
        let id = together.ids[key];
        connect::disconnect(engine, &ann(), id).await.expect("done");
        connect::delete_data(engine, &ann(), id)
            .await
            .expect("done");
    };
    assert_eq!(sources().await, ["autotask"]);
    forget("syncro").await;
    connect_to(engine, "syncro").await;
    assert_eq!(sources().await, ["autotask"], "there is one already");
    forget("syncro").await;
    forget("autotask").await;
    connect_to(engine, "syncro").await;
    assert_eq!(sources().await, ["syncro"], "nobody else brings companies");
    connect_to(engine, "autotask").await;
    assert_eq!(sources().await, ["syncro"], "and it is not taken away");
}

async fn two_that_answer_nothing_keep_nobody_else_waiting(kind: Kind) {
    let together = Together::start(kind).await;
    let (portal, engine) = (&together.portal, &together.engine);
    together.advance(UtcMillis::HOUR);
    for key in SILENT {
        // Every path, the sign-in as well.
        let control = together.control(key);
        control.set_fault(Fault::new(FaultKind::Hold));
    }
    // Those that will not answer are asked first.
    for key in SILENT.into_iter().chain(["autotask", "connectwise_psa"]) {
        together.ask_for_everything(key).await;
    }
    let wanted = ImportUsers {
        integration: together.ids["autotask"],
        rows: Vec::new(),
        everyone: Some(Everyone::default()),
        role: Some(role(portal, "Technician").await.uuid),
        send_welcome: true,
    };
    let import = import_users::begin(engine, &somebody_else(), &wanted)
        .await
        .expect("an outcome")
        .expect("begun");
    let (bo, _) = administrator(portal, "bo@msp.example").await;
    let mut tx = engine.store().begin().await.expect("begins");
    let to = Receiver {
        identity: bo,
        name: "Bo Lind",
        email: "bo@msp.example",
    };
    queue_test(&mut tx, to).await.expect("queued");
    tx.commit().await.expect("committed");

    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    engine.start_worker(&tasks, stop.clone());
    let mut seen = String::new();
    let mut done = false;
    for _ in 0..6_000 {
        let found = find_import_by_uuid(engine.store(), &import).await;
        let imported = found
            .expect("a read")
            .is_some_and(|import| import.finished_at.is_some());
        let answered = [
            together.state("autotask").await,
            together.state("connectwise_psa").await,
        ];
        let held = SILENT.map(|key| together.control(key).held());
        let mail = together.mail_was_written();
        seen = format!("imported {imported}, runs {answered:?}, mail {mail}, held {held:?}");
        done = imported
            && mail
            && answered.iter().all(|state| *state == RunState::Completed)
            && held.iter().all(|held| *held > 0);
        if done {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let silent = [
        together.state(SILENT[0]).await,
        together.state(SILENT[1]).await,
    ];
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    for key in SILENT {
        together.control(key).clear_faults();
    }
    assert!(done, "{seen}");
    assert!(
        silent.iter().all(|state| *state != RunState::Completed),
        "they answered nobody: {silent:?}"
    );
}
