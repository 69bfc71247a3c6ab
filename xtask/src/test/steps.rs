//! The list of steps. Adding one is one line in [`STEPS`], or in [`SMOKE`] for a short run of the bench binary.

use std::process::Command;

use anyhow::Result;

use super::count;
use crate::postgres::{Cluster, Purpose};
use crate::process::{cargo, run, target_dir};
use crate::tools::{TEST_CHROMIUM, find_chromium};
use crate::with_postgres::TEST_POSTGRES;
use crate::{bench, checks, policy, tools};

/// Set to make a test that lacks something fail instead of skipping itself.
pub const REQUIRE_ALL: &str = "PORTICO_REQUIRE_ALL";

/// How many tests of a binary run at once.
const TEST_THREADS: &str = "RUST_TEST_THREADS";

/// The step without which later ones make no sense.
pub const BUILD: &str = "build";

/// One step; `run` returns a note for the summary.
#[derive(Clone, Copy)]
pub struct Step {
    /// What `--only` and `--skip` call it.
    pub name: &'static str,
    /// What it does.
    pub title: &'static str,
    /// Whether it is left out when the build failed.
    pub needs_build: bool,
    /// Handed to `run`.
    pub arguments: &'static [&'static str],
    /// The work.
    pub run: fn(&mut Context, &[&str]) -> Result<String>,
}

/// Builds the binaries and the tests together, so that both have crates of the same features: asked for one by one they
/// would be built twice, because what only tests need adds features.
const EVERYTHING: &[&str] = &[
    "build",
    "--workspace",
    "--bins",
    "--tests",
    "--examples",
    "--locked",
];

const fn step(
    name: &'static str,
    title: &'static str,
    run: fn(&mut Context, &[&str]) -> Result<String>,
) -> Step {
    Step {
        name,
        title,
        needs_build: false,
        arguments: &[],
        run,
    }
}

/// Every step but the smoke runs, in order. What fails fast comes first.
pub const STEPS: &[Step] = &[
    step(
        "tools",
        "PostgreSQL, Chromium, rustfmt and clippy are there",
        |_, _| tools::provide(),
    ),
    step("format", "cargo fmt", |context, _| context.format()),
    step("checks", "house checks over all files", |_, _| {
        checks::run()
    }),
    step("policy", "licences, banned and doubled crates", |_, _| {
        policy::run()
    }),
    step("clippy", "clippy, warnings denied", |context, _| {
        context.cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ])
    }),
    step("docs", "rustdoc, warnings denied", |context, _| {
        context.docs()
    }),
    step(BUILD, "all crates and their tests", |context, _| {
        context.cargo(EVERYTHING)
    }),
    Step {
        needs_build: true,
        ..step("test", "all tests on both engines", |context, _| {
            context.tests()
        })
    },
];

/// Short runs of the bench binary, after the tests: the step's name, what it does, the binary's arguments.
/// They use the development build, which the tests have already paid for; figures come from `cargo xtask bench`.
const SMOKE: &[(&str, &str, &[&str])] = &[
    (
        "torture",
        "a short crash and fault series on both engines",
        &["torture", "--short", "--engine", "both", "--vendor", "all"],
    ),
    (
        "bench",
        "a short sync benchmark on PostgreSQL",
        &["sync", "--engine", "postgres", "--records", "600"],
    ),
    (
        "pages",
        "every list and page of settings once, with a small database",
        // More than a page of people and of companies, so that the imports have pages to turn.
        &[
            "pages",
            "--records",
            "600",
            "--requests",
            "2",
            "--technicians",
            "60",
            "--companies",
            "60",
        ],
    ),
];

/// The smoke runs as steps.
pub fn smoke_steps() -> impl Iterator<Item = Step> {
    SMOKE.iter().map(|&(name, title, arguments)| Step {
        name,
        title,
        needs_build: true,
        arguments,
        run: |context, arguments| context.smoke(arguments),
    })
}

/// What steps share.
pub struct Context {
    verbose: bool,
    fresh: bool,
    cluster: Option<Cluster>,
}

impl Context {
    /// `fresh` says that the build starts from nothing.
    pub fn new(verbose: bool, fresh: bool) -> Self {
        Self {
            verbose,
            fresh,
            cluster: None,
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = cargo();
        command.args(arguments);
        if self.fresh {
            command.env("CARGO_INCREMENTAL", "0");
        }
        command
    }

    fn cargo(&self, arguments: &[&str]) -> Result<String> {
        run(&mut self.command(arguments))?;
        Ok(String::new())
    }

    /// Names the files that are not formatted; with `--verbose` shows the differences.
    fn format(&self) -> Result<String> {
        let mut arguments = vec!["fmt", "--all", "--check"];
        if !self.verbose {
            arguments.extend(["--", "-l"]);
        }
        self.cargo(&arguments)
    }

    fn docs(&self) -> Result<String> {
        // Asking for examples brings the features that tests add: with those clippy has checked every crate already.
        let mut command = self.command(&[
            "doc",
            "--workspace",
            "--no-deps",
            "--lib",
            "--bin",
            "bench",
            "--bin",
            "xtask",
            "--examples",
            "--locked",
        ]);
        run(command.env("RUSTDOCFLAGS", "-D warnings"))?;
        Ok(String::new())
    }

    fn tests(&mut self) -> Result<String> {
        let url = self.postgres()?;
        let mut command = self.command(&["test", "--workspace", "--locked", "--no-fail-fast"]);
        command.env(TEST_POSTGRES, url).env(REQUIRE_ALL, "1");
        // One more than there are processors: tests wait for flushed files and for PostgreSQL now and then.
        if std::env::var_os(TEST_THREADS).is_none() {
            let processors = std::thread::available_parallelism().map_or(1, usize::from);
            command.env(TEST_THREADS, (processors + 1).to_string());
        }
        if let Some(browser) = find_chromium() {
            command.env(TEST_CHROMIUM, browser);
        }
        count::run(&mut command, self.verbose)
    }

    fn smoke(&mut self, arguments: &[&str]) -> Result<String> {
        let url = self.postgres()?;
        self.cargo(EVERYTHING)?;
        let mut command = crate::process::at_root(target_dir().join("debug/bench"));
        run(command.args(arguments).env(bench::BENCH_POSTGRES, url))?;
        Ok(String::new())
    }

    /// The address of the throwaway server, started at the first call. Steps run on the main thread, as it requires.
    fn postgres(&mut self) -> Result<String> {
        let cluster = match self.cluster.take() {
            Some(cluster) => cluster,
            None => Cluster::start(Purpose::Tests)?,
        };
        Ok(self.cluster.insert(cluster).url())
    }
}
