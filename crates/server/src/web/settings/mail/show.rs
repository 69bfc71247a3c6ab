//! `GET /settings/mail`.

use askama::Template;
use axum::extract::State;
use domain::id::PublicId;
use domain::mail::MailState;
use store::outbox::{Mail, list_mail};
use sync::mail::MailConfig;
use sync::mail::config::Way;

use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::page::page;
use crate::web::view::list::{PAGE_ROWS, address, count_text};
use crate::web::view::{Pager, Query, Section, Shell, Time};

const PATH: &str = "/settings/mail";

#[derive(Template)]
#[template(path = "settings/mail/show.html")]
struct MailPage {
    shell: Shell,
    way: WayFacts,
    rows: Vec<Row>,
    pager: Pager,
    /// The state that is filtered by; empty: all.
    state: String,
    states: [(&'static str, &'static str); 4],
    readable: bool,
    email: String,
    /// Whether several messages of the list failed, which one button sends again.
    several_failed: bool,
}

/// How mail leaves, in words.
struct WayFacts {
    /// Whether messages really reach people.
    delivers: bool,
    facts: Vec<(&'static str, String)>,
}

struct Row {
    uuid: PublicId,
    kind: &'static str,
    recipient: String,
    state: &'static str,
    tone: &'static str,
    icon: &'static str,
    reason: String,
    attempts: i64,
    written: Time,
    finished: Option<Time>,
    can_retry: bool,
    can_read: bool,
}

/// Shows how mail leaves and the last messages.
///
/// # Errors
/// When the database does not answer.
pub async fn show(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let shell = staff.shell(Section::Settings);
    let state = MailState::from_key(&query.text("state"));
    let key = state.map_or("", MailState::key);
    let listing = list_mail(app.store(), state, query.page().as_ref(), PAGE_ROWS).await?;
    let rows = listing
        .rows
        .iter()
        .map(|mail| row(&shell, mail, app.reads_outbox()))
        .collect();
    let pager = Pager::new(
        count_text(listing.count, "message", "messages"),
        listing.previous.as_ref(),
        listing.next.as_ref(),
        |page| address(PATH, &[("state", key), ("page", page)]),
        String::new(),
    );
    let failed = listing
        .rows
        .iter()
        .filter(|mail| mail.state == MailState::Failed);
    page(&MailPage {
        several_failed: failed.count() > 1,
        way: way(&app.engine().config().mail),
        rows,
        pager,
        state: key.to_owned(),
        states: [
            ("", "All"),
            ("waiting", "Waiting"),
            ("sent", "Sent"),
            ("failed", "Failed"),
        ],
        readable: app.reads_outbox(),
        email: staff.email.clone(),
        shell,
    })
}

fn row(shell: &Shell, mail: &Mail, readable: bool) -> Row {
    let (tone, icon) = match (mail.state, mail.attempts) {
        (MailState::Sent, _) => ("good", "check"),
        (MailState::Failed, _) => ("bad", "alert"),
        (MailState::Waiting, 0) => ("info", "clock"),
        (MailState::Waiting, _) => ("warn", "hourglass"),
    };
    Row {
        uuid: mail.uuid.clone(),
        kind: mail.kind.label(),
        recipient: mail.recipient.clone(),
        state: match (mail.state, mail.attempts) {
            (MailState::Waiting, attempts) if attempts > 0 => "Tried again later",
            (state, _) => state.label(),
        },
        tone,
        icon,
        reason: mail.last_error.clone().unwrap_or_default(),
        attempts: mail.attempts,
        written: shell.time(mail.created_at),
        finished: shell.maybe_time(mail.finished_at),
        can_retry: mail.state == MailState::Failed,
        can_read: readable && mail.state == MailState::Sent,
    }
}

/// Never the password, only whether there is one.
fn way(config: &MailConfig) -> WayFacts {
    let mut facts = vec![("Sender", config.from.to_string())];
    if let Some(reply_to) = &config.reply_to {
        facts.push(("Answers to", reply_to.to_string()));
    }
    match &config.way {
        Way::Outbox(folder) => {
            facts.push(("Folder", folder.display().to_string()));
            WayFacts {
                delivers: false,
                facts,
            }
        }
        Way::Smtp(smtp) => {
            facts.push(("Mail server", format!("{}:{}", smtp.host, smtp.port)));
            facts.push(("Connection", smtp.encryption.label().to_owned()));
            facts.push((
                "User",
                match smtp.user.as_str() {
                    "" => "none".to_owned(),
                    user => user.to_owned(),
                },
            ));
            WayFacts {
                delivers: true,
                facts,
            }
        }
    }
}
