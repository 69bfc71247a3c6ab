//! The sync log: runs of an integration and what each did (rule S3).

mod answer;
mod diagnostics;
mod list;
pub mod list_page;
mod show;
pub mod show_page;
pub mod to_view;

pub use answer::{answer, retry};
pub use diagnostics::diagnostics;
pub use list::{list, list_events};
pub use show::{find_run, show, show_events};
