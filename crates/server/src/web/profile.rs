//! The signed-in person's own page: name and time zone, password, sessions.

mod change_password;
mod revoke_session;
mod show;
mod update;

pub use change_password::change_password;
pub use revoke_session::{revoke_others, revoke_session};
pub use show::show;
pub use update::update;
