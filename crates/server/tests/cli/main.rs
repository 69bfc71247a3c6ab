//! The `portico` binary as people start it.

mod commands;
mod demo;
mod process;
