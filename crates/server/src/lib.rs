//! Portico: web pages, JSON API and command line over the sync engine.
//!
//! Everything hangs off one [`app::App`] value: there is no global state, so that one process can run several. The
//! index of everything that can be reached by HTTP is [`web::router`].

#![deny(clippy::expect_used, clippy::unreachable)]

pub mod administrator;
pub mod app;
pub mod cli;
pub mod config;
pub mod web;
