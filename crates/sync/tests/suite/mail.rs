//! Sending mail: what reaches a mail server, what is tried again, what is given up, and what the database holds of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::account::LinkPurpose;
use domain::clock::UtcMillis;
use domain::id::IdentityId;
use domain::mail::MailState;
use domain::secret::Secret;
use store::account_links::{LinkState, find_link};
use store::identities::{self, NewIdentity, Profile};
use store::outbox::{self, Mail};
use sync::mail::config::{Encryption, Smtp, Way};
use sync::mail::{MailConfig, Receiver, queue_reset_password, queue_test, queue_welcome};
use sync::{Engine, EngineConfig};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use crate::portal::{Kind, Portal};

on_both_engines! {
    mail_is_kept_as_a_file_with_a_link_that_works,
    mail_reaches_a_server_and_is_sent_once,
    mail_is_tried_again_and_given_up_in_the_end,
    mail_that_is_refused_is_given_up_at_once_and_sent_again_by_hand,
    mail_never_goes_unencrypted_by_itself,
    a_link_never_goes_to_an_address_the_person_had_before,
    a_link_asked_for_before_the_password_was_changed_is_not_sent,
    a_name_in_two_lines_silences_no_message,
}

/// An engine of the portal's store whose mail goes this way.
fn engine(portal: &Portal, way: Way) -> Engine {
    let mut config = EngineConfig::new("mail");
    config.mail = MailConfig {
        way,
        ..MailConfig::outbox(portal.folder().join("outbox"), "https://portal.example.com")
    };
    Engine::new(portal.store().clone(), portal.clock.clone(), config)
}

async fn person(portal: &Portal) -> IdentityId {
    let mut tx = portal.store().begin().await.expect("a transaction");
    let new = NewIdentity {
        email: "bo@example.com",
        name: "Bo Lind",
        ..NewIdentity::default()
    };
    let id = identities::insert_identity(&mut tx, &new)
        .await
        .expect("kept");
    tx.commit().await.expect("committed");
    id
}

const fn to(identity: IdentityId) -> Receiver<'static> {
    Receiver {
        identity,
        name: "Bo Lind",
        email: "bo@example.com",
    }
}

async fn queue(portal: &Portal) {
    let bo = person(portal).await;
    let mut tx = portal.store().begin().await.expect("a transaction");
    queue_test(&mut tx, to(bo)).await.expect("queued");
    tx.commit().await.expect("committed");
}

async fn newest(portal: &Portal) -> Mail {
    let listed = outbox::list_mail(portal.store(), None, None, 1)
        .await
        .expect("a list");
    listed.rows.into_iter().next().expect("a message")
}

async fn mail_is_kept_as_a_file_with_a_link_that_works(kind: Kind) {
    let portal = Portal::start(kind).await;
    let engine = engine(&portal, Way::Outbox(portal.folder().join("outbox")));
    let bo = person(&portal).await;
    let mut tx = portal.store().begin().await.expect("a transaction");
    queue_welcome(&mut tx, to(bo), "Ann Porter")
        .await
        .expect("queued");
    tx.rollback().await.expect("rolled back");
    assert_eq!(
        engine.run_until_idle().await.expect("idle"),
        0,
        "no commit, no mail"
    );
    let mut tx = portal.store().begin().await.expect("a transaction");
    queue_welcome(&mut tx, to(bo), "Ann Porter")
        .await
        .expect("queued");
    tx.commit().await.expect("committed");
    engine.run_until_idle().await.expect("idle");
    let mail = newest(&portal).await;
    assert_eq!(mail.state, MailState::Sent);
    let kept = sync::mail::outbox::read(&engine.config().mail, &mail).expect("a file");
    let (_, token) = kept
        .text
        .split_once("https://portal.example.com/set-password/")
        .expect("a link");
    let token: String = token.chars().take(43).collect();
    let found = find_link(portal.store(), &sync::token::hash(&token))
        .await
        .expect("asked");
    assert!(
        matches!(&found, LinkState::Valid(link) if link.identity == bo && link.purpose == LinkPurpose::Welcome),
        "{found:?}"
    );
    assert!(
        !mail.params.to_string().contains(&token),
        "the row holds no token"
    );
    assert!(kept.html.contains(&token) && kept.html.contains("Ann Porter"));
}

/// A mail server that takes one conversation after the other; `answer` is what it says to the end of a message.
async fn server(answer: &'static str) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let received: Arc<Mutex<Vec<String>>> = Arc::default();
    let messages = Arc::clone(&received);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            let _ = write.write_all(b"220 ready\r\n").await;
            let (mut data, mut message) = (false, String::new());
            while let Ok(Some(line)) = lines.next_line().await {
                let said = if data && line == "." {
                    data = false;
                    messages
                        .lock()
                        .expect("unpoisoned")
                        .push(std::mem::take(&mut message));
                    answer
                } else if data {
                    message.push_str(&line);
                    message.push('\n');
                    continue;
                } else if line == "DATA" {
                    data = true;
                    "354 go on"
                } else if line.starts_with("QUIT") {
                    "221 bye"
                } else {
                    "250 fine"
                };
                let _ = write.write_all(format!("{said}\r\n").as_bytes()).await;
            }
        }
    });
    (port, received)
}

fn smtp(port: u16, encryption: Encryption) -> Way {
    Way::Smtp(Smtp {
        host: "127.0.0.1".to_owned(),
        port,
        encryption,
        user: String::new(),
        password: Secret::default(),
        authority: Vec::new(),
        timeout: Duration::from_secs(20),
    })
}

async fn mail_reaches_a_server_and_is_sent_once(kind: Kind) {
    let portal = Portal::start(kind).await;
    let (port, received) = server("250 taken").await;
    let engine = engine(&portal, smtp(port, Encryption::None));
    queue(&portal).await;
    engine.run_until_idle().await.expect("idle");
    engine.run_until_idle().await.expect("idle");
    let received = received.lock().expect("unpoisoned").clone();
    assert_eq!(received.len(), 1, "{received:?}");
    assert!(
        received[0].contains("Subject: Test message from Portico"),
        "{}",
        received[0]
    );
    assert!(received[0].contains("To: \"Bo Lind\" <bo@example.com>"));
    assert!(received[0].contains("multipart/alternative"));
    assert_eq!(newest(&portal).await.state, MailState::Sent);
}

async fn mail_is_tried_again_and_given_up_in_the_end(kind: Kind) {
    let portal = Portal::start(kind).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = closed.local_addr().expect("an address").port();
    drop(closed);
    let engine = engine(&portal, smtp(port, Encryption::None));
    queue(&portal).await;
    engine.run_until_idle().await.expect("idle");
    let mail = newest(&portal).await;
    assert_eq!((mail.state, mail.attempts), (MailState::Waiting, 1));
    let reason = mail.last_error.expect("a reason");
    assert!(
        reason.contains("cannot be reached") && reason.contains("mail.smtp_host"),
        "{reason}"
    );
    engine.run_until_idle().await.expect("idle");
    assert_eq!(newest(&portal).await.attempts, 1, "not before its time");
    for _ in 0..20 {
        portal.advance(2 * UtcMillis::HOUR);
        engine.run_until_idle().await.expect("idle");
    }
    let mail = newest(&portal).await;
    assert_eq!((mail.state, mail.attempts), (MailState::Failed, 9));
}

async fn mail_that_is_refused_is_given_up_at_once_and_sent_again_by_hand(kind: Kind) {
    let portal = Portal::start(kind).await;
    let (port, received) = server("550 no such mailbox").await;
    let refusing = engine(&portal, smtp(port, Encryption::None));
    queue(&portal).await;
    refusing.run_until_idle().await.expect("idle");
    let mail = newest(&portal).await;
    assert_eq!((mail.state, mail.attempts), (MailState::Failed, 1));
    let reason = mail.last_error.expect("a reason");
    assert!(
        reason.contains("no such mailbox") && reason.contains("press Retry"),
        "{reason}"
    );
    portal.advance(UtcMillis::DAY);
    refusing.run_until_idle().await.expect("idle");
    assert_eq!(received.lock().expect("unpoisoned").len(), 1);
    let (port, received) = server("250 taken").await;
    let mut tx = portal.store().begin().await.expect("a transaction");
    assert!(outbox::retry_mail(&mut tx, mail.id).await.expect("asked"));
    tx.commit().await.expect("committed");
    engine(&portal, smtp(port, Encryption::None))
        .run_until_idle()
        .await
        .expect("idle");
    assert_eq!(received.lock().expect("unpoisoned").len(), 1);
    assert_eq!(newest(&portal).await.state, MailState::Sent);
}

async fn mail_never_goes_unencrypted_by_itself(kind: Kind) {
    let portal = Portal::start(kind).await;
    let (port, received) = server("250 taken").await;
    let engine = engine(&portal, smtp(port, Encryption::Starttls));
    queue(&portal).await;
    engine.run_until_idle().await.expect("idle");
    assert!(received.lock().expect("unpoisoned").is_empty());
    let mail = newest(&portal).await;
    assert_ne!(mail.state, MailState::Sent);
    assert!(
        mail.last_error
            .expect("a reason")
            .contains("mail.encryption")
    );
}

/// Gives a person another address.
async fn move_to(portal: &Portal, id: IdentityId, email: &str) {
    let known = identities::find_identity(portal.store(), id)
        .await
        .expect("asked")
        .expect("a person");
    let profile = Profile {
        name: &known.name,
        email,
        job_title: None,
        phone: None,
        time_zone: None,
        language: None,
        notifications: &known.notifications,
    };
    let mut tx = portal.store().begin().await.expect("a transaction");
    identities::update_profile(&mut tx, id, &profile)
        .await
        .expect("changed");
    tx.commit().await.expect("committed");
}

async fn a_link_never_goes_to_an_address_the_person_had_before(kind: Kind) {
    let portal = Portal::start(kind).await;
    let (port, received) = server("450 busy").await;
    let busy = engine(&portal, smtp(port, Encryption::None));
    let bo = person(&portal).await;
    let mut tx = portal.store().begin().await.expect("a transaction");
    queue_welcome(&mut tx, to(bo), "Ann Porter")
        .await
        .expect("queued");
    tx.commit().await.expect("committed");
    busy.run_until_idle().await.expect("idle");
    let mail = newest(&portal).await;
    assert_eq!((mail.state, mail.attempts), (MailState::Waiting, 1));
    let letter = received.lock().expect("unpoisoned")[0].clone();
    assert!(letter.contains("bo@example.com"), "{letter}");

    move_to(&portal, bo, "bo.lind@example.com").await;
    let (port, received) = server("250 taken").await;
    let working = engine(&portal, smtp(port, Encryption::None));
    portal.advance(UtcMillis::HOUR);
    working.run_until_idle().await.expect("idle");
    assert!(received.lock().expect("unpoisoned").is_empty());
    let mail = newest(&portal).await;
    assert_eq!(mail.state, MailState::Failed);
    let reason = mail.last_error.expect("a reason");
    assert!(reason.contains("was changed since"), "{reason}");

    let mut tx = portal.store().begin().await.expect("a transaction");
    assert!(outbox::retry_mail(&mut tx, mail.id).await.expect("asked"));
    tx.commit().await.expect("committed");
    working.run_until_idle().await.expect("idle");
    assert!(
        received.lock().expect("unpoisoned").is_empty(),
        "not by hand either"
    );

    move_to(&portal, bo, "Bo@Example.com").await;
    let mut tx = portal.store().begin().await.expect("a transaction");
    assert!(outbox::retry_mail(&mut tx, mail.id).await.expect("asked"));
    tx.commit().await.expect("committed");
    working.run_until_idle().await.expect("idle");
    assert_eq!(
        received.lock().expect("unpoisoned").len(),
        1,
        "another spelling is the same address"
    );
}

async fn a_link_asked_for_before_the_password_was_changed_is_not_sent(kind: Kind) {
    let portal = Portal::start(kind).await;
    let (port, received) = server("250 taken").await;
    let engine = engine(&portal, smtp(port, Encryption::None));
    let bo = person(&portal).await;
    let mut tx = portal.store().begin().await.expect("a transaction");
    queue_reset_password(&mut tx, to(bo), "")
        .await
        .expect("queued");
    tx.commit().await.expect("committed");
    portal.advance(UtcMillis::SECOND);
    let mut tx = portal.store().begin().await.expect("a transaction");
    identities::update_password(&mut tx, bo, "$argon2id$x")
        .await
        .expect("changed");
    tx.commit().await.expect("committed");
    engine.run_until_idle().await.expect("idle");
    assert!(received.lock().expect("unpoisoned").is_empty());
    let mail = newest(&portal).await;
    assert_eq!(mail.state, MailState::Failed);
    let reason = mail.last_error.expect("a reason");
    assert!(reason.contains("has chosen a password since"), "{reason}");
}

async fn a_name_in_two_lines_silences_no_message(kind: Kind) {
    let portal = Portal::start(kind).await;
    let (port, received) = server("250 taken").await;
    let engine = engine(&portal, smtp(port, Encryption::None));
    let bo = person(&portal).await;
    let mut tx = portal.store().begin().await.expect("a transaction");
    let receiver = Receiver {
        name: "Bo\nLind",
        ..to(bo)
    };
    queue_welcome(&mut tx, receiver, "Ann\r\nBcc: x@example.com")
        .await
        .expect("queued");
    tx.commit().await.expect("committed");
    engine.run_until_idle().await.expect("idle");
    let received = received.lock().expect("unpoisoned").clone();
    assert_eq!(received.len(), 1, "{received:?}");
    assert!(
        received[0].contains("To: \"Bo Lind\" <bo@example.com>"),
        "{}",
        received[0]
    );
    assert!(!received[0].contains("\nBcc"), "{}", received[0]);
}
