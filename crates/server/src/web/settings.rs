//! Pages under `/settings`.

pub mod api_keys;
pub mod integrations;
pub mod setup_wizard;
mod show;
pub mod sync_log;

pub use show::show;
