//! The demo's sign-in: made at the first start and printed at every one, until somebody changes it.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use domain::secret::Secret;
use store::{Store, identities};

use crate::administrator;
use crate::cli::create_admin;
use crate::web::password;

const EMAIL: &str = "admin@demo.portico.example";
const NAME: &str = "Alex Demo";

/// How to get in.
pub enum SignIn {
    /// With what the first start made up.
    Printed {
        /// The password.
        password: Secret,
    },
    /// With a password a person chose since; the demo leaves it alone.
    Chosen,
    /// With the account a person made of it, under another address.
    Other,
}

impl SignIn {
    /// The lines of the welcome that say how to get in.
    pub fn lines(&self) -> String {
        match self {
            Self::Printed { password } => {
                format!("E-mail     {EMAIL}\n    Password   {}\n", password.expose())
            }
            Self::Chosen => format!(
                "E-mail     {EMAIL}\n    Password   the one you chose\n\n  \
                 Forgotten? End the demo and run the same command with --new-password\n"
            ),
            Self::Other => "E-mail     the one you chose\n    Password   yours\n".to_owned(),
        }
    }
}

/// Makes the administrator of the demo at the first start. A password or address that a person changed since stays as
/// it is, unless a new password is asked for.
///
/// # Errors
/// When the password file or the database cannot be used.
pub async fn prepare(store: &Store, folder: &Path, anew: bool) -> anyhow::Result<SignIn> {
    let file = folder.join("password");
    if anew {
        let password = make(&file)?;
        set(store, &password).await?;
        return Ok(SignIn::Printed { password });
    }
    let password = read_or_make(&file)?;
    if let Some(known) = identities::find_identity_by_email(store, EMAIL).await? {
        let stored = known.password_hash.map(Secret::from);
        return Ok(match stored {
            Some(stored) if password::matches(&password, &stored) => SignIn::Printed { password },
            _ => SignIn::Chosen,
        });
    }
    let mut tx = store.begin().await?;
    let somebody = identities::count_active_staff_in(&mut tx).await? > 0;
    tx.rollback().await?;
    if somebody {
        return Ok(SignIn::Other);
    }
    set(store, &password).await?;
    Ok(SignIn::Printed { password })
}

/// Gives the administrator of the demo this password.
async fn set(store: &Store, password: &Secret) -> anyhow::Result<()> {
    let hash = password::hash_now(password)
        .map_err(|_| anyhow::anyhow!("The password cannot be hashed"))?;
    administrator::create_or_reset(store, NAME, EMAIL, &hash, false).await?;
    Ok(())
}

/// The password in the file, which only its owner may read.
fn read_or_make(file: &Path) -> anyhow::Result<Secret> {
    match std::fs::read_to_string(file) {
        Ok(text) if !text.trim().is_empty() => return Ok(Secret::from(text.trim())),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| cannot_use(file)),
    }
    make(file)
}

/// A new password, written to the file.
fn make(file: &Path) -> anyhow::Result<Secret> {
    let cannot = || cannot_use(file);
    let password = create_admin::generate()?;
    let mut options = std::fs::OpenOptions::new();
    let mut opened = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(file)
        .with_context(cannot)?;
    opened
        .write_all(password.expose().as_bytes())
        .and_then(|()| opened.sync_all())
        .with_context(cannot)?;
    Ok(password)
}

fn cannot_use(file: &Path) -> String {
    format!("Cannot use {}", file.display())
}
