//! The line of an import's list that says how old it is, with *Sync now*: the stream the list shows is read again, what
//! was ticked stays. While it is read the line is live.

use askama::Template;
use axum::extract::{Path, State};
use domain::permission::{Area, Permission};
use domain::provider::Provider;
use domain::run::RunState;
use domain::stream::Stream;
use store::checkpoints::find_checkpoint;
use store::integrations::Integration;
use store::runs::{active_run, list_stream_runs, list_wake_ups};
use sync::request::{RequestOutcome, request_stream};

use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::live::{self, Parts};
use crate::web::settings::integrations::find::find;
use crate::web::view::number::grouped;
use crate::web::view::{Section, Shell, Time};

/// The line.
#[derive(Debug, Clone, Default)]
pub struct ListSync {
    /// What the list shows, as the provider calls it: *Resources*.
    pub what: String,
    /// When it was last read whole or brought up to date; `None`: never.
    pub read: Option<Time>,
    /// How far the reading is; empty while nothing reads.
    pub reading: String,
    /// Why it cannot be read now; empty when it can.
    pub refused: String,
    /// What became of the press on the button.
    pub told: String,
    /// Where the live line comes from while it is read.
    pub events: String,
    /// The list on the page is older than what was read meanwhile, or than the reason why nothing was.
    pub stale: bool,
}

/// The line alone, for live updates.
#[derive(Debug, Template)]
#[template(path = "settings/imports/list_sync.html")]
pub struct ListSyncPart {
    /// The line.
    pub sync: ListSync,
}

/// What a list can be told about its age.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// The provider.
    pub provider: &'static Provider,
    /// Its integration.
    pub integration: &'a Integration,
    /// What the list shows.
    pub stream: Stream,
}

impl Listed<'_> {
    fn what(&self) -> &'static str {
        self.provider.words.stream(self.stream)
    }

    /// Why this person cannot have it read now; empty when nothing stands against it.
    fn refused(&self, shell: &Shell) -> String {
        let name = self.provider.name;
        let integration = self.integration;
        if !shell.rights.write_integrations {
            let right = Permission::write(Area::Integrations).label();
            format!("Starting a sync needs the right {right}.")
        } else if !integration.has_credentials() {
            format!("{name} is not connected.")
        } else if !integration.is_armed() {
            "The first sync starts when step 2 of the setup is left.".to_owned()
        } else if integration.refused_since.is_some() {
            format!("{name} refuses the credentials. Connect it again first.")
        } else if !integration.settings.reads(self.stream) {
            format!("{} are switched off in step 2 of the setup.", self.what())
        } else {
            String::new()
        }
    }
}

/// The line of a list as it is now.
///
/// # Errors
/// When the database does not answer.
pub async fn list_sync(
    app: &App,
    shell: &Shell,
    listed: Listed<'_>,
    events: String,
    told: String,
) -> Result<ListSync, Failure> {
    let (store, id) = (app.store(), listed.integration.id);
    let checkpoint = find_checkpoint(store, id, listed.stream).await?;
    let read = checkpoint.and_then(|checkpoint| checkpoint.last_completed_at);
    let what = listed.what();
    let mut reading = String::new();
    if let Some(run) = active_run(store, id).await? {
        let parts = list_stream_runs(store, run.id).await?;
        let part = parts.iter().find(|part| part.stream == listed.stream);
        if let Some(part) = part.filter(|part| !part.state.is_over()) {
            reading = match (part.counts.fetched, part.total_before) {
                (0, _) => format!("{what} are being read"),
                (some, Some(total)) if total > 0 => {
                    format!(
                        "{what} are being read: {} of about {}",
                        grouped(some),
                        grouped(total)
                    )
                }
                (some, _) => format!("{what} are being read: {} so far", grouped(some)),
            };
        } else if list_wake_ups(store, id)
            .await?
            .iter()
            .any(|waiting| waiting.stream == listed.stream)
        {
            reading = format!("{what} are read as soon as the sync that runs has ended");
        } else if read.is_none() && part.is_some_and(|part| part.state == RunState::Failed) {
            reading = format!("{what} could not be read; the sync goes on with the rest");
        }
    }
    Ok(ListSync {
        what: what.to_owned(),
        read: shell.maybe_time(read),
        refused: listed.refused(shell),
        events: if reading.is_empty() {
            String::new()
        } else {
            events
        },
        reading,
        told,
        stale: false,
    })
}

/// Has the list's stream read again, or joins a sync that does. Answers what became of it, in a sentence.
///
/// # Errors
/// When the database does not answer.
pub async fn sync_now(app: &App, staff: &Staff, listed: Listed<'_>) -> Result<String, Failure> {
    let refused = listed.refused(&staff.shell(Section::Settings));
    if !refused.is_empty() {
        return Ok(format!("{refused} Nothing was started."));
    }
    let (id, stream) = (listed.integration.id, listed.stream);
    let outcome = request_stream(app.engine(), &staff.actor(), id, stream).await?;
    Ok(match outcome {
        RequestOutcome::Started(_) => "The sync has started.",
        RequestOutcome::Joined(_) => "A sync that reads them was running already and goes on.",
        RequestOutcome::Queued { .. } => "Another sync is running; they are read next.",
        RequestOutcome::Recent { .. } => {
            "They were read less than 2 minutes ago, so nothing was started again."
        }
        RequestOutcome::NotConnected => "It is not connected, so nothing was started.",
        RequestOutcome::SetupOpen => "The setup is not finished, so nothing was started.",
        RequestOutcome::NothingToRead => "There is nothing to read, so nothing was started.",
    }
    .to_owned())
}

/// `GET /companies/import/{provider}/events`: the line of the list of companies while they are read.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn list_of_companies(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
) -> Answer {
    events(&app, &staff, key, Stream::Companies).await
}

/// `GET /settings/users/import/{provider}/events`: the line of the list of people while they are read.
///
/// # Errors
/// As [`list_of_companies`].
pub async fn list_of_people(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
) -> Answer {
    events(&app, &staff, key, Stream::Technicians).await
}

async fn events(app: &App, staff: &Staff, key: String, stream: Stream) -> Answer {
    find(app.store(), &key).await?;
    let (looking, staff) = (app.clone(), staff.clone());
    Ok(live::stream(app, move || {
        let (app, key) = (looking.clone(), key.clone());
        let shell = Shell {
            now: app.clock().now(),
            ..staff.shell(Section::Settings)
        };
        async move {
            let (provider, integration) = find(app.store(), &key).await?;
            let listed = Listed {
                provider,
                integration: &integration,
                stream,
            };
            let here = address(provider, stream);
            let mut sync = list_sync(&app, &shell, listed, here, String::new()).await?;
            let done = sync.reading.is_empty();
            // The list of people says why they could not be read.
            sync.stale = done && (sync.read.is_some() || stream == Stream::Technicians);
            Ok(Parts {
                elements: [("list-sync".to_owned(), ListSyncPart { sync }.render()?)].into(),
                done,
            })
        }
    }))
}

/// Where the live line of a list comes from.
#[must_use]
pub fn address(provider: &Provider, stream: Stream) -> String {
    let list = if stream == Stream::Technicians {
        "/settings/users"
    } else {
        "/companies"
    };
    format!("{list}/import/{}/events", provider.key)
}
