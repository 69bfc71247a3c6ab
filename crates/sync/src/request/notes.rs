//! Comments of one ticket (rule P15): fetched when somebody looks, while the stream of comments is not complete yet.

use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::job::{Job, Priority};
use domain::stream::Stream;
use store::integrations::{self, Integration};
use store::runs;
use store::{Tx, checkpoints, jobs};

use crate::engine::Engine;
use crate::error::{Error, Result};

/// Whether a ticket's comments are all here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotesState {
    /// They are.
    Complete,
    /// They are still being loaded from the vendor.
    Loading,
}

/// How long it is remembered that one ticket's comments were read; by then the stream has completed.
const REMEMBERED: i64 = 30 * UtcMillis::DAY;

/// The same, when the answer was odd: whoever looks later has them read again.
const REMEMBERED_ODD: i64 = 15 * UtcMillis::MINUTE;

fn key(integration: &Integration, ticket: &str) -> String {
    format!(
        "notes:{}:{}:{ticket}",
        integration.id, integration.generation
    )
}

/// Whether the comments of a ticket are complete.
///
/// # Errors
/// `NoIntegration`; else as any statement.
pub async fn notes_state(engine: &Engine, id: IntegrationId, ticket: &str) -> Result<NotesState> {
    let integration = integrations::find_integration(engine.store(), id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    let stream = checkpoints::find_checkpoint(engine.store(), id, Stream::TicketNotes).await?;
    let whole = stream.is_some_and(|stream| {
        stream.generation == integration.generation && stream.full_completed_at.is_some()
    });
    let complete = whole || runs::find_window(engine.store(), &key(&integration, ticket)).await?;
    Ok(if complete {
        NotesState::Complete
    } else {
        NotesState::Loading
    })
}

/// Somebody looks at a ticket: when its comments are not complete, they are fetched at once. Asking again while they
/// are on their way changes nothing.
///
/// # Errors
/// As [`notes_state`].
pub async fn request_notes(engine: &Engine, id: IntegrationId, ticket: &str) -> Result<NotesState> {
    let state = notes_state(engine, id, ticket).await?;
    if state == NotesState::Loading {
        let mut tx = engine.store().begin().await?;
        let job = Job::PullTicketNotes {
            integration: id,
            ticket: ticket.to_owned(),
        };
        jobs::enqueue(&mut tx, &job, Priority::Interactive, engine.now()).await?;
        tx.commit().await?;
    }
    Ok(state)
}

/// When the comments of a ticket are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotesWhen {
    /// The ticket is new and open, or it changed: what is here is not complete until then.
    AtOnce,
    /// It is new and closed: nobody waits for it before somebody looks.
    Later,
    /// Nothing is known to have changed; what is here stands meanwhile.
    Again,
}

/// Has the comments of a ticket read, in the transaction that stored it.
pub(crate) async fn read_notes_again(
    tx: &mut Tx,
    engine: &Engine,
    integration: &Integration,
    ticket: &str,
    when: NotesWhen,
) -> Result<()> {
    if when != NotesWhen::Again {
        runs::remove_window(tx, &key(integration, ticket)).await?;
    }
    let priority = match when {
        NotesWhen::AtOnce => Priority::Normal,
        NotesWhen::Later | NotesWhen::Again => Priority::Low,
    };
    let job = Job::PullTicketNotes {
        integration: integration.id,
        ticket: ticket.to_owned(),
    };
    jobs::enqueue(tx, &job, priority, engine.now()).await?;
    Ok(())
}

/// The serial key of all jobs that read comments of an integration's tickets.
pub(crate) fn notes_key(id: IntegrationId) -> String {
    let job = Job::PullTicketNotes {
        integration: id,
        ticket: String::new(),
    };
    job.serial_key()
}

/// Whatever the comments of tickets waited for is over: they are read now. Call it where the integration's row was written.
pub(crate) async fn resume_notes(tx: &mut Tx, id: IntegrationId) -> Result<()> {
    jobs::bring_forward(tx, &notes_key(id)).await?;
    Ok(())
}

/// The comments of a ticket were read whole, in this transaction.
pub(crate) async fn note_complete(
    tx: &mut Tx,
    engine: &Engine,
    integration: &Integration,
    ticket: &str,
    odd: bool,
) -> Result<()> {
    let remembered = if odd { REMEMBERED_ODD } else { REMEMBERED };
    let until = engine.now().plus(remembered);
    Ok(runs::set_window(tx, &key(integration, ticket), until, None).await?)
}
