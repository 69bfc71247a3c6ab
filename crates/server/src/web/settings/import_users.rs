//! Settings → Users & Roles → Import: the staff of a connected tool become users.
//!
//! The list of people is one component ([`picker()`], [`answer`]) that the dialog here and the wizard's Import step
//! both show. Everything about it is one form: search, paging and ticks are sent together, so that what was chosen on
//! one page is still chosen on the next, with scripts and without.

mod answer;
mod build;
mod missing;
mod page;
pub mod picker;
mod selected;
mod show;
mod state;
pub mod troubleshooting;

pub use answer::{Outcome, answer};
pub use build::{Addresses, picker};
pub use missing::{source, unread};
pub use selected::count_selected;
pub use show::{import, people, show, show_report};
pub use state::PickerState;
