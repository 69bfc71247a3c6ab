//! Companies → Import: the companies of a connected tool become companies here, or are linked to some that are.
//!
//! The list of companies is one component ([`list`], [`answer`]) that the dialog here and the wizard's Import step both
//! show, as that of people is ([`super::import_users`]). Everything about it is one form: search, paging and ticks are
//! sent together, so that what was chosen on one page is still chosen on the next, with scripts and without.

mod addresses;
mod answer;
mod build;
mod link;
mod link_choices;
mod missing;
mod page;
pub mod picker;
mod selected;
mod show;
mod state;
mod unlink;
mod words;

pub use addresses::Addresses;
pub use answer::{Answered, answer};
pub use build::list;
pub use link::{ask_link, link};
pub use missing::{may_import, missing, require_import};
pub use selected::count_selected;
pub use show::{import, show, show_report};
pub use state::Chosen;
pub use unlink::{ask_unlink, unlink};
