//! The state file: one JSON line for each change, rewritten without old lines at every start.
//!
//! A line is handed to the operating system as soon as a change is made, so a killed process
//! loses nothing and a torn last line is the worst a crash of the machine leaves; it is skipped.
//!
//! One process at a time: rewriting the file under another would leave that one writing to a file nobody can find.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::Record;
use crate::clock::wall_ms;
use crate::config::{SandboxError, WorldConfig};
use crate::world::instant::HOUR;
use crate::world::tool::Tool;

/// One line of the state file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The world the file belongs to and the instant its generated part ends.
    World {
        /// The tool that shows it; files of the first releases name none and are the first tool's.
        #[serde(default = "first_tool")]
        tool: String,
        /// Size and seed.
        config: WorldConfig,
        /// The instant.
        base_ms: i64,
    },
    /// How far the sandbox clock is ahead of the wall clock.
    Clock {
        /// Milliseconds.
        ahead_ms: i64,
        /// What it showed when this was written: it never goes back behind that.
        shown_ms: i64,
    },
    /// A record created or changed, or deleted when `record` is absent.
    Put {
        /// Entity.
        entity: String,
        /// Id.
        id: i64,
        /// All its fields.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        record: Option<Record>,
        /// When it last changed, for incremental queries.
        changed_ms: i64,
    },
}

/// What an earlier start left behind.
pub struct Stored {
    /// The instant the generated world ends.
    pub base_ms: i64,
    /// What the clock shows at the start.
    pub clock_ms: i64,
    /// Record changes in order, the last one for each record.
    pub changes: Vec<Change>,
}

impl Stored {
    /// Nothing left behind: the world as of an instant, and the clock. Where none was asked for, the world is that of the
    /// last full hour, so that sandboxes of one number are alike though they do not start together.
    pub fn fresh(asked_ms: Option<i64>) -> Self {
        let now = wall_ms();
        Self {
            base_ms: asked_ms.unwrap_or(now - now.rem_euclid(HOUR)),
            clock_ms: asked_ms.unwrap_or(now),
            changes: Vec::new(),
        }
    }
}

/// Keeps other processes, and other sandboxes of this one, from a state file until it is dropped.
pub struct StateLock {
    _file: File,
}

impl StateLock {
    /// Takes the lock of a state file: that of a file beside it, since the state file itself is replaced at every start.
    ///
    /// # Errors
    /// When somebody else has it, or the file cannot be made.
    pub fn take(path: &Path) -> Result<Self, SandboxError> {
        let failed = |source| SandboxError::State {
            path: path.to_owned(),
            source,
        };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(beside(path, ".lock"))
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(SandboxError::InUse {
                path: path.to_owned(),
            }),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

/// Appends changes to the state file, or to nothing.
pub struct StateLog(Option<Mutex<File>>);

impl StateLog {
    /// A log that keeps nothing.
    pub fn in_memory() -> Self {
        Self(None)
    }

    /// Reads the file, rewrites it compactly and opens it for appending.
    ///
    /// # Errors
    /// When somebody else uses the file, it belongs to another world, or it cannot be read or written.
    pub fn open(
        path: &Path,
        tool: Tool,
        world: &WorldConfig,
        asked_ms: Option<i64>,
    ) -> Result<(Self, Stored, StateLock), SandboxError> {
        let lock = StateLock::take(path)?;
        let failed = |source| SandboxError::State {
            path: path.to_owned(),
            source,
        };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(failed(e)),
        };
        let mut stored = Stored::fresh(asked_ms);
        let mut latest = std::collections::HashMap::new();
        for line in text.lines() {
            let Ok(change) = serde_json::from_str::<Change>(line) else {
                continue;
            };
            match change {
                Change::World {
                    tool: of_tool,
                    config,
                    base_ms,
                } => {
                    if config != *world || of_tool != tool.key() {
                        return Err(SandboxError::OtherWorld {
                            path: path.to_owned(),
                        });
                    }
                    stored.base_ms = base_ms;
                }
                Change::Clock { ahead_ms, shown_ms } => {
                    stored.clock_ms = (wall_ms() + ahead_ms).max(shown_ms);
                }
                Change::Put { ref entity, id, .. } => {
                    latest.insert((entity.clone(), id), stored.changes.len());
                    stored.changes.push(change);
                }
            }
        }
        let mut position = 0;
        stored.changes.retain(|change| {
            let keep = match change {
                Change::Put { entity, id, .. } => {
                    latest.get(&(entity.clone(), *id)) == Some(&position)
                }
                _ => false,
            };
            position += 1;
            keep
        });
        let log = Self::rewrite(path, tool, world, &stored).map_err(failed)?;
        Ok((log, stored, lock))
    }

    fn rewrite(
        path: &Path,
        tool: Tool,
        world: &WorldConfig,
        stored: &Stored,
    ) -> std::io::Result<Self> {
        let mut text = String::new();
        let first = [
            Change::World {
                tool: tool.key().to_owned(),
                config: world.clone(),
                base_ms: stored.base_ms,
            },
            clock_line(stored.clock_ms),
        ];
        for change in first.iter().chain(&stored.changes) {
            text.push_str(&serde_json::to_string(change)?);
            text.push('\n');
        }
        let new = beside(path, ".new");
        let mut file = File::create(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&new, path)?;
        let file = OpenOptions::new().append(true).open(path)?;
        Ok(Self(Some(Mutex::new(file))))
    }

    /// Appends a change.
    pub fn append(&self, change: &Change) {
        let Some(file) = &self.0 else { return };
        let Ok(mut line) = serde_json::to_string(change) else {
            return;
        };
        line.push('\n');
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = file.write_all(line.as_bytes()) {
            tracing::error!(%error, "the sandbox could not write its state file");
        }
    }

    /// Whether changes are kept, so that callers need not build lines for nothing.
    pub fn keeps(&self) -> bool {
        self.0.is_some()
    }

    /// Appends what the clock shows.
    pub fn append_clock(&self, now_ms: i64) {
        self.append(&clock_line(now_ms));
    }
}

/// The file whose name goes on after that of the state file.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn first_tool() -> String {
    let first = crate::VENDORS
        .iter()
        .find(|vendor| vendor.tool().knows_all());
    first.map_or_else(String::new, |vendor| vendor.key().to_owned())
}

fn clock_line(now_ms: i64) -> Change {
    Change::Clock {
        ahead_ms: now_ms - wall_ms(),
        shown_ms: now_ms,
    }
}
