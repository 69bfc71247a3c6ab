//! What pages are made of: the shell around them, times in the viewer's zone, counts, badges, notices, lists.

pub mod badge;
pub mod breakable;
pub mod csv;
pub mod detail;
pub mod fields;
pub mod list;
pub mod notice;
pub mod number;
#[cfg(test)]
pub mod sample;
pub mod shell;
pub mod time;

pub use badge::Badge;
pub use breakable::{Breakable, breakable};
pub use detail::{BodyView, Fact, FactSection, Facts, Origin};
pub use list::{Choice, Heading, Link, Pager, Query};
pub use notice::{Notice, Tone};
pub use shell::{Rights, Section, Shell};
pub use time::Time;
