//! Signing in and out: the password, the second factor or its enrolment, and the way back in without a password.

pub mod enrol;
pub mod forgot;
mod lead_on;
mod leave;
mod limit;
mod show;
mod submit;
pub mod two_factor;

pub use lead_on::lead_on;
pub use leave::leave;
pub use limit::Subjects;
pub use show::show;
pub use submit::{submit, wait_sentence};
