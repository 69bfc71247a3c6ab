//! Pages under `/settings`.

pub mod api_keys;
pub mod integrations;
pub mod sync_log;
