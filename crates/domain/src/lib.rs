//! What Portico talks about, and the rules it keeps, without any input or output.
//!
//! Everything here is data or a pure function: no network, no database, no wall clock. The other crates
//! depend on this one and never the other way round (`ARCHITECTURE.md`).

#![deny(clippy::expect_used, clippy::unreachable)]

pub mod account;
pub mod advice;
pub mod body;
pub mod capability;
pub mod clock;
pub mod company_adoption;
pub mod contact_import;
pub mod email;
pub mod field;
pub mod hint;
pub mod id;
pub mod imports;
pub mod job;
pub mod location;
pub mod mail;
pub mod money;
pub mod opportunity_import;
pub mod permission;
pub mod provider;
pub mod quick_match;
pub mod record;
pub mod reference;
pub mod removal_guard;
pub mod role_preset;
pub mod run;
pub mod scope;
pub mod secret;
pub mod settings;
pub mod setup;
pub mod side_list;
pub mod stage;
pub mod status;
pub mod stream;
pub mod text;
pub mod viewer;
