//! What can go wrong in the engine. What a person may meet and answer is an outcome, not an error; errors are for
//! the log and a page that says that something went wrong here.

use domain::id::IntegrationId;

/// Result of an engine operation.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure of the engine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The vendor, where no outcome of the operation carries it.
    #[error(transparent)]
    Connector(#[from] connectors::Error),
    /// There is no such integration.
    #[error("there is no integration {0}")]
    NoIntegration(IntegrationId),
    /// The provider of an integration is not known to this version.
    #[error("this version does not know the provider {0}")]
    UnknownProvider(String),
    /// A stored value does not fit what this version expects.
    #[error("a stored value cannot be read: {0}")]
    Stored(String),
    /// The operating system has no randomness to give.
    #[error("no randomness: {0}")]
    Randomness(String),
    /// A letter cannot be written, which would be a mistake in its template.
    #[error("a letter cannot be written: {0}")]
    Letter(#[from] askama::Error),
    /// Work beside the others was broken off, which would be a mistake in it.
    #[error("work was broken off: {0}")]
    BrokenOff(#[from] tokio::task::JoinError),
}

impl Error {
    /// Whether a commit that failed with this may be decided again at once: somebody else took a value at this moment,
    /// two commits waited for each other, or the database was busy.
    #[must_use]
    pub fn is_worth_another_attempt(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict() || error.is_temporary())
    }

    /// Whether the same may succeed a little later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Store(error) => error.is_temporary(),
            Self::Connector(error) => error.is_temporary(),
            Self::NoIntegration(_)
            | Self::UnknownProvider(_)
            | Self::Stored(_)
            | Self::Randomness(_)
            | Self::Letter(_)
            | Self::BrokenOff(_) => false,
        }
    }
}
