//! A PSA with a Portico beside it, and the way through the wizard as a browser goes it.

use axum::http::StatusCode;
use domain::clock::UtcMillis;
use domain::run::RunState;
use simulator::{Control, Sandbox, StandConfig, WorldConfig, start_vendor, vendor};
use store::integrations::{Integration, list_integrations};
use store::runs::{Run, StreamRun, list_runs, list_stream_runs};

use super::Psa;
use crate::form_on_page::Form;
use crate::harness::{Browser, NOW, Page, Site};

/// A sandbox and a Portico.
pub struct Portal {
    pub site: Site,
    pub psa: &'static Psa,
}

async fn sandbox(psa: &Psa) -> Sandbox {
    let world = WorldConfig {
        companies: 8,
        contacts_per_company: 4,
        technicians: 4,
        // More than one page of each vendor.
        tickets: 130,
        opportunities: 12,
        ..WorldConfig::default()
    };
    let config = StandConfig {
        world,
        limits: false,
        clock_start_ms: UtcMillis::parse(NOW).map(|now| now.0),
        ..StandConfig::default()
    };
    start_vendor(psa.key, config).await.unwrap()
}

impl Portal {
    /// Both, with nothing connected.
    pub async fn start(psa: &'static Psa) -> Self {
        let site = Site::start_beside(psa.key, sandbox(psa).await).await;
        Self { site, psa }
    }

    /// The same on PostgreSQL; `None` where there is no server for tests.
    pub async fn start_on_postgres(psa: &'static Psa) -> Option<Self> {
        let site = Site::start_beside_on_postgres(psa.key, sandbox(psa).await).await?;
        Some(Self { site, psa })
    }

    /// The vendor's screens.
    pub fn control(&self) -> &Control {
        self.site.sandbox()
    }

    /// The address of a page of this integration.
    pub fn page(&self, rest: &str) -> String {
        format!("/settings/integrations/{}{rest}", self.psa.key)
    }

    /// The address of a step of the wizard.
    pub fn step(&self, step: &str) -> String {
        self.page(&format!("/setup/{step}"))
    }

    /// The connect form with some values replaced.
    pub fn form(&self, replaced: &[(&str, &str)]) -> Form {
        let usual = vendor(self.psa.key).unwrap().form();
        let mut form: Form = usual
            .into_iter()
            .filter(|(name, _)| !replaced.iter().any(|(other, _)| other == name))
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let replaced = replaced.iter();
        form.extend(replaced.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        form
    }

    /// The connect form of somebody who takes another PSA's credentials for this one's: field by field in the order
    /// they are asked for, what is left over as it should be.
    pub fn mixed_up(&self, other: &Psa) -> Form {
        let form = self.psa.provider().form.iter();
        let asked: Vec<&str> = form
            .filter(|field| field.required)
            .map(|field| field.key)
            .collect();
        let values = vendor(other.key).unwrap().form();
        let replaced: Vec<(&str, &str)> = asked
            .into_iter()
            .zip(values.iter().map(|(_, value)| value.as_str()))
            .collect();
        self.form(&replaced)
    }

    /// Sends a connect form with a button.
    pub async fn send(&self, browser: &mut Browser<'_>, action: &str, mut form: Form) -> Page {
        form.push(("action".to_owned(), action.to_owned()));
        browser.send(&self.step("connect"), &form).await
    }

    /// Connects, which leads to the step *Sync*.
    pub async fn connect(&self, browser: &mut Browser<'_>) {
        let page = self.send(browser, "next", self.form(&[])).await;
        let expected = format!("{}?notice=setup_connected", self.step("sync"));
        assert_eq!(page.location(), expected, "{}", page.text);
    }

    /// Leaves a step of settings by *Next* with what it proposes, changed as said.
    pub async fn leave(
        &self,
        browser: &mut Browser<'_>,
        step: &str,
        change: impl FnOnce(&mut Form),
    ) -> Page {
        let page = browser.get(&self.step(step)).await;
        assert_eq!(page.status, StatusCode::OK, "{step}: {}", page.text);
        let mut form = page.form("setup-form");
        change(&mut form);
        form.push(("action".to_owned(), "next".to_owned()));
        browser.send(&self.step(step), &form).await
    }

    /// Connects and leaves the step *Sync* as it is, which starts the first sync.
    pub async fn start_sync(&self, browser: &mut Browser<'_>) {
        self.connect(browser).await;
        let page = self.leave(browser, "sync", |_| {}).await;
        let expected = format!("{}?notice=setup_sync_started", self.step("configure"));
        assert_eq!(page.location(), expected, "{}", page.text);
    }

    /// The whole walk with what the wizard proposes, and the first sync.
    pub async fn set_up(&self, browser: &mut Browser<'_>) {
        self.start_sync(browser).await;
        self.settle().await;
        let page = self.leave(browser, "configure", |_| {}).await;
        assert!(
            page.location().starts_with(&self.step("import")),
            "{}",
            page.text
        );
        let done = [("action", "complete")];
        let page = browser.post(&self.step("complete"), &done).await;
        let expected = self.page("?notice=setup_completed");
        assert_eq!(page.location(), expected, "{}", page.text);
    }

    /// Lets time pass here and at the vendor, and does what is due then.
    pub async fn later(&self, here: i64, there: i64) {
        self.site.clock.advance(here);
        self.control().advance_clock(there);
        self.site.app.engine().schedule_due().await.unwrap();
        self.settle().await;
    }

    /// *Sync PSA Data*.
    pub async fn read_lists_again(&self, browser: &mut Browser<'_>) {
        let page = browser.post(&self.page("/reference-data"), &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        self.settle().await;
    }

    /// Does what waits.
    pub async fn settle(&self) {
        self.site.app.engine().run_until_idle().await.unwrap();
    }

    /// What is stored; `None` before anything was saved.
    pub async fn stored(&self) -> Option<Integration> {
        let all = list_integrations(self.site.app.store()).await.unwrap();
        all.into_iter().next()
    }

    /// The integration.
    pub async fn integration(&self) -> Integration {
        self.stored().await.unwrap()
    }

    /// All runs with their parts, the newest first.
    pub async fn runs(&self) -> Vec<(Run, Vec<StreamRun>)> {
        let store = self.site.app.store();
        let id = self.integration().await.id;
        let mut runs = Vec::new();
        for run in list_runs(store, id, None, 20).await.unwrap() {
            let parts = list_stream_runs(store, run.id).await.unwrap();
            runs.push((run, parts));
        }
        runs
    }

    /// The newest run, which must have completed.
    pub async fn newest(&self) -> (Run, Vec<StreamRun>) {
        let (run, parts) = self.runs().await.swap_remove(0);
        assert_eq!(run.state, RunState::Completed, "{run:?} {parts:?}");
        (run, parts)
    }
}
