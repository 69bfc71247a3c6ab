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
/// Callouts in a rolling hour for each entity, above which delivery is delayed.
const CALLOUTS: usize = 1_500;
/// What the callouts are counted over.
const HOUR_MS: i64 = 3_600_000;
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
    /// When an entity's registrations were last called, for each.
    callouts: Mutex<BTreeMap<String, VecDeque<i64>>>,
    limits: bool,
    changed: Notify,
    client: reqwest::Client,
}

impl Deliveries {
    /// No messages; too many callouts are delayed where limits apply.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new(limits: bool) -> Result<Self, SandboxError> {
        Ok(Self {
            queues: Mutex::default(),
            callouts: Mutex::default(),
            limits,
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

    /// Counts a callout of an entity's registrations.
    fn note_callout(&self, route: &str, now_ms: i64) {
        let mut callouts = self.callouts.lock().unwrap_or_else(PoisonError::into_inner);
        callouts
            .entry(route.to_owned())
            .or_default()
            .push_back(now_ms);
    }

    /// Whether an entity's registrations were called too often in the last hour to be called now.
    fn is_delayed(&self, route: &str, now_ms: i64) -> bool {
        let mut callouts = self.callouts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(recent) = callouts.get_mut(route) else {
            return false;
        };
        while recent.front().is_some_and(|at| *at <= now_ms - HOUR_MS) {
            recent.pop_front();
        }
        self.limits && recent.len() >= CALLOUTS
    }

    /// The first message of each registration that is due. What was hurried waits for nothing.
    fn due(&self, now_ms: i64) -> Vec<(String, i64, String)> {
        self.queues()
            .iter()
            .filter_map(|((route, webhook), queue)| {
                let head = queue.front().filter(|head| head.due_ms <= now_ms)?;
                if head.due_ms != i64::MIN && self.is_delayed(route, now_ms) {
                    return None;
                }
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
        self.deliveries.note_callout(&route, self.clock.now_ms());
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
        "ConfigurationItemWebhooks" => "configurationItemWebhookID",
        "TicketWebhooks" => "ticketWebhookID",
        _ => "ticketNoteWebhookID",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(route: &str) -> Message {
        Message {
            route: route.to_owned(),
            webhook: 1,
            sequence: 1,
            body: String::new(),
        }
    }

    #[test]
    fn above_1500_callouts_in_an_hour_an_entity_waits_and_no_other() {
        let deliveries = Deliveries::new(true).unwrap();
        deliveries.add(message("TicketWebhooks"), 0);
        deliveries.add(message("CompanyWebhooks"), 0);
        for second in 0..1_499 {
            deliveries.note_callout("TicketWebhooks", second * 1_000);
        }
        let routes = |now| -> Vec<String> {
            let due = deliveries.due(now).into_iter();
            due.map(|(route, ..)| route).collect()
        };
        assert_eq!(routes(1_500_000).len(), 2);
        deliveries.note_callout("TicketWebhooks", 1_499_000);
        assert_eq!(routes(1_500_000), ["CompanyWebhooks"]);
        assert_eq!(routes(HOUR_MS).len(), 2, "the first one is an hour ago");
        assert_eq!(deliveries.hurry(), 2);
        assert_eq!(
            routes(1_500_000).len(),
            2,
            "what is hurried waits for nothing"
        );
    }
}
