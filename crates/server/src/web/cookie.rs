//! Reading and writing cookies. Portico has two: the session, and a short-lived one that protects forms before there
//! is a session.

use axum::http::{HeaderMap, HeaderValue, header};

/// Names and flags of the cookies, which follow from the public base address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CookieJar {
    secure: bool,
}

/// A cookie of Portico.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieKind {
    /// The session's token.
    Session,
    /// The value a form without a session repeats.
    Form,
}

impl CookieJar {
    /// Cookies for a site reached by https (`secure`) or by plain http.
    #[must_use]
    pub const fn new(secure: bool) -> Self {
        Self { secure }
    }

    /// The cookie's name. The `__Host-` prefix makes browsers refuse it unless it is Secure and from this host alone.
    #[must_use]
    pub const fn name(self, kind: CookieKind) -> &'static str {
        match (kind, self.secure) {
            (CookieKind::Session, true) => "__Host-portico",
            (CookieKind::Session, false) => "portico",
            (CookieKind::Form, true) => "__Host-portico-form",
            (CookieKind::Form, false) => "portico-form",
        }
    }

    /// The value the browser sent.
    #[must_use]
    pub fn read(self, headers: &HeaderMap, kind: CookieKind) -> Option<String> {
        let name = self.name(kind);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, value)| *key == name && !value.is_empty())
            .map(|(_, value)| value.to_owned())
    }

    /// The header that sets the cookie, or clears it when `max_age_seconds` is 0. Values are our own tokens.
    #[must_use]
    pub fn set(self, kind: CookieKind, value: &str, max_age_seconds: i64) -> Option<HeaderValue> {
        let same_site = match kind {
            CookieKind::Session => "Lax",
            CookieKind::Form => "Strict",
        };
        let secure = if self.secure { "; Secure" } else { "" };
        let name = self.name(kind);
        HeaderValue::from_str(&format!(
            "{name}={value}; Path=/; Max-Age={max_age_seconds}; HttpOnly; SameSite={same_site}{secure}"
        ))
        .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_follow_the_base_address() {
        let secure = CookieJar::new(true)
            .set(CookieKind::Session, "t", 60)
            .unwrap();
        assert_eq!(
            secure,
            "__Host-portico=t; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        let plain = CookieJar::new(false).set(CookieKind::Form, "t", 0).unwrap();
        assert_eq!(
            plain,
            "portico-form=t; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
        );
    }

    #[test]
    fn the_right_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("a=1; portico-form=form; portico=session"),
        );
        let jar = CookieJar::new(false);
        assert_eq!(
            jar.read(&headers, CookieKind::Session).as_deref(),
            Some("session")
        );
        assert_eq!(
            jar.read(&headers, CookieKind::Form).as_deref(),
            Some("form")
        );
        assert_eq!(
            CookieJar::new(true).read(&headers, CookieKind::Session),
            None
        );
    }
}
