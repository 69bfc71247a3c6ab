//! The shared HTTP layer against a scripted server: redirects, timeouts, cut answers, and what each says in words.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use connectors::ErrorKind;
use connectors::connector::RequestCounter;
use connectors::http::client::{Timeouts, Whom, build};
use connectors::http::redact::Redactor;
use connectors::http::send::{Answer, Request, Sender};
use connectors::limits::{Limits, Unlimited, Urgency};
use domain::clock::{ManualClock, UtcMillis};
use domain::hint::Hint;
use domain::secret::Secret;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue};
use url::Url;

mod tls;

use tls::{Said, Server};

/// A server that gives each connection one scripted answer and notes what it was asked.
struct Scripted {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&asked);
        std::thread::spawn(move || {
            for answer in answers {
                let Ok((mut stream, _)) = listener.accept() else {
                    return;
                };
                let mut buffer = [0_u8; 8192];
                let length = stream.read(&mut buffer).unwrap_or(0);
                notes
                    .lock()
                    .expect("unpoisoned")
                    .push(String::from_utf8_lossy(&buffer[..length]).into_owned());
                if answer == "slow" {
                    std::thread::sleep(Duration::from_secs(3));
                }
                let _gone = stream.write_all(answer.as_bytes());
            }
        });
        Self { address, asked }
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}/{path}", self.address)).expect("an address")
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("unpoisoned").clone()
    }
}

fn answer(head: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

async fn send(url: Url, timeouts: Timeouts) -> connectors::Result<Answer> {
    let secret = Secret::from("hunter2hunter2");
    let sender = Sender {
        client: build(timeouts, Whom::Sandbox).expect("a client"),
        permits: Arc::new(Unlimited),
        urgency: Urgency::Person,
        requests: Arc::new(RequestCounter::default()),
        redactor: Redactor::new([&secret]),
        clock: ManualClock::starting_at(UtcMillis(1_772_373_900_000)),
    };
    let limits = Limits {
        account_key: "test".into(),
        requests: None,
        concurrency: None,
    };
    let mut headers = HeaderMap::new();
    headers.insert("secret", HeaderValue::from_static("hunter2hunter2"));
    let request = Request {
        operation: "try",
        endpoint: "thing",
        method: Method::GET,
        url,
        headers: &headers,
        body: None,
    };
    let outcome = sender.send(&limits, &request).await;
    assert_eq!(sender.requests.total(), 1, "counted once");
    if let Err(error) = &outcome {
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        assert!(
            !format!("{error:?}").contains("user=ann"),
            "no query value either: {error:?}"
        );
    }
    outcome
}

#[tokio::test]
async fn an_answer_comes_whole_with_its_clock_and_wait() {
    let head = "429 Slow Down\r\nDate: Sun, 01 Mar 2026 14:05:00 GMT\r\nRetry-After: Sun, 01 Mar 2026 14:06:30 GMT";
    let server = Scripted::start(vec![answer(head, "{\"a\":1}")]);
    let answer = send(server.url("x"), Timeouts::default())
        .await
        .expect("an answer of any status is no error here");
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (429, b"{\"a\":1}".as_slice())
    );
    assert_eq!(answer.vendor_time, Some(UtcMillis(1_772_373_900_000)));
    assert_eq!(answer.retry_after, Some(90_000));
    assert!(
        server.asked()[0]
            .to_lowercase()
            .contains("user-agent: portico/"),
        "{}",
        server.asked()[0]
    );
}

#[tokio::test]
async fn a_redirect_to_another_origin_is_not_followed() {
    let trap = Scripted::start(vec![answer("200 OK", "caught")]);
    let server = Scripted::start(vec![answer(
        &format!("307 Moved\r\nLocation: {}", trap.url("secret")),
        "",
    )]);
    let answer = send(server.url("x"), Timeouts::default())
        .await
        .expect("the redirect itself");
    assert_eq!(answer.status, 307);
    assert!(
        trap.asked().is_empty(),
        "credentials left for another origin: {:?}",
        trap.asked()
    );
}

#[tokio::test]
async fn a_redirect_inside_the_origin_is_followed() {
    let server = Scripted::start(vec![
        answer("307 Moved\r\nLocation: /y", ""),
        answer("200 OK", "here"),
    ]);
    let answer = send(server.url("x"), Timeouts::default())
        .await
        .expect("the answer");
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, b"here".as_slice())
    );
    assert!(server.asked()[1].starts_with("GET /y "));
}

#[tokio::test]
async fn failures_are_said_in_words() {
    let short = Timeouts {
        connect: Duration::from_millis(500),
        whole: Duration::from_millis(700),
    };
    let cut = Scripted::start(vec![
        "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf of it".to_owned(),
    ]);
    let gone = Scripted::start(vec![String::new()]);
    let slow = Scripted::start(vec!["slow".to_owned()]);
    let cases = [
        (
            cut.url("x?user=ann"),
            "closed before the answer was complete",
            false,
        ),
        (
            gone.url("x?user=ann"),
            "closed before the answer was complete",
            false,
        ),
        (
            slow.url("x?user=ann"),
            "gave no complete answer in time",
            false,
        ),
        (
            Url::parse("http://127.0.0.1:1/x?user=ann").expect("an address"),
            "refused the connection",
            true,
        ),
        (
            Url::parse("http://portico.invalid/x?user=ann").expect("an address"),
            "was not found",
            true,
        ),
    ];
    for (url, words, never_left) in cases {
        let error = send(url.clone(), short).await.expect_err(words);
        assert_eq!(
            (error.kind, error.hint()),
            (ErrorKind::Unavailable, Some(Hint::Network)),
            "{url}: {error}"
        );
        assert!(error.message.contains(words), "{url}: {}", error.message);
        assert_eq!(error.no_effect, never_left, "{url}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_no_secure_connection() {
    let server = Scripted::start(vec!["plain text".to_owned()]);
    let url = Url::parse(&format!("https://{}/", server.address)).expect("an address");
    let error = send(url, Timeouts::default())
        .await
        .expect_err("no TLS there");
    assert_eq!(error.kind, ErrorKind::Unavailable);
    assert!(
        error.message.contains("secure connection"),
        "{}",
        error.message
    );
    assert!(error.no_effect);
}

#[tokio::test]
async fn a_certificate_that_cannot_be_trusted_is_said_and_nothing_is_sent() {
    for (years, words) in [
        (
            (2020, 2120),
            "comes from an issuer this machine does not trust",
        ),
        ((2019, 2020), "has expired"),
        ((2110, 2120), "is not valid yet"),
    ] {
        let said = Said {
            host: "127.0.0.1",
            years,
        };
        let server = Server::start(said.alone());
        let url = format!("https://{}/x?user=ann", server.address);
        let url = Url::parse(&url).expect("an address");
        let error = send(url, Timeouts::default())
            .await
            .expect_err("no connection");
        assert_eq!(
            (error.kind, error.hint()),
            (ErrorKind::Unavailable, Some(Hint::Network)),
            "{error}"
        );
        assert!(error.no_effect && server.read() == 0, "{error}");
        let said = &error.message;
        assert!(
            said.contains("certificate error") && said.contains(words),
            "{said}"
        );
    }
}
