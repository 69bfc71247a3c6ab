//! Passwords: the rules for new ones, and Argon2id in a thread of its own, a few at a time.
//!
//! The rules follow NIST SP 800-63B: a length and a look at well-known passwords, no rules of composition.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::secret::Secret;

use super::error::Failure;
use crate::app::App;

/// Shortest new password, in characters.
pub const SHORTEST: usize = 12;

/// Longest password, in characters.
pub const LONGEST: usize = 256;

/// A hash of no password, verified against when there is no such person, so that both take the same time.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$aW5zdGVhZG9mYXBlcnNvbg$a93BSCxCbC8hMx2Yx2jZ0LTjUcRdF0S6h2XG6wmmOb0";

/// Well-known passwords of twelve characters and more, and the building blocks of such.
const WELL_KNOWN: [&str; 28] = [
    "password",
    "passwort",
    "qwertyuiop",
    "qwertzuiop",
    "1234567890",
    "0987654321",
    "123123123",
    "abcdefghijkl",
    "letmein",
    "iloveyou",
    "welcome",
    "administrator",
    "changeme",
    "portico",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "zaq12wsx",
    "q1w2e3r4t5",
    "asdfghjkl",
    "football",
    "baseball",
    "princess",
    "sunshine",
    "superman",
    "trustno1",
    "monkey",
    "dragon",
    "master",
];

/// What is wrong with a new password, in a sentence; `None` when it is fine. `others` are texts a password must not be
/// made of, such as the person's name and e-mail address.
#[must_use]
pub fn problem(password: &Secret, others: &[&str]) -> Option<String> {
    let text = password.expose();
    let length = text.chars().count();
    if length < SHORTEST {
        return Some(format!(
            "Use at least {SHORTEST} characters. A few words in a row are easy to remember."
        ));
    }
    if length > LONGEST {
        return Some(format!("Use at most {LONGEST} characters."));
    }
    let lower = text.to_lowercase();
    let mut letters: Vec<char> = lower.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    if letters.len() < 4 {
        return Some(
            "This repeats very few characters. Choose something less easy to guess.".to_owned(),
        );
    }
    // What is left of the password without the well-known part must still be worth guessing.
    let weak = |part: &str| {
        part.chars().count() >= 4
            && lower.contains(part)
            && lower.replace(part, "").chars().count() < 7
    };
    if WELL_KNOWN.iter().any(|part| weak(part)) {
        return Some(
            "This is, or is nearly, one of the best known passwords. Choose another.".to_owned(),
        );
    }
    let own: Vec<String> = others
        .iter()
        .flat_map(|text| text.split(['@', ' ']))
        .map(str::to_lowercase)
        .collect();
    if own.iter().any(|part| weak(part)) {
        return Some(
            "This is little more than a name or address. Choose something harder to guess."
                .to_owned(),
        );
    }
    None
}

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
        .hash_password(password.expose().as_bytes())
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
            .verify_password(password.expose().as_bytes(), &parsed)
            .is_ok()
    })
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

    fn problem_of(text: &str) -> Option<String> {
        problem(
            &Secret::from(text),
            &["Ann Porter", "ann.porter@example.com"],
        )
    }

    #[test]
    fn length_and_familiarity_are_all_that_is_asked() {
        for fine in [
            "correct horse battery",
            "the cat sat on it",
            "zwölf große Bären",
            "x9!kd02mzpqw",
            "passwordless evenings in june",
        ] {
            assert_eq!(problem_of(fine), None, "{fine}");
        }
        for bad in [
            "short",
            "password1234",
            "Portico12345!",
            "aaaaaaaaaaaaaaaa",
            "ann.porter123",
            "123456789012",
            "qwertyuiop123",
        ] {
            assert!(problem_of(bad).is_some(), "{bad}");
        }
        assert!(
            problem_of(&"ab3 ".repeat(65)).is_some(),
            "longer than the longest"
        );
    }

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
}
