//! Pages and API through the whole router, on a SQLite database of their own. Modules mirror `src/web`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails, in its helpers too"
)]

mod access_coverage;
mod access_matrix;
mod api;
mod api_description;
mod api_keys;
mod api_records;
mod api_reference_data;
mod api_syncs;
mod audit_trail;
mod certificates;
mod company_removal;
mod enrolment;
mod expired;
mod failure_pages;
mod forgot_password;
mod form_on_page;
mod forms;
mod fragments;
mod harness;
mod headers;
mod health;
mod import_companies;
mod import_users;
mod integrations;
mod listener;
mod lists;
mod mail;
mod never_logged;
mod onboarding;
mod profile;
mod psas;
mod reference_data;
mod removal_questions;
mod roles;
mod set_aside;
mod set_password;
mod settings;
mod setup_import;
mod setup_wizard;
mod sign_in;
mod sync_log;
#[path = "../support/test_postgres.rs"]
mod test_postgres;
#[path = "../../../connectors/tests/tls/mod.rs"]
mod tls;
mod two_factor;
mod user_addresses;
mod users;
