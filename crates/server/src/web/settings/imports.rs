//! Imports of staff and companies as they run and when they ended: progress that can be left and come back to, and the
//! report. The import dialog and the wizard's Import step lead here and show the same part in their own place.

pub mod contacts;
mod export;
pub mod kept_list;
mod last;
pub mod list_frame;
pub mod list_state;
pub mod list_sync;
pub mod marks;
pub mod quick_match;
pub mod report;
mod show;
pub mod source;
mod to_report;

pub use export::{export_companies, export_contacts, export_users};
pub use last::{LastImport, last};
pub use show::{companies, companies_events, find_import, users, users_events};
pub use source::{Missing, Source};
pub use to_report::{Place, in_short, to_report};
