//! One message as it leaves: headers and both bodies.
//!
//! Nothing a person typed gets into a header unchecked: a control character in a name or the subject becomes a space, so
//! that no name adds a header and none keeps a message from leaving; one in an address refuses the whole message. What
//! is left is encoded by the mail library.

use std::time::{Duration, UNIX_EPOCH};

use domain::clock::UtcMillis;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::config::{MailConfig, Way};
use super::text::Letter;

/// Why a message cannot be made, in a sentence; trying again would not help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unsendable(pub(crate) String);

/// The receiver of a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct To<'a> {
    /// Name, empty when there is none.
    pub(crate) name: &'a str,
    /// Address.
    pub(crate) email: &'a str,
}

/// Puts a message together.
///
/// # Errors
/// When the address cannot stand in a header.
pub(crate) fn build(
    config: &MailConfig,
    to: To<'_>,
    letter: &Letter,
    id: &str,
    now: UtcMillis,
) -> Result<Message, Unsendable> {
    let date = UNIX_EPOCH + Duration::from_millis(u64::try_from(now.0).unwrap_or(0));
    let mut builder = Message::builder()
        .from(config.from.clone())
        .to(receiver(to)?)
        .subject(one_line(&letter.subject))
        .date(date)
        .message_id(Some(format!("<{id}@{}>", config.from.email.domain())))
        // Out-of-office replies and the like do not answer these.
        .raw_header(fixed("Auto-Submitted", "auto-generated"))
        .raw_header(fixed("X-Auto-Response-Suppress", "All"));
    if let Some(reply_to) = &config.reply_to {
        builder = builder.reply_to(reply_to.clone());
    }
    let body = MultiPart::alternative()
        .singlepart(part(config, ContentType::TEXT_PLAIN, &letter.text))
        .singlepart(part(config, ContentType::TEXT_HTML, &letter.html));
    builder
        .multipart(body)
        .map_err(|error| Unsendable(format!("The message cannot be put together: {error}.")))
}

/// Files of the outbox are for people to read, so their text stays as it is, however long its lines: a link is never
/// broken. A mail server gets what every server takes.
fn part(config: &MailConfig, kind: ContentType, text: &str) -> SinglePart {
    let readable = matches!(config.way, Way::Outbox(_))
        .then(|| Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::Binary).ok())
        .flatten();
    let builder = SinglePart::builder().header(kind);
    match readable {
        Some(body) => builder.body(body),
        None => builder.body(text.to_owned()),
    }
}

fn fixed(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn receiver(to: To<'_>) -> Result<Mailbox, Unsendable> {
    let name = one_line(to.name);
    let email = to.email.trim();
    if email.chars().any(char::is_control) {
        return Err(Unsendable(
            "The address holds a line break or another control character, which no header may have. Correct it, then \
             send again."
                .to_owned(),
        ));
    }
    let address: Address = email.parse().map_err(|_| {
        Unsendable(format!(
            "“{email}” is no address a mail server takes. Correct the person's e-mail address, then send again."
        ))
    })?;
    Ok(Mailbox::new(
        Some(name).filter(|name| !name.is_empty()),
        address,
    ))
}

/// A name or a subject in one line: a space stands where a line break or another control character stood.
pub(crate) fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            subject: "Grüße".into(),
            text: format!("Zeile eins\n\nöffne\n{}\n", "x".repeat(120)),
            html: "<p>öffne</p>\n".into(),
        }
    }

    fn build_for(name: &str, email: &str) -> Result<String, Unsendable> {
        let config = MailConfig::outbox("/nowhere".into(), "http://localhost:8080");
        let to = To { name, email };
        build(&config, to, &letter(), "0190", UtcMillis(1_773_480_360_000))
            .map(|message| String::from_utf8(message.formatted()).unwrap())
    }

    #[test]
    fn a_message_has_both_bodies_and_says_that_no_person_sent_it() {
        let text = build_for("Ann Porter", "ann@example.com").unwrap();
        assert!(
            text.contains("To: \"Ann Porter\" <ann@example.com>\r\n"),
            "{text}"
        );
        assert!(text.contains("Auto-Submitted: auto-generated\r\n"));
        assert!(text.contains("Message-ID: <0190@localhost>\r\n"));
        assert!(text.contains("Date: Sat, 14 Mar 2026 09:26:00 +0000\r\n"));
        assert!(text.contains("multipart/alternative"));
        assert!(
            text.contains(&"x".repeat(120)),
            "a link stays whole: {text}"
        );
        assert!(
            text.contains("öffne\r\n") && text.contains("<p>öffne</p>"),
            "readable: {text}"
        );
        assert!(text.contains("Subject: =?utf-8?"), "{text}");
    }

    #[test]
    fn nobody_adds_a_header_or_silences_a_message_by_a_name() {
        for name in [
            "Ann\r\nBcc: all@example.com",
            "Ann\nBcc: y",
            "Ann\rBcc: y",
            "An\0n",
            "\t\n",
        ] {
            let text = build_for(name, "ann@example.com").unwrap();
            assert!(!text.contains("\nBcc") && !text.contains("\rBcc"), "{text}");
            assert!(text.contains("ann@example.com"), "{text}");
        }
        assert!(build_for("Ann", "ann@example.com\r\nBcc: x@example.com").is_err());
        assert!(build_for("Ann", "ann@example.com>, <x@example.com").is_err());
        let tricky = build_for("Ann\" <x@example.com>, \"B", "ann@example.com").unwrap();
        let to = tricky
            .lines()
            .find(|line| line.starts_with("To: "))
            .unwrap();
        assert!(to.ends_with("<ann@example.com>"), "{to}");
        assert!(!to.contains("\" <x@example.com>, \""), "quoted: {to}");
    }
}
