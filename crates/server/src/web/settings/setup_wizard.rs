//! The setup wizard of a PSA: Connect, Sync, Configure, Import. Everything that differs between providers comes from
//! the provider's data (`domain::provider`).

mod choice_list;
mod client_comment_status;
mod complete;
mod configure_page;
mod configure_step;
pub mod connect_page;
mod connect_step;
mod everywhere;
pub mod form;
pub mod frame;
pub mod gone;
mod import_lists;
mod import_page;
mod import_step;
mod known;
pub mod merge;
mod options;
mod preview;
mod show;
mod stage_rows;
mod statuses;
mod strip;
pub mod summary;
mod sync_page;
mod sync_step;
pub mod wizard;

pub use complete::complete;
pub use configure_step::{show as configure, submit as submit_configure};
pub use connect_step::{show as connect, submit as submit_connect};
pub use import_lists::{import_companies, import_users};
pub use import_step::show as import;
pub use preview::show as auto_import;
pub use show::{events, show};
pub use sync_step::{show as sync_step, submit as submit_sync};
