//! Home: what needs attention, how fresh the data is, newest tickets; or what to do next.

pub mod page;
mod show;

pub use show::show;
