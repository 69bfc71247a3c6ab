//! *Settings → Integrations*: cards, the page of one integration, disconnecting. Setting up is `setup_wizard`.

mod auto_sync;
pub mod card;
mod clear;
pub mod confirm_page;
mod delete;
mod detail;
pub mod detail_page;
mod disconnect;
pub mod find;
mod list;
pub mod list_page;
mod reference_data;
mod reference_note;
mod resync;
mod set_aside;
pub mod stream_rows;
pub mod to_card;
pub mod waiting_companies;

pub use auto_sync::auto_sync;
pub use clear::{ask_clear, clear};
pub use delete::{ask_delete, delete};
pub use detail::{show, show_events};
pub use disconnect::{ask_disconnect, disconnect};
pub use list::{list, list_events};
pub use reference_data::reference_data;
pub use resync::{quick_sync, resync};
