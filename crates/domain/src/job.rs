//! Jobs: units of background work, as data. One enum, matched exhaustively by the worker.

use serde::{Deserialize, Serialize};

use crate::id::{ImportId, IntegrationId, MailId, RemovalQuestionId, SetAsideId, StreamRunId};
use crate::stream::Stream;

/// What a worker is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Job {
    /// Read one stream as a part of a run.
    PullStream {
        /// The integration.
        integration: IntegrationId,
        /// The stream, for the serial key.
        stream: Stream,
        /// The part of the run.
        stream_run: StreamRunId,
    },
    /// Read all comments of one ticket and compare (rule P15, deletion of comments).
    PullTicketNotes {
        /// The integration.
        integration: IntegrationId,
        /// The ticket, by the vendor's id.
        ticket: String,
    },
    /// Try a record again that could not be read (rule P6).
    RetrySetAside {
        /// The integration.
        integration: IntegrationId,
        /// The record.
        set_aside: SetAsideId,
    },
    /// Mark as removed what a person confirmed (rule P11).
    ApplyRemoval {
        /// The integration.
        integration: IntegrationId,
        /// The answered question.
        question: RemovalQuestionId,
    },
    /// Read boards, queues, statuses and the like (*Sync PSA Data*, and daily).
    RefreshReferenceData {
        /// The integration.
        integration: IntegrationId,
    },
    /// One look whether refused credentials or a failing vendor work again (rule S2).
    ProbeConnection {
        /// The integration.
        integration: IntegrationId,
    },
    /// Send one e-mail of the outbox.
    SendMail {
        /// The e-mail.
        mail: MailId,
    },
    /// Make users of contacts (*Auto-Import*).
    ImportContacts {
        /// The integration.
        integration: IntegrationId,
    },
    /// Import the staff or companies a person chose.
    Import {
        /// The import.
        import: ImportId,
    },
    /// Bring the text search index up to date.
    IndexSearch,
    /// Seal secrets again that were sealed with an older key.
    RotateSecrets,
    /// Remove what is old: sessions, finished jobs, spent windows.
    Housekeeping,
}

impl Job {
    /// The word stored in the `kind` column and used in metrics.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::PullStream { .. } => "pull_stream",
            Self::PullTicketNotes { .. } => "pull_ticket_notes",
            Self::RetrySetAside { .. } => "retry_set_aside",
            Self::ApplyRemoval { .. } => "apply_removal",
            Self::RefreshReferenceData { .. } => "refresh_reference_data",
            Self::ProbeConnection { .. } => "probe_connection",
            Self::SendMail { .. } => "send_mail",
            Self::ImportContacts { .. } => "import_contacts",
            Self::Import { .. } => "import",
            Self::IndexSearch => "index_search",
            Self::RotateSecrets => "rotate_secrets",
            Self::Housekeeping => "housekeeping",
        }
    }

    /// The integration whose vendor or records it is about, where it is about one.
    #[must_use]
    pub const fn integration(&self) -> Option<IntegrationId> {
        match self {
            Self::PullStream { integration, .. }
            | Self::PullTicketNotes { integration, .. }
            | Self::RetrySetAside { integration, .. }
            | Self::ApplyRemoval { integration, .. }
            | Self::RefreshReferenceData { integration }
            | Self::ProbeConnection { integration }
            | Self::ImportContacts { integration } => Some(*integration),
            Self::SendMail { .. }
            | Self::Import { .. }
            | Self::IndexSearch
            | Self::RotateSecrets
            | Self::Housekeeping => None,
        }
    }

    /// Jobs with the same serial key never run at once, on any number of nodes (rule P9).
    #[must_use]
    pub fn serial_key(&self) -> String {
        match self {
            Self::PullStream {
                integration,
                stream,
                ..
            } => format!("pull:{integration}:{}", stream.key()),
            // Comments of one ticket and the stream of comments write the same rows.
            Self::PullTicketNotes { integration, .. } => format!("pull:{integration}:ticket_notes"),
            Self::RetrySetAside { integration, .. } => format!("set_aside:{integration}"),
            Self::ApplyRemoval { integration, .. } => format!("removal:{integration}"),
            Self::RefreshReferenceData { integration } => format!("reference:{integration}"),
            Self::ProbeConnection { integration } => format!("probe:{integration}"),
            Self::SendMail { mail } => format!("mail:{mail}"),
            Self::ImportContacts { integration } => format!("contacts:{integration}"),
            Self::Import { import } => format!("import:{import}"),
            Self::IndexSearch => "index_search".into(),
            Self::RotateSecrets => "rotate_secrets".into(),
            Self::Housekeeping => "housekeeping".into(),
        }
    }

    /// At most one job with the same unique key waits; a second is dropped, and the waiting one will see what
    /// the second wanted to tell (rule P9).
    #[must_use]
    pub fn unique_key(&self) -> String {
        match self {
            Self::PullStream { stream_run, .. } => format!("{}:{stream_run}", self.serial_key()),
            Self::PullTicketNotes {
                integration,
                ticket,
            } => format!("notes:{integration}:{ticket}"),
            Self::RetrySetAside { set_aside, .. } => format!("{}:{set_aside}", self.serial_key()),
            Self::ApplyRemoval { question, .. } => format!("{}:{question}", self.serial_key()),
            other => other.serial_key(),
        }
    }
}

/// Order in which waiting jobs are taken: lower first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(i64)]
pub enum Priority {
    /// A person is waiting.
    Interactive = 0,
    /// The schedule.
    Normal = 10,
    /// Backfill and upkeep.
    Low = 20,
}
