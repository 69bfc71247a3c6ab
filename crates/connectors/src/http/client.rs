//! Builds the HTTP client: trust store, timeouts, redirects, user agent.
//!
//! One client per engine ([`crate::connector::Memory::client`]): its pool of open connections is tied to the asynchronous
//! runtime it was first used on, so a client shared by the whole process would break where a process runs several (tests).

use std::time::Duration;

use reqwest::redirect::{Attempt, Policy};
use reqwest::{Certificate, Client, ClientBuilder};

use super::outward::Outward;
use crate::error::{Error, ErrorKind, Result};

/// How many redirects inside one origin are followed.
const REDIRECTS: usize = 5;

/// How long a request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To open a connection.
    pub connect: Duration,
    /// The whole request, answer read to its end (rule S6).
    pub whole: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            whole: Duration::from_secs(60),
        }
    }
}

/// Whom a client asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whom {
    /// A vendor: through the machine's proxy where the environment names one, and never where a name leads to this machine
    /// or, unless the configuration allows it, into a private network.
    Vendor {
        /// Whether private networks may be asked.
        private: bool,
    },
    /// A sandbox that the configuration names: wherever that is, and without a proxy.
    Sandbox,
}

/// Builds a client. Where the machine has no trust store (a bare container) the roots compiled in are used instead.
///
/// # Errors
/// `Unexpected` when no TLS set-up works at all.
pub fn build(timeouts: Timeouts, whom: Whom) -> Result<Client> {
    base(timeouts, whom)
        .build()
        .or_else(|_no_trust_store| with_bundled_roots(timeouts, whom))
        .map_err(|error| {
            Error::new(
                ErrorKind::Unexpected,
                "prepare connections",
                "TLS cannot be set up on this machine",
            )
            .with_source(error)
        })
}

fn base(timeouts: Timeouts, whom: Whom) -> ClientBuilder {
    let builder = Client::builder()
        .user_agent(concat!("Portico/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.whole)
        .redirect(Policy::custom(same_origin));
    match whom {
        Whom::Vendor { private } => builder.dns_resolver(Outward::new(private)),
        Whom::Sandbox => builder.no_proxy(),
    }
}

fn with_bundled_roots(timeouts: Timeouts, whom: Whom) -> reqwest::Result<Client> {
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|der| Certificate::from_der(der).ok());
    base(timeouts, whom).tls_certs_only(roots).build()
}

/// Follows a redirect only to where the request went in the first place, because our headers carry credentials.
/// Any other redirect is handed to the caller as the answer it is.
fn same_origin(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let same = attempt
        .previous()
        .last()
        .is_some_and(|from| from.origin() == attempt.url().origin());
    if same && attempt.previous().len() <= REDIRECTS {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_can_be_built_with_and_without_the_trust_store_of_the_machine() {
        let vendor = Whom::Vendor { private: false };
        build(Timeouts::default(), vendor).expect("with whatever this machine has");
        with_bundled_roots(Timeouts::default(), Whom::Sandbox).expect("with the roots compiled in");
    }

    #[test]
    fn s6_a_request_may_take_a_minute() {
        assert_eq!(Timeouts::default().whole, Duration::from_secs(60));
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_not_asked() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("set");
        let port = listener.local_addr().expect("bound").port();
        let url = format!("https://localhost:{port}/");
        for private in [false, true] {
            let client = base(Timeouts::default(), Whom::Vendor { private });
            let client = client.no_proxy().build().expect("a client");
            let error = client.get(&url).send().await.expect_err("refused");
            let words = crate::http::send::describe("localhost", &error);
            assert!(words.contains("is this machine"), "{words}");
            assert!(listener.accept().is_err(), "nothing was sent");
        }
    }
}
