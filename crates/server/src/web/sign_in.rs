//! Signing in and out.

mod leave;
mod limit;
mod show;
mod submit;

pub use leave::leave;
pub use limit::Subjects;
pub use show::show;
pub use submit::submit;
