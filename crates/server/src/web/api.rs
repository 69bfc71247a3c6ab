//! JSON API, version 1: everything that the pages read, for programs.
//!
//! Operations are described where they are written and mounted with their scope by `router`, so the served document
//! lists exactly what exists. Lists page by key: `cursor` from the last answer, `limit` up to 100.

pub mod companies;
pub mod contacts;
pub mod describe;
pub mod filter;
pub mod integration_detail;
pub mod integrations;
pub mod key;
pub mod label;
pub mod list;
pub mod opportunities;
pub mod reference_data;
pub mod reference_page;
pub mod removal_questions;
pub mod routes;
pub mod runs;
pub mod scope;
pub mod set_aside;
pub mod shared;
pub mod streams;
pub mod technicians;
pub mod tickets;
