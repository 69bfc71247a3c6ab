//! Pages under `/settings`.

pub mod api_keys;
pub mod integrations;
mod show;
pub mod sync_log;

pub use show::show;
