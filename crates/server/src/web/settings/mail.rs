//! Settings → E-mail: how mail leaves, and what became of each message.

mod read;
mod retry;
mod show;
mod test;

pub use read::read;
pub use retry::{retry, retry_all};
pub use show::show;
pub use test::test;
