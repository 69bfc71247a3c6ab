//! What the Security card of the profile shows.

use domain::id::PublicId;
use store::{identities, passkeys, two_factor};

use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::error::Failure;
use crate::web::two_factor::{ceremony, recovery};
use crate::web::view::{Shell, Time};

/// The card.
#[derive(Debug)]
pub struct Security {
    /// When the password was last set.
    pub password_changed: Option<Time>,
    /// Since when an app is set up.
    pub app_since: Option<Time>,
    /// The passkeys.
    pub passkeys: Vec<PasskeyRow>,
    /// Whether this installation can have passkeys at all.
    pub passkeys_possible: bool,
    /// Recovery codes left.
    pub codes_left: i64,
    /// How many there were at first.
    pub codes_in_all: usize,
    /// Whether the role asks for a second factor.
    pub required: bool,
}

/// One passkey.
#[derive(Debug)]
pub struct PasskeyRow {
    /// Id in addresses.
    pub uuid: PublicId,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub created: Time,
    /// When it was last used.
    pub used: Option<Time>,
}

impl Security {
    /// Whether there is any second factor.
    #[must_use]
    pub const fn has_second_factor(&self) -> bool {
        self.app_since.is_some() || !self.passkeys.is_empty()
    }

    /// Whether few recovery codes are left.
    #[must_use]
    pub const fn few_codes(&self) -> bool {
        self.codes_left <= 3
    }
}

/// Reads what the card shows.
///
/// # Errors
/// When the database does not answer.
pub async fn read(app: &App, person: &SignedIn, shell: &Shell) -> Result<Security, Failure> {
    let store = app.store();
    let identity = identities::find_identity(store, person.identity).await?;
    let found = two_factor::find_two_factor(store, person.identity).await?;
    let passkeys = passkeys::list_passkeys(store, person.identity).await?;
    Ok(Security {
        password_changed: shell
            .maybe_time(identity.and_then(|identity| identity.password_changed_at)),
        app_since: found.as_ref().map(|found| shell.time(found.enabled_at)),
        passkeys: passkeys
            .into_iter()
            .map(|passkey| PasskeyRow {
                created: shell.time(passkey.created_at),
                used: shell.maybe_time(passkey.last_used_at),
                uuid: passkey.uuid,
                name: passkey.name,
            })
            .collect(),
        passkeys_possible: ceremony::is_possible(app),
        codes_left: two_factor::count_recovery_codes(store, person.identity).await?,
        codes_in_all: recovery::COUNT,
        required: person.requires_two_factor,
    })
}
