//! Every test of the store, each on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails, in its helpers too"
)]

mod account_links;
mod addresses;
mod company_adoption;
mod company_removal;
mod company_removal_racing;
mod coverage;
mod harness;
mod job_shares;
mod jobs;
mod jobs_racing;
mod list_contents;
mod lists;
mod opening;
mod outbox;
mod pages;
mod parts;
mod people;
mod permits;
mod plans;
mod plans_postgres;
mod postgres_backup;
mod quick_match;
mod records;
mod removal_questions;
mod roles;
mod runs;
mod search;
mod second_factors;
mod secrets;
mod set_aside;
mod settings;
mod staff;
mod statements;
mod technician_import;
mod upkeep;
mod viewers;
mod whose;
