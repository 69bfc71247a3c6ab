//! Reading a message back from the folder, for the demo, where nobody receives mail.

use std::path::Path;

use store::outbox::Mail;

use super::config::{MailConfig, Way};
use super::send::file_name;

/// A message as it lies in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Subject.
    pub subject: String,
    /// The text body.
    pub text: String,
    /// The HTML body.
    pub html: String,
}

/// The message as it lies in the folder; `None` when it went to a mail server, was not sent, or the file is gone.
#[must_use]
pub fn read(config: &MailConfig, mail: &Mail) -> Option<Kept> {
    let Way::Outbox(folder) = &config.way else {
        return None;
    };
    read_file(&folder.join(file_name(mail)))
}

fn read_file(file: &Path) -> Option<Kept> {
    parse(&std::fs::read_to_string(file).ok()?)
}

/// Takes a message apart that [`super::message`] put together: two bodies, as they are, between boundaries.
fn parse(text: &str) -> Option<Kept> {
    let text = text.replace("\r\n", "\n");
    let (head, _) = text.split_once("\n\n")?;
    let (_, after) = head.split_once("boundary=\"")?;
    let (boundary, _) = after.split_once('"')?;
    let body = |kind: &str| {
        text.split(&format!("--{boundary}"))
            .find(|part| part.contains(&format!("Content-Type: {kind}")))
            .and_then(|part| part.trim_start().split_once("\n\n"))
            .map(|(_, body)| body.trim_end().to_owned())
    };
    let html = body("text/html")?;
    // The encoded header is not decoded: the same words are the title of the HTML body.
    let title = html
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"))
        .map_or("", |(title, _)| title);
    Some(Kept {
        subject: unescape(title),
        text: body("text/plain")?,
        html,
    })
}

/// What askama escapes.
fn unescape(text: &str) -> String {
    [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_bodies_come_back() {
        let message = "From: a\r\nContent-Type: multipart/alternative;\r\n boundary=\"xyz\"\r\n\r\n--xyz\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nÖffne\r\n\r\nhttps://a/b\r\n\
             --xyz\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<title>A &#38; B</title><p>Öffne</p>\r\n--xyz--\r\n";
        let kept = parse(message).unwrap();
        assert_eq!(kept.subject, "A & B");
        assert_eq!(kept.text, "Öffne\n\nhttps://a/b");
        assert_eq!(kept.html, "<title>A &#38; B</title><p>Öffne</p>");
        assert_eq!(parse("no message"), None);
    }
}
