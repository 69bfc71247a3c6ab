//! Live parts of pages: server-sent events that carry finished elements.
//!
//! A stream reads rows, renders the page's live elements and sends those that changed. A commit wakes it, on any
//! node; a poll every second makes up for wake-ups that got lost. It ends after a minute and the browser opens it
//! again, which checks the session and the role anew. A tab that is not seen has none (`live.js`). Without scripts a page
//! has a link that loads it again.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep, timeout};

use super::error::Failure;
use super::page::readable;
use crate::app::App;

/// Between two looks when nothing wakes the stream.
const POLL: Duration = Duration::from_secs(1);
/// Between two looks at least, however often it is woken.
const PAUSE: Duration = Duration::from_millis(250);
/// How long a stream lasts before the browser opens it again.
const LIFE: Duration = Duration::from_secs(60);

/// The live elements of a page at one instant.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// HTML by the element's id.
    pub elements: BTreeMap<String, String>,
    /// Nothing will change any more.
    pub done: bool,
}

/// A stream of the parts that `look` finds, each sent when it differs from what was sent before.
pub fn stream<L, F>(app: &App, look: L) -> Response
where
    L: Fn() -> F + Send + 'static,
    F: Future<Output = Result<Parts, Failure>> + Send + 'static,
{
    let (sender, receiver) = tokio::sync::mpsc::channel::<Event>(16);
    let stop = app.stop().clone();
    let mut changes = app.store().changed();
    let work = async move {
        let end = Instant::now() + LIFE;
        let mut sent: BTreeMap<String, String> = BTreeMap::new();
        while Instant::now() < end {
            // A database that does not answer right now is asked again; the page shows what it last knew.
            if let Ok(parts) = look().await {
                for (id, html) in &parts.elements {
                    if sent.get(id) != Some(html) {
                        sent.insert(id.clone(), html.clone());
                        if sender.send(part(html)).await.is_err() {
                            return;
                        }
                    }
                }
                if parts.done {
                    let _gone = sender
                        .send(Event::default().event("done").data("done"))
                        .await;
                    return;
                }
            }
            sleep(PAUSE).await;
            match timeout(POLL, changes.recv()).await {
                Ok(Ok(_) | Err(RecvError::Lagged(_))) | Err(_) => {}
                Ok(Err(RecvError::Closed)) => sleep(POLL).await,
            }
            while changes.try_recv().is_ok() {}
            if sender.is_closed() {
                return;
            }
        }
    };
    tokio::spawn(async move {
        tokio::select! {
            () = work => {}
            () = stop.cancelled() => {}
        }
    });
    let events = tokio_stream::wrappers::ReceiverStream::new(receiver);
    let events = futures_util::StreamExt::map(events, Ok::<_, Infallible>);
    Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response()
}

/// Carriage returns end a line of an event, so they become spaces, which HTML does not tell apart.
fn part(html: &str) -> Event {
    Event::default()
        .event("part")
        .retry(Duration::from_millis(500))
        .data(readable(html.replace('\r', " ")))
}
