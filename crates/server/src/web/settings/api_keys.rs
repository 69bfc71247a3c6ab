//! *Settings → API keys*: create (the token is shown once), list, revoke.

mod create;
mod made_by;
mod revoke;
mod show;

pub use create::create;
pub use made_by::made_by;
pub use revoke::{ask_revoke, revoke};
pub use show::show;
