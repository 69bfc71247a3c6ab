//! Codes of an authenticator app (RFC 6238): six digits, SHA-1, half a minute, one step of grace on either side, which is
//! what every app takes.

use domain::clock::UtcMillis;
use domain::secret::Secret;
use totp_rs::{Builder, Totp};

use crate::web::error::Failure;

/// A new secret: 160 random bits in base 32.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn generate() -> Result<Secret, Failure> {
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failure::unexpected("no randomness").because(anyhow::anyhow!("{error}"))
    })?;
    Ok(Secret::from(totp_rs::Secret::from(bytes).to_base32()))
}

/// The address an app reads from the QR code.
#[must_use]
pub fn address(secret: &Secret, email: &str) -> Option<Secret> {
    // An address may hold a colon only between quotation marks, where nobody misses it.
    let account = email.replace(':', "");
    let totp = Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(secret.expose()).ok()?)
        .with_account_name(account)
        .with_issuer(Some("Portico"))
        .build()
        .ok()?;
    totp.to_url().ok().map(Secret::from)
}

/// The secret in groups of four, for typing it in.
#[must_use]
pub fn grouped(secret: &Secret) -> Secret {
    let letters: Vec<char> = secret.expose().chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    Secret::from(groups.join(" "))
}

/// The time step a code belongs to, when it is right at this instant; spaces in it are overlooked.
#[must_use]
pub fn step(secret: &Secret, code: &str, now: UtcMillis) -> Option<i64> {
    let code: String = code
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect();
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = u64::try_from(now.0 / UtcMillis::SECOND).ok()?;
    let step = totp(secret)?.check(&code, seconds)?;
    i64::try_from(step).ok()
}

fn totp(secret: &Secret) -> Option<Totp> {
    Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(secret.expose()).ok()?)
        .with_account_name("Portico")
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B.
    const RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_standard_with_one_step_of_grace() {
        let secret = Secret::from(RFC);
        let at = |seconds: i64| UtcMillis(seconds * 1000);
        // 94287082 at 59 s, cut to six digits.
        assert_eq!(step(&secret, "287082", at(59)), Some(1));
        assert_eq!(step(&secret, " 287 082 ", at(89)), Some(1), "a step late");
        assert_eq!(step(&secret, "287082", at(29)), Some(1), "a step early");
        assert_eq!(step(&secret, "287082", at(90)), None, "two steps late");
        assert_eq!(step(&secret, "287083", at(59)), None);
        assert_eq!(step(&secret, "", at(59)), None);
        assert_eq!(step(&secret, "28708२", at(59)), None);
        assert_eq!(step(&secret, "0287082", at(59)), None);
    }

    #[test]
    fn secrets_are_long_and_the_address_names_whose_they_are() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        assert_eq!(one.expose().len(), 32);
        assert_ne!(one, other);
        let address = address(&one, "ann@example.com").unwrap();
        assert!(
            address.expose().starts_with("otpauth://totp/Portico:ann"),
            "{}",
            address.expose()
        );
        assert!(
            address.expose().contains(one.expose()) && address.expose().contains("issuer=Portico")
        );
        assert_eq!(grouped(&Secret::from("ABCDEFGH")).expose(), "ABCD EFGH");
    }
}
