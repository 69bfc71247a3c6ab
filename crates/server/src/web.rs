//! Pages and API. `router` is the index: every address with the right it needs.
//!
//! A request passes, from the outside: request id, log line, metrics ([`layers`]), security headers ([`headers`]),
//! presentation of failures ([`error`]), then per route its rule ([`access`]), which also checks forms
//! ([`csrf`]), and then the handler, whose arguments ([`access::Staff`] and its like) hold what the rule established.

pub mod access;
pub mod address;
pub mod api;
pub mod assets;
pub mod audit;
pub mod companies;
pub mod contacts;
pub mod cookie;
pub mod csrf;
pub mod error;
pub mod expired;
pub mod form;
pub mod headers;
pub mod health;
pub mod home;
pub mod layers;
pub mod live;
pub mod metrics;
pub mod onboarding;
pub mod opportunities;
pub mod page;
pub mod password;
pub mod profile;
pub mod rate;
pub mod route_table;
pub mod router;
pub mod session;
pub mod set_password;
pub mod settings;
pub mod sign_in;
pub mod tickets;
pub mod token;
pub mod two_factor;
pub mod user_agent;
pub mod view;
