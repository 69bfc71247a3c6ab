//! What was changed since the world was generated, in memory and in a file.

mod log;
mod overlay;

pub use log::{Change, StateLock, StateLog, Stored};
pub use overlay::Overlay;

/// A stored record: its fields by the vendor's name, without those that are null.
pub type Record = serde_json::Map<String, serde_json::Value>;
