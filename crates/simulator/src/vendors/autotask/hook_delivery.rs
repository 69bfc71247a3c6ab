//! Delivering webhook messages: in order, retried, switched off after too many failures.
//!
//! Times are the sandbox clock's, so a test may move the clock to the next attempt, or ask for
//! all attempts at once.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::Autotask;
use super::change::{Actor, Edit, number, text};
use super::hook_event::Message;
use super::hook_signature::webhook_signature;
use super::rows::numbers::resource_id;
use super::rules::FAILURES;
use crate::config::SandboxError;
use crate::courier;

/// Attempts for one message.
const ATTEMPTS: u32 = 5;
/// Time between attempts.
const BETWEEN_MS: i64 = 30_000;
/// Failed messages in a row after which a registration is switched off.
const FAILURES_ALLOWED: i64 = 25;

struct Waiting {
    message: Message,
    attempts: u32,
    due_ms: i64,
}

type Queues = BTreeMap<(String, i64), VecDeque<Waiting>>;

/// Messages that wait, one queue for each registration.
pub struct Deliveries {
    queues: Mutex<Queues>,
    changed: Notify,
    client: reqwest::Client,
}

impl Deliveries {
    /// No messages.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new() -> Result<Self, SandboxError> {
        Ok(Self {
            queues: Mutex::default(),
            changed: Notify::new(),
            client: courier::client()?,
        })
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a message, due at once.
    pub fn add(&self, message: Message, now_ms: i64) {
        let key = (message.route.clone(), message.webhook);
        let waiting = Waiting {
            message,
            attempts: 0,
            due_ms: now_ms,
        };
        self.queues().entry(key).or_default().push_back(waiting);
    }

    /// Looks again at what is due.
    pub fn wake(&self) {
        self.changed.notify_one();
    }

    /// Makes every message due; returns how many wait.
    pub fn hurry(&self) -> usize {
        let mut queues = self.queues();
        let mut count = 0;
        for waiting in queues.values_mut().flatten() {
            waiting.due_ms = i64::MIN;
            count += 1;
        }
        drop(queues);
        self.wake();
        count
    }

    /// How many messages wait.
    pub fn pending(&self) -> usize {
        self.queues().values().map(VecDeque::len).sum()
    }

    /// The first message of each registration that is due.
    fn due(&self, now_ms: i64) -> Vec<(String, i64, String)> {
        self.queues()
            .iter()
            .filter_map(|((route, webhook), queue)| {
                let head = queue.front().filter(|head| head.due_ms <= now_ms)?;
                Some((route.clone(), *webhook, head.message.body.clone()))
            })
            .collect()
    }
}

impl Autotask {
    /// Delivers until told to stop.
    pub async fn deliver_webhooks(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let due = self.deliveries.due(self.clock.now_ms());
            if due.is_empty() {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = self.deliveries.changed.notified() => {}
                    // The sandbox clock runs on its own; an attempt may have become due.
                    () = tokio::time::sleep(Duration::from_millis(250)) => {}
                }
                continue;
            }
            let attempts = due
                .into_iter()
                .map(|(route, webhook, body)| self.attempt(route, webhook, body));
            tokio::select! {
                () = stop.cancelled() => return,
                _ = futures_util::future::join_all(attempts) => {}
            }
        }
    }

    /// Makes one attempt with the first message of a registration.
    async fn attempt(&self, route: String, webhook: i64, body: String) {
        let registration = self.catalogue.find(&route).and_then(|(at, schema)| {
            let tables = self.tables();
            self.reader(&tables, at)
                .find(webhook)
                .map(|row| row.to_record(schema))
        });
        let Some(registration) =
            registration.filter(|r| r.get("isActive").is_some_and(|a| a == true))
        else {
            self.deliveries.queues().remove(&(route, webhook));
            return;
        };
        let signature = webhook_signature(text(&registration, "secretKey"), body.as_bytes());
        let outcome = self
            .send(text(&registration, "webhookUrl"), body, Some(signature))
            .await;
        self.settle(&route, webhook, outcome).await;
    }

    async fn send(&self, url: &str, body: String, signature: Option<String>) -> Result<(), String> {
        let mut request = self
            .deliveries
            .client
            .post(url)
            .header("Content-Type", "application/json")
            .body(body);
        if let Some(signature) = signature {
            request = request.header("X-Hook-Signature", signature);
        }
        match request.send().await {
            Ok(response) if response.status().is_success() => Ok(()),
            Ok(response) => Err(format!(
                "The receiver answered {}.",
                response.status().as_u16()
            )),
            Err(error) if error.is_timeout() => {
                Err("The receiver did not answer in time.".to_owned())
            }
            Err(_) => Err("The receiver could not be reached.".to_owned()),
        }
    }

    /// Takes the message off the queue, or plans the next attempt.
    async fn settle(&self, route: &str, webhook: i64, outcome: Result<(), String>) {
        let key = (route.to_owned(), webhook);
        let finished = {
            let mut queues = self.deliveries.queues();
            let Some(queue) = queues.get_mut(&key) else {
                return;
            };
            let Some(head) = queue.front_mut() else {
                return;
            };
            head.attempts += 1;
            if outcome.is_err() && head.attempts < ATTEMPTS {
                // A hurried message stays hurried until it is done.
                if head.due_ms != i64::MIN {
                    head.due_ms = self.clock.now_ms() + BETWEEN_MS;
                }
                return;
            }
            queue.pop_front()
        };
        let Some(finished) = finished else { return };
        let switched_off = self.record_outcome(&finished.message, outcome.err());
        if let Some((url, guid)) = switched_off {
            self.deliveries.queues().remove(&key);
            let body = json!({"Action": "Deactivated", "Guid": guid}).to_string();
            let _ = self.send(&url, body, None).await;
        }
    }

    /// Counts failures and writes the error log. Answers where to send the notice when the
    /// registration is switched off.
    fn record_outcome(&self, message: &Message, error: Option<String>) -> Option<(String, String)> {
        let actor = Actor {
            resource: resource_id(0),
            impersonator: None,
            through_api: false,
        };
        let mut edit = Edit::begin(self, actor);
        let mut registration = edit.record(&message.route, message.webhook)?;
        let Some(error) = error else {
            if registration.remove(FAILURES).is_some() {
                edit.store(&message.route, message.webhook, registration);
            }
            return None;
        };
        let failures = number(&registration, FAILURES).unwrap_or(0) + 1;
        registration.insert(FAILURES.to_owned(), failures.into());
        let off = failures >= FAILURES_ALLOWED;
        if off {
            registration.insert("isActive".to_owned(), false.into());
        }
        let notice = off.then(|| {
            let part = |name: &str| text(&registration, name).to_owned();
            (part("deactivationUrl"), part("webhookGUID"))
        });
        edit.store(&message.route, message.webhook, registration);
        let line = json!({
            log_key(&message.route): message.webhook,
            "payload": message.body,
            "errorMessage": error,
            "sequenceNumber": message.sequence,
            "createDateTime": crate::world::instant::iso(edit.now),
        });
        if let Value::Object(line) = line {
            edit.insert("WebhookEventErrorLogs", line);
        }
        notice
    }
}

fn log_key(route: &str) -> &'static str {
    match route {
        "CompanyWebhooks" => "accountWebhookID",
        "ContactWebhooks" => "contactWebhookID",
        "TicketWebhooks" => "ticketWebhookID",
        _ => "ticketNoteWebhookID",
    }
}
