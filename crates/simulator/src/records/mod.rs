//! Records as vendors with JSON trees keep them: a schema for each kind, generated records read
//! through getters, stored records laid over them, filters that seek, all free of any vendor's
//! words or grammar.
//!
//! [`schema`] says what a kind is, [`base`] reads all records of a tenant, [`filter`] tests and
//! [`plan`] seeks, [`keeper`] writes and remembers ordered results, [`twist`] applies the faults that change
//! the content of a page.

pub mod base;
pub mod fields;
pub mod filter;
pub mod keeper;
pub mod order;
pub mod plan;
pub mod scan;
pub mod schema;
pub mod twist;
pub mod value;
