//! Slowing down guesses: per person and per network address, counted in the store so that every node knows.

use std::net::IpAddr;

use domain::email::email_key;
use store::sign_in_attempts::{self, Attempt, Subject};

use crate::app::App;
use crate::web::error::Failure;

/// Who tries, from where.
#[derive(Debug, Clone)]
pub struct Subjects([Subject; 2]);

impl Subjects {
    /// An attempt for this e-mail address (in its normal form, or as typed when it is none) from this place.
    #[must_use]
    pub fn new(email: &str, address: IpAddr) -> Self {
        let email = email_key(email)
            .unwrap_or_else(|| email.trim().to_lowercase().chars().take(254).collect());
        Self([Subject::Account(email), Subject::Address(network(address))])
    }

    /// Counts the attempt, as failed until [`Subjects::succeeded`] takes it back, so that many at once are all
    /// counted. Answers how many milliseconds to wait when it is not to be looked at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin(&self, app: &App) -> Result<Option<i64>, Failure> {
        let mut tx = app.store().begin().await?;
        let mut wait = None;
        for subject in &self.0 {
            if let Attempt::Blocked(until) =
                sign_in_attempts::record_failure(&mut tx, subject).await?
            {
                wait = wait.max(Some(until.since(app.store().now()).max(1)));
            }
        }
        tx.commit().await?;
        Ok(wait)
    }

    /// The password was right: the account starts afresh. From the place only this attempt is taken back, or somebody
    /// with an account of their own could guess at others for ever.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn succeeded(&self, app: &App) -> Result<(), Failure> {
        let mut tx = app.store().begin().await?;
        for subject in &self.0 {
            match subject {
                Subject::Account(_) => sign_in_attempts::clear(&mut tx, subject).await?,
                Subject::Address(_) => sign_in_attempts::take_back(&mut tx, subject).await?,
            }
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Whether mail may be sent because somebody asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// It may.
    None,
    /// Not to this address any more for a while; nobody is told.
    Account,
    /// This place asked too often: milliseconds to wait.
    Place(i64),
}

/// Counts a request for mail to an address, in the transaction that queues it. These are counted apart from sign-ins,
/// so that nobody is kept from signing in by somebody who asks for links.
///
/// # Errors
/// When the database does not answer.
pub async fn begin_mail(
    tx: &mut store::Tx,
    email_key: &str,
    address: IpAddr,
) -> Result<Wait, Failure> {
    let now = tx.store().now();
    let account = Subject::Account(format!("link:{email_key}"));
    let place = Subject::Address(format!("link:{}", network(address)));
    let account = sign_in_attempts::record_failure(tx, &account).await?;
    let place = sign_in_attempts::record_failure(tx, &place).await?;
    Ok(match (account, place) {
        (_, Attempt::Blocked(until)) => Wait::Place(until.since(now).max(1)),
        (Attempt::Blocked(_), Attempt::Allowed) => Wait::Account,
        (Attempt::Allowed, Attempt::Allowed) => Wait::None,
    })
}

/// One IPv4 address, or the /64 that an IPv6 customer has alone.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_customer_is_one_subject() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::5"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::5"), of("2001:db8:1:3::5"));
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
