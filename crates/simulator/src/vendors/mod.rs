//! The vendors that a sandbox can stand in for, one folder each.

pub mod autotask;
pub mod connectwise_psa;
pub mod halo_psa;
pub mod syncro;
