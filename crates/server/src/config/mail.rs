//! The section `[mail]`: how e-mails leave.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use domain::secret::Secret;
use serde::Deserialize;
use sync::mail::config::{Encryption, MailConfig, Smtp, Way, mailbox};

use super::Config;

/// E-mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// By which way.
    pub transport: Transport,
    /// The sender.
    pub from: String,
    /// Where answers go; empty: to the sender.
    pub reply_to: String,
    /// The mail server.
    pub smtp_host: String,
    /// Its port; 0: the usual one.
    pub smtp_port: u16,
    /// How the connection is protected.
    pub encryption: Encryption,
    /// User name; empty: none.
    pub smtp_user: String,
    /// Password.
    pub smtp_password: Secret,
    /// PEM file of an authority of the house; empty: none.
    pub certificate_authority: PathBuf,
    /// Longest wait for one answer.
    pub timeout_seconds: u64,
}

/// By which way mail leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Files in the data folder.
    Outbox,
    /// A mail server.
    Smtp,
}

impl Config {
    /// How mail leaves.
    ///
    /// # Errors
    /// When a sender is none, the mail server is not named, or the certificate cannot be read.
    pub fn mail_config(&self) -> anyhow::Result<MailConfig> {
        let mail = &self.mail;
        let sender = |key: &str, text: &str| {
            mailbox(text).map_err(|problem| anyhow::anyhow!("mail.{key}: {problem}"))
        };
        let way = match mail.transport {
            Transport::Outbox => Way::Outbox(self.storage.data_dir.join("outbox")),
            Transport::Smtp => Way::Smtp(self.smtp()?),
        };
        Ok(MailConfig {
            way,
            from: sender("from", &mail.from)?,
            reply_to: match mail.reply_to.trim() {
                "" => None,
                text => Some(sender("reply_to", text)?),
            },
            base_address: self.base_address(),
        })
    }

    fn smtp(&self) -> anyhow::Result<Smtp> {
        let mail = &self.mail;
        if mail.smtp_host.trim().is_empty() {
            bail!("mail.transport is \"smtp\", so mail.smtp_host must name the mail server");
        }
        if !(1..=300).contains(&mail.timeout_seconds) {
            bail!("mail.timeout_seconds must be 1 to 300");
        }
        let authority = if mail.certificate_authority.as_os_str().is_empty() {
            Vec::new()
        } else {
            std::fs::read(&mail.certificate_authority).with_context(|| {
                format!(
                    "The file {}, named by mail.certificate_authority, cannot be read",
                    mail.certificate_authority.display()
                )
            })?
        };
        Ok(Smtp {
            host: mail.smtp_host.trim().to_owned(),
            port: match mail.smtp_port {
                0 => mail.encryption.port(),
                port => port,
            },
            encryption: mail.encryption,
            user: mail.smtp_user.clone(),
            password: mail.smtp_password.clone(),
            authority,
            timeout: Duration::from_secs(mail.timeout_seconds),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Overrides, load_from};

    fn load_with(environment: &[(&str, &str)]) -> anyhow::Result<Config> {
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        load_from(None, environment, &Overrides::default())
    }

    #[test]
    fn mail_goes_to_files_unless_a_server_is_named() {
        let config = load_with(&[]).unwrap().mail_config().unwrap();
        assert!(matches!(config.way, Way::Outbox(folder) if folder.ends_with("outbox")));
        assert!(
            load_with(&[("PORTICO__MAIL__TRANSPORT", "smtp")]).is_err(),
            "no server"
        );
        assert!(
            load_with(&[("PORTICO__MAIL__FROM", "nobody")]).is_err(),
            "no sender"
        );
        let smtp = [
            ("PORTICO__MAIL__TRANSPORT", "smtp"),
            ("PORTICO__MAIL__SMTP_HOST", "smtp.example.com"),
            ("PORTICO__MAIL__ENCRYPTION", "tls"),
            ("PORTICO__MAIL__FROM", "Help <help@example.com>"),
            ("PORTICO__MAIL__SMTP_PASSWORD", "squeamish"),
        ];
        let config = load_with(&smtp).unwrap();
        assert!(!format!("{config:?}").contains("squeamish"));
        let mail = config.mail_config().unwrap();
        assert!(!format!("{mail:?}").contains("squeamish"));
        assert_eq!(mail.from.to_string(), "Help <help@example.com>");
        assert!(matches!(mail.way, Way::Smtp(smtp) if smtp.port == 465));
    }
}
