//! The main walks in a real browser, against the real binary, with the built-in sandbox.
//!
//! Runs when `PORTICO_TEST_CHROMIUM` names a Chromium (`cargo xtask test` sets it); says *not run* without, and
//! fails without when `PORTICO_REQUIRE_ALL` is set.

#![expect(
    clippy::panic,
    clippy::print_stdout,
    reason = "a walk that fails says where, and one that is not run says so"
)]

mod browser;
mod demo;
mod first_click_walk;
mod kept;
#[path = "../support/missing_database.rs"]
mod missing_database;
mod passkey;
mod people;
mod psa_walk;
mod screenshots;
#[path = "../support/test_postgres.rs"]
mod test_postgres;
mod walk;

use std::path::PathBuf;

/// The browser to use; `None` means that the walk is not run here.
fn chromium() -> Option<PathBuf> {
    let found = std::env::var_os("PORTICO_TEST_CHROMIUM").map(PathBuf::from);
    if found.is_none() {
        assert!(
            std::env::var_os("PORTICO_REQUIRE_ALL").is_none(),
            "PORTICO_TEST_CHROMIUM is not set"
        );
        println!("not run: PORTICO_TEST_CHROMIUM is not set");
    }
    found
}
