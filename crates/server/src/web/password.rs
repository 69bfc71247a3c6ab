//! Passwords: the rule for new ones, and Argon2id in a thread of its own, a few at a time.
//!
//! A password is hashed in its normal form NFKC, so that the same letters typed on another keyboard are the same
//! password.

mod known;
mod rule;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::secret::Secret;
use unicode_normalization::UnicodeNormalization;

pub use rule::{HELP, LONGEST, SHORTEST, problem};

use super::error::Failure;
use crate::app::App;

/// A hash of no password, verified against when there is no such person, so that both take the same time.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$aW5zdGVhZG9mYXBlcnNvbg$a93BSCxCbC8hMx2Yx2jZ0LTjUcRdF0S6h2XG6wmmOb0";

/// Hashes a new password.
///
/// # Errors
/// When the machine has no randomness or no thread to give.
pub async fn hash(app: &App, password: Secret) -> Result<Secret, Failure> {
    run(app, move || hash_now(&password)).await?
}

/// Hashes on the present thread, for the command line.
///
/// # Errors
/// When the machine has no randomness to give.
pub fn hash_now(password: &Secret) -> Result<Secret, Failure> {
    let hash = Argon2::default()
        .hash_password(normal(password).expose().as_bytes())
        .map_err(|error| Failure::internal(anyhow::anyhow!("hashing a password: {error}")))?;
    Ok(Secret::from(hash.to_string()))
}

/// Whether the password is the one behind the stored hash. Takes the same time when there is no stored hash.
///
/// # Errors
/// When the machine has no thread to give.
pub async fn verify(app: &App, password: Secret, stored: Option<Secret>) -> Result<bool, Failure> {
    run(app, move || {
        let known = stored.is_some();
        let matches = matches(&password, &stored.unwrap_or_else(|| Secret::from(NOBODY)));
        known && matches
    })
    .await
}

/// Whether the password is the one behind a hash, on the present thread.
#[must_use]
pub fn matches(password: &Secret, hash: &Secret) -> bool {
    let parsed = PasswordHash::new(hash.expose());
    parsed.is_ok_and(|parsed| {
        Argon2::default()
            .verify_password(normal(password).expose().as_bytes(), &parsed)
            .is_ok()
    })
}

/// The form that is hashed, compared and measured.
fn normal(password: &Secret) -> Secret {
    Secret::from(password.expose().nfkc().collect::<String>())
}

async fn run<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let _turn = app.passwords().acquire().await.map_err(Failure::internal)?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Failure::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_verify_and_the_hash_of_nobody_is_well_formed() {
        let hash = hash_now(&Secret::from("correct horse battery")).unwrap();
        assert!(
            hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            hash.expose()
        );
        let parsed = PasswordHash::new(hash.expose()).unwrap();
        assert!(
            Argon2::default()
                .verify_password(b"correct horse battery", &parsed)
                .is_ok()
        );
        assert!(
            Argon2::default()
                .verify_password(b"incorrect horse", &parsed)
                .is_err()
        );
        let nobody = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(
            nobody.params.to_string(),
            parsed.params.to_string(),
            "both cost the same"
        );
    }
    #[test]
    fn the_same_letters_are_the_same_password() {
        let composed = Secret::from("zw\u{f6}lf gro\u{df}e B\u{e4}ren");
        let decomposed = Secret::from("zwo\u{308}lf gro\u{df}e Ba\u{308}ren");
        let wide = Secret::from("zw\u{f6}lf\u{3000}gro\u{df}e B\u{e4}ren");
        let hash = hash_now(&composed).unwrap();
        assert!(matches(&decomposed, &hash) && matches(&wide, &hash));
        assert!(!matches(&Secret::from("zwolf große Baren"), &hash));
    }
}
