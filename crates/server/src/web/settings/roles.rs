//! Settings → Users & Roles → Roles: what users may do.

mod content;
mod edit;
mod edit_page;
mod list;
mod list_page;
pub mod matrix;
mod remove;
mod save;

pub use edit::{new, show};
pub use list::list;
pub use remove::{ask_remove, duplicate, remove};
pub use save::{create, update};
