//! Protection against forged forms.
//!
//! Two checks on every request that may change something: it must come from a page of this site (`Sec-Fetch-Site`,
//! else `Origin`), and it must repeat a token that only such a page can know: the session's token, or, before there
//! is a session, the value of a cookie of its own (double submit). Scripts send the token as `X-CSRF-Token`.

use axum::http::{HeaderMap, header};
use subtle::ConstantTimeEq;
use url::Url;

use super::form::Fields;

/// Name of the hidden field.
pub const FIELD: &str = "csrf";

/// Name of the header scripts may use instead.
pub const HEADER: &str = "x-csrf-token";

/// Whether the request comes from a page of this site, as far as the browser tells.
#[must_use]
pub fn is_own_site(headers: &HeaderMap, base_address: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else {
        // Browsers send Origin with every POST. Without it this is no browser, and nobody to be tricked.
        return true;
    };
    if origin == base_address {
        return true;
    }
    let (Ok(origin), Some(host)) = (Url::parse(origin), text(header::HOST.as_str())) else {
        return false;
    };
    let Some(name) = origin.host_str() else {
        return false;
    };
    match origin.port() {
        Some(port) => host == format!("{name}:{port}"),
        None => {
            host == name
                || host == format!("{name}:{}", origin.port_or_known_default().unwrap_or(0))
        }
    }
}

/// Whether the form, or the header in its place, repeats the token.
#[must_use]
pub fn has_token(headers: &HeaderMap, fields: &Fields, token: &str) -> bool {
    let sent = fields
        .find(FIELD)
        .or_else(|| headers.get(HEADER).and_then(|value| value.to_str().ok()));
    sent.is_some_and(|sent| {
        !token.is_empty() && bool::from(sent.as_bytes().ct_eq(token.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        is_own_site(&headers, "https://portal.example.com")
    }

    #[test]
    fn other_sites_are_recognised() {
        assert!(own(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "null")
        ]));
        assert!(!own(&[("sec-fetch-site", "cross-site")]));
        assert!(
            !own(&[("sec-fetch-site", "same-site")]),
            "a sister host is another site"
        );
        assert!(
            own(&[
                ("origin", "https://portal.example.com"),
                ("host", "inner:8080")
            ]),
            "behind a proxy"
        );
        assert!(own(&[
            ("origin", "http://localhost:8080"),
            ("host", "localhost:8080")
        ]));
        assert!(own(&[
            ("origin", "http://[::1]:8080"),
            ("host", "[::1]:8080")
        ]));
        assert!(own(&[("origin", "http://portal"), ("host", "portal")]));
        assert!(!own(&[
            ("origin", "http://localhost:9090"),
            ("host", "localhost:8080")
        ]));
        assert!(!own(&[("origin", "null"), ("host", "localhost:8080")]));
        assert!(own(&[("host", "localhost:8080")]), "no browser");
    }

    #[test]
    fn the_token_comes_as_field_or_header() {
        let mut headers = HeaderMap::new();
        let form = |text: &str| Fields::parse(text.as_bytes());
        assert!(has_token(&headers, &form("a=1&csrf=abc"), "abc"));
        assert!(!has_token(&headers, &form("csrf=abd"), "abc"));
        assert!(
            !has_token(&headers, &form("csrf="), ""),
            "an empty token protects nothing"
        );
        assert!(!has_token(&headers, &form(""), "abc"));
        headers.insert(HEADER, "abc".parse().unwrap());
        assert!(has_token(&headers, &form(""), "abc"));
    }
}
