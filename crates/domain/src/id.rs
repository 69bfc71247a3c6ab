//! Row ids and the ids people see in addresses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! row_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

row_ids! {
    /// Row id of a company in Portico.
    CompanyId;
    /// Row id of a configured provider.
    IntegrationId;
    /// Row id of a sign-in identity.
    IdentityId;
    /// Row id of a role.
    RoleId;
    /// Row id of one sync run.
    RunId;
    /// Row id of one stream's part of a sync run.
    StreamRunId;
    /// Row id of a job.
    JobId;
    /// Row id of a mass-removal question.
    RemovalQuestionId;
    /// Row id of a record set aside.
    SetAsideId;
    /// Row id of an e-mail in the outbox.
    MailId;
    /// Row id of an import that a person asked for.
    ImportId;
}

/// The id used in addresses and the API: a UUIDv7 in its text form, stable for the life of the thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicId(String);

impl PublicId {
    /// A new id whose time part is the given instant, so that ids sort by creation.
    #[must_use]
    pub fn new(now: crate::clock::UtcMillis) -> Self {
        let millis = u64::try_from(now.0).unwrap_or(0);
        let stamp = uuid::Timestamp::from_unix_time(
            millis / 1000,
            u32::try_from(millis % 1000).unwrap_or(0) * 1_000_000,
            0,
            0,
        );
        Self(uuid::Uuid::new_v7(stamp).to_string())
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PublicId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(uuid::Uuid::parse_str(text)?.to_string()))
    }
}
