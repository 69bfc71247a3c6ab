//! Delivering webhook messages in order, one queue for each registration, with a number of
//! attempts. Times are the sandbox clock's.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::SandboxError;

/// Longest wait for a receiver.
const PATIENCE: Duration = Duration::from_secs(10);

/// The client that delivers webhooks.
///
/// # Errors
/// When it cannot be built.
pub fn client() -> Result<reqwest::Client, SandboxError> {
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|der| reqwest::Certificate::from_der(der).ok());
    reqwest::Client::builder()
        .tls_certs_only(roots)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .map_err(SandboxError::WebhookClient)
}

/// A message ready to be sent.
#[derive(Clone, Debug)]
pub struct Message {
    /// Where to.
    pub url: String,
    /// Header fields besides the content type.
    pub headers: Vec<(String, String)>,
    /// The exact bytes.
    pub body: String,
}

/// How messages come otherwise than once, at once and in order, which no vendor of a courier promises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Disorder {
    /// Every message comes twice.
    pub twice: bool,
    /// Of the messages that wait, the newest goes first; with a delay that is a whole queue turned round.
    pub newest_first: bool,
    /// Milliseconds between an event and its first attempt.
    pub delay_ms: i64,
}

struct Waiting {
    /// Tells it from the others of its queue.
    serial: u64,
    message: Message,
    attempts: u32,
    due_ms: i64,
    /// Events in a message that may take more; 0 for one that may not.
    batched: usize,
}

type Queues = BTreeMap<i64, VecDeque<Waiting>>;

/// Messages that wait, by registration.
pub struct Courier {
    queues: Mutex<Queues>,
    changed: Notify,
    client: reqwest::Client,
    attempts: AtomicU32,
    between_ms: i64,
    disorder: Mutex<Disorder>,
    serial: Mutex<u64>,
}

impl Courier {
    /// A courier that makes this many attempts for a message, so far apart.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new(attempts: u32, between_ms: i64) -> Result<Self, SandboxError> {
        Ok(Self {
            queues: Mutex::default(),
            changed: Notify::new(),
            client: client()?,
            attempts: AtomicU32::new(attempts),
            between_ms,
            disorder: Mutex::default(),
            serial: Mutex::default(),
        })
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes how many attempts are made for a message.
    pub fn set_attempts(&self, attempts: u32) {
        self.attempts.store(attempts, Ordering::Relaxed);
    }

    /// Changes how messages come from now on.
    pub fn disturb(&self, disorder: Disorder) {
        *self.disorder() = disorder;
    }

    fn disorder(&self) -> MutexGuard<'_, Disorder> {
        self.disorder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self, message: Message, due_ms: i64, batched: usize) -> Waiting {
        let mut serial = self.serial.lock().unwrap_or_else(PoisonError::into_inner);
        *serial += 1;
        Waiting {
            serial: *serial,
            message,
            attempts: 0,
            due_ms,
            batched,
        }
    }

    /// Adds a message for a registration, due at once unless messages are delayed.
    pub fn add(&self, registration: i64, message: Message, now_ms: i64) {
        let disorder = *self.disorder();
        let mut queues = self.queues();
        let queue = queues.entry(registration).or_default();
        for _ in 0..1 + usize::from(disorder.twice) {
            let due_ms = now_ms + disorder.delay_ms;
            queue.push_back(self.waiting(message.clone(), due_ms, 0));
        }
    }

    /// Adds an event to the message that a registration's events are collected in: a JSON list, which goes when it has
    /// waited `delay_ms` or has `limit` of them. `make` makes the message from the list.
    pub fn add_to_batch(
        &self,
        registration: i64,
        event: &str,
        now_ms: i64,
        (delay_ms, limit): (i64, usize),
        make: impl FnOnce(String) -> Message,
    ) {
        let mut queues = self.queues();
        let queue = queues.entry(registration).or_default();
        let open = queue.back_mut().filter(|last| {
            (1..limit).contains(&last.batched) && last.attempts == 0 && last.due_ms > now_ms
        });
        if let Some(last) = open {
            let list = last.message.body.trim_end_matches(']');
            last.message = make(format!("{list},{event}]"));
            last.batched += 1;
            if last.batched >= limit {
                last.due_ms = now_ms;
            }
            return;
        }
        let due_ms = if limit > 1 { now_ms + delay_ms } else { now_ms };
        queue.push_back(self.waiting(make(format!("[{event}]")), due_ms, 1));
    }

    /// Forgets what waits for a registration.
    pub fn forget(&self, registration: i64) {
        self.queues().remove(&registration);
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

    /// Delivers until told to stop.
    pub async fn run(&self, clock: &Clock, stop: CancellationToken) {
        loop {
            let due = self.due(clock.now_ms());
            if due.is_empty() {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = self.changed.notified() => {}
                    // The sandbox clock runs on its own; an attempt may have become due.
                    () = tokio::time::sleep(Duration::from_millis(250)) => {}
                }
                continue;
            }
            let attempts = due
                .into_iter()
                .map(|(registration, serial, message)| async move {
                    let delivered = self.send(&message).await;
                    self.settle((registration, serial), delivered, clock.now_ms());
                });
            tokio::select! {
                () = stop.cancelled() => return,
                _ = futures_util::future::join_all(attempts) => {}
            }
        }
    }

    /// The message of each registration that goes next, when it is due.
    fn due(&self, now_ms: i64) -> Vec<(i64, u64, Message)> {
        let newest_first = self.disorder().newest_first;
        let queues = self.queues();
        let next = queues.iter().filter_map(|(registration, queue)| {
            let is_due = |one: &&Waiting| one.due_ms <= now_ms;
            let next = match newest_first {
                true => queue.iter().rev().find(is_due),
                false => queue.front().filter(is_due),
            }?;
            Some((*registration, next.serial, next.message.clone()))
        });
        next.collect()
    }

    async fn send(&self, message: &Message) -> bool {
        let mut request = self
            .client
            .post(&message.url)
            .header("Content-Type", "application/json")
            .body(message.body.clone());
        for (name, value) in &message.headers {
            request = request.header(name, value);
        }
        matches!(request.send().await, Ok(response) if response.status().is_success())
    }

    /// Takes the message off the queue, or plans the next attempt.
    fn settle(&self, (registration, serial): (i64, u64), delivered: bool, now_ms: i64) {
        let mut queues = self.queues();
        let Some(queue) = queues.get_mut(&registration) else {
            return;
        };
        let Some(place) = queue.iter().position(|one| one.serial == serial) else {
            return;
        };
        let sent = &mut queue[place];
        sent.attempts += 1;
        if delivered || sent.attempts >= self.attempts.load(Ordering::Relaxed) {
            queue.remove(place);
        } else if sent.due_ms != i64::MIN {
            // A hurried message stays hurried until it is done.
            sent.due_ms = now_ms + self.between_ms;
        }
        queues.retain(|_, queue| !queue.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &str) -> Message {
        Message {
            url: String::new(),
            headers: Vec::new(),
            body: body.to_owned(),
        }
    }

    fn next(courier: &Courier, now_ms: i64) -> Vec<String> {
        let mut bodies = Vec::new();
        while let Some((registration, serial, message)) = courier.due(now_ms).pop() {
            bodies.push(message.body);
            courier.settle((registration, serial), true, now_ms);
        }
        bodies
    }

    #[test]
    fn messages_come_in_order_unless_they_are_disturbed() {
        let courier = Courier::new(1, 1_000).unwrap();
        courier.add(1, message("a"), 0);
        courier.add(1, message("b"), 0);
        assert_eq!(next(&courier, 0), ["a", "b"]);
        courier.disturb(Disorder {
            twice: true,
            newest_first: true,
            delay_ms: 500,
        });
        courier.add(1, message("a"), 0);
        courier.add(1, message("b"), 0);
        assert_eq!(next(&courier, 499), Vec::<String>::new());
        assert_eq!(next(&courier, 500), ["b", "b", "a", "a"]);
    }

    #[test]
    fn a_batch_goes_when_it_is_full_or_has_waited() {
        let courier = Courier::new(1, 1_000).unwrap();
        for event in ["1", "2", "3", "4"] {
            courier.add_to_batch(1, event, 0, (5_000, 3), |list| message(&list));
        }
        assert_eq!(next(&courier, 0), ["[1,2,3]"]);
        assert_eq!(next(&courier, 4_999), Vec::<String>::new());
        assert_eq!(next(&courier, 5_000), ["[4]"]);
    }
}
