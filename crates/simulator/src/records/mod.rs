//! Records as vendors with JSON trees keep them: a schema for each kind, generated records read
//! through getters, stored records laid over them, filters that seek, all free of any vendor's
//! words or grammar.
//!
//! [`schema`] says what a kind is, [`base`] reads all records of a tenant, [`filter`] tests and
//! [`plan`] seeks, [`keeper`] writes and remembers ordered results.

pub mod base;
pub mod filter;
pub mod keeper;
pub mod plan;
pub mod scan;
pub mod schema;
pub mod value;
