//! The ConnectWise PSA stand-in over HTTP, one file for each part of the vendor's behaviour.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "functions that only tests call fail like tests"
)]

mod auth;
mod callbacks;
mod companies;
mod conditions;
mod documents;
mod faults;
mod limits;
mod paging;
mod people;
mod restart;
mod sales;
mod specs;
mod support;
mod tickets;
mod world;
mod writes;
