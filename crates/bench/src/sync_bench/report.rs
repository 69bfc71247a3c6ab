//! The table and the JSON of `bench sync`.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::phase::Phase;
use super::real_limits::RealLimits;
use crate::distribution::rounded;
use crate::installation::Report;
use crate::machine::Machine;
use crate::place::Engine;
use crate::reference::Pass;
use crate::sandbox::Seen;
use crate::table::{Table, thousands};

/// What one size measured.
pub struct Size {
    /// Tickets.
    pub records: u32,
    /// The reference before and after the first sync, each with the sandbox's processor seconds.
    pub reference: [(Pass, f64); 2],
    /// The first run.
    pub first: Phase,
    /// Requests of the first run, comments read ticket by ticket included.
    pub first_requests: u64,
    /// Comments that were read ticket by ticket.
    pub notes_by_ticket: u64,
    /// Seconds and records a second of its tickets.
    pub first_pace: (f64, f64),
    /// The same data again.
    pub again: Phase,
    /// Seconds and records a second of its tickets.
    pub again_pace: (f64, f64),
    /// Rows of record tables written meanwhile.
    pub rows_written_again: u64,
    /// An incremental run with nothing to read.
    pub idle: Idle,
    /// Size of the SQLite files.
    pub file_mb: Option<f64>,
}

/// Requests of a run with nothing to read.
pub struct Idle {
    /// By the vendor's name of the record kind.
    by_entity: BTreeMap<String, u64>,
    /// All others: zone look-up, usage.
    others: u64,
    /// Streams of the run.
    streams: usize,
}

impl Idle {
    /// Sorts what the sandbox saw.
    pub fn of(journal: &[Seen], report: &Report) -> Self {
        let mut by_entity = BTreeMap::new();
        let mut others = 0;
        for seen in journal {
            match &seen.entity {
                Some(entity) => *by_entity.entry(entity.clone()).or_default() += 1,
                None => others += 1,
            }
        }
        Self {
            by_entity,
            others,
            streams: report.streams.len(),
        }
    }

    fn requests(&self) -> u64 {
        self.by_entity.values().sum()
    }
}

/// Everything measured.
pub struct Results {
    vendor: String,
    /// What the vendor's own limits cost, when that was asked for.
    pub limits: Option<RealLimits>,
    engine: Engine,
    machine: Machine,
    sizes: Vec<Size>,
}

impl Results {
    /// Nothing yet.
    pub fn new(vendor: &str, engine: Engine, machine: Machine) -> Self {
        Self {
            vendor: vendor.to_owned(),
            limits: None,
            engine,
            machine,
            sizes: Vec::new(),
        }
    }

    /// One more size.
    pub fn push(&mut self, size: Size) {
        self.sizes.push(size);
    }

    /// The table, and the JSON of the last size as the last line, with all of them when there were several.
    pub fn print(&self) -> Result<()> {
        print!("{}", self.table());
        if let Some(limits) = self.limits {
            println!("\n{}", told(limits));
        }
        let mut objects: Vec<Value> = self.sizes.iter().map(|size| self.json(size)).collect();
        let mut last = objects.last().cloned().context("no size was measured")?;
        if let [first, .., _] = self.sizes.as_slice()
            && let Some(end) = self.sizes.last()
        {
            let ratio = end.first.peak_rss_mb / first.first.peak_rss_mb.max(1e-9);
            last["peak_rss_ratio"] = json!(rounded(ratio, 3));
            objects.pop();
            last["other_sizes"] = objects.into();
        }
        if let Some(limits) = self.limits {
            let step = |(seconds, requests): (f64, u64)| json!({"seconds": rounded(seconds, 0), "requests": requests});
            last["limits"] = json!({
                "tickets": limits.tickets,
                "first_page": step(limits.first_page),
                "everything": step(limits.everything),
            });
        }
        last["machine"] = serde_json::to_value(&self.machine)?;
        println!("{last}");
        Ok(())
    }

    fn table(&self) -> Table {
        let title = format!(
            "Sync of tickets, {}, {}, {} cores, {} GB, load {} at the start",
            self.vendor,
            self.engine.name(),
            self.machine.cores,
            self.machine.memory_gb,
            self.machine.load
        );
        let columns: Vec<String> = self
            .sizes
            .iter()
            .map(|size| thousands(size.records.into()))
            .collect();
        let head: Vec<&str> = std::iter::once("")
            .chain(columns.iter().map(String::as_str))
            .collect();
        let mut table = Table::new(title, &head);
        for (name, show) in ROWS {
            let cells = self.sizes.iter().map(show);
            table.push(std::iter::once((*name).to_owned()).chain(cells).collect());
        }
        table
    }

    fn json(&self, size: &Size) -> Value {
        let [before, after] = &size.reference;
        json!({
            "vendor": self.vendor,
            "engine": self.engine.name(),
            "records": size.records,
            "first_per_s": rounded(size.first_pace.1, 0),
            "reference_per_s": rounded(size.reference_per_s(), 0),
            "share": rounded(size.share(), 3),
            "unchanged_per_s": rounded(size.again_pace.1, 0),
            "unchanged_rows_written": size.rows_written_again,
            "idle_requests": size.idle.requests(),
            "requests_per_1000": rounded(size.requests_per_1000(), 1),
            "peak_rss_mb": rounded(size.first.peak_rss_mb, 1),
            "idle_by_entity": size.idle.by_entity,
            "idle_other_requests": size.idle.others,
            "idle_streams": size.idle.streams,
            "all_streams_records": size.first.report.counts().fetched,
            "all_streams_first_s": rounded(size.first.report.seconds(), 2),
            "all_streams_unchanged_s": rounded(size.again.report.seconds(), 2),
            "first_peak_rss_of_run_mb": rounded(size.first.peak_rss_of_run_mb, 1),
            "unchanged_peak_rss_mb": rounded(size.again.peak_rss_mb, 1),
            "first_cpu_s": rounded(size.first.cpu_seconds, 2),
            "first_sandbox_cpu_s": rounded(size.first.sandbox_cpu_seconds, 2),
            "reference_cpu_s": [rounded(before.0.cpu_seconds, 2), rounded(after.0.cpu_seconds, 2)],
            "reference_sandbox_cpu_s": [rounded(before.1, 2), rounded(after.1, 2)],
            "reference_passes_per_s": [rounded(before.0.per_second(), 0), rounded(after.0.per_second(), 0)],
            "file_mb": size.file_mb.map(|mb| rounded(mb, 1)),
        })
    }
}

impl Size {
    /// Mean of the two passes.
    fn reference_per_s(&self) -> f64 {
        let [before, after] = &self.reference;
        f64::midpoint(before.0.per_second(), after.0.per_second())
    }

    /// Requests of the first sync for each thousand records it brought.
    fn requests_per_1000(&self) -> f64 {
        let fetched = u64::try_from(self.first.report.counts().fetched).unwrap_or(0);
        let records = (fetched + self.notes_by_ticket).max(1);
        self.first_requests as f64 * 1_000.0 / records as f64
    }

    fn share(&self) -> f64 {
        self.first_pace.1 / self.reference_per_s().max(1e-9)
    }
}

/// What the limits cost, for a person.
fn told(limits: RealLimits) -> String {
    let ((page, before), (all, requests)) = (limits.first_page, limits.everything);
    format!(
        "At the vendor's own limits, {} tickets, answers of 300 ms: the first page of tickets after {page:.0} s and \
         {before} requests, everything with all comments after {all:.0} s and {requests} requests.",
        limits.tickets
    )
}

/// A row's name and how its cell is made.
type Row = (&'static str, fn(&Size) -> String);

const ROWS: &[Row] = &[
    ("Reference, records/s (mean of two)", |size| {
        thousands(size.reference_per_s())
    }),
    ("First sync, records/s", |size| thousands(size.first_pace.1)),
    ("First sync, share of the reference", |size| {
        format!("{:.0} %", size.share() * 100.0)
    }),
    ("Unchanged, records/s", |size| thousands(size.again_pace.1)),
    ("Unchanged, times the first", |size| {
        format!("{:.1}", size.again_pace.1 / size.first_pace.1.max(1e-9))
    }),
    ("Unchanged, rows written in record tables", |size| {
        size.rows_written_again.to_string()
    }),
    ("Idle cycle, requests to streams", |size| {
        size.idle.requests().to_string()
    }),
    ("Idle cycle, other requests", |size| {
        size.idle.others.to_string()
    }),
    ("First sync, requests per 1,000 records", |size| {
        format!("{:.1}", size.requests_per_1000())
    }),
    ("Peak memory, first sync, MB", |size| {
        format!("{:.1}", size.first.peak_rss_mb)
    }),
    (
        "Peak memory, first sync without the search index, MB",
        |size| format!("{:.1}", size.first.peak_rss_of_run_mb),
    ),
    ("Peak memory, unchanged, MB", |size| {
        format!("{:.1}", size.again.peak_rss_mb)
    }),
    ("All streams: records", |size| {
        thousands(size.first.report.counts().fetched as f64)
    }),
    ("All streams: first sync, s", |size| {
        format!("{:.1}", size.first.report.seconds())
    }),
    ("All streams: unchanged, s", |size| {
        format!("{:.1}", size.again.report.seconds())
    }),
    ("Server's processor seconds, first sync", |size| {
        format!("{:.1}", size.first.cpu_seconds)
    }),
    ("Sandbox's processor seconds, first sync", |size| {
        format!("{:.1}", size.first.sandbox_cpu_seconds)
    }),
    ("Sandbox's share of the reference's time", |size| {
        let [before, after] = &size.reference;
        let share = (before.1 + after.1) / (before.0.seconds + after.0.seconds).max(1e-9);
        format!("{:.0} %", share * 100.0)
    }),
    ("SQLite files, MB", |size| {
        size.file_mb
            .map_or_else(|| "-".to_owned(), |mb| format!("{mb:.0}"))
    }),
];
