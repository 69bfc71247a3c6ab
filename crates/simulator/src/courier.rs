//! Delivering webhook messages in order, one queue for each registration, with a number of
//! attempts. Times are the sandbox clock's.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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

struct Waiting {
    message: Message,
    attempts: u32,
    due_ms: i64,
}

type Queues = BTreeMap<i64, VecDeque<Waiting>>;

/// Messages that wait, by registration.
pub struct Courier {
    queues: Mutex<Queues>,
    changed: Notify,
    client: reqwest::Client,
    attempts: u32,
    between_ms: i64,
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
            attempts,
            between_ms,
        })
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a message for a registration, due at once.
    pub fn add(&self, registration: i64, message: Message, now_ms: i64) {
        let waiting = Waiting {
            message,
            attempts: 0,
            due_ms: now_ms,
        };
        let mut queues = self.queues();
        queues.entry(registration).or_default().push_back(waiting);
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
            let due: Vec<(i64, Message)> = self
                .queues()
                .iter()
                .filter_map(|(registration, queue)| {
                    let head = queue.front().filter(|h| h.due_ms <= clock.now_ms())?;
                    Some((*registration, head.message.clone()))
                })
                .collect();
            if due.is_empty() {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = self.changed.notified() => {}
                    // The sandbox clock runs on its own; an attempt may have become due.
                    () = tokio::time::sleep(Duration::from_millis(250)) => {}
                }
                continue;
            }
            let attempts = due.into_iter().map(|(registration, message)| async move {
                let delivered = self.send(&message).await;
                self.settle(registration, delivered, clock.now_ms());
            });
            tokio::select! {
                () = stop.cancelled() => return,
                _ = futures_util::future::join_all(attempts) => {}
            }
        }
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
    fn settle(&self, registration: i64, delivered: bool, now_ms: i64) {
        let mut queues = self.queues();
        let Some(queue) = queues.get_mut(&registration) else {
            return;
        };
        let Some(head) = queue.front_mut() else {
            return;
        };
        head.attempts += 1;
        if delivered || head.attempts >= self.attempts {
            queue.pop_front();
        } else if head.due_ms != i64::MIN {
            // A hurried message stays hurried until it is done.
            head.due_ms = now_ms + self.between_ms;
        }
        queues.retain(|_, queue| !queue.is_empty());
    }
}
