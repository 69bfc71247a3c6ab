//! What an import did, and why it left somebody out, in the words of the guide.

use domain::id::PublicId;
use domain::imports::ImportStop;
use serde::{Deserialize, Serialize};

use crate::users::UserRefusal;

/// Why none of several with one address is imported unasked, and what to do.
pub const SEVERAL_RECORDS: &str = "Several records have this address. Select only the one whose it is, or correct the \
                                   others in the source system.";

/// Somebody who was created or linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The user, by the id in addresses.
    pub user: PublicId,
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// The name of the record at the vendor.
    #[serde(default)]
    pub there: String,
    /// Whether it was a person at a client, who joined the staff and keeps the own name.
    #[serde(default)]
    pub joined: bool,
    /// The company whose contact has the same address, and whom somebody said to be one of the staff.
    #[serde(default)]
    pub contact_of: Option<String>,
    /// Whether it is an account that is switched off, so that it cannot sign in.
    #[serde(default)]
    pub deactivated: bool,
}

/// Somebody who was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The name at the vendor; empty when the record is gone.
    pub name: String,
    /// Why.
    pub reason: SkipReason,
}

/// What an import did, or has done so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// Who has an account now.
    pub created: Vec<Done>,
    /// Who was linked to an account.
    pub linked: Vec<Done>,
    /// Who was left out.
    pub skipped: Vec<Skipped>,
    /// How many welcome e-mails are on their way.
    pub welcome: usize,
    /// How many were not looked at, because the import stopped half-way.
    pub rest: usize,
    /// Why it stopped; `None`: it did not.
    pub stopped: Option<ImportStop>,
}

impl ImportReport {
    pub(super) fn skip(&mut self, name: String, reason: SkipReason) {
        self.skipped.push(Skipped { name, reason });
    }
}

/// Why nothing at all was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportRefusal {
    /// Nobody was chosen.
    NothingSelected,
    /// The role is gone, or is not the editor's to give.
    Role(UserRefusal),
}

impl ImportRefusal {
    /// What happened and what to do.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::NothingSelected => "Select at least one person.".to_owned(),
            Self::Role(refusal) => refusal.sentence(),
        }
    }
}

/// A user: id in addresses and name.
pub type Who = (PublicId, String);

/// Why somebody was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// No address on file and none typed.
    EmailRequired,
    /// The typed address is none.
    EmailInvalid,
    /// A user has the address already.
    EmailTaken(Who),
    /// A user has an address that can be mistaken for it.
    LooksLike {
        /// That user.
        user: Who,
        /// The other address.
        email: String,
    },
    /// The address is that of somebody at a client, named with the company, and nobody said that this person is to join the
    /// staff.
    OfAClient(String),
    /// Linked to a user already, perhaps by another administrator a moment ago.
    AlreadyLinked(Who),
    /// Several records have the address of this user, and nobody said which one is meant.
    SeveralRecordsOf(Who),
    /// Several records have the address, which nobody has here, and nobody said whose it is.
    SeveralRecords,
    /// The user to link to was removed.
    LinkTargetGone,
    /// The user to link to has another record of the same integration.
    LinkTargetHasAnother(Who),
    /// No longer active at the vendor.
    Inactive,
    /// The vendor no longer has the record.
    Gone,
    /// Something about the account, in a sentence.
    Other(String),
}

impl SkipReason {
    /// What happened and what to do.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::EmailRequired => "All users must have valid email addresses. Add email addresses using the input \
                                    field in the list."
                .to_owned(),
            Self::EmailInvalid => {
                "The typed e-mail address is not valid. Type it again in the list.".to_owned()
            }
            Self::EmailTaken((_, name)) => format!(
                "{name} has this e-mail address. The user may already exist. Use the Link User feature to connect \
                 accounts."
            ),
            Self::LooksLike { user, email } => format!(
                "The address looks like {email}, which is {}'s. Type another, or use Link User if this is the same \
                 person.",
                user.1
            ),
            Self::OfAClient(who) => format!(
                "{who} has this e-mail address, and was not made one of your staff unasked. Tick in the row that this is \
                 meant, or enter another address."
            ),
            Self::AlreadyLinked((_, name)) => format!(
                "Already linked to {name}, perhaps by another administrator meanwhile. Nothing was done twice."
            ),
            Self::SeveralRecordsOf((_, name)) => {
                format!("Several records have the address of {name}. Use Link User at the right one.")
            }
            Self::SeveralRecords => SEVERAL_RECORDS.to_owned(),
            Self::LinkTargetGone => {
                "The user to link to was removed meanwhile. Choose another, or import as a new user.".to_owned()
            }
            Self::LinkTargetHasAnother((_, name)) => format!(
                "{name} is linked to another record of this integration already. Unlink that one first."
            ),
            Self::Inactive => {
                "No longer active in the source system. Only active people can be imported.".to_owned()
            }
            Self::Gone => {
                "The source system no longer has this record, so it cannot be imported.".to_owned()
            }
            Self::Other(sentence) => sentence.clone(),
        }
    }

    /// The user who stands in the way: id in addresses and name.
    #[must_use]
    pub fn user(&self) -> Option<(&PublicId, &str)> {
        match self {
            Self::EmailTaken(user)
            | Self::LooksLike { user, .. }
            | Self::AlreadyLinked(user)
            | Self::SeveralRecordsOf(user)
            | Self::LinkTargetHasAnother(user) => Some((&user.0, &user.1)),
            _ => None,
        }
    }
}
