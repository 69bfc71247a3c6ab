//! Who calls the API: a bearer key, its scopes and its request limit.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::clock::UtcMillis;
use domain::secret::Secret;
use domain::viewer::Viewer;
use store::api_keys;

use super::scope::Scope;
use crate::app::App;
use crate::web::access::{ApiCaller, Staff};
use crate::web::error::{Answer, Failure};
use crate::web::rate::{Allowance, PER_MINUTE};
use crate::web::token;

/// How every token starts, so that secret scanners and people recognise it.
pub const PREFIX: &str = "pk_";

/// The token of a key that somebody asks for: always the same for the same form with the same content, so that a double
/// click makes one key and shows its token both times. `form` is the random part that the form was given.
#[must_use]
pub fn token_for(form: &str, name: &str, scopes: &[Scope], person: &Staff) -> Secret {
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.key()).collect();
    let (identity, session) = (person.identity.0, &person.visit().form_token);
    let request = format!(
        "{form}\n{session}\n{identity}\n{}\n{name}",
        scopes.join(" ")
    );
    Secret::from(format!("{PREFIX}{}", token::hash(&request)))
}

/// The part of a token that is shown in lists.
#[must_use]
pub fn hint(token: &str) -> String {
    format!(
        "{}…",
        token.chars().take(PREFIX.len() + 5).collect::<String>()
    )
}

/// Lets a request with a living key of the right scope through, within the key's limit. Every answer to a known key
/// tells how much of the limit is left.
///
/// # Errors
/// 401 without a living key; when the database does not answer.
pub async fn guard(app: &App, scope: Scope, mut request: Request, next: Next) -> Answer {
    let now = app.clock().now();
    let key = find_key(app, request.headers()).await?;
    let allowance = app.rates().take(key.id, now);
    let mut response = if !allowance.allowed {
        let message =
            format!("This key may send {PER_MINUTE} requests a minute. Wait as Retry-After says.");
        let wait = u64::try_from(UtcMillis::MINUTE / PER_MINUTE / UtcMillis::SECOND).unwrap_or(0);
        Failure::too_many(message, wait).into_response()
    } else if !key.scopes.allow(scope.permission()) {
        lacks(scope).into_response()
    } else {
        request.extensions_mut().insert(ApiCaller {
            key: key.id,
            viewer: Viewer::ApiKey(key.id),
        });
        next.run(request).await
    };
    tell(&mut response, allowance, now);
    Ok(response)
}

fn lacks(scope: Scope) -> Failure {
    Failure::new(
        StatusCode::FORBIDDEN,
        "missing_scope",
        "The key lacks a scope",
        format!(
            "This needs the scope {}. Create a key that has it under Settings, API keys.",
            scope.key()
        ),
    )
}

async fn find_key(app: &App, headers: &HeaderMap) -> Result<api_keys::ApiKey, Failure> {
    let sent = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let Some((scheme, token)) = sent.and_then(|line| line.split_once(' ')) else {
        return Err(Failure::unauthorized(
            "Send an API key: Authorization: Bearer pk_…",
        ));
    };
    if !scheme.eq_ignore_ascii_case("bearer") || !token.trim().starts_with(PREFIX) {
        return Err(Failure::unauthorized(
            "Send an API key: Authorization: Bearer pk_…",
        ));
    }
    let key = api_keys::find_api_key(app.store(), &token::hash(token.trim())).await?;
    key.ok_or_else(|| Failure::unauthorized("There is no such API key, or it was revoked."))
}

fn tell(response: &mut Response, allowance: Allowance, now: UtcMillis) {
    let reset = now.plus(allowance.reset_in).to_rfc3339();
    for (name, value) in [
        ("x-ratelimit-limit", PER_MINUTE.to_string()),
        ("x-ratelimit-remaining", allowance.remaining.to_string()),
        ("x-ratelimit-reset", reset),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_show_little() {
        assert_eq!(hint("pk_abcdefghijk"), "pk_abcde…");
    }
}
