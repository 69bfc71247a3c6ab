//! Every test of the store, each on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails, in its helpers too"
)]

mod company_adoption;
mod coverage;
mod harness;
mod jobs;
mod jobs_racing;
mod list_contents;
mod lists;
mod opening;
mod pages;
mod people;
mod permits;
mod plans;
mod records;
mod removal_questions;
mod runs;
mod search;
mod secrets;
mod set_aside;
mod settings;
mod statements;
mod upkeep;
mod viewers;
