//! Tickets: list, one ticket, export.

mod export;
mod list;
pub mod list_page;
pub mod query;
pub mod row;
mod show;
pub mod show_page;
mod technicians;

pub use export::export;
pub use list::list;
pub use show::show;
