//! The words of each kind of problem, grouped by what people call about.

pub mod access;
pub mod network;
pub mod office;
pub mod operations;
pub mod requests;
