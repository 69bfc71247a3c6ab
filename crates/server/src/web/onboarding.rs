//! First start: the first administrator is created at `/welcome`, once, while nobody can sign in yet.
//!
//! Whoever opens that page first owns the installation, so from any place but this machine it asks for a setup token
//! that only the log of the process shows. The token lives in the store, so that every node knows the same one.

mod create;
mod show;

use std::net::IpAddr;

use axum::http::{HeaderMap, header};
use subtle::ConstantTimeEq;

pub use create::create;
pub use show::show;

use super::access::Visit;
use super::error::Failure;
use super::token;
use crate::app::App;

const TOKEN: &str = "setup_token";

/// Whether nobody can sign in yet.
///
/// # Errors
/// When the database does not answer.
pub async fn is_open(app: &App) -> Result<bool, Failure> {
    Ok(store::identities::count_active_staff(app.store()).await? == 0)
}

/// The setup token, made when it is first asked for; `None` when setup is done.
///
/// # Errors
/// When the database does not answer.
pub async fn setup_token(app: &App) -> Result<Option<String>, Failure> {
    if !is_open(app).await? {
        return Ok(None);
    }
    if let Some(known) = store::installation_settings::find_setting(app.store(), TOKEN).await? {
        return Ok(Some(known));
    }
    let new = token::random()?;
    let mut tx = app.store().begin().await?;
    store::installation_settings::put_setting(&mut tx, TOKEN, &new).await?;
    tx.commit().await?;
    Ok(store::installation_settings::find_setting(app.store(), TOKEN).await?)
}

/// Whether this request may set up without the token: the browser runs on this machine and asked for it by a name of
/// this machine (another site's page cannot), with no proxy between: none names whom it speaks for, and the address
/// people type is not another's.
fn is_local(app: &App, peer: IpAddr, visit: &Visit, headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    let direct = app.config().serves_this_machine() && !forwarded;
    peer.is_loopback() && visit.client.is_loopback() && direct && is_name_of_this_machine(host)
}

/// Whether a `Host` header, with or without a port, names this machine.
fn is_name_of_this_machine(host: &str) -> bool {
    let without_port = match host.rsplit_once(':') {
        Some((name, port))
            if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            name
        }
        _ => host,
    };
    matches!(without_port, "localhost" | "127.0.0.1" | "[::1]")
}

async fn may_set_up(
    app: &App,
    visit: &Visit,
    peer: IpAddr,
    headers: &HeaderMap,
    given: &str,
) -> Result<bool, Failure> {
    if is_local(app, peer, visit, headers) {
        return Ok(true);
    }
    let expected = setup_token(app).await?;
    Ok(expected
        .is_some_and(|expected| bool::from(expected.as_bytes().ct_eq(given.trim().as_bytes()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine() {
        for own in [
            "localhost",
            "localhost:8080",
            "127.0.0.1:8080",
            "[::1]",
            "[::1]:8080",
        ] {
            assert!(is_name_of_this_machine(own), "{own}");
        }
        for other in [
            "",
            "portal.example.com",
            "localhost.evil.example",
            "192.0.2.1:8080",
            "[::2]",
        ] {
            assert!(!is_name_of_this_machine(other), "{other}");
        }
    }
}
