//! Mail: who is written to, what it says, and how it leaves.
//!
//! A message is a row that commits together with what made it necessary, and a job beside it (as everything else that
//! must happen, see `worker.rs`). The worker writes the letter and hands it over; a mail server that does not
//! answer is asked again later, a refusal is kept with its reason for *Settings → E-mail*.
//!
//! # Links
//!
//! A message row holds no link. The token of a link is made when the letter is written, stored only as a hash, and
//! leaves with the letter; whoever reads the database cannot set anybody's password. A letter that is written again
//! has a new token.
//!
//! # What was rejected
//!
//! * Sending within the request: the page would wait for a mail server, and a crash would lose the message.
//! * Keeping the finished letter in the row: it holds the token.

pub mod config;
mod deliver;
mod message;
pub mod outbox;
mod queue;
mod send;
mod text;

pub use config::MailConfig;
pub(crate) use message::one_line;
pub(crate) use queue::queue_integration_paused;
pub use queue::{
    Circumstances, Receiver, queue_password_changed, queue_reset_password, queue_test,
    queue_two_factor_changed, queue_welcome,
};
pub(crate) use send::send;
