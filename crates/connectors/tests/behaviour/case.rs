//! One case of one vendor, and what of its capability it proves.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;

use domain::capability::{Capability, NoteListing};
use domain::stream::Stream;
use libtest_mimic::{Failed, Trial};
use tokio::runtime::Runtime;

/// Part of a capability that a trial has to prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// A stream can be read whole.
    Stream(Stream),
    /// It can be read by time of change.
    Incremental(Stream),
    /// The vendor tells how many there are.
    Total(Stream),
    /// One record can be fetched.
    ById(Stream),
    /// The comments of one ticket can be read.
    TicketNotes,
    /// Tickets and comments can be written.
    Write,
    /// Webhooks can be registered and verified.
    Webhooks,
}

impl Claim {
    /// Everything a capability claims.
    pub fn of(capability: &Capability) -> Vec<Self> {
        let mut claims = Vec::new();
        for stream in capability.streams {
            claims.push(Self::Stream(stream.stream));
            claims.extend(
                stream
                    .incremental
                    .then_some(Self::Incremental(stream.stream)),
            );
            claims.extend(stream.total.then_some(Self::Total(stream.stream)));
            claims.extend(stream.by_id.then_some(Self::ById(stream.stream)));
        }
        claims.extend((capability.notes != NoteListing::None).then_some(Self::TicketNotes));
        claims.extend(capability.write.then_some(Self::Write));
        claims.extend(capability.webhooks.then_some(Self::Webhooks));
        claims
    }
}

type Run = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A case that becomes a trial.
pub struct Case {
    /// `connect`, `list`, …
    pub area: &'static str,
    /// What it shows.
    pub name: String,
    proves: Vec<Claim>,
    ignored: bool,
    run: Run,
}

impl Case {
    /// A case; it fails by panicking.
    pub fn new<F, R>(area: &'static str, name: impl Into<String>, run: F) -> Self
    where
        F: FnOnce() -> R + Send + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        Self {
            area,
            name: name.into(),
            proves: Vec::new(),
            ignored: false,
            run: Box::new(|| Box::pin(run())),
        }
    }

    /// Says what it proves.
    pub fn proving(mut self, claims: impl IntoIterator<Item = Claim>) -> Self {
        self.proves.extend(claims);
        self
    }

    /// Shows it as not run unless what it needs is there.
    pub fn needing(mut self, there: bool) -> Self {
        self.ignored = !there;
        self
    }

    /// What it proves: nothing when it is not run.
    pub fn proved(&self) -> &[Claim] {
        if self.ignored { &[] } else { &self.proves }
    }

    /// The trial.
    pub fn trial(self, vendor: &str) -> Trial {
        let ignored = self.ignored;
        let trial = Trial::test(
            format!("{vendor}::{}::{}", self.area, self.name),
            move || {
                let running = runtime().spawn((self.run)());
                runtime()
                    .block_on(running)
                    .map_err(|panic| match panic.try_into_panic() {
                        Ok(words) => words
                            .downcast_ref::<String>()
                            .map(String::as_str)
                            .or_else(|| words.downcast_ref::<&str>().copied())
                            .map_or_else(|| Failed::from("it panicked"), Failed::from),
                        Err(gone) => Failed::from(gone.to_string()),
                    })
            },
        );
        trial.with_ignored_flag(ignored)
    }
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"))
}
