//! Wake-ups: who waits for a row hears of a commit at once. They may be lost, so every listener also polls.
//!
//! Inside the process a broadcast carries them. On PostgreSQL each commit also notifies the other nodes; a listener
//! passes on what it hears and reconnects by itself.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::broadcast;

/// Something committed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Change {
    /// What kind of row: `job`, `run`, `integration`, `question`.
    pub topic: String,
    /// Its row id; 0 when many changed.
    pub id: i64,
}

/// Waiting changes that a slow listener may leave unread before it misses some.
const BACKLOG: usize = 1024;

pub(crate) fn channel() -> broadcast::Sender<Change> {
    broadcast::channel(BACKLOG).0
}

/// The payload names the node, so that it does not hear its own voice.
pub(crate) fn encode(instance: &str, change: &Change) -> String {
    format!("{instance} {} {}", change.topic, change.id)
}

fn decode(payload: &str, own: &str) -> Option<Change> {
    let mut parts = payload.split(' ');
    let (instance, topic, id) = (parts.next()?, parts.next()?, parts.next()?.parse().ok()?);
    (instance != own).then(|| Change {
        topic: topic.to_owned(),
        id,
    })
}

/// Listens until every receiver's store is gone; errors are waited out.
pub(crate) async fn listen(
    pool: PgPool,
    channel: String,
    instance: String,
    sender: broadcast::Sender<Change>,
) {
    loop {
        if pool.is_closed() {
            return;
        }
        let mut listener = match connect(&pool, &channel).await {
            Ok(listener) => listener,
            Err(error) => {
                tracing::debug!(%error, "cannot listen for changes, trying again");
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        loop {
            match listener.try_recv().await {
                Ok(Some(notification)) => {
                    if let Some(change) = decode(notification.payload(), &instance) {
                        // Nobody listening is no trouble.
                        let _nobody = sender.send(change);
                    }
                }
                // The connection was lost; the next call connects and listens again.
                Ok(None) => {}
                Err(sqlx::Error::PoolClosed) => return,
                Err(error) => {
                    tracing::debug!(%error, "the listener for changes stopped, starting again");
                    break;
                }
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn connect(pool: &PgPool, channel: &str) -> sqlx::Result<PgListener> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(channel).await?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_hears_the_others_and_not_itself() {
        let change = Change {
            topic: "job".into(),
            id: 7,
        };
        let payload = encode("a", &change);
        assert_eq!(decode(&payload, "b"), Some(change));
        assert_eq!(decode(&payload, "a"), None);
        assert_eq!(decode("nonsense", "b"), None);
    }
}
