//! Contacts: list, one contact, export; and those of them who have a portal account.

pub mod accounts;
pub mod accounts_page;
mod export;
mod list;
pub mod list_page;
pub mod query;
mod show;
pub mod show_page;

pub use accounts::accounts;
pub use export::export;
pub use list::list;
pub use show::show;
