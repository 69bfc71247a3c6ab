//! The one function through which requests leave, and what goes wrong on the way in plain words.

use std::sync::Arc;

use domain::clock::{SharedClock, SystemClock, UtcMillis};
use domain::hint::Hint;
use domain::secret::Secret;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Method};
use rustls::CertificateError;
use url::Url;

use crate::connector::{Connect, RequestCounter};
use crate::error::{Error, ErrorKind, Result};
use crate::http::outward::LeadsInward;
use crate::http::rate_limit;
use crate::http::redact::Redactor;
use crate::limits::{Limits, Permits, Urgency};

/// Largest answer read, in bytes after decompression: 500 records with the longest texts a vendor allows fit twice.
const LARGEST: usize = 64 * 1024 * 1024;

/// One request to send.
#[derive(Debug)]
pub struct Request<'a> {
    /// The operation, for errors: `list tickets`.
    pub operation: &'static str,
    /// The name concurrency is counted under.
    pub endpoint: &'a str,
    /// HTTP method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Headers; those with secrets are marked sensitive by their owner.
    pub headers: &'a HeaderMap,
    /// Body; JSON unless the headers say otherwise.
    pub body: Option<&'a [u8]>,
}

/// A complete answer, whatever its status.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The whole body, decompressed.
    pub body: Vec<u8>,
    /// The vendor's clock when it answered.
    pub vendor_time: Option<UtcMillis>,
    /// How long the vendor asks to wait, in milliseconds.
    pub retry_after: Option<i64>,
}

impl Answer {
    /// Whether the vendor says that it worked.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

/// Sends requests for one connection.
pub struct Sender {
    /// The HTTP client.
    pub client: Client,
    /// Where permits come from.
    pub permits: Arc<dyn Permits>,
    /// Who waits for the answers.
    pub urgency: Urgency,
    /// Counts what leaves.
    pub requests: Arc<RequestCounter>,
    /// Keeps secrets out of texts.
    pub redactor: Redactor,
    /// The present instant, for waits given as a date by vendors that do not tell theirs.
    pub clock: SharedClock,
}

impl Sender {
    /// What sends for a connection, with its secrets kept out of texts. A sandbox is never asked through a proxy.
    ///
    /// # Errors
    /// As [`crate::connector::Memory::client`].
    pub fn of<'a>(
        connect: &Connect,
        secrets: impl IntoIterator<Item = &'a Secret>,
    ) -> Result<Self> {
        Ok(Self {
            client: connect.memory.client(connect.base_url.is_some())?,
            permits: Arc::clone(&connect.permits),
            urgency: connect.urgency,
            requests: Arc::clone(&connect.requests),
            redactor: Redactor::new(secrets),
            clock: Arc::new(SystemClock),
        })
    }

    /// Acquires a permit, counts the request, sends it and reads the whole answer. The permit is held until the
    /// answer is complete, because vendors count a request as running until then.
    ///
    /// # Errors
    /// `RateLimited` from the permits; `Unavailable` with what happened when no complete answer came; `Unexpected`
    /// when the answer is larger than any page can be. An answer of any status is no error here.
    pub async fn send(&self, limits: &Limits, request: &Request<'_>) -> Result<Answer> {
        let _slot = self
            .permits
            .acquire(limits, request.endpoint, self.urgency)
            .await?;
        self.requests.count();
        let started = std::time::Instant::now();
        let mut outgoing = self
            .client
            .request(request.method.clone(), request.url.clone())
            .headers(request.headers.clone());
        if let Some(body) = request.body {
            if !request.headers.contains_key(CONTENT_TYPE) {
                outgoing = outgoing.header(CONTENT_TYPE, "application/json");
            }
            outgoing = outgoing.body(body.to_vec());
        }
        let failed = |error: reqwest::Error| network_error(request.operation, &request.url, error);
        let mut response = outgoing.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let mut body =
            Vec::with_capacity(response.content_length().unwrap_or(0).min(LARGEST as u64) as usize);
        while let Some(part) = response.chunk().await.map_err(failed)? {
            if body.len() + part.len() > LARGEST {
                return Err(Error::new(
                    ErrorKind::Unexpected,
                    request.operation,
                    "the answer is larger than 64 MiB",
                )
                .with_status(status));
            }
            body.extend_from_slice(&part);
        }
        tracing::debug!(
            operation = request.operation,
            method = %request.method,
            url = self.redactor.url(&request.url),
            status,
            bytes = body.len(),
            millis = started.elapsed().as_millis() as u64,
            "vendor answered"
        );
        let vendor_time = rate_limit::vendor_time(&headers);
        if let Some(vendor_time) = vendor_time {
            self.requests.note_time(vendor_time);
        }
        let retry_after = rate_limit::retry_after(&headers, self.clock.now());
        Ok(Answer {
            status,
            headers,
            body,
            vendor_time,
            retry_after,
        })
    }
}

/// A failure to get a complete answer, in words a person can act on.
fn network_error(operation: &'static str, url: &Url, error: reqwest::Error) -> Error {
    let message = describe(url.host_str().unwrap_or_default(), &error);
    let never_left = error.is_connect() || error.is_builder();
    let error = Error::new(ErrorKind::Unavailable, operation, message)
        .with_hint(Hint::Network)
        // The address may hold a user name or key in its query.
        .with_source(error.without_url());
    if never_left {
        error.without_effect()
    } else {
        error
    }
}

/// What happened to a request that got no whole answer.
pub(super) fn describe(host: &str, error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return if error.is_connect() {
            format!("no connection to {host} could be opened in time")
        } else {
            format!("{host} gave no complete answer in time")
        };
    }
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let mut texts = String::new();
    while let Some(link) = cause {
        if let Some(words) = certificate_words(host, link) {
            return words;
        }
        if let Some(inward) = link.downcast_ref::<LeadsInward>() {
            return inward.words(host);
        }
        if let Some(io) = link.downcast_ref::<std::io::Error>() {
            match io.kind() {
                std::io::ErrorKind::ConnectionRefused => {
                    return format!("{host} refused the connection");
                }
                std::io::ErrorKind::TimedOut => {
                    return format!("no connection to {host} could be opened in time");
                }
                std::io::ErrorKind::NetworkUnreachable | std::io::ErrorKind::HostUnreachable => {
                    return format!("there is no network route to {host}");
                }
                _ => {}
            }
        }
        texts.push_str(&link.to_string());
        texts.push('\n');
        cause = link.source();
    }
    if texts.contains("dns error") || texts.contains("failed to lookup address") {
        return format!("the name {host} was not found");
    }
    if error.is_connect() {
        return format!("no connection to {host} could be opened");
    }
    format!("the connection to {host} was closed before the answer was complete")
}

/// What is wrong with the vendor's certificate, when that is the cause.
fn certificate_words(host: &str, link: &(dyn std::error::Error + 'static)) -> Option<String> {
    let what = match tls_error(link)? {
        rustls::Error::InvalidCertificate(problem) => match problem {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired",
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "is not valid yet (check this machine's clock)"
            }
            CertificateError::UnknownIssuer => "comes from an issuer this machine does not trust",
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "is for another name"
            }
            CertificateError::Revoked => "has been revoked",
            _ => "cannot be trusted",
        },
        _ => return Some(format!("no secure connection to {host} could be agreed on")),
    };
    Some(format!(
        "certificate error: the certificate of {host} {what}"
    ))
}

/// The TLS error in a link. Input and output errors hold theirs inside, several deep, and skip it as their source.
fn tls_error<'a>(link: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    link.downcast_ref::<rustls::Error>()
        .or_else(|| tls_error(link.downcast_ref::<std::io::Error>()?.get_ref()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Error as IoError;

    #[test]
    fn certificate_errors_are_found_however_deep() {
        let cases = [
            (CertificateError::Expired, "has expired"),
            (
                CertificateError::UnknownIssuer,
                "issuer this machine does not trust",
            ),
            (CertificateError::NotValidForName, "another name"),
            (CertificateError::BadEncoding, "cannot be trusted"),
        ];
        for (problem, words) in cases {
            let deep = IoError::other(IoError::other(rustls::Error::InvalidCertificate(problem)));
            let said = certificate_words("zone.example", &deep).expect("a certificate error");
            assert!(
                said.starts_with("certificate error") && said.contains(words),
                "{said}"
            );
        }
        assert_eq!(
            certificate_words("zone.example", &IoError::other("no TLS")),
            None
        );
    }
}
