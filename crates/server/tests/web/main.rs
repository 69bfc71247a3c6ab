//! Pages and API through the whole router, on a SQLite database of their own. Modules mirror `src/web`.

mod access_coverage;
mod api;
mod api_keys;
mod expired;
mod forms;
mod harness;
mod headers;
mod health;
mod integrations;
mod lists;
mod listener;
mod onboarding;
mod profile;
mod sign_in;
mod sync_log;
