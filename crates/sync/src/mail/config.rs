//! How mail leaves, as the process is configured.

use std::path::PathBuf;
use std::time::Duration;

use domain::secret::Secret;
use lettre::message::Mailbox;

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// By which way.
    pub way: Way,
    /// The sender.
    pub from: Mailbox,
    /// Where answers go, when that is not the sender.
    pub reply_to: Option<Mailbox>,
    /// The address people type, without a slash at its end; links start with it.
    pub base_address: String,
}

/// By which way mail leaves.
#[derive(Debug, Clone)]
pub enum Way {
    /// Each message is a file in this folder, which only its owner may read.
    Outbox(PathBuf),
    /// A mail server.
    Smtp(Smtp),
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub encryption: Encryption,
    /// User name; empty: the server asks for none.
    pub user: String,
    /// Password.
    pub password: Secret,
    /// Certificates of an authority of the house, in PEM form; empty: the well-known authorities only.
    pub authority: Vec<u8>,
    /// How long one step of the conversation may take.
    pub timeout: Duration,
}

/// How the connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// A plain connection that must become an encrypted one before anything is sent.
    Starttls,
    /// Encrypted from the first byte.
    Tls,
    /// None: for a mail server on this machine or in the same closed network.
    None,
}

impl Encryption {
    /// The usual port.
    #[must_use]
    pub const fn port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }

    /// In words, for the settings page.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Starttls => "STARTTLS",
            Self::Tls => "TLS",
            Self::None => "not encrypted",
        }
    }
}

impl MailConfig {
    /// Files in a folder, from a sender that exists nowhere.
    #[must_use]
    #[expect(
        clippy::unreachable,
        reason = "both parts of the address are constants"
    )]
    pub fn outbox(folder: PathBuf, base_address: &str) -> Self {
        let local = lettre::Address::new("portico", "localhost").ok();
        Self {
            way: Way::Outbox(folder),
            from: Mailbox::new(
                Some("Portico".to_owned()),
                local.unwrap_or_else(|| unreachable!("both parts are constants")),
            ),
            reply_to: None,
            base_address: base_address.to_owned(),
        }
    }
}

/// Reads a sender such as `Portico <portico@example.com>`.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn mailbox(text: &str) -> Result<Mailbox, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no sender such as \"Portico <portico@example.com>\""))
}
