//! *Settings → Integrations*: cards, connecting, settings of one integration, disconnecting.

mod auto_sync;
pub mod card;
mod clear;
pub mod confirm_page;
mod connect;
pub mod connect_page;
mod delete;
mod detail;
pub mod detail_page;
mod disconnect;
pub mod find;
mod list;
pub mod list_page;
pub mod options;
mod reference_data;
mod reference_note;
mod resync;
pub mod settings_form;
mod settings_merge;
pub mod stream_rows;
pub mod to_card;

pub use auto_sync::auto_sync;
pub use clear::{ask_clear, clear};
pub use connect::{connect, connect_form, credentials_form, update_credentials};
pub use delete::{ask_delete, delete};
pub use detail::{show, show_events, update};
pub use disconnect::{ask_disconnect, disconnect};
pub use list::{list, list_events};
pub use reference_data::reference_data;
pub use resync::{quick_sync, resync};
