//! The `portico` binary as people start it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod commands;
mod config_file;
mod demo;
mod process;
