//! Everything Portico keeps: two database engines behind one set of functions, one module per table group.
//!
//! Reads take [`Store`], writes take [`Tx`], so that what belongs together commits together (rules P2, W1, X4).
//! SQL stands only in this crate, as statements registered in [`statement`]; a test prepares each of them on both
//! engines. Which engine runs is nobody's business outside: see `db.rs` for how they differ.

#![deny(clippy::expect_used, clippy::unreachable)]

#[macro_use]
mod macros;
#[macro_use]
mod viewer_sql;

pub mod account_links;
pub mod accounts;
pub mod api_keys;
pub mod audit;
pub mod backup;
pub mod change;
pub mod checkpoints;
pub mod client_contacts;
pub mod companies;
pub mod company_adoption;
pub mod company_import;
pub mod company_removal;
mod composed;
pub mod config;
pub mod contact_import;
pub mod contacts;
mod db;
mod decode;
pub mod doctor;
pub mod email_keys;
pub mod envelope;
pub mod error;
pub mod findings;
pub mod housekeeping;
pub mod identities;
pub mod imports;
pub mod installation_settings;
pub mod integration_data;
pub mod integrations;
pub mod jobs;
pub mod key_ring;
pub mod listing;
mod migrate;
pub mod nodes;
mod open;
pub mod opportunities;
pub mod outbox;
pub mod pages;
pub mod passkeys;
pub mod permits;
pub mod quick_match;
pub mod reference_items;
pub mod reference_pages;
pub mod reference_reads;
pub mod removal_questions;
pub mod roles;
pub mod row_id;
pub mod runs;
pub mod secrets;
pub mod sessions;
pub mod set_aside;
pub mod shown_fields;
pub mod sign_in_attempts;
pub mod staff;
pub mod statement;
pub mod technicians;
pub mod text_search;
pub mod tickets;
pub mod two_factor;
mod tx;
pub mod vacuum;
mod viewer_companies;
pub mod whose;

pub use change::Change;
pub use config::{Database, KeySource, StoreConfig};
pub use db::{Db, Engine, PoolUsage};
pub use error::{ErrorKind, Result, StoreError};
pub use open::Store;
pub use tx::Tx;
