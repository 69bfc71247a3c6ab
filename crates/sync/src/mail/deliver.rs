//! Handing a message over: to a mail server, or to a folder.

use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::config::{Encryption, MailConfig, Smtp, Way};

/// Why a message did not leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotDelivered {
    /// What happened and what to do, for people.
    pub(crate) reason: String,
    /// Whether the same message may leave later without anybody doing anything.
    pub(crate) temporary: bool,
}

impl NotDelivered {
    fn later(reason: String) -> Self {
        Self {
            reason,
            temporary: true,
        }
    }

    fn never(reason: String) -> Self {
        Self {
            reason,
            temporary: false,
        }
    }
}

/// Hands a message over. `name` is the file's name in the outbox.
pub(crate) async fn deliver(
    config: &MailConfig,
    message: Message,
    name: &str,
) -> Result<(), NotDelivered> {
    match &config.way {
        Way::Smtp(smtp) => send(smtp, message).await,
        Way::Outbox(folder) => {
            let (folder, name) = (folder.clone(), name.to_owned());
            let kept =
                tokio::task::spawn_blocking(move || keep(&folder, &name, &message.formatted()));
            kept.await
                .map_err(|error| NotDelivered::later(format!("Writing was broken off: {error}.")))?
                .map_err(|(place, error)| {
                    NotDelivered::later(format!(
                        "The message cannot be written to {}: {error}. Give Portico room and access there.",
                        place.display()
                    ))
                })
        }
    }
}

/// Writes a message under its name, whole or not at all.
fn keep(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), (PathBuf, std::io::Error)> {
    let at = |place: &Path| {
        let place = place.to_owned();
        move |error| (place, error)
    };
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(at(folder))?;
    let half = folder.join(format!(".{name}.part"));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&half)
        .map_err(at(&half))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(&half, folder.join(name)))
        .map_err(at(&half))
}

async fn send(smtp: &Smtp, message: Message) -> Result<(), NotDelivered> {
    let transport = connect(smtp).map_err(|error| {
        NotDelivered::never(format!(
            "The mail server's settings cannot be used: {error}. Check the section [mail] of the configuration."
        ))
    })?;
    match transport.send(message).await {
        Ok(_taken) => Ok(()),
        Err(error) => Err(explain(smtp, &error)),
    }
}

fn connect(
    smtp: &Smtp,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, lettre::transport::smtp::Error> {
    let tls = || -> Result<TlsParameters, lettre::transport::smtp::Error> {
        let mut builder = TlsParameters::builder(smtp.host.clone());
        if !smtp.authority.is_empty() {
            builder = builder.add_root_certificate(Certificate::from_pem(&smtp.authority)?);
        }
        builder.build_rustls()
    };
    let tls = match smtp.encryption {
        Encryption::Starttls => Tls::Required(tls()?),
        Encryption::Tls => Tls::Wrapper(tls()?),
        Encryption::None => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host)
        .port(smtp.port)
        .tls(tls)
        .timeout(Some(smtp.timeout));
    if !smtp.user.is_empty() {
        builder = builder.credentials(Credentials::new(
            smtp.user.clone(),
            smtp.password.expose().to_owned(),
        ));
    }
    Ok(builder.build())
}

/// What a failure means and what to do about it. Never holds the password: the library's texts do not.
fn explain(smtp: &Smtp, error: &lettre::transport::smtp::Error) -> NotDelivered {
    let server = format!("{}:{}", smtp.host, smtp.port);
    let said = chain(error);
    if let Some(code) = error.status() {
        let code: u16 = code.into();
        return match code {
            530 | 534 | 535 | 538 => NotDelivered::never(format!(
                "The mail server {server} did not accept the sign-in: {said}. Check mail.smtp_user and \
                 mail.smtp_password, then press Retry."
            )),
            500..=599 => NotDelivered::never(format!(
                "The mail server {server} refused the message: {said}. Check the address and the sender \
                 (mail.from), then press Retry."
            )),
            _ => NotDelivered::later(format!(
                "The mail server {server} asked to try again later: {said}."
            )),
        };
    }
    if error.is_tls() {
        return NotDelivered::later(format!(
            "No encrypted connection to {server}: {said}. Check mail.encryption and, for a certificate of your own \
             authority, mail.certificate_authority."
        ));
    }
    if error.is_client() {
        return NotDelivered::never(format!(
            "The mail server {server} and Portico do not get on: {said}. Check mail.encryption and mail.smtp_user."
        ));
    }
    NotDelivered::later(format!(
        "The mail server {server} cannot be reached: {said}. Check mail.smtp_host and mail.smtp_port, and whether a \
         firewall is between."
    ))
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    domain::text::cut(text.trim().trim_end_matches('.'), 400)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_kept_message_is_whole_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = folder.path().join("a/outbox");
        keep(&outbox, "one.eml", b"text").unwrap();
        keep(&outbox, "one.eml", b"again").unwrap();
        let names: Vec<_> = std::fs::read_dir(&outbox)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, ["one.eml"], "no half files are left");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(&outbox), mode(&outbox.join("one.eml"))),
            (0o700, 0o600)
        );
        assert_eq!(std::fs::read(outbox.join("one.eml")).unwrap(), b"again");
    }
}
