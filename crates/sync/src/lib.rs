//! The engine: connects providers, reads what they hold into the store, and says how it went.
//!
//! Pages and the command line call the functions of the modules below; none of them sees a connector. Every function
//! that changes something takes the [`Actor`] who asked for it and leaves an audit entry in the same commit (rule X4).

#![deny(clippy::expect_used, clippy::unreachable)]

pub mod advice;
mod audit;
pub mod auto_import;
pub mod backoff;
pub mod clear_resync;
pub mod company_removal;
pub mod connect;
mod connector;
pub mod diagnostics;
mod engine;
mod error;
mod health;
pub mod import_companies;
pub mod import_users;
pub mod imports;
pub mod mail;
pub mod permits;
mod pull;
pub mod quick_match;
mod reaper;
pub mod reference_data;
pub mod removal_question;
pub mod request;
pub mod run_plan;
pub mod sanitise;
mod schedule;
pub mod set_aside;
pub mod settings;
pub mod setup;
pub mod status;
pub mod stream_state;
pub mod telemetry;
pub mod token;
mod upkeep;
pub mod users;
mod worker;

pub use engine::{Engine, EngineConfig};
pub use error::{Error, Result};
pub use store::audit::Actor;
