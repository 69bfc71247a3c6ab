//! Access tokens by client credentials (OAuth 2.0, RFC 6749 section 4.4).

use domain::clock::UtcMillis;
use domain::secret::Secret;
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::{Error, ErrorKind, Result};
use crate::http::exchange::look_up;
use crate::http::send::{Answer, Request, Sender};
use crate::limits::Limits;
use crate::value::Whole;

/// How long before its end a token is no longer used, so that none runs out on the way.
pub const EARLY: i64 = UtcMillis::MINUTE;

/// Life of a token whose answer does not tell.
const USUAL_SECONDS: i64 = 3_600;

/// A token and when it ends by our own clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What is sent.
    pub secret: Secret,
    /// The instant it ends.
    pub until: UtcMillis,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    token: String,
    until: i64,
}

impl Token {
    /// As text that can be remembered in the process.
    #[must_use]
    pub fn to_memory(&self) -> Secret {
        let kept = Kept {
            token: self.secret.expose().to_owned(),
            until: self.until.0,
        };
        Secret::from(serde_json::to_string(&kept).unwrap_or_default())
    }

    /// What was remembered, unless it is over.
    #[must_use]
    pub fn from_memory(text: &Secret, now: UtcMillis) -> Option<Self> {
        let kept: Kept = serde_json::from_str(text.expose()).ok()?;
        let token = Self {
            secret: Secret::from(kept.token),
            until: UtcMillis(kept.until),
        };
        (!token.is_over(now)).then_some(token)
    }

    /// Whether it should no longer be used.
    #[must_use]
    pub const fn is_over(&self, now: UtcMillis) -> bool {
        now.0 >= self.until.0 - EARLY
    }

    /// The header that carries it, which no log shows.
    ///
    /// # Errors
    /// `Unexpected` when the vendor's token cannot be sent.
    pub fn header(&self) -> Result<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.secret.expose()))
            .map_err(|_| {
                let message = "the vendor's token holds characters that cannot be sent";
                Error::new(ErrorKind::Unexpected, "sign in", message)
            })?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// What is asked for, with what.
#[derive(Debug)]
pub struct Grant<'a> {
    /// The token endpoint.
    pub address: Url,
    /// Id of the application.
    pub client_id: &'a str,
    /// Its secret.
    pub client_secret: &'a Secret,
    /// Scopes, with spaces between them.
    pub scope: &'a str,
}

/// What the endpoint answered.
#[derive(Debug)]
pub enum Outcome {
    /// A token.
    Granted(Token),
    /// A refusal: the standard's word for it, empty when the answer had none, and what a person can read.
    Refused {
        /// HTTP status.
        status: u16,
        /// `invalid_client`, `invalid_scope`, ...
        error: String,
        /// The endpoint's sentence.
        description: String,
        /// Whether it was JSON at all.
        json: bool,
    },
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<Whole>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refused {
    error: Option<String>,
    error_description: Option<String>,
}

/// Asks for a token.
///
/// # Errors
/// As the permits; `RateLimited` and `Unavailable` when the endpoint is busy or down.
pub async fn fetch(sender: &Sender, limits: &Limits, grant: &Grant<'_>) -> Result<Outcome> {
    const OPERATION: &str = "sign in";
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", grant.client_id)
        .append_pair("client_secret", grant.client_secret.expose())
        .append_pair("scope", grant.scope)
        .finish();
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    let request = Request {
        operation: OPERATION,
        endpoint: "token",
        method: Method::POST,
        url: grant.address.clone(),
        headers: &headers,
        body: Some(form.as_bytes()),
    };
    look_up(sender, limits, &request, |answer| {
        if answer.status == 429 || answer.status >= 500 {
            let kind = match answer.status {
                429 => ErrorKind::RateLimited,
                _ => ErrorKind::Unavailable,
            };
            let message = "the sign-in of the vendor is not available at the moment";
            return Err(Error::new(kind, OPERATION, message)
                .with_status(answer.status)
                .with_retry_after(answer.retry_after));
        }
        Ok(outcome(sender, answer))
    })
    .await
}

fn outcome(sender: &Sender, answer: &Answer) -> Outcome {
    if answer.is_success()
        && let Ok(granted) = serde_json::from_slice::<Granted>(&answer.body)
        && !granted.access_token.is_empty()
    {
        let seconds = granted.expires_in.map_or(USUAL_SECONDS, |whole| whole.0);
        let life = seconds.clamp(0, 366 * 86_400) * UtcMillis::SECOND;
        return Outcome::Granted(Token {
            secret: Secret::from(granted.access_token),
            until: sender.clock.now().plus(life),
        });
    }
    let refused = serde_json::from_slice::<Refused>(&answer.body);
    let json = refused.is_ok();
    let refused = refused.unwrap_or_default();
    Outcome::Refused {
        status: answer.status,
        error: refused.error.unwrap_or_default(),
        description: sender
            .redactor
            .message(&refused.error_description.unwrap_or_default()),
        json,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_given_up_before_it_ends_and_shown_nowhere() {
        let token = Token {
            secret: Secret::from("hush"),
            until: UtcMillis(1_000_000),
        };
        let now = |ms| UtcMillis(ms);
        assert!(!token.is_over(now(1_000_000 - EARLY - 1)));
        assert!(token.is_over(now(1_000_000 - EARLY)));
        let kept = token.to_memory();
        assert_eq!(Token::from_memory(&kept, now(0)), Some(token.clone()));
        assert_eq!(Token::from_memory(&kept, now(1_000_000)), None);
        assert_eq!(Token::from_memory(&Secret::from("nonsense"), now(0)), None);
        let shown = format!("{token:?} {:?} {kept:?}", token.header().expect("a header"));
        assert!(!shown.contains("hush"), "{shown}");
    }
}
