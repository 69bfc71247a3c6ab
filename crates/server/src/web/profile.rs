//! The signed-in person's own page: details, notifications, password, second factors, sessions.

pub mod app;
pub mod codes;
mod confirm;
pub mod email;
mod notifications;
pub mod passkeys;
pub mod password;
mod present;
mod revoke_session;
mod security;
mod show;
mod update;

pub use notifications::notifications;
pub use revoke_session::{revoke_others, revoke_session};
pub use show::{language_name, show};
pub use update::update;
