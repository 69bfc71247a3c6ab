//! The Halo PSA stand-in over HTTP, one file for each part of the vendor's behaviour.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "functions that only tests call fail like tests"
)]

mod auth;
mod faults;
mod filters;
mod paging;
mod restart;
mod specs;
mod support;
mod webhooks;
mod world;
mod writes;
