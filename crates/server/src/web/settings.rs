//! Pages under `/settings`.

pub mod api_keys;
pub mod import_companies;
pub mod import_users;
pub mod imports;
pub mod integrations;
pub mod mail;
pub mod roles;
pub mod setup_wizard;
mod show;
pub mod sync_log;
pub mod users;

pub use show::show;
