//! What must never be logged (rule X1), whatever the level: passwords, the links that replace them, codes, session and API
//! tokens, and the credentials of every PSA, also when the vendor refuses and repeats them.
//!
//! Everything these tests do happens on their own thread, and so does the log they look at.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use domain::provider;
use simulator::{Fault, FaultKind, StandConfig, WorldConfig, start_vendor, vendor};
use sync::Actor;
use sync::connect::{ConnectOutcome, Start, connect, test_connection};
use tracing_subscriber::fmt::MakeWriter;

use crate::harness::{EMAIL, NOW, PASSWORD, Page, Site};

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Log {
    /// Takes in what this thread says from now on, at every level.
    fn listen() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(log.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    /// Fails when one of the secrets is in the log, as it is or as `Basic` authentication writes it.
    #[track_caller]
    fn holds_none_of(&self, secrets: &[&str]) {
        let text = self.text();
        assert!(text.contains("answered"), "something was logged");
        let decoded = decoded(&text);
        for secret in secrets {
            assert!(secret.len() > 5, "{secret} would be found anywhere");
            for (how, text) in [("as it is", &text), ("encoded", &decoded)] {
                let line = text.lines().find(|line| line.contains(secret));
                assert_eq!(line, None, "{secret} is in the log, {how}");
            }
        }
    }
}

/// What the words of a text say that are Base64.
fn decoded(text: &str) -> String {
    let of_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=-_".contains(c);
    let mut decoded = String::new();
    for word in text.split(|c| !of_base64(c)).filter(|word| word.len() > 11) {
        for engine in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            if let Ok(bytes) = engine.decode(word) {
                decoded.push_str(&String::from_utf8_lossy(&bytes));
                decoded.push('\n');
            }
        }
    }
    decoded
}

#[test]
fn an_encoded_secret_is_found() {
    let word = STANDARD.encode("portico+key:hunter2hunter2");
    assert!(decoded(&format!("authorization: \"Basic {word}\"")).contains("hunter2hunter2"));
}

#[tokio::test]
async fn x1_no_credential_of_a_person_is_ever_logged() {
    let (log, _listening) = Log::listen();
    let site = Site::start().await;
    let mut ann = site.admin().await;
    let new = "nine dry green leaves";
    let mut stranger = site.browser();
    stranger.get("/forgot-password").await;
    stranger.post("/forgot-password", &[("email", EMAIL)]).await;
    let link = Page::set_password_link(&site.mail_to(EMAIL).await[0].text);
    assert_eq!(stranger.get(&link).await.status, StatusCode::OK);
    let fields = [("password", new), ("repeated", new)];
    let page = stranger.post(&link, &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    // The other sessions ended; a password that is wrong is one all the same.
    let wrong = "four wet grey stoned";
    for (password, status) in [
        (wrong, StatusCode::UNPROCESSABLE_ENTITY),
        (new, StatusCode::SEE_OTHER),
    ] {
        ann = site.browser();
        ann.get("/sign-in").await;
        let fields = [("email", EMAIL), ("password", password)];
        assert_eq!(ann.post("/sign-in", &fields).await.status, status);
    }
    ann.csrf_from("/profile/two-factor").await;
    let current = [("current_password", new)];
    let page = ann.post("/profile/two-factor", &current).await;
    let (_, key) = page.text.split_once("<code class=\"key\">").unwrap();
    let key = key.split('<').next().unwrap().replace(' ', "");
    let code = site.code(&key);
    let page = ann
        .post("/profile/two-factor/confirm", &[("code", &code)])
        .await;
    let recovery = page.text.split("<li><code>").nth(1).unwrap();
    let recovery = recovery.split('<').next().unwrap().to_owned();
    let page = ann
        .post(
            "/settings/api-keys",
            &[("name", "Test"), ("scope", "tickets.read")],
        )
        .await;
    let token = page.input("token").unwrap();
    assert_eq!(
        site.api("/api/v1/tickets", &token).await.status,
        StatusCode::OK
    );
    let session = ann.cookies["portico"].clone();
    log.holds_none_of(&[
        PASSWORD,
        new,
        wrong,
        link.rsplit('/').next().unwrap(),
        &key,
        &recovery,
        &token,
        &session,
    ]);
}

#[tokio::test]
async fn x1_no_credential_of_an_integration_is_ever_logged() {
    for provider in provider::ALL.iter().filter(|one| vendor(one.key).is_some()) {
        let (log, _listening) = Log::listen();
        let config = StandConfig {
            world: WorldConfig {
                companies: 3,
                contacts_per_company: 2,
                technicians: 2,
                tickets: 8,
                opportunities: 2,
                ..WorldConfig::default()
            },
            limits: false,
            clock_start_ms: domain::clock::UtcMillis::parse(NOW).map(|now| now.0),
            ..StandConfig::default()
        };
        let sandbox = start_vendor(provider.key, config).await.unwrap();
        let site = Site::start_beside(provider.key, sandbox).await;
        let engine = site.app.engine();
        let form = vendor(provider.key).unwrap().form();
        let form: std::collections::BTreeMap<String, String> = form
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect();
        let secret = provider.form.iter().filter(|field| field.secret);
        let secret: Vec<&str> = secret.map(|field| field.key).collect();
        assert!(!secret.is_empty(), "{}", provider.key);
        let mut wrong = form.clone();
        for field in &secret {
            wrong.insert((*field).to_owned(), format!("wrong-{field}-4711"));
        }
        let mut secrets = Vec::new();
        for form in [&wrong, &form] {
            let values = secret.iter().filter_map(|field| form.get(*field));
            let values: Vec<String> = values.cloned().collect();
            let _refused = test_connection(engine, provider.key, None, form).await;
            // A gateway in between that shows what it was sent.
            let repeated = values.join(" ");
            let body = serde_json::json!({ "errors": [repeated], "message": repeated });
            let odd = FaultKind::Status {
                code: 500,
                body: Some(body),
                retry_after: None,
            };
            site.sandbox().set_fault(Fault::new(odd));
            let _trouble = test_connection(engine, provider.key, None, form).await;
            site.sandbox().clear_faults();
            secrets.extend(values);
        }
        let by = Actor::CommandLine;
        let connected = connect(engine, &by, provider.key, &form, None, Start::Now).await;
        assert!(
            matches!(connected, Ok(ConnectOutcome::Connected { .. })),
            "{connected:?}"
        );
        engine.run_until_idle().await.unwrap();
        site.sandbox().set_credentials_valid(false);
        site.clock.advance(domain::clock::UtcMillis::HOUR);
        engine.schedule_due().await.unwrap();
        engine.run_until_idle().await.unwrap();
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
        log.holds_none_of(&secrets);
    }
}
