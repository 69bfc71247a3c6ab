//! Tests of the engine's rules against the real stand-in of a vendor, on both database engines, with a clock that
//! stands still. Each test is named after the rule it can see broken.

#![expect(clippy::panic, reason = "a test that cannot go on fails")]

#[macro_use]
mod portal;
mod project_tickets;
mod quick_match;

mod advice;
mod at_once;
mod auto_import;
mod auto_import_reports;
mod clocks;
mod commits;
mod companies;
mod company_removal;
mod completeness;
mod connection;
mod connectwise_psa;
mod crash;
mod cursors;
mod disconnect;
mod doubt;
mod growth;
mod halo_psa;
mod health;
mod import_companies;
mod import_users;
mod imports;
mod in_flight;
mod joining_staff;
mod limits;
mod mail;
mod notes;
mod pages;
mod reference_data;
mod removal;
mod requests;
mod scope;
mod setup;
mod setup_at_once;
mod side_lists;
mod switches;
mod syncro;
mod together;
mod vendors;
mod worker;
