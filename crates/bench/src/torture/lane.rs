//! One installation, killed again and again while the vendor changes and misbehaves.

use std::cell::Cell;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use domain::id::IntegrationId;
use domain::run::Trigger;
use simulator::WorldConfig;
use simulator::desk::Desk;
use store::audit::Actor;
use sync::clear_resync::clear_and_resync;
use sync::request::RunMode;

use super::changes::People;
use super::faults;
use super::recovery::{Recovery, recover};
use crate::dice::Dice;
use crate::installation::Installation;
use crate::place::{Engine, Place};
use crate::product::Product;
use crate::sandbox::{Sandbox, World};
use crate::workplace::Workplace;

/// What a lane is told.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Key of the vendor's provider.
    pub vendor: &'static str,
    /// Database engine.
    pub engine: Engine,
    /// Its number among the lanes of that engine.
    pub lane: u32,
    /// Kills in the middle of a sync. One that meets no sync is checked like the others, and not counted.
    pub kills: u32,
    /// Kills at most, those that meet no sync included, so that the series ends.
    pub at_most: u32,
    /// Kills before a new installation.
    pub round: u32,
    /// Tickets at the vendor in the beginning.
    pub tickets: u32,
    /// The number chance starts from.
    pub seed: u64,
    /// Longest life of the server after it answers.
    pub life: Duration,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Kills after which everything was right.
    pub ok: u32,
    /// What was wrong after the kill that ended the lane.
    pub mismatches: Vec<String>,
    /// Where the data is, when something was wrong.
    pub kept: Option<PathBuf>,
    /// Kills that met a sync in the middle.
    pub in_sync: u32,
    /// How many were to.
    pub wanted: u32,
    /// The longest a job was held by a dead server.
    pub longest_takeover: Duration,
}

struct Lane<'a> {
    workplace: &'a Workplace,
    plan: Plan,
    dice: Dice,
    sandbox: Sandbox,
    people: People,
    desk: &'static Desk,
}

/// Runs a lane to its end, or to the first kill after which something is wrong.
pub async fn run(workplace: &Workplace, plan: Plan, stop: &Cell<bool>) -> Result<Outcome> {
    let mut dice = Dice::new(
        plan.seed
            .wrapping_mul(1_000)
            .wrapping_add(u64::from(plan.lane)),
    );
    let world = World {
        seed: plan.seed.wrapping_add(u64::from(plan.lane)),
        // Few enough that what some vendors tell of single companies comes with the first run.
        companies: 16,
        contacts_per_company: 8,
        technicians: WorldConfig::default().technicians,
        tickets: plan.tickets,
        opportunities: 60,
    };
    let name = format!("{}-{}-{}", plan.vendor, plan.engine.name(), plan.lane);
    let dir = workplace.dir().join(name);
    std::fs::create_dir_all(&dir)?;
    let sandbox = Sandbox::start(workplace.portico(), &dir, plan.vendor, world).await?;
    let people = People::at(&sandbox, Dice::new(dice.next())).await?;
    let mut lane = Lane {
        workplace,
        plan,
        dice,
        sandbox,
        people,
        desk: super::desk_of(plan.vendor)?,
    };
    let outcome = lane.work(stop).await?;
    lane.sandbox.stop().await?;
    Ok(outcome)
}

impl Lane<'_> {
    async fn work(&mut self, stop: &Cell<bool>) -> Result<Outcome> {
        let mut outcome = Outcome {
            wanted: self.plan.kills,
            ..Outcome::default()
        };
        let mut home: Option<(Place, IntegrationId)> = None;
        for kill in 0..self.plan.at_most {
            if stop.get() || outcome.in_sync >= self.plan.kills {
                break;
            }
            if kill % self.plan.round == 0 {
                home = Some(self.settle().await?);
            }
            let (place, integration) = home.as_ref().context("no installation")?;
            let fresh = kill % self.plan.round == 0;
            let life = self
                .one_life(place, fresh)
                .await
                .with_context(|| self.name(kill))?;
            let recovery = self.recover(place, *integration).await.with_context(|| {
                format!(
                    "{}, {life}; the data is in {}",
                    self.name(kill),
                    place.dir.display()
                )
            })?;
            outcome.longest_takeover = outcome.longest_takeover.max(recovery.takeover);
            println!("{}: {life}; {}", self.name(kill), told(&recovery));
            outcome.in_sync += u32::from(recovery.met.is_some());
            if !recovery.comparison.mismatches.is_empty() {
                println!("  {}", recovery.comparison.told());
                outcome.mismatches = recovery.comparison.mismatches;
                outcome.kept = Some(place.dir.clone());
                stop.set(true);
                break;
            }
            outcome.ok += 1;
        }
        Ok(outcome)
    }

    fn name(&self, kill: u32) -> String {
        format!(
            "{} on {} lane {} kill {}",
            self.plan.vendor,
            self.plan.engine.name(),
            self.plan.lane,
            kill + 1
        )
    }

    /// A new installation, connected; its first run waits for a server.
    async fn settle(&self) -> Result<(Place, IntegrationId)> {
        let place = self.workplace.place(self.plan.engine)?;
        let integration = Installation::connect(&place, &self.sandbox.address()).await?;
        Ok((place, integration))
    }

    /// Asks for a run, lets the server work on it under faults while people work at the vendor, and kills it.
    async fn one_life(&mut self, place: &Place, fresh: bool) -> Result<String> {
        let asked = if fresh {
            "first run"
        } else {
            self.ask(place).await?
        };
        let faults = faults::draw(&mut self.dice, self.desk);
        for fault in &faults {
            self.sandbox.set_fault(fault).await?;
        }
        self.people.may_work_silently = self.dice.percent(35);
        let made = self.people.made;
        // One kill in six while the server is still starting.
        let early = self.dice.percent(16);
        let life = self.dice.up_to(self.plan.life);
        let start = Instant::now();
        let mut product = Product::spawn(self.workplace.portico(), place, &self.sandbox.address())?;
        let living = async {
            if !early {
                product.wait_until_ready().await?;
            }
            tokio::time::sleep(life).await;
            anyhow::Ok(())
        };
        tokio::select! {
            ended = living => ended?,
            ended = self.people.work(&self.sandbox) => ended?,
        }
        let lived = start.elapsed();
        product.kill().await?;
        self.sandbox.clear_faults().await?;
        Ok(format!(
            "{asked}, {} faults, {} changes, killed after {:.2} s",
            faults.len(),
            self.people.made - made,
            lived.as_secs_f64()
        ))
    }

    async fn ask(&mut self, place: &Place) -> Result<&'static str> {
        let installation = Installation::open(place, &self.sandbox.address()).await?;
        let asked = match self.dice.below(10) {
            0..4 => {
                installation
                    .ask(Trigger::Schedule, RunMode::Incremental)
                    .await?;
                "incremental"
            }
            4..9 => {
                installation
                    .ask(Trigger::Reconciliation, RunMode::Full)
                    .await?;
                "full"
            }
            _ => {
                let engine = installation.engine();
                clear_and_resync(engine, &Actor::CommandLine, installation.integration).await?;
                "clear"
            }
        };
        installation.close().await;
        Ok(asked)
    }

    async fn recover(&mut self, place: &Place, integration: IntegrationId) -> Result<Recovery> {
        self.people.finish(&self.sandbox).await?;
        let whole = self.people.needs_full_run() || self.dice.percent(25);
        let portico = self.workplace.portico();
        recover(portico, place, &self.sandbox, integration, whole).await
    }
}

fn told(recovery: &Recovery) -> String {
    let verdict = match recovery.comparison.mismatches.len() {
        0 => "all right".to_owned(),
        wrong => format!("{wrong} MISMATCHES"),
    };
    let met = recovery.met.as_deref().unwrap_or("no sync");
    format!(
        "met {met}; taken over after {:.1} s, read again ({}) after {:.1} s, {} records compared: {verdict}",
        recovery.takeover.as_secs_f64(),
        recovery.mode.key(),
        recovery.reading.as_secs_f64(),
        recovery.comparison.records
    )
}
