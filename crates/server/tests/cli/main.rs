//! The `portico` binary as people start it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod commands;
mod config_file;
mod demo;
mod demo_on_postgres;
#[path = "../support/missing_database.rs"]
mod missing_database;
mod process;
#[path = "../support/test_postgres.rs"]
mod test_postgres;
