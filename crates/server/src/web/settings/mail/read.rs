//! `GET /settings/mail/{mail}`: a message of the outbox, in the demo, where nobody receives mail. Elsewhere there is no
//! such page: messages hold links that let people in.

use askama::Template;
use axum::extract::{Path, State};
use domain::id::PublicId;
use store::outbox::{Mail, find_mail_by_uuid};
use sync::mail::outbox;

use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::page::page;
use crate::web::view::{Section, Shell, Time};

#[derive(Template)]
#[template(path = "settings/mail/read.html")]
struct ReadPage {
    shell: Shell,
    subject: String,
    sender: String,
    recipient: String,
    sent: Option<Time>,
    parts: Vec<Part>,
}

/// A stretch of the text: words, or one of our own links.
enum Part {
    Words(String),
    Link(String),
}

/// Shows the text of a message.
///
/// # Errors
/// When this is not the demo, or there is no such message.
pub async fn read(State(app): State<App>, staff: Staff, Path(id): Path<String>) -> Answer {
    if !app.reads_outbox() {
        return Err(Failure::not_found("Page"));
    }
    let mail = find(&app, &id).await?;
    let config = app.engine().config().mail.clone();
    let kept = {
        let mail = mail.clone();
        tokio::task::spawn_blocking(move || outbox::read(&config, &mail))
            .await
            .map_err(Failure::internal)?
    };
    let kept = kept.ok_or_else(|| Failure::not_found("Message"))?;
    let shell = staff.shell(Section::Settings);
    page(&ReadPage {
        subject: kept.subject,
        sender: app.engine().config().mail.from.to_string(),
        recipient: mail.recipient,
        sent: shell.maybe_time(mail.finished_at),
        parts: parts(&kept.text, &app.config().base_address()),
        shell,
    })
}

/// One message by its id in addresses.
pub(super) async fn find(app: &App, id: &str) -> Result<Mail, Failure> {
    let missing = || Failure::not_found("Message");
    let id: PublicId = id.parse().map_err(|_| missing())?;
    find_mail_by_uuid(app.store(), &id)
        .await?
        .ok_or_else(missing)
}

/// Only a line that is one of our own addresses becomes a link.
fn parts(text: &str, base_address: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut words = String::new();
    for line in text.lines() {
        let own = line
            .strip_prefix(base_address)
            .filter(|path| path.starts_with('/') && !path.contains(char::is_whitespace));
        match own {
            Some(_) => {
                parts.push(Part::Words(std::mem::take(&mut words)));
                parts.push(Part::Link(line.to_owned()));
                words.push('\n');
            }
            None => {
                words.push_str(line);
                words.push('\n');
            }
        }
    }
    parts.push(Part::Words(words));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_addresses_become_links() {
        let text = "Hello\nhttps://p.example/set-password/abc\nhttps://p.example.evil/x\nhttps://p.example/a b\nBye";
        let links: Vec<String> = parts(text, "https://p.example")
            .into_iter()
            .filter_map(|part| match part {
                Part::Link(link) => Some(link),
                Part::Words(_) => None,
            })
            .collect();
        assert_eq!(links, ["https://p.example/set-password/abc"]);
    }
}
