//! The demo's one sign-in: printed at every start, and it always works.

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
pub struct SignIn {
    /// E-mail address.
    pub email: &'static str,
    /// Password.
    pub password: Secret,
}

/// Makes the administrator of the demo at the first start. At later ones, a password that was changed meanwhile is set
/// back to the printed one: a demo nobody can enter is none.
///
/// # Errors
/// When the password file or the database cannot be used.
pub async fn prepare(store: &Store, folder: &Path) -> anyhow::Result<SignIn> {
    let password = read_or_make(&folder.join("password"))?;
    let known = identities::find_identity_by_email(store, EMAIL).await?;
    let stored = known
        .and_then(|identity| identity.password_hash)
        .map(Secret::from);
    if !stored.is_some_and(|stored| password::matches(&password, &stored)) {
        let hash = password::hash_now(&password)
            .map_err(|_| anyhow::anyhow!("The password cannot be hashed"))?;
        administrator::create_or_reset(store, NAME, EMAIL, &hash).await?;
    }
    Ok(SignIn {
        email: EMAIL,
        password,
    })
}

/// The password in the file, which only its owner may read.
fn read_or_make(file: &Path) -> anyhow::Result<Secret> {
    let cannot = || format!("Cannot use {}", file.display());
    match std::fs::read_to_string(file) {
        Ok(text) if !text.trim().is_empty() => return Ok(Secret::from(text.trim())),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(cannot),
    }
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
