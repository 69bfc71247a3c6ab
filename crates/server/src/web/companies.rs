//! Companies: list, one company, export, removing one, those that are blocked.

mod blocked;
pub mod blocked_page;
mod export;
mod list;
pub mod list_page;
pub mod locations;
pub mod query;
mod remove;
mod show;
pub mod show_page;

pub use blocked::blocked;
pub use export::export;
pub use list::list;
pub use remove::{ask_remove, ask_unblock, remove, unblock};
pub use show::{name_of, show};
